"""The words everyone shares: ids, places in the patient, windows, rescale, tile addresses. All frozen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from readingroom.errors import BadWindow

RoomId = NewType("RoomId", str)
"""Opaque, random; says nothing about the patient."""
GrantId = NewType("GrantId", str)
"""Names one invitation in URLs and cookie names; no secret."""
PrincipalId = NewType("PrincipalId", str)
"""One person in one room."""
HostId = NewType("HostId", str)
"""Somebody who is signed in here, in whatever room."""
ConnectionId = NewType("ConnectionId", str)
"""One socket of one person."""
StudyId = NewType("StudyId", str)
"""Opaque, random, given at import; names the folder of a study on disk."""
SeriesKey = NewType("SeriesKey", str)
"""Opaque name of a series inside one room; the only name of a series on the wire."""


@dataclass(frozen=True, slots=True)
class SeriesRef:
    """A series in the library: a study and the series' place in that study's index."""

    study: StudyId
    series: int


@dataclass(frozen=True, slots=True)
class PatientPoint:
    """A point in the patient-based coordinate system, integer micrometers, +x left, +y posterior, +z head.

    Source: PS3.3 C.7.6.2.1.1 (which uses mm).
    """

    x_um: int
    y_um: int
    z_um: int

    @classmethod
    def from_mm(cls, x: float, y: float, z: float) -> PatientPoint:
        """Nearest micrometer to a point in mm."""
        return cls(round(x * 1000), round(y * 1000), round(z * 1000))

    def to_mm(self) -> tuple[float, float, float]:
        """The same point in mm."""
        return (self.x_um / 1000, self.y_um / 1000, self.z_um / 1000)


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056). Source: PS3.3 C.11.2.1.3."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """Window center and width in modality units (HU for CT), with the function that applies them.

    Raises BadWindow where the standard allows no such width: LINEAR needs width >= 1, the others > 0
    (PS3.3 C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2).

    `lut` names one of the stack's VOI LUTs by its place (PS3.3 C.11.2.1.1), which then makes the grays;
    center and width are the linear window over its domain, where there is no such table, or to drag on from.
    """

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    lut: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            raise BadWindow(reason="center and width must be finite numbers")
        if self.function is VoiFunction.LINEAR and self.width < 1:
            raise BadWindow(reason="the width of a LINEAR window must be at least 1")
        if self.width <= 0:
            raise BadWindow(reason="the width must be greater than 0")


@dataclass(frozen=True, slots=True)
class Rescale:
    """Stored values to modality values: `stored * slope + intercept`, in `unit`.

    Source: PS3.3 C.11.1.1.2. `unit` is Rescale Type (0028,1054), `HU` for CT without one, else empty.
    """

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""


class Plane(StrEnum):
    """How a stack is cut. `ACQUISITION` is the stack's own frames, in slice order."""

    ACQUISITION = "acquisition"
    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"
    OBLIQUE = "oblique"


TILE_EDGE = 512
"""Columns and rows of a full tile, in pixels of its level."""


@dataclass(frozen=True, slots=True)
class TileAddress:
    """A rectangle of one frame at one resolution.

    `level` 0 is full resolution; each level halves rows and columns (rounded up) by area average.
    `column`, `row` count tiles of TILE_EDGE pixels of that level from the top left; edge tiles are smaller.
    """

    stack: int
    plane: Plane
    index: int
    level: int = 0
    column: int = 0
    row: int = 0
