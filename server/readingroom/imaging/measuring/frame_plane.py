"""The plane of one frame in the patient: its points in mm, its pixels, and which frame a point lies on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable, SliceOutOfRange
from readingroom.imaging.geometry import normal_of
from readingroom.imaging.index import Stack
from readingroom.imaging.sorting.regularity import SAME_PLACE_MM

Floats = NDArray[np.float64]
ROUNDING_MM: Final = 0.002
"""Points cross the wire in whole micrometers; so far may three of them round off a plane."""


class StackPlanes:
    """The parallel planes of a stack's frames. Raises NotMeasurable when it says not where they are.

    Plane coordinates are mm from the center of a frame's first pixel: x along its rows, y perpendicular to
    that in the plane, depth along the normal. Source: PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
    """

    def __init__(self, stack: Stack) -> None:
        positions = [frame.position_mm for frame in stack.frames]
        if stack.orientation is None or stack.spacing_mm is None or None in positions:
            raise NotMeasurable(reason="these pictures do not say where they are in the patient")
        between_rows, between_columns = stack.spacing_mm
        row, column = np.array(stack.orientation[:3]), np.array(stack.orientation[3:])
        x, normal = _unit(row), _unit(np.array(normal_of(stack.orientation)))
        self._axes = np.stack((x, np.cross(normal, x), normal))
        steps = np.stack((row * between_columns, column * between_rows))
        self.mm_per_pixel: Floats = steps @ self._axes[:2].T
        """[2, 2]: what one column, one row moves in the plane."""
        self._pixels_per_mm = np.linalg.inv(self.mm_per_pixel)
        self._positions = np.array(positions, np.float64)
        self._depths = self._positions @ normal
        self._pitch = min(stack.spacing_mm)

    def plane(self, index: int, points_mm: Floats) -> tuple[Floats, Floats]:
        """Points [n, 3] of the patient as (x, y) [n, 2] on frame `index`, and their depths [n] above it."""
        laid = (points_mm - self._positions[index]) @ self._axes.T
        return laid[:, :2], laid[:, 2]

    def pixels(self, plane: Floats) -> Floats:
        """Plane coordinates as (column, row) on the frame; the first pixel's left and upper edges at 0."""
        return np.asarray(plane @ self._pixels_per_mm + 0.5)

    def nearest(self, point_mm: Floats) -> int:
        """The frame whose plane lies nearest to a point; the first of equals."""
        return int(np.argmin(np.abs(self._depths - self._axes[2] @ point_mm)))

    def frame_of(self, points_mm: Floats, wanted: int | None) -> int:
        """The one frame that points [n, 3] lie on: `wanted`, or the nearest.

        Raises NotMeasurable when one of them is more than half a slice off, or when several pictures lie at
        this place and none is wanted; SliceOutOfRange.
        """
        if wanted is not None and wanted >= len(self._depths):
            raise SliceOutOfRange(index=wanted, slices=len(self._depths))
        index = self.nearest(points_mm.mean(axis=0)) if wanted is None else wanted
        _, above = self.plane(index, points_mm)
        if np.max(np.abs(above)) > self._half_slice(index) + ROUNDING_MM:
            raise NotMeasurable(reason="all of it must lie on one picture as it was taken")
        together = np.count_nonzero(np.abs(self._depths - self._depths[index]) <= SAME_PLACE_MM)
        if wanted is None and together > 1:
            raise NotMeasurable(
                reason="several pictures lie at this place, and it is not said which is meant"
            )
        return index

    def _half_slice(self, index: int) -> float:
        """Half the way to the next plane, mm; a lone picture is as thick as its pixels."""
        gaps = np.abs(self._depths - self._depths[index])
        gaps = gaps[gaps > SAME_PLACE_MM]
        return float(gaps.min() if gaps.size else self._pitch) / 2


def in_mm(points: Sequence[tuple[float, float, float]]) -> Floats:
    """Points of the patient as an array [n, 3]."""
    return np.array(points, np.float64).reshape(-1, 3)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
