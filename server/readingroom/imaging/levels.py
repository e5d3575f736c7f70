"""Resolution levels: level L shows 2^L x 2^L pixels of the frame as their mean, padding left out."""

from __future__ import annotations

from typing import Any

import numpy as np
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
    """Stored values [y, x], or RGB [y, x, 3], at a level, same dtype; colors are averaged one by one.

    The upper left corner must lie on a block of the level.
    """
    if level == 0:
        return stored
    if stored.ndim == 3:
        return np.stack([kernels.average(stored[:, :, channel], level, None) for channel in range(3)], axis=2)
    return kernels.average(stored, level, padding)


def pick(stored: NDArray[Any], level: int) -> NDArray[Any]:
    """Labels [y, x] at a level, where a mean would be another label: the upper left of each block."""
    edge = 1 << level
    return stored[::edge, ::edge]
