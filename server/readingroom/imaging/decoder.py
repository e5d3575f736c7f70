"""Frames of one file as stored values, each compression by its one named codec. Decode process only.

GDCM aborts on some broken files, JPEG 2000 can ask for any amount of memory: never call this in the server.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom.errors import DecodeFailed, DecodeLimit, FileRefused, Truncated
from readingroom.imaging import fragments
from readingroom.imaging.dicom_file import DOUBLE_PIXELS, FLOAT_PIXELS, DicomFile, PixelElement
from readingroom.imaging.modality_lut import free_value, lut_dtype, modality_lut
from readingroom.imaging.pixel_format import PixelFormat
from readingroom.imaging.preflight import (
    check_codestream,
    check_size,
    codestream_of,
    frame_count,
    pixel_element,
    read_pixel_format,
)
from readingroom.imaging.reader import padding_range
from readingroom.imaging.stored import apply_lut, integers

Array = npt.NDArray[Any]


class FrameDecoder:
    """The frames of one open file. `frame(i)` gives [rows, columns] in the dtype FileHeader.dtype names."""

    def __init__(self, file: DicomFile) -> None:
        self._file = file
        self._pixels: PixelElement = pixel_element(file)
        self._format: PixelFormat = read_pixel_format(file, self._pixels)
        self.count = frame_count(file.dataset)
        check_size(file, self._pixels, self._format, self.count)
        self._table = modality_lut(file, self._format)
        self._padding = padding_range(file.dataset, self._format)
        self.shape = (self._format.rows, self._format.columns)
        self.dtype = self._format.kept_dtype if self._table is None else lut_dtype(self._table)
        self._fragments = None if file.syntax.codec == "native" else fragments.frames(file, self.count)

    def frame(self, index: int) -> Array:
        """Raises DecodeFailed, DecodeLimit, Truncated."""
        try:
            values = self._native(index) if self._fragments is None else self._compressed(index)
        except FileRefused:
            raise
        except MemoryError:
            raise DecodeLimit(reason="it needs more memory than its size explains") from None
        except Exception as error:
            raise DecodeFailed(reason=f"its {self._file.syntax.name} data are damaged") from error
        if values.shape != self.shape:
            raise DecodeFailed(reason=f"it decodes to {values.shape} instead of {self.shape}")
        if self._table is None:
            return values
        pad = free_value(self._table)
        padding = self._padding if pad is not None else None
        return apply_lut(values, self._table, self.dtype, padding, pad or 0)

    def _native(self, index: int) -> Array:
        form, order = self._format, ">" if self._file.syntax.big_endian else "<"
        pixels = form.rows * form.columns
        if form.bits_allocated == 1:
            return self._packed_bits(index * pixels, pixels)
        size = pixels * form.bits_allocated // 8
        if form.bits_allocated == 8 and self._file.syntax.big_endian and form.vr == "OW":
            return self._swapped_bytes(index * size, size)
        data = self._file.bytes_at(self._pixels.start + index * size, size)
        if self._pixels.tag in (FLOAT_PIXELS, DOUBLE_PIXELS):
            floats = np.frombuffer(data, dtype=f"{order}f{form.bits_allocated // 8}")
            with np.errstate(over="ignore"):
                return floats.astype(np.float32).reshape(self.shape)
        words = np.frombuffer(data, dtype=f"{order}u{form.bits_allocated // 8}")
        return self._values(words.astype(words.dtype.newbyteorder("=")))

    def _packed_bits(self, first_bit: int, count: int) -> Array:
        """One bit a pixel, least significant first, frames not padded to bytes. Source: PS3.5 8.1.1, D.1."""
        start, end = first_bit // 8, -(-(first_bit + count) // 8)
        data = self._file.bytes_at(self._pixels.start + start, end - start)
        if self._file.syntax.big_endian and self._format.vr == "OW":
            raise DecodeFailed(reason="single bits in big endian words are not read")
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[first_bit - 8 * start :][:count].reshape(self.shape)

    def _swapped_bytes(self, first: int, size: int) -> Array:
        """8-bit pixels in big endian 16-bit words: two bytes change places. Source: PS3.5 8.1.2, A.3."""
        start = first - first % 2
        end = first + size + (first + size) % 2
        data = self._file.bytes_at(self._pixels.start + start, end - start)
        swapped = np.frombuffer(data, ">u2").astype("<u2").view(np.uint8)
        return self._values(swapped[first - start :][:size])

    def _compressed(self, index: int) -> Array:
        assert self._fragments is not None
        data = fragments.frame_bytes(self._file, self._fragments[index])
        if self._file.syntax.codec == "rle":
            return self._rle(data)
        found = codestream_of(self._file.syntax, data)
        if found is None:
            raise DecodeFailed(reason=f"its {self._file.syntax.name} data have no beginning")
        check_codestream(found, self._format)
        words = _CODECS[self._file.syntax.codec or ""](data, self._file, self._format)
        return self._values(words.reshape(-1))

    def _rle(self, data: bytes) -> Array:
        from pydicom.pixels.decoders.rle import _rle_decode_frame

        form = self._format
        if form.bits_allocated == 1:
            return self._rle_bits(data)
        planes = _rle_decode_frame(data, form.rows, form.columns, 1, form.bits_allocated, segment_order=">")
        return self._values(np.frombuffer(planes, dtype=f"<u{form.bits_allocated // 8}"))

    def _rle_bits(self, data: bytes) -> Array:
        """Single bits, one in a byte or eight in a byte: both occur, and the segment's length tells which."""
        from pydicom.pixels.decoders.rle import _rle_decode_segment

        pixels = self._format.rows * self._format.columns
        segment = np.frombuffer(_rle_decode_segment(data[64:]), np.uint8)
        if len(segment) >= pixels:
            return segment[:pixels].reshape(self.shape) & 1
        bits = np.unpackbits(segment, bitorder="little")
        if len(bits) < pixels:
            raise Truncated(reason="its run-length data stop early")
        return bits[:pixels].reshape(self.shape)

    def _values(self, words: Array) -> Array:
        form = self._format
        return integers(
            words,
            high_bit=form.high_bit,
            bits_stored=form.bits_stored,
            signed=form.signed,
            dtype=form.kept_dtype,
        ).reshape(self.shape)


def _pillow(data: bytes, file: DicomFile, form: PixelFormat) -> Array:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        if picture.mode != "L":
            raise DecodeFailed(reason=f"its JPEG is of mode {picture.mode}, not gray")
        return np.asarray(picture).astype(f"u{max(1, form.bits_allocated // 8)}")


def _gdcm(data: bytes, file: DicomFile, form: PixelFormat) -> Array:
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(data)
    sequence = gdcm.SequenceOfFragments.New()
    sequence.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(sequence.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((form.columns, form.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(form.photometric)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(file.syntax.uid)))
    found = codestream_of(file.syntax, data)
    precision = form.bits_stored if found is None else found.precision
    image.SetPixelFormat(gdcm.PixelFormat(1, form.bits_allocated, precision, precision - 1, int(form.signed)))
    buffer = image.GetBuffer().encode("utf-8", "surrogateescape")
    narrow = len(buffer) < 2 * form.rows * form.columns
    words = np.frombuffer(buffer, dtype="u1" if narrow else "<u2")
    return words[: form.rows * form.columns].astype(f"u{max(1, form.bits_allocated // 8)}")


def _jpegls(data: bytes, file: DicomFile, form: PixelFormat) -> Array:
    import jpeg_ls

    buffer, info = jpeg_ls.decode_pixel_data(data)
    words = np.frombuffer(buffer, dtype="u1" if info["bits_per_sample"] <= 8 else "<u2")
    return words.astype(f"u{max(words.dtype.itemsize, form.bits_allocated // 8)}")


def _openjpeg(data: bytes, file: DicomFile, form: PixelFormat) -> Array:
    """The codestream's integers, sign-extended when it calls them signed.

    Two's complement makes its sign and Pixel Representation meet in `integers`: the low Bits Stored bits
    are the same whichever of the two is right, so a file that contradicts itself comes out as DICOM says.
    """
    from openjpeg.utils import decode

    words: Array = decode(data)
    return words.astype(np.int64).astype(f"u{max(form.bits_allocated // 8, 1)}")


_CODECS: dict[str, Callable[[bytes, DicomFile, PixelFormat], Array]] = {
    "pillow": _pillow,
    "gdcm": _gdcm,
    "jpegls": _jpegls,
    "openjpeg": _openjpeg,
}
