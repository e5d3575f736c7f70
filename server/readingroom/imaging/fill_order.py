"""In which order the slices of a stack are read, and which of them together: the middle first. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readingroom.imaging.index import Stack

COPIED_AT_ONCE = 8
"""Files one thread copies before it looks around; the first of a stack goes alone."""
DECODED_AT_ONCE = 64
DECODED_BYTES = 64 << 20
"""Frames and bytes of one file in one request to a decode process, at four bytes a sample on the way."""


@dataclass(frozen=True, slots=True)
class Work:
    """Slices of a stack that are read together: copied as they lie, or decoded from one file."""

    slices: tuple[int, ...]
    copied: bool


def plan(stack: Stack) -> Iterator[Work]:
    """The whole stack as pieces of work: files in the order in which outwards first meets them.

    Copied slices of one file always come together, since none of them is shown before all of it is hashed.
    """
    of_file = by_file(stack, outwards(len(stack.frames)))
    frame_bytes = stack.rows * stack.columns * stack.samples * 4
    most = min(DECODED_AT_ONCE, max(1, DECODED_BYTES // max(1, frame_bytes)))
    copied: list[int] = []
    files = 0
    for place, slices in enumerate(of_file):
        if stack.frames[slices[0]].offset is not None:
            copied += slices
            files += 1
            if place == 0 or files == COPIED_AT_ONCE:
                yield Work(tuple(copied), copied=True)
                copied, files = [], 0
            continue
        alone = 1 if place == 0 else 0
        if alone:
            yield Work((slices[0],), copied=False)
        for start in range(alone, len(slices), most):
            yield Work(tuple(slices[start : start + most]), copied=False)
    if copied:
        yield Work(tuple(copied), copied=True)


def by_file(stack: Stack, slices: Iterable[int], at_once: int = sys.maxsize) -> list[list[int]]:
    """Those slices, the ones of one file together, at most `at_once` of them; the order stays."""
    of_file: dict[str, list[int]] = {}
    for index in slices:
        of_file.setdefault(stack.frames[index].file, []).append(index)
    return [
        together[start : start + at_once]
        for together in of_file.values()
        for start in range(0, len(together), at_once)
    ]


def outwards(count: int) -> list[int]:
    """0 … count-1, the middle first: 2, 3, 1, 4, 0 for five."""
    middle = count // 2
    return sorted(range(count), key=lambda index: (abs(index - middle), -index))
