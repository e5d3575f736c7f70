"""Overlays lie where the file says, as bits of their own or in spare bits of the picture's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.stored import mask_in_place
from tests.imaging.dicoms import (
    COLUMNS,
    DATA,
    NO_DATA,
    ROWS,
    encapsulated,
    numbers,
    picture,
    run_lengths,
    write,
)
from tests.imaging.reading.color_dicoms import color_picture, colors, padded

pytestmark = pytest.mark.asyncio(loop_scope="session")

Array = npt.NDArray[np.uint8]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def packed(*planes: Array) -> bytes:
    """Bits as they lie in Overlay Data: one after the other, first in the lowest. Source: PS3.5 8.1.2."""
    every = np.concatenate([plane.reshape(-1) for plane in planes])
    return padded(np.packbits(every, bitorder="little").tobytes())


def add_overlay(
    ds: Dataset, plane: Array | None = CROSS, *, group: int = 0x6000, origin: Any = (1, 1), **more: Any
) -> Dataset:
    """Lay `plane` over the picture; `more` says rows, columns, data, frames, first, bits, position, kind."""
    shape = (0, 0) if plane is None else plane.shape
    data = more.get("data", None if plane is None else packed(plane))
    ds.add_new((group, 0x0010), "US", more.get("rows", shape[0]))
    ds.add_new((group, 0x0011), "US", more.get("columns", shape[1]))
    ds.add_new((group, 0x0040), "CS", more.get("kind", "G"))
    if origin is not None:
        ds.add_new((group, 0x0050), "SS", list(origin))
    ds.add_new((group, 0x0100), "US", more.get("bits", 1))
    ds.add_new((group, 0x0102), "US", more.get("position", 0))
    if "frames" in more:
        ds.add_new((group, 0x0015), "IS", str(more["frames"]))
    if "first" in more:
        ds.add_new((group, 0x0051), "US", more["first"])
    if data is not None:
        ds.add_new((group, 0x3000), "OW", data)
    return ds


async def laid(pool: DecodePool, path: Path, index: int = 0) -> tuple[FileHeader, Array]:
    """The header, and the overlay of one frame as zeros and ones [rows, columns]."""
    (header,) = await pool.headers([path])
    assert isinstance(header, FileHeader), header
    target = np.zeros((header.rows, -(-header.columns // 8)), np.uint8)
    assert await pool.overlays(path, [index], [target]) == [None]
    return header, np.unpackbits(target, axis=1)[:, : header.columns]


def at(top: int, left: int, plane: Array = CROSS) -> Array:
    """The picture's size with `plane` at a place, counted from 0, cut at the edges."""
    wide = np.zeros((ROWS + 40, COLUMNS + 40), np.uint8)
    wide[20 + top : 20 + top + plane.shape[0], 20 + left : 20 + left + plane.shape[1]] = plane
    return wide[20 : 20 + ROWS, 20 : 20 + COLUMNS]


@pytest.mark.parametrize("kind", ["G", "R"])
async def test_an_overlay_lies_at_its_origin(pool: DecodePool, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "a", add_overlay(picture(), origin=(2, 4), kind=kind))
    header, found = await laid(pool, path)
    assert header.frames[0].overlay
    assert np.array_equal(found, at(1, 3))


@pytest.mark.parametrize("origin", [(0, 0), (-1, 1), (1, -1), (ROWS, COLUMNS), (ROWS - 1, 1), (1, COLUMNS)])
async def test_what_is_outside_of_the_picture_falls_away(
    pool: DecodePool, tmp_path: Path, origin: tuple[int, int]
) -> None:
    header, found = await laid(pool, write(tmp_path / "a", add_overlay(picture(), origin=origin)))
    assert header.frames[0].overlay
    assert np.array_equal(found, at(origin[0] - 1, origin[1] - 1))


async def test_an_overlay_may_be_larger_than_the_picture(pool: DecodePool, tmp_path: Path) -> None:
    large = np.ones((ROWS + 7, COLUMNS + 5), np.uint8)
    large[3, 2] = 0
    path = write(tmp_path / "a", add_overlay(picture(), large, origin=(-2, -1)))
    _, found = await laid(pool, path)
    assert found.sum() == ROWS * COLUMNS - 1
    assert found[0, 0] == 0


async def test_all_groups_are_one_layer(pool: DecodePool, tmp_path: Path) -> None:
    ds = picture()
    for number, group in enumerate((0x6000, 0x6002, 0x601E)):
        add_overlay(ds, np.ones((1, 1), np.uint8), group=group, origin=(1 + number, 1 + number))
    _, found = await laid(pool, write(tmp_path / "a", ds))
    assert np.argwhere(found).tolist() == [[0, 0], [1, 1], [2, 2]]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
async def test_overlays_of_other_syntaxes(pool: DecodePool, tmp_path: Path, syntax: str) -> None:
    plane = (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 5 == 0).astype(np.uint8)
    data, pixels = packed(plane), numbers()
    if syntax == ExplicitVRBigEndian:
        data = np.frombuffer(data, "<u2").astype(">u2").tobytes()
        pixels = pixels.astype(">u2")
    path = write(tmp_path / "a", add_overlay(picture(pixels=pixels, syntax=syntax), plane, data=data))
    _, found = await laid(pool, path)
    assert np.array_equal(found, plane)


def frames(count: int, **changes: Any) -> Dataset:
    values = np.stack([numbers(index) for index in range(count)])
    return picture(PixelData=values.tobytes(), NumberOfFrames=count, **changes)


async def test_frames_of_an_overlay_lie_over_their_frames(pool: DecodePool, tmp_path: Path) -> None:
    other = 1 - CROSS
    ds = add_overlay(frames(4), data=packed(CROSS, other), frames=2, first=2)
    path = write(tmp_path / "a", ds)
    header, _ = await laid(pool, path)
    assert [frame.overlay for frame in header.frames] == [False, True, True, False]
    assert [(await laid(pool, path, index))[1].sum() for index in range(4)] == [0, 5, 4, 0]
    assert np.array_equal((await laid(pool, path, 2))[1], at(0, 0, other))


async def test_one_overlay_without_frames_lies_over_them_all(pool: DecodePool, tmp_path: Path) -> None:
    path = write(tmp_path / "a", add_overlay(frames(3)))
    header, _ = await laid(pool, path)
    assert [frame.overlay for frame in header.frames] == [True, True, True]
    assert np.array_equal((await laid(pool, path, 2))[1], at(0, 0))


@pytest.mark.parametrize("said", [2, 2147483647])
async def test_frames_of_an_overlay_beyond_the_picture_are_not_missed(
    pool: DecodePool, tmp_path: Path, said: int
) -> None:
    _, found = await laid(pool, write(tmp_path / "a", add_overlay(picture(), frames=said)))
    assert np.array_equal(found, at(0, 0))


async def test_an_overlay_in_spare_bits_is_no_picture(pool: DecodePool, tmp_path: Path) -> None:
    plane = (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 3 == 0).astype(np.uint16)
    both = np.stack([numbers() | plane << 14, numbers(1) | (1 - plane) << 14])
    ds = picture(PixelData=both.tobytes(), NumberOfFrames=2)
    add_overlay(ds, None, rows=ROWS, columns=COLUMNS, bits=16, position=14)
    path = write(tmp_path / "a", ds)
    header, found = await laid(pool, path)
    assert [frame.overlay for frame in header.frames] == [True, True]
    assert np.array_equal(found, plane)
    assert np.array_equal((await laid(pool, path, 1))[1], 1 - plane)
    target = np.zeros((ROWS, COLUMNS), np.uint16)
    assert await pool.decode(path, [1], [target]) == [None]
    assert np.array_equal(target, numbers(1))
    offset = header.frames[1].offset
    assert offset is not None
    copied = np.fromfile(path, "<u2", ROWS * COLUMNS, offset=offset)
    mask_in_place(copied, header.bits_stored)
    assert np.array_equal(copied.reshape(ROWS, COLUMNS), numbers(1))


async def test_an_overlay_below_shifted_bits(pool: DecodePool, tmp_path: Path) -> None:
    words = (numbers() << 4) | 1
    ds = picture(PixelData=encapsulated([run_lengths(words)]), syntax=RLELossless, HighBit=15)
    add_overlay(ds, None, rows=ROWS, columns=COLUMNS, bits=16, position=0)
    header, found = await laid(pool, write(tmp_path / "a", ds))
    assert header.frames[0].overlay
    assert found.all()


async def test_color_has_overlays_too(pool: DecodePool, tmp_path: Path) -> None:
    ds = add_overlay(color_picture(colors(ROWS, COLUMNS)), origin=(2, 2))
    _, found = await laid(pool, write(tmp_path / "a", ds))
    assert np.array_equal(found, at(1, 1))


@pytest.mark.parametrize(
    "more",
    [
        {"rows": 0},
        {"columns": 0},
        {"rows": 60000, "columns": 60000},
        {"data": b""},
        {"rows": ROWS, "columns": COLUMNS, "data": b"\xff\xff"},
        {"frames": 0, "first": 2},
        {"frames": 1, "first": 65535},
        {"origin": (ROWS + 1, 1)},
        {"origin": (1, -2)},
        {"origin": (32767, 32767)},
        {"origin": (1, 1, 1)},
        {"plane": None, "rows": ROWS, "columns": COLUMNS, "bits": 16, "position": 3},  # in the picture
        {"plane": None, "rows": ROWS, "columns": COLUMNS, "bits": 16, "position": 16},
        {"plane": None, "rows": ROWS, "columns": COLUMNS, "bits": 1, "position": 14},
        {"plane": None, "rows": ROWS - 1, "columns": COLUMNS, "bits": 16, "position": 14},
    ],
)
async def test_an_overlay_that_contradicts_itself_costs_only_itself(
    pool: DecodePool, tmp_path: Path, more: dict[str, Any]
) -> None:
    ds = add_overlay(picture(), np.ones((1, 1), np.uint8), group=0x6002)
    path = write(tmp_path / "a", add_overlay(ds, **more))
    header, found = await laid(pool, path)
    assert header.frames[0].overlay
    assert found.sum() == 1


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
async def test_the_overlay_of_a_scanner_has_222_points(pool: DecodePool) -> None:
    header, found = await laid(pool, DATA / "singles" / "examples_overlay.dcm")
    assert header.frames[0].overlay
    assert found.sum() == 222  # as DCMTK draws it
