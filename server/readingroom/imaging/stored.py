"""Words to stored values: the bits that count, their sign, and the Modality LUT. Pure numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom.imaging.index import LookupTable

Array = npt.NDArray[Any]


def mask_in_place(words: Array, bits_stored: int) -> None:
    """Keep the low `bits_stored` bits of each integer and extend the sign of a signed dtype.

    What lies above is not picture: old overlays, or nothing. Source: PS3.5 8.1.1.
    """
    unused = 8 * words.dtype.itemsize - bits_stored
    if unused <= 0 or words.dtype.kind not in "iu":
        return
    if words.dtype.kind == "u":
        words &= words.dtype.type((1 << bits_stored) - 1)
    else:
        words <<= words.dtype.type(unused)
        words >>= words.dtype.type(unused)


def mask_value(value: int, bits_stored: int, signed: bool) -> int:
    """The same for one number."""
    value &= (1 << bits_stored) - 1
    return value - (1 << bits_stored) if signed and value >> (bits_stored - 1) else value


def padding_value(value: int, bits_stored: int, signed: bool) -> int | None:
    """A Pixel Padding Value as a stored value; None when no stored value can ever equal it.

    It is a word of 16 bits in the units of stored values, whatever sign its own element gave it. What it says
    above Bits Stored must repeat the sign or be 0: such words do not survive masking, and cut down to the
    stored bits they would name values that are picture. Source: PS3.3 C.7.5.1.1.2, PS3.5 8.1.1.
    """
    if not -0x8000 <= value <= 0xFFFF:
        return None
    width = min(bits_stored, 16)
    word = value & 0xFFFF
    low = mask_value(word, width, signed)
    return low if word in (low & 0xFFFF, low & ((1 << width) - 1)) else None


def integers(words: Array, *, high_bit: int, bits_stored: int, signed: bool, dtype: str) -> Array:
    """Unsigned words of the file -> stored values in `dtype`.

    Shifts first when High Bit is not Bits Stored - 1. Source: PS3.5 8.1.1.
    """
    shift = high_bit + 1 - bits_stored
    if shift:
        words = words >> words.dtype.type(shift)
    if signed:
        words = words.view(words.dtype.str.replace("u", "i"))
    values = np.array(words, copy=True)
    mask_in_place(values, bits_stored)
    return values.astype(dtype, copy=False)


def apply_lut(
    stored: Array, table: LookupTable, dtype: str, padding: tuple[int, int] | None, pad: int
) -> Array:
    """Modality values of a Modality LUT Sequence; padded pixels become `pad`. Source: PS3.3 C.11.1.1.1."""
    values = np.asarray(table.values, dtype=dtype)
    index = np.clip(stored.astype(np.int64) - table.first, 0, len(values) - 1)
    result = values[index]
    if padding is not None:
        result[(stored >= padding[0]) & (stored <= padding[1])] = pad
    return result
