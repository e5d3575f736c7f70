"""Palettes of a file: of a PALETTE COLOR picture, or laid over the grays of another. Decode process only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom.errors import BadHeader
from readingroom.imaging import packing
from readingroom.imaging.index import Palette
from readingroom.imaging.reading.color import to_eight_bits
from readingroom.imaging.reading.dicom_file import DicomFile
from readingroom.imaging.reading.elements import has, raw, text, values
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.stored import mask_value

Array = npt.NDArray[Any]
CHANNELS = ("Red", "Green", "Blue")
KEYWORDS = (
    "PixelPresentation",
    *(f"{channel}PaletteColorLookupTableDescriptor" for channel in CHANNELS),
    *(f"{channel}PaletteColorLookupTableData" for channel in CHANNELS),
    *(f"Segmented{channel}PaletteColorLookupTableData" for channel in CHANNELS),
)
"""The elements that are read of palettes."""
ENTRIES_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class ColorTable:
    """Colors uint8 [entries, 3] of the stored values from `first` on; both ends are held beyond."""

    first: int
    colors: Array

    def paint(self, stored: Array) -> Array:
        """uint8 RGB [..., 3] of stored values. Source: PS3.3 C.7.6.3.1.5."""
        painted = np.empty((*stored.shape, 3), np.uint8)
        for row, rgb in zip(stored, painted, strict=True):  # 64-bit indices of whole pictures are too many
            rgb[:] = self.colors[np.clip(row.astype(np.int64) - self.first, 0, len(self.colors) - 1)]
        return painted


def color_table(file: DicomFile, pixel_format: PixelFormat) -> ColorTable:
    """The file's Palette Color Lookup Tables, plain or segmented. Source: PS3.3 C.7.6.3.1.5-6, C.7.9.

    Raises BadHeader when they are missing, contradict each other or are too short.
    """
    descriptors = [
        [int(value) for value in values(file.dataset, f"{channel}PaletteColorLookupTableDescriptor")]
        for channel in CHANNELS
    ]
    if descriptors[1:] != descriptors[:-1]:
        raise BadHeader(reason="the three colors of its palette do not go together")
    if len(descriptors[0]) != 3 or descriptors[0][2] not in range(8, 17):
        raise BadHeader(reason="its palette is missing or not described")
    entries = descriptors[0][0] & 0xFFFF or ENTRIES_LIMIT
    first = mask_value(descriptors[0][1], 16, pixel_format.signed)
    bits = descriptors[0][2]
    tables = [_channel(file, channel, entries, bits) for channel in CHANNELS]
    widths = {width for _, width in tables}
    if len(widths) != 1:
        raise BadHeader(reason="the three colors of its palette do not go together")
    table = np.stack([table for table, _ in tables], axis=1)
    return ColorTable(first, _eight_bits(table, widths.pop()))


def supplemental_palette(file: DicomFile, pixel_format: PixelFormat) -> Palette | None:
    """The palette laid over the grays of a MONOCHROME2 picture, or None. Source: PS3.3 C.7.6.19.

    Raises BadHeader when it is broken, or promised by Pixel Presentation and not there.
    """
    if pixel_format.photometric != "MONOCHROME2" or pixel_format.is_float:
        return None
    presentation = text(file.dataset, "PixelPresentation").upper()
    wanted = presentation in ("COLOR", "MIXED")
    there = has(file.dataset, "RedPaletteColorLookupTableDescriptor")
    if not wanted and (presentation or not there):
        return None
    table = color_table(file, pixel_format)
    red, green, blue = (tuple(int(level) for level in channel) for channel in table.colors.T)
    return Palette(table.first, red, green, blue)


def _channel(file: DicomFile, channel: str, entries: int, bits: int) -> tuple[Array, int]:
    """One channel's `entries` values and the bits each of them has."""
    segmented = f"Segmented{channel}PaletteColorLookupTableData"
    plain = f"{channel}PaletteColorLookupTableData"
    if has(file.dataset, segmented) and not has(file.dataset, plain):
        data = _little_endian(file, segmented)
        kind = np.dtype("<u2" if bits > 8 else "u1")
        whole = len(data) // kind.itemsize * kind.itemsize
        table = expand_segments(np.frombuffer(data[:whole], kind), entries)
        width = bits
    else:
        data = _little_endian(file, plain)
        # Entries of 8 bits lie in a byte each or in a word each, whatever the descriptor says of them.
        if len(data) >= 2 * entries and entries > 1 or bits > 8 and len(data) == 2:
            table, width = np.frombuffer(data[: 2 * entries], "<u2"), bits
        else:
            table, width = np.frombuffer(data[:entries], np.uint8), 8
    if len(table) < entries:
        raise BadHeader(reason=f"its palette has {len(table)} of {entries} entries")
    return table.astype(np.uint16), width


def _little_endian(file: DicomFile, keyword: str) -> bytes:
    """The words of an OW element, low bytes first."""
    data = raw(file.dataset, keyword)
    return packing.swapped(data) if file.syntax.big_endian else data


def _eight_bits(table: Array, bits: int) -> Array:
    """uint8 of the entries. Entries that do not keep to their bits are of 8, or of 16."""
    if bits > 8 and table.max() < 256:
        bits = 8  # or else there would be nothing but black
    elif table.max() >= 1 << bits:
        bits = 16
    return to_eight_bits(table, bits)


def expand_segments(segments: Array, entries: int) -> Array:
    """The first `entries` values a segmented table stands for. Source: PS3.3 C.7.9.2.

    Raises BadHeader for an unknown or misplaced segment, or one that points outside.
    """
    made: list[int] = []
    _expand([int(word) for word in segments], segments.itemsize, 0, None, entries, made)
    return np.asarray(made[:entries], dtype=np.uint16)


def _expand(words: list[int], size: int, at: int, limit: int | None, entries: int, made: list[int]) -> None:
    """Append what the segments from `at` on say: all of them, or (pointed at) `limit` of them.

    `size` is a word's, in bytes.
    """
    done = 0
    while at + 1 < len(words) and len(made) < entries and (limit is None or done < limit):
        kind, length = words[at], words[at + 1]
        at += 2
        done += 1
        if kind == 0 and length:
            made += words[at : at + length]
            at += length
        elif kind == 1 and length and made and at < len(words):
            made += _line(made[-1], words[at], length)
            at += 1
        elif kind == 2 and length and made and limit is None:
            pointer = words[at : at + 4 // size]
            target = sum(word << 8 * size * place for place, word in enumerate(pointer)) // size
            if len(pointer) < 4 // size or target >= len(words):
                raise BadHeader(reason="a segment of its palette points outside of it")
            _expand(words, size, target, length, entries, made)
            at += len(pointer)
        else:
            raise BadHeader(reason="a segment of its palette is of no known kind or in the wrong place")


def _line(start: int, end: int, length: int) -> list[int]:
    """`length` values on the straight line from `start`, itself left out, to `end`; halves go up."""
    steps = range(1, length + 1)
    return [(2 * (start * (length - step) + end * step) + length) // (2 * length) for step in steps]
