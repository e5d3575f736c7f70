"""The loops that interpolate voxels on planes, compiled by numba with the GIL released. No decisions here.

Everything stands in this one file: numba's cache does not notice changes of inner functions elsewhere.
Voxel indices are z, y, x; 0 is the center of the first voxel, and the block ends half a voxel further out.
Out there the voxels of the rim are held. Padding takes no part: what is left of the eight neighbors shares
its weight. A pixel of which nothing is left is `nothing`, or NaN.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.cutting.cut_kernels import COMMON_DTYPES, MEAN, MINIP, MIP, compiled, still

Pixels = NDArray[Any]
Floats = NDArray[np.float64]
Line = NDArray[np.float32]
Rows = tuple[Pixels, ...]
Fixed = tuple[Any, Any, Any]
"""z, y, x in units of 2^-32 voxels, 64 bits."""

NONE: Final = np.nan
"""No value: padding alone, or nothing at all."""
MIXED: Final = np.inf
"""Picture and padding lie side by side: the exact way is taken."""
COLUMNS: Final = 256
"""Of a picture made at a time."""
GROUP_BITS: Final = 7
"""Voxels in a row of which it is known together whether padding is near: 2 to the power of this."""


@compiled
def _span(start: float, step: float, low: float, high: float, first: int, last: int) -> tuple[int, int]:
    """The part of first..last (both included) in which start + step * j lies within low..high."""
    if step == 0.0:
        if low <= start <= high:
            return first, last
        return first, first - 1
    a, b = (low - start) / step, (high - start) / step
    if a > b:
        a, b = b, a
    a, b = max(a, float(first)), min(b, float(last))
    if a > b:
        return first, first - 1
    return int(np.ceil(a)), int(np.floor(b))


@compiled
def _blend(
    voxels: Pixels, z: float, y: float, x: float, meaning: Floats, nearest: bool
) -> tuple[float, float]:
    """Weighted sum and weight of the picture around a place inside the block.

    `meaning` is [z, 4]: slope, intercept, lowest and highest padding of each slice (high < low: none).
    """
    slices, rows, columns = voxels.shape
    z = min(max(z, 0.0), slices - 1.0)
    y = min(max(y, 0.0), rows - 1.0)
    x = min(max(x, 0.0), columns - 1.0)
    if nearest:
        z, y, x = np.floor(z + 0.5), np.floor(y + 0.5), np.floor(x + 0.5)
    iz, iy, ix = int(z), int(y), int(x)
    fz, fy, fx = z - iz, y - iy, x - ix
    total, weights = 0.0, 0.0
    for corner in range(8):
        dz, dy, dx = corner >> 2, (corner >> 1) & 1, corner & 1
        weight = (fz if dz else 1 - fz) * (fy if dy else 1 - fy) * (fx if dx else 1 - fx)
        if weight > 0:
            value = float(voxels[iz + dz, iy + dy, ix + dx])
            slope, intercept, low, high = meaning[iz + dz]
            if value == value and not low <= value <= high:
                total += weight * (value * slope + intercept)
                weights += weight
    return total, weights


@compiled
def _exactly(voxels: Pixels, z: float, y: float, x: float, meaning: Floats) -> float:
    """The value of one place inside the block, or NONE where all is padding."""
    total, weight = _blend(voxels, z, y, x, meaning, False)
    return total / weight if weight > 0 else NONE


@compiled
def slice_any(
    voxels: Pixels,
    places: Floats,
    meaning: Floats,
    lay: Floats,
    reach: int,
    projection: int,
    nearest: bool,
    out: Pixels,
) -> None:
    """Pixels of a plane or slab through any stack, float32; NaN where there is no picture.

    `places` is [z + 2, 3]: depth, row and column of each slice's first pixel, with one more slice before and
    after. `lay` is as in `slice_integers`, in these units. `meaning` as in `_blend`.
    """
    slices, rows, columns = voxels.shape
    origin, down, right, along = lay[0], lay[1], lay[2], lay[3]
    height, width = out.shape
    segment = 0
    for i in range(height):
        for j in range(width):
            best, count = 0.0, 0
            for k in range(-reach, reach + 1):
                depth = origin[0] + i * down[0] + j * right[0] + k * along[0]
                while segment > 0 and depth < places[segment, 0]:
                    segment -= 1
                while segment < slices and depth >= places[segment + 1, 0]:
                    segment += 1
                below, above = places[segment], places[segment + 1]
                part = (depth - below[0]) / (above[0] - below[0])
                z = segment - 1 + part
                if not -0.5 <= z <= slices - 0.5:
                    continue
                y = origin[1] + i * down[1] + j * right[1] + k * along[1]
                x = origin[2] + i * down[2] + j * right[2] + k * along[2]
                y -= below[1] + part * (above[1] - below[1])
                x -= below[2] + part * (above[2] - below[2])
                if not (-0.5 <= y <= rows - 0.5 and -0.5 <= x <= columns - 0.5):
                    continue
                total, weight = _blend(voxels, z, y, x, meaning, nearest)
                if weight == 0:
                    continue
                value = total / weight
                if projection == MEAN:
                    best += value
                elif count == 0 or (value > best) == (projection == MIP):
                    best = value
                count += 1
            if count == 0:
                out[i, j] = np.nan
            else:
                out[i, j] = best / count if projection == MEAN else best


@compiled
def _inside(
    start: int,
    stop: int,
    place: Fixed,
    step: Fixed,
    ends: Fixed,
) -> tuple[int, int, Fixed]:
    """The part of start..stop whose places in fixed point have all eight neighbors, and its first place.

    Fixed places are a hair off the exact ones: what left the inside by it belongs to the rim.
    """
    (z, y, x), (dz, dy, dx), (deep, low, far) = place, step, ends
    while start <= stop and not (0 <= z < deep and 0 <= y < low and 0 <= x < far):
        start, z, y, x = start + 1, z + dz, y + dy, x + dx
    while start <= stop:
        n = stop - start
        if 0 <= z + n * dz < deep and 0 <= y + n * dy < low and 0 <= x + n * dx < far:
            break
        stop -= 1
    return start, stop, (z, y, x)


@compiled
def _places(n: int, place: Fixed, step: Fixed, row: int, layer: int, at: Pixels, parts: Rows) -> None:
    """Where the first neighbor of each of n places in a row lies in flat voxels, and how far on they are.

    `parts`: along z, y and x, times 2^20.
    """
    (z0, y0, x0), (dz, dy, dx) = place, step
    z, y, x = parts
    for j in range(n):
        zj, yj, xj = z0 + j * dz, y0 + j * dy, x0 + j * dx
        at[j] = (zj >> 32) * layer + (yj >> 32) * row + (xj >> 32)
        z[j] = np.int32((zj >> 12) & 0xFFFFF)
        y[j] = np.int32((yj >> 12) & 0xFFFFF)
        x[j] = np.int32((xj >> 12) & 0xFFFFF)


@compiled
def _neighbors(
    n: int, flat: Pixels, row: int, layer: int, groups: NDArray[np.uint8], at: Pixels, found: Rows
) -> int:
    """The eight voxels around each of n places: 4 is one slice on, 2 a row, 1 a column.

    Tells whether padding may be among them: 0 when not.
    """
    near = 0
    one, rows, layers = np.uint64(1), np.uint64(row), np.uint64(layer)
    v0, v1, v2, v3, v4, v5, v6, v7 = found
    for j in range(n):
        here = np.uint64(at[j])
        near |= groups[here >> np.uint64(GROUP_BITS)]
        v0[j], v1[j] = flat[here], flat[here + one]
        v2[j], v3[j] = flat[here + rows], flat[here + rows + one]
        here += layers
        v4[j], v5[j] = flat[here], flat[here + one]
        v6[j], v7[j] = flat[here + rows], flat[here + rows + one]
    return near


@compiled
def _weigh(n: int, found: Rows, parts: Rows, line: Line) -> None:
    """What lies between the neighbors of n places; in 24 bits, so a hundredth of a 16 bit value off."""
    v0, v1, v2, v3, v4, v5, v6, v7 = found
    z, y, x = parts
    single = np.float32
    unit = single(1.0 / (1 << 20))
    for j in range(n):
        fz, fy, fx = single(z[j]) * unit, single(y[j]) * unit, single(x[j]) * unit
        a, b, c, d = single(v0[j]), single(v2[j]), single(v4[j]), single(v6[j])
        a += (single(v1[j]) - a) * fx
        b += (single(v3[j]) - b) * fx
        c += (single(v5[j]) - c) * fx
        d += (single(v7[j]) - d) * fx
        a += (b - a) * fy
        c += (d - c) * fy
        line[j] = a + (c - a) * fz


@compiled
def _mark_padding(
    n: int,
    found: Rows,
    at: Pixels,
    groups: NDArray[np.uint8],
    low: int,
    high: int,
    line: Line,
) -> None:
    """Places among padding alone become NONE, those with some among their neighbors MIXED."""
    for j in range(n):
        if groups[at[j] >> GROUP_BITS]:
            padded = 0
            for values in found:
                padded += low <= values[j] <= high
            if padded:
                line[j] = NONE if padded == 8 else MIXED


@compiled
def find_padding(voxels: Pixels, low: int, high: int, groups: NDArray[np.uint8]) -> None:
    """Sets those groups of voxels, in flat order, among whose neighbors above, behind and beyond padding is.

    `groups` holds a zero for each 2^GROUP_BITS voxels, the last ones included. A few too many are set.
    """
    flat = voxels.reshape(-1)
    row, layer = voxels.shape[2], voxels.shape[1] * voxels.shape[2]
    size = 1 << GROUP_BITS
    for group in range(groups.size):
        found = 0
        for at in range(group * size, min((group + 1) * size, flat.size)):
            found |= int(low <= flat[at]) & int(flat[at] <= high)
        if found:
            for before in (0, row, layer, layer + row):
                end = (group * size - before + size - 1) >> GROUP_BITS
                start = (group * size - before - 1) >> GROUP_BITS
                for near in range(max(start, 0), end + 1):
                    groups[near] = 1


@compiled
def _slice_columns(
    voxels: Pixels,
    lay: Floats,
    reach: int,
    projection: int,
    low: int,
    high: int,
    groups: NDArray[np.uint8],
    nothing: int,
    least: int,
    most: int,
    out: Pixels,
) -> None:
    """`slice_integers` for few columns, so that what is worked with stays in the processor's first cache."""
    slices, rows, columns = voxels.shape
    flat = voxels.reshape(-1)
    origin, down, right, along = lay[0], lay[1], lay[2], lay[3]
    height, width = out.shape
    meaning = np.empty((slices, 4))
    meaning[:, 0], meaning[:, 1] = 1.0, 0.0
    meaning[:, 2], meaning[:, 3] = float(low), float(high)
    fixed = float(1 << 32)
    step = (np.int64(right[0] * fixed), np.int64(right[1] * fixed), np.int64(right[2] * fixed))
    ends = (np.int64(slices - 1) << 32, np.int64(rows - 1) << 32, np.int64(columns - 1) << 32)
    at = np.empty(width, np.int64)
    parts = (np.empty(width, np.int32), np.empty(width, np.int32), np.empty(width, np.int32))
    found = (
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
        np.empty(width, voxels.dtype),
    )
    line = np.empty(width, np.float32)
    best = np.empty(width, np.float32)
    total = np.empty(width)
    count = np.empty(width, np.int64)
    for i in range(height):
        best[:] = np.inf if projection == MINIP else -np.inf
        total[:] = 0.0
        count[:] = 0
        for k in range(-reach, reach + 1):
            z0 = origin[0] + i * down[0] + k * along[0]
            y0 = origin[1] + i * down[1] + k * along[1]
            x0 = origin[2] + i * down[2] + k * along[2]
            first, last = _span(z0, right[0], -0.5, slices - 0.5, 0, width - 1)
            first, last = _span(y0, right[1], -0.5, rows - 0.5, first, last)
            first, last = _span(x0, right[2], -0.5, columns - 0.5, first, last)
            start, stop = _span(z0, right[0], 0.0, slices - 1.0, first, last)
            start, stop = _span(y0, right[1], 0.0, rows - 1.0, start, stop)
            start, stop = _span(x0, right[2], 0.0, columns - 1.0, start, stop)
            start, stop, place = _inside(
                start,
                stop,
                (
                    np.int64(np.floor((z0 + right[0] * start) * fixed)),
                    np.int64(np.floor((y0 + right[1] * start) * fixed)),
                    np.int64(np.floor((x0 + right[2] * start) * fixed)),
                ),
                step,
                ends,
            )
            if start > stop:
                start, stop = last + 1, last
            # Three loops, so that the first and the last are done by the processor's vectors.
            n = stop - start + 1
            _places(n, place, step, columns, rows * columns, at, parts)
            near = _neighbors(n, flat, columns, rows * columns, groups, at, found)
            _weigh(n, found, parts, line[start:])
            if near:
                _mark_padding(n, found, at, groups, low, high, line[start:])
            for j in range(first, start):
                line[j] = _exactly(voxels, z0 + right[0] * j, y0 + right[1] * j, x0 + right[2] * j, meaning)
            for j in range(stop + 1, last + 1):
                line[j] = _exactly(voxels, z0 + right[0] * j, y0 + right[1] * j, x0 + right[2] * j, meaning)
            if near:
                for j in range(start, stop + 1):
                    if line[j] == MIXED:
                        line[j] = _exactly(
                            voxels, z0 + right[0] * j, y0 + right[1] * j, x0 + right[2] * j, meaning
                        )
            if projection == MIP:
                for j in range(first, last + 1):
                    best[j] = line[j] if line[j] > best[j] else best[j]  # NONE is never greater, nor less
            elif projection == MINIP:
                for j in range(first, last + 1):
                    best[j] = line[j] if line[j] < best[j] else best[j]
            else:
                for j in range(first, last + 1):
                    some = line[j] == line[j]
                    total[j] += line[j] if some else 0.0
                    count[j] += some
        for j in range(width):
            value = float(best[j])
            if projection == MEAN:
                value = total[j] / count[j] if count[j] else NONE
            if not np.isfinite(value):
                out[i, j] = nothing
                continue
            rounded = int(np.floor(value + 0.5))
            if low <= rounded <= high:  # picture on both sides of the padding: it stays picture
                under = 2 * value < low + high
                rounded = low - 1 if (under and low > least) or high >= most else high + 1
            out[i, j] = rounded


@compiled
def slice_integers(
    voxels: Pixels,
    lay: Floats,
    reach: int,
    projection: int,
    low: int,
    high: int,
    groups: NDArray[np.uint8],
    nothing: int,
    least: int,
    most: int,
    out: Pixels,
) -> None:
    """Pixels of a plane or slab through evenly spaced 8 or 16 bit voxels, rounded by floor(x + 0.5).

    `lay` is [4, 3] in voxel indices: where pixel [0, 0] lies, a row down, a column right, a sample onwards;
    there are `reach` samples to either side. Weights have 20 bits, places 32. `groups` is what
    `find_padding` found for low..high; without padding high < low, and it holds zeros.
    """
    for left in range(0, out.shape[1], COLUMNS):
        part = lay.copy()
        part[0] += left * lay[2]
        _slice_columns(
            voxels,
            part,
            reach,
            projection,
            low,
            high,
            groups,
            nothing,
            least,
            most,
            out[:, left : left + COLUMNS],
        )


def warm() -> None:
    """Compile what most volumes need (or load it from NUMBA_CACHE_DIR), so no request waits for it.

    Other dtypes are compiled when the first of them is cut: once a machine, in a thread, a second or two.
    """
    lay, groups = np.zeros((4, 3)), np.zeros(1, np.uint8)
    places, meaning = np.zeros((4, 3)), np.tile((1.0, 0.0, 1.0, 0.0), (2, 1))
    places[:, 0] = np.arange(4)
    for name in COMMON_DTYPES:
        tiny, out = still(np.zeros((2, 2, 2), name)), np.empty((2, 2), name)
        slice_any(tiny, places, meaning, lay, 0, 0, False, np.empty((1, 1), np.float32))
        find_padding(tiny, 0, 0, groups)
        slice_integers(tiny, lay, 0, 0, 0, 0, groups, 0, 0, 255, out)
