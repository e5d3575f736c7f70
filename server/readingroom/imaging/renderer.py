"""Pictures on demand: tiles and thumbnails of volumes, made in threads, each once, kept in a cache."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from readingroom.errors import NoSuchTile, TooFast
from readingroom.imaging import auto_window, display, encode, levels, table_bodies, tiles, window
from readingroom.imaging.cache import ByteCache
from readingroom.imaging.index import Frame, Stack
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import Rescale, SeriesRef, TileAddress, VoiWindow

Made = TypeVar("Made")

MOST_RUNNING = 1024
"""Renders asked for and not finished; beyond it the caller is told to wait."""
THUMBNAIL_EDGE = 128
THUMBNAIL_QUALITY = 85


class Renderer:
    """Renders in `workers` threads and keeps at most `cache_bytes` of finished bodies.

    One render per key at a time: everybody who asks meanwhile waits for the same one, and it goes on when the
    first asker is gone. Refusals (SliceNotReady, SliceDamaged, ...) are passed on and never kept.
    """

    def __init__(
        self,
        volumes: Volumes,
        *,
        workers: int = 2,
        cache_bytes: int = 256 << 20,
        most_running: int = MOST_RUNNING,
    ) -> None:
        self._volumes = volumes
        self._most_running = most_running
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="render")
        self._cache = ByteCache(cache_bytes)
        self._running: dict[Hashable, asyncio.Task[bytes]] = {}

    async def values_tile(self, ref: SeriesRef, at: TileAddress, encoding: encode.Encoding) -> bytes:
        """Stored values of a tile as encode.values_tile makes them, under an HTTP Content-Encoding.

        Raises NoSuchTile, SliceOutOfRange, SliceNotReady, SliceDamaged, TooFast.
        """

        async def make() -> bytes:
            volume = await self._volumes.open(ref, at.stack)
            return await self.in_thread(lambda: encode.compress(values_body(volume, at), encoding))

        return await self.once((ref, at, encoding), make)

    async def display_tile(
        self, ref: SeriesRef, at: TileAddress, window: VoiWindow | None, quality: int = 90
    ) -> bytes:
        """A tile, windowed unless it is in color, as JPEG. Raises what values_tile raises, and BadWindow."""

        async def make() -> bytes:
            volume = await self._volumes.open(ref, at.stack)
            return await self.in_thread(lambda: _display_tile(volume, at, window, quality))

        return await self.once((ref, at, window, quality), make)

    async def thumbnail(self, ref: SeriesRef, stack: int) -> bytes:
        """The middle frame as JPEG, in its first window, in true proportions, THUMBNAIL_EDGE long.

        Raises SliceNotReady, SliceDamaged when no frame can be read, TooFast.
        """

        async def make() -> bytes:
            volume = await self._volumes.open(ref, stack)
            return await self.in_thread(lambda: _thumbnail(volume))

        return await self.once((ref, stack, "thumbnail"), make)

    async def voi_lut(self, ref: SeriesRef, stack: int, lut: int, encoding: encode.Encoding) -> bytes:
        """One of the VOI LUTs (table_bodies.voi_lut) under a Content-Encoding. Raises NoSuchTile, TooFast."""
        return await self._beside(
            ref,
            stack,
            ("voi-lut", lut, encoding),
            lambda volume: table_bodies.voi_lut(volume.stack, lut),
            encoding,
        )

    async def palette(self, ref: SeriesRef, stack: int, encoding: encode.Encoding) -> bytes:
        """The stack's palette (table_bodies.palette) under a Content-Encoding. Raises NoSuchTile, TooFast."""
        return await self._beside(
            ref, stack, ("palette", encoding), lambda volume: table_bodies.palette(volume.stack), encoding
        )

    async def overlay(self, ref: SeriesRef, stack: int, index: int, encoding: encode.Encoding) -> bytes:
        """What is drawn over a frame (table_bodies.overlay) under a Content-Encoding.

        Raises NoSuchTile, SliceOutOfRange, SliceNotReady, SliceDamaged, TooFast.
        """
        return await self._beside(
            ref,
            stack,
            ("overlay", index, encoding),
            lambda volume: table_bodies.overlay(volume, index),
            encoding,
        )

    async def _beside(
        self,
        ref: SeriesRef,
        stack: int,
        what: tuple[Hashable, ...],
        of: Callable[[Volume], bytes],
        encoding: encode.Encoding,
    ) -> bytes:
        async def make() -> bytes:
            volume = await self._volumes.open(ref, stack)
            return await self.in_thread(lambda: encode.compress(of(volume), encoding))

        return await self.once((ref, stack, *what), make)

    async def close(self) -> None:
        """Drop what is waiting, wait for what is being drawn."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)

    async def once(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The body of that key: kept, being made, or made now. Raises TooFast and what `make` raises."""
        body = self._cache.get(key)
        if body is not None:
            return body
        task = self._running.get(key)
        if task is None:
            if len(self._running) >= self._most_running:
                raise TooFast()
            task = asyncio.create_task(self._keep(key, make))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    async def _keep(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        body = await make()
        self._cache.put(key, body)
        return body

    def _finished(self, key: Hashable, task: asyncio.Task[bytes]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # seen, even when everybody who asked is gone

    async def in_thread(self, work: Callable[[], Made]) -> Made:
        """What `work` gives, in one of the threads that draw."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def values_body(volume: Volume, at: TileAddress) -> bytes:
    """Stored values of a tile as encode.values_tile makes them. Blocking.

    Raises NoSuchTile, SliceOutOfRange, SliceNotReady, SliceDamaged.
    """
    stack = volume.stack
    if not stack.values:
        raise NoSuchTile(reason=f"values of type {stack.dtype} are drawn by the server")
    stored, frame = _tile(volume, at), stack.frames[at.index]
    meaning = encode.TileMeaning(frame.rescale, frame.padding, stack.inverted)
    if stack.dtype not in window.TABLE_DTYPES:
        stored = window.modality32(stored, frame.rescale, frame.padding)
        meaning = encode.TileMeaning(Rescale(), None, stack.inverted)
    return encode.values_tile(stored, meaning, at)


def _display_tile(volume: Volume, at: TileAddress, voi: VoiWindow | None, quality: int) -> bytes:
    picture = display.pixels(_tile(volume, at), volume.stack.frames[at.index], volume.stack, voi)
    return encode.jpeg(picture, quality)


def _tile(volume: Volume, at: TileAddress) -> NDArray[Any]:
    region = tiles.region(volume.stack, at)
    stored = volume.frame(at.index)[region.top : region.bottom, region.left : region.right]
    return _reduced(stored, volume.stack, volume.stack.frames[at.index], region.level)


def _reduced(stored: NDArray[Any], stack: Stack, frame: Frame, level: int) -> NDArray[Any]:
    if stack.palette is not None:
        return levels.pick(stored, level)
    return levels.reduce(stored, level, frame.padding)


def _thumbnail(volume: Volume) -> bytes:
    stack = volume.stack
    index, stored = display.middle(volume)
    frame = stack.frames[index]
    voi = auto_window.first(stack, frame, stored)
    longest, level = max(stack.rows, stack.columns), 0
    while longest >> (level + 1) >= THUMBNAIL_EDGE:
        level += 1
    picture = display.pixels(_reduced(stored, stack, frame, level), frame, stack, voi)
    small = Image.fromarray(picture).resize(_thumbnail_size(stack), Image.Resampling.BOX)
    return encode.jpeg(np.asarray(small), THUMBNAIL_QUALITY)


def _thumbnail_size(stack: Stack) -> tuple[int, int]:
    """Width and height; pixels that are not square are made square (PS3.3 10.7.1.3)."""
    between_rows, between_columns = stack.spacing_mm or stack.pixel_aspect or (1, 1)
    width, height = stack.columns * between_columns, stack.rows * between_rows
    scale = THUMBNAIL_EDGE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
