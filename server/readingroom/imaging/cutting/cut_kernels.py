"""The loops over whole voxels of planes and slabs, compiled by numba with the GIL released. No decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Pixels = NDArray[Any]

MIP: Final = 0
MINIP: Final = 1
MEAN: Final = 2

COMMON_DTYPES: Final = ("uint16", "int16")
"""Of volumes; rarer ones are compiled when the first is met."""
NONE: Final = 1 << 61
"""No value yet; its negative where the greatest is sought."""


def compiled(function: Function) -> Function:
    """The function as machine code, kept in NUMBA_CACHE_DIR."""
    return cast(Function, numba.njit(nogil=True, cache=True)(function))


@compiled
def project(
    voxels: Pixels,
    across: int,
    projection: int,
    low: int,
    high: int,
    nothing: int,
    least: int,
    most: int,
    out: Pixels,
) -> None:
    """Greatest, least or mean of whole 8 or 16 bit voxels along axis `across` (0 or 1), padding left out.

    The mean is rounded by floor(x + 0.5). high < low: there is no padding.
    """
    depth = voxels.shape[across]
    height, width = out.shape
    best = np.empty(width, np.int64)
    count = np.empty(width, np.int64)
    for i in range(height):
        best[:] = NONE if projection == MINIP else -NONE if projection == MIP else 0
        count[:] = 0
        for k in range(depth):
            line = voxels[k, i] if across == 0 else voxels[i, k]
            if projection == MIP:
                for j in range(width):
                    value = np.int64(line[j])
                    best[j] = max(best[j], -NONE if low <= value <= high else value)
            elif projection == MINIP:
                for j in range(width):
                    value = np.int64(line[j])
                    best[j] = min(best[j], NONE if low <= value <= high else value)
            else:
                for j in range(width):
                    value = np.int64(line[j])
                    padded = low <= value <= high
                    best[j] += 0 if padded else value
                    count[j] += 0 if padded else 1
        for j in range(width):
            found: Any = best[j]
            if projection == MEAN:
                found = NONE if count[j] == 0 else (2 * found + count[j]) // (2 * count[j])
            if found == NONE or found == -NONE:
                out[i, j] = nothing
                continue
            if low <= found <= high:  # a mean of picture on both sides of the padding: it stays picture
                under = 2 * best[j] < count[j] * (low + high)
                found = low - 1 if (under and low > least) or high >= most else high + 1
            out[i, j] = found


@compiled
def turn(voxels: Pixels, out: Pixels) -> None:
    """Voxels [z, y, x] as [x, z, y], in blocks that stay in the processor's cache."""
    slices, rows, columns = voxels.shape
    for z in range(slices):
        for top in range(0, rows, 32):
            for left in range(0, columns, 32):
                for x in range(left, min(left + 32, columns)):
                    for y in range(top, min(top + 32, rows)):
                        out[x, z, y] = voxels[z, y, x]


def warm() -> None:
    """Compile what most volumes need (or load it from NUMBA_CACHE_DIR), so no request waits for it."""
    for name in COMMON_DTYPES:
        tiny = still(np.zeros((2, 2, 2), name))
        turn(tiny, np.empty((2, 2, 2), name))
        project(tiny, 0, 0, 0, 0, 0, 0, 255, np.empty((2, 2), name))


def still(voxels: Pixels) -> Pixels:
    """The same voxels as a plain, contiguous, read-only array: one type for the compiler."""
    plain = np.ascontiguousarray(voxels).view()
    plain.flags.writeable = False
    return plain
