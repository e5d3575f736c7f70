"""Planes and slabs of whole voxels, along the volume's own axes: nothing is interpolated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.cutting import cut_kernels, planes
from readingroom.imaging.cutting.parallel_planes import ParallelPlanes
from readingroom.imaging.cutting.slabs import Projection
from readingroom.imaging.cutting.voxels import CODES, NO_PADDING, Voxels, as_modality
from readingroom.imaging.index import Frame
from readingroom.imaging.tiles import Region

Array = NDArray[Any]
Turned = Callable[[], Array | None]
"""Gives a copy of the voxels as [x, z, y], when there is one."""


class NativePlanes:
    """Cuts of a regular volume. Safe to use from threads."""

    def __init__(self, voxels: Voxels, turned: Turned) -> None:
        self._voxels = voxels
        self._turned = turned

    def values(
        self, shown: ParallelPlanes, index: int, region: Region, reach: int, projection: Projection
    ) -> tuple[Array, Frame]:
        """Values [y, x] of a rectangle of a plane, `reach` layers to either side of it projected on it.

        Stored values and a frame that says what they mean; modality values where layers differ in that.
        """
        voxels = self._voxels
        cut = planes.cut(voxels.stack, shown.plane, index)
        first, last = max(cut.index - reach, 0), min(cut.index + reach, cut.count - 1)
        one_frame = cut.axis == 0 and first == last
        frame = voxels.stack.frames[cut.index] if one_frame else voxels.middle
        layers = self._layers(cut)
        if voxels.tabled and (one_frame or voxels.alike):
            if first == last:
                return _cropped(cut, layers[cut.index], region), frame
            part = layers[first : last + 1]
            return self._projected(cut, part, region, voxels.stored_projection(projection)), frame
        modality = (self._modality(cut, layers, layer, region) for layer in range(first, last + 1))
        return _combined(modality, projection), as_modality(frame)

    def _layers(self, cut: planes.Cut) -> Array:
        """The voxels with the cut's axis in front, the others in the volume's own order; a view."""
        turned = self._turned() if cut.axis == 2 else None
        return turned if turned is not None else np.moveaxis(self._voxels.array, cut.axis, 0)

    def _projected(self, cut: planes.Cut, layers: Array, region: Region, projection: Projection) -> Array:
        """Stored values: the greatest, least or mean of whole layers."""
        rows, columns = cut.part(layers.shape[1:], region)
        part = layers[:, rows, columns]
        out = np.empty(part.shape[1:], part.dtype)
        across = 1 if cut.axis == 1 else 0  # so that memory is read in its own order
        limits, padding = np.iinfo(part.dtype), self._voxels.padding
        cut_kernels.project(
            cut_kernels.still(np.moveaxis(part, 0, across)),
            across,
            CODES[projection],
            *(padding or NO_PADDING),
            padding[0] if padding else 0,
            int(limits.min),
            int(limits.max),
            out,
        )
        return cut.turned(out)

    def _modality(self, cut: planes.Cut, layers: Array, index: int, region: Region) -> NDArray[np.float32]:
        """A part of one layer as modality values, each line by the frame it comes from."""
        rows, columns = cut.part(layers.shape[1:], region)
        part = layers[index, rows, columns]
        lines = index if cut.axis == 0 else rows
        slope, intercept, low, high = self._voxels.meaning[lines].T[..., np.newaxis]
        exact = part.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # of 10^38 and beyond, all white
            modality = (exact * slope + intercept).astype(np.float32)
        modality[(exact >= low) & (exact <= high)] = np.nan
        return cut.turned(modality)


def _cropped(cut: planes.Cut, layer: Array, region: Region) -> Array:
    rows, columns = cut.part(layer.shape, region)
    return cut.turned(layer[rows, columns])


def _combined(layers: Iterable[NDArray[np.float32]], projection: Projection) -> NDArray[np.float32]:
    """Greatest, least or mean of layers one after the other, NaN left out where there is anything else."""
    match projection:
        case Projection.MIP:
            return reduce(np.fmax, layers)
        case Projection.MINIP:
            return reduce(np.fmin, layers)
        case Projection.MEAN:
            total: Any = 0.0
            count: Any = 0
            for layer in layers:
                total = total + np.where(np.isnan(layer), 0, layer.astype(np.float64))
                count = count + ~np.isnan(layer)
            with np.errstate(invalid="ignore"):  # 0 / 0: of padding alone the mean is nothing
                return np.asarray(total / count, np.float32)
        case _:
            assert_never(projection)
