"""Where the planes of an aim lie through a stack: multiplanar reformation without a pixel. Pure geometry.

Axial, coronal and sagittal are meant of the pictures as they were taken: their row, column and normal
directions, each taken for the axis of the patient it runs closest to. An oblique acquisition's planes are as
oblique as it is. In a regular volume they are the volume's own voxels (planes.py): nothing is interpolated,
and where voxels are no cubes the picture's pixels are no squares. Everything else is resampled on squares,
also a volume whose gaps, each of them even enough, add up to slices that lie elsewhere than evenly spaced.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import BadRequest, NotAVolume
from readingroom.imaging.cutting import planes
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.parallel_planes import FARTHEST_MM, Aim, ParallelPlanes
from readingroom.imaging.index import Point, Stack
from readingroom.imaging.sorting.regularity import ABSOLUTE_TOLERANCE_MM
from readingroom.values import Plane

Floats = NDArray[np.float64]

LONGEST_EDGE: Final = 4096
"""Pixels of a resampled plane, and planes of a family; larger blocks are sampled more coarsely."""


def through(stack: Stack, aim: Aim) -> ParallelPlanes:
    """The planes of an aim through a stack. Raises NotAVolume, BadRequest."""
    if not stack.mpr:
        raise NotAVolume(reason=stack.reason or "these pictures do not form one block")
    if stack.samples != 1:
        raise NotAVolume(reason="they are in color")
    if stack.palette is not None and len({(frame.rescale, frame.padding) for frame in stack.frames}) > 1:
        raise NotAVolume(reason="they are labels, which mean something else from picture to picture")
    _check(aim)
    grid = Grid(stack)
    if aim.plane is Plane.OBLIQUE:
        shown = _oblique(grid, aim)
    elif stack.kind == "volume" and grid.unevenness_mm <= ABSOLUTE_TOLERANCE_MM:
        shown = _native(stack, grid, aim)
    else:
        shown = _resampled(grid, aim)
    return replace(shown, note=stack.mpr_note)


def _check(aim: Aim) -> None:
    if aim.plane is Plane.ACQUISITION:
        raise BadRequest(reason="the pictures as they were taken are no planes through them")
    if (aim.normal is not None) is not (aim.plane is Plane.OBLIQUE):
        raise BadRequest(reason="oblique planes have a normal, the others have none")
    if aim.plane is not Plane.OBLIQUE and (aim.up is not None or aim.spacing_mm is not None):
        raise BadRequest(reason="only oblique planes are turned and spaced as one likes")
    if aim.point is not None and not all(abs(part) <= FARTHEST_MM for part in aim.point):
        raise BadRequest(reason="the point lies too far away")
    if aim.spacing_mm is not None and not 0.01 <= aim.spacing_mm <= 100:
        raise BadRequest(reason="pixels are 0.01 to 100 mm wide")


# --- the volume's own voxels ------------------------------------------------------------------------------
def _native(stack: Stack, grid: Grid, aim: Aim) -> ParallelPlanes:
    cut = planes.cut(stack, aim.plane, 0)
    rows, columns = (axis for axis in (range(2, -1, -1) if cut.transposed else range(3)) if axis != cut.axis)
    first, step = np.zeros(3), np.zeros(3)
    down, right = np.zeros(3), np.zeros(3)
    first[cut.axis], step[cut.axis] = (0, 1) if cut.index == 0 else (cut.count - 1, -1)
    for axis, direction, turned in ((rows, down, cut.rows_reversed), (columns, right, cut.columns_reversed)):
        first[axis], direction[axis] = (grid.shape[axis] - 1, -1) if turned else (0, 1)
    step_mm, down_mm, right_mm = (_voxels_to_mm(grid, vector) for vector in (step, down, right))
    index = cut.count // 2
    if aim.point is not None:
        inside = grid.indices(np.asarray(aim.point))
        index = round(float((inside[cut.axis] - first[cut.axis]) * step[cut.axis]))
    return ParallelPlanes(
        plane=aim.plane,
        rows=grid.shape[rows],
        columns=grid.shape[columns],
        count=cut.count,
        index=min(max(index, 0), cut.count - 1),
        first_mm=_point(_affine_mm(grid, first)),
        step_mm=_point(step_mm),
        right=_point(_unit(right_mm)),
        down=_point(_unit(down_mm)),
        spacing_mm=(_length(down_mm), _length(right_mm)),
        native=True,
    )


def _affine_mm(grid: Grid, index: Floats) -> Floats:
    """The place of a voxel, the slices of a regular volume (all but) evenly spaced."""
    return np.asarray(grid.places[0] @ grid.axes) + _voxels_to_mm(grid, index)


def _voxels_to_mm(grid: Grid, vector: Floats) -> Floats:
    return np.asarray((vector[0] * grid.step + (0.0, vector[1], vector[2])) @ grid.axes)


# --- resampled --------------------------------------------------------------------------------------------
def _resampled(grid: Grid, aim: Aim) -> ParallelPlanes:
    """Anatomical planes of a block that is not regular, in the rectangular frame of its pictures."""
    normal, column, row = (_unit(axis) for axis in grid.axes)
    frame = (normal, np.cross(normal, row), row)
    (axis, sign), (down_axis, down_sign), (right_axis, right_sign) = planes.layout(
        tuple(_point(direction) for direction in frame), aim.plane
    )
    along = sign * frame[axis]
    step = (grid.gap_mm, grid.spacing_mm[1], grid.spacing_mm[2])[axis]
    spacing = min(grid.spacing_mm)
    first = None
    if axis == 0:  # planes along the slices begin on the first one, and meet all that are evenly spaced
        depths = grid.places[:, 0]
        first = float(depths[0] if sign > 0 else -depths[-1])
    return _cover(
        grid,
        aim,
        along=along,
        down=down_sign * frame[down_axis],
        right=right_sign * frame[right_axis],
        step=step,
        spacing=spacing,
        through_depth=first,
    )


def _oblique(grid: Grid, aim: Aim) -> ParallelPlanes:
    along, down, right = _turned(_direction("normal", aim.normal), aim.up)
    spacing = aim.spacing_mm or min(grid.spacing_mm)
    depth = None
    if aim.point is not None:
        depth = float(np.asarray(aim.point) @ along)
        extent = grid.corners_mm @ along
        if not extent.min() <= depth <= extent.max():
            raise BadRequest(reason="a plane through that point does not meet the pictures")
    return _cover(
        grid,
        aim,
        along=along,
        down=down,
        right=right,
        step=min(grid.spacing_mm),
        spacing=spacing,
        through_depth=depth,
    )


def _turned(normal: Floats, up: Point | None) -> tuple[Floats, Floats, Floats]:
    """The direction in which planes are counted, and where their rows and columns go.

    Into the picture is right × down. Axial-like planes are seen from the feet and counted to the head,
    coronal-like from the front and to the back, sagittal-like from the left and counted to the left.
    """
    if up is not None:
        down = -_direction("up", up)
        down = down - (down @ normal) * normal
        if np.linalg.norm(down) < 1e-3:
            raise BadRequest(reason="what is up in the picture cannot run along its normal")
        down = _unit(down)
        return normal, down, np.cross(down, normal)
    sizes = np.abs(normal)
    main = max((2, 1, 0), key=lambda axis: (round(float(sizes[axis]), 6), axis))
    along = normal if normal[main] > 0 else -normal
    down = np.array((0.0, 1.0, 0.0)) if main == 2 else np.array((0.0, 0.0, -1.0))
    down = _unit(down - (down @ along) * along)
    right = np.cross(down, along if main != 0 else -along)
    return along, down, right


def _cover(
    grid: Grid,
    aim: Aim,
    *,
    along: Floats,
    down: Floats,
    right: Floats,
    step: float,
    spacing: float,
    through_depth: float | None,
) -> ParallelPlanes:
    """Planes that show all of the block, on squares."""
    corners = grid.corners_mm
    extents = [
        (float((corners @ axis).min()), float((corners @ axis).max())) for axis in (along, down, right)
    ]
    lengths = [high - low for low, high in extents]
    spacing = max(spacing, max(lengths[1:]) / LONGEST_EDGE)
    step = max(step, lengths[0] / LONGEST_EDGE)
    (low, high), *_ = extents
    (rows, top), (columns, left) = (_centered(*extent, spacing) for extent in extents[1:])
    if through_depth is None:
        count, first = _centered(low, high, step)
    else:
        first = through_depth - math.floor((through_depth - low) / step + 1e-6) * step
        count = max(1, math.floor((high - first) / step + 1e-6) + 1)
    index = count // 2
    if aim.point is not None:
        index = round((float(np.asarray(aim.point) @ along) - first) / step)
    return ParallelPlanes(
        plane=aim.plane,
        rows=rows,
        columns=columns,
        count=count,
        index=min(max(index, 0), count - 1),
        first_mm=_point(first * along + top * down + left * right),
        step_mm=_point(step * along),
        right=_point(right),
        down=_point(down),
        spacing_mm=(spacing, spacing),
        native=False,
    )


def _centered(low: float, high: float, step: float) -> tuple[int, float]:
    """How many steps cover a length, and where the center of the first lies when they are centered on it."""
    count = max(1, math.ceil((high - low) / step - 1e-6))
    return count, (low + high) / 2 - (count - 1) / 2 * step


def _direction(name: str, vector: Point | None) -> Floats:
    """A unit vector. Raises BadRequest for what has no direction."""
    made = np.asarray(vector, np.float64)
    largest = float(np.max(np.abs(made)))
    if not (math.isfinite(largest) and largest > 0):
        raise BadRequest(reason=f"the {name} must be three numbers that are not all 0")
    return _unit(made / largest)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))


def _length(vector: Floats) -> float:
    return float(np.linalg.norm(vector))


def _point(vector: Floats) -> Point:
    x, y, z = (float(part) + 0.0 for part in vector)
    return (x, y, z)
