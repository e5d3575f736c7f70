"""What sets the frames of a series apart besides their places: echo, b-value, time point, kind of picture.

Decode process only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pydicom.dataset import Dataset

from readingroom.imaging.reading.elements import (
    has,
    integer,
    items,
    number,
    numbers,
    pointers,
    text,
    values,
)
from readingroom.imaging.reading.functional_groups import FunctionalGroups
from readingroom.imaging.reading.private_elements import PrivateElement, floats, tags_of

B_VALUES = (
    PrivateElement(0x0019100C, "SIEMENS MR HEADER"),
    PrivateElement(0x00431039, "GEMS_PARM_01"),
    PrivateElement(0x20011003, "Philips Imaging DD 001"),
)
DIRECTIONS = (
    (PrivateElement(0x0019100E, "SIEMENS MR HEADER"),),
    tuple(PrivateElement(tag, "GEMS_ACQU_01") for tag in (0x001910BB, 0x001910BC, 0x001910BD)),
)
"""Three cosines, in one element or in three."""
PRIVATE_TAGS = tags_of(*B_VALUES, *(element for direction in DIRECTIONS for element in direction))
PLACE_POINTERS = frozenset((0x00209056, 0x00209057, 0x00200032, 0x00201041, 0x00209301))
"""Dimensions that just say where a frame is: stack, position in it, Image Position, Slice Location, place."""
TEMPORAL_POSITION_INDEX = 0x00209128
FRAME_TYPES = (
    "MRImageFrameTypeSequence",
    "CTImageFrameTypeSequence",
    "PETFrameTypeSequence",
    "XRay3DFrameTypeSequence",
    "USImageDescriptionSequence",
)
PART_VECTORS = ("EnergyWindowVector", "DetectorVector")
TIME_VECTORS = ("RRIntervalVector", "TimeSlotVector", "PhaseVector", "TimeSliceVector")
SCOUTS = ("LOCALIZER", "SCOUT", "TOPOGRAM")


def is_localizer(groups: FunctionalGroups) -> bool:
    """Whether the frame is there to plan others on. Source: PS3.3 C.8.2.1.1.1, C.8.16.1.3."""
    said = f"{_kind(groups)}\\{text(groups.file, 'ImageType')}\\{text(groups.file, 'ScanOptions')}".upper()
    return any(scout in said for scout in SCOUTS)


def echo_of(groups: FunctionalGroups) -> str:
    """Echo number and time in ms."""
    enhanced = groups.group("MREchoSequence")
    if has(enhanced, "EffectiveEchoTime"):
        return text(enhanced, "EffectiveEchoTime")
    time = number(groups.file, "EchoTime")
    return f"{text(groups.file, 'EchoNumbers')}/{'' if time is None else f'{round(time, 2):g}'}".strip("/")


def diffusion_of(groups: FunctionalGroups) -> str:
    """The b-value. Standard first, then what the makers write. Source: PS3.3 C.8.13.5.9."""
    enhanced = groups.group("MRDiffusionSequence")
    value = number(enhanced if has(enhanced, "DiffusionBValue") else groups.file, "DiffusionBValue")
    if value is None:
        value = _private_b_value(groups.file)
    return "" if value is None else f"{value:g}"


def direction_of(groups: FunctionalGroups) -> str:
    """The direction of the diffusion gradient, two decimals a cosine; '' when unknown or without any."""
    enhanced = groups.group("MRDiffusionSequence")
    for item in items(enhanced, "DiffusionGradientDirectionSequence")[:1]:
        return _direction(numbers(item, "DiffusionGradientOrientation"))
    found = numbers(groups.file, "DiffusionGradientOrientation")
    for direction in DIRECTIONS:
        if found is None or len(found) != 3:
            found = [cosine for element in direction for cosine in floats(groups.file, element)]
    return _direction(found)


def part_of(groups: FunctionalGroups) -> str:
    """Image type, stack and segment: what kind of picture the frame is."""
    stack = text(groups.group("FrameContentSequence"), "StackID")
    segment = integer(groups.group("SegmentIdentificationSequence"), "ReferencedSegmentNumber")
    return "|".join((_kind(groups), stack, "" if segment is None else str(segment))).rstrip("|")


def temporal_labels(file: Dataset, frames: Sequence[FunctionalGroups]) -> list[str]:
    """The time point of each frame, or its place in the heart's cycle.

    Temporal Position Index, unless the dimension made of it has one number for several of them: then they
    are finer than time points, and the dimension's numbers count. Source: PS3.3 C.7.6.16.2.2, C.7.6.17.
    """
    said = [_temporal_of(frame) for frame in frames]
    wanted = _dimensions(file, lambda pointer: pointer == TEMPORAL_POSITION_INDEX)
    indexed = [dimensions_of(frame, wanted) for frame in frames]
    one_each = len(set(zip(indexed, said, strict=True))) == len(set(indexed))
    return said if one_each or not all(indexed) else indexed


def _temporal_of(groups: FunctionalGroups) -> str:
    content = groups.group("FrameContentSequence")
    if has(content, "TemporalPositionIndex"):
        return text(content, "TemporalPositionIndex")
    return text(groups.file, "TemporalPositionIdentifier")


def vector_labels(file: Dataset, vectors: Sequence[str], count: int) -> list[str]:
    """What `vectors` of nuclear medicine say of each frame, '' without any. Source: PS3.3 C.8.4.8.1.1."""
    found = [values(file, vector) for vector in vectors]
    whole = [vector for vector in found if len(vector) == count]
    return ["/".join(str(vector[index]) for vector in whole) for index in range(count)]


def other_dimensions(file: Dataset) -> list[int]:
    """Which of a file's dimensions say something else than a frame's place. Source: PS3.3 C.7.6.17."""
    return _dimensions(file, lambda pointer: pointer not in PLACE_POINTERS)


def _dimensions(file: Dataset, wanted: Callable[[int], bool]) -> list[int]:
    """The dimensions whose pointer is `wanted`, by their places."""
    found = []
    for index, item in enumerate(items(file, "DimensionIndexSequence")):
        if any(wanted(pointer) for pointer in pointers(item, "DimensionIndexPointer")[:1]):
            found.append(index)
    return found


def dimensions_of(groups: FunctionalGroups, wanted: Sequence[int]) -> str:
    """The frame's index values in the `wanted` dimensions."""
    found = values(groups.group("FrameContentSequence"), "DimensionIndexValues") if wanted else []
    return "/".join(str(found[index]) for index in wanted if index < len(found))


def moment_of(groups: FunctionalGroups) -> float:
    """Trigger or acquisition time, only to order frames at one place."""
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
            moment = int(found[:2]) * 3600 + int(found[2:4]) * 60 + float(found[4:] or 0)
        except ValueError:
            continue
        if math.isfinite(moment):
            return moment
    return 0.0


def _kind(groups: FunctionalGroups) -> str:
    types = [text(groups.group(sequence), "FrameType") for sequence in FRAME_TYPES]
    return next((found for found in types if found), text(groups.file, "ImageType"))


def _private_b_value(file: Dataset) -> float | None:
    for element in B_VALUES:
        found = floats(file, element)
        if found and found[0] >= 0:
            return found[0] % 1e9  # GE adds 10^9 to mark derived values
    return None


def _direction(found: Sequence[float] | None) -> str:
    if found is None or len(found) != 3 or not any(found):
        return ""
    return "/".join(f"{cosine + 0.0:.2f}" for cosine in found)
