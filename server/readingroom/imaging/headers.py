"""What one file's header says, as plain frozen values. Made in the decode process, read by everyone else."""

from __future__ import annotations

from dataclasses import dataclass

from readingroom.imaging.index import (
    Calibration,
    LookupTable,
    NamedLut,
    NamedVoi,
    Orientation,
    Palette,
    Point,
    Region,
)
from readingroom.values import Rescale

SHORTEST_MS, LONGEST_MS = 1.0, 10_000.0
"""A frame of a motion is shown so long: what lasts longer is an exposure, nobody watches it in real time."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """One frame: where it is, how its numbers are meant, and what sets it apart from its neighbors.

    `orientation` is None when absent or not two perpendicular unit vectors, `spacing_mm` when absent or not
    positive; `complaint` then says so in words. `offset` is the byte at which the frame's pixels start when
    they are whole little-endian words of the file's `dtype` that need at most masking to bits_stored.
    `echo`, `temporal`, `diffusion`, `part` are labels: frames with different ones never share a stack.
    """

    position_mm: Point | None
    orientation: Orientation | None
    spacing_mm: tuple[float, float] | None
    complaint: str
    rescale: Rescale
    windows: tuple[NamedVoi, ...]
    offset: int | None
    echo: str
    temporal: str
    diffusion: str
    part: str
    moment: float
    """Trigger or acquisition time, only to order frames at one place."""
    voi_luts: tuple[int, ...] = ()
    """Places in FileHeader.voi_luts."""
    overlay: bool = False
    time_ms: float | None = None
    """How long the frame is shown when it is played."""
    moment_ms: float | None = None
    """When in the heart's cycle, or at what time of an enhanced object, it was taken."""
    localizer: bool = False
    direction: str = ""
    """Of the diffusion gradient; like `dimensions` it only sets apart what lies at one place."""
    dimensions: str = ""
    """Index values of the dimensions that say something else than a place. Source: PS3.3 C.7.6.17."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """One DICOM file with a picture. `dtype` and `bits_stored` are of the values as kept on disk by us.

    With a Modality LUT these are the table's outputs, and `padding` is the value we put where padding was.
    """

    study_uid: str
    series_uid: str
    modality: str
    series_number: int | None
    series_description: str
    series_date: str
    body_part: str
    study_date: str
    study_description: str
    patient_name: str
    patient_id: str
    birth_date: str
    frame_of_reference_uid: str | None
    instance_number: int | None
    acquisition_number: int | None
    rows: int
    columns: int
    dtype: str
    bits_stored: int
    photometric: str
    inverted: bool
    padding: tuple[int, int] | None
    modality_lut: LookupTable | None
    lossy: bool
    frames: tuple[FrameHeader, ...]
    pixel_aspect: tuple[int, int] | None = None
    """As in Stack, like all that follow."""
    samples: int = 1
    voi_luts: tuple[NamedLut, ...] = ()
    palette: Palette | None = None
    calibration: Calibration = "none"
    measured_spacing_mm: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    suv_bw: float | None = None
    suv_note: str = ""
    views: bool = False
    """Its frames, when they have no places, are views of one thing (nuclear medicine), no motion."""
