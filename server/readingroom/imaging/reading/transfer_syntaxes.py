"""Transfer syntaxes by UID: their names, which codec decodes each, what is refused by name. A table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Codec = Literal["native", "rle", "pillow", "gdcm", "jpegls", "openjpeg"]


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """One way pixels are written. `codec` None: known, not decoded here. `lossy`: always | never | maybe."""

    uid: str
    name: str
    codec: Codec | None
    lossy: Literal["always", "never", "maybe"] = "never"
    implicit_vr: bool = False
    big_endian: bool = False
    deflated: bool = False


_BASE = "1.2.840.10008.1.2"

_TABLE = (
    TransferSyntax(_BASE, "Implicit VR Little Endian", "native", implicit_vr=True),
    TransferSyntax(f"{_BASE}.1", "Explicit VR Little Endian", "native"),
    TransferSyntax(f"{_BASE}.1.99", "Deflated Explicit VR Little Endian", "native", deflated=True),
    TransferSyntax(f"{_BASE}.2", "Explicit VR Big Endian", "native", big_endian=True),
    TransferSyntax(f"{_BASE}.5", "RLE Lossless", "rle"),
    TransferSyntax(f"{_BASE}.4.50", "JPEG Baseline", "pillow", "always"),
    TransferSyntax(f"{_BASE}.4.51", "JPEG Extended", "gdcm", "always"),
    TransferSyntax(f"{_BASE}.4.53", "JPEG Spectral Selection (retired)", "gdcm", "always"),
    TransferSyntax(f"{_BASE}.4.55", "JPEG Full Progression (retired)", "gdcm", "always"),
    TransferSyntax(f"{_BASE}.4.57", "JPEG Lossless (Process 14)", "gdcm"),
    TransferSyntax(f"{_BASE}.4.70", "JPEG Lossless (Process 14, Selection Value 1)", "gdcm"),
    TransferSyntax(f"{_BASE}.4.80", "JPEG-LS Lossless", "jpegls"),
    TransferSyntax(f"{_BASE}.4.81", "JPEG-LS Near-Lossless", "jpegls", "always"),
    TransferSyntax(f"{_BASE}.4.90", "JPEG 2000 Lossless", "openjpeg"),
    TransferSyntax(f"{_BASE}.4.91", "JPEG 2000", "openjpeg", "maybe"),
    TransferSyntax(f"{_BASE}.4.201", "HTJ2K Lossless", "openjpeg"),
    TransferSyntax(f"{_BASE}.4.202", "HTJ2K Lossless RPCL", "openjpeg"),
    TransferSyntax(f"{_BASE}.4.203", "HTJ2K", "openjpeg", "maybe"),
    TransferSyntax(f"{_BASE}.4.92", "JPEG 2000 Part 2 Lossless", None),
    TransferSyntax(f"{_BASE}.4.93", "JPEG 2000 Part 2", None),
    TransferSyntax(f"{_BASE}.4.94", "JPIP Referenced", None),
    TransferSyntax(f"{_BASE}.4.95", "JPIP Referenced Deflate", None),
    TransferSyntax(f"{_BASE}.4.204", "JPIP HTJ2K Referenced", None),
    TransferSyntax(f"{_BASE}.4.205", "JPIP HTJ2K Referenced Deflate", None),
    TransferSyntax(f"{_BASE}.4.100", "MPEG-2 Main Profile video", None),
    TransferSyntax(f"{_BASE}.4.100.1", "MPEG-2 Main Profile video", None),
    TransferSyntax(f"{_BASE}.4.101", "MPEG-2 High Level video", None),
    TransferSyntax(f"{_BASE}.4.101.1", "MPEG-2 High Level video", None),
    *(
        TransferSyntax(f"{_BASE}.4.{number}{fragment}", "MPEG-4 AVC/H.264 video", None)
        for number in (102, 103, 104, 105, 106)
        for fragment in ("", ".1")
    ),
    TransferSyntax(f"{_BASE}.4.107", "HEVC/H.265 video", None),
    TransferSyntax(f"{_BASE}.4.108", "HEVC/H.265 10-bit video", None),
    TransferSyntax(f"{_BASE}.4.110", "JPEG XL Lossless", None),
    TransferSyntax(f"{_BASE}.4.111", "JPEG XL JPEG Recompression", None),
    TransferSyntax(f"{_BASE}.4.112", "JPEG XL", None),
    TransferSyntax("1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian", None),
    TransferSyntax("1.2.840.113619.5.2", "GE private implicit VR big endian", None),
)

_BY_UID = {syntax.uid: syntax for syntax in _TABLE}


def transfer_syntax(uid: str) -> TransferSyntax:
    """The syntax of that UID; one nobody here knows has no codec and is named by its UID."""
    return _BY_UID.get(uid) or TransferSyntax(uid, f"unknown transfer syntax {uid}", None)


def decodable() -> tuple[TransferSyntax, ...]:
    """Every syntax whose pictures are decoded here."""
    return tuple(syntax for syntax in _TABLE if syntax.codec is not None)
