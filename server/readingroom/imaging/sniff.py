"""What a file is by its first bytes, before anything parses it. Pure."""

from __future__ import annotations

from readingroom.errors import EmptyFile, FileRefused, NotDicom
from readingroom.imaging.reading import file_kinds

PREAMBLE_BYTES = 132
"""Preamble and prefix of a DICOM file. Source: PS3.10 7.1."""
SNIFFED_BYTES = 1024
"""Enough to find the SOP Class of what lacks them."""


def header_start(start: bytes) -> int:
    """Where the meta information begins: behind the preamble, or at 0 in a file that leaves it out.

    Nothing is guessed then: the meta information is there, and says how the rest is written.
    """
    return PREAMBLE_BYTES if start[128:132] == b"DICM" else 0


def _is_meta(start: bytes) -> bool:
    """Whether an element of group 0002 with an explicit VR comes first. Source: PS3.10 7.1, PS3.5 7.1.2."""
    return start[:2] == b"\x02\x00" and start[4:6] in (b"UL", b"OB", b"UI", b"SH", b"AE")


def refusal(start: bytes) -> FileRefused | None:
    """None for a DICOM file by its first SNIFFED_BYTES, else why it is none."""
    if not start:
        return EmptyFile()
    if start[128:132] == b"DICM" or _is_meta(start):
        return None
    return NotDicom(reason=_what_instead(start))


def _what_instead(start: bytes) -> str:
    if start.startswith(b"\x1f\x8b"):
        return ": it is gzip-compressed once more; unpack it first"
    if start.startswith(b"PK\x03\x04"):
        return ": it is a zip archive; import it by itself"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")):
        return ": it is an ordinary picture"
    if start.startswith(b"%PDF"):
        return ": it is a PDF"
    sop_class = file_kinds.sop_class_in(start)
    if sop_class or start[:2] in (b"\x08\x00", b"\x02\x00"):
        what = file_kinds.kind(sop_class)
        known = f"it seems to be {what}" if what else "it may hold DICOM elements"
        return f": {known}, but the start of the file (preamble and meta information) is missing"
    return ""
