"""The index of a study: what `study.json` says. Frozen values; written once at import, read by everyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from readingroom.values import Rescale, StudyId, VoiWindow

StackKind = Literal["volume", "stack", "image", "cine"]
Point = tuple[float, float, float]
Orientation = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A Modality LUT: entry i is the output for stored value `first + i`; ends are held beyond.

    Source: PS3.3 C.11.1.1.1.
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
class Frame:
    """One picture of a stack and where its pixels are.

    `file` is the name inside the study's `originals` folder, `source` the base name it was imported from,
    `frame` counts from 0 inside the file. `position_mm` is Image Position (Patient) (0020,0032), LPS.
    `padding` is the closed range of stored values that are not picture (PS3.3 C.7.5.1.1.2).
    `windows` are this frame's own (0028,1050/1051/1056 or its functional group).
    `sha256` is of the whole file. `offset` is the byte at which the frame's pixels start, when they are whole
    little-endian words of the stack's dtype that need at most masking to bits_stored; else None: decode it.
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


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames that belong together, in slice order, all of one shape.

    kind: `volume` (one regular block of voxels), `stack` (not provably regular: `reason` says why in words
    and numbers), `image` (one picture), `cine` (a multi-frame without geometry).
    `dtype` of the stored values as kept on disk: uint8, uint16, int16, uint32, int32 or float32.
    `spacing_mm` is Pixel Spacing (0028,0030): [between rows, between columns].
    `orientation` is Image Orientation (Patient) (0020,0037).
    `inverted` is true when the display must be inverted once (MONOCHROME1 or Presentation LUT Shape INVERSE).
    `values`: whether the screen may window it (8 or 16 bit integers); else only display tiles are served.
    `mpr`: whether planes other than the acquisition's may be cut.
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
