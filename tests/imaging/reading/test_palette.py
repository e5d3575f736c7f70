"""Palettes: of PALETTE COLOR pictures, plain and segmented, and those laid over grays."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless

from readingroom.errors import BadHeader, FileRefused
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.reading.palette import expand_segments
from tests.imaging.dicoms import DATA, NO_DATA, encapsulated, picture, write
from tests.imaging.reading.color_dicoms import (
    add_palette,
    decoded_colors,
    palette_picture,
    run_lengths,
)

on_loop = pytest.mark.asyncio(loop_scope="session")

INDICES = np.arange(48, dtype=np.uint8).reshape(6, 8)
LEVELS = [np.arange(48) * 5, 255 - np.arange(48), np.arange(48) % 7 * 30]
RGB = np.stack([levels[INDICES] for levels in LEVELS], axis=-1)


def eights(order: str = "<") -> list[bytes]:
    """8-bit entries, two in a word."""
    return [
        np.frombuffer(levels.astype(np.uint8).tobytes(), "<u2").astype(f"{order}u2").tobytes()
        for levels in LEVELS
    ]


def words(factor: int = 1, order: str = "<") -> list[bytes]:
    """Entries of a word each."""
    return [(levels * factor).astype(f"{order}u2").tobytes() for levels in LEVELS]


@on_loop
@pytest.mark.parametrize(
    ("tables", "bits"),
    [
        (eights(), 8),
        (words(256), 16),
        (words(257), 16),
        (words(16), 12),
        (words(), 8),  # 8 bits of 16
        (eights(), 16),  # the description is wrong: there is but a byte for each
        (words(), 16),  # or else all would be black
        (words(257), 8),
    ],
)
async def test_entries_of_every_width_give_the_same_colors(
    pool: DecodePool, tmp_path: Path, tables: list[bytes], bits: int
) -> None:  # PS3.3 C.7.6.3.1.5
    path = write(tmp_path / "a", palette_picture(INDICES, tables, [48, 0, bits]))
    header, frames = await decoded_colors(pool, path)
    assert (header.samples, header.photometric, header.palette) == (3, "PALETTE COLOR", None)
    assert header.frames[0].offset is None
    assert np.array_equal(frames[0], RGB)


@on_loop
async def test_big_endian_palettes(pool: DecodePool, tmp_path: Path) -> None:
    swapped = np.frombuffer(INDICES.tobytes(), "<u2").astype(">u2").tobytes()
    for number, (tables, bits) in enumerate([(words(257, ">"), 16), (eights(">"), 8)]):
        ds = palette_picture(INDICES, tables, [48, 0, bits], syntax=ExplicitVRBigEndian, PixelData=swapped)
        _, frames = await decoded_colors(pool, write(tmp_path / str(number), ds))
        assert np.array_equal(frames[0], RGB)


@on_loop
async def test_implicit_and_run_length_palettes(pool: DecodePool, tmp_path: Path) -> None:
    ds = palette_picture(INDICES, words(256), [48, 0, 16], syntax=ImplicitVRLittleEndian)
    _, frames = await decoded_colors(pool, write(tmp_path / "a", ds))
    assert np.array_equal(frames[0], RGB)
    stream = encapsulated([run_lengths(INDICES[..., None])])
    ds = palette_picture(INDICES, words(256), [48, 0, 16], syntax=RLELossless, PixelData=stream)
    _, frames = await decoded_colors(pool, write(tmp_path / "b", ds))
    assert np.array_equal(frames[0], RGB)


@on_loop
async def test_values_beyond_the_palette_have_its_ends(pool: DecodePool, tmp_path: Path) -> None:
    indices = np.array([[0, 9, 10, 11], [12, 13, 14, 65535]], np.uint16)
    table = np.array([10, 20, 30, 40], np.uint8).tobytes()
    path = write(tmp_path / "a", palette_picture(indices, [table] * 3, [4, 10, 8]))
    _, frames = await decoded_colors(pool, path)
    assert frames[0, ..., 1].tolist() == [[10, 10, 10, 20], [30, 40, 40, 40]]


@on_loop
async def test_a_palette_of_negative_values(pool: DecodePool, tmp_path: Path) -> None:
    indices = np.array([[-3, -2], [-1, 0]], np.int16)
    table = np.array([10, 20, 30, 40], np.uint8).tobytes()
    ds = palette_picture(indices, [table] * 3, [4, -2, 8], PixelRepresentation=1)
    _, frames = await decoded_colors(pool, write(tmp_path / "a", ds))
    assert frames[0, ..., 2].tolist() == [[10, 10], [20, 30]]


@on_loop
async def test_a_palette_of_0_entries_has_65536(pool: DecodePool, tmp_path: Path) -> None:
    indices = np.array([[0, 256, 32768, 65535]], np.uint16)
    table = np.arange(65536, dtype="<u2").tobytes()
    _, frames = await decoded_colors(
        pool, write(tmp_path / "a", palette_picture(indices, [table] * 3, [0, 0, 16]))
    )
    assert frames[0, 0, :, 0].tolist() == [0, 1, 128, 255]


def test_segments_are_runs_lines_and_repetitions() -> None:  # PS3.3 C.7.9.2
    segments = [0, 3, 100, 200, 300, 1, 4, 380, 2, 2, 0, 0, 0, 1, 7]
    assert expand_segments(np.array(segments, np.uint16), 99).tolist() == [
        *(100, 200, 300),
        *(320, 340, 360, 380),
        *(100, 200, 300, 320, 340, 360, 380),
        7,
    ]


def test_segments_of_bytes_point_with_four_of_them() -> None:
    segments = [0, 1, 9, 0, 2, 50, 60, 2, 1, 3, 0, 0, 0]
    assert expand_segments(np.array(segments, np.uint8), 99).tolist() == [9, 50, 60, 50, 60]


def test_a_line_down_is_as_straight_as_one_up() -> None:
    assert expand_segments(np.array([0, 1, 10, 1, 4, 0], np.uint16), 5).tolist() == [10, 8, 5, 3, 0]


@pytest.mark.parametrize(
    "segments",
    [
        [1, 4, 100],  # a line from nowhere
        [2, 1, 0, 0],  # nothing to repeat yet
        [3, 1, 5],  # no such segment
        [0, 0, 0, 1],  # a run of nothing
        [0, 1, 5, 1, 4],  # a line to nowhere
        [0, 1, 5, 2, 1, 999, 0],  # outside
        [0, 1, 5, 2, 1, 6, 0, 0, 1, 1],  # itself
        [0, 1, 5, 2, 1, 0],  # half a pointer
    ],
)
def test_segments_that_lead_nowhere_are_refused(segments: list[int]) -> None:
    with pytest.raises(BadHeader):
        expand_segments(np.array(segments, np.uint16), 50)


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 2000))
def test_any_segments_end(segments: list[int], entries: int) -> None:
    try:
        made = expand_segments(np.array(segments, np.uint16), entries)
    except BadHeader:
        return
    assert len(made) <= entries


@on_loop
async def test_a_segmented_palette_is_its_table(pool: DecodePool, tmp_path: Path) -> None:
    line = struct.pack("<6H", 0, 1, 0, 1, 51, 51 * 256)
    indices = np.array([[0, 1, 2], [50, 51, 200]], np.uint8)
    path = write(tmp_path / "a", palette_picture(indices, [line] * 3, [52, 0, 16], segmented=True))
    _, frames = await decoded_colors(pool, path)
    assert frames[0, ..., 0].tolist() == [[0, 1, 2], [50, 51, 51]]


def broken(**changes: Any) -> tuple[Sequence[bytes], list[int], dict[str, Any]]:
    return changes.pop("tables", words(256)), changes.pop("descriptor", [48, 0, 16]), changes


@on_loop
@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (broken(descriptor=[48, 0, 0]), "missing or not described"),
        (broken(descriptor=[48, 0, 17]), "missing or not described"),
        (broken(descriptor=[48, 0]), "missing or not described"),
        (broken(descriptor=[0, 0, 16]), "96 of 65536 entries"),
        (broken(tables=[b""] * 3), "0 of 48 entries"),
        (broken(tables=[b"\1" * 20] * 3), "20 of 48 entries"),
        (broken(tables=words(256)[:2]), "do not go together"),
        (broken(tables=[words(256)[0], eights()[1], words(256)[2]]), "do not go together"),
        (broken(tables=[struct.pack("<3H", 9, 1, 1)] * 3, segmented=True), "segment of its palette"),
        (broken(tables=[struct.pack("<3H", 0, 1, 1)] * 3, segmented=True), "1 of 48 entries"),
    ],
)
async def test_a_broken_palette_is_refused_in_words(
    pool: DecodePool, tmp_path: Path, broken: tuple[list[bytes], list[int], dict[str, Any]], sentence: str
) -> None:
    tables, descriptor, changes = broken
    path = write(tmp_path / "a", palette_picture(INDICES, tables, descriptor, **changes))
    (header,) = await pool.headers([path])
    assert isinstance(header, BadHeader)
    assert sentence in str(header)


async def supplemental(pool: DecodePool, path: Path) -> FileHeader | FileRefused:
    (header,) = await pool.headers([path])
    return header


@on_loop
@pytest.mark.parametrize(
    ("presentation", "there"),
    [("COLOR", True), ("MIXED", True), (None, True), ("MONOCHROME", False), ("TRUE_COLOR", False)],
)
async def test_a_palette_over_grays_is_told_and_not_applied(
    pool: DecodePool, tmp_path: Path, presentation: str | None, there: bool
) -> None:  # PS3.3 C.7.6.19
    ds = picture()
    if presentation is not None:
        ds.PixelPresentation = presentation
    add_palette(ds, [b"\x0a\x0b\x0c\x0d", b"\0\1\2\3", b"\xff\xfe\xfd\xfc"], [4, 1024, 8])
    header = await supplemental(pool, write(tmp_path / "a", ds))
    assert isinstance(header, FileHeader)
    assert (header.samples, header.dtype) == (1, "uint16")
    if there:
        assert header.palette is not None
        assert (header.palette.first, header.palette.red) == (1024, (10, 11, 12, 13))
        assert (header.palette.green, header.palette.blue) == ((0, 1, 2, 3), (255, 254, 253, 252))
    else:
        assert header.palette is None


@on_loop
async def test_a_palette_that_is_promised_and_missing_costs_the_file(
    pool: DecodePool, tmp_path: Path
) -> None:
    header = await supplemental(pool, write(tmp_path / "a", picture(PixelPresentation="COLOR")))
    assert isinstance(header, BadHeader)
    assert "palette is missing" in str(header)


@on_loop
@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
async def test_the_enhanced_ct_has_a_palette_from_1024_on(pool: DecodePool) -> None:
    header = await supplemental(pool, DATA / "singles" / "eCT_Supplemental.dcm")
    assert isinstance(header, FileHeader)
    assert header.palette is not None
    assert (header.palette.first, len(header.palette.red)) == (1024, 100)
