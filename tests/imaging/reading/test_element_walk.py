"""The limits of a header: nesting ≤ 32, 50,000 elements + 500 a frame. Source: picture.md, Decode process."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from readingroom.errors import BadHeader, DecodeLimit, Truncated
from readingroom.imaging.headers import FileHeader
from tests.imaging.conftest import ReadHeader
from tests.imaging.dicoms import picture, write

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNDEFINED = 0xFFFFFFFF
READ, UNREAD = 0x52009229, 0x00081140
"""Shared Functional Groups, which are read; Referenced Image, which is not."""


def item(body: bytes, *, closed: bool) -> bytes:
    """One item, with a length or with an end mark."""
    if closed:
        return struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body
    return struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED) + body + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)


def sequence(tag: int, body: bytes, *, closed: bool, implicit: bool) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + (b"" if implicit else b"SQ\0\0")
    if closed:
        return head + struct.pack("<I", len(body)) + body
    return head + struct.pack("<I", UNDEFINED) + body + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def nested(depth: int, *, closed: bool, implicit: bool, outermost: int = READ) -> bytes:
    body = b""
    for level in range(depth):
        tag = outermost if level == depth - 1 else UNREAD
        body = sequence(tag, item(body, closed=closed), closed=closed, implicit=implicit)
    return body


def with_sequence(folder: Path, body: bytes, *, implicit: bool, before: int = 0x7FE0) -> Path:
    """A picture with `body` put in front of the first element of group `before`."""
    syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    data = write(folder / "plain", picture(syntax=syntax)).read_bytes()
    mark = struct.pack("<HH", before, 0x10)
    at = data.index(mark)
    path = folder / "changed"
    path.write_bytes(data[:at] + body + data[at:])
    return path


WRITTEN = [(closed, implicit) for closed in (False, True) for implicit in (False, True)]


@pytest.mark.parametrize(("closed", "implicit"), WRITTEN)
async def test_thirty_two_levels_are_read_and_one_more_is_refused(
    read: ReadHeader, tmp_path: Path, closed: bool, implicit: bool
) -> None:
    def at(depth: int) -> Path:
        body = nested(depth, closed=closed, implicit=implicit)
        return with_sequence(tmp_path, body, implicit=implicit)

    assert isinstance(await read(at(32)), FileHeader)
    refused = await read(at(33))
    assert isinstance(refused, BadHeader)
    assert "nested more than 32 deep" in str(refused)


@pytest.mark.parametrize("tag", [READ, UNREAD])
async def test_five_thousand_levels_are_refused(read: ReadHeader, tmp_path: Path, tag: int) -> None:
    body = nested(5000, closed=False, implicit=False, outermost=tag)
    refused = await read(
        with_sequence(tmp_path, body, implicit=False, before=0x7FE0 if tag == READ else 0x28)
    )
    assert isinstance(refused, BadHeader)
    assert "nested more than 32 deep" in str(refused)


async def test_what_nobody_reads_may_nest_as_it_likes(read: ReadHeader, tmp_path: Path) -> None:
    body = nested(100, closed=True, implicit=False, outermost=UNREAD)
    assert isinstance(await read(with_sequence(tmp_path, body, implicit=False, before=0x28)), FileHeader)


@pytest.mark.parametrize(("closed", "implicit"), WRITTEN)
async def test_elements_are_counted_wherever_they_are_read(
    read: ReadHeader, tmp_path: Path, closed: bool, implicit: bool
) -> None:
    """A hundred items of 520 elements are more than 50,000; five frames allow 2,500 more."""
    head = struct.pack("<HH", 0x08, 0x9999)
    element = head + (struct.pack("<I", 2) if implicit else b"US" + struct.pack("<H", 2)) + b"\1\0"
    body = sequence(READ, item(element * 520, closed=closed) * 100, closed=closed, implicit=implicit)
    path = with_sequence(tmp_path, body, implicit=implicit)
    refused = await read(path)
    assert isinstance(refused, DecodeLimit)
    assert "more than 50000 elements" in str(refused)
    frames = struct.pack("<HH", 0x28, 8) + (
        struct.pack("<I", 2) if implicit else b"IS" + struct.pack("<H", 2)
    )
    data = path.read_bytes()
    at = data.index(struct.pack("<HH", 0x28, 0x10))
    path.write_bytes(data[:at] + frames + b"5 " + data[at:])
    said = await read(path)
    assert not isinstance(said, DecodeLimit)
    assert "5 × 6 × 8 pixels" in str(said)  # the next to complain: the pixels of one frame are there


async def test_a_million_elements_side_by_side_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    element = struct.pack("<HH2sHH", 0x09, 0x1001, b"US", 2, 1)
    refused = await read(with_sequence(tmp_path, element * 1_000_000, implicit=False, before=0x28))
    assert isinstance(refused, DecodeLimit)
    assert "more than 50000 elements" in str(refused)


async def test_a_million_empty_items_are_refused(read: ReadHeader, tmp_path: Path) -> None:
    body = sequence(READ, item(b"", closed=True) * 1_000_000, closed=False, implicit=False)
    assert isinstance(await read(with_sequence(tmp_path, body, implicit=False)), DecodeLimit)


async def test_implicit_items_in_an_explicit_file_are_walked_as_they_are_read(
    read: ReadHeader, tmp_path: Path
) -> None:
    inner = nested(40, closed=False, implicit=True, outermost=UNREAD)
    body = sequence(READ, item(inner, closed=False), closed=False, implicit=False)
    refused = await read(with_sequence(tmp_path, body, implicit=False))
    assert isinstance(refused, BadHeader)
    assert "nested" in str(refused)


async def test_a_big_endian_header_is_walked(read: ReadHeader, tmp_path: Path) -> None:
    deep = Dataset()
    for _ in range(40):
        around = Dataset()
        around.ReferencedImageSequence = [deep]
        deep = around
    ds = picture(syntax=ExplicitVRBigEndian, SharedFunctionalGroupsSequence=[deep])
    refused = await read(write(tmp_path / "a", ds))
    assert isinstance(refused, BadHeader)
    assert "nested" in str(refused)


async def test_pictures_inside_a_sequence_are_jumped_over(read: ReadHeader, tmp_path: Path) -> None:
    """The end mark of a sequence inside a compressed icon ends nothing."""
    mark = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    icon = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, UNDEFINED) + item(b"", closed=True)
    icon += item(mark + b"\xff\xd8" + mark, closed=True) + mark
    body = sequence(0x00880200, item(icon, closed=False), closed=False, implicit=False)
    assert isinstance(await read(with_sequence(tmp_path, body, implicit=False)), FileHeader)


async def test_a_value_that_never_ends_is_truncated(read: ReadHeader, tmp_path: Path) -> None:
    endless = struct.pack("<HH2sHI", 0x09, 0x1001, b"OB", 0, UNDEFINED) + b"x" * 200_000
    found = await read(with_sequence(tmp_path, endless, implicit=False, before=0x28))
    assert isinstance(found, Truncated)
