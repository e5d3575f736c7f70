"""Planes: which voxel lies where, checked in volumes whose values say their place in the patient."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from readingroom.errors import NotAVolume, SliceOutOfRange
from readingroom.imaging.cutting import planes
from readingroom.imaging.index import Stack
from readingroom.values import Plane
from tests.imaging.arrange import frame, stack

SHAPE = (4, 5, 6)
"""Frames, rows, columns: all different, so that a wrong axis shows."""


def volume_along(z, y, x) -> Stack:
    """A regular volume whose axes run along the given directions."""
    frames = tuple(frame(position_mm=tuple(2.0 * i * c for c in z)) for i in range(SHAPE[0]))
    return stack(frames, SHAPE[1], SHAPE[2], orientation=(*x, *y), mpr=True, kind="volume")


def places(shown: Stack) -> np.ndarray:
    """For each voxel its coordinates x (left), y (back), z (head) in voxel steps from the first voxel."""
    first, last = shown.frames[0].position_mm, shown.frames[-1].position_mm
    z = (np.array(last) - first) / math.dist(first, last)
    grid = np.indices(SHAPE).reshape(3, -1)
    steps = np.array([z, shown.orientation[3:], shown.orientation[:3]]).T @ grid
    return steps.T.reshape(*SHAPE, 3)


SIGNED_AXES = [
    tuple(tuple(sign * float(i == axis) for i in range(3)) for axis, sign in zip(order, signs, strict=True))
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


@pytest.mark.parametrize("axes", SIGNED_AXES)
@pytest.mark.parametrize(
    ("plane", "normal", "down", "right"),
    [
        (Plane.AXIAL, 2, (1, 1), (0, 1)),
        (Plane.CORONAL, 1, (2, -1), (0, 1)),
        (Plane.SAGITTAL, 0, (2, -1), (1, 1)),
    ],
)
def test_every_plane_is_seen_as_radiologists_see_it(axes, plane, normal, down, right):
    shown = volume_along(*axes)
    at = places(shown)
    lowest = at[..., normal].min()
    count = planes.cut(shown, plane, None).count
    for index in range(count):
        cut = planes.cut(shown, plane, index)
        seen = np.stack([cut.turned(cut.of(at[..., axis])) for axis in range(3)], axis=-1)
        assert (seen[..., normal] == lowest + index).all()  # counted from feet, front, right
        assert (np.diff(seen[..., down[0]], axis=0) == down[1]).all()  # rows run to the back, or to the feet
        assert (np.diff(seen[..., right[0]], axis=1) == right[1]).all()  # columns to the left, or to the back


def test_an_oblique_volume_is_cut_along_its_nearest_axes():
    tilt = math.radians(30)
    z, y = (0.0, -math.sin(tilt), math.cos(tilt)), (0.0, math.cos(tilt), math.sin(tilt))
    cut = planes.cut(volume_along(z, y, (1.0, 0.0, 0.0)), Plane.CORONAL, 2)
    assert (cut.axis, cut.index, cut.rows_reversed, cut.columns_reversed) == (1, 2, True, False)


def test_two_axes_never_claim_the_same_direction_of_the_patient():
    half = math.sqrt(0.5)
    shown = volume_along((0.0, -half, half), (0.0, half, half), (1.0, 0.0, 0.0))
    assert {planes.cut(shown, plane, 0).axis for plane in _LOOKED_AT} == {0, 1, 2}


def test_the_middle_is_shown_when_nobody_says_which():
    assert planes.cut(volume_along((0, 0, 1), (0, 1, 0), (1, 0, 0)), Plane.SAGITTAL, None).index == 3


@pytest.mark.parametrize("index", [-1, 5])
def test_a_plane_beside_the_volume_is_refused(index: int):
    with pytest.raises(SliceOutOfRange):
        planes.cut(volume_along((0, 0, 1), (0, 1, 0), (1, 0, 0)), Plane.CORONAL, index)


def test_a_stack_that_is_no_volume_says_why_there_are_no_planes():
    loose = stack((frame(),), 5, 6, mpr=False, reason="one gap of 5.0 mm among gaps of 2.5 mm")
    with pytest.raises(NotAVolume, match="one gap of 5.0 mm"):
        planes.cut(loose, Plane.AXIAL, 0)


_LOOKED_AT = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)
