"""A whole decoded stack, ready to be cut: the values of any rectangle of any plane or slab through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, reduce
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import BadRequest, NotAVolume, SliceDamaged, SliceNotReady
from readingroom.imaging import window
from readingroom.imaging.cutting import cut_kernels, plane_kernels, planes
from readingroom.imaging.cutting.grid import Floats, Grid
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes, through
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.index import Frame
from readingroom.imaging.tiles import Region
from readingroom.imaging.volumes import Volume
from readingroom.values import Rescale

Array = NDArray[Any]
Turned = Callable[[], Array | None]
"""Gives a copy of the voxels as [x, z, y], when there is one."""

MOST_AIMS = 64
"""Aims whose planes are remembered."""
MOST_SAMPLES = 512
"""Samples across a resampled slab."""

MOST_VALUES = 1 << 27
"""Interpolated for one tile: a second or so, two or three where slices differ."""

_CODES = {
    Projection.MIP: cut_kernels.MIP,
    Projection.MINIP: cut_kernels.MINIP,
    Projection.MEAN: cut_kernels.MEAN,
}
_NO_PADDING = (1, 0)


class Block:
    """The voxels of a complete stack. Safe to use from threads.

    Values come out as stored integers of the stack's dtype where one rescale and padding hold for all of it
    and a value is free to stand for "nothing here", else as float32 in modality units, NaN being nothing.
    `frame` says how they are meant. Raises SliceNotReady while slices are on their way; NotAVolume when one
    is damaged, since a plane would have a hole, and what Grid raises.
    """

    def __init__(self, volume: Volume, turned: Turned = lambda: None) -> None:
        self.stack = volume.stack
        check_whole(volume)
        if self.stack.samples != 1:
            raise NotAVolume(reason="they are in color")
        self.grid = Grid(self.stack)
        self._voxels = cut_kernels.still(volume.array)
        self._turned = turned
        self._planes: dict[Aim, ParallelPlanes] = {}
        frames = self.stack.frames
        self._alike = len({(frame.rescale, frame.padding) for frame in frames}) == 1
        self._middle = frames[len(frames) // 2]
        self._meaning = np.array(
            [(one.rescale.slope, one.rescale.intercept, *(one.padding or _NO_PADDING)) for one in frames],
            np.float64,
        )
        """[z, 4]: slope, intercept, lowest and highest padding of each slice."""
        tabled = self.stack.dtype in window.TABLE_DTYPES
        self._stored = self._alike and tabled
        """Whether integers can leave as they are stored, if only along the volume's own axes."""
        self._padding = _in_dtype(frames[0].padding, self._voxels.dtype) if tabled else None

    def shown(self, aim: Aim) -> ParallelPlanes:
        """`parallel_planes.through`, computed once for an aim."""
        known = self._planes.get(aim)
        if known is None:
            known = through(self.stack, aim)
            if len(self._planes) >= MOST_AIMS:
                self._planes.clear()
            self._planes[aim] = known
        return known

    def values(self, shown: ParallelPlanes, index: int, region: Region, slab: Slab) -> tuple[Array, Frame]:
        """Values [y, x] of a rectangle of plane `index` at full resolution, and a frame as they are meant.

        Raises SliceOutOfRange, BadRequest for a slab that cannot be made.
        """
        shown.checked(index)
        reach = min(slab.reach(shown.step_length_mm if shown.native else min(self.grid.spacing_mm)), 1 << 20)
        if self.stack.palette is not None and reach:
            raise BadRequest(reason="colored values are labels, of which no slab can be made")
        projection = slab.projection
        if shown.native:
            return self._native(shown, index, region, reach, projection)
        return self._resampled(shown, index, region, reach, projection)

    # --- along the volume's own axes ----------------------------------------------------------------------
    def _native(
        self, shown: ParallelPlanes, index: int, region: Region, reach: int, projection: Projection
    ) -> tuple[Array, Frame]:
        cut = planes.cut(self.stack, shown.plane, index)
        first, last = max(cut.index - reach, 0), min(cut.index + reach, cut.count - 1)
        one_frame = cut.axis == 0 and first == last
        frame = self.stack.frames[cut.index] if one_frame else self._middle
        if self.stack.dtype in window.TABLE_DTYPES and (one_frame or self._alike):
            if first == last:
                return _cropped(cut, self._layer(cut, cut.index), region), frame
            return self._projected(cut, first, last, region, self._stored_projection(projection)), frame
        values = _combined(
            (self._modality(cut, layer, region) for layer in range(first, last + 1)), projection
        )
        return values, _as_modality(frame)

    def _layer(self, cut: planes.Cut, index: int) -> Array:
        """The voxels of one layer across the cut's axis, in the volume's own order."""
        turned = self._turned() if cut.axis == 2 else None
        layers = turned if turned is not None else np.moveaxis(self._voxels, cut.axis, 0)
        return np.asarray(layers[index])

    def _projected(
        self, cut: planes.Cut, first: int, last: int, region: Region, projection: Projection
    ) -> Array:
        turned = self._turned() if cut.axis == 2 else None
        layers = turned if turned is not None else np.moveaxis(self._voxels, cut.axis, 0)
        part = layers[first : last + 1]
        rows, columns = cut.part(part.shape[1:], region)
        part = part[:, rows, columns]
        across = 1 if cut.axis == 1 else 0
        if across == 1:
            part = np.moveaxis(part, 0, 1)
        limits = np.iinfo(self._voxels.dtype)
        low, high = self._padding or _NO_PADDING
        shape = tuple(part.shape[axis] for axis in range(3) if axis != across)
        out = np.empty(shape, self._voxels.dtype)
        cut_kernels.project(
            cut_kernels.still(part),
            across,
            _CODES[projection],
            low,
            high,
            low if self._padding else 0,
            int(limits.min),
            int(limits.max),
            out,
        )
        return cut.turned(out)

    def _modality(self, cut: planes.Cut, index: int, region: Region) -> NDArray[np.float32]:
        """A part of one layer as modality values, each line by the frame it comes from."""
        layer = self._layer(cut, index)
        rows, columns = cut.part(layer.shape, region)
        part = layer[rows, columns]
        slope, intercept, low, high = self._meaning[index if cut.axis == 0 else rows].T[..., np.newaxis]
        exact = part.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # of 10^38 and beyond, all white
            modality = (exact * slope + intercept).astype(np.float32)
        modality[(exact >= low) & (exact <= high)] = np.nan
        return cut.turned(modality)

    # --- any other plane ----------------------------------------------------------------------------------
    def _resampled(
        self, shown: ParallelPlanes, index: int, region: Region, reach: int, projection: Projection
    ) -> tuple[Array, Frame]:
        grid, step_mm = self.grid, min(self.grid.spacing_mm)
        unit = np.asarray(shown.step_mm) / shown.step_length_mm
        extent = grid.corners_mm @ unit
        reach = min(reach, int(float(extent.max() - extent.min()) / step_mm) + 1)
        if 2 * reach + 1 > MOST_SAMPLES:
            most = MOST_SAMPLES // 2 * 2 * step_mm
            raise BadRequest(reason=f"a slab through these pictures is at most {most:.0f} mm thick")
        between_rows, between_columns = shown.spacing_mm
        down, right = np.asarray(shown.down) * between_rows, np.asarray(shown.right) * between_columns
        corner = shown.corner_mm(index) + region.top * down + region.left * right
        vectors = np.stack((down, right, unit * step_mm))
        size = (region.bottom - region.top, region.right - region.left)
        if (2 * reach + 1) * size[0] * size[1] > MOST_VALUES:
            raise BadRequest(reason="so thick a slab is shown in more detail or not at all")
        nothing = self._nothing if self._stored else None
        if nothing is None:
            return self._sampled(corner, vectors, reach, projection, size), _as_modality(self._middle)
        frame = replace(self._middle, padding=self._padding or (nothing, nothing))
        stored_projection = self._stored_projection(projection)
        if not grid.even or self.stack.palette is not None:
            floats = self._sampled(corner, vectors, reach, stored_projection, size, stored=True)
            return _rounded(floats, self._voxels.dtype, self._padding, nothing), frame
        out = np.empty(size, self._voxels.dtype)
        limits = np.iinfo(out.dtype)
        low, high = self._padding or _NO_PADDING
        plane_kernels.slice_integers(
            self._voxels,
            np.stack((grid.indices(corner), *grid.steps(vectors))),
            reach,
            _CODES[stored_projection],
            low,
            high,
            self._near_padding,
            nothing,
            int(limits.min),
            int(limits.max),
            out,
        )
        return out, frame

    def _sampled(
        self,
        corner: Floats,
        vectors: Floats,
        reach: int,
        projection: Projection,
        size: tuple[int, int],
        *,
        stored: bool = False,
    ) -> NDArray[np.float32]:
        """Modality values, or stored ones, interpolated the general way."""
        meaning = self._meaning.copy()
        if stored:
            meaning[:, :2] = (1, 0)
        out = np.empty(size, np.float32)
        plane_kernels.slice_any(
            self._voxels,
            self.grid.prolonged,
            meaning,
            np.vstack((corner, vectors)) @ self.grid.from_mm.T,
            reach,
            _CODES[projection],
            self.stack.palette is not None,
            out,
        )
        return out

    def _stored_projection(self, projection: Projection) -> Projection:
        """What it is in stored values: with a negative slope the least are the greatest."""
        if self.stack.frames[0].rescale.slope >= 0 or projection is Projection.MEAN:
            return projection
        return Projection.MINIP if projection is Projection.MIP else Projection.MIP

    @property
    def _nothing(self) -> int | None:
        """A stored value that stands for "nothing here": padding, or one that no voxel has; None: no such."""
        return self._padding[0] if self._padding is not None else self._free

    @cached_property
    def _free(self) -> int | None:
        limits = np.iinfo(self._voxels.dtype)
        least, most = int(self._voxels.min()), int(self._voxels.max())
        if least > limits.min:
            return int(limits.min)
        return int(limits.max) if most < limits.max else None

    @cached_property
    def _near_padding(self) -> NDArray[np.uint8]:
        """Which groups of voxels have padding near them."""
        groups = np.zeros((self._voxels.size >> plane_kernels.GROUP_BITS) + 1, np.uint8)
        if self._padding is not None:
            plane_kernels.find_padding(self._voxels, *self._padding, groups)
        return groups


def check_whole(volume: Volume, *, waiting: bool = False) -> None:
    """Raises NotAVolume for a damaged slice, SliceNotReady for one on its way unless that is `waiting`."""
    count = len(volume.stack.frames)
    for index in range(count):
        try:
            volume.frame(index)
        except SliceDamaged as damage:
            reason = damage.details["reason"]
            raise NotAVolume(reason=f"picture {index + 1} of {count} is damaged, {reason}") from None
        except SliceNotReady:
            if not waiting:
                raise


def _in_dtype(padding: tuple[int, int] | None, dtype: np.dtype[Any]) -> tuple[int, int] | None:
    """The part of a padding range that stored values can have."""
    if padding is None:
        return None
    limits = np.iinfo(dtype)
    low, high = max(padding[0], int(limits.min)), min(padding[1], int(limits.max))
    return (low, high) if low <= high else None


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


def _as_modality(frame: Frame) -> Frame:
    return replace(frame, rescale=Rescale(unit=frame.rescale.unit), padding=None)
