"""Closed regions on one frame: their sizes, and the pixels whose values are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring import ellipse, polygon
from readingroom.imaging.measuring.covered import Covered
from readingroom.imaging.measuring.figures import FigureKind
from readingroom.imaging.measuring.laying import OnFrame, touched
from readingroom.imaging.measuring.measurement import Quantity

Floats = NDArray[np.float64]

OUTSIDE: Final = "Part of it lies outside the picture: values are of what lies inside."
CROSSES: Final = "The outline crosses itself: what it goes around twice is not counted."


@dataclass(frozen=True, slots=True)
class Region:
    """Sizes by the ruler, from the outline itself, and the pixels inside."""

    sizes: tuple[Quantity, ...]
    covered: Covered
    notes: tuple[str, ...]


def of(stack: Stack, kind: FigureKind, laid: OnFrame) -> Region:
    """The region a figure encloses. Raises NotMeasurable when that is nothing, or the outline is scribble."""
    if kind is FigureKind.ELLIPSE:
        found = _ellipse(stack, laid)
    elif kind is FigureKind.RECTANGLE:
        found = _rectangle(stack, laid)
    else:
        found = _outline(stack, laid, laid.pixels, ())
    if not _reaches_out(stack, touched(kind, laid.pixels)):
        return found
    return Region(found.sizes, found.covered, (*found.notes, OUTSIDE))


def _ellipse(stack: Stack, laid: OnFrame) -> Region:
    center, halves, unit = laid.pixels[0], laid.pixels[1:] - laid.pixels[0], laid.ruler.unit
    in_plane = laid.ruler.plane(halves)
    area = ellipse.area(in_plane)
    _refuse_empty(area, in_plane)
    longer, shorter = ellipse.half_axes(in_plane)
    sizes = (
        Quantity("area", area, f"{unit}²"),
        Quantity("perimeter", ellipse.perimeter(longer, shorter), unit),
        Quantity("major_axis", 2 * longer, unit),
        Quantity("minor_axis", 2 * shorter, unit),
    )
    return Region(sizes, ellipse.covered(center, halves, stack.rows, stack.columns), ())


def _rectangle(stack: Stack, laid: OnFrame) -> Region:
    (left, top), (right, bottom) = laid.pixels
    pixels = np.array(((left, top), (right, top), (right, bottom), (left, bottom)))
    corners, unit = laid.ruler.plane(pixels), laid.ruler.unit
    width, height = (float(np.linalg.norm(corners[at + 1] - corners[at])) for at in (0, 1))
    return _outline(stack, laid, pixels, (Quantity("width", width, unit), Quantity("height", height, unit)))


def _outline(stack: Stack, laid: OnFrame, pixels: Floats, sides: tuple[Quantity, ...]) -> Region:
    corners, unit = laid.ruler.plane(pixels), laid.ruler.unit
    area = polygon.area(corners)
    _refuse_empty(area, corners - corners.mean(axis=0))
    around = abs(polygon.signed_area(corners))
    crosses = abs(around - area) > 1e-6 * max(around, area)
    sizes = (
        Quantity("area", area, f"{unit}²"),
        Quantity("perimeter", polygon.perimeter(corners), unit),
        *sides,
    )
    covered = polygon.covered(pixels, stack.rows, stack.columns)
    return Region(sizes, covered, (CROSSES,) if crosses else ())


def _refuse_empty(area: float, about: Floats) -> None:
    """Nothing inside, or nothing but rounding."""
    if area <= 1e-9 * float(np.max(np.abs(about))) ** 2:
        raise NotMeasurable(reason="its outline encloses nothing")


def _reaches_out(stack: Stack, places: Floats) -> bool:
    slack = 0.01  # of a pixel: an edge of the picture in whole micrometers may fall a little outside
    size = np.array((stack.columns, stack.rows))
    return bool(np.any(places < -slack) or np.any(places > size + slack))
