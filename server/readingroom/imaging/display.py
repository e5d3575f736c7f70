"""One frame to display bytes, gray or color, as every screen shows it; which frame stands for a stack."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import BadWindow, SliceDamaged
from readingroom.imaging import kernels, window
from readingroom.imaging.index import Frame, LookupTable, Palette, Stack
from readingroom.imaging.volumes import Volume
from readingroom.values import VoiWindow


def pixels(stored: NDArray[Any], frame: Frame, stack: Stack, voi: VoiWindow | None) -> NDArray[np.uint8]:
    """Display bytes of stored values [y, x] of a frame: gray [y, x], or [y, x, 3] where there is color.

    Color (stored [y, x, 3]) is shown as it is, windowed by nothing; a supplemental palette is drawn over the
    grays. Raises BadWindow for grays without a window, or with a VOI LUT the stack does not have.
    """
    if stack.samples == 3:
        return np.asarray(stored, np.uint8)
    if voi is None:
        raise BadWindow(reason="these pictures are gray, and gray needs a center and a width")
    grays = gray(stored, frame, stack, voi)
    return grays if stack.palette is None else _painted(grays, stored, frame.padding, stack.palette)


def gray(stored: NDArray[Any], frame: Frame, stack: Stack, voi: VoiWindow) -> window.Gray:
    """Display bytes of stored values of a frame, under its own rescale and padding. Raises BadWindow."""
    curve = voi if voi.lut is None else levels_of(stack, voi.lut)
    if stored.dtype.name in window.TABLE_DTYPES:
        table = kernels.table(stored.dtype.name, frame.rescale, frame.padding, stack.inverted, curve)
        return kernels.look_up(stored, table)
    return window.to_gray(stored, frame.rescale, frame.padding, stack.inverted, curve)


def levels_of(stack: Stack, lut: int) -> window.Levels:
    """The display bytes of one of the stack's VOI LUTs. Raises BadWindow when it has no such table."""
    if not 0 <= lut < len(stack.voi_luts):
        raise BadWindow(reason=f"these pictures have {len(stack.voi_luts)} VOI LUTs, counted from 0")
    return _levels(stack.voi_luts[lut].table)


@lru_cache(maxsize=16)
def _levels(table: LookupTable) -> window.Levels:
    return window.levels_of(table)


def _painted(
    grays: window.Gray, stored: NDArray[Any], padding: tuple[int, int] | None, palette: Palette
) -> NDArray[np.uint8]:
    """RGB: the grays, with the palette's color where a stored value has one. Padding stays black."""
    colored = stored >= palette.first
    if padding is not None:
        colored &= (stored < padding[0]) | (stored > padding[1])
    colors = np.array((palette.red, palette.green, palette.blue), np.uint8).T
    entry = np.minimum(stored[colored].astype(np.int64) - palette.first, len(colors) - 1)
    picture = np.repeat(grays[:, :, np.newaxis], 3, axis=2)
    picture[colored] = colors[entry]
    return picture


def middle(volume: Volume) -> tuple[int, NDArray[Any]]:
    """Index and stored values of the sound frame nearest the middle: the one that stands for the stack.

    Raises SliceNotReady while it is being read, SliceDamaged when all are damaged.
    """
    count = len(volume.stack.frames)
    middle = count // 2
    for index in sorted(range(count), key=lambda index: (abs(index - middle), index)):
        try:
            return index, volume.frame(index)
        except SliceDamaged:
            continue
    raise SliceDamaged(index=middle + 1, slices=count, reason="no picture of this stack can be read")
