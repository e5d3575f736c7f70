"""Tables named by many frames, kept once."""

from __future__ import annotations

from readingroom.imaging.index import LookupTable, NamedLut
from readingroom.imaging.lut_pool import ENTRIES_LIMIT, LUTS_LIMIT, LutPool


def lut(first: int, entries: int = 2) -> NamedLut:
    return NamedLut("", LookupTable(first=first, bits=8, values=(0,) * entries))


def test_a_table_has_one_place_however_often_it_is_named():
    pool = LutPool()
    assert [pool.place(lut(5)), pool.place(lut(6)), pool.place(lut(5))] == [0, 1, 0]
    assert pool.luts == (lut(5), lut(6))


def test_a_table_too_many_has_no_place_and_the_others_keep_theirs():
    pool = LutPool()
    assert [pool.place(lut(number)) for number in range(LUTS_LIMIT)] == list(range(LUTS_LIMIT))
    assert pool.place(lut(LUTS_LIMIT)) is None
    assert pool.place(lut(3)) == 3


def test_tables_too_large_together_leave_room_for_a_smaller_one():
    pool = LutPool()
    sizes = [ENTRIES_LIMIT - 3, 4, 3]
    assert [pool.place(lut(number, size)) for number, size in enumerate(sizes)] == [0, None, 1]
