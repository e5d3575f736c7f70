"""Planes and slabs interpolated between voxels, however they lie in the patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import BadRequest, NotAVolume
from readingroom.imaging.cutting import plane_kernels
from readingroom.imaging.cutting.grid import Floats, Grid
from readingroom.imaging.cutting.parallel_planes import ParallelPlanes
from readingroom.imaging.cutting.slabs import Projection
from readingroom.imaging.cutting.voxels import CODES, NO_PADDING, Voxels, as_modality
from readingroom.imaging.index import Frame
from readingroom.imaging.tiles import Region

Array = NDArray[Any]

MOST_SAMPLES = 512
"""Samples across a slab."""
MOST_VALUES = 1 << 27
"""Interpolated for one tile: a second or so, two or three where slices differ."""


class ResampledPlanes:
    """Trilinear between voxels; labels are the nearest voxel's. Safe to use from threads."""

    def __init__(self, voxels: Voxels, grid: Grid) -> None:
        self._voxels = voxels
        self._grid = grid

    def values(
        self, shown: ParallelPlanes, index: int, region: Region, reach: int, projection: Projection
    ) -> tuple[Array, Frame]:
        """Values [y, x] of a rectangle of a plane, `reach` samples to either side of it projected on it.

        Stored values and a frame that says what they mean; modality values where slices differ in that, or
        no stored value is free to mean nothing. Raises BadRequest for a slab of too many samples, NotAVolume
        for labels that would come out as modality values.
        """
        voxels, grid, step_mm = self._voxels, self._grid, min(self._grid.spacing_mm)
        unit = np.asarray(shown.step_mm) / shown.step_length_mm
        size = (region.bottom - region.top, region.right - region.left)
        reach = self._checked(reach, unit, step_mm, size)
        between_rows, between_columns = shown.spacing_mm
        down, right = np.asarray(shown.down) * between_rows, np.asarray(shown.right) * between_columns
        corner = shown.corner_mm(index) + region.top * down + region.left * right
        vectors = np.stack((down, right, unit * step_mm))
        nothing, labels = voxels.nothing, voxels.stack.palette is not None
        if nothing is None:
            if labels:
                raise NotAVolume(reason="they are labels, and no value is free to say that there is none")
            floats = self._sampled(corner, vectors, reach, projection, size, voxels.meaning)
            return floats, as_modality(voxels.middle)
        frame = replace(voxels.middle, padding=voxels.padding or (nothing, nothing))
        projection = voxels.stored_projection(projection)
        if grid.even and not labels:
            return self._integers(corner, vectors, reach, projection, size, nothing), frame
        meaning = voxels.meaning.copy()
        meaning[:, :2] = (1, 0)
        floats = self._sampled(corner, vectors, reach, projection, size, meaning)
        return _rounded(floats, voxels.array.dtype, voxels.padding, nothing), frame

    def _checked(self, reach: int, along: Floats, step_mm: float, size: tuple[int, int]) -> int:
        """The samples to either side that can meet the block. Raises BadRequest when they are too many."""
        extent = self._grid.corners_mm @ along
        reach = min(reach, int(float(extent.max() - extent.min()) / step_mm) + 1)
        if 2 * reach + 1 > MOST_SAMPLES:
            most = MOST_SAMPLES // 2 * 2 * step_mm
            raise BadRequest(reason=f"a slab through these pictures is at most {most:.0f} mm thick")
        if (2 * reach + 1) * size[0] * size[1] > MOST_VALUES:
            raise BadRequest(reason="so thick a slab is shown in more detail or not at all")
        return reach

    def _integers(
        self,
        corner: Floats,
        vectors: Floats,
        reach: int,
        projection: Projection,
        size: tuple[int, int],
        nothing: int,
    ) -> Array:
        """Stored values of an even grid, in fixed point."""
        voxels, grid = self._voxels, self._grid
        out = np.empty(size, voxels.array.dtype)
        limits = np.iinfo(out.dtype)
        plane_kernels.slice_integers(
            voxels.array,
            np.stack((grid.indices(corner), *grid.steps(vectors))),
            reach,
            CODES[projection],
            *(voxels.padding or NO_PADDING),
            voxels.near_padding,
            nothing,
            int(limits.min),
            int(limits.max),
            out,
        )
        return out

    def _sampled(
        self,
        corner: Floats,
        vectors: Floats,
        reach: int,
        projection: Projection,
        size: tuple[int, int],
        meaning: Floats,
    ) -> NDArray[np.float32]:
        """Values by `meaning` [z, 4], interpolated the general way."""
        out = np.empty(size, np.float32)
        plane_kernels.slice_any(
            self._voxels.array,
            self._grid.prolonged,
            meaning,
            np.vstack((corner, vectors)) @ self._grid.from_mm.T,
            reach,
            CODES[projection],
            self._voxels.stack.palette is not None,
            out,
        )
        return out


def _rounded(
    values: NDArray[np.float32], dtype: np.dtype[Any], padding: tuple[int, int] | None, nothing: int
) -> Array:
    """Stored values by floor(x + 0.5), `nothing` for NaN; what is picture never becomes padding."""
    limits = np.iinfo(dtype)
    exact = values.astype(np.float64)
    whole = np.floor(exact + 0.5)
    if padding is not None:
        low, high = padding
        under = (exact < (low + high) / 2) & (low > limits.min) | (high >= limits.max)
        whole = np.where((whole >= low) & (whole <= high), np.where(under, low - 1, high + 1), whole)
    return np.where(np.isnan(whole), nothing, whole).astype(dtype)
