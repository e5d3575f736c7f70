"""How long each frame of a motion is shown, from whatever a file says about it. Decode process only."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydicom.dataset import Dataset

from readingroom.imaging.headers import LONGEST_MS, SHORTEST_MS
from readingroom.imaging.reading.elements import number, numbers, pointers, text
from readingroom.imaging.reading.functional_groups import FunctionalGroups
from readingroom.imaging.reading.moments import date_time

FRAME_TIME_VECTOR = 0x00181065


def frame_times(file: Dataset, groups: Sequence[FunctionalGroups]) -> list[float | None]:
    """The duration of each frame in ms; None where nothing usable is said.

    Frame Time, Frame Time Vector, Cine Rate, Recommended Display Frame Rate, in this order, unless Frame
    Increment Pointer names the vector; then nuclear medicine's and enhanced objects' own words.
    Source: PS3.3 C.7.6.5.1.1-2, C.7.6.5.
    """
    count = len(groups)
    vector = _from_vector(numbers(file, "FrameTimeVector") or [], count)
    if FRAME_TIME_VECTOR in pointers(file, "FrameIncrementPointer"):
        candidates = (vector, _one(number(file, "FrameTime"), count))
    else:
        candidates = (_one(number(file, "FrameTime"), count), vector)
    rates = [_rate(number(file, keyword), count) for keyword in ("CineRate", "RecommendedDisplayFrameRate")]
    exposure = _one(number(file, "ActualFrameDuration"), count) if count > 1 else None
    for found in (*candidates, *rates, exposure):
        if found is not None:
            return list(found)
    return [
        _usable(number(frame.group("FrameContentSequence"), "FrameAcquisitionDuration")) for frame in groups
    ]


def moment_ms(groups: FunctionalGroups) -> float | None:
    """When in the heart's cycle, or (enhanced objects) at what time, the frame was taken, in ms."""
    for holder, keyword in (
        (groups.group("CardiacSynchronizationSequence"), "NominalCardiacTriggerDelayTime"),
        (groups.file, "TriggerTime"),
    ):
        trigger = number(holder, keyword)
        if trigger is not None:
            return trigger
    content = groups.group("FrameContentSequence")
    for keyword in ("FrameReferenceDateTime", "FrameAcquisitionDateTime"):
        at = date_time(text(content, keyword))
        if at is not None:
            return at.timestamp() * 1000
    return None


def _usable(duration: float | None) -> float | None:
    if duration is None or not SHORTEST_MS <= duration <= LONGEST_MS:
        return None
    return duration


def _one(duration: float | None, count: int) -> list[float] | None:
    usable = _usable(duration)
    return None if usable is None else [usable] * count


def _rate(rate: float | None, count: int) -> list[float] | None:
    return _one(1000 / rate, count) if rate is not None and rate > 0 and math.isfinite(1000 / rate) else None


def _from_vector(increments: list[float], count: int) -> list[float] | None:
    """Times since the frame before (the first 0) as durations; the last is as long as the one before it.

    Source: PS3.3 C.7.6.5.1.2.
    """
    if len(increments) != count or count < 2:
        return None
    durations = [*increments[1:], increments[-1]]
    return durations if all(_usable(duration) is not None for duration in durations) else None
