"""A CT series of thousands of small slices, whose values say which slice they are of."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.imaging.dicoms import picture

EDGE: Final = 128
STRIPE: Final = 8
"""Pixels of a stripe: preview levels still show it."""
BITS: Final = 12
LOW, HIGH = 1024, 2024


def stripes(index: int) -> NDArray[np.uint16]:
    """Upright stripes, bright where a bit of the index is set, the highest on the left; below them a ramp."""
    values = np.full((EDGE, EDGE), LOW, np.uint16)
    for bit in range(BITS):
        if index >> (BITS - 1 - bit) & 1:
            values[: EDGE // 2, bit * STRIPE : (bit + 1) * STRIPE] = HIGH
    values[EDGE // 2 :] = LOW + (np.arange(EDGE) * 7 + index) % 1000
    return values


def index_of(grays: NDArray[np.uint8], left: float, width: float, row: int) -> int:
    """Which slice is drawn, from the stripes in a row; the picture begins at `left` and is `width` wide."""
    index = 0
    for bit in range(BITS):
        column = int(left + width * (bit + 0.5) * STRIPE / EDGE)
        index = index << 1 | int(grays[row, column] > 127)
    return index


def write_long_series(folder: Path, slices: int) -> None:
    """So many files in `folder`; 3,000 take a few seconds."""
    folder.mkdir(parents=True)
    for index in range(slices):
        ds = picture(index, pixels=stripes(index), WindowCenter=500, WindowWidth=1000)
        ds.ImagePositionPatient = [-10.0, -20.0, 0.5 * index]
        ds.save_as(folder / f"{index:04}.dcm", enforce_file_format=True)
