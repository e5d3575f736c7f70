"""Files without a picture are listed as what they are. Source: picture.md, Formats."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom.uid import UID

from readingroom.errors import BadHeader, FileRefused, NoPixels, NotDicom, Truncated, UnsupportedSyntax
from readingroom.imaging import sniff
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.reading import file_kinds
from readingroom.imaging.reading.file_kinds import STORAGE
from tests.imaging.conftest import ReadHeader
from tests.imaging.dicoms import DATA, NO_DATA, encapsulated, picture, write

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("sop_class", "words"),
    [
        (f"{STORAGE}88.11", "a structured report"),
        (f"{STORAGE}88.22", "a structured report"),
        (f"{STORAGE}88.59", "a key object selection"),
        (f"{STORAGE}88.67", "a radiation dose report"),
        (f"{STORAGE}104.1", "an encapsulated PDF"),
        (f"{STORAGE}104.2", "an encapsulated CDA document"),
        (f"{STORAGE}104.3", "an encapsulated 3-D model (STL)"),
        (f"{STORAGE}11.1", "a presentation state (GSPS)"),
        (f"{STORAGE}11.4", "a presentation state"),
        (f"{STORAGE}481.3", "an RT structure set"),
        (f"{STORAGE}481.5", "an RT plan"),
        (f"{STORAGE}481.7", "an RT treatment record"),
        (f"{STORAGE}9.1.1", "an ECG waveform"),
        (f"{STORAGE}9.6.2", "a waveform"),
        (f"{STORAGE}66", "raw data of a scanner"),
        (f"{STORAGE}66.1", "a registration"),
        (f"{STORAGE}66.2", "a set of fiducials"),
        (f"{STORAGE}66.3", "a deformable registration"),
        (f"{STORAGE}66.5", "a surface segmentation"),
        (f"{STORAGE}4.2", "an MR spectroscopy"),
        ("1.2.840.10008.1.3.10", "a DICOMDIR, the list of the files on a disc"),
    ],
)
async def test_a_file_without_a_picture_says_what_it_is(
    read: ReadHeader, tmp_path: Path, sop_class: str, words: str
) -> None:
    ds = picture(Rows=None, SOPClassUID=sop_class)
    del ds.PixelData
    found = await read(write(tmp_path / "a", ds))
    assert isinstance(found, NoPixels)
    assert str(found) == f"The file holds no picture; it is {words}."


async def test_a_report_may_nest_as_deep_as_it_likes_since_nobody_reads_it(
    read: ReadHeader, tmp_path: Path
) -> None:
    whole = write(tmp_path / "a", picture(SOPClassUID=f"{STORAGE}88.33")).read_bytes()
    at = whole.index(struct.pack("<HH", 0x28, 2))
    level = struct.pack("<HH2sHI", 0x40, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    path = tmp_path / "b"
    path.write_bytes(whole[:at] + level * 100)
    assert str(await read(path)) == "The file holds no picture; it is a structured report."


@pytest.mark.parametrize(
    ("modality", "words"),
    [("SR", "a structured report"), ("RTSTRUCT", "an RT structure set"), ("REG", "a reg")],
)
async def test_a_private_class_is_named_by_its_modality(
    read: ReadHeader, tmp_path: Path, modality: str, words: str
) -> None:
    ds = picture(Rows=None, SOPClassUID="1.2.3.4.5", Modality=modality)
    del ds.PixelData
    found = await read(write(tmp_path / "a", ds))
    assert isinstance(found, NoPixels)
    assert words in str(found)


async def test_a_class_nobody_knows_is_said_to_be_unknown(read: ReadHeader, tmp_path: Path) -> None:
    ds = picture(Rows=None, SOPClassUID="1.2.3.4.5", Modality="OT")
    del ds.PixelData
    assert "of an unknown kind" in str(await read(write(tmp_path / "a", ds)))


@pytest.mark.parametrize("number", ["66.4", "481.2", "2"])
async def test_a_picture_without_its_pixels_has_lost_them(
    read: ReadHeader, tmp_path: Path, number: str
) -> None:
    ds = picture(SOPClassUID=f"{STORAGE}{number}")
    del ds.PixelData
    assert isinstance(await read(write(tmp_path / "a", ds)), Truncated)


@pytest.mark.parametrize(
    ("syntax", "words"),
    [
        ("1.2.840.10008.1.2.4.100", "MPEG-2 Main Profile video"),
        ("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 video"),
        ("1.2.840.10008.1.2.4.107", "HEVC/H.265 video"),
        ("1.2.840.10008.1.2.4.94", "JPIP Referenced"),
        ("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2"),
    ],
)
async def test_a_video_or_an_unread_compression_is_named(
    read: ReadHeader, tmp_path: Path, syntax: str, words: str
) -> None:
    found = await read(write(tmp_path / "a", picture(syntax=UID(syntax), PixelData=encapsulated([b"ab"]))))
    assert isinstance(found, UnsupportedSyntax)
    assert words in str(found)


async def test_without_a_transfer_syntax_a_file_is_still_named(read: ReadHeader, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture())
    path.write_bytes(path.read_bytes().replace(b"\x02\0\x10\0UI", b"\x02\0\x17\0UI"))
    found = await read(path)
    assert isinstance(found, BadHeader)
    assert "seems to be a CT image and does not say how it is written" in str(found)


@pytest.mark.parametrize("explicit", [True, False])
async def test_without_meta_information_a_file_is_still_named(explicit: bool) -> None:
    uid = f"{STORAGE}481.3\0".encode()
    head = b"UI" + struct.pack("<H", len(uid)) if explicit else struct.pack("<I", len(uid))
    found = sniff.refusal(b"\x08\0\x05\0CS\x0a\0ISO_IR 100\x08\0\x16\0" + head + uid)
    assert isinstance(found, NotDicom)
    assert "seems to be an RT structure set, but the start of the file" in str(found)


async def test_pictures_have_a_class_with_a_picture() -> None:
    for number in ("1", "1.1", "2", "2.1", "4", "4.1", "6.1", "7", "7.4", "12.1", "20", "30", "66.4", "128"):
        assert file_kinds.without_picture(STORAGE + number) is None
        assert file_kinds.kind(STORAGE + number) is not None


@pytest.mark.skipif(not DATA.exists(), reason=NO_DATA)
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("reportsi.dcm", "a structured report"),
        ("test-SR.dcm", "a structured report"),
        ("derived_encapsulated_pdf.dcm", "an encapsulated PDF"),
        ("gsps_PR000000.dcm", "a presentation state (GSPS)"),
        ("rtplan.dcm", "an RT plan"),
        ("rtstruct.dcm", "an RT structure set"),
        ("no_meta.dcm", "a CT image"),
        ("meta_missing_tsyntax.dcm", "no Transfer Syntax"),
    ],
)
async def test_real_files_without_a_picture_are_named(pool: DecodePool, file: str, words: str) -> None:
    (found,) = await pool.headers([DATA / "singles" / file])
    assert isinstance(found, FileRefused)
    assert words in str(found)
