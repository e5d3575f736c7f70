"""Encapsulated pixel data: which bytes belong to which frame. Decode process only; reads, decodes nothing."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from readingroom.errors import BadHeader, Truncated
from readingroom.imaging.reading.dicom_file import DicomFile

ITEM = b"\xfe\xff\x00\xe0"
DELIMITER = b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One fragment: `item` is its place as offset tables count it, `start` its first byte in the file."""

    item: int
    start: int
    length: int


def frames(file: DicomFile, count: int) -> list[list[Fragment]]:
    """The fragments of each of `count` frames, in order. Source: PS3.5 A.4.

    One frame takes all fragments; as many fragments as frames go one each; else the Basic Offset Table
    decides, and without one the start-of-image marks do. Raises Truncated, BadHeader.
    """
    table, found, closed = _walk(file)
    if not found:
        raise Truncated(reason="it holds no picture data")
    if count == 1:
        return [found]
    if len(found) == count:
        return [[fragment] for fragment in found]
    if len(found) < count and not closed:
        raise Truncated(reason=f"{len(found)} of its {count} frames are there")
    if len(found) < count:
        raise BadHeader(reason=f"it promises {count} frames and holds {len(found)}")
    starts = [fragment.item for fragment in found]
    if len(table) == count and all(offset in starts for offset in table):
        firsts = [starts.index(offset) for offset in table]
    else:
        firsts = [i for i, fragment in enumerate(found) if _starts_image(file, fragment)]
    if len(firsts) != count or firsts != sorted(set(firsts)) or firsts[0] != 0:
        raise BadHeader(reason=f"its {len(found)} pieces cannot be told apart into {count} frames")
    ends = [*firsts[1:], len(found)]
    return [found[first:end] for first, end in zip(firsts, ends, strict=True)]


def frame_bytes(file: DicomFile, pieces: list[Fragment]) -> bytes:
    """One frame's compressed bytes."""
    return b"".join(file.bytes_at(piece.start, piece.length) for piece in pieces)


def _walk(file: DicomFile) -> tuple[list[int], list[Fragment], bool]:
    """Basic Offset Table, fragments, and whether the closing mark is there."""
    assert file.pixels is not None
    at = file.pixels.start
    table: list[int] | None = None
    first_item = 0
    found: list[Fragment] = []
    while True:
        file.body.seek(at)
        head = file.body.read(8)
        if len(head) < 8:
            return table or [], found, False
        if head[:4] == DELIMITER:
            return table or [], found, True
        if head[:4] != ITEM:
            raise BadHeader(reason="its compressed pieces do not follow each other")
        (length,) = struct.unpack_from("<I", head, 4)
        if length > file.size - at - 8:
            raise Truncated(reason="it stops inside its picture")
        if table is None:
            data = file.bytes_at(at + 8, length)
            table = list(struct.unpack(f"<{length // 4}I", data[: length // 4 * 4]))
            first_item = at + 8 + length
        else:
            found.append(Fragment(at - first_item, at + 8, length))
        at += 8 + length


def _starts_image(file: DicomFile, fragment: Fragment) -> bool:
    start = file.bytes_at(fragment.start, min(4, fragment.length))
    return start.startswith((b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c"))
