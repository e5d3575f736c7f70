"""The loops over pixels, compiled by numba with the GIL released. No decisions here.

No `parallel=True`: its workqueue layer ends the process when two threads enter. Inputs are made contiguous
and read-only first, so each kernel is compiled once per dtype.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from readingroom.imaging import window as exact_window
from readingroom.imaging.cutting import cut_kernels, plane_kernels
from readingroom.values import Rescale, VoiFunction, VoiWindow

Function = TypeVar("Function", bound=Callable[..., None])
Pixels = NDArray[Any]


def _compiled(function: Function) -> Function:
    return cast(Function, numba.njit(nogil=True, cache=True)(function))


def _still(pixels: Pixels) -> Pixels:
    """The same pixels as a plain, contiguous, read-only array: one type for the compiler."""
    still = np.ascontiguousarray(pixels).view()
    still.flags.writeable = False
    return still


@_compiled
def _residual16(values: Pixels, high: Pixels, low: Pixels) -> None:
    rows, columns = values.shape
    nothing = np.zeros(columns, np.uint16)
    for y in range(rows):
        here = values[y]
        up = values[y - 1] if y > 0 else nothing
        high_row, low_row = high[y * columns :], low[y * columns :]
        first = np.int16(np.int32(here[0]) - np.int32(up[0]))
        z = np.uint16((np.int32(first) << 1) ^ (np.int32(first) >> 15))
        high_row[0], low_row[0] = np.uint8(z >> 8), np.uint8(z & 255)
        # Shifted views keep every index at i: the compiler then needs no sign check and uses vector code.
        left, corner, right, above = here[:-1], up[:-1], here[1:], up[1:]
        high_rest, low_rest = high_row[1:columns], low_row[1:columns]
        for i in range(columns - 1):
            d = np.int16(np.int32(right[i]) - np.int32(left[i]) - np.int32(above[i]) + np.int32(corner[i]))
            z = np.uint16((np.int32(d) << 1) ^ (np.int32(d) >> 15))
            high_rest[i] = np.uint8(z >> 8)
            low_rest[i] = np.uint8(z & 255)


@_compiled
def _residual8(values: Pixels, plane: Pixels) -> None:
    rows, columns = values.shape
    nothing = np.zeros(columns, np.uint8)
    for y in range(rows):
        here = values[y]
        up = values[y - 1] if y > 0 else nothing
        row = plane[y * columns :]
        first = np.int8(np.int32(here[0]) - np.int32(up[0]))
        row[0] = np.uint8((np.int32(first) << 1) ^ (np.int32(first) >> 7))
        left, corner, right, above = here[:-1], up[:-1], here[1:], up[1:]
        rest = row[1:columns]
        for i in range(columns - 1):
            d = np.int8(np.int32(right[i]) - np.int32(left[i]) - np.int32(above[i]) + np.int32(corner[i]))
            rest[i] = np.uint8((np.int32(d) << 1) ^ (np.int32(d) >> 7))


@_compiled
def _linear_table(
    bits: int,
    signed: bool,
    slope: float,
    intercept: float,
    center: float,
    divisor: float,
    bottom: float,
    top: float,
    inverted: bool,
    out: Pixels,
) -> None:
    count = 1 << bits
    for i in range(count):
        stored = float(i - count) if signed and i >= count // 2 else float(i)
        x = stored * slope + intercept
        if x <= bottom:
            level = 0.0
        elif x > top:
            level = 255.0
        else:
            level = ((x - center) / divisor + 0.5) * 255
        if inverted:
            level = 255 - level
        out[i] = np.uint8(min(max(np.floor(level + 0.5), 0.0), 255.0))


@_compiled
def _look_up(raw: Pixels, table: Pixels, out: Pixels) -> None:
    for i in range(raw.size):
        out[i] = table[raw[i]]


@_compiled
def _average_integers(
    values: Pixels, edge: int, has_padding: bool, low: int, high: int, least: int, most: int, out: Pixels
) -> None:
    rows, columns = values.shape
    for y in range(out.shape[0]):
        bottom = min((y + 1) * edge, rows)
        for x in range(out.shape[1]):
            right = min((x + 1) * edge, columns)
            total, count = np.int64(0), 0
            for r in range(y * edge, bottom):
                for c in range(x * edge, right):
                    value = np.int64(values[r, c])
                    if not (has_padding and low <= value <= high):
                        total += value
                        count += 1
            if count == 0:
                out[y, x] = max(low, least)
                continue
            mean = int((2 * total + count) // (2 * count))  # floor(total / count + 1/2), exactly
            if has_padding and low <= mean <= high:  # picture on both sides of the padding: it stays picture
                below = 2 * total < count * (low + high)
                mean = low - 1 if (below and low > least) or high >= most else high + 1
            out[y, x] = mean


@_compiled
def _average_floats(
    values: Pixels, edge: int, has_padding: bool, low: float, high: float, out: Pixels
) -> None:
    rows, columns = values.shape
    for y in range(out.shape[0]):
        bottom = min((y + 1) * edge, rows)
        for x in range(out.shape[1]):
            right = min((x + 1) * edge, columns)
            total, count = 0.0, 0
            for r in range(y * edge, bottom):
                for c in range(x * edge, right):
                    value = np.float64(values[r, c])
                    if not np.isnan(value) and not (has_padding and low <= value <= high):
                        total += value
                        count += 1
            if count == 0:
                out[y, x] = low if has_padding else np.nan
            else:
                out[y, x] = total / count


def residual_planes(values: Pixels, out: NDArray[np.uint8]) -> None:
    """Zig-zag plane residual of 8 or 16 bit values into `out`: high bytes first, then low bytes.

    residual = value - (left + up - upper left), modulo 2^bits; neighbors outside are 0. `values` is [y, x],
    `out` is flat and holds itemsize * y * x bytes.
    """
    count = values.size
    if values.dtype.itemsize == 2:
        _residual16(_still(values).view(np.uint16), out[:count], out[count:])
    else:
        _residual8(_still(values).view(np.uint8), out)


def table(
    dtype: str,
    rescale: Rescale,
    padding: tuple[int, int] | None,
    inverted: bool,
    window: VoiWindow | exact_window.Levels,
) -> NDArray[np.uint8]:
    """Equal to window.table, byte for byte, and several times faster for the linear functions."""
    if isinstance(window, exact_window.Levels) or window.function is VoiFunction.SIGMOID:
        return exact_window.table(dtype, rescale, padding, inverted, window)
    kind, center, width = np.dtype(dtype), window.center, window.width
    if window.function is VoiFunction.LINEAR:
        center, width = center - 0.5, width - 1
    bits = 8 * kind.itemsize
    out = np.empty(1 << bits, np.uint8)
    _linear_table(
        bits,
        kind.kind == "i",
        float(rescale.slope),
        float(rescale.intercept),
        float(center),
        float(width) or 1.0,  # width 1 of LINEAR is a step: nothing is divided
        center - width / 2,
        center + width / 2,
        inverted,
        out,
    )
    if padding is not None:
        limits = np.iinfo(kind)
        low, high = max(padding[0], int(limits.min)), min(padding[1], int(limits.max))
        out[np.arange(low, high + 1) & (out.size - 1)] = 0
    return out


def look_up(values: Pixels, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Display bytes of 8 or 16 bit values by a table over their raw bits (window.table)."""
    raw = _still(values)
    out = np.empty(raw.shape, np.uint8)
    _look_up(raw.view(f"uint{8 * raw.itemsize}").reshape(-1), _still(table), out.reshape(-1))
    return out


def average(values: Pixels, level: int, padding: tuple[int, int] | None) -> Pixels:
    """Area average over blocks of edge length 2^level (smaller at the rim); same dtype, padding left out.

    A block of padding alone is its low value. Integers are rounded by floor(x + 0.5); a mean of picture that
    would fall into the padding range takes the nearest value outside it, since it is picture.
    """
    edge = 1 << level
    rows, columns = values.shape
    out = np.empty((-(-rows // edge), -(-columns // edge)), values.dtype)
    low, high = padding or (0, 0)
    if values.dtype.kind == "f":
        _average_floats(_still(values), edge, padding is not None, float(low), float(high), out)
    else:
        limits = np.iinfo(values.dtype)
        _average_integers(
            _still(values), edge, padding is not None, low, high, int(limits.min), int(limits.max), out
        )
    return out


def warm() -> None:
    """Compile every kernel for every dtype (or load it from NUMBA_CACHE_DIR), so no request waits for it."""
    cut_kernels.warm()
    plane_kernels.warm()
    for name in ("uint8", "uint16", "int16", "uint32", "int32", "float32"):
        tiny = np.zeros((2, 2), name)
        average(tiny, 1, None)
        if tiny.itemsize <= 2:
            residual_planes(tiny, np.empty(tiny.nbytes, np.uint8))
            look_up(tiny, table(name, Rescale(), None, False, VoiWindow(1.0, 2.0)))
