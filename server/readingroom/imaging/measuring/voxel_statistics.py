"""What the values of some of a frame's pixels are: mean, spread, extremes, in modality units. Pure numpy.

Padding, what is no number, and pixels that stand for a color (a supplemental palette's labels) are left out
and counted. Taken of stored values and rescaled afterwards, so that nothing is lost of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.index import Frame, Palette
from readingroom.imaging.measuring.covered import Covered

Stored = NDArray[Any]
AT_ONCE: Final = 1 << 20
"""Pixels held as float64 at one time."""


@dataclass(frozen=True, slots=True)
class Values:
    """In modality units. `sd` is the population's (divided by n).

    DICOM does not say which; Cornerstone3D takes this one, and it is defined for a single pixel.
    """

    mean: float
    sd: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """Values of `pixels` pixels, None without any; `padding` and `labels` pixels were left out."""

    pixels: int
    padding: int
    labels: int
    values: Values | None


def of(stored: Stored, covered: Covered, frame: Frame, palette: Palette | None) -> Statistics:
    """Of the covered pixels of a frame's stored values [y, x]."""
    padding = labels = pixels = 0
    totals: list[float | int] = []
    least, most = math.inf, -math.inf
    for values in _parts(stored, covered):
        picture, named = is_picture(values, frame), is_label(values, palette)
        padding += int(np.count_nonzero(~picture))
        labels += int(np.count_nonzero(picture & named))
        kept = values[picture & ~named]
        if kept.size:
            pixels += kept.size
            totals.append(_total(kept))
            least, most = min(least, kept.min().item()), max(most, kept.max().item())
    if not pixels:
        return Statistics(0, padding, labels, None)
    whole = stored.dtype.kind in "iu"
    mean = (sum(totals) if whole else math.fsum(totals)) / pixels
    squares = []
    for values in _parts(stored, covered):
        kept = values[is_picture(values, frame) & ~is_label(values, palette)].astype(np.float64)
        squares.append(float(np.sum((kept - mean) ** 2)))
    slope, intercept = frame.rescale.slope, frame.rescale.intercept
    ends = sorted((least * slope + intercept, most * slope + intercept))
    spread = math.sqrt(math.fsum(squares) / pixels) * abs(slope)
    return Statistics(pixels, padding, labels, Values(mean * slope + intercept, spread, *ends))


def is_picture(values: Stored, frame: Frame) -> NDArray[np.bool_]:
    """Where stored values are picture: not padding, and a finite number."""
    picture = np.isfinite(values)
    if frame.padding is not None:
        low, high = frame.padding
        picture &= (values < low) | (values > high)
    return picture


def is_label(values: Stored, palette: Palette | None) -> NDArray[np.bool_]:
    """Where stored values name a color and are no quantity. Source: PS3.3 C.7.6.19."""
    return values >= palette.first if palette is not None else np.zeros(values.shape, bool)


def _parts(stored: Stored, covered: Covered) -> Iterator[Stored]:
    """The covered values, some rows at a time."""
    rows, columns = covered.inside.shape
    step = max(1, AT_ONCE // max(1, columns))
    across = slice(covered.left, covered.left + columns)
    for first in range(0, rows, step):
        inside = covered.inside[first : first + step]
        down = slice(covered.top + first, covered.top + first + len(inside))
        yield stored[down, across][inside]


def _total(values: Stored) -> float | int:
    """Integers exactly."""
    if values.dtype.kind in "iu":
        return int(values.sum(dtype=np.int64))
    return float(values.sum(dtype=np.float64))
