"""The voxels that planes are cut from: stored values, what they mean slice by slice, which are padding."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging import window
from readingroom.imaging.cutting import cut_kernels, plane_kernels
from readingroom.imaging.cutting.slabs import Projection
from readingroom.imaging.index import Frame, Stack
from readingroom.values import Rescale

Array = NDArray[Any]

NO_PADDING = (1, 0)
"""A range that holds nothing."""
CODES = {
    Projection.MIP: cut_kernels.MIP,
    Projection.MINIP: cut_kernels.MINIP,
    Projection.MEAN: cut_kernels.MEAN,
}
"""Projections as the kernels call them."""


class Voxels:
    """All stored values [z, y, x] of a stack. `middle` is the frame that stands for all of it."""

    def __init__(self, stack: Stack, array: Array) -> None:
        self.stack = stack
        self.array = cut_kernels.still(array)
        frames = stack.frames
        self.middle = frames[len(frames) // 2]
        self.tabled = stack.dtype in window.TABLE_DTYPES
        """Whether stored values can leave as they are: they fit a window's table."""
        self.alike = len({(frame.rescale, frame.padding) for frame in frames}) == 1
        """Whether a stored value means the same in every slice."""
        self.meaning = np.array(
            [(one.rescale.slope, one.rescale.intercept, *(one.padding or NO_PADDING)) for one in frames],
            np.float64,
        )
        """[z, 4]: slope, intercept, lowest and highest padding of each slice."""
        self.padding = _in_dtype(frames[0].padding, self.array.dtype) if self.tabled else None
        """The part of the first slice's padding that stored values can have."""

    @property
    def nothing(self) -> int | None:
        """A stored value that stands for "nothing here": padding, or one that no voxel has.

        None where there is no such value, or where stored values do not mean the same everywhere.
        """
        if not (self.tabled and self.alike):
            return None
        return self.padding[0] if self.padding is not None else self._free

    @cached_property
    def near_padding(self) -> NDArray[np.uint8]:
        """Which groups of voxels have padding near them, as `plane_kernels.find_padding` says."""
        groups = np.zeros((self.array.size >> plane_kernels.GROUP_BITS) + 1, np.uint8)
        if self.padding is not None:
            plane_kernels.find_padding(self.array, *self.padding, groups)
        return groups

    def stored_projection(self, projection: Projection) -> Projection:
        """What it is in stored values: with a negative slope the least are the greatest."""
        if self.middle.rescale.slope >= 0 or projection is Projection.MEAN:
            return projection
        return Projection.MINIP if projection is Projection.MIP else Projection.MIP

    @cached_property
    def _free(self) -> int | None:
        limits = np.iinfo(self.array.dtype)
        least, most = int(self.array.min()), int(self.array.max())
        if least > limits.min:
            return int(limits.min)
        return int(limits.max) if most < limits.max else None


def as_modality(frame: Frame) -> Frame:
    """A frame whose values are modality values already, NaN being nothing."""
    return replace(frame, rescale=Rescale(unit=frame.rescale.unit), padding=None)


def _in_dtype(padding: tuple[int, int] | None, dtype: np.dtype[Any]) -> tuple[int, int] | None:
    """The part of a padding range that stored values can have."""
    if padding is None:
        return None
    limits = np.iinfo(dtype)
    low, high = max(padding[0], int(limits.min)), min(padding[1], int(limits.max))
    return (low, high) if low <= high else None
