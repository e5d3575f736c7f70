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
from readingroom.imaging import auto_window, display, encode, levels, tiles
from readingroom.imaging.cache import ByteCache
from readingroom.imaging.index import Stack
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import SeriesRef, TileAddress, VoiWindow

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
            return await self.in_thread(lambda: _values_tile(volume, at, encoding))

        return await self.once((ref, at, encoding), make)

    async def display_tile(
        self, ref: SeriesRef, at: TileAddress, window: VoiWindow, quality: int = 90
    ) -> bytes:
        """A tile, windowed, as gray JPEG. Raises what values_tile raises."""

        async def make() -> bytes:
            volume = await self._volumes.open(ref, at.stack)
            return await self.in_thread(lambda: _display_tile(volume, at, window, quality))

        return await self.once((ref, at, window, quality), make)

    async def thumbnail(self, ref: SeriesRef, stack: int) -> bytes:
        """The middle frame as gray JPEG, in its first window, in true proportions, THUMBNAIL_EDGE long.

        Raises SliceNotReady, SliceDamaged when no frame can be read, TooFast.
        """

        async def make() -> bytes:
            volume = await self._volumes.open(ref, stack)
            return await self.in_thread(lambda: _thumbnail(volume))

        return await self.once((ref, stack, "thumbnail"), make)

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


def _values_tile(volume: Volume, at: TileAddress, encoding: encode.Encoding) -> bytes:
    stack = volume.stack
    if not stack.values:
        raise NoSuchTile(reason=f"values of type {stack.dtype} are drawn by the server")
    stored = _tile(volume, at)
    frame = stack.frames[at.index]
    meaning = encode.TileMeaning(frame.rescale, frame.padding, stack.inverted)
    return encode.compress(encode.values_tile(stored, meaning, at), encoding)


def _display_tile(volume: Volume, at: TileAddress, window: VoiWindow, quality: int) -> bytes:
    stored = _tile(volume, at)
    gray = display.gray(stored, volume.stack.frames[at.index], volume.stack.inverted, window)
    return encode.jpeg(gray, quality)


def _tile(volume: Volume, at: TileAddress) -> NDArray[Any]:
    region = tiles.region(volume.stack, at)
    stored = volume.frame(at.index)[region.top : region.bottom, region.left : region.right]
    return levels.reduce(stored, region.level, volume.stack.frames[at.index].padding)


def _thumbnail(volume: Volume) -> bytes:
    stack = volume.stack
    index, stored = display.middle(volume)
    frame = stack.frames[index]
    window = frame.windows[0].window if frame.windows else auto_window.of_frame(stored, frame)
    longest, level = max(stack.rows, stack.columns), 0
    while longest >> (level + 1) >= THUMBNAIL_EDGE:
        level += 1
    gray = display.gray(levels.reduce(stored, level, frame.padding), frame, stack.inverted, window)
    small = Image.fromarray(gray).resize(_thumbnail_size(stack), Image.Resampling.BOX)
    return encode.jpeg(np.asarray(small), THUMBNAIL_QUALITY)


def _thumbnail_size(stack: Stack) -> tuple[int, int]:
    """Width and height; pixels that are not square are made square (PS3.3 10.7.1.3)."""
    between_rows, between_columns = stack.spacing_mm or stack.pixel_aspect or (1, 1)
    width, height = stack.columns * between_columns, stack.rows * between_rows
    scale = THUMBNAIL_EDGE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
