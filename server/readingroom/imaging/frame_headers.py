"""Per-frame facts: position, orientation, spacing, rescale, windows, and what sets frames apart.

Functional groups of enhanced objects first, then the file's own elements. Decode process only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.errors import BadHeader, BadWindow
from readingroom.imaging.elements import has, integer, items, number, numbers, text, values
from readingroom.imaging.geometry import normal_of
from readingroom.imaging.headers import FrameHeader
from readingroom.imaging.index import NamedVoi, Orientation, Point
from readingroom.imaging.text import clean
from readingroom.values import Rescale, VoiFunction, VoiWindow

UNIT_TOLERANCE = 0.01
"""How far direction cosines may be from unit length, and from a right angle (as a cosine)."""
WINDOWS_LIMIT = 16
EMPTY = Dataset()


@dataclass(frozen=True, slots=True)
class _Groups:
    """The functional groups of one frame over those all frames share. Source: PS3.3 C.7.6.16."""

    file: Dataset
    own: Dataset
    shared: Dataset

    def group(self, sequence: str) -> Dataset:
        """The first item of a functional group, the frame's own before the shared one; EMPTY without."""
        for holder in (self.own, self.shared):
            found = items(holder, sequence)
            if found:
                return found[0]
        return EMPTY

    def either(self, sequence: str, keyword: str) -> Dataset:
        """The functional group when it says `keyword`, else the file itself."""
        group = self.group(sequence)
        return group if has(group, keyword) else self.file


def frame_headers(file: Dataset, count: int, offsets: Sequence[int] | None) -> tuple[FrameHeader, ...]:
    """One FrameHeader for each of `count` frames. `offsets` as in FrameHeader.offset.

    Raises BadHeader when a rescale says nothing (slope 0 or not a number).
    """
    shared = (items(file, "SharedFunctionalGroupsSequence") or [EMPTY])[0]
    own = items(file, "PerFrameFunctionalGroupsSequence")
    enhanced = bool(own) or len(shared) > 0
    if own and len(own) < count:
        raise BadHeader(reason=f"it describes {len(own)} frames and promises {count}")
    dose_offsets = numbers(file, "GridFrameOffsetVector") or []
    made = []
    for index in range(count):
        groups = _Groups(file, own[index] if own else EMPTY, shared)
        position, orientation, spacing, complaint = _place(groups)
        if count > 1 and not enhanced:
            position = _dose_position(position, orientation, dose_offsets, index, count)
        made.append(
            FrameHeader(
                position_mm=position,
                orientation=orientation,
                spacing_mm=spacing,
                complaint=complaint,
                rescale=_rescale(groups),
                windows=_windows(groups),
                offset=offsets[index] if offsets is not None else None,
                echo=_echo(groups),
                temporal=_temporal(groups),
                diffusion=_diffusion(groups),
                part=_part(groups),
                moment=_moment(groups),
            )
        )
    return tuple(made)


def _place(
    groups: _Groups,
) -> tuple[Point | None, Orientation | None, tuple[float, float] | None, str]:
    """Position, orientation and spacing, each None when unusable, and the complaint about them."""
    if "MOSAIC" in values(groups.file, "ImageType"):
        return None, None, None, "it is a mosaic of many slices"
    complaints = []
    keyword = "ImagePositionPatient"
    found = numbers(groups.either("PlanePositionSequence", keyword), keyword)
    position: Point | None = (found[0], found[1], found[2]) if found and len(found) == 3 else None
    if position is None:
        complaints.append("it has no usable Image Position")
    keyword = "ImageOrientationPatient"
    holder = groups.either("PlaneOrientationSequence", keyword)
    orientation = _orientation(numbers(holder, keyword))
    if orientation is None and values(holder, keyword):
        complaints.append("its Image Orientation is not two perpendicular unit vectors")
    elif orientation is None:
        complaints.append("it has no Image Orientation")
    keyword = "PixelSpacing"
    holder = groups.either("PixelMeasuresSequence", keyword)
    found = numbers(holder, keyword)
    spacing = None
    if found is not None and len(found) == 2 and min(found) > 0:
        spacing = (found[0], found[1])
    elif values(holder, keyword):
        complaints.append("its Pixel Spacing is not two positive numbers")
    else:
        complaints.append("it has no Pixel Spacing")
    return position, orientation, spacing, "; ".join(complaints)


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


def _dose_position(
    first: Point | None, orientation: Orientation | None, offsets: list[float], index: int, count: int
) -> Point | None:
    """Where a frame without functional groups is; only RT Dose says. Source: PS3.3 C.8.8.3.2."""
    if first is None or orientation is None or len(offsets) != count:
        return None
    normal = normal_of(orientation)
    distance = offsets[index] - offsets[0]
    return (
        first[0] + distance * normal[0],
        first[1] + distance * normal[1],
        first[2] + distance * normal[2],
    )


def _rescale(groups: _Groups) -> Rescale:
    """Source: PS3.3 C.11.1.1.2; without a Rescale Type a CT's unit is HU."""
    holder = groups.either("PixelValueTransformationSequence", "RescaleSlope")
    slope, intercept = 1.0, 0.0
    if has(holder, "RescaleSlope") or has(holder, "RescaleIntercept"):
        found_slope = number(holder, "RescaleSlope") if has(holder, "RescaleSlope") else 1.0
        found_intercept = number(holder, "RescaleIntercept") if has(holder, "RescaleIntercept") else 0.0
        if not found_slope or found_intercept is None:
            raise BadHeader(reason="its Rescale Slope is 0 or not a number")
        slope, intercept = found_slope, found_intercept
    unit = text(holder, "RescaleType")
    if unit == "US":  # unspecified
        unit = ""
    elif not unit and text(groups.file, "Modality") == "CT" and has(holder, "RescaleSlope"):
        unit = "HU"
    return Rescale(slope, intercept, unit)


def _windows(groups: _Groups) -> tuple[NamedVoi, ...]:
    """Every usable window, in the file's order. Source: PS3.3 C.11.2."""
    holder = groups.either("FrameVOILUTSequence", "WindowCenter")
    centers, widths = numbers(holder, "WindowCenter") or [], numbers(holder, "WindowWidth") or []
    names = text(holder, "WindowCenterWidthExplanation").split("\\")
    try:
        function = VoiFunction(text(holder, "VOILUTFunction") or "LINEAR")
    except ValueError:
        function = VoiFunction.LINEAR
    found = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        try:
            window = VoiWindow(center, width, function)
        except BadWindow:
            continue
        found.append(NamedVoi(clean(names[index], 64) if index < len(names) else "", window))
    return tuple(found[:WINDOWS_LIMIT])


def _echo(groups: _Groups) -> str:
    enhanced = groups.group("MREchoSequence")
    if has(enhanced, "EffectiveEchoTime"):
        return text(enhanced, "EffectiveEchoTime")
    time = number(groups.file, "EchoTime")
    return f"{text(groups.file, 'EchoNumbers')}/{'' if time is None else round(time, 2)}".strip("/")


def _temporal(groups: _Groups) -> str:
    content = groups.group("FrameContentSequence")
    if has(content, "TemporalPositionIndex"):
        return text(content, "TemporalPositionIndex")
    return text(groups.file, "TemporalPositionIdentifier")


def _diffusion(groups: _Groups) -> str:
    """The b-value. Standard first, then what Siemens and GE write. Source: PS3.3 C.8.13.5.9."""
    enhanced = groups.group("MRDiffusionSequence")
    value = number(enhanced if has(enhanced, "DiffusionBValue") else groups.file, "DiffusionBValue")
    if value is None:
        value = _private_b_value(groups.file)
    return "" if value is None else f"{value:g}"


def _private_b_value(file: Dataset) -> float | None:
    for tag, creator_tag, creator in (
        (0x0019100C, 0x00190010, "SIEMENS MR HEADER"),
        (0x00431039, 0x00430010, "GEMS_PARM_01"),
    ):
        if tag not in file.keys() or creator_tag not in file.keys():  # noqa: SIM118  as in elements.has
            continue
        if str(file[creator_tag].value).strip() != creator:
            continue
        raw = file[tag].value
        first = raw.split(b"\\")[0].decode("ascii", "replace") if isinstance(raw, bytes) else raw
        try:
            value = float(first[0] if isinstance(first, list | tuple) or hasattr(first, "insert") else first)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if math.isfinite(value) and value >= 0:
            return value % 1e9  # GE adds 10^9 to mark derived values
    return None


def _part(groups: _Groups) -> str:
    """Image type, stack and segment: what kind of picture the frame is."""
    types = [
        text(groups.group(sequence), "FrameType")
        for sequence in ("MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "PETFrameTypeSequence")
    ]
    kind = next((found for found in types if found), text(groups.file, "ImageType"))
    stack = text(groups.group("FrameContentSequence"), "StackID")
    segment = integer(groups.group("SegmentIdentificationSequence"), "ReferencedSegmentNumber")
    return "|".join((kind, stack, "" if segment is None else str(segment))).rstrip("|")


def _moment(groups: _Groups) -> float:
    trigger = number(groups.group("CardiacSynchronizationSequence"), "NominalCardiacTriggerDelayTime")
    if trigger is None:
        trigger = number(groups.file, "TriggerTime")
    if trigger is None:
        trigger = number(groups.file, "FrameReferenceTime")
    if trigger is not None:
        return trigger
    clock = text(groups.group("FrameContentSequence"), "FrameAcquisitionDateTime")[8:]
    for found in (clock, text(groups.file, "AcquisitionTime"), text(groups.file, "ContentTime")):
        try:
            return int(found[:2]) * 3600 + int(found[2:4]) * 60 + float(found[4:] or 0)
        except ValueError:
            continue
    return 0.0
