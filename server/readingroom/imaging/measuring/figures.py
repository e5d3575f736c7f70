"""What people draw to have it measured: kinds of figures and the points that make them. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readingroom.errors import NotMeasurable
from readingroom.values import PatientPoint

MOST_POINTS: Final = 4096


class FigureKind(StrEnum):
    """A figure by the points it is given with.

    length: two ends. angle: an end, the vertex, the other end. cobb, bidirectional: both ends of one line,
    then of the other. ellipse: its center, then an end of each of two conjugate half diameters (of the half
    axes, as a rule). rectangle: two opposite corners, its sides along rows and columns. polygon, freehand:
    the corners of a closed outline. probe: one point.
    """

    LENGTH = "length"
    ANGLE = "angle"
    COBB = "cobb"
    BIDIRECTIONAL = "bidirectional"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    FREEHAND = "freehand"
    PROBE = "probe"


POINTS: Final[dict[FigureKind, int]] = {
    FigureKind.LENGTH: 2,
    FigureKind.ANGLE: 3,
    FigureKind.COBB: 4,
    FigureKind.BIDIRECTIONAL: 4,
    FigureKind.ELLIPSE: 3,
    FigureKind.RECTANGLE: 2,
    FigureKind.PROBE: 1,
}
"""How many points a figure has; outlines have 3 to MOST_POINTS."""


@dataclass(frozen=True, slots=True)
class ImagePoint:
    """A point on one frame, in thousandths of a pixel.

    0 is the left (upper) edge of the first column (row); its center is 500.
    """

    frame: int
    column_milli: int
    row_milli: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a stack: all its points in the patient, or all on frames.

    `frame` is the picture people look at: needed where several lie at one place in the patient (a dynamic
    series), else the nearest one is meant. Raises NotMeasurable for a wrong number of points, or both kinds.
    """

    kind: FigureKind
    points: tuple[PatientPoint, ...] | tuple[ImagePoint, ...]
    frame: int | None = None

    def __post_init__(self) -> None:
        wanted, count = POINTS.get(self.kind), len(self.points)
        if wanted is not None and count != wanted:
            raise NotMeasurable(reason=f"it has {count} points instead of {wanted}")
        if wanted is None and not 3 <= count <= MOST_POINTS:
            raise NotMeasurable(reason=f"an outline has 3 to {MOST_POINTS} points")
        if len({type(point) for point in self.points}) > 1:
            raise NotMeasurable(reason="some of its points lie in the patient, others on a picture")
