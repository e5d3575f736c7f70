"""Pictures of every kind over real HTTP: color, floats, VOI LUTs, palettes, overlays. From file to bytes."""

from __future__ import annotations

import asyncio
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.protocol import PaneView, ShownStack
from readingroom.values import RoomId, SeriesKey, SeriesRef
from tests.imaging.dicoms import numbers, picture, write
from tests.imaging.test_encode import decode
from tests.transport.conftest import Standing
from tests.transport.test_tiles_over_http import UNPACK
from tests.transport.visitor import Visitor

ROWS, COLUMNS = 10, 12
GRAYS = numbers(0, ROWS, COLUMNS)
COLORS = np.stack([GRAYS, GRAYS + 20, 200 - GRAYS], axis=2).astype(np.uint8)
FLOATS = (GRAYS / 7).astype(np.float32)
OVERLAY = (np.arange(ROWS * COLUMNS) % 5 == 0).reshape(ROWS, COLUMNS)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose library holds one study with a series of each kind."""
    data = tmp_path_factory.mktemp("kinds")
    (data / "files").mkdir()
    for number, (name, ds) in enumerate(files().items()):
        ds.SeriesInstanceUID, ds.SOPInstanceUID = f"1.2.3.4.{number}", f"1.2.3.4.{number}.1"
        ds.SeriesNumber, ds.SeriesDescription = number, name
        write(data / "files" / f"{name}.dcm", ds)

    async def bring_in() -> None:
        async with DecodePool() as pool:
            await import_path(data / "files", Library(data / "studies"), pool, lambda _: None)

    asyncio.run(bring_in())
    return data


def files() -> dict[str, Dataset]:
    """One file of each kind, by name. The first is in color: it is what a new room shows."""
    return {
        "color": picture(
            0,
            pixels=COLORS,
            Rows=ROWS,
            Columns=COLUMNS,
            SamplesPerPixel=3,
            PhotometricInterpretation="RGB",
            PlanarConfiguration=0,
            BitsAllocated=8,
            BitsStored=8,
            HighBit=7,
            Modality="OT",
            RescaleSlope=None,
            RescaleIntercept=None,
        ),
        "floats": floats(),
        "voi_lut": picture(
            0, pixels=GRAYS, RescaleIntercept=0, VOILUTSequence=[lut(20, 12, [4095, 2048, 0]), lut(0, 8, [7])]
        ),
        "palette": picture(0, pixels=GRAYS, RescaleIntercept=0, **palette(100, [(255, 0, 0), (1, 2, 3)])),
        "overlay": overlaid(),
    }


def floats() -> Dataset:
    """A picture of Float Pixel Data. Source: PS3.3 C.7.6.24."""
    ds = picture(0, pixels=GRAYS, BitsAllocated=32, RescaleSlope=2, RescaleIntercept=-3)
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(ds, keyword)
    ds.FloatPixelData = FLOATS.tobytes()
    return ds


def overlaid() -> Dataset:
    """A picture with an overlay in group 6000. Source: PS3.3 C.9.2."""
    ds = picture(0, pixels=GRAYS)
    bits = np.packbits(OVERLAY.ravel(), bitorder="little").tobytes()
    ds.add_new(0x60000010, "US", ROWS)
    ds.add_new(0x60000011, "US", COLUMNS)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", bits + b"\0" * (len(bits) % 2))
    return ds


def lut(first: int, bits: int, entries: list[int]) -> Dataset:
    """An item of the VOI LUT Sequence."""
    item = Dataset()
    item.add_new(0x00283002, "US", [len(entries), first, bits])
    item.add_new(0x00283006, "US", entries if len(entries) > 1 else entries[0])
    item.LUTExplanation = f"of {len(entries)}"
    return item


def palette(first: int, colors: list[tuple[int, int, int]]) -> dict[str, Any]:
    """A supplemental palette of 16-bit entries. Source: PS3.3 C.7.6.3.1.5, C.7.6.19."""
    elements: dict[str, Any] = {"PixelPresentation": "COLOR"}
    for name, channel in zip(("Red", "Green", "Blue"), zip(*colors, strict=True), strict=True):
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [len(colors), first, 16]
        words = np.array(channel, "<u2") * 257
        elements[f"{name}PaletteColorLookupTableData"] = words.tobytes()
    return elements


async def shown(visitor: Visitor, name: str) -> tuple[str, dict[str, Any]]:
    """The path of the one stack of a series, read, and what the index says of it."""
    while True:
        index = await visitor.json(f"/api/rooms/{visitor.room}/series")
        series = next(one for one in index["series"] if one["description"] == name)
        if series["stacks"][0]["complete"]:
            path = f"/api/rooms/{visitor.room}/series/{series['series']}/0"
            return path, series["stacks"][0]


async def body_of(visitor: Visitor, path: str) -> bytes:
    """A binary answer, decompressed."""
    response = await visitor.get(path)
    assert response.status == 200, await response.text()
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Cache-Control"] == "no-store"
    return await response.read()


async def drawn(visitor: Visitor, path: str) -> np.ndarray:
    """A JPEG, as RGB numbers."""
    response = await visitor.get(path)
    assert response.status == 200, await response.text()
    return np.asarray(Image.open(io.BytesIO(await response.read())).convert("RGB")).astype(int)


async def test_color_comes_as_it_is_in_the_file(doctor: Visitor):
    path, stack = await shown(doctor, "color")
    assert (stack["samples"], stack["values"], stack["windows"]) == (3, True, [])
    assert np.array_equal(decode(await body_of(doctor, f"{path}/values/0/0/0/0")), COLORS)
    for address in ("display/0/0/0/0", "display/0/0/0/0?c=40&w=400"):
        assert np.abs((await drawn(doctor, f"{path}/{address}")).mean((0, 1)) - COLORS.mean((0, 1))).max() < 3
    assert (await drawn(doctor, f"{path}/thumbnail")).shape[:2] == (71, 128)  # 5 mm x 9 mm


async def test_a_room_that_opens_with_color_has_a_first_picture_and_no_window(doctor: Visitor):
    snapshot = await doctor.json(f"/api/rooms/{doctor.room}/snapshot")
    assert snapshot["panes"]["0"]["window"] is None
    assert (await drawn(doctor, doctor.answer["first_picture"])).shape == (ROWS, COLUMNS, 3)


async def test_gray_without_a_window_has_no_first_picture(standing: Standing):
    opened, shelf = await refs(standing), standing.house.shelf
    for key in opened:
        pane = PaneView(shown=ShownStack(series=key))
        address = await shelf.first_picture(RoomId("room"), opened, pane)
        assert (address is None) == (key != "color")
    with_table = await shelf.opening_view(SeriesKey("voi_lut"), opened[SeriesKey("voi_lut")])
    address = await shelf.first_picture(RoomId("room"), opened, with_table)
    assert address is not None
    assert address.endswith("?c=21.5&w=3.0&f=LINEAR&lut=0")


async def refs(standing: Standing) -> dict[SeriesKey, SeriesRef]:
    """The series of the library, by name."""
    (study,) = standing.library.studies()
    return {SeriesKey(one.description): SeriesRef(study.id, at) for at, one in enumerate(study.series)}


async def test_floats_come_in_modality_units(doctor: Visitor):
    path, stack = await shown(doctor, "floats")
    assert stack["values"]
    values = decode(await body_of(doctor, f"{path}/values/0/0/0/0"))
    assert values.dtype == np.float32
    assert np.array_equal(values, (FLOATS.astype(np.float64) * 2 - 3).astype(np.float32))


async def test_a_voi_lut_is_offered_given_and_drawn(doctor: Visitor, patient: Visitor):
    path, stack = await shown(doctor, "voi_lut")
    offered = [(one["explanation"], one["window"]) for one in stack["windows"][:2]]
    assert offered == [
        ("of 3", {"center": 21.5, "width": 3.0, "function": "LINEAR", "lut": 0}),
        ("of 1", {"center": 0.5, "width": 1.0, "function": "LINEAR", "lut": 1}),
    ]
    table = await body_of(patient, f"{path}/voi-lut/0")
    assert table == struct.pack("<4siI", b"RRL1", 20, 3) + bytes([255, 128, 0])
    assert await body_of(patient, f"{path}/voi-lut/1") == struct.pack("<4siI", b"RRL1", 0, 1) + b"\7"
    flat = await drawn(doctor, f"{path}/display/0/0/0/0?c=0&w=1&lut=1")
    assert np.abs(flat - 7).max() <= 2
    beyond = await doctor.get(f"{path}/voi-lut/2")
    assert (beyond.status, (await beyond.json())["error"]["code"]) == (400, "NO_SUCH_TILE")


async def test_a_palette_is_given_and_drawn(doctor: Visitor):
    path, stack = await shown(doctor, "palette")
    assert stack["palette"]
    table = await body_of(doctor, f"{path}/palette")
    assert table == struct.pack("<4siI", b"RRP1", 100, 2) + bytes([255, 1, 0, 2, 0, 3])
    red = (await drawn(doctor, f"{path}/display/0/0/0/0?c=50&w=100"))[0, 0]
    assert np.abs(red - red.mean()).max() < 60  # stored 0 lies below the palette: gray


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
async def test_tables_come_in_every_encoding(doctor: Visitor, encoding: str):
    path, _ = await shown(doctor, "palette")
    async with doctor.http.get(
        f"{doctor.url}{path}/palette",
        headers={"X-ReadingRoom-Grant": doctor.grant, "Accept-Encoding": encoding},
        auto_decompress=False,
    ) as response:
        assert response.headers.get("Content-Encoding", "identity") == encoding
        assert UNPACK[encoding](await response.read())[:4] == b"RRP1"


async def test_an_overlay_is_given_where_there_is_one(doctor: Visitor):
    path, stack = await shown(doctor, "overlay")
    assert stack["overlays"]
    body = await body_of(doctor, f"{path}/overlay/0")
    assert struct.unpack_from("<4sII", body) == (b"RRO1", ROWS, COLUMNS)
    bits = np.unpackbits(np.frombuffer(body, np.uint8, offset=12).reshape(ROWS, 2), axis=1)[:, :COLUMNS]
    assert np.array_equal(bits.astype(bool), OVERLAY)
    path, stack = await shown(doctor, "floats")
    assert not stack["overlays"]
    none = await doctor.get(f"{path}/overlay/0")
    assert (none.status, (await none.json())["error"]["code"]) == (400, "NO_SUCH_TILE")


@pytest.mark.parametrize("table", ["voi-lut/0", "palette", "overlay/0"])
async def test_who_is_not_in_the_room_gets_none_of_it(doctor: Visitor, standing: Standing, table: str):
    path, _ = await shown(doctor, "color")
    async with Visitor.at(standing.url) as stranger:
        response = await stranger.get(f"{path}/{table}")
        assert (response.status, (await response.json())["error"]["code"]) == (401, "DENIED")
    elsewhere = await doctor.get(f"/api/rooms/{doctor.room}/series/another/0/{table}")
    assert (elsewhere.status, (await elsewhere.json())["error"]["code"]) == (404, "NO_SUCH_SERIES")
