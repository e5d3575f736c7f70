"""Values tiles lose nothing; their bytes are as the wire says."""

from __future__ import annotations

import base64
import gzip
import struct

import brotli
import numpy as np
import pytest
import simplejpeg
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from readingroom.imaging import encode
from readingroom.values import Plane, Rescale, TileAddress
from tests.imaging import make_fixtures
from tests.imaging.arrange import untimed

AT = TileAddress(0, Plane.ACQUISITION, 17, 2, 3, 4)
PLAIN = encode.TileMeaning(Rescale(), None, False)


def decode(body: bytes) -> np.ndarray:
    """What the page does, in plain numpy: undo the zig-zag, then sum up along both axes, modulo 2^bits."""
    kind, width, height = body[4], *struct.unpack_from("<II", body, 8)
    if kind == 3:
        floats = np.frombuffer(body, np.uint8, offset=64).reshape(4, height, width)
        return np.ascontiguousarray(np.moveaxis(floats, 0, -1)).view(">f4")[:, :, 0].astype(np.float32)
    if kind == 4:
        size = height * width
        return np.stack([_gray(body[64 + size * i :][:size], 0, width, height) for i in range(3)], axis=2)
    return _gray(body[64:], kind, width, height)


def _gray(body: bytes, kind: int, width: int, height: int) -> np.ndarray:
    dtype = np.dtype(["uint8", "uint16", "int16"][kind])
    planes = np.frombuffer(body, np.uint8).reshape(dtype.itemsize, height, width).astype(np.int64)
    z = planes[0] if dtype.itemsize == 1 else planes[0] << 8 | planes[1]
    residual = (z >> 1) ^ -(z & 1)
    values = np.cumsum(np.cumsum(residual, axis=0), axis=1)
    return (values & ((1 << (8 * dtype.itemsize)) - 1)).astype(f"uint{8 * dtype.itemsize}").view(dtype)


@untimed
@given(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.sampled_from(["uint8", "uint16", "int16"]),
    st.sampled_from([1, 50, None]),
    st.integers(0, 2**32 - 1),
)
def test_a_values_tile_gives_back_every_value(shape, dtype, spread, seed):
    limits = np.iinfo(dtype)
    top = limits.max if spread is None else spread
    low = limits.min if spread is None else 0
    stored = np.random.default_rng(seed).integers(low, top, shape, dtype, endpoint=True)
    for pixels in (stored, stored[::-1], stored.T):
        assert np.array_equal(decode(encode.values_tile(pixels, PLAIN, AT)), pixels)


@untimed
@given(st.tuples(st.integers(1, 20), st.integers(1, 20)), st.integers(0, 2**32 - 1))
def test_a_values_tile_gives_back_every_color(shape, seed):
    colors = np.random.default_rng(seed).integers(0, 255, (*shape, 3), np.uint8, endpoint=True)
    for pixels in (colors, colors[::-1], colors.transpose(1, 0, 2)):
        assert np.array_equal(decode(encode.values_tile(pixels, PLAIN, AT)), pixels)


@untimed
@given(st.tuples(st.integers(1, 20), st.integers(1, 20)), st.integers(0, 2**32 - 1))
def test_a_values_tile_gives_back_every_float_bit_by_bit(shape, seed):
    bits = np.random.default_rng(seed).integers(0, 2**32 - 1, shape, np.uint32, endpoint=True)
    values = bits.view(np.float32)
    for pixels in (values, values[::-1], values.T):
        found = decode(encode.values_tile(pixels, PLAIN, AT))
        nan = np.isnan(pixels)  # of numbers that are none, the bits do not matter
        assert np.array_equal(found.view(np.uint32)[~nan], np.ascontiguousarray(pixels).view(np.uint32)[~nan])
        assert np.isnan(found[nan]).all()


def test_the_planes_of_floats_and_colors_are_worked_out_by_hand():
    floats = encode.values_tile(np.array([[1.0, -2.5]], np.float32), PLAIN, AT)
    assert floats[4] == 3
    assert floats[64:] == bytes([0x3F, 0xC0, 0x80, 0x20, 0, 0, 0, 0])  # 3F800000 and C0200000
    colors = encode.values_tile(np.array([[[1, 10, 255], [3, 9, 0]]], np.uint8), PLAIN, AT)
    assert colors[4] == 4
    assert colors[64:] == bytes([2, 4, 20, 1, 1, 2])  # 1, +2; 10, -1; -1, +1


def test_a_crop_of_a_read_only_slice_is_encoded_like_its_copy():
    volume = np.arange(3 * 6 * 8, dtype=np.int16).reshape(3, 6, 8)
    volume.flags.writeable = False
    crop = volume[1, 2:5, 3:7]
    assert encode.values_tile(crop, PLAIN, AT) == encode.values_tile(crop.copy(), PLAIN, AT)


def test_the_header_is_64_bytes_as_the_wire_says():
    meaning = encode.TileMeaning(Rescale(2.5, -1024.0), (-2000, -1999), True)
    body = encode.values_tile(np.array([[1, 2, 3], [4, 5, 6]], np.int16), meaning, AT)
    assert body[:4] == b"RRV1"
    assert (body[4], body[5]) == (2, 0b11)
    assert struct.unpack_from("<H", body, 6) == (2,)
    assert struct.unpack_from("<II", body, 8) == (3, 2)
    assert struct.unpack_from("<dd", body, 16) == (2.5, -1024.0)
    assert struct.unpack_from("<ii", body, 32) == (-2000, -1999)
    assert struct.unpack_from("<III", body, 40) == (3, 4, 17)
    assert body[52:64] == bytes(12)
    assert len(body) == 64 + 12


def test_the_residual_is_worked_out_by_hand():
    body = encode.values_tile(np.array([[10, 12], [9, 300]], np.uint16), PLAIN, AT)
    # residuals 10, 2, -1, 300 - (9 + 12 - 10) = 289; zig-zag 20, 4, 1, 578 = 0x0242
    assert body[64:] == bytes([0, 0, 0, 2, 20, 4, 1, 0x42])


@pytest.mark.parametrize(
    ("encoding", "undo"),
    [
        ("zstd", lambda body: zstandard.ZstdDecompressor().decompress(body)),
        ("br", brotli.decompress),
        ("gzip", gzip.decompress),
        ("identity", bytes),
    ],
)
def test_each_content_encoding_gives_back_the_body(encoding, undo):
    body = encode.values_tile(np.arange(4096, dtype=np.uint16).reshape(64, 64), PLAIN, AT)
    assert undo(encode.compress(body, encoding)) == body


def test_a_jpeg_is_gray_and_near_its_source():
    gray = np.tile(np.arange(64, dtype=np.uint8) * 3, (48, 1))
    decoded = simplejpeg.decode_jpeg(encode.jpeg(gray, 90), colorspace="GRAY")[:, :, 0]
    assert decoded.shape == gray.shape
    assert np.abs(decoded.astype(int) - gray).max() <= 4


def test_a_jpeg_in_color_keeps_its_colors_sharp():
    colors = np.zeros((32, 32, 3), np.uint8)
    colors[:, ::2, 0] = colors[:, 1::2, 2] = (
        255  # red and blue columns in turn: halved colors would be purple
    )
    decoded = simplejpeg.decode_jpeg(encode.jpeg(colors, 95), colorspace="RGB").astype(int)
    assert decoded.shape == colors.shape
    assert np.abs(decoded - colors).max() <= 30


@pytest.mark.parametrize("name", make_fixtures.tiles())
def test_the_tile_fixtures_of_the_page_are_what_the_server_makes(name: str):
    fixture = make_fixtures.tiles()[name]
    assert (make_fixtures.TILES / f"{name}.json").read_text() == make_fixtures.text(fixture)
    values = decode(base64.b64decode(fixture["body"]))
    assert ("rgb8" if values.ndim == 3 else values.dtype) == fixture["dtype"]
    found = [None if value != value else value for value in values.ravel().tolist()]
    assert found == fixture["values"]


@pytest.mark.parametrize("name", make_fixtures.luts())
def test_the_table_fixtures_of_the_page_are_what_the_server_makes(name: str):
    fixture = make_fixtures.luts()[name]
    assert (make_fixtures.LUTS / f"{name}.json").read_text() == make_fixtures.text(fixture)


def test_no_fixture_is_left_over():
    assert {path.stem for path in make_fixtures.TILES.iterdir()} == set(make_fixtures.tiles())
    assert {path.stem for path in make_fixtures.LUTS.iterdir()} == set(make_fixtures.luts())
