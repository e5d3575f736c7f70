"""VOI LUT Sequences as tables, whatever words they came in; a broken one costs no picture."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import LookupTable, NamedLut
from readingroom.imaging.reading.frame_headers import frame_headers
from readingroom.imaging.reading.lookup_tables import BrokenTable, lookup_table
from readingroom.values import Rescale
from tests.imaging.conftest import ReadHeader
from tests.imaging.dicoms import DATA, NO_DATA, numbers, picture, write

SESSION = pytest.mark.asyncio(loop_scope="session")


def item(descriptor: list[int], data: bytes | list[int], explanation: str = "", vr: str = "US") -> Dataset:
    made = Dataset()
    made.add_new(0x00283002, vr, descriptor)
    if explanation:
        made.LUTExplanation = explanation
    made.add_new(0x00283006, "OW" if isinstance(data, bytes) else "US", data)
    return made


def table(made: Dataset, negative: bool = False) -> LookupTable:
    return lookup_table(made, big_endian=False, negative=negative)


def test_a_table_of_words_is_taken_as_it_is() -> None:
    assert table(item([3, 10, 12], [0, 2000, 4095])) == LookupTable(10, 12, (0, 2000, 4095))
    assert table(item([3, 10, 12], struct.pack("<3H", 0, 2000, 4095))) == LookupTable(10, 12, (0, 2000, 4095))


def test_zero_entries_mean_65536() -> None:
    found = table(item([0, 0, 16], struct.pack("<65536H", *range(65536))))
    assert (len(found.values), found.values[-1]) == (65536, 65535)


def test_the_first_value_is_signed_when_there_are_values_below_zero() -> None:
    made = item([2, 64512, 8], [0, 255])  # 64512 is the word of -1024
    assert table(made, negative=True).first == -1024
    assert table(made, negative=False).first == 64512
    assert table(item([2, -1024, 8], [0, 255], vr="SS")).first == -1024


@pytest.mark.parametrize("bits", [8, 16])
def test_entries_of_eight_bits_lie_two_in_a_word_the_first_in_the_low_byte(bits: int) -> None:
    packed = [0x0201, 0x0403, 0x0005]
    assert table(item([5, 0, bits], packed)) == LookupTable(0, 8, (1, 2, 3, 4, 5))
    assert table(item([5, 0, bits], bytes([1, 2, 3, 4, 5, 0]))) == LookupTable(0, 8, (1, 2, 3, 4, 5))


def test_bits_above_those_of_an_entry_do_not_count() -> None:
    assert table(item([2, 0, 12], [0x1001, 0xFFFF])) == LookupTable(0, 12, (1, 4095))


@pytest.mark.parametrize(
    "made",
    [
        item([3, 0, 12], [1]),
        item([3, 0], [1, 2, 3]),
        item([3, 0, 7], [1, 2, 3]),
        item([3, 0, 17], [1, 2, 3]),
        item([3, 0, 8], [1, 2, 300]),
        item([4, 0, 12], [1, 2]),
        item([8, 0, 16], [1, 2, 3, 4, 5]),
        Dataset(),
    ],
)
def test_a_broken_table_is_told(made: Dataset) -> None:
    with pytest.raises(BrokenTable):
        table(made)


async def told(read: ReadHeader, path: Path, **changes: Any) -> FileHeader:
    header = await read(write(path / "a.dcm", picture(**changes)))
    assert isinstance(header, FileHeader)
    return header


@SESSION
async def test_several_tables_keep_their_order_and_their_names(read: ReadHeader, tmp_path: Path) -> None:
    luts = [item([2, 0, 8], [0, 255], "BONE"), item([2, 5, 8], [0, 255]), item([2, 0, 8], [0, 255], "BONE")]
    header = await told(read, tmp_path, VOILUTSequence=Sequence(luts), RescaleIntercept=0)
    bone, other = NamedLut("BONE", LookupTable(0, 8, (0, 255))), NamedLut("", LookupTable(5, 8, (0, 255)))
    assert header.voi_luts == (bone, other)
    assert header.frames[0].voi_luts == (0, 1, 0)


@SESSION
async def test_a_broken_table_costs_itself(read: ReadHeader, tmp_path: Path) -> None:
    luts = [item([9, 0, 8], [0, 255]), item([2, 5, 8], [0, 255], "GOOD")]
    header = await told(
        read, tmp_path, VOILUTSequence=Sequence(luts), WindowCenter=[40, 400], WindowWidth=[80, 800]
    )
    assert [lut.explanation for lut in header.voi_luts] == ["GOOD"]
    assert [voi.window.center for voi in header.frames[0].windows] == [40, 400]


@SESSION
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
async def test_the_words_are_read_in_every_syntax(read: ReadHeader, tmp_path: Path, syntax: str) -> None:
    """Implicit VR says neither US nor OW; the rescale of -1024 makes the first value signed."""
    data = numbers().astype(">u2" if syntax == ExplicitVRBigEndian else "<u2").tobytes()
    ds = picture(syntax=syntax, VOILUTSequence=Sequence([item([3, 64536, 12], [0, 2000, 4095])]))
    ds.PixelData = data
    header = await read(write(tmp_path / "a.dcm", ds))
    assert isinstance(header, FileHeader)
    assert header.voi_luts == (NamedLut("", LookupTable(-1000, 12, (0, 2000, 4095))),)


@SESSION
async def test_at_most_sixteen_tables_of_a_frame_are_kept(read: ReadHeader, tmp_path: Path) -> None:
    luts = [item([2, first, 8], [0, 255]) for first in range(20)]
    header = await told(read, tmp_path, VOILUTSequence=Sequence(luts), RescaleIntercept=0)
    assert [lut.table.first for lut in header.voi_luts] == list(range(16))


def enhanced(frames: list[Dataset]) -> Dataset:
    made = Dataset()
    made.PerFrameFunctionalGroupsSequence = Sequence(frames)
    return made


def voi_group(**elements: Any) -> Dataset:
    group = Dataset()
    for keyword, value in elements.items():
        setattr(group, keyword, value)
    frame = Dataset()
    frame.FrameVOILUTSequence = Sequence([group])
    return frame


def test_each_frame_of_an_enhanced_object_has_its_own_windows_and_tables() -> None:
    names = ["SOFT", "BONE"]
    frames = [
        voi_group(WindowCenter=[40, 400], WindowWidth=[80, 800], WindowCenterWidthExplanation=names),
        voi_group(VOILUTSequence=Sequence([item([2, 0, 8], [0, 255], "A")])),
        voi_group(VOILUTSequence=Sequence([item([2, 0, 8], [255, 0], "B"), item([2, 0, 8], [0, 255], "A")])),
    ]
    headers, pool = frame_headers(enhanced(frames), 3)
    assert [[(voi.explanation, voi.window.center) for voi in frame.windows] for frame in headers] == [
        [("SOFT", 40), ("BONE", 400)],
        [],
        [],
    ]
    assert [lut.explanation for lut in pool] == ["A", "B"]
    assert [frame.voi_luts for frame in headers] == [(), (0,), (1, 0)]


def test_a_rescale_of_its_own_decides_about_the_sign_of_a_frames_table() -> None:
    shared = [item([2, 64512, 8], [0, 255])]
    frames = []
    for intercept in (0, -1024):
        frame = voi_group(VOILUTSequence=Sequence(shared))
        group = Dataset()
        group.RescaleSlope, group.RescaleIntercept = 1, intercept
        frame.PixelValueTransformationSequence = Sequence([group])
        frames.append(frame)
    headers, pool = frame_headers(enhanced(frames), 2, stored=(0, 4095))
    assert [frame.rescale for frame in headers] == [Rescale(1, 0), Rescale(1, -1024)]
    assert [pool[frame.voi_luts[0]].table.first for frame in headers] == [64512, -1024]


@SESSION
@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
async def test_a_mammogram_has_its_three_tables_beside_its_three_windows(read: ReadHeader) -> None:
    header = await read(DATA / "singles" / "GH133.dcm")
    assert isinstance(header, FileHeader)
    assert [
        (lut.explanation, lut.table.first, len(lut.table.values), lut.table.bits) for lut in header.voi_luts
    ] == [
        ("NORMAL", 625, 3447, 12),
        ("HARDER", 1023, 3016, 12),
        ("SOFTER", 203, 3887, 12),
    ]
    assert [voi.explanation for voi in header.frames[0].windows] == ["NORMAL", "HARDER", "SOFTER"]
