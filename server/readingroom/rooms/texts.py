"""What people type, made safe to store and show: NFC, no control or direction characters, bounded."""

from __future__ import annotations

import unicodedata

from readingroom.errors import BadRequest, TooLarge

NAME_LIMIT = 60

# Direction marks, overrides and isolates, and the byte order mark (Unicode 16, chapter 23.2 and 23.8).
# Joiners (U+200C, U+200D) stay: Indic scripts, Persian and emoji need them.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def plain(text: str, *, limit: int, lines: bool = False) -> str:
    """The same words without what could hide or turn them; `lines` keeps breaks. TooLarge past `limit`."""
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(_kept(character, lines) for character in text if character not in _DIRECTION)
    kept = unicodedata.normalize("NFC", kept).strip()
    if len(kept) > limit:
        raise TooLarge(what="The text", limit=f"{limit} characters")
    return kept


def name(text: str) -> str:
    """A person's name on one line; BadRequest when nothing readable is left."""
    kept = " ".join(plain(text, limit=NAME_LIMIT).split())
    if not kept:
        raise BadRequest(reason="the name has no readable character")
    return kept


def _kept(character: str, lines: bool) -> str:
    if character == "\n" and lines:
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cs", "Cn", "Co") else character
