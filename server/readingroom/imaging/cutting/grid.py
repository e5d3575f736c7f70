"""Where the voxels of a stack lie in the patient: mm to continuous voxel indices [z, y, x] and back. Pure.

Slices are parallel, but need not follow each other evenly or straight: each has its own place, and what lies
between two of them is as far along as it is deep. So a tilted stack is straightened and a gap keeps its
width without a voxel being copied, and no patient is ever stretched.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotAVolume
from readingroom.imaging.geometry import normal_of
from readingroom.imaging.index import Stack

Floats = NDArray[np.float64]

EVEN_MM = 0.01
"""Slices whose places are this near to evenly spaced ones are taken for such."""
FARTHEST_MM = 1e9
NOWHERE = "the pictures say no place that a patient could be in"


class Grid:
    """The voxels of a stack of at least two slices. Index 0 is the center of the first voxel of an axis.

    Raises NotAVolume when the stack does not say where its voxels are, or says it twice.
    Source: PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
    """

    def __init__(self, stack: Stack) -> None:
        positions = [frame.position_mm for frame in stack.frames]
        if stack.orientation is None or stack.spacing_mm is None or None in positions or len(positions) < 2:
            raise NotAVolume(reason="the pictures do not say where they are in the patient")
        self.shape = (len(positions), stack.rows, stack.columns)
        row, column = np.reshape(np.array(stack.orientation, np.float64), (2, 3))
        normal = _unit(np.array(normal_of(stack.orientation)))
        between_rows, between_columns = stack.spacing_mm
        self.axes = np.array((normal, column * between_rows, row * between_columns), np.float64)
        """[3, 3], rows: 1 mm along the normal; from row to row; from column to column. In mm, LPS."""
        try:
            self.from_mm = np.array(np.linalg.inv(self.axes).T, np.float64)
        except np.linalg.LinAlgError:
            raise NotAVolume(reason=NOWHERE) from None
        """[3, 3]: a point in mm to its depth in mm and to rows and columns from the patient's origin."""
        where = np.array(positions, np.float64)
        if not (np.isfinite(self.from_mm).all() and np.all(np.abs(where) < FARTHEST_MM)):
            raise NotAVolume(reason=NOWHERE)
        self.places: Floats = where @ self.from_mm.T
        """[z, 3]: the same of each slice's first pixel: depth, row, column."""
        gaps = np.diff(self.places[:, 0])
        if not np.all(gaps > 0):
            raise NotAVolume(reason="its pictures do not follow each other in one direction")
        self.unevenness_mm = self._unevenness_mm()
        """How far the slice farthest from evenly spaced places lies from there."""
        self.even = self.unevenness_mm <= EVEN_MM
        """Whether voxel indices are one affine function of places."""
        self.gap_mm = float(np.mean(gaps) if self.even else np.median(gaps))
        """The usual distance between slices, along their normal."""

    @cached_property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Of voxels: along the normal, between rows, between columns."""
        _, rows, columns = (float(np.linalg.norm(axis)) for axis in self.axes)
        return (self.gap_mm, rows, columns)

    @cached_property
    def step(self) -> Floats:
        """[3]: from one slice to the next of an even grid: depth, rows, columns."""
        return np.asarray((self.places[-1] - self.places[0]) / (self.shape[0] - 1))

    def indices(self, points_mm: Floats) -> Floats:
        """Voxel indices [..., 3] as z, y, x of points [..., 3] in mm LPS.

        Beyond the ends slices go on at the usual distance: of an even grid as they did, else straight on.
        """
        if self.even:
            return self.steps(points_mm - self.places[0] @ self.axes)
        depth, row, column = np.moveaxis(points_mm @ self.from_mm.T, -1, 0)
        depths = self.prolonged[:, 0]
        z = np.interp(depth, depths, np.arange(-1.0, self.shape[0] + 1))
        z = np.where(depth < depths[0], -1 + (depth - depths[0]) / self.gap_mm, z)
        z = np.where(depth > depths[-1], self.shape[0] + (depth - depths[-1]) / self.gap_mm, z)
        y, x = (np.interp(depth, depths, self.prolonged[:, axis]) for axis in (1, 2))
        return np.stack((z, row - y, column - x), axis=-1)

    def steps(self, vectors_mm: Floats) -> Floats:
        """How many voxels [..., 3] as z, y, x vectors [..., 3] in mm span in an even grid."""
        across = vectors_mm @ self.from_mm.T
        z = across[..., :1] / self.step[0]
        return np.concatenate((z, across[..., 1:] - z * self.step[1:]), axis=-1)

    def points_mm(self, indices: Floats) -> Floats:
        """Points [..., 3] in mm LPS of voxel indices [..., 3] as z, y, x, from -1 to the number of slices."""
        z, y, x = np.moveaxis(np.asarray(indices, np.float64), -1, 0)
        along = np.arange(-1.0, self.shape[0] + 1)
        depth, row, column = (np.interp(z, along, self.prolonged[:, axis]) for axis in range(3))
        return np.asarray(np.stack((depth, row + y, column + x), axis=-1) @ self.axes)

    @cached_property
    def corners_mm(self) -> Floats:
        """[n, 3]: the outer corners of the block, voxel edges included; the block is their convex hull."""
        slices, rows, columns = self.shape
        z = np.concatenate(([-0.5], np.arange(slices), [slices - 0.5]))
        corner = np.array(np.meshgrid(z, (-0.5, rows - 0.5), (-0.5, columns - 0.5), indexing="ij"))
        return self.points_mm(corner.reshape(3, -1).T)

    @cached_property
    def prolonged(self) -> Floats:
        """[z + 2, 3]: the places with one more before and after, at the usual distance."""
        first, last = self.places[0], self.places[-1]
        if self.even:
            return np.vstack((first - self.step, self.places, last + self.step))
        ahead = np.array((self.gap_mm, 0.0, 0.0))
        return np.vstack((first - ahead, self.places, last + ahead))

    def _unevenness_mm(self) -> float:
        even = np.linspace(self.places[0], self.places[-1], self.shape[0])
        off = (self.places - even) @ self.axes
        return float(np.max(np.linalg.norm(off, axis=1)))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
