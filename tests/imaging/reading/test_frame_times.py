"""How long each frame is shown. Source: PS3.3 C.7.6.5."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from readingroom.imaging.reading.frame_times import frame_times, moment_ms
from readingroom.imaging.reading.functional_groups import functional_groups

VECTOR = 0x00181065


def times(count: int = 4, **elements: Any) -> list[float | None]:
    file = Dataset()
    for keyword, value in elements.items():
        setattr(file, keyword, value)
    groups, _ = functional_groups(file, count)
    return frame_times(file, groups)


def test_one_time_for_all() -> None:
    assert times(FrameTime="33.3") == [33.3] * 4


def test_the_vector_gives_what_lies_between_frames_and_begins_with_nothing() -> None:
    """The first frame is shown until the second: 10 ms; the last as long as the one before it."""
    assert times(FrameTimeVector=[0, 10, 20, 30]) == [10, 20, 30, 30]


def test_what_the_increment_pointer_names_goes_first() -> None:
    both = {"FrameTime": "50", "FrameTimeVector": [0, 10, 20, 30]}
    assert times(**both) == [50] * 4
    assert times(**both, FrameIncrementPointer=VECTOR) == [10, 20, 30, 30]


def test_rates_are_pictures_a_second() -> None:
    assert times(CineRate="25", RecommendedDisplayFrameRate="50") == [40] * 4
    assert times(RecommendedDisplayFrameRate="50") == [20] * 4


@pytest.mark.parametrize(
    "broken",
    [
        {"FrameTime": "0"},
        {"FrameTime": "-40"},
        {"FrameTime": "60000"},
        {"FrameTimeVector": [0, 10, 20]},
        {"FrameTimeVector": [0, 10, 0, 30]},
        {"CineRate": "0"},
        {"FrameTime": ""},
    ],
)
def test_nonsense_gives_way_to_the_next_that_is_said(broken: dict[str, Any]) -> None:
    assert times(**broken) == [None] * 4
    assert times(**broken, RecommendedDisplayFrameRate="50") == [20] * 4


def test_nuclear_medicine_gives_the_duration_of_a_frame_and_minutes_are_no_motion() -> None:
    assert times(ActualFrameDuration="500") == [500] * 4
    assert times(ActualFrameDuration="1200000") == [None] * 4


def test_an_enhanced_object_gives_each_frame_its_own() -> None:
    file = Dataset()
    frames = []
    for duration, delay in ((40.0, 0.0), (60.0, 40.0)):
        content, heart, frame = Dataset(), Dataset(), Dataset()
        content.FrameAcquisitionDuration = duration
        content.FrameReferenceDateTime = "20260310120000.25"
        heart.NominalCardiacTriggerDelayTime = delay
        frame.FrameContentSequence = Sequence([content])
        if delay:
            frame.CardiacSynchronizationSequence = Sequence([heart])
        frames.append(frame)
    file.PerFrameFunctionalGroupsSequence = Sequence(frames)
    groups, _ = functional_groups(file, 2)
    assert frame_times(file, groups) == [40, 60]
    assert [moment_ms(frame) for frame in groups] == [1773144000250.0, 40.0]
