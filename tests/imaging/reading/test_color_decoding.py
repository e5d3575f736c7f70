"""Color is RGB in 8 bits, whatever a file wrote it with; what contradicts itself is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from readingroom.errors import BadHeader, DecodeFailed, FileRefused, Truncated, UnsupportedPicture
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.values import Rescale
from tests.imaging.dicoms import DATA, NO_DATA, encapsulated, picture, write
from tests.imaging.reading.color_dicoms import (
    color_picture,
    colors,
    decoded_colors,
    jpeg,
    jpeg_2000,
    jpeg_lossless,
    jpeg_ls,
    palette_picture,
    run_lengths,
    without_markers,
    ybr_full,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

Array = npt.NDArray[Any]

RGB = colors()
PLANES = RGB.transpose(2, 0, 1).tobytes()
GRAY = RGB[..., 0].copy()


def compressed(syntax: UID, *streams: bytes, **changes: Any) -> dict[str, Any]:
    frames = {"NumberOfFrames": len(streams)} if len(streams) > 1 else {}
    return {"syntax": syntax, "data": encapsulated(list(streams)), **frames, **changes}


async def shown(pool: DecodePool, tmp_path: Path, pixels: Array = RGB, **changes: Any) -> Array:
    """The first frame of a color file."""
    data = changes.pop("data", None)
    _, frames = await decoded_colors(pool, write(tmp_path / "a", color_picture(pixels, data, **changes)))
    first: Array = frames[0]
    return first


async def refused(pool: DecodePool, tmp_path: Path, pixels: Array = RGB, **changes: Any) -> FileRefused:
    """Why the header of a color file is not taken, or its frame when the header is."""
    data = changes.pop("data", None)
    path = write(tmp_path / "a", color_picture(pixels, data, **changes))
    (header,) = await pool.headers([path])
    if isinstance(header, FileRefused):
        return header
    target = np.zeros((header.rows, header.columns, header.samples), header.dtype)
    (reason,) = await pool.decode(path, [0], [target if header.samples == 3 else target[..., 0].copy()])
    assert reason is not None
    assert not target.any()
    return reason


async def test_the_header_of_a_color_picture_speaks_of_rgb_in_8_bits(
    pool: DecodePool, tmp_path: Path
) -> None:
    said = {"RescaleSlope": 2, "RescaleIntercept": -5, "WindowCenter": 40, "WindowWidth": 80}
    path = write(
        tmp_path / "a", color_picture(RGB, PixelPaddingValue=0, PresentationLUTShape="INVERSE", **said)
    )
    header, frames = await decoded_colors(pool, path)
    assert (header.samples, header.dtype, header.bits_stored, header.photometric) == (3, "uint8", 8, "RGB")
    assert (header.padding, header.modality_lut, header.palette, header.inverted) == (None, None, None, False)
    assert (header.frames[0].rescale, header.frames[0].windows) == (Rescale(), ())
    assert np.array_equal(frames[0], RGB)


async def test_plain_rgb_lies_in_the_file_as_it_is_kept(pool: DecodePool, tmp_path: Path) -> None:
    two = np.stack([RGB, 255 - RGB])
    path = write(tmp_path / "a", color_picture(RGB, two.tobytes(), NumberOfFrames=2))
    header, frames = await decoded_colors(pool, path)
    assert np.array_equal(frames, two)
    for frame, pixels in zip(header.frames, two, strict=True):
        assert frame.offset is not None
        assert path.read_bytes()[frame.offset :][: pixels.size] == pixels.tobytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"syntax": ImplicitVRLittleEndian},
        {"syntax": ExplicitVRBigEndian},
        {"syntax": DeflatedExplicitVRLittleEndian},
        {"PlanarConfiguration": 1, "data": PLANES},
        {"PlanarConfiguration": None},
        compressed(RLELossless, run_lengths(RGB)),
        compressed(RLELossless, run_lengths(RGB), PlanarConfiguration=1),
        compressed(JPEGLossless, jpeg_lossless(RGB, JPEGLossless)),
        compressed(JPEGLosslessSV1, jpeg_lossless(RGB, JPEGLosslessSV1), PlanarConfiguration=1),
        compressed(JPEGLSLossless, jpeg_ls(RGB, interleave=1)),
        compressed(JPEGLSLossless, jpeg_ls(RGB, interleave=2)),
        compressed(JPEG2000Lossless, jpeg_2000(RGB), PhotometricInterpretation="YBR_RCT"),
        compressed(JPEG2000Lossless, jpeg_2000(RGB)),  # transformed, and the header does not say so
        compressed(JPEG2000, jpeg_2000(RGB, transform=False)),
    ],
    ids=lambda changes: f"{changes.get('syntax', '').split('.')[-1] or 'plain'}",
)
async def test_rgb_without_loss_comes_out_as_it_was(
    pool: DecodePool, tmp_path: Path, changes: dict[str, Any]
) -> None:
    if changes.get("syntax") == ExplicitVRBigEndian:  # bytes in words of two
        changes = changes | {"data": np.frombuffer(RGB.tobytes(), "<u2").astype(">u2").tobytes()}
    assert np.array_equal(await shown(pool, tmp_path, **changes), RGB)


@pytest.mark.parametrize(
    "changes",
    [
        compressed(JPEGBaseline8Bit, jpeg(RGB), PhotometricInterpretation="YBR_FULL"),
        compressed(JPEGBaseline8Bit, jpeg(RGB), PhotometricInterpretation="YBR_FULL_422"),
        compressed(JPEGBaseline8Bit, jpeg(RGB)),  # JFIF is always YBR, whatever the header says
        compressed(JPEGBaseline8Bit, jpeg(RGB, space="RGB")),
        compressed(JPEGBaseline8Bit, jpeg(RGB, space="RGB"), PhotometricInterpretation="YBR_FULL_422"),
        compressed(JPEGBaseline8Bit, without_markers(jpeg(RGB, space="RGB"))),
        compressed(JPEGBaseline8Bit, without_markers(jpeg(RGB)), PhotometricInterpretation="YBR_FULL"),
        compressed(JPEGExtended12Bit, jpeg(RGB), PhotometricInterpretation="YBR_FULL_422"),
        compressed(JPEGExtended12Bit, jpeg(RGB, space="RGB")),
        compressed(JPEGLSNearLossless, jpeg_ls(RGB, lossy_error=2)),
    ],
)
async def test_rgb_with_loss_comes_out_nearly_as_it_was(
    pool: DecodePool, tmp_path: Path, changes: dict[str, Any]
) -> None:
    found = await shown(pool, tmp_path, **changes)
    assert np.abs(found.astype(int) - RGB).max() <= 3


async def test_a_jpeg_with_halved_colors_is_ybr(pool: DecodePool, tmp_path: Path) -> None:
    flat = np.full((16, 32, 3), (200, 100, 30), np.uint8)
    stream = without_markers(jpeg(flat, subsampling=1))
    found = await shown(pool, tmp_path, flat, **compressed(JPEGBaseline8Bit, stream))
    assert np.abs(found.astype(int) - flat).max() <= 3


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"PlanarConfiguration": 1},
        compressed(RLELossless, run_lengths(ybr_full(RGB))),
        compressed(JPEGLSLossless, jpeg_ls(ybr_full(RGB))),
        compressed(JPEGLosslessSV1, jpeg_lossless(ybr_full(RGB), JPEGLosslessSV1, "YBR_FULL")),
        compressed(JPEG2000Lossless, jpeg_2000(ybr_full(RGB), transform=False)),
    ],
)
async def test_ybr_full_becomes_rgb(pool: DecodePool, tmp_path: Path, changes: dict[str, Any]) -> None:
    ybr = ybr_full(RGB)
    if changes.get("PlanarConfiguration") == 1:
        changes = changes | {"data": ybr.transpose(2, 0, 1).tobytes()}
    found = await shown(pool, tmp_path, ybr, PhotometricInterpretation="YBR_FULL", **changes)
    assert np.abs(found.astype(int) - RGB).max() <= 2


def pairs(ybr: Array) -> bytes:
    """Uncompressed 4:2:2: the colors of every first pixel."""
    halves = [ybr[:, ::2, 0], ybr[:, 1::2, 0], ybr[:, ::2, 1], ybr[:, ::2, 2]]
    return np.stack(halves, axis=-1).tobytes()


async def test_halved_colors_in_plain_words(pool: DecodePool, tmp_path: Path) -> None:
    twice = np.repeat(colors(6, 4), 2, axis=1)
    two = pairs(ybr_full(twice)) + pairs(ybr_full(255 - twice))
    changes = {"PhotometricInterpretation": "YBR_FULL_422", "NumberOfFrames": 2}
    header, frames = await decoded_colors(pool, write(tmp_path / "a", color_picture(twice, two, **changes)))
    assert header.frames[0].offset is None
    assert np.abs(frames.astype(int) - np.stack([twice, 255 - twice])).max() <= 2


async def test_partial_range_in_plain_words(pool: DecodePool, tmp_path: Path) -> None:
    luma = np.array([[16, 235], [126, 126]], np.uint8)
    ybr = np.stack([luma, np.full_like(luma, 128), np.full_like(luma, 128)], axis=-1)
    found = await shown(pool, tmp_path, ybr, data=pairs(ybr), PhotometricInterpretation="YBR_PARTIAL_422")
    assert found[..., 1].tolist() == [[0, 255], [128, 128]]


@pytest.mark.parametrize("stored", [16, 12, 10])
@pytest.mark.parametrize("way", ["plain", "rle", "j2k"])
async def test_deep_colors_are_cut_to_their_highest_8_bits(
    pool: DecodePool, tmp_path: Path, stored: int, way: str
) -> None:
    deep = RGB.astype(np.uint16) << (stored - 8)
    changes: dict[str, Any] = {"BitsStored": stored, "HighBit": stored - 1}
    if way == "rle":
        changes |= compressed(RLELossless, run_lengths(deep))
    if way == "j2k":
        from openjpeg.utils import encode_array

        stream = encode_array(deep, bits_stored=stored, photometric_interpretation=1, use_mct=True)
        changes |= compressed(JPEG2000Lossless, stream, PhotometricInterpretation="YBR_RCT")
    assert np.array_equal(await shown(pool, tmp_path, deep, **changes), RGB)


async def test_odd_rows_of_odd_pictures(pool: DecodePool, tmp_path: Path) -> None:
    odd = colors(3, 3)
    assert np.array_equal(await shown(pool, tmp_path, odd), odd)
    swapped = np.frombuffer(odd.tobytes() + b"\0", "<u2").astype(">u2").tobytes()
    assert np.array_equal(await shown(pool, tmp_path, odd, syntax=ExplicitVRBigEndian, data=swapped), odd)


async def test_a_gray_jpeg_under_the_name_of_a_color_is_gray(pool: DecodePool, tmp_path: Path) -> None:
    form = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PhotometricInterpretation": "YBR_FULL_422"}
    data = encapsulated([jpeg(GRAY)])
    path = write(tmp_path / "a", picture(pixels=GRAY, syntax=JPEGBaseline8Bit, PixelData=data, **form))
    header, frames = await decoded_colors(pool, path)
    assert (header.samples, header.photometric) == (1, "MONOCHROME2")
    assert np.abs(frames[0].astype(int) - GRAY).max() <= 3


@pytest.mark.parametrize("photometric", ["HSV", "ARGB", "CMYK", "YBR_PARTIAL_420"])
async def test_other_colors_are_refused_by_name(pool: DecodePool, tmp_path: Path, photometric: str) -> None:
    reason = await refused(pool, tmp_path, PhotometricInterpretation=photometric)
    assert isinstance(reason, UnsupportedPicture)
    assert photometric in str(reason)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"SamplesPerPixel": 1}, BadHeader, "1 samples a pixel instead of 3"),
        ({"SamplesPerPixel": 2}, BadHeader, "2 samples a pixel"),
        ({"SamplesPerPixel": 4}, BadHeader, "4 samples a pixel"),
        ({"PhotometricInterpretation": "MONOCHROME2"}, BadHeader, "3 samples a pixel instead of 1"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, BadHeader, "3 samples a pixel instead of 1"),
        ({"PhotometricInterpretation": "PURPLE"}, BadHeader, "missing or unknown"),
        ({"PhotometricInterpretation": None}, BadHeader, "missing or unknown"),
        ({"PhotometricInterpretation": "YBR_RCT"}, UnsupportedPicture, "YBR_RCT in Explicit"),
        ({"PlanarConfiguration": 2}, BadHeader, "Planar Configuration"),
        ({"PixelRepresentation": 1}, UnsupportedPicture, "signed"),
        ({"data": RGB.tobytes()[:-3]}, BadHeader, "declares"),
        ({"PhotometricInterpretation": "YBR_FULL_422"}, BadHeader, "its length that they do not"),
        (
            {"PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 1},
            BadHeader,
            "plane by plane",
        ),
        (
            {"PhotometricInterpretation": "YBR_FULL", "BitsStored": 7, "HighBit": 6},
            UnsupportedPicture,
            "7 bits",
        ),
        (compressed(JPEGBaseline8Bit, jpeg(GRAY)), BadHeader, "its picture 1"),
        (compressed(JPEG2000Lossless, jpeg_2000(RGB), BitsStored=7, HighBit=6), BadHeader, "its picture 8"),
        (
            compressed(JPEG2000Lossless, jpeg_2000(RGB), PhotometricInterpretation="YBR_FULL"),
            BadHeader,
            "transformed like one of RGB",
        ),
        (
            compressed(JPEG2000, jpeg_2000(RGB, transform=False), PhotometricInterpretation="YBR_ICT"),
            BadHeader,
            "not transformed that way",
        ),
        (
            compressed(JPEGBaseline8Bit, jpeg(RGB), PhotometricInterpretation="YBR_ICT"),
            UnsupportedPicture,
            "YBR_ICT in JPEG Baseline",
        ),
        (compressed(RLELossless, run_lengths(RGB)[:-900]), DecodeFailed, "damaged"),
        (compressed(RLELossless, run_lengths(RGB[..., :2])), DecodeFailed, "damaged"),
        (compressed(JPEGLSLossless, jpeg_ls(RGB)[:80]), Truncated, "stop early"),
    ],
)
async def test_color_that_contradicts_itself_is_refused(
    pool: DecodePool, tmp_path: Path, changes: dict[str, Any], kind: type[FileRefused], words: str
) -> None:
    reason = await refused(pool, tmp_path, **changes)
    assert type(reason) is kind
    assert words in str(reason)


async def test_pairs_need_an_even_number_of_columns(pool: DecodePool, tmp_path: Path) -> None:
    odd = colors(4, 5)
    data = odd.tobytes()[:40]
    reason = await refused(pool, tmp_path, odd, data=data, PhotometricInterpretation="YBR_FULL_422")
    assert isinstance(reason, BadHeader)
    assert "5 columns" in str(reason)


async def test_a_file_that_ends_inside_its_colors_is_truncated(pool: DecodePool, tmp_path: Path) -> None:
    path = write(tmp_path / "a", color_picture(RGB))
    path.write_bytes(path.read_bytes()[:-10])
    (header,) = await pool.headers([path])
    assert isinstance(header, Truncated)
    assert f"10 of {RGB.size} bytes" in str(header)


async def test_a_palette_in_a_lossy_jpeg_is_refused(pool: DecodePool, tmp_path: Path) -> None:
    ds = palette_picture(GRAY, [bytes(range(256))] * 3, [256, 0, 8], syntax=JPEGBaseline8Bit)
    ds.PixelData = encapsulated([jpeg(GRAY)])
    (header,) = await pool.headers([write(tmp_path / "a", ds)])
    assert isinstance(header, UnsupportedPicture)
    assert "JPEG Baseline" in str(header)


async def test_one_damaged_frame_of_color_costs_that_frame(pool: DecodePool, tmp_path: Path) -> None:
    streams = [run_lengths(RGB), run_lengths(RGB)[:70] + b"\0" * 2, run_lengths(255 - RGB)]
    changes = compressed(RLELossless, *streams)
    data = changes.pop("data")
    path = write(tmp_path / "a", color_picture(RGB, data, **changes))
    targets = [np.zeros_like(RGB) for _ in range(3)]
    results = await pool.decode(path, range(3), targets)
    assert [isinstance(result, FileRefused) for result in results] == [False, True, False]
    assert np.array_equal(targets[2], 255 - RGB)


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
async def test_color_singles_agree_with_their_copies(pool: DecodePool) -> None:
    async def single(name: str) -> tuple[FileHeader, Array]:
        return await decoded_colors(pool, DATA / "singles" / name)

    _, by_pixel = await single("color-px.dcm")
    _, by_plane = await single("color-pl.dcm")
    assert np.array_equal(by_pixel, by_plane)
    _, plain = await single("US1_UNCR.dcm")
    _, run = await single("US1_RLE.dcm")
    assert np.array_equal(plain, run)
    header, lossless = await single("HTJ2KLossless_08_RGB.dcm")
    _, lossy = await single("HTJ2K_08_RGB.dcm")
    assert header.samples == 3
    assert np.abs(lossless.astype(int) - lossy).max() <= 5
    assert lossless.std() > 10
