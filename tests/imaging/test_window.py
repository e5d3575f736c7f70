"""Gray levels against numbers worked out by hand from PS3.3 C.11.2.1.2 and C.11.2.1.3."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.imaging import kernels, window
from readingroom.imaging.index import LookupTable
from readingroom.values import Rescale, VoiFunction, VoiWindow
from tests.imaging.arrange import untimed

LINEAR, EXACT, SIGMOID = VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT, VoiFunction.SIGMOID

numbers = st.floats(-5000, 5000)
tables = st.builds(
    LookupTable,
    st.integers(-4000, 4000),
    st.just(12),
    st.lists(st.integers(0, 4095), min_size=1, max_size=300).map(tuple),
).map(window.levels_of)
windows = st.one_of(
    st.builds(VoiWindow, numbers, st.floats(1, 9000), st.just(LINEAR)),
    st.builds(VoiWindow, numbers, st.floats(0.001, 9000), st.just(EXACT)),
    st.builds(VoiWindow, numbers, st.floats(0.001, 9000), st.just(SIGMOID)),
)
rescales = st.builds(Rescale, st.floats(0.001, 20) | st.floats(-20, -0.001), numbers)
dtypes = st.sampled_from(window.TABLE_DTYPES)
paddings = st.none() | st.tuples(st.integers(-33000, 66000), st.integers(0, 200)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


def level(x: float, voi: VoiWindow) -> float:
    return float(window.gray_level(np.array([x]), voi)[0])


@pytest.mark.parametrize(
    ("x", "gray"),
    [(0, 0), (-1, 0), (0.001, 0.001), (127.5, 127.5), (255, 255), (255.001, 255), (3000, 255)],
)
def test_linear_of_center_128_and_width_256_is_the_identity(x: float, gray: float):  # C.11.2.1.2.1
    assert level(x, VoiWindow(128, 256)) == pytest.approx(gray, abs=1e-9)


def test_linear_of_width_1_is_a_step_above_center_minus_half():  # C.11.2.1.2.1
    voi = VoiWindow(100, 1)
    assert [level(x, voi) for x in (99, 99.5, 99.500001, 100)] == [0, 0, 255, 255]


@pytest.mark.parametrize(
    ("x", "gray"), [(-160, 0), (-159.9, 0.06375), (40, 127.5), (240, 255), (241, 255), (-60, 63.75)]
)
def test_linear_exact_runs_from_center_minus_half_a_width_to_center_plus_half_a_width(x: float, gray: float):
    assert level(x, VoiWindow(40, 400, EXACT)) == pytest.approx(gray, abs=1e-9)  # C.11.2.1.3.2


@pytest.mark.parametrize(
    ("x", "gray"),
    [(40, 127.5), (140, 255 / (1 + np.exp(-1))), (-60, 255 / (1 + np.exp(1))), (1e9, 255), (-1e9, 0)],
)
def test_sigmoid_follows_the_logistic_curve(x: float, gray: float):  # C.11.2.1.3.1
    assert level(x, VoiWindow(40, 400, SIGMOID)) == pytest.approx(gray, abs=1e-9)


QUARTERS = VoiWindow(0, 4, EXACT)
"""-1, 0, 1 become 63.75, 127.5, 191.25, all of them exact in binary."""


def test_levels_are_rounded_by_floor_of_y_plus_a_half():
    stored = np.array([-1, 0, 1], np.int16)
    assert window.to_gray(stored, Rescale(), None, False, QUARTERS).tolist() == [64, 128, 191]


def test_a_picture_is_inverted_once_and_before_rounding():  # 255 - 127.5 is 128, not 255 - 128 = 127
    stored = np.array([-1, 0, 1], np.int16)
    assert window.to_gray(stored, Rescale(), None, True, QUARTERS).tolist() == [191, 128, 64]


@pytest.mark.parametrize("inverted", [False, True])
def test_padding_is_black_in_both_polarities(inverted: bool):  # picture.md; C.7.5.1.1.2
    stored = np.array([-2000, -1999, -1998, 3000], np.int16)
    gray = window.to_gray(stored, Rescale(), (-2000, -1999), inverted, VoiWindow(500, 8000))
    assert gray[:2].tolist() == [0, 0]
    assert 0 < gray[2] < 255
    assert 0 < gray[3] < 255


def test_float_values_that_are_not_numbers_are_black():
    stored = np.array([np.nan, np.inf, -np.inf, 0.5], np.float32)
    voi = VoiWindow(0.5, 1, EXACT)
    assert window.to_gray(stored, Rescale(), None, False, voi).tolist() == [0, 255, 0, 128]
    assert window.to_gray(stored, Rescale(), None, True, voi).tolist() == [0, 0, 255, 128]


def test_a_table_is_indexed_by_raw_bits():
    table = window.table("int16", Rescale(), None, False, VoiWindow(128, 256))
    assert table.shape == (65536,)
    assert [table[0], table[255], table[32767], table[32768], table[65535]] == [0, 255, 255, 0, 0]


def test_the_outputs_of_a_voi_lut_are_spread_over_the_display_and_rounded():  # C.11.2.1.1
    levels = window.levels_of(LookupTable(7, 12, (0, 8, 9, 2048, 4087, 4095)))
    assert levels.first == 7
    assert levels.bytes.tolist() == [0, 0, 1, 128, 255, 255]  # 8 * 255 / 4095 = 0.498; 0.56; 127.53; 254.502


def test_a_table_that_says_more_than_its_bits_hold_is_white_there():
    assert window.levels_of(LookupTable(0, 8, (255, 256, 65535))).bytes.tolist() == [255, 255, 255]


STAIRS = window.levels_of(LookupTable(10, 8, (20, 100, 240)))


def test_a_voi_lut_takes_the_nearest_entry_and_holds_its_ends():
    stored = np.array([-3000, 9, 10, 11, 12, 13, 3000], np.int16)
    assert window.to_gray(stored, Rescale(), None, False, STAIRS).tolist() == [20, 20, 20, 100, 240, 240, 240]
    halves = np.array([9.4, 10.49, 10.5, 11.5, np.inf, -np.inf, np.nan])
    assert window.to_gray(halves, Rescale(), None, False, STAIRS).tolist() == [20, 20, 100, 240, 240, 20, 0]


def test_a_voi_lut_takes_modality_values():
    stored = np.array([4, 5, 6], np.uint8)  # 10, 10.5, 11
    assert window.to_gray(stored, Rescale(0.5, 8.0), None, False, STAIRS).tolist() == [20, 100, 100]


def test_a_voi_lut_is_inverted_once_after_rounding_and_padding_stays_black():
    stored = np.array([9, 11, 12, 13], np.uint16)
    assert window.to_gray(stored, Rescale(), (9, 9), True, STAIRS).tolist() == [0, 155, 15, 15]


def test_values_for_a_screen_without_a_table_are_modality_values_and_padding_is_no_number():
    stored = np.array([[-2147483648, 0, 2147483647]], np.int32)
    values = window.modality32(stored, Rescale(0.5, 1.0), (-2147483648, -2147483648))
    assert values.dtype == np.float32
    assert np.isnan(values[0, 0])
    assert values[0, 1:].tolist() == [1.0, 1073741824.0]
    assert window.modality32(np.array([3e38]), Rescale(10.0), None).tolist() == [np.inf]


@untimed
@given(dtypes, rescales, paddings, st.booleans(), windows | tables)
def test_the_compiled_table_equals_the_formula_byte_for_byte(dtype, rescale, padding, inverted, voi):
    expected = window.table(dtype, rescale, padding, inverted, voi)
    assert np.array_equal(kernels.table(dtype, rescale, padding, inverted, voi), expected)


@untimed
@given(dtypes, rescales, st.booleans(), windows)
def test_brightness_never_turns_back(dtype, rescale, inverted, voi):
    table = window.table(dtype, rescale, None, inverted, voi)
    stored = np.arange(table.size, dtype=f"uint{table.size.bit_length() - 1}").view(dtype)
    steps = np.diff(table[np.argsort(stored)].astype(int))
    rising = (rescale.slope > 0) != inverted
    assert (steps >= 0).all() if rising else (steps <= 0).all()


@untimed
@given(dtypes, rescales, paddings, st.booleans(), windows | tables, st.integers(0, 2**32 - 1))
def test_looking_up_equals_computing(dtype, rescale, padding, inverted, voi, seed):
    limits = np.iinfo(dtype)
    stored = np.random.default_rng(seed).integers(limits.min, limits.max, (7, 5), dtype, endpoint=True)
    table = kernels.table(dtype, rescale, padding, inverted, voi)
    expected = window.to_gray(stored, rescale, padding, inverted, voi)
    assert np.array_equal(kernels.look_up(stored, table), expected)
    assert np.array_equal(kernels.look_up(stored.T, table), expected.T)


@untimed
@given(windows)
def test_a_rounded_window_is_still_allowed_and_nearly_the_same(voi: VoiWindow):
    near = window.rounded(voi)
    assert near.center == pytest.approx(voi.center, rel=1e-6)
    assert near.width == pytest.approx(voi.width, rel=1e-6)
