"""Frames of one file as we keep them: stored values, or RGB. Decode process only, never the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom.errors import DecodeFailed, DecodeLimit, FileRefused
from readingroom.imaging import packing
from readingroom.imaging.reading import codecs, color, fragments, overlays
from readingroom.imaging.reading.codestream import Codestream
from readingroom.imaging.reading.dicom_file import DicomFile, PixelElement
from readingroom.imaging.reading.modality_lut import free_value, lut_dtype, modality_lut
from readingroom.imaging.reading.padding import padding_range
from readingroom.imaging.reading.palette import color_table
from readingroom.imaging.reading.photometric import color_space
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.reading.preflight import (
    check_codestream,
    check_size,
    codestream_of,
    frame_count,
    pixel_element,
    read_pixel_format,
)
from readingroom.imaging.stored import apply_lut, integers

Array = npt.NDArray[Any]


class FrameDecoder:
    """The frames of one open file. `frame(i)` gives [rows, columns] in the dtype FileHeader.dtype names.

    Color comes as uint8 [rows, columns, 3], RGB.
    """

    def __init__(self, file: DicomFile) -> None:
        self._file = file
        self._pixels: PixelElement = pixel_element(file)
        self._format: PixelFormat = read_pixel_format(file, self._pixels)
        self.count = frame_count(file.dataset)
        check_size(file, self._pixels, self._format, self.count)
        form = self._format
        self._table = modality_lut(file, form)
        self._palette = color_table(file, form) if form.photometric == "PALETTE COLOR" else None
        self._padding = padding_range(file.dataset, form)
        self._overlays = overlays.overlay_planes(file, form, self.count)
        self.shape = form.kept_shape
        self.dtype = form.kept_dtype if self._table is None else lut_dtype(self._table)
        self._fragments = None if file.syntax.codec == "native" else fragments.frames(file, self.count)

    def frame(self, index: int) -> Array:
        """One frame. Raises DecodeFailed, DecodeLimit, Truncated, BadHeader."""
        picture = self._guarded(lambda: self._picture(index))
        if picture.shape != self.shape:
            raise DecodeFailed(reason=f"it decodes to {picture.shape} instead of {self.shape}")
        return np.ascontiguousarray(picture)

    def overlay(self, index: int) -> Array:
        """The overlays of one frame in one layer: uint8 [rows, ceil(columns / 8)], leftmost pixel highest.

        Raises what `frame` raises, where an overlay lies in the picture's own words.
        """
        embedded = any(plane.data is None and index in plane.frames for plane in self._overlays)
        words = self._guarded(lambda: self._words(index)[0]) if embedded else None
        return overlays.drawn(self._overlays, index, self._format, words)

    def _guarded(self, decode: Callable[[], Array]) -> Array:
        try:
            return decode()
        except FileRefused:
            raise
        except MemoryError:
            raise DecodeLimit(reason="it needs more memory than its size explains") from None
        except Exception as error:
            raise DecodeFailed(reason=f"its {self._file.syntax.name} data are damaged") from error

    def _picture(self, index: int) -> Array:
        form = self._format
        if form.is_float:
            return self._floats(index)
        words, found = self._words(index)
        values = integers(
            words,
            high_bit=form.high_bit,
            bits_stored=form.bits_stored,
            signed=form.signed,
            dtype=form.stored_dtype,
        )
        if form.samples == 3:
            return color.to_rgb(color.to_eight_bits(values, form.bits_stored), color_space(form, found))
        if self._palette is not None:
            return self._palette.paint(values)
        if self._table is None:
            return values
        pad = free_value(self._table)
        padding = self._padding if pad is not None else None
        return apply_lut(values, self._table, self.dtype, padding, pad or 0)

    def _words(self, index: int) -> tuple[Array, Codestream | None]:
        """One frame's unsigned words, [rows, columns(, 3)], and what its codestream says of itself."""
        if self._fragments is None:
            return self._native(index), None
        data = fragments.frame_bytes(self._file, self._fragments[index])
        if self._file.syntax.codec == "rle":
            return codecs.run_lengths(data, self._format), None
        found = codestream_of(self._file.syntax, data)
        if found is None:
            raise DecodeFailed(reason=f"its {self._file.syntax.name} data have no beginning")
        check_codestream(found, self._format)
        return codecs.decode(data, self._file.syntax, self._format, found), found

    def _native(self, index: int) -> Array:
        form = self._format
        if form.bits_allocated == 1:
            return self._packed_bits(index * form.frame_bits, form.frame_bits)
        words = self._plain_words(index * form.frame_bits // 8, form.frame_bits // 8)
        if form.is_subsampled:
            return color.from_pairs(words, form.rows, form.columns)
        if form.samples == 3:
            return color.by_pixel(words, form.rows, form.columns, form.planar)
        return words.reshape(form.rows, form.columns)

    def _plain_words(self, first: int, size: int) -> Array:
        """The unsigned words in `size` bytes of the pixels, `first` bytes after their start."""
        form, big_endian = self._format, self._file.syntax.big_endian
        if form.bits_allocated == 8 and big_endian and form.vr == "OW":
            return self._swapped_bytes(first, size)
        data = self._file.bytes_at(self._pixels.start + first, size)
        words = np.frombuffer(data, dtype=f"{'>' if big_endian else '<'}u{form.bits_allocated // 8}")
        return words.astype(words.dtype.newbyteorder("="))

    def _floats(self, index: int) -> Array:
        form = self._format
        order = ">" if self._file.syntax.big_endian else "<"
        size = form.frame_bits // 8
        data = self._file.bytes_at(self._pixels.start + index * size, size)
        with np.errstate(over="ignore"):
            floats = np.frombuffer(data, dtype=f"{order}f{form.bits_allocated // 8}").astype(np.float32)
        return floats.reshape(self.shape)

    def _packed_bits(self, first_bit: int, count: int) -> Array:
        """One bit a pixel, least significant first, frames not padded to bytes. Source: PS3.5 8.1.1, D.1."""
        start, end = packing.bytes_of_bits(first_bit, count)
        data = self._file.bytes_at(self._pixels.start + start, end - start)
        if self._file.syntax.big_endian and self._format.vr == "OW":
            raise DecodeFailed(reason="single bits in big endian words are not read")
        bits = packing.low_first(data, first_bit - 8 * start, count)
        return bits.reshape(self._format.rows, self._format.columns)

    def _swapped_bytes(self, first: int, size: int) -> Array:
        """8-bit pixels in big endian 16-bit words: two bytes change places. Source: PS3.5 8.1.2, A.3."""
        start = first - first % 2
        end = first + size + (first + size) % 2
        data = self._file.bytes_at(self._pixels.start + start, end - start)
        return np.frombuffer(packing.swapped(data), np.uint8)[first - start :][:size]
