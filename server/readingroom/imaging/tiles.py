"""Tile addresses to rectangles of a frame."""

from __future__ import annotations

from dataclasses import dataclass

from readingroom.errors import NoSuchTile, SliceOutOfRange
from readingroom.imaging import levels
from readingroom.imaging.index import Stack
from readingroom.values import TILE_EDGE, Plane, TileAddress


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of one level; half open, in pixels of full resolution, cut at the frame's edges."""

    level: int
    top: int
    bottom: int
    left: int
    right: int


def region(stack: Stack, at: TileAddress) -> Region:
    """What a tile shows. Raises SliceOutOfRange, NoSuchTile."""
    if at.plane is not Plane.ACQUISITION:
        raise NoSuchTile(reason="tiles show the pictures as they were taken")
    if not 0 <= at.index < len(stack.frames):
        raise SliceOutOfRange(index=at.index, slices=len(stack.frames))
    return part(stack.rows, stack.columns, at)


def part(rows: int, columns: int, at: TileAddress) -> Region:
    """What a tile shows of any picture of this size. Raises NoSuchTile."""
    count = levels.level_count(rows, columns)
    if not 0 <= at.level < count:
        raise NoSuchTile(reason=f"there are {count} levels, counted from 0")
    high, wide = levels.size(rows, columns, at.level)
    down, across = -(-high // TILE_EDGE), -(-wide // TILE_EDGE)
    if not (0 <= at.row < down and 0 <= at.column < across):
        raise NoSuchTile(reason=f"level {at.level} has {down} rows and {across} columns of tiles")
    edge = TILE_EDGE << at.level
    top, left = at.row * edge, at.column * edge
    return Region(at.level, top, min(top + edge, rows), left, min(left + edge, columns))
