"""Ellipses in a plane by two conjugate half diameters: area, axes, perimeter, and which pixels are in.

The ellipse is center + a cos t + b sin t. Any two vectors a, b that are not parallel make one, so it stays
an ellipse through every change of axes and pixels that are not square; a and b are its half axes when they
are perpendicular.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.measuring.covered import Covered, snapped

Floats = NDArray[np.float64]
ROUNDING = 1e-9


def area(halves: Floats) -> float:
    """Of half diameters [2, 2]: pi |a x b|."""
    return math.pi * abs(float(halves[0, 0] * halves[1, 1] - halves[0, 1] * halves[1, 0]))


def half_axes(halves: Floats) -> tuple[float, float]:
    """The longer and the shorter half axis: the singular values of (a, b)."""
    longer, shorter = np.linalg.svd(halves, compute_uv=False).tolist()
    return longer, shorter


def perimeter(longer: float, shorter: float) -> float:
    """How long the outline is, by the arithmetic-geometric mean: exact to rounding (DLMF 19.8.6, 19.30.5)."""
    a, b = longer, shorter
    apart = math.sqrt((a - b) * (a + b))
    rest, weight = a * a, 0.5
    while apart > 1e-9 * a:  # it is squared each time, down to 0
        rest -= weight * apart * apart
        a, b, apart, weight = (a + b) / 2, math.sqrt(a * b), (a - b) / 2, 2 * weight
    return 2 * math.pi * rest / a


def bounds(center: Floats, halves: Floats) -> Floats:
    """The two corners [2, 2] of the rectangle along the axes of the plane that just holds it."""
    reach = np.hypot(halves[0], halves[1])
    return np.stack((center - reach, center + reach))


def covered(center: Floats, halves: Floats, rows: int, columns: int) -> Covered:
    """The pixels of a picture whose centers lie inside or on the ellipse; (column, row), first edges at 0."""
    (left, top), (right, bottom) = snapped(bounds(center, halves))
    first, last = _range(left, right, columns)
    first_row, last_row = _range(top, bottom, rows)
    x = np.arange(first, last) + 0.5 - center[0]
    back = np.linalg.inv(halves.T)
    inside = np.zeros((last_row - first_row, last - first), bool)
    for place in range(len(inside)):
        y = first_row + place + 0.5 - center[1]
        inside[place] = (back[0, 0] * x + back[0, 1] * y) ** 2 + (back[1, 0] * x + back[1, 1] * y) ** 2 <= (
            1 + ROUNDING
        )
    return Covered(first_row, first, inside)


def _range(low: float, high: float, count: int) -> tuple[int, int]:
    """First pixel, and the one after the last, whose centers lie from `low` to `high`."""
    first = int(np.clip(math.ceil(low - 0.5), 0, count))
    return first, max(first, int(np.clip(math.floor(high - 0.5) + 1, 0, count)))
