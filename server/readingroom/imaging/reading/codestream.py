"""What a compressed picture says about its own size, read from its first bytes. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Codestream:
    """Size, number of components, bits and sign of each sample, as the codestream itself says.

    `space`: what a JPEG says its three components are; empty when it says nothing, or both.
    `transformed`: a JPEG 2000 mixes its components itself, and its decoder unmixes them.
    `subsampled`: components have sizes of their own. `lossless`: a JPEG of process 14 (SOF3) or JPEG-LS.
    `possible`: a JPEG of its kind can have so many bits.
    """

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool
    space: Literal["", "RGB", "YBR"] = ""
    transformed: bool = False
    subsampled: bool = False
    lossless: bool = False
    possible: bool = True


_PRECISIONS = {0xC0: (8,), 0xC3: range(2, 17), 0xF7: range(2, 17)}
"""Bits a sample of a JPEG may have by its frame header's marker; others 8 or 12. Source: T.81 table B.2."""


def jpeg(data: bytes) -> Codestream | None:
    """The frame header (SOF, or SOF55 of JPEG-LS) of a JPEG, or None. Source: ITU-T T.81 B.2.2."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    said: set[Literal["", "RGB", "YBR"]] = set()
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
            parts = data[at + 10 : at + 10 + 3 * components]
            subsampled = len(set(parts[1::3])) > 1
            space: Literal["", "RGB", "YBR"] = ""
            if components == 3 and marker != 0xF7:
                if parts[::3] in (b"RGB", b"rgb"):
                    said.add("RGB")
                if subsampled:  # nobody halves the red of a picture
                    said.add("YBR")
                space = said.pop() if len(said) == 1 else ""
            return Codestream(
                rows,
                columns,
                components,
                precision,
                signed=False,
                space=space,
                subsampled=subsampled,
                lossless=marker in (0xC3, 0xF7),
                possible=precision in _PRECISIONS.get(marker, (8, 12)),
            )
        said |= _color_said(marker, data[at + 4 : at + 2 + length])
        at += 2 + length
    return None


def _color_said(marker: int, body: bytes) -> set[Literal["", "RGB", "YBR"]]:
    """What an application marker says of the components: JFIF is always YBR, Adobe's knows both.

    Source: ITU-T T.871 7, T.872 6.5.3.
    """
    if marker == 0xE0 and body.startswith(b"JFIF\0"):
        return {"YBR"}
    if marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
        return {"RGB"} if body[11] == 0 else {"YBR"} if body[11] == 1 else set()
    return set()


def jpeg2000(data: bytes) -> Codestream | None:
    """The SIZ segment of a JPEG 2000 or HTJ2K codestream, bare or in a JP2 box. Source: ITU-T T.800 A.5.1."""
    start = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if start < 0 or start + 43 > len(data):
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, start + 8)
    components, sign_and_depth = struct.unpack_from(">HB", data, start + 40)
    sizes = data[start + 42 : start + 42 + 3 * components]
    steps = sizes[1::3] + sizes[2::3]
    return Codestream(
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(sign_and_depth & 0x7F) + 1,
        signed=bool(sign_and_depth & 0x80),
        transformed=_mixes(data, start),
        subsampled=any(step != 1 for step in steps),
    )


def _mixes(data: bytes, start: int) -> bool:
    """Whether the codestream at `start` mixes its components. Source: ITU-T T.800 A.6.1, G."""
    at = start + 2
    while at + 9 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0x90, 0x93):
        if data[at + 1] == 0x52:
            return data[at + 8] == 1
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False
