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
DTYPES = {"uint8": 0, "uint16": 1, "int16": 2, "float32": 3}
"""Stored values, but float32 are modality values: their slope is 1, and NaN is padding."""
COLOR = 4
"""The dtype of RGB."""
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
    """Header and byte planes of values [y, x], or of RGB bytes [y, x, 3]. Lossless.

    uint8: one plane of zig-zag residuals. uint16 and int16: the residuals' high bytes, then their low bytes.
    RGB: a plane of residuals each of red, green, blue. float32: four planes of the bytes as they are, the
    most significant first (residuals of their bits save a tenth, and only sometimes).
    """
    height, width = stored.shape[:2]
    low, high = meaning.padding or (0, 0)
    flags = (HAS_PADDING if meaning.padding else 0) | (INVERTED if meaning.inverted else 0)
    body = bytearray(HEADER.size + stored.nbytes)
    HEADER.pack_into(
        body,
        0,
        MAGIC,
        COLOR if stored.ndim == 3 else DTYPES[stored.dtype.name],
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
    planes = np.frombuffer(body, np.uint8, offset=HEADER.size)
    if stored.ndim == 3:
        for channel, plane in enumerate(planes.reshape(3, -1)):
            kernels.residual_planes(stored[:, :, channel], plane)
    elif stored.dtype.kind == "f":
        planes.reshape(4, -1)[:] = np.ascontiguousarray(stored, ">f4").view(np.uint8).reshape(-1, 4).T
    else:
        kernels.residual_planes(stored, planes)
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


def jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    """A JPEG of display bytes, gray [y, x] or RGB [y, x, 3]; colors are as fine as grays (4:4:4).

    simplejpeg, because Pillow's JPEG holds the GIL.
    """
    picture = np.ascontiguousarray(picture)
    if picture.ndim == 3:
        return bytes(
            simplejpeg.encode_jpeg(picture, quality=quality, colorspace="RGB", colorsubsampling="444")
        )
    picture = picture[:, :, np.newaxis]
    return bytes(simplejpeg.encode_jpeg(picture, quality=quality, colorspace="GRAY", colorsubsampling="Gray"))


def _zstd() -> zstandard.ZstdCompressor:
    """This thread's compressor; one must not be used by two threads at once."""
    if not hasattr(_of_thread, "zstd"):
        _of_thread.zstd = zstandard.ZstdCompressor(level=1)
    compressor: zstandard.ZstdCompressor = _of_thread.zstd
    return compressor
