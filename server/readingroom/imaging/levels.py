"""Resolution levels: level L shows 2^L x 2^L pixels of the frame as their mean, padding left out."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from readingroom.imaging import kernels

SMALLEST_EDGE = 64
"""Levels go down until the longer edge is no longer than this."""


def level_count(rows: int, columns: int) -> int:
    """How many levels a frame has, level 0 (full resolution) included."""
    count = 1
    while max(size(rows, columns, count - 1)) > SMALLEST_EDGE:
        count += 1
    return count


def size(rows: int, columns: int, level: int) -> tuple[int, int]:
    """Rows and columns of a level: halved `level` times, rounded up."""
    edge = 1 << level
    return -(-rows // edge), -(-columns // edge)


def reduce(stored: NDArray[Any], level: int, padding: tuple[int, int] | None) -> NDArray[Any]:
    """Stored values [y, x] at a level, same dtype. The upper left corner must lie on a block of the level."""
    return stored if level == 0 else kernels.average(stored, level, padding)
