"""Grays of every depth come back from every compression, and numbers of 32 and 64 bits from plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from readingroom.errors import BadHeader, UnsupportedPicture
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from tests.imaging.dicoms import encapsulated, picture, write
from tests.imaging.reading.color_dicoms import (
    decoded_colors,
    gray_form,
    jpeg,
    jpeg_2000,
    jpeg_lossless,
    jpeg_ls,
    run_lengths,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

Array = npt.NDArray[Any]

ROW, COLUMN = np.mgrid[:34, :40]
BYTES = (ROW * 5 + COLUMN).astype(np.uint8)
WORDS = (ROW * 1900 + COLUMN * 3).astype(np.uint16)
SIGNED = (ROW * 1900 + COLUMN * 3 - 32768).astype(np.int16)
LONG = (ROW.astype(np.uint32) << 26) + COLUMN.astype(np.uint32)


async def gray(pool: DecodePool, path: Path) -> tuple[FileHeader, Array]:
    header, frames = await decoded_colors(pool, path)
    assert len(frames) == 1
    first: Array = frames[0]
    return header, first


@pytest.mark.parametrize("samples", [BYTES, WORDS], ids=["8", "16"])
@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (RLELossless, lambda samples: run_lengths(samples[..., None])),
        (JPEGLossless, lambda samples: jpeg_lossless(samples, JPEGLossless)),
        (JPEGLosslessSV1, lambda samples: jpeg_lossless(samples, JPEGLosslessSV1)),
        (JPEGLSLossless, jpeg_ls),
        (JPEG2000Lossless, jpeg_2000),
        (JPEG2000, jpeg_2000),
    ],
)
async def test_gray_without_loss_comes_out_as_it_was(
    pool: DecodePool, tmp_path: Path, samples: Array, syntax: UID, encode: Any
) -> None:
    data = encapsulated([encode(samples)])
    ds = picture(pixels=samples, syntax=syntax, PixelData=data, **gray_form(samples))
    header, found = await gray(pool, write(tmp_path / "a", ds))
    assert header.dtype == samples.dtype
    assert np.array_equal(found, samples)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEGBaseline8Bit, jpeg),
        (JPEGExtended12Bit, jpeg),
        (UID("1.2.840.10008.1.2.4.55"), lambda samples: jpeg(samples, progressive=True)),
        (JPEGLSNearLossless, lambda samples: jpeg_ls(samples, lossy_error=2)),
    ],
)
async def test_gray_with_loss_comes_out_nearly_as_it_was(
    pool: DecodePool, tmp_path: Path, syntax: UID, encode: Any
) -> None:
    data = encapsulated([encode(BYTES)])
    ds = picture(pixels=BYTES, syntax=syntax, PixelData=data, **gray_form(BYTES))
    header, found = await gray(pool, write(tmp_path / "a", ds))
    assert header.lossy
    assert np.abs(found.astype(int) - BYTES).max() <= 2


@pytest.mark.parametrize(
    ("syntax", "encode", "signed"),
    [
        (JPEGLSNearLossless, lambda samples: jpeg_ls(samples, lossy_error=5), False),
        (JPEG2000, lambda samples: jpeg_2000(samples, ratio=4), False),
        (JPEG2000, lambda samples: jpeg_2000(samples, ratio=4), True),
    ],
)
async def test_lossy_values_beyond_the_stored_bits_do_not_turn_around(
    pool: DecodePool, tmp_path: Path, syntax: UID, encode: Any, signed: bool
) -> None:
    """Some encoders let the codestream have all bits allocated: its white may be whiter than white."""
    pieces = np.kron(np.random.default_rng(7).integers(0, 2, (16, 16)), np.ones((4, 4)))
    noise = np.random.default_rng(8).integers(0, 64, pieces.shape)
    bright = np.where(pieces, 4095 - noise, 512 + noise).astype(np.int16)
    samples = bright - 2048 if signed else bright.astype(np.uint16)
    form = gray_form(samples) | {"BitsStored": 12, "HighBit": 11, "PixelRepresentation": int(signed)}
    data = encapsulated([encode(samples)])
    ds = picture(pixels=samples, syntax=syntax, PixelData=data, **form)
    _, found = await gray(pool, write(tmp_path / "a", ds))
    off = np.abs(found.astype(int) - samples)
    assert 0 < off.max() < 1000


async def test_a_jpeg_of_bits_no_jpeg_has_is_refused(pool: DecodePool, tmp_path: Path) -> None:
    stream = jpeg(BYTES).replace(b"\xff\xc0\x00\x0b\x08", b"\xff\xc1\x00\x0b\x10")
    form = gray_form(WORDS)
    ds = picture(pixels=WORDS, syntax=JPEGExtended12Bit, PixelData=encapsulated([stream]), **form)
    (refused,) = await pool.headers([write(tmp_path / "a", ds)])
    assert isinstance(refused, BadHeader)
    assert "16 bits" in str(refused)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (RLELossless, lambda words: run_lengths(words[..., None])),
        (JPEGLosslessSV1, lambda words: jpeg_lossless(words, JPEGLosslessSV1)),
        (JPEGLSLossless, jpeg_ls),
        (JPEG2000Lossless, lambda words: jpeg_2000(words.view(np.int16))),
        (JPEG2000Lossless, jpeg_2000),  # the codestream calls them unsigned
    ],
)
async def test_signed_gray_keeps_its_sign(pool: DecodePool, tmp_path: Path, syntax: UID, encode: Any) -> None:
    data = encapsulated([encode(SIGNED.view(np.uint16))])
    form = gray_form(SIGNED) | {"PixelRepresentation": 1}
    ds = picture(pixels=SIGNED, syntax=syntax, PixelData=data, **form)
    header, found = await gray(pool, write(tmp_path / "a", ds))
    assert header.dtype == "int16"
    assert np.array_equal(found, SIGNED)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
@pytest.mark.parametrize("signed", [False, True])
async def test_numbers_of_32_bits(pool: DecodePool, tmp_path: Path, syntax: UID, signed: bool) -> None:
    data = LONG.tobytes()
    if syntax == RLELossless:
        data = encapsulated([run_lengths(LONG[..., None])])
    form = gray_form(LONG) | {"PixelRepresentation": int(signed)}
    ds = picture(pixels=LONG, syntax=syntax, PixelData=data, **form)
    header, found = await gray(pool, write(tmp_path / "a", ds))
    assert header.dtype == ("int32" if signed else "uint32")
    assert np.array_equal(found, LONG.view(np.int32) if signed else LONG)


async def test_numbers_of_32_bits_in_big_endian_words_are_refused(pool: DecodePool, tmp_path: Path) -> None:
    ds = picture(pixels=LONG, syntax=ExplicitVRBigEndian, **gray_form(LONG))
    (refused,) = await pool.headers([write(tmp_path / "a", ds)])
    assert isinstance(refused, UnsupportedPicture)
    assert "two ways" in str(refused)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [32, 64])
async def test_floating_point_numbers(pool: DecodePool, tmp_path: Path, order: str, bits: int) -> None:
    values = (ROW * 0.25 - COLUMN * 1e6).astype(f"{order}f{bits // 8}")
    values[0, 0], values[0, 1] = np.nan, -np.inf
    syntax = ExplicitVRLittleEndian if order == "<" else ExplicitVRBigEndian
    ds = picture(pixels=WORDS, syntax=syntax, BitsAllocated=bits, BitsStored=None, HighBit=None)
    del ds.PixelData
    ds.add_new(0x7FE00008 if bits == 32 else 0x7FE00009, "OF" if bits == 32 else "OD", values.tobytes())
    header, found = await gray(pool, write(tmp_path / "a", ds))
    assert header.dtype == "float32"
    assert np.array_equal(found, values.astype("<f4"), equal_nan=True)


async def test_floating_point_colors_are_refused(pool: DecodePool, tmp_path: Path) -> None:
    ds = picture(BitsAllocated=32, PhotometricInterpretation="RGB", SamplesPerPixel=3)
    del ds.PixelData
    ds.add_new(0x7FE00008, "OF", np.zeros(6 * 8 * 3, "<f4").tobytes())
    (header,) = await pool.headers([write(tmp_path / "a", ds)])
    assert isinstance(header, BadHeader)
    assert "claim to be colors" in str(header)
