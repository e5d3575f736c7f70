"""Items of LUT sequences as tables: descriptor and data, whatever words they came in. Decode process only."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from readingroom.imaging.index import LookupTable
from readingroom.imaging.reading.elements import has, tag, values

BITS = range(8, 17)
"""Bits an entry may have. Source: PS3.3 C.11.1.1.1, C.11.2.1.1."""


class BrokenTable(ValueError):
    """A table that cannot be used; says why, as the end of a sentence about it."""


def lookup_table(item: Dataset, *, big_endian: bool, negative: bool) -> LookupTable:
    """The table of one item with LUT Descriptor (0028,3002) and LUT Data (0028,3006).

    A descriptor of 0 entries means 65536. The first value mapped is a 16-bit word: it is signed when the
    values it is compared with can be negative, or when its own element is SS. Entries of 8 bits may lie two
    in a word, the first in the low byte, whatever the descriptor says of them: half the data show it.
    Raises BrokenTable. Source: PS3.3 C.11.1.1.1, C.11.2.1.1.
    """
    descriptor = _words(item, "LUTDescriptor", big_endian)
    words = _words(item, "LUTData", big_endian)
    if len(descriptor) != 3 or int(descriptor[2]) not in BITS or len(words) == 0:
        raise BrokenTable("is broken")
    count = int(descriptor[0]) or 65536
    first, bits = int(descriptor[1]), int(descriptor[2])
    if first >= 0x8000 and (negative or _is_signed(item)):
        first -= 0x10000
    if bits in (8, 16) and len(words) < count and len(words) == (count + 1) // 2:
        words = words.astype("<u2").view(np.uint8).astype(np.uint16)
        bits = 8
    if len(words) < count:
        raise BrokenTable(f"has {len(words)} of {count} entries")
    entries = words[:count]
    if bits == 8 and int(entries.max()) > 0xFF:
        raise BrokenTable("has entries of more than its 8 bits")
    return LookupTable(first=first, bits=bits, values=tuple((entries & ((1 << bits) - 1)).tolist()))


def _is_signed(item: Dataset) -> bool:
    return item.get_item(tag("LUTDescriptor"), keep_deferred=True).VR == "SS"


def _words(item: Dataset, keyword: str, big_endian: bool) -> npt.NDArray[np.uint16]:
    """The 16-bit words of an element; empty when it is absent or malformed.

    Read here because pydicom must guess between US, SS and OW and asks the pixels' sign, which an item lacks.
    """
    if not has(item, keyword):
        return np.zeros(0, np.uint16)
    element: Any = item.get_item(tag(keyword), keep_deferred=True)
    raw = element.value
    if isinstance(raw, bytes):
        if isinstance(element, RawDataElement):
            big_endian = not element.is_little_endian
        raw += b"\0" * (len(raw) % 2)
        return np.frombuffer(raw, dtype=">u2" if big_endian else "<u2").astype(np.uint16)
    try:
        return np.asarray([int(value) & 0xFFFF for value in values(item, keyword)], dtype=np.uint16)
    except (ValueError, TypeError, OverflowError):
        return np.zeros(0, np.uint16)
