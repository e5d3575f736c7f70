"""The index of a study: what `study.json` says. Frozen values; written once at import, read by everyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from readingroom.values import Rescale, StudyId, VoiWindow

StackKind = Literal["volume", "stack", "image", "cine"]
Point = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]
Calibration = Literal["patient", "calibrated", "detector", "film", "regions", "none"]
"""What the lengths of a picture mean: in the patient (Pixel Spacing of cross-sections), corrected to the
patient (projections with Pixel Spacing Calibration Type, or a spacing unlike the detector's), at the detector
(Imager Pixel Spacing), on the film (Nominal Scanned Pixel Spacing), in its ultrasound regions, or nothing.
Source: PS3.3 10.7.1, C.8.5.5.1.
"""


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A Modality or VOI LUT: entry i is the output for value `first + i`; ends are held beyond.

    A Modality LUT takes stored values, a VOI LUT modality values. Source: PS3.3 C.11.1.1.1, C.11.2.1.1.
    """

    first: int
    bits: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NamedVoi:
    """A window of the file with its Window Center & Width Explanation (0028,1055), or a name of ours."""

    explanation: str
    window: VoiWindow


@dataclass(frozen=True, slots=True)
class NamedLut:
    """A table of the VOI LUT Sequence with its LUT Explanation (0028,3003). Source: PS3.3 C.11.2.1.1."""

    explanation: str
    table: LookupTable


@dataclass(frozen=True, slots=True)
class Palette:
    """Supplemental palette: stored values from `first` on are drawn in color, the last one held beyond.

    Entries are 8 bits. Source: PS3.3 C.7.6.19.
    """

    first: int
    red: tuple[int, ...]
    green: tuple[int, ...]
    blue: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """An ultrasound region with lengths on both axes: its pixels, both ends included, and their spacing.

    `spacing_mm` is [between rows, between columns]. Source: PS3.3 C.8.5.5.
    """

    left: int
    top: int
    right: int
    bottom: int
    spacing_mm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a stack and where its pixels are.

    `file` is the name inside the study's `originals` folder, `source` the base name it was imported from,
    `frame` counts from 0 inside the file. `position_mm` is Image Position (Patient) (0020,0032), LPS.
    `padding` is the closed range of stored values that are not picture (PS3.3 C.7.5.1.1.2).
    `windows` are this frame's own (0028,1050/1051/1056 or its functional group).
    `sha256` is of the whole file. `offset` is the byte at which the frame's pixels start, when they are whole
    little-endian words of the stack's dtype that need at most masking to bits_stored; else None: decode it.
    `voi_luts` are places in the stack's voi_luts, in the file's order. `overlay`: an overlay lies over it
    (60xx,3000 or bits beside the picture's; PS3.3 C.9.2).
    """

    file: str
    source: str
    frame: int
    position_mm: Point | None
    rescale: Rescale
    padding: tuple[int, int] | None
    windows: tuple[NamedVoi, ...]
    sha256: str
    offset: int | None = None
    voi_luts: tuple[int, ...] = ()
    overlay: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames that belong together, in slice order, all of one shape.

    kind: `volume` (one regular block of voxels), `stack` (not provably regular: `reason` says why in words
    and numbers), `image` (one picture), `cine` (a motion: a multi-frame without geometry, or pictures at one
    place).
    `dtype` of the stored values as kept on disk: uint8, uint16, int16, uint32, int32 or float32.
    `spacing_mm` is Pixel Spacing (0028,0030): [between rows, between columns].
    `orientation` is Image Orientation (Patient) (0020,0037).
    `inverted` is true when the display must be inverted once (MONOCHROME1 or Presentation LUT Shape INVERSE).
    `values`: whether values tiles are served; else only display tiles are.
    `mpr`: whether planes other than the acquisition's may be cut; `mpr_note` is what must stand beside
    them (sheared, resampled, a gap bridged), empty for a regular volume.
    `samples` is 1, or 3 for color: voxels are then uint8 [z, y, x, 3], RGB, and nothing windows them.
    `voi_luts`: every table any of its frames names. `palette`: drawn over the grays; such pictures are never
    interpolated or averaged, since their values are labels.
    `calibration` and `measured_spacing_mm` [between rows, between columns] say what lengths mean; None:
    pixels (or, with `regions`, whatever the region says that a point lies in).
    `suv_bw`: g/ml of a modality value of 1, None with `suv_note` saying why (empty when it is no PET).
    `frame_times_ms`: how long each frame is shown when it is played, empty when it is no motion.
    `pixel_aspect`: height and width of a pixel in one unknown unit, when they differ and `spacing_mm` is not
    known: Pixel Aspect Ratio (0028,0034), vertical then horizontal. Source: PS3.3 C.7.6.3.1.7.
    """

    kind: StackKind
    reason: str
    rows: int
    columns: int
    dtype: str
    bits_stored: int
    photometric: str
    inverted: bool
    orientation: Orientation | None
    spacing_mm: tuple[float, float] | None
    slice_spacing_mm: float | None
    frame_of_reference_uid: str | None
    unit: str
    modality_lut: LookupTable | None
    values: bool
    mpr: bool
    lossy: bool
    frames: tuple[Frame, ...]
    pixel_aspect: tuple[int, int] | None = None
    samples: int = 1
    voi_luts: tuple[NamedLut, ...] = ()
    palette: Palette | None = None
    calibration: Calibration = "none"
    measured_spacing_mm: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()
    suv_bw: float | None = None
    suv_note: str = ""
    frame_times_ms: tuple[float, ...] = ()
    mpr_note: str = ""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was left out, by its base name, with the refusal's code and sentence."""

    file: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a study and the stacks it was split into. Text is cleaned and bounded."""

    series_uid: str
    modality: str
    number: int | None
    description: str
    date: str
    body_part: str
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study as it lies in the library. `id` is ours and opaque; the UIDs never leave the disk."""

    id: StudyId
    study_uid: str
    date: str
    description: str
    patient_name: str
    patient_id: str
    birth_date: str
    series: tuple[Series, ...]
    refused: tuple[RefusedFile, ...]
