"""Pixels to bytes: values tiles (header and residual planes), their Content-Encoding, and JPEG."""

from __future__ import annotations

import gzip
import struct
import threading
from dataclasses import dataclass
from typing import Any, Literal

import brotli
import numpy as np
import simplejpeg
import zstandard
from numpy.typing import NDArray

from readingroom.imaging import kernels
from readingroom.values import Rescale, TileAddress

Encoding = Literal["zstd", "br", "gzip", "identity"]

MAGIC = b"RRV1"
HEADER = struct.Struct("<4sBBHIIddiiIII12x")
"""magic, dtype, flags, level, width, height, slope, intercept, padding low and high, column, row, frame."""
DTYPES = {"uint8": 0, "uint16": 1, "int16": 2}
HAS_PADDING = 1
INVERTED = 2

_of_thread = threading.local()


@dataclass(frozen=True, slots=True)
class TileMeaning:
    """What the screen must know of a values tile besides its numbers."""

    rescale: Rescale
    padding: tuple[int, int] | None
    inverted: bool


def values_tile(stored: NDArray[Any], meaning: TileMeaning, at: TileAddress) -> bytes:
    """Header and zig-zag residual planes of stored values [y, x] of dtype uint8, uint16 or int16. Lossless.

    16 bit values give the plane of high bytes, then the plane of low bytes.
    """
    height, width = stored.shape
    low, high = meaning.padding or (0, 0)
    flags = (HAS_PADDING if meaning.padding else 0) | (INVERTED if meaning.inverted else 0)
    body = bytearray(HEADER.size + stored.nbytes)
    HEADER.pack_into(
        body,
        0,
        MAGIC,
        DTYPES[stored.dtype.name],
        flags,
        at.level,
        width,
        height,
        meaning.rescale.slope,
        meaning.rescale.intercept,
        low,
        high,
        at.column,
        at.row,
        at.index,
    )
    kernels.residual_planes(stored, np.frombuffer(body, np.uint8, offset=HEADER.size))
    return bytes(body)


def compress(body: bytes, encoding: Encoding) -> bytes:
    """The body under an HTTP Content-Encoding; `identity` leaves it. All of them release the GIL."""
    match encoding:
        case "zstd":
            return _zstd().compress(body)
        case "br":
            return bytes(brotli.compress(body, quality=4))
        case "gzip":
            return gzip.compress(body, compresslevel=1, mtime=0)
        case "identity":
            return body


def jpeg(gray: NDArray[np.uint8], quality: int) -> bytes:
    """A gray JPEG of display bytes [y, x]. simplejpeg, because Pillow's JPEG holds the GIL."""
    picture = np.ascontiguousarray(gray)[:, :, np.newaxis]
    return bytes(simplejpeg.encode_jpeg(picture, quality=quality, colorspace="GRAY", colorsubsampling="Gray"))


def _zstd() -> zstandard.ZstdCompressor:
    """This thread's compressor; one must not be used by two threads at once."""
    if not hasattr(_of_thread, "zstd"):
        _of_thread.zstd = zstandard.ZstdCompressor(level=1)
    compressor: zstandard.ZstdCompressor = _of_thread.zstd
    return compressor
