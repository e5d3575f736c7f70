"""From stored values to what the screen shows: windows, VOI LUTs, palettes and colors, worked out by hand."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from readingroom.errors import BadWindow
from readingroom.imaging import display
from readingroom.imaging.index import LookupTable, NamedLut, Palette
from readingroom.values import Rescale, VoiFunction, VoiWindow
from tests.imaging.arrange import frame, stack
from tests.imaging.oracle import judges

IDENTITY = VoiWindow(128, 256)
STAIRS = NamedLut("", LookupTable(10, 12, (0, 1000, 4095)))
"""Display bytes 0, 62, 255 for 10, 11 and 12."""
HOT = Palette(200, (255, 1), (128, 2), (0, 3))
BY_TABLE = VoiWindow(11.5, 3, lut=0)


def test_gray_is_windowed_and_inverted_once():
    stored = np.array([[0, 64, 255]], np.uint8)
    assert display.pixels(stored, frame(), stack((), 1, 3), IDENTITY).tolist() == [[0, 64, 255]]
    inverted = stack((), 1, 3, inverted=True)
    assert display.pixels(stored, frame(), inverted, IDENTITY).tolist() == [[255, 191, 0]]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32"])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_voi_lut_makes_the_grays_of_every_kind_of_value(dtype: str, inverted: bool):
    stored = np.array([[0, 10, 11, 12, 100, 7]], dtype)
    shown = stack((), 1, 6, dtype=dtype, inverted=inverted, voi_luts=(STAIRS,))
    grays = display.pixels(stored, frame(padding=(7, 7)), shown, BY_TABLE)[0].tolist()
    assert grays == ([255, 255, 193, 0, 0, 0] if inverted else [0, 0, 62, 255, 255, 0])


def test_a_voi_lut_takes_values_after_the_rescale_of_their_frame():
    stored = np.array([[0, 1, 2]], np.uint16)
    shown = stack((), 1, 3, voi_luts=(STAIRS,))
    grays = display.pixels(stored, frame(rescale=Rescale(0.5, 10.5)), shown, BY_TABLE)
    assert grays.tolist() == [[62, 62, 255]]  # 10.5, 11, 11.5


@pytest.mark.parametrize("lut", [-1, 1, 10**9])
def test_a_voi_lut_that_is_not_there_is_refused(lut: int):
    shown = stack((), 1, 1, voi_luts=(STAIRS,))
    with pytest.raises(BadWindow):
        display.pixels(np.zeros((1, 1), np.uint16), frame(), shown, VoiWindow(1, 1, lut=lut))


def test_the_float_of_32_bits_is_windowed_in_64():
    stored = np.array([[16777216.0, 16777218.0, np.nan, -7.0]], np.float32)
    shown = frame(rescale=Rescale(1.0, 0.5), padding=(-7, -7))
    voi = VoiWindow(16777217.5, 4, VoiFunction.LINEAR_EXACT)  # of 16777216.5 and 16777218.5: 63.75 and 191.25
    grays = display.pixels(stored, shown, stack((), 1, 4, dtype="float32"), voi)
    assert grays.tolist() == [[64, 191, 0, 0]]


def test_color_is_shown_as_it_is():
    colors = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    shown = stack((), 2, 4, dtype="uint8", samples=3)
    for voi in (None, IDENTITY, VoiWindow(0, 1, lut=9)):
        assert np.array_equal(display.pixels(colors, frame(), shown, voi), colors)


def test_gray_without_a_window_is_refused():
    with pytest.raises(BadWindow):
        display.pixels(np.zeros((1, 1), np.uint8), frame(), stack((), 1, 1), None)


def test_a_supplemental_palette_is_drawn_over_the_grays():  # C.7.6.19
    stored = np.array([[0, 100, 199, 200, 201, 60000]], np.uint16)
    shown = stack((), 1, 6, palette=HOT)
    assert display.pixels(stored, frame(), shown, IDENTITY)[0].tolist() == [
        [0, 0, 0],
        [100, 100, 100],
        [199, 199, 199],
        [255, 128, 0],
        [1, 2, 3],
        [1, 2, 3],
    ]


def test_a_palette_is_not_inverted_with_the_grays_and_leaves_padding_black():
    stored = np.array([[100, 200, 201]], np.int16)
    shown = stack((), 1, 3, dtype="int16", palette=HOT, inverted=True)
    picture = display.pixels(stored, frame(padding=(201, 201)), shown, IDENTITY)
    assert picture.tolist() == [[[155] * 3, [255, 128, 0], [0, 0, 0]]]


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the oracle's own
@pytest.mark.parametrize("name", ["vlut_04.dcm", "GH133.dcm"])
def test_the_voi_luts_of_real_files_are_those_of_the_oracle(name: str):
    if reason := judges.missing():
        pytest.skip(reason)
    file, oracle = judges.DATA / "singles" / name, judges.oracle()
    ds = pydicom.dcmread(file)
    tables = []
    for item in ds.VOILUTSequence:
        _, first, bits = item.LUTDescriptor
        tables.append(NamedLut("", LookupTable(int(first), int(bits), tuple(int(v) for v in item.LUTData))))
    stored = ds.pixel_array
    shown = stack((), *stored.shape, dtype=stored.dtype.name, voi_luts=tuple(tables))
    for lut in range(len(tables)):
        ours = display.pixels(stored, frame(), shown, VoiWindow(0, 1, lut=lut))
        theirs = oracle.render(str(file), voi_lut=lut + 1)
        assert np.abs(ours.astype(int) - theirs).max() <= 1
