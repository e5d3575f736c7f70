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
from readingroom.imaging.reading.elements import items, number, numbers, pointers, text, values
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
    file, first = groups[0].file, _place(groups[0])
    offsets = numbers(file, "GridFrameOffsetVector") or []
    if len(offsets) == len(groups):
        return _dose_grid(first, offsets)
    distances = _slice_distances(file, len(groups))
    if distances is not None:
        detector = (items(file, "DetectorInformationSequence") or [EMPTY])[0]
        return _follow(_place(groups[0], detector), distances)
    if first.position_mm is None:
        return [first] * len(groups)
    return [_unplaced(first, "it gives one place for all its frames")] * len(groups)


def _place(groups: FunctionalGroups, detector: Dataset | None = None) -> FramePlace:
    """Of one frame; a detector's position and orientation go before the file's own."""
    place = detector or groups.either("PlanePositionSequence", "ImagePositionPatient")
    plane = detector or groups.either("PlaneOrientationSequence", "ImageOrientationPatient")
    measures = groups.either("PixelMeasuresSequence", "PixelSpacing")
    placed = bool(values(place, "ImagePositionPatient"))
    turned = bool(values(plane, "ImageOrientationPatient"))
    sized = bool(values(measures, "PixelSpacing"))
    position = _position(numbers(place, "ImagePositionPatient"))
    orientation = _orientation(numbers(plane, "ImageOrientationPatient"))
    spacing_mm = spacing(measures, "PixelSpacing")
    complaints = []
    if not placed:
        complaints.append("it does not say where it lies in the patient")
    elif position is None:
        complaints.append("its Image Position is not three usable numbers")
    if placed and not turned:
        complaints.append("it does not say how it is turned in the patient")
    elif turned and orientation is None:
        complaints.append("its Image Orientation is not two perpendicular unit vectors")
    if placed and turned and not sized:
        complaints.append("it does not say how large its pixels are")
    elif sized and spacing_mm is None:
        complaints.append("its Pixel Spacing is not two positive numbers")
    return FramePlace(position, orientation, spacing_mm, "; ".join(complaints))


def _unplaced(place: FramePlace, complaint: str) -> FramePlace:
    return replace(place, position_mm=None, complaint="; ".join(filter(None, (place.complaint, complaint))))


def _position(found: list[float] | None) -> Point | None:
    if found is None or len(found) != 3 or max(map(abs, found)) > FAR_MM:
        return None
    return (found[0], found[1], found[2])


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


def _dose_grid(first: FramePlace, offsets: Sequence[float]) -> list[FramePlace]:
    """The frames of an RT Dose by its Grid Frame Offset Vector.

    Offsets from 0 on are distances behind the first frame. Others are places on the patient's z axis, which
    says something only of frames that follow each other along it. Source: PS3.3 C.8.8.3.2.
    """
    if offsets[0] and first.orientation is not None and normal_of(first.orientation)[2] < 1 - UNIT_TOLERANCE:
        complaint = "its Grid Frame Offset Vector does not go with its Image Orientation"
        return [_unplaced(first, complaint)] * len(offsets)
    return _follow(first, [offset - offsets[0] for offset in offsets])


def _slice_distances(file: Dataset, count: int) -> list[float] | None:
    """How far behind the first slice each frame of reconstructed nuclear medicine lies, mm, by Slice Vector.

    A positive Spacing Between Slices stacks them behind the first, a negative one in front of it, along the
    normal of the one detector's Image Orientation. Source: PS3.3 C.8.4.15, C.8.4.8.1.1.
    """
    if "RECON" not in text(file, "ImageType").upper() or SLICE_VECTOR not in pointers(
        file, "FrameIncrementPointer"
    ):
        return None
    step, slices = number(file, "SpacingBetweenSlices"), numbers(file, "SliceVector") or []
    if not step or len(slices) != count or len(items(file, "DetectorInformationSequence")) != 1:
        return None
    return [step * (which - 1) for which in slices]


def _follow(first: FramePlace, distances: Sequence[float]) -> list[FramePlace]:
    """Frames behind each other along the normal of the first."""
    if first.position_mm is None or first.orientation is None:
        return [replace(first, position_mm=None)] * len(distances)
    if max(map(abs, distances)) > FAR_MM:
        return [_unplaced(first, "its frames lie too far apart")] * len(distances)
    x, y, z = first.position_mm
    a, b, c = normal_of(first.orientation)
    return [
        replace(first, position_mm=(x + distance * a, y + distance * b, z + distance * c))
        for distance in distances
    ]
