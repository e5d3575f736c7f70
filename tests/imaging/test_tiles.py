"""Tile addresses: every pixel in exactly one tile, everything else refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readingroom.errors import NoSuchTile, SliceOutOfRange
from readingroom.imaging import levels, tiles
from readingroom.values import TILE_EDGE, Plane, TileAddress
from tests.imaging.arrange import frame, stack, untimed


def address(index: int = 0, level: int = 0, column: int = 0, row: int = 0) -> TileAddress:
    return TileAddress(0, Plane.ACQUISITION, index, level, column, row)


@settings(untimed, max_examples=40)
@given(st.integers(1, 1800), st.integers(1, 1800), st.data())
def test_the_tiles_of_a_level_cover_every_pixel_once(rows: int, columns: int, data: st.DataObject):
    level = data.draw(st.integers(0, levels.level_count(rows, columns) - 1))
    shown = stack((frame(),), rows, columns)
    covered = np.zeros((rows, columns), np.uint8)
    high, wide = levels.size(rows, columns, level)
    for row in range(-(-high // TILE_EDGE)):
        for column in range(-(-wide // TILE_EDGE)):
            part = tiles.region(shown, address(0, level, column, row))
            covered[part.top : part.bottom, part.left : part.right] += 1
            assert part.top % (1 << level) == 0
            assert part.left % (1 << level) == 0
    assert (covered == 1).all()


def test_an_edge_tile_is_cut_at_the_edge():
    part = tiles.region(stack((frame(),), 600, 1100), address(0, 0, 2, 1))
    assert (part.top, part.bottom, part.left, part.right) == (512, 600, 1024, 1100)


def test_a_tile_of_level_1_shows_twice_as_many_pixels():
    part = tiles.region(stack((frame(),), 600, 1100), address(0, 1, 1, 0))
    assert (part.top, part.bottom, part.left, part.right) == (0, 600, 1024, 1100)


@pytest.mark.parametrize(
    "at",
    [
        address(level=5),
        address(level=-1),
        address(column=1),
        address(row=-1),
        address(row=2),
        address(0, 1, 0, 1),
    ],
)
def test_a_tile_beside_the_picture_is_refused(at: TileAddress):
    with pytest.raises(NoSuchTile):
        tiles.region(stack((frame(),), 600, 500), at)


@pytest.mark.parametrize("index", [-1, 2, 2**40])
def test_a_slice_that_does_not_exist_is_refused(index: int):
    with pytest.raises(SliceOutOfRange):
        tiles.region(stack((frame(), frame()), 600, 500), address(index))


def test_tiles_of_other_planes_are_refused():
    with pytest.raises(NoSuchTile):
        tiles.region(stack((frame(),), 600, 500), TileAddress(0, Plane.AXIAL, 0))
