"""How many elements a header holds and how deep they nest, counted before anything is made of them.

Decode process only. pydicom skips an unwanted element of defined length unread. It makes objects of all
that lies in a wanted sequence, and in any sequence of undefined length, wanted or not: those are walked here
first, by the rules by which pydicom then reads them. Values are jumped over: a fraction of the reading.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Collection
from typing import BinaryIO, Final

from pydicom._dicom_dict import DicomDictionary

from readingroom.errors import BadHeader, DecodeLimit, Truncated

NESTING_LIMIT = 32
ELEMENTS_LIMIT = 50_000
ELEMENTS_PER_FRAME = 500
"""A header may hold ELEMENTS_LIMIT elements and items, and so many more for each frame it declares."""
FRAMES_LIMIT = 65_536
"""Frames of one file. Each costs time and memory whether it holds one pixel or a million, so bytes bound them
badly. The longest real ones are functional MR: 40 slices at 1,600 times are 64,000 frames."""

UNDEFINED_LENGTH = 0xFFFFFFFF
"""Of a value that ends with a mark of its own. Source: PS3.5 7.1.1."""
NUMBER_OF_FRAMES = 0x00280008
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_ENDLESS: Final = 1 << 63
_CLOSED: Final = -1
_BLOCK: Final = 64 << 10
_SHORT_VRS: Final = frozenset(
    (b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT")
    + (b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US")
)
_LONG_VRS: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
"""VRs whose length has two bytes, and four. Source: PS3.5 7.1.2."""


class ElementWalk:
    """Counts the elements of one data set of `body`; raises at the first that is too many or too deep.

    Give `meets` every element as the reader comes to it: the body stands at its value, then as before.
    Those in `wanted` (None: all) will be read, the others only when there is no other way past them.
    """

    def __init__(self, body: BinaryIO, *, big_endian: bool, wanted: Collection[int] | None) -> None:
        self._body = body
        self._order = ">" if big_endian else "<"
        self._wanted = wanted
        self._count = 0
        self._limit = ELEMENTS_LIMIT
        self._explicit = False

    def meets(self, tag: int, vr: str | None, length: int) -> None:
        """Raises BadHeader where sequences nest too deep, DecodeLimit at an element too many, Truncated."""
        self._count += 1
        if self._count > self._limit:
            raise _too_many(self._limit)
        self._explicit = self._explicit or vr is not None
        if tag == NUMBER_OF_FRAMES:
            self._allow_frames(length)
        elif length == UNDEFINED_LENGTH or (
            (self._wanted is None or tag in self._wanted)
            and (vr == "SQ" or (vr in (None, "UN") and tag in _sequences()))
        ):
            self._walk(tag, vr, length)

    def _allow_frames(self, length: int) -> None:
        start = self._body.tell()
        said = self._body.read(min(length, 16)).strip(b" \0")
        self._body.seek(start)
        if said.isdigit():
            self._limit = ELEMENTS_LIMIT + ELEMENTS_PER_FRAME * min(int(said), FRAMES_LIMIT)

    def _walk(self, tag: int, vr: str | None, length: int) -> None:
        start = self._body.tell()
        levels = _Levels(self._body, self._order, self._count, self._limit)
        if length != UNDEFINED_LENGTH or levels.is_sequence(tag, (vr or "").encode(), start):
            self._count = levels.walk(start, length, implicit=not self._explicit)
        self._body.seek(start)


class _Levels:
    """One sequence and all below it."""

    def __init__(self, body: BinaryIO, order: str, count: int, limit: int) -> None:
        self._body = body
        self._data = b""
        self._base = 0
        self._count = count
        self._limit = limit
        self._short = struct.Struct(f"{order}HH2sH").unpack_from
        self._long = struct.Struct(f"{order}HHI").unpack_from
        self._length = struct.Struct(f"{order}I").unpack_from
        self._sequence_end = struct.pack(f"{order}HH", SEQUENCE_END >> 16, SEQUENCE_END & 0xFFFF)

    def walk(self, at: int, length: int, *, implicit: bool) -> int:
        """The number of elements and items, with those counted before."""
        count, limit = self._count, self._limit
        short, long = self._short, self._long
        # The sequence being read: its end if it says one; the end of the bytes it lies in, which is that of
        # the innermost sequence around it with an end; whether it is implicit. Then its open item.
        end = bound = at + length if length != UNDEFINED_LENGTH else _ENDLESS
        item_end, item_implicit = _CLOSED, implicit
        around: list[tuple[int, int, bool, int, bool]] = []
        while True:
            if item_end == _CLOSED:
                tag = SEQUENCE_END
                if at < end and at + 8 <= bound and self._holds(at, 8):
                    group, element, length = long(self._data, at - self._base)
                    tag = group << 16 | element
                    at += 8
                if tag != SEQUENCE_END:  # whatever else is there is read as an item
                    count += 1
                    if count > limit:
                        raise _too_many(limit)
                    item_end = at + length if length != UNDEFINED_LENGTH else _ENDLESS
                    item_implicit = implicit or not self._has_vr(at)
                    continue
                if end != _ENDLESS:
                    at = end
                if not around:
                    return count
                end, bound, implicit, item_end, item_implicit = around.pop()
                continue
            if at >= item_end or at + 8 > bound or not self._holds(at, 12):
                item_end = _CLOSED
                continue
            count += 1
            if count > limit:
                raise _too_many(limit)
            group, element, vr, length = short(self._data, at - self._base)
            if not item_implicit and vr in _SHORT_VRS:
                at += 8 + length
                continue
            if not item_implicit and vr in _LONG_VRS:
                (length,) = self._length(self._data, at + 8 - self._base)
                at += 4
            elif item_implicit or not b"AA" <= vr <= b"ZZ":
                (length,) = self._length(self._data, at + 4 - self._base)
                vr = b""
            at += 8
            tag = group << 16 | element
            if tag == ITEM_END:
                item_end = _CLOSED
            elif not self.is_sequence(tag, vr, at if length == UNDEFINED_LENGTH else None):
                at = self._past_pieces(at) if length == UNDEFINED_LENGTH else at + length
            elif len(around) + 1 >= NESTING_LIMIT:
                raise BadHeader(reason=f"its sequences are nested more than {NESTING_LIMIT} deep")
            else:
                around.append((end, bound, implicit, item_end, item_implicit))
                end = at + length if length != UNDEFINED_LENGTH else _ENDLESS
                bound = min(bound, end)
                implicit, item_end = item_implicit, _CLOSED

    def is_sequence(self, tag: int, vr: bytes, undefined_at: int | None) -> bool:
        """Whether pydicom reads the element as a sequence; `undefined_at`: its value, without a length."""
        if vr == b"SQ":
            return True
        if undefined_at is None:
            return vr in (b"", b"UN") and tag in _sequences()
        if vr == b"UN" or tag in _sequences():
            return vr in (b"", b"UN")
        if vr or tag in DicomDictionary or not self._holds(undefined_at, 8):
            return False
        group, element, _ = self._long(self._data, undefined_at - self._base)
        return bool(group << 16 | element == ITEM)

    def _has_vr(self, at: int) -> bool:
        """Whether the first element of an item looks explicit; implicit ones occur in explicit files."""
        vr = self._data[at + 4 - self._base : at + 6 - self._base] if self._holds(at, 6) else b"AA"
        return len(vr) == 2 and 0x40 < vr[0] < 0x5B and 0x40 < vr[1] < 0x5B

    def _past_pieces(self, at: int) -> int:
        """Behind a value of undefined length that is no sequence: fragments, or anything up to the mark."""
        start = at
        while self._holds(at, 8):
            group, element, length = self._long(self._data, at - self._base)
            tag = group << 16 | element
            if tag == SEQUENCE_END:
                return at + 8
            if tag != ITEM or length == UNDEFINED_LENGTH:
                break
            at += 8 + length
        at = start
        while self._holds(at, 4):
            found = self._data.find(self._sequence_end, at - self._base)
            if found >= 0:
                return self._base + found + 8
            at = self._base + len(self._data) - 3
        raise Truncated(reason="it stops inside its header")

    def _holds(self, at: int, count: int) -> bool:
        """Whether the buffer holds these bytes of the body, or could be filled with them.

        An element at the very end may be shorter than `count`: zeros stand in for what is not there.
        """
        if self._base <= at and at + count <= self._base + len(self._data):
            return True
        self._body.seek(at)
        data = self._body.read(_BLOCK)
        self._base, self._data = at, data
        if 8 <= len(data) < count:
            self._data = data.ljust(count, b"\0")
        return len(self._data) >= count


def _too_many(limit: int) -> DecodeLimit:
    return DecodeLimit(reason=f"its header holds more than {limit} elements")


@functools.cache
def _sequences() -> frozenset[int]:
    """The tags the dictionary knows as sequences."""
    return frozenset(tag for tag, entry in DicomDictionary.items() if entry[0] == "SQ")
