"""Planes through a regular volume along its own voxel axes: axial, coronal, sagittal. Pure geometry.

A plane is cut across the volume axis that runs closest to the plane's normal, and its pixels are the volume's
own voxels: nothing is interpolated, and where voxels are not cubes the picture's pixels are not squares. The
planes of an oblique acquisition are therefore as oblique as it is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotAVolume, SliceOutOfRange
from readingroom.imaging.index import Stack
from readingroom.imaging.tiles import Region
from readingroom.values import Plane

Directions = Sequence[Sequence[float]]

_RIGHT_LEFT, _FRONT_BACK, _FEET_HEAD = 0, 1, 2
"""The patient's axes in LPS order: +x to the left, +y to the back, +z to the head (PS3.3 C.7.6.2.1.1)."""

_LAYOUT = {
    Plane.AXIAL: (_FEET_HEAD, (_FRONT_BACK, 1), (_RIGHT_LEFT, 1)),
    Plane.CORONAL: (_FRONT_BACK, (_FEET_HEAD, -1), (_RIGHT_LEFT, 1)),
    Plane.SAGITTAL: (_RIGHT_LEFT, (_FEET_HEAD, -1), (_FRONT_BACK, 1)),
}
"""Per plane: the axis of its normal; where its rows go downwards; where its columns go to the right.

The left of the picture is the patient's right in axial and coronal planes, the front in sagittal ones.
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a plane lies in a volume [z, y, x].

    `axis` is cut at `index` of `count`; the two axes left are swapped (`transposed`), then turned over.
    """

    axis: int
    index: int
    count: int
    transposed: bool
    rows_reversed: bool
    columns_reversed: bool

    def of(self, volume: NDArray[Any]) -> NDArray[Any]:
        """The voxels [z, y], [z, x] or [y, x] of the cut, in the volume's own order; a view."""
        return np.asarray(np.moveaxis(volume, self.axis, 0)[self.index])

    def part(self, shape: tuple[int, ...], seen: Region) -> tuple[slice, slice]:
        """Where a rectangle of the picture lies in a layer of voxels in the volume's own order."""
        height, width = shape[::-1] if self.transposed else shape
        down, across = slice(seen.top, seen.bottom), slice(seen.left, seen.right)
        if self.rows_reversed:
            down = slice(height - seen.bottom, height - seen.top)
        if self.columns_reversed:
            across = slice(width - seen.right, width - seen.left)
        return (across, down) if self.transposed else (down, across)

    def turned(self, picture: NDArray[Any]) -> NDArray[Any]:
        """A picture of these voxels, turned as the plane is looked at; a view."""
        turned = picture.T if self.transposed else picture
        turned = turned[::-1] if self.rows_reversed else turned
        return turned[:, ::-1] if self.columns_reversed else turned


def cut(stack: Stack, plane: Plane, index: int | None) -> Cut:
    """Where `plane` number `index` lies in the volume of a stack; None is the middle one.

    Planes are counted along the patient: axial from the feet, coronal from the front, sagittal from the
    patient's right. Raises NotAVolume with the stack's reason, SliceOutOfRange.
    """
    if not stack.mpr:
        raise NotAVolume(reason=stack.reason or "these pictures do not form one regular block")
    (axis, sign), (down, down_sign), (right, right_sign) = layout(_directions(stack), plane)
    count = (len(stack.frames), stack.rows, stack.columns)[axis]
    index = count // 2 if index is None else index
    if not 0 <= index < count:
        raise SliceOutOfRange(index=index, slices=count)
    return Cut(
        axis=axis,
        index=index if sign > 0 else count - 1 - index,
        count=count,
        transposed=down > right,
        rows_reversed=down_sign < 0,
        columns_reversed=right_sign < 0,
    )


def layout(directions: Directions, plane: Plane) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Which of three directions planes follow each other along, rows run down along, columns right along.

    Each with +1, or -1 where it is against the direction. Directions are unit vectors in the patient.
    """
    where = {patient: (axis, sign) for axis, (patient, sign) in enumerate(_patient_axes(directions))}
    normal, (down, down_sign), (right, right_sign) = _LAYOUT[plane]
    return (
        where[normal],
        (where[down][0], where[down][1] * down_sign),
        (where[right][0], where[right][1] * right_sign),
    )


def _patient_axes(directions: Directions) -> tuple[tuple[int, int], ...]:
    """For three directions the patient axis each runs along, and whether with (+1) or against it (-1).

    All three are assigned at once, so that two axes of a steep acquisition never claim the same one.
    """
    order = max(
        itertools.permutations(range(3)),
        key=lambda order: sum(
            abs(direction[axis]) for direction, axis in zip(directions, order, strict=True)
        ),
    )
    return tuple(
        (axis, 1 if direction[axis] >= 0 else -1) for direction, axis in zip(directions, order, strict=True)
    )


def _directions(stack: Stack) -> Directions:
    """Unit vectors along z (from the first frame to the last), y (down the rows) and x (along a row)."""
    first, last = stack.frames[0].position_mm, stack.frames[-1].position_mm
    if stack.orientation is None or first is None or last is None or first == last:
        raise NotAVolume(reason="the pictures do not say where they are in the patient")
    length = math.dist(first, last)
    along = tuple((b - a) / length for a, b in zip(first, last, strict=True))
    return along, stack.orientation[3:], stack.orientation[:3]
