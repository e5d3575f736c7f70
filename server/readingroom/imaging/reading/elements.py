"""Element values read leniently: what is absent, empty or malformed is None. Decode process only."""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Sequence
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from readingroom.imaging.text import clean, clean_uid

ASCII_VRS = frozenset(("AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI"))
"""Value representations of plain ASCII. Source: PS3.5 6.2."""

UNREADABLE = (
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
    NotImplementedError,
    LookupError,
    BytesLengthException,
    struct.error,
)
"""What pydicom raises for bytes that are no value of their VR."""

Name = str | int
"""An element by its keyword, or by its tag where the keyword names many (60xx)."""


@functools.cache
def tag(keyword: Name) -> BaseTag:
    """The tag of a keyword; looked up once, because pydicom's own look-up costs more than the reading."""
    found = tag_for_keyword(keyword) if isinstance(keyword, str) else keyword
    assert found is not None, keyword
    return BaseTag(found)


def has(dataset: Dataset, keyword: Name) -> bool:
    """Whether the element is there, empty or not."""
    return tag(keyword) in dataset.keys()  # noqa: SIM118  `in dataset` converts the tag anew each time


def values(dataset: Dataset, keyword: Name) -> list[Any]:
    """All values of an element as a list; empty when absent, empty or impossible to convert."""
    if not has(dataset, keyword):
        return []
    simple = _simple(dataset.get_item(tag(keyword), keep_deferred=True), keyword)
    if simple is not None:
        return simple
    try:
        value = dataset[tag(keyword)].value
    except UNREADABLE:
        return []
    if value is None or value == "" or value == b"":
        return []
    if isinstance(value, MultiValue | list | tuple):
        return list(value)
    return [value]


def _simple(element: object, keyword: Name) -> list[Any] | None:
    """Values of a raw element that need no character set, decoded here: pydicom takes ten times as long."""
    if not isinstance(element, RawDataElement) or not isinstance(element.value, bytes):
        return None
    vr = element.VR or _dictionary_vr(keyword)
    if vr in ASCII_VRS:
        line = element.value.decode("ascii", "replace").rstrip("\0 ")
        return [part.strip() for part in line.split("\\")] if line else []
    if vr in ("US", "SS") and len(element.value) % 2 == 0:
        letter = "H" if vr == "US" else "h"
        order = "<" if element.is_little_endian else ">"
        return list(struct.unpack(f"{order}{len(element.value) // 2}{letter}", element.value))
    return None


@functools.cache
def _dictionary_vr(keyword: Name) -> str:
    return "UN" if tag(keyword).is_private else dictionary_VR(tag(keyword))


def numbers(dataset: Dataset, keyword: str) -> list[float] | None:
    """Finite numbers, or None when any is not."""
    found = []
    for value in values(dataset, keyword):
        try:
            number = float(value)
        except (ValueError, TypeError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        found.append(number)
    return found


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first value as a finite number, else None."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def integer(dataset: Dataset, keyword: Name) -> int | None:
    """The first value as an integer of at most 64 bits, else None."""
    for value in values(dataset, keyword)[:1]:
        try:
            found = int(value)
        except (ValueError, TypeError, OverflowError):
            return None
        return found if abs(found) < 1 << 63 else None
    return None


def pointers(dataset: Dataset, keyword: Name) -> list[int]:
    """The elements that an element (of VR AT) points at, by their tags."""
    return [int(value) for value in values(dataset, keyword) if isinstance(value, int)]


def text(dataset: Dataset, keyword: str) -> str:
    """All values as one clean, bounded line; '' when absent."""
    return clean("\\".join(str(value) for value in values(dataset, keyword)[:16]))


def uid(dataset: Dataset, keyword: str) -> str:
    """A UID, bounded; '' when absent."""
    return clean_uid("".join(str(value) for value in values(dataset, keyword)[:1]))


def raw(dataset: Dataset, keyword: Name) -> bytes:
    """The bytes of an element as they lie in the file; empty when absent or kept as something else."""
    value = dataset.get_item(tag(keyword), keep_deferred=True).value if has(dataset, keyword) else b""
    return value if isinstance(value, bytes) else b""


def items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """The items of a sequence; empty when it is absent or broken."""
    if not has(dataset, keyword):
        return []
    try:
        value = dataset[tag(keyword)].value
        found: list[Dataset] = [item for item in value or () if isinstance(item, Dataset)]
    except UNREADABLE:
        return []
    return found
