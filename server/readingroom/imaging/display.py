"""One frame to display bytes, by table where a table covers its dtype; and which frame stands for a stack."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from readingroom.errors import SliceDamaged
from readingroom.imaging import kernels, window
from readingroom.imaging.index import Frame
from readingroom.imaging.volumes import Volume
from readingroom.values import VoiWindow


def gray(stored: NDArray[Any], frame: Frame, inverted: bool, voi: VoiWindow) -> window.Gray:
    """Display bytes [y, x] of stored values of a frame, under its own rescale and padding."""
    if stored.dtype.name in window.TABLE_DTYPES:
        table = kernels.table(stored.dtype.name, frame.rescale, frame.padding, inverted, voi)
        return kernels.look_up(stored, table)
    return window.to_gray(stored, frame.rescale, frame.padding, inverted, voi)


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
