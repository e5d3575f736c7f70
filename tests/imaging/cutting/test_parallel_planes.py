"""Planes through a block: where they lie, how they are turned, what lies on their four sides."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readingroom.errors import BadRequest, NotAVolume, SliceOutOfRange
from readingroom.imaging.cutting import parallel_planes
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.plane_layout import LONGEST_EDGE, through
from readingroom.values import Plane
from tests.imaging.arrange import untimed
from tests.imaging.cutting import blocks

ANATOMICAL = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)
LETTERS = {Plane.AXIAL: "RLAP", Plane.CORONAL: "RLHF", Plane.SAGITTAL: "APHF"}
"""On the left, right, top and bottom."""
SIGNED_AXES = [tuple(sign * float(i == axis) for i in range(3)) for axis in range(3) for sign in (1, -1)]
ORIENTATIONS = [(*a, *b) for a, b in itertools.product(SIGNED_AXES, repeat=2) if np.dot(a, b) == 0]
"""Of axial, coronal and sagittal acquisitions, head or feet first, prone or supine."""


@pytest.mark.parametrize("kind", ["volume", "stack"])
@pytest.mark.parametrize("plane", ANATOMICAL)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_acquisition_is_seen_as_radiologists_see_it(orientation, plane, kind):
    shown = through(blocks.regular(orientation=orientation, kind=kind), Aim(plane))
    assert "".join(shown.letters) == LETTERS[plane]
    assert shown.step_mm[{"axial": 2, "coronal": 1, "sagittal": 0}[plane]] > 0  # from feet, front, right


@pytest.mark.parametrize("plane", ANATOMICAL)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_pixels_of_a_volumes_own_planes_are_its_voxels_in_size_and_place(orientation, plane):
    volume = blocks.ramp(blocks.regular(orientation=orientation))
    shown, values = blocks.cut(volume, Aim(plane), 3)
    assert shown.native
    places = blocks.pixel_centers(shown, 3)
    exact = np.floor(blocks.AT_ORIGIN + places @ blocks.RAMP + 0.5)
    assert np.array_equal(values, exact)
    indices = Grid(volume.stack).indices(places)
    assert np.allclose(indices, np.rint(indices), atol=1e-9)


def test_two_letters_name_an_oblique_side_and_none_a_slight_turn():
    tilt = math.radians(30)
    assert parallel_planes.letters((0.0, math.cos(tilt), math.sin(tilt))) == "PH"
    assert parallel_planes.letters((0.0, math.cos(0.1), math.sin(0.1))) == "P"
    assert parallel_planes.letters((-0.6, -0.55, 0.58)) == "RH"


@pytest.mark.parametrize(
    ("normal", "plane"),
    [
        ((0, 0, 1), Plane.AXIAL),
        ((0, 0, -5), Plane.AXIAL),
        ((0, 1, 0), Plane.CORONAL),
        ((0, -1, 0), Plane.CORONAL),
        ((1, 0, 0), Plane.SAGITTAL),
        ((-1, 0, 0), Plane.SAGITTAL),
    ],
)
def test_an_oblique_plane_along_the_patient_is_turned_like_the_anatomical_one(normal, plane):
    shown = blocks.regular()
    oblique, own = through(shown, Aim(Plane.OBLIQUE, normal)), through(shown, Aim(plane))
    assert oblique.letters == own.letters
    assert np.allclose(oblique.right, own.right)
    assert np.allclose(oblique.down, own.down)
    assert np.dot(oblique.step_mm, own.step_mm) > 0


def test_with_an_up_direction_the_normal_is_the_direction_of_view():
    shown = blocks.regular()
    for normal, up in (((0, 0, 1), (0, -1, 0)), ((0, 0, -1), (0, -1, 0)), ((0.3, 1, 0.2), (0, 0.1, 1))):
        planes = through(shown, Aim(Plane.OBLIQUE, normal, up=up))
        assert np.allclose(np.cross(planes.right, planes.down), np.array(normal) / np.linalg.norm(normal))
        assert np.dot(planes.down, up) < 0


directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


@untimed
@given(directions, st.sampled_from([blocks.regular(), blocks.tilted(), blocks.uneven()]))
def test_oblique_planes_cover_the_whole_block(normal, stack):
    shown = through(stack, Aim(Plane.OBLIQUE, normal))
    assert np.dot(shown.right, shown.down) == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(shown.right) == pytest.approx(1)
    assert np.dot(shown.step_mm, normal) / shown.step_length_mm == pytest.approx(
        math.copysign(np.linalg.norm(normal), np.dot(shown.step_mm, normal))
    )
    inside = Grid(stack).corners_mm - np.array(shown.first_mm)
    for axis, spacing, count in (
        (shown.right, shown.spacing_mm[1], shown.columns),
        (shown.down, shown.spacing_mm[0], shown.rows),
        (np.array(shown.step_mm) / shown.step_length_mm, shown.step_length_mm, shown.count),
    ):
        along = inside @ np.array(axis)
        assert along.min() >= -0.5 * spacing - 1e-4
        assert along.max() <= (count - 0.5) * spacing + 1e-4


@untimed
@given(directions, st.tuples(st.floats(-14, 13), st.floats(-12, 15), st.floats(30, 57)))
def test_one_of_the_planes_goes_through_the_point(normal, point):
    shown = through(blocks.regular(), Aim(Plane.OBLIQUE, normal, point))
    away = np.array(point) - shown.corner_mm(shown.index)
    assert abs(np.dot(away, shown.step_mm)) < 1e-6
    assert 0 <= shown.index < shown.count


@pytest.mark.parametrize("plane", ANATOMICAL)
@pytest.mark.parametrize("stack", [blocks.regular(), blocks.tilted(), blocks.uneven()])
def test_the_anatomical_plane_nearest_to_a_point_is_named(plane, stack):
    point = (2.0, 3.0, 41.0)
    shown = through(stack, Aim(plane, point=point))
    away = np.dot(np.array(point) - shown.corner_mm(shown.index), shown.step_mm) / shown.step_length_mm
    assert abs(away) <= shown.step_length_mm / 2 + 1e-9


def test_planes_along_tilted_slices_meet_every_slice():
    stack = blocks.tilted()
    shown = through(stack, Aim(Plane.AXIAL))
    assert shown.count == len(stack.frames)
    normal = np.array(shown.step_mm) / shown.step_length_mm
    for index, frame in enumerate(stack.frames):
        assert np.dot(shown.corner_mm(index) - frame.position_mm, normal) == pytest.approx(0, abs=1e-9)


def test_gaps_that_add_up_to_another_place_are_not_taken_for_even_ones():
    depths = np.cumsum([0.0, *[2.0] * 20, *[2.015] * 20])  # each within 1 %, the middle slice 0.15 mm off
    drifting = blocks.placed([(0.0, 0.0, float(depth)) for depth in depths])
    assert drifting.kind == "volume"
    assert not through(drifting, Aim(Plane.CORONAL)).native
    assert through(blocks.regular(), Aim(Plane.CORONAL)).native


def test_resampled_pixels_are_squares_of_the_smallest_spacing():
    for plane in ANATOMICAL:
        assert through(blocks.tilted(), Aim(plane)).spacing_mm == (1.25, 1.25)
    assert through(blocks.regular(), Aim(Plane.OBLIQUE, (1, 1, 1))).spacing_mm == (1.25, 1.25)
    given = through(blocks.regular(), Aim(Plane.OBLIQUE, (1, 1, 1), spacing_mm=0.5))
    assert given.spacing_mm == (0.5, 0.5)


def test_a_block_as_long_as_a_street_is_sampled_more_coarsely():
    long = blocks.placed([(0, 0, 0), (0, 0, 0.01), (0, 0, 0.02), (0, 0, 90_000.0)], kind="stack")
    for aim in (Aim(Plane.OBLIQUE, (0.2, 0.3, 1)), Aim(Plane.CORONAL), Aim(Plane.AXIAL)):
        shown = through(long, aim)
        assert max(shown.rows, shown.columns, shown.count) <= LONGEST_EDGE + 1


@pytest.mark.parametrize(
    "aim",
    [
        Aim(Plane.OBLIQUE),
        Aim(Plane.ACQUISITION),
        Aim(Plane.AXIAL, (0, 0, 1)),
        Aim(Plane.AXIAL, up=(0, 0, 1)),
        Aim(Plane.OBLIQUE, (0, 0, 0)),
        Aim(Plane.OBLIQUE, (math.nan, 0, 1)),
        Aim(Plane.OBLIQUE, (math.inf, 0, 1)),
        Aim(Plane.OBLIQUE, (0, 0, 1), point=(0, 0, 1e9)),
        Aim(Plane.OBLIQUE, (0, 0, 1), point=(0, 0, math.nan)),
        Aim(Plane.OBLIQUE, (0, 0, 1), point=(0, 0, 500)),
        Aim(Plane.OBLIQUE, (0, 0, 1), up=(0, 0, 2)),
        Aim(Plane.OBLIQUE, (0, 0, 1), spacing_mm=0.0),
        Aim(Plane.OBLIQUE, (0, 0, 1), spacing_mm=math.nan),
    ],
)
def test_an_aim_that_is_none_is_refused(aim: Aim):
    with pytest.raises(BadRequest):
        through(blocks.regular(), aim)


def test_tiny_and_huge_normals_are_directions_all_the_same():
    for size in (1e-300, 1e300):
        shown = through(blocks.regular(), Aim(Plane.OBLIQUE, (0.0, 0.0, size)))
        assert np.allclose(shown.right, (1, 0, 0))


def test_what_has_no_planes_says_why():
    with pytest.raises(NotAVolume, match="gaps"):
        through(blocks.regular(mpr=False, reason="the gaps are not equal"), Aim(Plane.AXIAL))
    with pytest.raises(NotAVolume, match="in color"):
        through(blocks.regular(samples=3, dtype="uint8"), Aim(Plane.AXIAL))


def test_a_plane_beside_the_block_is_refused():
    shown = through(blocks.regular(), Aim(Plane.CORONAL))
    for index in (-1, shown.count):
        with pytest.raises(SliceOutOfRange):
            shown.checked(index)
    assert shown.checked(None) == shown.count // 2


@untimed
@given(directions, directions)
def test_turning_keeps_right_and_down_square_to_the_view(normal, up):
    unit = np.array(normal) / np.linalg.norm(normal)
    assume(np.linalg.norm(np.cross(unit, np.array(up) / np.linalg.norm(up))) > 0.01)
    shown = through(blocks.regular(), Aim(Plane.OBLIQUE, normal, up=up))
    assert np.allclose(np.cross(shown.right, shown.down), unit)
