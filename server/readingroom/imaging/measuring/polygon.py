"""Closed outlines in a plane: what they enclose by the even-odd rule, how long they are, which pixels are in.

The even-odd rule: a place is inside when a ray from it crosses the outline an odd number of times. So where
a freehand outline crosses itself, nothing is counted twice; what it goes around twice is outside.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable
from readingroom.imaging.measuring.covered import Covered, snapped

Floats = NDArray[np.float64]

MOST_CROSSINGS: Final = 1000
"""An outline that crosses itself more often is scribble, and would take long."""


def area(corners: Floats) -> float:
    """The enclosed area of corners [n, 2] in any unit, squared. Raises NotMeasurable for scribble.

    Exact for every outline: between two neighboring heights at which a corner or a crossing lies, the edges
    keep their order, so what lies between each odd edge and the next even one is a trapezoid.
    """
    origin = corners.mean(axis=0)
    starts, ends = corners - origin, np.roll(corners, -1, axis=0) - origin
    heights = np.unique(np.concatenate((starts[:, 1], _crossing_heights(starts, ends))))
    lows, highs = np.minimum(starts[:, 1], ends[:, 1]), np.maximum(starts[:, 1], ends[:, 1])
    total = 0.0
    for bottom, top in zip(heights[:-1].tolist(), heights[1:].tolist(), strict=True):
        middle = (bottom + top) / 2
        met = (lows <= middle) & (middle < highs)
        across = np.sort(_across(starts[met], ends[met], middle))
        total += float(np.sum(across[1::2] - across[::2])) * (top - bottom)
    return total


def signed_area(corners: Floats) -> float:
    """Gauss's area: that of an outline that does not cross itself, positive when it turns from x to y."""
    x, y = (corners - corners.mean(axis=0)).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def perimeter(corners: Floats) -> float:
    """How long the closed outline is."""
    return float(np.sum(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)))


def covered(corners: Floats, rows: int, columns: int) -> Covered:
    """The pixels of a picture whose centers lie inside corners [n, 2] of (column, row), first edges at 0.

    A center on a left or upper edge is inside, on a right or lower one outside (half-open), so that outlines
    that share an edge share no pixel. Takes time in proportion to the rows met times corners and columns.
    """
    corners = snapped(corners)
    starts, ends = corners, np.roll(corners, -1, axis=0)
    lows, highs = np.minimum(starts[:, 1], ends[:, 1]), np.maximum(starts[:, 1], ends[:, 1])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    first_row, last_row = _centers_from(top, rows), _centers_from(bottom, rows)
    first, last = _centers_from(left, columns), _centers_from(right, columns)
    width = last - first
    inside = np.zeros((last_row - first_row, width), bool)
    for place in range(len(inside)):
        center = first_row + place + 0.5
        met = (lows <= center) & (center < highs)
        across = snapped(_across(starts[met], ends[met], center))
        turns = np.clip(np.ceil(across - 0.5), first, last).astype(np.int64) - first
        inside[place] = np.cumsum(np.bincount(turns, minlength=width + 1))[:width] & 1
    return Covered(first_row, first, inside)


def _centers_from(edge: float, count: int) -> int:
    """The first of `count` pixels whose center is not before `edge`; `count` when none is."""
    return int(np.clip(np.ceil(edge - 0.5), 0, count))


def _across(starts: Floats, ends: Floats, height: float) -> Floats:
    """Where edges, none of them level, meet a height."""
    share = (height - starts[:, 1]) / (ends[:, 1] - starts[:, 1])
    return np.asarray(starts[:, 0] + share * (ends[:, 0] - starts[:, 0]))


def _crossing_heights(starts: Floats, ends: Floats) -> Floats:
    """The heights at which two edges cross between their ends; where they only touch, a corner lies."""
    found: list[Floats] = []
    count = 0
    along = ends - starts
    for place in range(len(starts) - 1):
        others = slice(place + 1, None)
        toward = starts[others] - starts[place]
        parallel = _cross(along[place], along[others])
        with np.errstate(divide="ignore", invalid="ignore"):
            here = _cross(toward, along[others]) / parallel
            there = _cross(toward, along[place]) / parallel
        meet = (parallel != 0) & (here > 0) & (here < 1) & (there > 0) & (there < 1)
        if not meet.any():
            continue
        found.append(starts[place, 1] + here[meet] * along[place, 1])
        count += len(found[-1])
        if count > MOST_CROSSINGS:
            raise NotMeasurable(reason="its outline crosses itself too often")
    return np.concatenate(found) if found else np.empty(0)


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
