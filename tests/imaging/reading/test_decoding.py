"""Stored values are what PS3.5 says, whatever they were written with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from readingroom.errors import DecodeFailed, FileRefused
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.reading.transfer_syntaxes import decodable, transfer_syntax
from readingroom.imaging.stored import mask_in_place, padding_value
from tests.imaging.dicoms import DATA, NO_DATA, encapsulated, numbers, picture, run_lengths, write

pytestmark = pytest.mark.asyncio(loop_scope="session")

Array = npt.NDArray[Any]


async def decoded(pool: DecodePool, path: Path) -> tuple[FileHeader, Array]:
    """Header and all frames, by way of a decode process."""
    (header,) = await pool.headers([path])
    assert isinstance(header, FileHeader), header
    frames = np.zeros((len(header.frames), header.rows, header.columns), header.dtype)
    results = await pool.decode(path, range(len(frames)), list(frames))
    assert results == [None] * len(frames), results
    return header, frames


def lying(header: FileHeader, path: Path) -> Array:
    """The same by the offsets of the header, as the ingest copies uncompressed files."""
    frames = []
    for frame in header.frames:
        assert frame.offset is not None
        words = np.fromfile(path, header.dtype, header.rows * header.columns, offset=frame.offset)
        mask_in_place(words, header.bits_stored)
        frames.append(words.reshape(header.rows, header.columns))
    return np.stack(frames)


async def test_plain_words_are_the_same_copied_and_decoded(pool: DecodePool, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(3))
    header, frames = await decoded(pool, path)
    assert (header.dtype, header.bits_stored) == ("uint16", 12)
    assert np.array_equal(frames[0], numbers(3))
    assert np.array_equal(lying(header, path), frames)


async def test_bits_above_bits_stored_are_no_picture(pool: DecodePool, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(pixels=numbers() | 0xF000))
    header, frames = await decoded(pool, path)
    assert np.array_equal(frames[0], numbers())
    assert np.array_equal(lying(header, path), frames)


async def test_the_sign_is_the_highest_stored_bit(pool: DecodePool, tmp_path: Path) -> None:
    words = np.array([[0x7FF, 0x800], [0xFFF, 0x000]], np.uint16)
    path = write(tmp_path / "a", picture(pixels=words, PixelRepresentation=1))
    header, frames = await decoded(pool, path)
    assert header.dtype == "int16"
    assert frames[0].tolist() == [[2047, -2048], [-1, 0]]
    assert np.array_equal(lying(header, path), frames)


async def test_a_high_bit_that_is_not_the_last_is_shifted_down(pool: DecodePool, tmp_path: Path) -> None:
    path = write(tmp_path / "a", picture(pixels=numbers() << 4, HighBit=15))
    header, frames = await decoded(pool, path)
    assert header.frames[0].offset is None
    assert np.array_equal(frames[0], numbers())


async def test_run_lengths_decode_to_the_same_values(pool: DecodePool, tmp_path: Path) -> None:
    data = encapsulated([run_lengths(numbers(i)) for i in range(3)])
    path = write(tmp_path / "a", picture(syntax=RLELossless, PixelData=data, NumberOfFrames=3))
    _, frames = await decoded(pool, path)
    assert np.array_equal(frames, np.stack([numbers(i) for i in range(3)]))


async def test_one_damaged_frame_costs_that_frame(pool: DecodePool, tmp_path: Path) -> None:
    pieces = [run_lengths(numbers(i)) for i in range(3)]
    pieces[1] = pieces[1][:70] + b"\0" * 2
    ds = picture(syntax=RLELossless, PixelData=encapsulated(pieces), NumberOfFrames=3)
    path = write(tmp_path / "a", ds)
    targets = [np.zeros_like(numbers()) for _ in range(3)]
    results = await pool.decode(path, range(3), targets)
    assert [isinstance(result, FileRefused) for result in results] == [False, True, False]
    assert isinstance(results[1], DecodeFailed)
    assert np.array_equal(targets[2], numbers(2))


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
async def test_other_ways_to_write_plain_words(pool: DecodePool, tmp_path: Path, syntax: str) -> None:
    _, frames = await decoded(pool, write(tmp_path / "a", picture(1, syntax=syntax)))
    assert np.array_equal(frames[0], numbers(1))


async def test_single_bits_are_unpacked_across_frames(pool: DecodePool, tmp_path: Path) -> None:
    bits = np.arange(2 * 3 * 5).reshape(2, 3, 5) % 3 == 0
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    form = {"Rows": 3, "Columns": 5, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 2}
    _, frames = await decoded(pool, write(tmp_path / "a", picture(PixelData=packed, **form)))
    assert np.array_equal(frames, bits.astype(np.uint8))


async def test_signed_bytes_are_kept_in_words(pool: DecodePool, tmp_path: Path) -> None:
    data = np.array([[-1, -128], [127, 0]], np.int8)
    form = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 1}
    header, frames = await decoded(pool, write(tmp_path / "a", picture(pixels=data, **form)))
    assert header.dtype == "int16"
    assert frames[0].tolist() == data.tolist()


async def test_32_bit_words_of_16_stored_bits_are_kept_in_16(pool: DecodePool, tmp_path: Path) -> None:
    words = np.array([[1, 65535]], np.uint32)
    form = {"BitsAllocated": 32, "BitsStored": 16, "HighBit": 15}
    header, frames = await decoded(pool, write(tmp_path / "a", picture(pixels=words, **form)))
    assert (header.dtype, frames[0].tolist()) == ("uint16", [[1, 65535]])


async def test_a_modality_lut_is_applied_and_padding_kept_apart(pool: DecodePool, tmp_path: Path) -> None:
    item = Dataset()
    item.LUTDescriptor, item.ModalityLUTType = [4, 10, 12], "US"
    item.LUTData = [0, 100, 300, 900]
    item["LUTDescriptor"].VR = item["LUTData"].VR = "US"
    words = np.array([[9, 10, 11], [12, 13, 14]], np.uint16)
    changes: dict[str, Any] = {
        "ModalityLUTSequence": Sequence([item]),
        "RescaleSlope": None,
        "RescaleIntercept": None,
    }
    path = write(tmp_path / "a", picture(pixels=words, PixelPaddingValue=11, **changes))
    header, frames = await decoded(pool, path)
    assert header.padding is not None
    pad = header.padding[0]
    assert frames[0].tolist() == [[0, 0, pad], [300, 900, 900]]
    assert pad not in (0, 100, 300, 900)
    assert header.frames[0].rescale.slope == 1.0


async def test_padding_written_with_the_wrong_sign_is_the_same_number(
    pool: DecodePool, tmp_path: Path
) -> None:
    form = {"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15}
    ds = picture(pixels=np.full((2, 2), 63536, np.uint16), **form)
    ds.add_new("PixelPaddingValue", "US", 63536)
    header, frames = await decoded(pool, write(tmp_path / "a", ds))
    assert header.padding == (-2000, -2000)
    assert frames[0].min() == -2000


@pytest.mark.parametrize(
    ("said", "stored", "signed", "padding"),
    [
        (63536, 12, 0, None),  # masked it would be 2096, which is picture
        (0x8000, 12, 1, None),  # masked it would be 0
        (-2000, 12, 1, -2000),
        (0x0830, 12, 1, -2000),  # the same, its sign in the highest stored bit only
        (4095, 12, 0, 4095),
        (63536, 16, 0, 63536),
        (63536, 16, 1, -2000),
        (65537, 16, 0, None),
    ],
)
async def test_padding_is_a_value_that_can_be_stored_or_none(
    said: int, stored: int, signed: int, padding: int | None
) -> None:  # PS3.3 C.7.5.1.1.2
    assert padding_value(said, stored, bool(signed)) == padding


async def test_padding_above_the_stored_bits_blackens_nothing(pool: DecodePool, tmp_path: Path) -> None:
    words = np.array([[63536, 2096]], np.uint16)
    header, frames = await decoded(
        pool, write(tmp_path / "a", picture(pixels=words, PixelPaddingValue=63536))
    )
    assert header.padding is None
    assert frames[0].tolist() == [[2096, 2096]]


@pytest.mark.parametrize(
    ("said", "aspect"),
    [
        ({"PixelAspectRatio": ["1", "4"]}, (1, 4)),
        ({"PixelAspectRatio": ["6", "3"]}, (2, 1)),
        ({"ImagerPixelSpacing": [0.2, 0.1], "PixelAspectRatio": ["1", "4"]}, (2, 1)),
        ({"NominalScannedPixelSpacing": [0.15, 0.1]}, (3, 2)),
        ({"PixelAspectRatio": ["1", "1"]}, None),
        ({"PixelAspectRatio": ["0", "4"]}, None),
        ({"PixelAspectRatio": ["4"]}, None),
        ({"PixelAspectRatio": ["1", "4000"]}, None),
    ],
)
async def test_the_shape_of_a_pixel_is_known_without_spacing(
    pool: DecodePool, tmp_path: Path, said: dict[str, Any], aspect: tuple[int, int] | None
) -> None:  # PS3.3 C.7.6.3.1.7
    header, _ = await decoded(pool, write(tmp_path / "a", picture(PixelSpacing=None, **said)))
    assert header.pixel_aspect == aspect


async def test_functional_groups_speak_for_each_frame(pool: DecodePool, tmp_path: Path) -> None:
    def groups(index: int) -> Dataset:
        place, values, window, own = Dataset(), Dataset(), Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, 5.0 * index]
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = 1 + index, 0, "HU"
        window.WindowCenter, window.WindowWidth = 10 * (index + 1), 100
        own.PlanePositionSequence = Sequence([place])
        own.PixelValueTransformationSequence = Sequence([values])
        own.FrameVOILUTSequence = Sequence([window])
        return own

    shared, plane, measures = Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing = [0.25, 0.5]
    shared.PlaneOrientationSequence = Sequence([plane])
    shared.PixelMeasuresSequence = Sequence([measures])
    ds = picture(
        NumberOfFrames=3,
        PixelData=np.stack([numbers(i) for i in range(3)]).tobytes(),
        SharedFunctionalGroupsSequence=Sequence([shared]),
        PerFrameFunctionalGroupsSequence=Sequence([groups(i) for i in range(3)]),
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        PixelSpacing=None,
    )
    path = write(tmp_path / "a", ds)
    header, frames = await decoded(pool, path)
    assert [frame.position_mm for frame in header.frames] == [(0, 0, 0), (0, 0, 5), (0, 0, 10)]
    assert [frame.rescale.slope for frame in header.frames] == [1, 2, 3]
    assert [frame.windows[0].window.center for frame in header.frames] == [10, 20, 30]
    assert {frame.spacing_mm for frame in header.frames} == {(0.25, 0.5)}
    assert np.array_equal(lying(header, path), frames)


async def test_every_syntax_we_show_has_one_codec_and_a_name() -> None:
    assert len(decodable()) == 18
    assert all(transfer_syntax(one.uid) is one and one.name for one in decodable())
    assert transfer_syntax("1.2.3").codec is None


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
@pytest.mark.parametrize(
    ("compressed", "plain"),
    [
        ("CT1_J2KR.dcm", "CT1_UNC.dcm"),
        ("CT1_JLSL.dcm", "CT1_UNC.dcm"),
        ("CT1_JPLL.dcm", "CT1_UNC.dcm"),
        ("CT1_RLE.dcm", "CT1_UNC.dcm"),
        ("emri_small_RLE.dcm", "emri_small.dcm"),
        ("emri_small_big_endian.dcm", "emri_small.dcm"),
        ("emri_small_jpeg_ls_lossless.dcm", "emri_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("liver_rle.dcm", "liver.dcm"),
        ("rtdose_rle.dcm", "rtdose.dcm"),
        ("RG3_J2KR.dcm", "RG3_JPLL.dcm"),
        ("XA1_JLSL.dcm", "XA1_JPLL.dcm"),
    ],
)
async def test_lossless_copies_of_one_picture_are_equal(
    pool: DecodePool, compressed: str, plain: str
) -> None:
    _, ours = await decoded(pool, DATA / "singles" / compressed)
    _, theirs = await decoded(pool, DATA / "singles" / plain)
    assert np.array_equal(ours, theirs)
