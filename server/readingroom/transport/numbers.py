"""Numbers in addresses: plain decimal digits, bounded, or a refusal."""

from __future__ import annotations

import math
import re

from readingroom.errors import BadRequest, NoSuchTile

LONGEST = 9
_DECIMAL = re.compile(
    r"\s*[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,9})?\s*", re.ASCII
)


def natural(text: str) -> int:
    """A number of a tile's address, 0 to 999,999,999. Raises NoSuchTile."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise NoSuchTile(reason="an address holds plain numbers only")
    return int(text)


def finite(name: str, text: str | None) -> float:
    """A query parameter as a finite float, in plain decimal digits. Raises BadRequest."""
    if not _DECIMAL.fullmatch(text or ""):  # float() also takes other scripts' digits, "1_0" and "nan"
        raise BadRequest(reason=f"{name} must be a number")
    number = float(text or "")
    if not math.isfinite(number):
        raise BadRequest(reason=f"{name} must be finite")
    return number
