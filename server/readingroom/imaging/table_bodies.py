"""What lies beside the tiles of a stack, as bytes for the screen: VOI LUTs, its palette, overlays."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NoSuchTile
from readingroom.imaging import display
from readingroom.imaging.index import Stack
from readingroom.imaging.volumes import Volume

TABLE = struct.Struct("<4siI")
"""magic, the value of the first entry, the number of entries."""
OVERLAY = struct.Struct("<4sII")
"""magic, rows, columns."""


def voi_lut(stack: Stack, lut: int) -> bytes:
    """`RRL1`: the display byte, not inverted, of each modality value from the first on.

    Raises NoSuchTile when the stack has no such table.
    """
    if lut >= len(stack.voi_luts):
        raise NoSuchTile(reason=f"there are {len(stack.voi_luts)} VOI LUTs, counted from 0")
    levels = display.levels_of(stack, lut)
    return TABLE.pack(b"RRL1", levels.first, len(levels.bytes)) + levels.bytes.tobytes()


def palette(stack: Stack) -> bytes:
    """`RRP1`: the reds, then the greens, then the blues of each stored value from the first on.

    Raises NoSuchTile when the stack has none.
    """
    colors = stack.palette
    if colors is None:
        raise NoSuchTile(reason="these pictures have no palette")
    planes = np.array((colors.red, colors.green, colors.blue), np.uint8)
    return TABLE.pack(b"RRP1", colors.first, planes.shape[1]) + planes.tobytes()


def overlay(volume: Volume, index: int) -> bytes:
    """`RRO1`: a bit a pixel, each row in whole bytes, the leftmost pixel in the highest bit.

    Raises SliceOutOfRange, SliceNotReady, SliceDamaged; NoSuchTile when nothing lies over that frame.
    """
    bits: NDArray[np.uint8] = volume.overlay(index)
    if not volume.stack.frames[index].overlay:
        raise NoSuchTile(reason="nothing is drawn over this picture")
    return OVERLAY.pack(b"RRO1", volume.stack.rows, volume.stack.columns) + bits.tobytes()
