"""The preview of a stack: coarse, bounded, and in the order in which people need it."""

from __future__ import annotations

import pytest

from readingroom.imaging.levels import size
from readingroom.imaging.preview_level import MOST_BYTES, frame_bytes, preview_level, previewed
from tests.imaging.arrange import frame, stack

ONE = frame()


@pytest.mark.parametrize(
    ("frames", "edge", "level", "preview_edge"),
    [
        (1, 64, 0, 64),
        (50, 512, 2, 128),  # 50 x 128 x 128 x 2 bytes: 1.6 MB
        (300, 512, 3, 64),
        (3000, 512, 3, 64),
        (40, 2500, 5, 79),
        (3000, 100, 1, 50),
        (50, 100, 0, 100),
    ],
)
def test_the_more_frames_the_coarser(frames: int, edge: int, level: int, preview_edge: int):
    found = stack((ONE,) * frames, edge, edge)
    assert preview_level(found) == level
    assert size(edge, edge, level) == (preview_edge, preview_edge)


def test_the_nearest_frames_come_first():
    found = stack((ONE,) * 7, 64, 64)
    assert previewed(found, 3) == [3, 4, 2, 5, 1, 6, 0]
    assert previewed(found, 0) == [0, 1, 2, 3, 4, 5, 6]
    assert previewed(found, 5) == [5, 6, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("dtype", "samples", "each"), [("uint16", 1, 8192), ("uint8", 3, 12288), ("float32", 1, 16384)]
)
def test_three_thousand_and_more_frames_stay_within_what_a_phone_keeps(dtype: str, samples: int, each: int):
    found = stack((ONE,) * 9000, 512, 512, dtype=dtype, samples=samples)
    assert frame_bytes(found, preview_level(found)) == each
    assert len(previewed(found, 4000)) == MOST_BYTES // each
    assert {4000, 4001, 3999} <= set(previewed(found, 4000)[:3])
    if dtype == "uint16":
        assert MOST_BYTES // each > 3000
