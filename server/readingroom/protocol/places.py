"""Where something is, and how it is windowed, in the wire's units."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import (
    MILLI_PIXEL_LIMIT,
    UM_LIMIT,
    WINDOW_LIMIT,
    Finite,
    Flag,
    Id,
    Index,
    MilliPixel,
    Um,
    Wire,
)
from readingroom.values import VoiFunction


class PatientPlace(Wire):
    """A point in the patient: DICOM LPS, integer micrometers, inside one Frame of Reference."""

    kind: Literal["patient"] = "patient"
    frame_of_reference: Id
    point_um: tuple[Um, Um, Um]


class ImagePlace(Wire):
    """A point on one frame of a stack without geometry: [column, row] in thousandths of a pixel.

    0 is the left (upper) edge of the first column (row); its center is 500.
    """

    kind: Literal["image"] = "image"
    frame: Index
    point_milli: tuple[MilliPixel, MilliPixel]


Place = Annotated[PatientPlace | ImagePlace, Field(discriminator="kind")]


class FieldOfView(Wire):
    """The rectangle around the place that everyone sees at least.

    In micrometers for a patient place, in thousandths of a pixel for an image place.
    """

    width: Annotated[int, Field(strict=True, ge=1, le=MILLI_PIXEL_LIMIT)]
    height: Annotated[int, Field(strict=True, ge=1, le=MILLI_PIXEL_LIMIT)]


class WireWindow(Wire):
    """A VOI window in modality units; floats of 7 significant digits.

    `lut` names a VOI LUT of the stack by its place: it then makes the grays. Where there is no such table,
    center and width stand for it: the linear window over its domain.
    """

    center: Finite
    width: Annotated[float, Field(strict=True, gt=0, le=WINDOW_LIMIT)]
    function: VoiFunction = VoiFunction.LINEAR
    lut: Index | None = None


class Cine(Wire):
    """A stack that plays, or stands where it was stopped.

    `rate` is how many times as fast as it was recorded, `first_frame` the frame shown at `started_at`, the
    server's time in ms since 1970. Every screen computes from these which frame is due.
    """

    playing: Flag
    rate: Annotated[float, Field(strict=True, ge=0.05, le=20)] = 1.0
    first_frame: Index
    started_at: Annotated[int, Field(strict=True, ge=0, le=1 << 52)]


class ShownStack(Wire):
    """Which stack of which open series a pane shows, and how it is cut."""

    series: Id
    stack: Index = 0
    mode: Literal["stack", "axial", "coronal", "sagittal", "oblique"] = "stack"


class Slab(Wire):
    """How thick a plane is, and what is made of the voxels within."""

    thickness_um: Annotated[int, Field(strict=True, ge=0, le=UM_LIMIT)]
    projection: Literal["mip", "minip", "mean"]


class Turn(Wire):
    """How a picture is turned on the screen: first mirrored left to right, then turned clockwise."""

    quarter_turns: Annotated[int, Field(strict=True, ge=0, le=3)]
    mirrored: Flag


Cosine = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]


class Camera(Wire):
    """How an oblique plane lies in the patient: direction cosines of its rows and columns, in millionths.

    Both are unit vectors at right angles, as Image Orientation (Patient) is (PS3.3 C.7.6.2.1.1).
    """

    right: tuple[Cosine, Cosine, Cosine]
    down: tuple[Cosine, Cosine, Cosine]


Layout = Literal["1x1", "1x2", "2x1", "2x2"]
"""Rows x columns of panes; panes count from the upper left, along the rows."""
PaneNumber = Annotated[int, Field(strict=True, ge=0, le=3)]


class PaneView(Wire):
    """The shared view of one pane. Every field is the last writer's.

    `inverted`: whether the grays are drawn the other way round, beyond what the pictures themselves ask for
    (MONOCHROME1); null: as pictures of this kind usually are.
    """

    shown: ShownStack | None = None
    place: Place | None = None
    field: FieldOfView | None = None
    window: WireWindow | None = None
    cine: Cine | None = None
    slab: Slab | None = None
    turn: Turn | None = None
    camera: Camera | None = None
    inverted: Flag | None = None
