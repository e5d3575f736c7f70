"""VOI LUTs, palettes and overlays as the screen gets them, byte by byte."""

from __future__ import annotations

import numpy as np
import pytest

from readingroom.errors import NoSuchTile, SliceNotReady, SliceOutOfRange
from readingroom.imaging import table_bodies
from readingroom.imaging.index import LookupTable, NamedLut, Palette
from tests.imaging.arrange import Held, frame, stack

PLAIN = stack((frame(),), 2, 11)


def overlaid() -> Held:
    """Two frames of 2 rows and 11 columns; the second has an overlay: its first and its last pixel."""
    volume = Held(stack((frame(), frame(overlay=True)), 2, 11), np.zeros((2, 2, 11), np.uint16))
    volume.overlays = np.zeros((2, 2, 2), np.uint8)
    volume.overlays[1, 0, 0], volume.overlays[1, 1, 1] = 0b10000000, 0b00100000
    return volume


def test_a_voi_lut_is_its_first_value_and_a_display_byte_each():
    tables = (NamedLut("A", LookupTable(3, 8, (9,))), NamedLut("B", LookupTable(-2, 12, (0, 2048, 4095))))
    body = table_bodies.voi_lut(stack((frame(),), 1, 1, voi_luts=tables, inverted=True), 1)
    assert body == b"RRL1" + b"\xfe\xff\xff\xff" + b"\x03\0\0\0" + bytes([0, 128, 255])


def test_a_palette_is_its_first_value_and_three_planes():
    body = table_bodies.palette(stack((frame(),), 1, 1, palette=Palette(300, (1, 2), (3, 4), (5, 6))))
    assert body == b"RRP1" + b"\x2c\x01\0\0" + b"\x02\0\0\0" + bytes([1, 2, 3, 4, 5, 6])


def test_an_overlay_is_a_bit_a_pixel_each_row_in_whole_bytes():
    body = table_bodies.overlay(overlaid(), 1)
    assert body == b"RRO1" + b"\x02\0\0\0" + b"\x0b\0\0\0" + bytes([0x80, 0, 0, 0x20])


def test_what_a_stack_does_not_have_is_refused():
    with pytest.raises(NoSuchTile):
        table_bodies.voi_lut(PLAIN, 0)
    with pytest.raises(NoSuchTile):
        table_bodies.palette(PLAIN)
    with pytest.raises(NoSuchTile):
        table_bodies.overlay(overlaid(), 0)


def test_the_overlay_of_a_frame_that_is_not_there_is_refused():
    volume = Held(stack((frame(overlay=True),), 2, 11), np.zeros((1, 2, 11), np.uint16))
    volume.ready = set()
    with pytest.raises(SliceNotReady):
        table_bodies.overlay(volume, 0)
    volume.ready = {0}
    with pytest.raises(SliceOutOfRange):
        table_bodies.overlay(volume, 1)
