"""Every kind of bad file gets its own refusal, in words, and costs nothing but itself."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from readingroom.errors import (
    BadHeader,
    DecodeLimit,
    EmptyFile,
    FileRefused,
    NotDicom,
    Truncated,
    UnsupportedPicture,
    UnsupportedSyntax,
)
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from tests.imaging.conftest import ReadHeader
from tests.imaging.dicoms import (
    COLUMNS,
    ROWS,
    encapsulated,
    numbers,
    picture,
    run_lengths,
    write,
    write_series,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

PREAMBLE = b"\0" * 128 + b"DICM"


async def refusal(read: ReadHeader, path: Path, kind: type[FileRefused]) -> str:
    found = await read(path)
    assert isinstance(found, kind), found
    return str(found)


async def written(read: ReadHeader, folder: Path, kind: type[FileRefused], **changes: Any) -> str:
    return await refusal(read, write(folder / "a.dcm", picture(**changes)), kind)


async def test_an_empty_file_is_called_empty(read: ReadHeader, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.touch()
    assert await refusal(read, path, EmptyFile) == "The file is empty."


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (b"hello, this is a letter\n" * 20, ""),
        (b"\x1f\x8b\x08" + b"x" * 300, "gzip"),
        (b"\x89PNG\r\n" + b"x" * 300, "picture"),
        (b"\x08\x00\x05\x00" + b"x" * 300, "preamble"),
    ],
)
async def test_what_is_not_dicom_is_said_to_be_something_else(
    read: ReadHeader, tmp_path: Path, start: bytes, word: str
) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(start)
    assert word in await refusal(read, path, NotDicom)


async def test_a_file_without_meta_information_is_refused(read: ReadHeader, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(PREAMBLE + struct.pack("<HHI", 8, 0x16, 2) + b"1\0")
    assert "Transfer Syntax" in await refusal(read, path, BadHeader)


async def test_a_file_cut_anywhere_is_refused_and_never_shown_in_part(
    pool: DecodePool, tmp_path: Path
) -> None:
    whole = write(tmp_path / "whole", picture()).read_bytes()
    paths = []
    for length in range(1, len(whole), 7):
        paths.append(tmp_path / str(length))
        paths[-1].write_bytes(whole[:length])
    found = await pool.headers(paths)
    assert all(isinstance(one, FileRefused) for one in found)
    last = found[-1]
    assert isinstance(last, Truncated)
    assert "bytes of its picture are missing" in str(last)


async def test_a_compressed_file_cut_anywhere_is_refused(pool: DecodePool, tmp_path: Path) -> None:
    data = encapsulated([run_lengths(picture_values())])
    whole = write(tmp_path / "whole", picture(syntax=RLELossless, PixelData=data)).read_bytes()
    paths = []
    for length in range(132, len(whole) - 8, 5):  # the last 8 bytes are the closing mark
        paths.append(tmp_path / str(length))
        paths[-1].write_bytes(whole[:length])
    found = await pool.headers(paths)
    assert all(isinstance(one, FileRefused) for one in found)


def picture_values() -> Any:
    return np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS)


@pytest.mark.parametrize("changes", [{"Rows": 0}, {"Columns": 0}, {"Rows": None}])
async def test_a_picture_without_rows_or_columns_is_refused(
    read: ReadHeader, tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert "rows" in await written(read, tmp_path, BadHeader, **changes)


async def test_rows_that_lie_about_the_length_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    assert "need" in await written(read, tmp_path, BadHeader, Rows=1000)


async def test_rows_that_contradict_the_codestream_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    siz = struct.pack(
        ">HHHH8IHBBB", 0xFF4F, 0xFF51, 41, 0, 60000, 60000, 0, 0, 60000, 60000, 0, 0, 1, 15, 1, 1
    )
    data = encapsulated([siz + b"\0" * 64])
    said = await written(read, tmp_path, BadHeader, syntax=JPEG2000Lossless, PixelData=data)
    assert "60000" in said


@pytest.mark.parametrize("count", ["0", "-1"])
async def test_a_number_of_frames_below_one_is_refused(read: ReadHeader, tmp_path: Path, count: str) -> None:
    assert count in await written(read, tmp_path, BadHeader, NumberOfFrames=count)


async def test_two_billion_frames_are_refused_before_any_memory_is_asked_for(
    read: ReadHeader, tmp_path: Path
) -> None:
    assert "65536" in await written(read, tmp_path, DecodeLimit, NumberOfFrames="2147483648")


async def test_frames_too_many_are_refused_however_small_they_are(read: ReadHeader, tmp_path: Path) -> None:
    """800,000 frames of one bit would be a file of 100 KB and take the time of a long film."""
    bits = {"Rows": 1, "Columns": 1, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
    said = await written(
        read, tmp_path, DecodeLimit, **bits, NumberOfFrames="800000", PixelData=bytes(100_000)
    )
    assert said == "Decoding was stopped: it promises 800000 frames, more than 65536."


async def test_as_many_frames_as_are_allowed_are_read(read: ReadHeader, tmp_path: Path) -> None:
    bits = {"Rows": 1, "Columns": 1, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
    found = await read(
        write(tmp_path / "a.dcm", picture(**bits, NumberOfFrames="65536", PixelData=bytes(8192)))
    )
    assert isinstance(found, FileHeader), found
    assert len(found.frames) == 65536


async def test_promised_bytes_beyond_the_limit_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    size = {"Rows": 60_000, "Columns": 60_000}
    assert "MiB" in await written(read, tmp_path, DecodeLimit, **size)


async def test_more_frames_than_pieces_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    data = encapsulated([run_lengths(picture_values())])
    said = await written(read, tmp_path, BadHeader, syntax=RLELossless, PixelData=data, NumberOfFrames=3)
    assert "3 frames" in said


async def test_an_unknown_transfer_syntax_is_refused_by_its_uid(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture())
    data = path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.9.9.9\0")
    path.write_bytes(data)
    assert "1.2.840.10008.9.9.9" in await refusal(read, path, UnsupportedSyntax)


async def test_video_is_refused_by_its_name(read: ReadHeader, tmp_path: Path) -> None:
    data = encapsulated([b"\0" * 64])
    assert "MPEG-2" in await written(read, tmp_path, UnsupportedSyntax, syntax=MPEG2MPML, PixelData=data)


@pytest.mark.parametrize("slope", ["0", "nan", "inf", "x"])
async def test_a_rescale_slope_that_says_nothing_is_refused(
    read: ReadHeader, tmp_path: Path, slope: str
) -> None:
    path = write(tmp_path / "a", picture(RescaleSlope="7777"))
    path.write_bytes(path.read_bytes().replace(b"7777", slope.encode().ljust(4)))
    assert "Rescale Slope" in await refusal(read, path, BadHeader)


async def test_bits_that_do_not_fit_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    assert "bits" in await written(read, tmp_path, BadHeader, BitsStored=20)


async def test_colors_that_are_not_read_are_refused_by_name(read: ReadHeader, tmp_path: Path) -> None:
    changes = {"SamplesPerPixel": 3, "PhotometricInterpretation": "HSV"}
    assert "HSV" in await written(read, tmp_path, UnsupportedPicture, **changes)


async def test_a_window_of_width_zero_is_no_window(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(WindowCenter=[40, 50], WindowWidth=[0, 100]))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert [named.window.center for named in header.frames[0].windows] == [50.0]


@pytest.mark.parametrize("spacing", [b"0.0\\0.0", b"nan\\nan", b"-.5\\-.5"])
async def test_a_spacing_that_is_no_length_leaves_no_spacing(
    read: ReadHeader, tmp_path: Path, spacing: bytes
) -> None:
    path = write(tmp_path / "a", picture(PixelSpacing=[7.7, 8.8]))
    path.write_bytes(path.read_bytes().replace(b"7.7\\8.8", spacing))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert header.frames[0].spacing_mm is None
    assert "Pixel Spacing" in header.frames[0].complaint


@pytest.mark.parametrize("cosines", [[0] * 6, [1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 2, 0], [1, 0, 0]])
async def test_a_degenerate_orientation_leaves_no_orientation(
    read: ReadHeader, tmp_path: Path, cosines: list[float]
) -> None:
    header = await read(write(tmp_path / "a", picture(ImageOrientationPatient=cosines)))
    assert isinstance(header, FileHeader)
    assert header.frames[0].orientation is None
    assert "Orientation" in header.frames[0].complaint


async def test_names_come_out_clean_and_bounded(read: ReadHeader, tmp_path: Path) -> None:
    bad = "<b>\u202eROE\u0007^" + "x" * 64_000
    path = write(tmp_path / "a", picture(PatientName=bad, SpecificCharacterSet="ISO_IR 192"))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert len(header.patient_name) <= 200
    assert header.patient_name.startswith("<b>ROE ^x")  # text, not markup: the page escapes


async def test_uids_that_climb_folders_are_words_only(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture())
    path.write_bytes(path.read_bytes().replace(b"1.2.3.4\0", b"../../x\0"))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert header.series_uid == "../../x"
    assert header.frames[0].offset is not None


async def test_endless_nesting_is_refused(read: ReadHeader, tmp_path: Path) -> None:
    start = write(tmp_path / "a", picture()).read_bytes()
    meta = start[: start.index(b"\x08\x00\x08\x00")]
    level = struct.pack("<HH2sHI", 0x08, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    path = tmp_path / "b"
    path.write_bytes(meta + level * 5000)
    found = await read(path)
    assert isinstance(found, FileRefused)


async def test_a_declared_length_of_four_gigabytes_is_refused(read: ReadHeader, tmp_path: Path) -> None:
    start = write(tmp_path / "a", picture()).read_bytes()
    meta = start[: start.index(b"\x08\x00\x08\x00")]
    path = tmp_path / "b"
    path.write_bytes(meta + struct.pack("<HH2sHI", 0x10, 0x4000, b"UT", 0, 0xFFFFFFF0))
    assert isinstance(await read(path), FileRefused)


async def test_a_deflated_bomb_is_stopped(read: ReadHeader, tmp_path: Path) -> None:
    start = write(tmp_path / "a", picture(syntax=ExplicitVRLittleEndian)).read_bytes()
    at = start.index(b"\x08\x00\x08\x00")
    meta = start[:at].replace(b"1.2.840.10008.1.2.1\0", b"")
    deflated = str(DeflatedExplicitVRLittleEndian).encode()
    element = struct.pack("<HH2sH", 2, 0x10, b"UI", len(deflated)) + deflated
    meta = PREAMBLE + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(element)) + element
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = io.BytesIO()
    body.write(packer.compress(start[at:]))
    for _ in range(40):
        body.write(packer.compress(bytes(8 << 20)))
    body.write(packer.flush())
    path = tmp_path / "b"
    path.write_bytes(meta + body.getvalue())
    assert "inflates" in await refusal(read, path, DecodeLimit)


async def test_a_run_length_bomb_costs_that_file_only(pool: DecodePool, tmp_path: Path) -> None:
    segment = b"\x81\x00" * 4000
    frame = struct.pack("<16I", 2, 64, 64 + len(segment), *[0] * 13) + segment * 2
    big = {"Rows": 30000, "Columns": 30000, "BitsStored": 16, "HighBit": 15}
    path = write(tmp_path / "bomb", picture(syntax=RLELossless, PixelData=encapsulated([frame]), **big))
    target = np.lib.stride_tricks.as_strided(np.zeros(1, np.uint16), (30000, 30000), (0, 0))
    (refused,) = await pool.decode(path, [0], [target])
    assert isinstance(refused, FileRefused)
    good = write(tmp_path / "good", picture())
    assert isinstance((await pool.headers([good]))[0], FileHeader)


async def test_a_number_of_frames_that_is_none_is_refused(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(NumberOfFrames="77"))
    path.write_bytes(path.read_bytes().replace(b"77", b"1A"))
    assert "not a number" in await refusal(read, path, BadHeader)


def of_another_vr(folder: Path, vr: bytes) -> Path:
    """The element that says the modality is given another kind of value."""
    path = write(folder / "a", picture())
    path.write_bytes(path.read_bytes().replace(b"\x08\0\x60\0CS", b"\x08\0\x60\0" + vr))
    return path


async def test_an_element_of_an_unknown_vr_costs_its_value(read: ReadHeader, tmp_path: Path) -> None:
    header = await read(of_another_vr(tmp_path, b"ZZ"))
    assert isinstance(header, FileHeader)
    assert (header.modality, header.rows, header.columns) == ("", ROWS, COLUMNS)


async def test_bytes_that_make_no_whole_number_cost_their_value(read: ReadHeader, tmp_path: Path) -> None:
    header = await read(of_another_vr(tmp_path, b"UL"))
    assert isinstance(header, FileHeader)
    assert (header.modality, header.rows, header.columns) == ("", ROWS, COLUMNS)


@pytest.mark.parametrize("vr", [b"??", b"\0\0", b"SQ", b"UN"])
async def test_a_vr_whose_length_lies_elsewhere_costs_its_file(
    read: ReadHeader, tmp_path: Path, vr: bytes
) -> None:
    assert "stops before its picture" in await refusal(read, of_another_vr(tmp_path, vr), Truncated)


async def test_an_empty_element_of_an_odd_vr_is_empty(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(SeriesDescription=""))
    path.write_bytes(path.read_bytes().replace(b"\x08\0\x3e\x10LO", b"\x08\0\x3e\x10Lo"))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert header.series_description == ""


async def test_elements_written_another_way_than_the_syntax_says_are_read_as_they_are(
    read: ReadHeader, tmp_path: Path
) -> None:
    path = write(tmp_path / "a", picture(syntax=ImplicitVRLittleEndian))
    implicit, explicit = b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2.1\0"
    data = path.read_bytes().replace(struct.pack("<H", 18) + implicit, struct.pack("<H", 20) + explicit)
    (length,) = struct.unpack_from("<I", data, 140)
    path.write_bytes(data[:140] + struct.pack("<I", length + 2) + data[144:])
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert (header.rows, header.columns) == (ROWS, COLUMNS)


@pytest.mark.parametrize("number", [b"1e30", b"-1e9", b"1e99", b"nan ", b"inf "])
async def test_a_place_beyond_all_numbers_is_none(read: ReadHeader, tmp_path: Path, number: bytes) -> None:
    path = write(tmp_path / "a", picture(ImagePositionPatient=["77.7", "8", "9"]))
    path.write_bytes(path.read_bytes().replace(b"77.7\\8\\9", number + b"\\8\\9"))
    header = await read(path)
    assert isinstance(header, FileHeader)
    assert header.frames[0].position_mm is None
    assert "its Image Position is not three usable numbers" in header.frames[0].complaint


async def test_a_secondary_capture_without_place_is_still_a_picture(read: ReadHeader, tmp_path: Path) -> None:
    ds = picture(ImagePositionPatient=None, SOPClassUID=SecondaryCaptureImageStorage)
    header = await read(write(tmp_path / "a", ds))
    assert isinstance(header, FileHeader)
    assert header.frames[0].position_mm is None


async def test_the_same_uid_with_other_pixels_loses_neither(
    pool: DecodePool, library: Library, tmp_path: Path
) -> None:
    folder = write_series(tmp_path / "in", 1)
    write(folder / "again", picture(0, pixels=numbers(7)))
    (study,) = (await import_path(folder, library, pool)).studies
    stacks = [stack for series in study.series for stack in series.stacks]
    assert sum(len(stack.frames) for stack in stacks) == 2
    assert study.refused == ()


async def test_two_shapes_in_one_series_are_two_stacks(
    pool: DecodePool, library: Library, tmp_path: Path
) -> None:
    folder = write_series(tmp_path / "in", 2)
    for index in (2, 3):
        write(folder / f"{index}.dcm", picture(index, pixels=numbers(index, rows=10, columns=12)))
    (study,) = (await import_path(folder, library, pool)).studies
    (series,) = study.series
    assert sorted((stack.rows, stack.columns, len(stack.frames)) for stack in series.stacks) == [
        (ROWS, COLUMNS, 2),
        (10, 12, 2),
    ]


async def test_uids_that_climb_folders_name_nothing_on_the_disk(
    pool: DecodePool, library: Library, tmp_path: Path
) -> None:
    below = tmp_path / "deep" / "down"
    below.mkdir(parents=True)
    path = write(below / "a", picture())
    path.write_bytes(path.read_bytes().replace(b"1.2.3.4\0", b"../../x\0").replace(b"1.2.3\0", b"../x/\0"))
    (study,) = (await import_path(below, library, pool)).studies
    assert [folder.name for folder in library.root.iterdir() if not folder.name.startswith(".")] == [study.id]
    assert "x" not in {name for _, folders, files in os.walk(tmp_path) for name in (*folders, *files)}
