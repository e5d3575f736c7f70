"""Small stacks and frames with known values, for the tests of the picture's part."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings
from numpy.typing import NDArray

from readingroom.errors import SliceDamaged, SliceNotReady, SliceOutOfRange
from readingroom.imaging.index import Frame, NamedVoi, Point, Stack
from readingroom.values import Rescale

untimed = settings(deadline=None)
"""For property tests: machines differ, and the first example may compile."""
STORED = Rescale()
"""Stored values are modality values."""


def frame(
    *,
    position_mm: Point | None = None,
    rescale: Rescale = STORED,
    padding: tuple[int, int] | None = None,
    windows: tuple[NamedVoi, ...] = (),
    number: int = 0,
    sha256: str = "",
    voi_luts: tuple[int, ...] = (),
    overlay: bool = False,
) -> Frame:
    """One frame of the file `a`."""
    return Frame(
        file="a",
        source="a.dcm",
        frame=number,
        position_mm=position_mm,
        rescale=rescale,
        padding=padding,
        windows=windows,
        sha256=sha256,
        voi_luts=voi_luts,
        overlay=overlay,
    )


def stack(frames: tuple[Frame, ...], rows: int, columns: int, **differing: Any) -> Stack:
    """An unsigned 16-bit stack without geometry; `differing` replaces fields."""
    fields: dict[str, Any] = {
        "kind": "stack",
        "reason": "",
        "dtype": "uint16",
        "bits_stored": 16,
        "photometric": "MONOCHROME2",
        "inverted": False,
        "orientation": None,
        "spacing_mm": None,
        "slice_spacing_mm": None,
        "frame_of_reference_uid": None,
        "unit": "",
        "modality_lut": None,
        "values": True,
        "mpr": False,
        "lossy": False,
    }
    return Stack(**(fields | differing), rows=rows, columns=columns, frames=frames)


class Held:
    """A volume in memory. Frames not in `ready` are still being read, those in `damaged` never will be."""

    def __init__(self, stack: Stack, array: NDArray[np.generic]) -> None:
        self.stack = stack
        self.array = array
        self.ready = set(range(len(array)))
        self.damaged: set[int] = set()
        self.asked: list[int] = []
        self.overlays: NDArray[np.uint8] | None = None

    def frame(self, index: int) -> NDArray[np.generic]:
        self.asked.append(index)
        if not 0 <= index < len(self.array):
            raise SliceOutOfRange(index=index, slices=len(self.array))
        if index in self.damaged:
            raise SliceDamaged(index=index, slices=len(self.array), reason="the file ends early")
        if index not in self.ready:
            raise SliceNotReady(index=index)
        return self.array[index]

    def overlay(self, index: int) -> NDArray[np.uint8]:
        self.frame(index)
        if self.overlays is None:
            return np.zeros((self.stack.rows, -(-self.stack.columns // 8)), np.uint8)
        return self.overlays[index]
