"""Elements that makers of scanners add, read only where their creator's name stands. Decode process only."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.imaging.reading.elements import values


@dataclass(frozen=True, slots=True)
class PrivateElement:
    """An element in the block that `creator` reserves where its files usually do."""

    tag: int
    creator: str

    @property
    def creator_tag(self) -> int:
        """The element that names the creator of the block. Source: PS3.5 7.8.1."""
        return self.tag & 0xFFFF0000 | (self.tag & 0xFFFF) >> 8


def tags_of(*elements: PrivateElement) -> tuple[int, ...]:
    """What must be read of a file to read these."""
    return tuple(tag for element in elements for tag in (element.creator_tag, element.tag))


def texts(dataset: Dataset, element: PrivateElement) -> list[str]:
    """Its values as text; empty when it is absent or of another creator."""
    named = [_plain(value).upper() for value in values(dataset, element.creator_tag)[:1]]
    if named != [element.creator.upper()]:
        return []
    return [part for value in values(dataset, element.tag) for part in _plain(value).split("\\")]


def floats(dataset: Dataset, element: PrivateElement) -> list[float]:
    """Its values up to the first that is no finite number."""
    found: list[float] = []
    for value in texts(dataset, element):
        try:
            number = float(value)
        except ValueError:
            break
        if not math.isfinite(number):
            break
        found.append(number)
    return found


def _plain(value: object) -> str:
    """An element that is not in the dictionary comes as the bytes it has."""
    return (value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)).strip("\0 ")
