"""The series open in a room, with what a page needs to place and draw them."""

from __future__ import annotations

from typing import Literal

from readingroom.protocol.base import Id, Wire
from readingroom.protocol.document import Refused
from readingroom.protocol.places import WireWindow


class NamedWindow(Wire):
    """A window of the file (or chosen by us) with its explanation (0028,1055)."""

    explanation: str
    window: WireWindow


class StackInfo(Wire):
    """One stack or volume of a series, with what the page needs to place and draw it.

    `orientation` is Image Orientation (Patient): row then column direction cosines; `positions_mm` holds
    Image Position (Patient) per frame in slice order; both and `frame_of_reference` are null without geometry
    (PS3.3 C.7.6.2). `spacing_mm` is [between rows, between columns] (Pixel Spacing order) whenever it is
    known, `pixel_aspect` a pixel's [height, width] in no unit when only that is known (PS3.3 C.7.6.3.1.7):
    either is the shape in which pixels are drawn. `measured_spacing_mm` is what lengths are measured with and
    `calibration` what they mean (PS3.3 10.7.1); null: in pixels. `samples` 3: color, never windowed.
    `palette`: `.../palette` gives the colors that stored values have. `overlays`: `.../overlay/{frame}` gives
    a layer. `mpr_note` must be shown wherever other planes are. `suv_bw`: g/ml of a modality value of 1.
    `frame_times_ms`: how long each frame is shown when it is played; empty: it is no motion. `lossy`: the
    pixels were compressed with loss before they reached us, so even the full quality is not what the scanner
    saw.
    """

    kind: Literal["volume", "stack", "image", "cine"]
    reason: str
    frames: int
    rows: int
    columns: int
    level_count: int
    orientation: tuple[float, float, float, float, float, float] | None
    positions_mm: list[tuple[float, float, float]] | None
    spacing_mm: tuple[float, float] | None
    pixel_aspect: tuple[float, float] | None
    slice_spacing_mm: float | None
    frame_of_reference: Id | None
    unit: str
    inverted: bool
    values: bool
    lossy: bool
    windows: list[NamedWindow]
    ready: int
    complete: bool
    damaged: list[int]
    samples: Literal[1, 3]
    palette: bool
    overlays: bool
    calibration: Literal["patient", "calibrated", "detector", "film", "regions", "none"]
    measured_spacing_mm: tuple[float, float] | None
    mpr: bool
    mpr_note: str
    suv_bw: float | None
    frame_times_ms: list[float]


class Identity(Wire):
    """Who the pictures are of. Given to hosts only."""

    patient_name: str
    patient_id: str
    birth_date: str
    study_date: str


class SeriesInfo(Wire):
    """One open series. `number` and `description` come from the file, cleaned."""

    series: Id
    modality: str
    number: int | None
    description: str
    date: str
    body_part: str
    stacks: list[StackInfo]
    refused: int
    identity: Identity | None


class SeriesIndex(Wire):
    """`GET /api/rooms/{room}/series`."""

    series: list[SeriesInfo]


class HttpError(Wire):
    """The body of every HTTP answer that is not a success."""

    error: Refused
