"""What a file is by its first bytes, before anything parses it. Pure."""

from __future__ import annotations

from readingroom.errors import EmptyFile, FileRefused, NotDicom

SNIFFED_BYTES = 132
"""Preamble and prefix of a DICOM file. Source: PS3.10 7.1."""


def refusal(start: bytes) -> FileRefused | None:
    """None for a DICOM file by its first SNIFFED_BYTES, else why it is none."""
    if not start:
        return EmptyFile()
    if start[128:132] == b"DICM":
        return None
    return NotDicom(reason=_what_instead(start))


def _what_instead(start: bytes) -> str:
    if start.startswith(b"\x1f\x8b"):
        return ": it is gzip-compressed; unpack it first"
    if start.startswith(b"PK\x03\x04"):
        return ": it is a zip archive; import it by itself"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")):
        return ": it is an ordinary picture"
    if start.startswith(b"%PDF"):
        return ": it is a PDF"
    if start[:2] in (b"\x08\x00", b"\x02\x00"):
        return ": it may hold DICOM elements, but the preamble and meta information of a file are missing"
    return ""
