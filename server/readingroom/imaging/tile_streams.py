"""Whole frames of one level in one body: the preview of a stack, and ranges of what is looked at next.

Little-endian. A head: "RRS1", level (u16), zero (u16), how many frames the stack has and how many were asked
for (u32 each). Then a record for each frame that can be shown: the length of its values tile (u32), and the
tile as `encode.values_tile` makes it. Last a record of length 0, a count (u32) and as many frames (u32 each):
those asked for that are not read yet. Damaged ones are left out. A body without that record was cut short.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from readingroom.errors import NoSuchTile, SliceDamaged, SliceNotReady, SliceOutOfRange
from readingroom.imaging import levels
from readingroom.imaging.compressor import Compressor, compressor
from readingroom.imaging.encode import Encoding
from readingroom.imaging.index import Stack
from readingroom.imaging.preview_level import preview_level, previewed
from readingroom.imaging.renderer import Renderer, values_body
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import TILE_EDGE, Plane, SeriesRef, TileAddress

HEAD: Final = struct.Struct("<4sHHII")
MAGIC: Final = b"RRS1"
LENGTH: Final = struct.Struct("<I")

PIXELS_AT_ONCE: Final = 4 << 20
"""Of full resolution, for one thread at a time."""
MOST_OF_A_RANGE: Final = 32
"""Frames of full resolution in one body."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Which frames of a stack of `of` go into one body, in this order, and at which level."""

    ref: SeriesRef
    stack: int
    of: int
    level: int
    frames: tuple[int, ...]


class TileStreams:
    """Bodies of many tiles, made a piece at a time in the threads of the renderer, never kept."""

    def __init__(self, renderer: Renderer, volumes: Volumes) -> None:
        self._renderer = renderer
        self._volumes = volumes

    async def preview(
        self, ref: SeriesRef, stack: int, around: int | None, wanted: Sequence[range]
    ) -> Listed:
        """The frames of a stack's preview, from `around` (or the middle) outwards; of them the wanted ones.

        None wanted: all. Raises NoSuchStudy, NoSuchSeries, NoSuchTile, SliceOutOfRange, DiskFull.
        """
        found = await self._stack(ref, stack)
        count = len(found.frames)
        middle = count // 2 if around is None else around
        for index in (middle, *(end for run in wanted for end in (run[0], run[-1]))):
            _check(found, index)
        frames = previewed(found, middle)
        if wanted:
            named = frozenset(index for run in wanted for index in run)
            frames = [index for index in frames if index in named]
        return Listed(ref, stack, count, preview_level(found), tuple(frames))

    async def range(self, ref: SeriesRef, stack: int, level: int, wanted: range) -> Listed:
        """Frames one after the other, at a level at which a frame is one tile.

        Raises NoSuchStudy, NoSuchSeries, NoSuchTile, SliceOutOfRange, DiskFull.
        """
        found = await self._stack(ref, stack)
        _check(found, wanted[0])
        _check(found, wanted[-1])
        if len(wanted) > MOST_OF_A_RANGE:
            raise NoSuchTile(reason=f"a range holds at most {MOST_OF_A_RANGE} pictures")
        count = levels.level_count(found.rows, found.columns)
        if not 0 <= level < count or max(levels.size(found.rows, found.columns, level)) > TILE_EDGE:
            raise NoSuchTile(reason="ranges are of levels at which a picture is one tile")
        return Listed(ref, stack, len(found.frames), level, tuple(wanted))

    async def body(self, listed: Listed, encoding: Encoding) -> AsyncGenerator[bytes, None]:
        """Piece after piece of the body under its Content-Encoding. Raises what Volumes.open raises.

        The volume is asked for anew each time: meanwhile more of it may have been read.
        """
        packer = compressor(encoding)
        missing: list[int] = []
        level, frames = listed.level, listed.frames
        yield packer.add(HEAD.pack(MAGIC, level, 0, listed.of, len(frames)))
        at_once = self._at_once((await self._volumes.open(listed.ref, listed.stack)).stack)
        for start in range(0, len(frames), at_once):
            volume = await self._volumes.open(listed.ref, listed.stack)
            part = frames[start : start + at_once]
            piece, waiting = await self._renderer.in_thread(partial(_piece, volume, level, part, packer))
            missing += waiting
            if piece:
                yield piece
        yield packer.add(struct.pack(f"<II{len(missing)}I", 0, len(missing), *missing)) + packer.end()

    def _at_once(self, stack: Stack) -> int:
        """How many frames one thread reads before the tiles of others have their turn."""
        return max(1, PIXELS_AT_ONCE // (stack.rows * stack.columns * stack.samples))

    async def _stack(self, ref: SeriesRef, stack: int) -> Stack:
        found = (await self._volumes.open(ref, stack)).stack
        if not found.values:
            raise NoSuchTile(reason=f"values of type {found.dtype} are drawn by the server")
        return found


def _check(stack: Stack, index: int) -> None:
    if not 0 <= index < len(stack.frames):
        raise SliceOutOfRange(index=index, slices=len(stack.frames))


def _piece(volume: Volume, level: int, frames: Sequence[int], packer: Compressor) -> tuple[bytes, list[int]]:
    """The records of these frames as they cross the wire, and which of them are not read yet."""
    records: list[bytes] = []
    waiting: list[int] = []
    for index in frames:
        try:
            tile = values_body(volume, TileAddress(0, Plane.ACQUISITION, index, level, 0, 0))
        except SliceNotReady:
            waiting.append(index)
        except SliceDamaged:
            continue
        else:
            records += (LENGTH.pack(len(tile)), tile)
    return packer.add(b"".join(records)) if records else b"", waiting
