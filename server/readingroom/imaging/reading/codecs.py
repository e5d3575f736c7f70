"""One compressed frame to unsigned words, each compression by its one named codec. Decode process only.

GDCM aborts on some broken files, JPEG 2000 can ask for any amount of memory: never call this in the server.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom.errors import DecodeFailed, Truncated
from readingroom.imaging.reading.codestream import Codestream
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.reading.transfer_syntaxes import TransferSyntax

Array = npt.NDArray[Any]

END_OF_IMAGE = b"\xff\xd9"
"""The marker behind the last sample. Source: ITU-T T.87 Annex C."""


def decode(data: bytes, syntax: TransferSyntax, form: PixelFormat, found: Codestream) -> Array:
    """[rows, columns] or [rows, columns, 3] of unsigned words; three samples are as they were compressed.

    `found` is what the codestream says of itself and agrees with `form`. A codec may raise anything.
    """
    codec = _CODECS[syntax.codec or ""]
    if syntax.codec == "gdcm" and form.samples == 3 and found.precision <= 8 and not found.lossless:
        codec = _pillow  # the same process 2 in 8 bits; GDCM would choose the colors itself
    words = codec(data, syntax, form, found)
    if syntax.lossy != "never" and found.precision > form.bits_stored:
        words = _saturated(words, form, found)
    return words.reshape((form.rows, form.columns) if form.samples == 1 else (form.rows, form.columns, 3))


def _saturated(words: Array, form: PixelFormat, found: Codestream) -> Array:
    """Values beyond Bits Stored as the nearest within: loss lets them overshoot, and masked they turn around.

    Left alone where they are shifted, or their sign is not that of the codestream: then the low bits count.
    """
    if form.high_bit != form.bits_stored - 1 or form.signed != found.signed:
        return words
    if not form.signed:
        return np.asarray(np.minimum(words, words.dtype.type((1 << form.bits_stored) - 1)))
    largest = (1 << form.bits_stored - 1) - 1
    values = words.view(words.dtype.str.replace("u", "i"))
    return np.asarray(np.clip(values, -largest - 1, largest)).view(words.dtype)


def run_lengths(data: bytes, form: PixelFormat) -> Array:
    """The same of an RLE frame, which has no account of itself. Source: PS3.5 Annex G."""
    from pydicom.pixels.decoders.rle import _rle_decode_frame

    if form.bits_allocated == 1:
        return _single_bits(data, form)
    planes = _rle_decode_frame(
        data, form.rows, form.columns, form.samples, form.bits_allocated, segment_order=">"
    )
    words = np.frombuffer(planes, dtype=f"<u{form.bits_allocated // 8}")
    if form.samples == 1:
        return words.reshape(form.rows, form.columns)
    return words.reshape(3, form.rows, form.columns).transpose(1, 2, 0)


def _single_bits(data: bytes, form: PixelFormat) -> Array:
    """Single bits, one in a byte or eight in a byte: both occur, and the segment's length tells which."""
    from pydicom.pixels.decoders.rle import _rle_decode_segment

    pixels = form.rows * form.columns
    segment = np.frombuffer(_rle_decode_segment(data[64:]), np.uint8)
    if len(segment) >= pixels:
        return segment[:pixels].reshape(form.rows, form.columns) & 1
    bits = np.unpackbits(segment, bitorder="little")
    if len(bits) < pixels:
        raise Truncated(reason="its run-length data stop early")
    return bits[:pixels].reshape(form.rows, form.columns)


def _pillow(data: bytes, syntax: TransferSyntax, form: PixelFormat, found: Codestream) -> Array:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        if picture.mode != ("L" if form.samples == 1 else "RGB"):
            raise DecodeFailed(reason=f"its JPEG is of mode {picture.mode}")
        if form.samples == 3:
            # Called YCbCr in the file and out of it, the samples come as they are; what they mean is ours.
            picture.draft("YCbCr", picture.size)
            picture.tile = [part._replace(args=("YCbCr", "YCbCr")) for part in picture.tile]
        return np.asarray(picture).astype(f"u{max(1, form.bits_allocated // 8)}")


def _gdcm(data: bytes, syntax: TransferSyntax, form: PixelFormat, found: Codestream) -> Array:
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
    meaning = "RGB" if form.samples == 3 else "MONOCHROME2"  # samples as they are, no palette, no inversion
    kind = gdcm.PhotometricInterpretation.GetPIType(meaning)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax.uid)))
    image.SetPixelFormat(
        gdcm.PixelFormat(
            form.samples, form.bits_allocated, found.precision, found.precision - 1, int(form.signed)
        )
    )
    buffer = image.GetBuffer().encode("utf-8", "surrogateescape")
    samples = form.rows * form.columns * form.samples
    words = np.frombuffer(buffer, dtype="u1" if len(buffer) < 2 * samples else "<u2")
    return words[:samples].astype(f"u{max(1, form.bits_allocated // 8)}")


def _jpegls(data: bytes, syntax: TransferSyntax, form: PixelFormat, found: Codestream) -> Array:
    import jpeg_ls

    if END_OF_IMAGE not in data:  # coded samples never hold it, and CharLS takes seconds to miss it
        raise Truncated(reason="its JPEG-LS data stop early")
    buffer, info = jpeg_ls.decode_pixel_data(data)
    words = np.frombuffer(buffer, dtype="u1" if info["bits_per_sample"] <= 8 else "<u2")
    words = words.astype(f"u{max(words.dtype.itemsize, form.bits_allocated // 8)}")
    if form.samples == 3 and int(info["interleave_mode"]) == 0:  # one component after the other
        words = words.reshape(3, form.rows, form.columns).transpose(1, 2, 0)
    return words


def _openjpeg(data: bytes, syntax: TransferSyntax, form: PixelFormat, found: Codestream) -> Array:
    """The codestream's integers, sign-extended when it calls them signed; its own transformation is undone.

    Two's complement makes its sign and Pixel Representation meet in `integers`: the low Bits Stored bits
    are the same whichever of the two is right, so a file that contradicts itself comes out as DICOM says.
    """
    from openjpeg.utils import decode

    words: Array = decode(data)
    return words.astype(np.int64).astype(f"u{max(form.bits_allocated // 8, 1)}")


_CODECS: dict[str, Callable[[bytes, TransferSyntax, PixelFormat, Codestream], Array]] = {
    "pillow": _pillow,
    "gdcm": _gdcm,
    "jpegls": _jpegls,
    "openjpeg": _openjpeg,
}
