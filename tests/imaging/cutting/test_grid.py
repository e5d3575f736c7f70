"""The grid: places in the patient to voxels and back, by the standard's own equation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.errors import NotAVolume
from readingroom.imaging.cutting.grid import Grid
from tests.imaging.arrange import untimed
from tests.imaging.cutting import blocks

STACKS = {
    "regular": blocks.regular(),
    "oblique": blocks.regular(orientation=blocks.turned(25, -40, 70)),
    "tilted": blocks.tilted(),
    "uneven": blocks.uneven(),
}


@pytest.mark.parametrize("shown", STACKS.values(), ids=STACKS)
def test_every_voxel_is_where_the_standard_puts_it(shown):  # C.7.6.2.1-1
    grid = Grid(shown)
    indices = np.moveaxis(np.indices(grid.shape), 0, -1)
    places = blocks.centers(shown)
    assert np.allclose(grid.points_mm(indices), places, atol=1e-9)
    assert np.allclose(grid.indices(places), indices, atol=1e-9)


@untimed
@given(
    st.sampled_from(sorted(STACKS)),
    st.tuples(st.floats(-0.9, 8.9), st.floats(-5, 25), st.floats(-5, 25)),
)
def test_there_and_back_is_the_same_place(name, index):
    grid = Grid(STACKS[name])
    z, y, x = grid.indices(grid.points_mm(np.array(index)))
    assert (z, y, x) == pytest.approx(index, abs=1e-9)


def test_what_lies_in_a_wide_gap_is_as_far_along_as_it_is_deep():
    grid = Grid(blocks.placed([(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 0, 12)], kind="stack"))
    assert not grid.even
    assert grid.gap_mm == 1
    assert grid.indices(np.array((0.0, 0.0, 7.0)))[0] == pytest.approx(2.5)
    assert grid.indices(np.array((0.0, 0.0, 13.0)))[0] == pytest.approx(4)  # beyond it: at the usual distance


def test_tilted_slices_are_even_and_as_far_apart_as_they_are_deep():
    grid = Grid(blocks.tilted())
    assert grid.even
    assert grid.gap_mm == pytest.approx(2 * np.cos(blocks.TILT))


def test_slices_at_one_place_are_no_block():
    with pytest.raises(NotAVolume):
        Grid(blocks.placed([(0, 0, 0), (0, 0, 1), (0, 0, 1)]))


@pytest.mark.parametrize("missing", ["orientation", "spacing_mm", "position"])
def test_without_places_there_is_no_block(missing: str):
    lost = {missing: None} if missing != "position" else {}
    places = [(0, 0, 0), None if missing == "position" else (0, 0, 1), (0, 0, 2)]
    with pytest.raises(NotAVolume, match="do not say where they are"):
        Grid(blocks.placed(places, **lost))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "broken",
    [
        {"spacing_mm": (0.0, 1.0)},
        {"spacing_mm": (1e-320, 1.0)},
        {"spacing_mm": (float("nan"), 1.0)},
        {"spacing_mm": (float("inf"), 1.0)},
        {"orientation": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)},
        {"orientation": (float("nan"),) * 6},
    ],
)
def test_places_that_no_patient_has_are_refused(broken):
    with pytest.raises(NotAVolume):
        Grid(blocks.placed([(0, 0, 0), (0, 0, 1), (0, 0, 2)], **broken))


@pytest.mark.parametrize("far", [float("nan"), float("inf"), 1e308])
def test_positions_that_no_patient_has_are_refused(far):
    with pytest.raises(NotAVolume):
        Grid(blocks.placed([(0, 0, -far), (0, 0, 1), (0, 0, far)]))
