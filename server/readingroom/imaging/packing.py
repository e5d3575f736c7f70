"""How bits and words are packed in files and on our disk: bit order, byte order, whole bytes. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]


def row_bytes(columns: int) -> int:
    """Bytes of one row of single bits: each row begins with a byte of its own."""
    return -(-columns // 8)


def bytes_of_bits(first: int, count: int) -> tuple[int, int]:
    """The first byte that holds any of `count` bits from bit `first` on, and the one behind the last."""
    return first // 8, -(-(first + count) // 8)


def low_first(data: bytes, first: int, count: int) -> Bits:
    """`count` bits from bit `first` of `data` on as 0 and 1, the lowest of each byte first, or fewer.

    Source: PS3.5 8.1.1.
    """
    return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[first : first + count]


def swapped(data: bytes) -> bytes:
    """16-bit words with their two bytes exchanged; the odd byte behind the last word stays as it is."""
    whole = len(data) // 2 * 2
    return np.frombuffer(data[:whole], ">u2").astype("<u2").tobytes() + data[whole:]
