"""What people type, made safe to store and show: NFC, nothing invisible that hides or turns it, bounded."""

from __future__ import annotations

import re
import unicodedata

from readingroom.errors import BadRequest, TooLarge

NAME_LIMIT = 60

JOINERS = "\u200c\u200d"
"""The only format characters (Cf) that stay, inside a text: Indic scripts, Persian and emoji need them."""
EDGES = re.compile(rf"^[\s{JOINERS}]+|[\s{JOINERS}]+$")
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers and the empty Braille cell: letters and symbols by category, and nothing to see."""


def plain(text: str, *, limit: int, lines: bool = False) -> str:
    """The same words without what could hide or turn them; `lines` keeps breaks. TooLarge past `limit`.

    Nothing at all is left of a text without one visible character.
    """
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = unicodedata.normalize("NFC", "".join(_kept(character, lines) for character in text))
    if not any(_is_visible(character) for character in kept):
        return ""
    kept = EDGES.sub("", kept)
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
    if (character == "\n" and lines) or character in JOINERS:
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Cn", "Co") else character


def _is_visible(character: str) -> bool:
    """Not a space, a control, or a mark that only alters the character before it."""
    return unicodedata.category(character)[0] not in "ZCM" and character not in BLANKS
