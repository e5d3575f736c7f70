"""Samples of color to RGB: side by side, out of YBR, in 8 bits. Pure numpy."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Space = Literal["RGB", "YBR", "YBR_PARTIAL"]
"""What three samples are: RGB, luma and two chromas over the full range, or over 16..235 and 16..240."""

RED_OF_CR = 1.402
BLUE_OF_CB = 1.772
GREEN_OF_CB = -0.114 * BLUE_OF_CB / 0.587
GREEN_OF_CR = -0.299 * RED_OF_CR / 0.587
"""The inverse of Y = .299 R + .587 G + .114 B with CB, CR scaled to ±0.5. Source: PS3.3 C.7.6.3.1.2."""


def by_pixel(samples: Array, rows: int, columns: int, planar: int) -> Array:
    """[rows, columns, 3] of one frame's samples in file order. Source: PS3.3 C.7.6.3.1.3."""
    if planar == 0:
        return samples.reshape(rows, columns, 3)
    return samples.reshape(3, rows, columns).transpose(1, 2, 0)


def from_pairs(samples: Array, rows: int, columns: int) -> Array:
    """[rows, columns, 3] of 4:2:2 samples Y Y CB CR; `columns` is even.

    The chroma of a pair is that of its first pixel, and the second has it too. Source: PS3.3 C.7.6.3.1.2.
    """
    pairs = samples.reshape(rows, columns // 2, 4)
    full = np.empty((rows, columns // 2, 2, 3), samples.dtype)
    full[..., 0] = pairs[..., :2]
    full[..., 1:] = pairs[..., None, 2:]
    return full.reshape(rows, columns, 3)


def to_eight_bits(samples: Array, bits: int) -> Array:
    """uint8 of unsigned samples of `bits` bits: the highest 8 of more, fewer spread over 0..255.

    The highest bits are right for 16-bit samples made from 8 bits either way, by 256 or by 257.
    """
    if bits > 8:
        highest: Array = (samples >> samples.dtype.type(bits - 8)).astype(np.uint8)
        return highest
    if bits == 8:
        return samples.astype(np.uint8, copy=False)
    largest = (1 << bits) - 1
    return ((samples.astype(np.uint16) * 255 + largest // 2) // largest).astype(np.uint8)


def to_rgb(samples: Array, space: Space) -> Array:
    """uint8 RGB of uint8 [rows, columns, 3]. Source: PS3.3 C.7.6.3.1.2.

    Every channel is floor(y + 0.5), clipped, of the exact inverse of the standard's equations.
    """
    if space == "RGB":
        return samples
    scale, chroma_scale, black = (255 / 219, 255 / 224, 16) if space == "YBR_PARTIAL" else (1.0, 1.0, 0)
    base = ((np.arange(256) - black) * scale + 0.5).astype(np.float32)
    chroma = (np.arange(256) - 128) * chroma_scale
    red_of_cr, green_of_cb, green_of_cr, blue_of_cb = (
        (factor * chroma).astype(np.float32) for factor in (RED_OF_CR, GREEN_OF_CB, GREEN_OF_CR, BLUE_OF_CB)
    )
    result = np.empty(samples.shape, np.uint8)
    for row, rgb in zip(samples, result, strict=True):  # a row's floating point numbers fit in the cache
        luma, blueness, redness = base[row[..., 0]], row[..., 1], row[..., 2]
        levels = (
            luma + red_of_cr[redness],
            luma + green_of_cb[blueness] + green_of_cr[redness],
            luma + blue_of_cb[blueness],
        )
        for channel, level in enumerate(levels):
            rgb[..., channel] = np.clip(level, 0, 255)  # what is behind the point falls away
    return result
