"""Straight lines: length, angle, Cobb, bidirectional. In the patient, from frame to frame too."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring.figures import Figure, FigureKind
from readingroom.imaging.measuring.laying import in_space
from readingroom.imaging.measuring.measurement import DEGREES, Measurement, Quantity, with_lengths

Floats = NDArray[np.float64]

PERPENDICULAR: Final = 5.0
"""Degrees that two axes may be off a right angle before it is said."""


def of(stack: Stack, figure: Figure) -> Measurement:
    """The lengths and angles of a figure made of lines. Raises NotMeasurable, SliceOutOfRange."""
    laid = in_space(stack, figure)
    points, unit = laid.points, laid.ruler.unit
    notes: tuple[str, ...] = ()
    if figure.kind is FigureKind.LENGTH:
        found = [Quantity("length", _length(points[1] - points[0]), unit)]
    elif figure.kind is FigureKind.ANGLE:
        found = [Quantity("angle", _degrees(points[0] - points[1], points[2] - points[1]), DEGREES)]
    else:
        lines = points[1] - points[0], points[3] - points[2]
        turned = _degrees(*lines)
        angle = Quantity("angle", min(turned, 180 - turned), DEGREES)
        if figure.kind is FigureKind.COBB:
            found = [angle, Quantity("supplement", 180 - angle.value, DEGREES)]
        else:
            shorter, longer = sorted(_length(line) for line in lines)
            found = [Quantity("long_axis", longer, unit), Quantity("short_axis", shorter, unit), angle]
            if angle.value < 90 - PERPENDICULAR:
                notes = (f"The axes are not perpendicular: {angle.value:.0f}° between them.",)
    return with_lengths(figure.kind, laid.ruler, tuple(found), notes, laid.frame)


def _length(line: Floats) -> float:
    length = float(np.linalg.norm(line))
    if length == 0:
        raise NotMeasurable(reason="two of its points are the same")
    return length


def _degrees(a: Floats, b: Floats) -> float:
    """The angle between two directions, 0 to 180; by the arc tangent, which is exact near 0 and 180 too."""
    if not (a.any() and b.any()):
        raise NotMeasurable(reason="two of its points are the same")
    return math.degrees(math.atan2(_across(a, b), float(a @ b)))


def _across(a: Floats, b: Floats) -> float:
    """The length of a x b, of a plane or of space."""
    if len(a) == 2:
        return abs(float(a[0] * b[1] - a[1] * b[0]))
    return float(np.linalg.norm(np.cross(a, b)))
