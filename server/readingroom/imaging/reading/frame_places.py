"""Where a frame lies in the patient: position, orientation, spacing, as far as they can be used.

Decode process only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydicom.dataset import Dataset

from readingroom.imaging.geometry import normal_of
from readingroom.imaging.index import Orientation, Point
from readingroom.imaging.reading.calibration import spacing
from readingroom.imaging.reading.elements import items, number, numbers, text, values
from readingroom.imaging.reading.functional_groups import EMPTY, FunctionalGroups

UNIT_TOLERANCE = 0.01
"""How far direction cosines may be from unit length, and from a right angle (as a cosine)."""
FAR_MM = 1e6
"""No patient is a kilometer away."""
SLICE_VECTOR = 0x00540080


@dataclass(frozen=True, slots=True)
class FramePlace:
    """Each is None when absent or unusable; `complaint` then says so, as one clause for each of them."""

    position_mm: Point | None
    orientation: Orientation | None
    spacing_mm: tuple[float, float] | None
    complaint: str


def frame_places(groups: Sequence[FunctionalGroups], enhanced: bool) -> list[FramePlace]:
    """The place of each frame of a file."""
    if "MOSAIC" in values(groups[0].file, "ImageType"):
        return [FramePlace(None, None, None, "it is a mosaic of many slices")] * len(groups)
    if enhanced or len(groups) == 1:
        return [_place(frame) for frame in groups]
    # Without functional groups one place is said for all frames; only some kinds of file say how they follow.
    file = groups[0].file
    distances = _dose_distances(file, len(groups))
    if distances is not None:
        return _follow(_place(groups[0]), distances)
    distances = _slice_distances(file, len(groups))
    if distances is not None:
        detector = (items(file, "DetectorInformationSequence") or [EMPTY])[0]
        return _follow(_place(groups[0], detector), distances)
    first = _place(groups[0])
    if first.position_mm is None:
        return [first] * len(groups)
    complaint = "; ".join(filter(None, (first.complaint, "it gives one place for all its frames")))
    return [replace(first, position_mm=None, complaint=complaint)] * len(groups)


def _place(groups: FunctionalGroups, detector: Dataset | None = None) -> FramePlace:
    """Of one frame; a detector's position and orientation go before the file's own."""
    keyword = "ImagePositionPatient"
    holder = detector or groups.either("PlanePositionSequence", keyword)
    missing, broken = [], []
    found = numbers(holder, keyword)
    position: Point | None = None
    if found is not None and len(found) == 3 and max(map(abs, found)) <= FAR_MM:
        position = (found[0], found[1], found[2])
    elif values(holder, keyword):
        broken.append("its Image Position is not three usable numbers")
    else:
        missing.append("Image Position")
    keyword = "ImageOrientationPatient"
    holder = detector or groups.either("PlaneOrientationSequence", keyword)
    orientation = _orientation(numbers(holder, keyword))
    if orientation is None and values(holder, keyword):
        broken.append("its Image Orientation is not two perpendicular unit vectors")
    elif orientation is None:
        missing.append("Image Orientation")
    keyword = "PixelSpacing"
    holder = groups.either("PixelMeasuresSequence", keyword)
    spacing_mm = spacing(holder, keyword)
    if spacing_mm is None and values(holder, keyword):
        broken.append("its Pixel Spacing is not two positive numbers")
    elif spacing_mm is None:
        missing.append("Pixel Spacing")
    listed = " or ".join(filter(None, (", ".join(missing[:-1]), *missing[-1:])))
    complaint = "; ".join([f"it has no {listed}"] * bool(missing) + broken)
    return FramePlace(position, orientation, spacing_mm, complaint)


def _orientation(found: list[float] | None) -> Orientation | None:
    if found is None or len(found) != 6:
        return None
    row, column = found[:3], found[3:]
    lengths = math.hypot(*row), math.hypot(*column)
    if any(abs(length - 1) > UNIT_TOLERANCE for length in lengths):
        return None
    if abs(sum(a * b for a, b in zip(row, column, strict=True))) > UNIT_TOLERANCE:
        return None
    return (row[0], row[1], row[2], column[0], column[1], column[2])


def _dose_distances(file: Dataset, count: int) -> list[float] | None:
    """How far behind the first frame each lies, mm; only RT Dose says it so. Source: PS3.3 C.8.8.3.2."""
    offsets = numbers(file, "GridFrameOffsetVector") or []
    return [offset - offsets[0] for offset in offsets] if len(offsets) == count else None


def _slice_distances(file: Dataset, count: int) -> list[float] | None:
    """The same for reconstructed nuclear medicine: Slice Vector says which slice each frame is.

    A positive Spacing Between Slices stacks them behind the first, a negative one in front of it, along the
    normal of the one detector's Image Orientation. Source: PS3.3 C.8.4.15, C.8.4.8.1.2.
    """
    if "RECON" not in text(file, "ImageType").upper() or SLICE_VECTOR not in _increments(file):
        return None
    step, slices = number(file, "SpacingBetweenSlices"), numbers(file, "SliceVector") or []
    if not step or len(slices) != count or len(items(file, "DetectorInformationSequence")) != 1:
        return None
    return [step * (which - 1) for which in slices]


def _increments(file: Dataset) -> list[int]:
    """The tags at which Frame Increment Pointer (0028,0009) points."""
    return [int(value) for value in values(file, "FrameIncrementPointer") if isinstance(value, int)]


def _follow(first: FramePlace, distances: Sequence[float]) -> list[FramePlace]:
    """Frames behind each other along the normal of the first."""
    far = max(map(abs, distances)) > FAR_MM
    if first.position_mm is None or first.orientation is None or far:
        return [replace(first, position_mm=None)] * len(distances)
    x, y, z = first.position_mm
    a, b, c = normal_of(first.orientation)
    return [
        replace(first, position_mm=(x + distance * a, y + distance * b, z + distance * c))
        for distance in distances
    ]
