"""Overlays of a file: bit planes beside the picture or in unused bits of its words. Decode process only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.tag import BaseTag

from readingroom.imaging import packing
from readingroom.imaging.reading.dicom_file import DicomFile
from readingroom.imaging.reading.elements import integer, raw, values
from readingroom.imaging.reading.pixel_format import PixelFormat

Array = npt.NDArray[Any]

GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME = 0x0010, 0x0011, 0x0015, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _DATA = 0x0100, 0x0102, 0x3000
_ELEMENTS = (_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME, _BITS_ALLOCATED, _BIT_POSITION, _DATA)
TAGS = tuple(BaseTag(group << 16 | element) for group in GROUPS for element in _ELEMENTS)
"""The elements that are read of overlays."""


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """One group's overlay. `top` and `left` count from 0 and may be outside of the picture, even negative.

    It lies over the frames in `frames`. `data` holds its bits, one after the other, first in the lowest bit;
    None: they are bit `position` of the picture's own words. Source: PS3.3 C.9.2, C.9.3; PS3.5 8.1.2.
    """

    rows: int
    columns: int
    top: int
    left: int
    frames: range
    moves: bool
    """Whether each frame has a plane of its own."""
    data: bytes | None
    position: int

    def bits(self, index: int) -> Array:
        """Its bits over one frame, [rows, columns] of 0 and 1; only for planes with `data`."""
        assert self.data is not None
        pixels = self.rows * self.columns
        first = (index - self.frames.start) * pixels if self.moves else 0
        start, end = packing.bytes_of_bits(first, pixels)
        bits = packing.low_first(self.data[start:end], first - 8 * start, pixels)
        return bits.reshape(self.rows, self.columns)


def overlay_planes(file: DicomFile, pixel_format: PixelFormat, count: int) -> tuple[OverlayPlane, ...]:
    """Every overlay that lies over a part of the picture, graphics and regions of interest alike.

    One that contradicts itself (no rows, too few bits, in bits that are picture) is left out: it must not
    cost the picture.
    """
    return tuple(_planes(file, pixel_format, count))


def overlay_frames(file: DicomFile, pixel_format: PixelFormat, count: int) -> list[bool]:
    """Which of the `count` frames have an overlay."""
    planes = overlay_planes(file, pixel_format, count)
    return [any(index in plane.frames for plane in planes) for index in range(count)]


def drawn(
    planes: tuple[OverlayPlane, ...], index: int, pixel_format: PixelFormat, words: Array | None
) -> Array:
    """All overlays of one frame in one: uint8 [rows, ceil(columns / 8)], the leftmost pixel highest.

    `words` are the frame's unsigned words as they lie in the file, when a plane is embedded in them.
    """
    layer = np.zeros((pixel_format.rows, pixel_format.columns), np.uint8)
    for plane in planes:
        if index not in plane.frames:
            continue
        if plane.data is not None:
            _lay(layer, plane.bits(index), plane.top, plane.left)
        elif words is not None:
            bits = (words >> words.dtype.type(plane.position)) & words.dtype.type(1)
            _lay(layer, bits.astype(np.uint8).reshape(layer.shape), plane.top, plane.left)
    return np.packbits(layer, axis=1)


def _planes(file: DicomFile, form: PixelFormat, count: int) -> Iterator[OverlayPlane]:
    data = file.dataset
    for group in GROUPS:
        at = group << 16
        rows, columns = integer(data, at | _ROWS), integer(data, at | _COLUMNS)
        if not rows or not columns or rows < 0 or columns < 0:
            continue
        origin = values(data, at | _ORIGIN) or [1, 1]
        if len(origin) != 2 or not all(isinstance(place, int) for place in origin):
            continue
        top, left = origin[0] - 1, origin[1] - 1
        if not (-rows < top < form.rows and -columns < left < form.columns):
            continue
        frames, moves = _frames(file, at, count)
        bits = raw(data, at | _DATA)
        if bits:
            needed = rows * columns * (len(frames) if moves else 1)
            if 8 * len(bits) >= needed > 0:
                yield OverlayPlane(rows, columns, top, left, frames, moves, _in_order(bits, file), position=0)
        elif (rows, columns) == (form.rows, form.columns) and _is_beside(file, form, at):
            position = integer(data, at | _BIT_POSITION) or 0
            yield OverlayPlane(rows, columns, top, left, range(count), True, None, position)


def _frames(file: DicomFile, at: int, count: int) -> tuple[range, bool]:
    """The frames it lies over, and whether each has its own plane.

    Without the Multi-frame Overlay Module one plane lies over all frames. Source: PS3.3 C.9.3.
    """
    own = integer(file.dataset, at | _FRAMES)
    first = integer(file.dataset, at | _FIRST_FRAME)
    if own is None and first is None:
        return range(count), False
    start = max(1, first or 1) - 1
    return range(start, min(start + max(1, own or 1), count)), True


def _is_beside(file: DicomFile, form: PixelFormat, at: int) -> bool:
    """Whether the overlay is in bits of the picture's words that are no picture. Source: PS3.5-2004 8.1.2."""
    position = integer(file.dataset, at | _BIT_POSITION)
    return (
        file.syntax.codec in ("native", "rle")
        and form.samples == 1
        and not form.is_float
        and form.bits_allocated in (8, 16, 32)
        and integer(file.dataset, at | _BITS_ALLOCATED) == form.bits_allocated
        and position is not None
        and 0 <= position < form.bits_allocated
        and not form.high_bit - form.bits_stored < position <= form.high_bit
    )


def _in_order(bits: bytes, file: DicomFile) -> bytes:
    """The bits in the order of pixels: big endian words have the second eight of them first."""
    return packing.swapped(bits) if file.syntax.big_endian else bits


def _lay(layer: Array, bits: Array, top: int, left: int) -> None:
    """Put the bits over the layer with their first at (top, left); what is outside falls away."""
    rows, columns = bits.shape
    above, before = max(0, -top), max(0, -left)
    below, behind = min(rows, layer.shape[0] - top), min(columns, layer.shape[1] - left)
    layer[top + above : top + below, left + before : left + behind] |= bits[above:below, before:behind]
