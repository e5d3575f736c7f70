"""Marks: what people put on a picture, of every kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from readingroom.protocol.base import Counter, Id, Index, PlainText, Wire
from readingroom.protocol.measuring import (
    Angle,
    Bidirectional,
    Cobb,
    Ellipse,
    Freehand,
    Length,
    Measured,
    Polygon,
    Probe,
    Rectangle,
)
from readingroom.protocol.places import Place


class Arrow(Wire):
    """An arrow from `tail` to `head`; the head touches what is meant."""

    kind: Literal["arrow"] = "arrow"
    tail: Place
    head: Place
    label: Annotated[str, StringConstraints(max_length=120)] = ""


class Text(Wire):
    """Words beside a point."""

    kind: Literal["text"] = "text"
    at: Place
    text: PlainText


class Pin(Wire):
    """A question about a point: "What is this?"."""

    kind: Literal["pin"] = "pin"
    at: Place
    text: PlainText


Shape = Annotated[
    Arrow
    | Text
    | Pin
    | Length
    | Angle
    | Cobb
    | Bidirectional
    | Ellipse
    | Rectangle
    | Polygon
    | Freehand
    | Probe,
    Field(discriminator="kind"),
]


class Mark(Wire):
    """What an annotation is about: the stack it lies on, the picture it was drawn on, and its shape.

    `frame` must be given for a measurement where several pictures lie at one place in the patient.
    """

    series: Id
    stack: Index = 0
    frame: Index | None = None
    shape: Shape


class KeptMark(Mark):
    """A mark as it is kept: `measured` is the server's, null for what has no measure.

    `unmeasurable` says in words why a figure could not be measured.
    """

    measured: Measured | None = None
    unmeasurable: str | None = None


class Annotation(Wire):
    """A mark in the document. `deleted` ones are tombstones and carry no mark.

    `hidden`: a host took it out of everybody's sight. `answered` is for pins.
    """

    id: str
    by: Id
    revision: Counter
    deleted: bool = False
    hidden: bool = False
    answered: bool = False
    mark: KeptMark | None = None
