"""One frame of one imported file, and the order and places of many of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from readingroom.imaging.headers import FileHeader, FrameHeader
from readingroom.imaging.sorting.regularity import SAME_PLACE_MM, depths

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file's header with the names it has: ours (`file`), its base name before (`source`), its SHA-256."""

    header: FileHeader
    file: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame of one file; `number` counts from 0 inside it."""

    of: ImportedFile
    frame: FrameHeader
    number: int

    @property
    def order(self) -> tuple[int, float, int, str, int]:
        """The order among pictures at one place: by acquisition, time, then the file's own numbers."""
        header = self.of.header
        return (
            header.acquisition_number or 0,
            self.frame.moment,
            header.instance_number or 0,
            self.of.source,
            self.number,
        )

    @property
    def number_order(self) -> tuple[int, str, int]:
        """The order without any place or time."""
        return (self.of.header.instance_number or 0, self.of.source, self.number)


def places(pictures: Sequence[Picture]) -> list[list[Picture]]:
    """Pictures at one depth together, in order along the normal; without places each alone, by number."""
    orientation = pictures[0].frame.orientation
    positions = [p.frame.position_mm for p in pictures if p.frame.position_mm is not None]
    if orientation is None or len(positions) != len(pictures):
        return [[picture] for picture in sorted(pictures, key=lambda picture: picture.number_order)]
    along = depths(positions, orientation).tolist()
    ordered = sorted(zip(along, pictures, strict=True), key=lambda pair: (pair[0], pair[1].order))
    found: list[list[Picture]] = []
    last = float("-inf")
    for depth, picture in ordered:
        if depth - last <= SAME_PLACE_MM:
            found[-1].append(picture)
        else:
            found.append([picture])
            last = depth
    return [sorted(place, key=lambda picture: picture.order) for place in found]


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Items by key, in the order in which keys are first met."""
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
