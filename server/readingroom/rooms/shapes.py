"""Figures on a picture, whatever their kind: the places they are made of, and whether those go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from readingroom.errors import BadRequest
from readingroom.protocol import (
    Angle,
    Arrow,
    Bidirectional,
    Cobb,
    Ellipse,
    Freehand,
    ImageOutline,
    ImagePlace,
    Length,
    Measurable,
    PatientOutline,
    PatientPlace,
    Pin,
    Place,
    Polygon,
    Probe,
    Rectangle,
    Shape,
    Text,
)


def places_of(shape: Shape) -> list[Place]:
    """The points of a shape in the order in which it names them."""
    match shape:
        case Arrow():
            return [shape.tail, shape.head]
        case Text() | Pin() | Probe():
            return [shape.at]
        case Length():
            return [shape.start, shape.end]
        case Angle():
            return [shape.first, shape.vertex, shape.second]
        case Cobb() | Bidirectional():
            return [shape.first.start, shape.first.end, shape.second.start, shape.second.end]
        case Ellipse():
            return [shape.center, shape.first_end, shape.second_end]
        case Rectangle():
            return [shape.corner, shape.opposite]
        case Polygon() | Freehand():
            return _corners(shape.outline)
        case _:
            assert_never(shape)


def measurable(shape: Shape) -> Measurable | None:
    """The shape as something that has a measure; None for arrows and words."""
    return None if isinstance(shape, Arrow | Text | Pin) else shape


def in_one_space(places: Sequence[Place]) -> None:
    """BadRequest unless all lie in one frame of reference, or on one picture (R4)."""
    if len({_space(place) for place in places}) > 1:
        raise BadRequest(reason="all points of a mark must lie in one frame of reference")


def _space(place: Place) -> str | int:
    match place:
        case PatientPlace():
            return place.frame_of_reference
        case ImagePlace():
            return place.frame
        case _:
            assert_never(place)


def _corners(outline: PatientOutline | ImageOutline) -> list[Place]:
    if isinstance(outline, PatientOutline):
        reference = outline.frame_of_reference
        return [PatientPlace(frame_of_reference=reference, point_um=point) for point in outline.points_um]
    return [ImagePlace(frame=outline.frame, point_milli=point) for point in outline.points_milli]
