"""What a compressed picture says about its own size, read from its first bytes. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Codestream:
    """Size, number of components, bits and sign of each sample, as the codestream itself says."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool


def jpeg(data: bytes) -> Codestream | None:
    """The frame header (SOF, or SOF55 of JPEG-LS) of a JPEG, or None. Source: ITU-T T.81 B.2.2."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        if marker in (0xD9, 0xDA):  # the picture starts without a frame header
            return None
        (length,) = struct.unpack_from(">H", data, at + 2)
        is_frame = marker == 0xF7 or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))
        if is_frame and at + 10 <= len(data):
            precision, rows, columns, components = struct.unpack_from(">BHHB", data, at + 4)
            return Codestream(rows, columns, components, precision, signed=False)
        at += 2 + length
    return None


def jpeg2000(data: bytes) -> Codestream | None:
    """The SIZ segment of a JPEG 2000 or HTJ2K codestream, bare or in a JP2 box. Source: ITU-T T.800 A.5.1."""
    start = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if start < 0 or start + 43 > len(data):
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, start + 8)
    components, sign_and_depth = struct.unpack_from(">HB", data, start + 40)
    return Codestream(
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(sign_and_depth & 0x7F) + 1,
        signed=bool(sign_and_depth & 0x80),
    )
