"""Numbers in addresses: plain decimal digits, bounded, or a refusal."""

from __future__ import annotations

import math

from readingroom.errors import BadRequest, NoSuchTile

LONGEST = 9


def natural(text: str) -> int:
    """A number of a tile's address, 0 to 999,999,999. Raises NoSuchTile."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise NoSuchTile(reason="an address holds plain numbers only")
    return int(text)


def finite(name: str, text: str | None) -> float:
    """A query parameter as a finite float. Raises BadRequest."""
    try:
        number = float(text or "")
    except ValueError:
        raise BadRequest(reason=f"{name} must be a number") from None
    if not math.isfinite(number):
        raise BadRequest(reason=f"{name} must be finite")
    return number
