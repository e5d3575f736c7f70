"""Levels against a plain numpy average."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.imaging import levels
from tests.imaging.arrange import untimed

shapes = st.tuples(st.integers(1, 19), st.integers(1, 19))


def expected_mean(block: np.ndarray, padding: tuple[int, int] | None) -> int | None:
    """floor(mean + 1/2) of what is not padding; None where all of it is."""
    picture = [int(v) for v in block.ravel() if padding is None or not padding[0] <= v <= padding[1]]
    return math.floor(sum(picture) / len(picture) + 0.5) if picture else None


@untimed
@given(
    shapes,
    st.integers(1, 4),
    st.sampled_from(["uint8", "uint16", "int16", "int32", "uint32"]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_a_level_is_the_mean_of_its_blocks_with_padding_left_out(shape, level, dtype, padded, seed):
    random = np.random.default_rng(seed)
    lowest = -100 if np.dtype(dtype).kind == "i" else 0
    stored = random.integers(lowest, 100, shape).astype(dtype)
    padding = (lowest, lowest + 40) if padded else None
    reduced = levels.reduce(stored, level, padding)
    edge = 1 << level
    assert reduced.dtype == stored.dtype
    assert reduced.shape == levels.size(*shape, level)
    for (y, x), value in np.ndenumerate(reduced):
        mean = expected_mean(stored[y * edge : (y + 1) * edge, x * edge : (x + 1) * edge], padding)
        assert value == (lowest if mean is None else mean)


@pytest.mark.parametrize(
    ("values", "mean"), [([1, 2], 2), ([-1, -2], -1), ([-3, -3, -3, -4], -3), ([1, 1, 1, 2], 1)]
)
def test_halves_are_rounded_upwards(values: list[int], mean: int):
    assert levels.reduce(np.array([values], np.int16), 2, None).tolist() == [[mean]]


@pytest.mark.parametrize(("values", "mean"), [([-10, 10], 1), ([-10, 9], -1), ([-10, 11], 1), ([0, 7], 7)])
def test_a_mean_of_picture_never_becomes_padding(values: list[int], mean: int):
    assert levels.reduce(np.array([values], np.int16), 1, (0, 0)).tolist() == [[mean]]


def test_a_block_of_padding_stays_padding_whatever_the_padding_range_says():
    assert levels.reduce(np.array([[0, 3]], np.uint16), 1, (-5, 3)).tolist() == [[0]]


def test_the_largest_values_do_not_overflow():
    bright = np.full((64, 64), 2**32 - 1, np.uint32)
    assert levels.reduce(bright, 6, None).tolist() == [[2**32 - 1]]


def test_float_levels_leave_out_what_is_no_number():
    stored = np.array([[1.0, np.nan, np.nan], [2.0, 3.0, np.nan]], np.float32)
    reduced = levels.reduce(stored, 1, None)
    assert reduced[0, 0] == 2.0
    assert np.isnan(reduced[0, 1])


@untimed
@given(shapes, st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_colors_are_averaged_one_by_one(shape, level, seed):
    colors = np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8, endpoint=True)
    reduced = levels.reduce(colors, level, None)
    assert reduced.shape == (*levels.size(*shape, level), 3)
    for channel in range(3):
        assert np.array_equal(reduced[:, :, channel], levels.reduce(colors[:, :, channel], level, None))


@untimed
@given(shapes, st.integers(0, 4))
def test_labels_are_never_mixed(shape, level):
    labels = np.arange(shape[0] * shape[1], dtype=np.uint16).reshape(shape)
    picked = levels.pick(labels, level)
    assert picked.shape == levels.size(*shape, level)
    for (y, x), label in np.ndenumerate(picked):
        assert label == labels[y << level, x << level]


@untimed
@given(st.integers(0, 3), st.integers(0, 2**32 - 1), st.sampled_from(["uint8", "int16", "float32"]))
def test_tiles_of_a_level_meet_without_a_seam(level, seed, dtype):
    stored = np.random.default_rng(seed).integers(0, 100, (37, 45)).astype(dtype)
    whole = levels.reduce(stored, level, (0, 3))
    edge = 8 << level
    for top in range(0, 37, edge):
        for left in range(0, 45, edge):
            tile = levels.reduce(stored[top : top + edge, left : left + edge], level, (0, 3))
            y, x = top >> level, left >> level
            assert np.array_equal(tile, whole[y : y + tile.shape[0], x : x + tile.shape[1]])


@pytest.mark.parametrize(
    ("rows", "columns", "count"),
    [(1, 1, 1), (64, 64, 1), (65, 3, 2), (512, 512, 4), (513, 1, 5), (2394, 3062, 7)],
)
def test_levels_end_at_64_pixels(rows: int, columns: int, count: int):
    assert levels.level_count(rows, columns) == count


@untimed
@given(st.integers(1, 70_000), st.integers(1, 70_000))
def test_each_level_halves_the_one_before_rounded_up(rows: int, columns: int):
    for level in range(1, levels.level_count(rows, columns)):
        above = levels.size(rows, columns, level - 1)
        assert levels.size(rows, columns, level) == tuple(-(-edge // 2) for edge in above)
