"""Text from files, made safe to show: NFC, without control and direction characters, bounded. Pure."""

from __future__ import annotations

import unicodedata

LINE_LIMIT = 200
"""Characters of one line of text from a file; DICOM's own limit is 64 for most (PS3.5 6.2)."""
UID_LIMIT = 64
"""Characters of a UID. Source: PS3.5 9.1."""

JOINERS = "\u200c\u200d"
"""Zero-width joiners: Arabic and Indic words need them; they change no direction."""


def clean(text: str, limit: int = LINE_LIMIT) -> str:
    """One line of `text`, at most `limit` characters, an ellipsis where it was cut.

    Controls, direction overrides, private-use and broken characters become spaces or vanish.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text[: 4 * limit]):
        category = unicodedata.category(char)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif category[0] != "C" or char in JOINERS:
            kept.append(char)
    line = " ".join("".join(kept).split())
    if all(unicodedata.category(char)[0] in "CM" or char == " " for char in line):
        return ""  # joiners and marks alone are nothing to read
    return line if len(line) <= limit else line[: limit - 1] + "…"


def clean_uid(text: str) -> str:
    """A UID as an opaque word of at most 64 harmless characters; never used as a path."""
    return "".join(char for char in text[: 4 * UID_LIMIT] if char.isascii() and char.isprintable())[
        :UID_LIMIT
    ].strip()
