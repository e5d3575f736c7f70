"""Before any pixel is touched: shape and bits, how many bytes they promise, and whether they can be there.

Decode process only.
"""

from __future__ import annotations

import math

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from readingroom.errors import BadHeader, DecodeLimit, NoPixels, Truncated, UnsupportedPicture
from readingroom.imaging.reading import codestream, file_kinds, fragments
from readingroom.imaging.reading.dicom_file import DOUBLE_PIXELS, FLOAT_PIXELS, DicomFile, PixelElement
from readingroom.imaging.reading.element_walk import FRAMES_LIMIT, UNDEFINED_LENGTH
from readingroom.imaging.reading.elements import has, integer, text, values
from readingroom.imaging.reading.photometric import GRAYS, check_samples, color_space, samples_and_meaning
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.reading.transfer_syntaxes import TransferSyntax

DECLARED_LIMIT = 2 << 30
"""Bytes the pictures of one file may promise to hold."""


def frame_count(data: Dataset) -> int:
    """Number of Frames, 1 when absent.

    Raises BadHeader when it is not a positive number, DecodeLimit above FRAMES_LIMIT.
    """
    if not values(data, "NumberOfFrames"):
        said = data.get_item("NumberOfFrames", keep_deferred=True)
        if said is not None and said.value not in (None, b"", ""):
            raise BadHeader(reason="its Number of Frames is not a number")
        return 1
    count = integer(data, "NumberOfFrames")
    if count is None:
        raise BadHeader(reason="its Number of Frames is not a number")
    if count < 1:
        raise BadHeader(reason=f"its Number of Frames is {count}")
    if count > FRAMES_LIMIT:
        raise DecodeLimit(reason=f"it promises {count} frames, more than {FRAMES_LIMIT}")
    return count


def pixel_element(file: DicomFile) -> PixelElement:
    """The file's pixels. Raises NoPixels naming what it holds instead, or Truncated."""
    if file.pixels is not None:
        return file.pixels
    name = UID(file.sop_class).name if file.sop_class else ""
    is_image = "Image Storage" in name or name in ("Segmentation Storage", "RT Dose Storage")
    if is_image or has(file.dataset, "Rows"):
        raise Truncated(reason="it stops before its picture")
    known = name.removesuffix(" Storage") if name != file.sop_class else ""
    kind = file_kinds.kind(file.sop_class, text(file.dataset, "Modality"))
    raise NoPixels(what=kind or known or "of an unknown kind")


def read_pixel_format(file: DicomFile, pixels: PixelElement) -> PixelFormat:
    """Shape and bits, checked against each other. Source: PS3.3 C.7.6.3.

    Raises BadHeader, UnsupportedPicture.
    """
    data = file.dataset
    rows, columns = integer(data, "Rows"), integer(data, "Columns")
    if not rows or not columns or rows < 0 or columns < 0:
        raise BadHeader(reason=f"it has {rows or 0} rows and {columns or 0} columns")
    samples, photometric = samples_and_meaning(file)
    planar = integer(data, "PlanarConfiguration") or 0
    if samples == 3 and planar not in (0, 1):
        raise BadHeader(reason="its Planar Configuration is neither 0 nor 1")
    allocated = integer(data, "BitsAllocated")
    if pixels.tag in (FLOAT_PIXELS, DOUBLE_PIXELS):
        expected = 32 if pixels.tag == FLOAT_PIXELS else 64
        if file.syntax.codec != "native":
            raise BadHeader(reason="its floating point numbers claim to be compressed")
        if photometric not in GRAYS:
            raise BadHeader(reason="its floating point numbers claim to be colors")
        return PixelFormat(
            rows, columns, photometric, expected, expected, expected - 1, False, True, pixels.vr
        )
    if allocated is None:
        raise BadHeader(reason="it does not say how many bits a pixel has")
    if allocated not in (1, 8, 16, 32):
        raise UnsupportedPicture(reason=f"it has {allocated} bits allocated a pixel")
    if allocated == 32 and file.syntax.big_endian:  # PS3.5 6.2 swaps words of 16 bits, some writers 32
        raise UnsupportedPicture(reason="its 32-bit numbers are big endian, which programs read in two ways")
    stored = integer(data, "BitsStored")
    stored = allocated if stored is None else stored
    high_bit = integer(data, "HighBit")
    high_bit = stored - 1 if high_bit is None else high_bit
    if not 1 <= stored <= allocated or not stored - 1 <= high_bit < allocated:
        raise BadHeader(reason=f"{stored} bits stored up to bit {high_bit} do not fit in {allocated}")
    sign = integer(data, "PixelRepresentation") or 0
    if sign not in (0, 1):
        raise BadHeader(reason="its Pixel Representation is neither 0 nor 1")
    bits = (allocated, stored, high_bit, sign == 1)
    form = PixelFormat(rows, columns, photometric, *bits, False, pixels.vr, samples, planar)
    check_samples(file, form)
    return form


def check_size(file: DicomFile, pixels: PixelElement, pixel_format: PixelFormat, count: int) -> None:
    """What the header promises must fit the limit, the element's length, and the file."""
    promised = math.ceil(pixel_format.frame_bits * count / 8)
    kept = math.prod(pixel_format.kept_shape) * np.dtype(pixel_format.kept_dtype).itemsize * count
    if max(promised, kept) > DECLARED_LIMIT:
        raise DecodeLimit(
            reason=f"it promises {max(promised, kept) >> 20} MiB of pixels, more than {DECLARED_LIMIT >> 20}"
        )
    if file.syntax.codec != "native":
        if pixels.length != UNDEFINED_LENGTH:
            raise BadHeader(reason="its compressed pixels have a fixed length")
        _check_codestream(file, pixel_format, count)
        return
    if pixels.length == UNDEFINED_LENGTH:
        raise BadHeader(reason="its pixels claim to be uncompressed and are in pieces")
    if pixels.length < promised:
        raise BadHeader(
            reason=f"{count} × {pixel_format.rows} × {pixel_format.columns} pixels need {promised} bytes, "
            f"it declares {pixels.length}"
        )
    if pixel_format.is_subsampled and pixels.length >= promised // 2 * 3:
        raise BadHeader(reason="it says that neighbors share their colors, and its length that they do not")
    if file.size - pixels.start < promised:
        missing = promised - (file.size - pixels.start)
        raise Truncated(reason=f"{missing} of {promised} bytes of its picture are missing")


def _check_codestream(file: DicomFile, pixel_format: PixelFormat, count: int) -> None:
    first = fragments.frames(file, count)[0]
    head = file.bytes_at(first[0].start, min(65536, first[0].length))
    found = codestream_of(file.syntax, head)
    if found is not None:
        check_codestream(found, pixel_format)
        color_space(pixel_format, found)


def codestream_of(syntax: TransferSyntax, head: bytes) -> codestream.Codestream | None:
    """The picture's own account of its size; None for RLE, which has none, or when it is not found."""
    if syntax.codec == "rle":
        return None
    return codestream.jpeg2000(head) if syntax.codec == "openjpeg" else codestream.jpeg(head)


def check_codestream(found: codestream.Codestream, pixel_format: PixelFormat) -> None:
    """Raises BadHeader or UnsupportedPicture when the picture and the file's header disagree."""
    if (found.rows, found.columns) != (pixel_format.rows, pixel_format.columns):
        raise BadHeader(
            reason=f"its header says {pixel_format.rows} × {pixel_format.columns} pixels, "
            f"its picture {found.rows} × {found.columns}"
        )
    if found.components != pixel_format.samples:
        raise BadHeader(
            reason=f"its header says {pixel_format.samples} samples a pixel, its picture {found.components}"
        )
    if not found.possible:
        raise BadHeader(reason=f"its picture says {found.precision} bits a sample, which no such JPEG has")
    if found.components == 3 and found.signed:
        raise UnsupportedPicture(reason="its colors are signed numbers")
    if found.components == 3 and found.precision != pixel_format.bits_stored:
        raise BadHeader(
            reason=f"its header says {pixel_format.bits_stored} bits a sample, its picture {found.precision}"
        )
    if found.subsampled and not found.space:
        raise UnsupportedPicture(reason="its colors have resolutions of their own")


def frame_offsets(
    syntax: TransferSyntax, pixels: PixelElement, pixel_format: PixelFormat, count: int
) -> list[int] | None:
    """First byte of each frame when its words can be used as they lie in the file."""
    if pixel_format.is_color and (
        pixel_format.photometric != "RGB" or pixel_format.planar != 0 or pixel_format.bits_stored != 8
    ):
        return None
    direct = (
        syntax.codec == "native"
        and not syntax.big_endian
        and not syntax.deflated
        and pixel_format.high_bit == pixel_format.bits_stored - 1
        and np.dtype(pixel_format.kept_dtype).itemsize * 8 == pixel_format.bits_allocated
        and not (pixel_format.bits_allocated == 8 and pixel_format.signed)
    )
    if not direct:
        return None
    size = pixel_format.frame_bits // 8
    return [pixels.start + index * size for index in range(count)]
