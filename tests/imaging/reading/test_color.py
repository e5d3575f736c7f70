"""Samples become RGB by the equations of PS3.3 C.7.6.3.1.2, whatever order they come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from readingroom.imaging.reading.color import Space, by_pixel, from_pairs, to_eight_bits, to_rgb
from tests.imaging.reading.color_dicoms import colors, ybr_full


def test_planes_and_pixels_are_the_same_picture() -> None:  # PS3.3 C.7.6.3.1.3
    rgb = colors(3, 5)
    planes = rgb.transpose(2, 0, 1).reshape(-1)
    assert np.array_equal(by_pixel(rgb.reshape(-1), 3, 5, planar=0), rgb)
    assert np.array_equal(by_pixel(planes, 3, 5, planar=1), rgb)


def test_a_pair_of_pixels_shares_its_colors() -> None:  # YBR_FULL_422: Y Y CB CR
    samples = np.array([10, 20, 128, 130, 30, 40, 100, 90], np.uint8)
    assert from_pairs(samples, 2, 2).tolist() == [
        [[10, 128, 130], [20, 128, 130]],
        [[30, 100, 90], [40, 100, 90]],
    ]


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((90, 128, 128), (90, 90, 90)),
        ((76, 85, 255), (254, 0, 0)),  # red: 76 + 1.402 × 127 = 254.05
        ((29, 255, 107), (0, 0, 254)),  # blue: 29 + 1.772 × 127 = 254.04
        ((150, 44, 21), (0, 255, 1)),  # green: 150 + 28.9 + 76.4 = 255.3; blue 150 - 148.8 = 1.2
    ],
)
def test_primaries_come_out_of_ybr(ybr: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    assert tuple(to_rgb(np.array([[ybr]], np.uint8), "YBR")[0, 0]) == rgb


def test_partial_range_spreads_16_to_235_over_all_grays() -> None:
    luma = np.array([[16, 126, 235, 0, 255]], np.uint8)
    ybr = np.stack([luma, np.full_like(luma, 128), np.full_like(luma, 128)], axis=-1)
    assert to_rgb(ybr, "YBR_PARTIAL")[0, :, 0].tolist() == [0, 128, 255, 0, 255]


@given(arrays.arrays(np.uint8, (4, 6, 3)))
def test_every_sample_is_the_rounded_exact_value(ybr: np.ndarray) -> None:
    luma, blueness, redness = (ybr[..., channel].astype(float) for channel in range(3))
    red = luma + 1.402 * (redness - 128)
    blue = luma + 1.772 * (blueness - 128)
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    exact = np.stack([red, green, blue], axis=-1)
    away = np.abs(to_rgb(ybr, "YBR") - np.clip(exact, 0, 255))
    assert away.max() <= 0.5 + 1e-4


@given(arrays.arrays(np.uint8, (4, 6, 3)))
def test_rgb_comes_back_from_ybr_within_two(rgb: np.ndarray) -> None:
    assert np.abs(to_rgb(ybr_full(rgb), "YBR").astype(int) - rgb).max() <= 2


@given(arrays.arrays(np.uint8, (4, 6, 3)), st.sampled_from(["RGB", "YBR", "YBR_PARTIAL"]))
def test_what_goes_in_is_left_alone(samples: np.ndarray, space: Space) -> None:
    before = samples.copy()
    result = to_rgb(samples, space)
    assert (result.dtype, result.shape) == (np.uint8, samples.shape)
    assert np.array_equal(samples, before)


@given(arrays.arrays(np.uint8, 20))
def test_eight_bits_in_sixteen_come_back_either_way(values: np.ndarray) -> None:
    words = values.astype(np.uint16)
    assert np.array_equal(to_eight_bits(words << 8, 16), values)
    assert np.array_equal(to_eight_bits(words * 257, 16), values)
    assert np.array_equal(to_eight_bits(words << 4, 12), values)
    assert np.array_equal(to_eight_bits(words, 8), values)


def test_fewer_bits_fill_the_whole_range() -> None:
    assert to_eight_bits(np.array([0, 1, 15, 31], np.uint8), 5).tolist() == [0, 8, 123, 255]
    assert to_eight_bits(np.array([0, 1], np.uint8), 1).tolist() == [0, 255]
