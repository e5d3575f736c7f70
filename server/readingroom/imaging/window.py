"""VOI windowing: stored values in, display bytes out. Pure numpy, float64, the standard's very formulas.

The page computes the same table in TypeScript (web/src/stage), operation by operation in the same order, so
screen and server agree by construction; tests/wire/window_luts holds both to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.index import LookupTable
from readingroom.values import Rescale, VoiFunction, VoiWindow

Gray = NDArray[np.uint8]
Float32 = NDArray[np.float32]
PaddingRange = tuple[int, int]

TABLE_DTYPES = ("uint8", "uint16", "int16")
"""Stored values that a table of 256 or 65,536 entries covers."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A VOI LUT as display bytes, not inverted: entry i is for modality value `first + i`, ends are held."""

    first: int
    bytes: Gray

    def of(self, modality: NDArray[np.float64]) -> NDArray[np.float64]:
        """Display values 0 to 255 of modality values, which take the entry nearest to them; NaN stays NaN."""
        entry = np.clip(np.floor(modality + 0.5) - self.first, 0, len(self.bytes) - 1)
        absent = np.isnan(entry)
        levels = self.bytes[np.where(absent, 0, entry).astype(np.int64)].astype(np.float64)
        return np.where(absent, np.nan, levels)


def levels_of(table: LookupTable) -> Levels:
    """A VOI LUT whose outputs, 0 to 2^bits - 1, are spread over 0 to 255. Source: PS3.3 C.11.2.1.1."""
    values = np.asarray(table.values, np.float64)
    rounded = np.floor(values * 255 / ((1 << table.bits) - 1) + 0.5)
    return Levels(table.first, np.clip(rounded, 0, 255).astype(np.uint8))


def gray_level(modality: NDArray[np.float64], window: VoiWindow) -> NDArray[np.float64]:
    """Display values 0 to 255, not yet rounded, of modality values.

    Source: PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT).
    """
    x, c, w = modality, window.center, window.width
    with np.errstate(all="ignore"):  # a width of 1 divides by 0, but that is never taken; exp may be infinite
        match window.function:
            case VoiFunction.SIGMOID:
                return np.asarray(255 / (1 + np.exp(-4 * (x - c) / w)))
            case VoiFunction.LINEAR:
                low, high = c - 0.5 - (w - 1) / 2, c - 0.5 + (w - 1) / 2
                ramp = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
            case VoiFunction.LINEAR_EXACT:
                low, high = c - w / 2, c + w / 2
                ramp = ((x - c) / w + 0.5) * 255
    return np.where(x <= low, 0.0, np.where(x > high, 255.0, ramp))


def to_gray(
    stored: NDArray[np.generic],
    rescale: Rescale,
    padding: PaddingRange | None,
    inverted: bool,
    window: VoiWindow | Levels,
) -> Gray:
    """Display bytes of stored values of any real dtype; the shape is kept.

    Padding (a closed range of stored values) and NaN are 0 in both polarities (PS3.3 C.7.5.1.1.2).
    """
    exact = stored.astype(np.float64)
    with np.errstate(all="ignore"):
        modality = exact * rescale.slope + rescale.intercept
        level = window.of(modality) if isinstance(window, Levels) else gray_level(modality, window)
        if inverted:
            level = 255 - level
        rounded = np.floor(level + 0.5)
    dark = np.isnan(rounded)
    if padding is not None:
        dark |= (exact >= padding[0]) & (exact <= padding[1])
    return np.where(dark, 0, np.clip(rounded, 0, 255)).astype(np.uint8)


def modality32(stored: NDArray[np.generic], rescale: Rescale, padding: PaddingRange | None) -> Float32:
    """Modality values as float32, NaN for padding: what a screen windows where no table covers the dtype."""
    exact = stored.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # of 10^38 and beyond, all white
        modality = (exact * rescale.slope + rescale.intercept).astype(np.float32)
    if padding is not None:
        modality[(exact >= padding[0]) & (exact <= padding[1])] = np.nan
    return modality


def table(
    dtype: str, rescale: Rescale, padding: PaddingRange | None, inverted: bool, window: VoiWindow | Levels
) -> Gray:
    """The display byte of every stored value of `dtype` (one of TABLE_DTYPES).

    256 or 65,536 entries, indexed by the raw bits read as an unsigned number.
    """
    kind = np.dtype(dtype)
    raw = np.arange(1 << (8 * kind.itemsize), dtype=f"uint{8 * kind.itemsize}")
    return to_gray(raw.view(kind), rescale, padding, inverted, window)


def rounded(window: VoiWindow) -> VoiWindow:
    """The same window in 7 significant digits, as it crosses the wire."""
    center, width = float(f"{window.center:.7g}"), float(f"{window.width:.7g}")
    return VoiWindow(center, width, window.function, window.lut)
