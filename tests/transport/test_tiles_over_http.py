"""Pictures over real HTTP, checked against the voxels they came from."""

from __future__ import annotations

import gzip
import io
from typing import Any

import brotli
import numpy as np
import pydicom
import pytest
import zstandard
from PIL import Image

from readingroom.imaging.library import Library
from readingroom.values import SeriesRef
from tests.transport.conftest import EDGE, SLICES, Standing
from tests.transport.visitor import Visitor

UNPACK = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


async def shown(visitor: Visitor) -> tuple[str, dict[str, Any]]:
    """The path of the stack on the stage, complete, and its description."""
    snapshot = await visitor.json(f"/api/rooms/{visitor.room}/snapshot")
    key = snapshot["panes"]["0"]["shown"]["series"]
    while True:
        index = await visitor.json(f"/api/rooms/{visitor.room}/series")
        series = next(one for one in index["series"] if one["series"] == key)
        if series["stacks"][0]["complete"]:
            return f"/api/rooms/{visitor.room}/series/{key}/0", series


async def test_the_index_says_what_the_phantom_is(doctor: Visitor, patient: Visitor):
    _, series = await shown(doctor)
    stack = series["stacks"][0]
    assert (stack["kind"], stack["frames"], stack["rows"], stack["columns"]) == ("volume", SLICES, EDGE, EDGE)
    assert stack["unit"] == "HU"
    assert len(stack["positions_mm"]) == SLICES
    assert series["identity"]["patient_name"]
    _, seen_by_patient = await shown(patient)
    assert seen_by_patient["identity"] is None
    assert seen_by_patient["date"] == ""


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
async def test_a_values_tile_is_the_same_voxels_in_every_encoding(
    doctor: Visitor, standing: Standing, encoding: str
):
    path, _ = await shown(doctor)
    async with doctor.http.get(
        f"{doctor.url}{path}/values/5/0/0/0",
        headers={"X-ReadingRoom-Grant": doctor.grant, "Accept-Encoding": encoding},
        auto_decompress=False,
    ) as response:
        assert response.headers.get("Content-Encoding", "identity") == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["Cache-Control"] == "no-store"
        body = UNPACK[encoding](await response.read())
    assert body[:4] == b"RRV1"
    assert int.from_bytes(body[8:12], "little") == EDGE
    assert np.array_equal(unpacked(body), await voxels(standing, 5))


def unpacked(body: bytes) -> np.ndarray:
    """Stored values [y, x] of a 16-bit tile, undone in plain numpy."""
    width, height = (int.from_bytes(body[at : at + 4], "little") for at in (8, 12))
    high, low = np.frombuffer(body, np.uint8, offset=64).reshape(2, height, width).astype(np.uint16)
    zigzag = (high << 8) | low
    residual = (zigzag >> 1) ^ (0 - (zigzag & 1))
    raw = residual.cumsum(axis=0, dtype=np.uint16).cumsum(axis=1, dtype=np.uint16)
    return raw.view(np.int16) if body[4] == 2 else raw


async def voxels(standing: Standing, index: int) -> np.ndarray:
    """The stored values of a frame by pydicom, from the original."""
    library: Library = standing.library
    newest = max(library.studies(), key=lambda study: study.date)
    frame = library.series(SeriesRef(newest.id, 0)).stacks[0].frames[index]
    return pydicom.dcmread(library.original(newest.id, frame.file)).pixel_array


async def test_the_first_picture_is_there_with_the_join(doctor: Visitor):
    response = await doctor.get(doctor.answer["first_picture"])
    assert response.status == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(await response.read())).size == (EDGE, EDGE)


async def test_a_thumbnail_is_small(doctor: Visitor):
    path, _ = await shown(doctor)
    response = await doctor.get(f"{path}/thumbnail")
    assert max(Image.open(io.BytesIO(await response.read())).size) <= 128


@pytest.mark.parametrize(
    ("tile", "status", "code"),
    [
        ("values/-1/0/0/0", 400, "NO_SUCH_TILE"),
        ("values/9223372036854775808/0/0/0", 400, "NO_SUCH_TILE"),
        ("values/NaN/0/0/0", 400, "NO_SUCH_TILE"),
        (f"values/{SLICES}/0/0/0", 400, "SLICE_OUT_OF_RANGE"),
        ("values/0/99/0/0", 400, "NO_SUCH_TILE"),
        ("values/0/0/1/0", 400, "NO_SUCH_TILE"),
        ("values/0/0/0/7", 400, "NO_SUCH_TILE"),
        ("values/0%2F0/0/0/0", 400, "NO_SUCH_TILE"),
        ("display/0/0/0/0?c=nan&w=400", 400, "BAD_REQUEST"),
        ("display/0/0/0/0?c=40&w=0", 400, "BAD_WINDOW"),
        ("display/0/0/0/0?c=40&w=400&f=CUBIC", 400, "BAD_REQUEST"),
        ("display/0/0/0/0", 400, "BAD_WINDOW"),
        ("display/0/0/0/0?c=40&w=400&lut=0", 400, "BAD_WINDOW"),
        ("display/0/0/0/0?c=40&w=400&lut=-1", 400, "NO_SUCH_TILE"),
        ("display/0/0/0/0?lut=0", 400, "BAD_REQUEST"),
        ("voi-lut/0", 400, "NO_SUCH_TILE"),
        ("voi-lut/x", 400, "NO_SUCH_TILE"),
        ("palette", 400, "NO_SUCH_TILE"),
        ("overlay/0", 400, "NO_SUCH_TILE"),
        (f"overlay/{SLICES}", 400, "SLICE_OUT_OF_RANGE"),
        ("elsewhere/0", 404, "NOT_FOUND"),
    ],
)
async def test_an_address_that_is_none_is_refused(doctor: Visitor, tile: str, status: int, code: str):
    path, _ = await shown(doctor)
    response = await doctor.get(f"{path}/{tile}")
    assert (response.status, (await response.json())["error"]["code"]) == (status, code)


async def test_a_series_that_is_not_open_here_is_refused(doctor: Visitor):
    response = await doctor.get(f"/api/rooms/{doctor.room}/series/another/0/values/0/0/0/0")
    assert (response.status, (await response.json())["error"]["code"]) == (404, "NO_SUCH_SERIES")


async def test_a_stack_the_series_does_not_have_is_refused(doctor: Visitor):
    path, _ = await shown(doctor)
    response = await doctor.get(f"{path[:-1]}7/values/0/0/0/0")
    assert (response.status, (await response.json())["error"]["code"]) == (404, "NO_SUCH_SERIES")
