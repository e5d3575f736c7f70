"""Bits and words as they lie in files."""

from __future__ import annotations

from readingroom.imaging.packing import bytes_of_bits, low_first, row_bytes, swapped


def test_the_lowest_bit_of_a_byte_is_the_first():  # PS3.5 8.1.1
    assert low_first(bytes([0b00000101, 0b00000001]), 0, 9).tolist() == [1, 0, 1, 0, 0, 0, 0, 0, 1]
    assert low_first(bytes([0b00000101]), 2, 3).tolist() == [1, 0, 0]
    assert low_first(b"", 0, 3).tolist() == []


def test_bits_lie_in_as_many_bytes_as_they_touch():
    assert bytes_of_bits(0, 8) == (0, 1)
    assert bytes_of_bits(7, 2) == (0, 2)
    assert bytes_of_bits(16, 1) == (2, 3)
    assert [row_bytes(columns) for columns in (1, 8, 9)] == [1, 1, 2]


def test_words_change_their_bytes_and_an_odd_one_stays():
    assert swapped(b"abcd") == b"badc"
    assert swapped(b"abc") == b"bac"
