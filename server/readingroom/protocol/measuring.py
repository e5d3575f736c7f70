"""Measuring: what a page asks to have measured, and what the server found in the voxels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Id, Index, MilliPixel, Um, Wire
from readingroom.protocol.places import Place


class Line(Wire):
    """A straight line."""

    start: Place
    end: Place


class PatientOutline(Wire):
    """The corners of a closed outline in the patient; the last is joined to the first."""

    kind: Literal["patient"] = "patient"
    frame_of_reference: Id
    points_um: Annotated[list[tuple[Um, Um, Um]], Field(min_length=3, max_length=500)]


class ImageOutline(Wire):
    """The corners of a closed outline on one frame, as in ImagePlace; the last is joined to the first."""

    kind: Literal["image"] = "image"
    frame: Index
    points_milli: Annotated[list[tuple[MilliPixel, MilliPixel]], Field(min_length=3, max_length=500)]


Outline = Annotated[PatientOutline | ImageOutline, Field(discriminator="kind")]


class Length(Wire):
    """The distance of two points, straight through the patient."""

    kind: Literal["length"] = "length"
    start: Place
    end: Place


class Angle(Wire):
    """The angle at `vertex` between two arms, 0 to 180 degrees."""

    kind: Literal["angle"] = "angle"
    first: Place
    vertex: Place
    second: Place


class Cobb(Wire):
    """The angle between two lines that need not meet, 0 to 90 degrees, and its supplement."""

    kind: Literal["cobb"] = "cobb"
    first: Line
    second: Line


class Bidirectional(Wire):
    """Two axes of a lesion. The longer is called the long one, whichever was drawn first."""

    kind: Literal["bidirectional"] = "bidirectional"
    first: Line
    second: Line


class Ellipse(Wire):
    """An ellipse by its center and an end of each half axis (or of any two conjugate half diameters)."""

    kind: Literal["ellipse"] = "ellipse"
    center: Place
    first_end: Place
    second_end: Place


class Rectangle(Wire):
    """A rectangle by two opposite corners, its sides along the frame's rows and columns."""

    kind: Literal["rectangle"] = "rectangle"
    corner: Place
    opposite: Place


class Polygon(Wire):
    kind: Literal["polygon"] = "polygon"
    outline: Outline


class Freehand(Wire):
    """A closed line drawn by hand. Where it crosses itself the even-odd rule says what is inside."""

    kind: Literal["freehand"] = "freehand"
    outline: Outline


class Probe(Wire):
    """The value of the pixel a point lies in."""

    kind: Literal["probe"] = "probe"
    at: Place


Measurable = Annotated[
    Length | Angle | Cobb | Bidirectional | Ellipse | Rectangle | Polygon | Freehand | Probe,
    Field(discriminator="kind"),
]


class MeasureRequest(Wire):
    """`POST /api/rooms/{room}/series/{series}/{stack}/measure`.

    `frame` is the picture the person looks at. It must be given where several lie at one place in the patient
    (a dynamic series); else null means the picture the points lie on.
    """

    shape: Measurable
    frame: Index | None = None


class Quantity(Wire):
    """One measured number. `unit`: mm, mm², px, px², °, g/ml, empty for a count, or the values' own (HU).

    `supplement` is 180° less the angle between two lines, for curves over 90°. `pixels` counts those the
    values are of, `padding` and `labels` those of the region left out. `stored` is the value before rescale.
    """

    name: Literal[
        "length",
        "angle",
        "supplement",
        "long_axis",
        "short_axis",
        "area",
        "perimeter",
        "major_axis",
        "minor_axis",
        "width",
        "height",
        "mean",
        "sd",
        "min",
        "max",
        "pixels",
        "padding",
        "labels",
        "value",
        "stored",
        "suv_mean",
        "suv_sd",
        "suv_min",
        "suv_max",
        "suv",
    ]
    value: Annotated[float, Field(strict=True)]
    unit: str


class Measured(Wire):
    """The answer. `meaning` is the sentence beside its lengths, `notes` are what else must be shown.

    `sd` is the population's. `frame` is the picture the figure lies on; null when it spans the patient.
    """

    kind: Literal[
        "length", "angle", "cobb", "bidirectional", "ellipse", "rectangle", "polygon", "freehand", "probe"
    ]
    quantities: list[Quantity]
    calibration: Literal["patient", "calibrated", "detector", "film", "regions", "none"]
    meaning: str
    notes: list[str]
    frame: Index | None = None
