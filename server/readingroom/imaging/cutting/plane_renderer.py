"""Tiles of planes and slabs through volumes: the same bodies, threads and cache as those of frames."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary, ref

from numpy.typing import NDArray

from readingroom.errors import NoSuchTile
from readingroom.imaging import display, encode, levels, tiles
from readingroom.imaging.cutting.block import Block, check_whole
from readingroom.imaging.cutting.native_planes import Turned
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.cutting.turned_copies import TurnedCopies
from readingroom.imaging.index import Frame
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import Plane, SeriesRef, TileAddress, VoiWindow


class PlaneRenderer:
    """Renders planes by `renderer`. An address' plane is the aim's, its index one of the aim's planes.

    A display tile is the values tile put through the window's table, so both show the same. What takes long,
    oblique planes and slabs, is made one at a time, so that frames need not wait for it.
    """

    def __init__(self, renderer: Renderer, volumes: Volumes, copies: TurnedCopies) -> None:
        self._renderer = renderer
        self._volumes = volumes
        self._copies = copies
        self._lock = Lock()
        self._hard = asyncio.Semaphore(1)
        self._blocks: WeakKeyDictionary[Volume, Block] = WeakKeyDictionary()

    async def planes(self, series: SeriesRef, stack: int, aim: Aim) -> ParallelPlanes:
        """Where an aim's planes lie, as soon as the stack is known. Raises NotAVolume, BadRequest."""
        volume = await self._volumes.open(series, stack)
        # A first look at the slices compares checksums: not for the event loop.
        await self._renderer.in_thread(lambda: check_whole(volume, waiting=True))
        return await self._renderer.in_thread(lambda: through(volume.stack, aim))

    async def values_tile(
        self, series: SeriesRef, at: TileAddress, aim: Aim, slab: Slab, encoding: encode.Encoding
    ) -> bytes:
        """Values of a tile as encode.values_tile makes them, under an HTTP Content-Encoding.

        Raises NotAVolume, BadRequest, NoSuchTile, SliceOutOfRange, SliceNotReady, TooFast.
        """

        async def make() -> bytes:
            volume = await self._volumes.open(series, at.stack)
            async with self._turn(aim, slab):
                return await self._renderer.in_thread(
                    lambda: self._values_tile(volume, at, aim, slab, encoding)
                )

        return await self._renderer.once((series, at, aim, slab, encoding), make)

    async def display_tile(
        self,
        series: SeriesRef,
        at: TileAddress,
        aim: Aim,
        slab: Slab,
        window: VoiWindow | None,
        quality: int = 90,
    ) -> bytes:
        """A tile, windowed, as JPEG. Raises what values_tile raises, and BadWindow."""

        async def make() -> bytes:
            volume = await self._volumes.open(series, at.stack)
            async with self._turn(aim, slab):
                return await self._renderer.in_thread(
                    lambda: self._display_tile(volume, at, aim, slab, window, quality)
                )

        return await self._renderer.once((series, at, aim, slab, window, quality), make)

    def _turn(self, aim: Aim, slab: Slab) -> AbstractAsyncContextManager[Any]:
        hard = aim.plane is Plane.OBLIQUE or slab.thickness_mm > 0
        return self._hard if hard else nullcontext()

    # --- in a thread --------------------------------------------------------------------------------------
    def _values_tile(
        self, volume: Volume, at: TileAddress, aim: Aim, slab: Slab, encoding: encode.Encoding
    ) -> bytes:
        stack = volume.stack
        if not stack.values:
            raise NoSuchTile(reason=f"values of type {stack.dtype} are drawn by the server")
        values, frame = self._tile(volume, at, aim, slab)
        meaning = encode.TileMeaning(frame.rescale, frame.padding, stack.inverted)
        return encode.compress(encode.values_tile(values, meaning, at), encoding)

    def _display_tile(
        self, volume: Volume, at: TileAddress, aim: Aim, slab: Slab, window: VoiWindow | None, quality: int
    ) -> bytes:
        values, frame = self._tile(volume, at, aim, slab)
        return encode.jpeg(display.pixels(values, frame, volume.stack, window), quality)

    def _tile(self, volume: Volume, at: TileAddress, aim: Aim, slab: Slab) -> tuple[NDArray[Any], Frame]:
        block = self._block(volume)
        shown = block.shown(aim)
        region = tiles.part(shown.rows, shown.columns, at)
        values, frame = block.values(shown, at.index, region, slab)
        if volume.stack.palette is not None:
            return levels.pick(values, region.level), frame
        return levels.reduce(values, region.level, frame.padding), frame

    def _block(self, volume: Volume) -> Block:
        with self._lock:
            known = self._blocks.get(volume)
        if known is None:
            known = Block(volume, turned=self._turned(volume))
            with self._lock:
                known = self._blocks.setdefault(volume, known)
        return known

    def _turned(self, volume: Volume) -> Turned:
        """The volume's turned copy, without keeping the volume alive."""
        seen = ref(volume)

        def copy() -> NDArray[Any] | None:
            still_open = seen()
            return None if still_open is None else self._copies.of(still_open)

        return copy
