"""How coarse the preview of a whole stack is, how many of its frames it holds, and in which order. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from readingroom.imaging import levels, window
from readingroom.imaging.index import Stack

LONGEST_EDGE: Final = 128
"""Finer than this is no preview any more."""
FAST_BYTES: Final = 2 << 20
"""Decoded. Something finer than the coarsest level is taken only while it is not more: about half of it
crosses the line, which is six seconds of a slow one."""
MOST_BYTES: Final = 24 << 20
"""Decoded, of a whole preview: what a phone keeps of it."""


def preview_level(stack: Stack) -> int:
    """The level of a stack's preview: a frame of it is one small tile."""
    count = levels.level_count(stack.rows, stack.columns)
    for level in range(count - 1):
        if max(levels.size(stack.rows, stack.columns, level)) > LONGEST_EDGE:
            continue
        if len(stack.frames) * frame_bytes(stack, level) <= FAST_BYTES:
            return level
    return count - 1


def frame_bytes(stack: Stack, level: int) -> int:
    """What the values of one frame take at a level, decoded."""
    rows, columns = levels.size(stack.rows, stack.columns, level)
    itemsize = np.dtype(stack.dtype).itemsize if stack.dtype in window.TABLE_DTYPES else 4
    return rows * columns * stack.samples * itemsize


def previewed(stack: Stack, around: int) -> list[int]:
    """The frames of a preview: from `around` outwards, the next one first, as many as MOST_BYTES hold."""
    most = MOST_BYTES // frame_bytes(stack, preview_level(stack))
    return sorted(range(len(stack.frames)), key=lambda index: (abs(index - around), -index))[:most]
