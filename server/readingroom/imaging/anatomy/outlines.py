"""The phantom's outlines: how wide and deep body, rib cage and mediastinum are at each height."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple


class Section(NamedTuple):
    """The outlines of one slice, in mm: half widths `_x`, half depths `_y`, centers `_cy`."""

    body_x: float
    body_y: float
    body_cy: float
    cage_x: float
    cage_y: float
    cage_cy: float
    spine_cy: float
    middle_x: float
    middle_y: float
    middle_cy: float
    slope: float
    """Cosine of the cage wall's tilt against z, so that in-plane distances are true ones."""


# z of the knots, then each outline of Section at them.
_KNOTS = (-230.0, -140.0, -80.0, -20.0, 20.0, 50.0, 70.0, 85.0, 97.0, 104.0, 130.0)
_OUTLINES: dict[str, tuple[float, ...]] = {
    "body_x": (154.0, 161.0, 163.0, 165.0, 168.0, 173.0, 176.0, 177.0, 177.0, 176.0, 170.0),
    "body_y": (107.0, 109.0, 109.0, 106.0, 100.0, 91.0, 83.0, 76.0, 70.0, 67.0, 60.0),
    "body_cy": (1.0, 0.0, 0.0, 2.0, 6.0, 12.0, 17.0, 20.0, 21.0, 21.0, 20.0),
    "cage_x": (131.0, 133.0, 131.0, 125.0, 115.0, 100.0, 85.0, 67.0, 44.0, 16.0, 1.0),
    "cage_y": (83.0, 85.0, 85.0, 80.0, 72.0, 62.0, 50.0, 37.0, 22.0, 9.0, 1.0),
    "cage_cy": (0.0, -1.0, -1.0, 0.0, 4.0, 8.0, 13.0, 17.0, 20.0, 21.0, 22.0),
    "spine_cy": (40.0, 47.0, 52.0, 54.0, 52.0, 47.0, 41.0, 36.0, 31.0, 28.0, 19.0),
    "middle_x": (20.0, 30.0, 34.0, 33.0, 30.0, 29.0, 31.0, 32.0, 32.0, 32.0, 32.0),
    "middle_y": (35.0, 40.0, 44.0, 44.0, 44.0, 40.0, 34.0, 30.0, 30.0, 30.0, 30.0),
    "middle_cy": (10.0, 0.0, -5.0, -6.0, -4.0, 0.0, 4.0, 7.0, 8.0, 9.0, 10.0),
}


def section(z: float) -> Section:
    """The outlines at height z: cubic through the knots, without overshoot beyond the ends."""
    at = {name: _smooth(z, values) for name, values in _OUTLINES.items()}
    lean = (_smooth(z + 1, _OUTLINES["cage_x"]) - _smooth(z - 1, _OUTLINES["cage_x"])) / 2
    return Section(**at, slope=1 / sqrt(1 + lean * lean))


def _smooth(z: float, values: tuple[float, ...]) -> float:
    """Hermite interpolation with limited slopes, so straight runs stay straight."""
    z = min(max(z, _KNOTS[0]), _KNOTS[-1])
    i = min(sum(knot <= z for knot in _KNOTS[1:]), len(_KNOTS) - 2)
    step = _KNOTS[i + 1] - _KNOTS[i]
    t = (z - _KNOTS[i]) / step
    tangent = [0.0, 0.0]
    for side, k in enumerate((i, i + 1)):
        if 0 < k < len(_KNOTS) - 1:
            before = (values[k] - values[k - 1]) / (_KNOTS[k] - _KNOTS[k - 1])
            after = (values[k + 1] - values[k]) / (_KNOTS[k + 1] - _KNOTS[k])
            if before * after > 0:
                tangent[side] = 2 * before * after / (before + after)
    t2, t3 = t * t, t * t * t
    return (
        (2 * t3 - 3 * t2 + 1) * values[i]
        + (t3 - 2 * t2 + t) * step * tangent[0]
        + (3 * t2 - 2 * t3) * values[i + 1]
        + (t3 - t2) * step * tangent[1]
    )
