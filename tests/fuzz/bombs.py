"""Small files that promise or unpack to far more than they are: each must cost itself and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.fuzz.mutants import Mutant
from tests.fuzz.seeds import saved
from tests.imaging.dicoms import encapsulated, picture

EDGE: Final = 12000
WIDE: Final = {"Rows": EDGE, "Columns": EDGE, "BitsStored": 16, "HighBit": 15}
UNDEFINED: Final = 0xFFFFFFFF


LONG: Final = (
    *("800,000 frames of one bit", "20,000 empty fragments"),
    *(f"{name} of 30000² in tiles of 30000²" for name in ("JPEG 2000", "HTJ2K")),
)
"""Those that take seconds to be refused, or gigabytes on the disk."""


def bombs(*, without: tuple[str, ...] = ()) -> list[Mutant]:
    """All but those of these names, numbered from -1 downwards."""
    made = [(name, data) for make in _MAKERS for name, data in make() if name not in without]
    return [Mutant(-1 - n, "bomb", "bombs", name, data) for n, (name, data) in enumerate(made)]


def _named(name: str, syntax: Any = ExplicitVRLittleEndian, **changes: Any) -> tuple[str, bytes]:
    return name, saved(picture(syntax=syntax, **changes))


def _deflated() -> Iterator[tuple[str, bytes]]:
    """A little picture, and then zeros without end."""
    whole = saved(picture(syntax=DeflatedExplicitVRLittleEndian))
    (length,) = struct.unpack_from("<I", whole, 140)
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = io.BytesIO()
    body.write(packer.compress(zlib.decompress(whole[144 + length :], -zlib.MAX_WBITS)))
    for _ in range(96):
        body.write(packer.compress(bytes(8 << 20)))
    body.write(packer.flush())
    yield "deflated to 768 MB", whole[: 144 + length] + body.getvalue()
    yield "deflated and cut", (whole[: 144 + length] + body.getvalue())[:-100]


def _run_lengths() -> Iterator[tuple[str, bytes]]:
    long = b"\x81\x00" * 500_000
    frame = struct.pack("<16I", 2, 64, 64 + len(long), *[0] * 13) + long * 2
    yield _named("run lengths of 128 MB", RLELossless, PixelData=encapsulated([frame]), **WIDE)
    lying = struct.pack("<16I", 15, *[64 + 2**31] * 15) + b"\0" * 64
    yield _named("run length segments outside", RLELossless, PixelData=encapsulated([lying]))
    many = struct.pack("<16I", 4_000_000_000, *[64] * 15) + b"\x81\x00" * 64
    yield _named("four billion segments", RLELossless, PixelData=encapsulated([many]))


def _siz(rows: int, columns: int, tile: int, components: int, bits: int) -> bytes:
    """A JPEG 2000 main header without any picture behind it. Source: ITU-T T.800 A.5.1, A.6.1, A.6.4."""
    size = 38 + 3 * components
    head = struct.pack(">HHHH", 0xFF4F, 0xFF51, size, 0)
    head += struct.pack(">8IH", columns, rows, 0, 0, tile, tile, 0, 0, components)
    head += bytes([bits - 1, 1, 1]) * components
    head += struct.pack(">HHBBHBBBBBB", 0xFF52, 12, 0, 0, 1, 0, 5, 4, 4, 0, 1)
    head += struct.pack(">HHBB", 0xFF5C, 19, 0x40, 0x40) + bytes(15)
    return head + struct.pack(">HHHIBB", 0xFF90, 10, 0, 0, 0, 1) + b"\xff\x93" + bytes(64) + b"\xff\xd9"


def _jpeg_2000() -> Iterator[tuple[str, bytes]]:
    for name, uid in (("JPEG 2000", JPEG2000Lossless), ("HTJ2K", HTJ2KLossless)):
        for rows, tile in ((30000, 30000), (EDGE, 1), (65535, 65535)):
            data = encapsulated([_siz(rows, rows, tile, 1, 16)])
            shape = WIDE | {"Rows": rows, "Columns": rows}
            yield _named(f"{name} of {rows}² in tiles of {tile}²", uid, PixelData=data, **shape)
        data = encapsulated([_siz(6, 8, 1024, 16384, 16)])
        yield _named(f"{name} of 16384 components", uid, PixelData=data)
        data = encapsulated([_siz(2**32 - 1, 2**32 - 1, 2**32 - 1, 1, 38)])
        yield _named(f"{name} that lies about its size", uid, PixelData=data)


def _jpeg() -> Iterator[tuple[str, bytes]]:
    table = bytes([0, *[0] * 7, 1, *[0] * 8, 0])
    for name, uid, mark, bits in (
        ("JPEG", JPEGBaseline8Bit, 0xC0, 8),
        ("JPEG extended", JPEGExtended12Bit, 0xC1, 12),
        ("JPEG lossless", JPEGLosslessSV1, 0xC3, 16),
        ("JPEG-LS", JPEGLSLossless, 0xF7, 16),
    ):
        quantization = b"\xff\xdb" + struct.pack(">HB", 67, 0) + bytes([1] * 64)
        frame = struct.pack(">BBHBHHB", 0xFF, mark, 11, bits, EDGE, EDGE, 1) + b"\x01\x11\x00"
        huffman = b"\xff\xc4" + struct.pack(">H", 2 + len(table)) + table
        scan = (
            b"\xff\xda"
            + struct.pack(">HB", 8, 1)
            + b"\x01\x00"
            + (b"\x01" if mark == 0xC3 else b"\0")
            + b"\0\0"
        )
        stream = b"\xff\xd8" + quantization + frame + huffman + scan + bytes(256) + b"\xff\xd9"
        allocated = 8 if bits == 8 else 16
        shape = WIDE | {"BitsAllocated": allocated, "BitsStored": allocated, "HighBit": allocated - 1}
        yield _named(f"{name} of {EDGE}²", uid, PixelData=encapsulated([stream]), **shape)


def _headers() -> Iterator[tuple[str, bytes]]:
    whole = saved(picture())
    at = whole.index(struct.pack("<HH", 0x28, 0x02))
    level = struct.pack("<HH2sHI", 0x08, 0x1140, b"SQ", 0, UNDEFINED)
    level += struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    yield "5,000 levels", whole[:at] + level * 5000 + whole[at:]
    element = struct.pack("<HH2sHH", 0x09, 0x1001, b"US", 2, 1)
    yield "10^6 elements", whole[:at] + element * 1_000_000 + whole[at:]
    items = struct.pack("<HH2sHI", 0x5200, 0x9229, b"SQ", 0, UNDEFINED)
    items += struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 1_000_000
    end = whole.index(struct.pack("<HH", 0x7FE0, 0x10))
    yield "10^6 items", whole[:end] + items + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) + whole[end:]
    lie = struct.pack("<HH2sHI", 0x10, 0x4000, b"UT", 0, 0xFFFFFFF0)
    yield "a text of 4 GB", whole[:at] + lie + whole[at:]
    yield _named(
        "a name of 64 KB", PatientName="\u202e<script>" + "x" * 65000, SpecificCharacterSet="ISO_IR 192"
    )
    implicit = saved(picture(syntax=ImplicitVRLittleEndian))
    at = implicit.index(struct.pack("<HH", 0x28, 0x02))
    level = struct.pack("<HHI", 0x08, 0x1140, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    yield "5,000 implicit levels", implicit[:at] + level * 5000 + implicit[at:]


def _sizes() -> Iterator[tuple[str, bytes]]:
    yield _named("65535² pixels that are not there", Rows=65535, Columns=65535)
    yield _named("2^31 frames", NumberOfFrames="2147483648")
    one_bit = {"Rows": 1, "Columns": 1, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
    yield _named("800,000 frames of one bit", NumberOfFrames="800000", PixelData=bytes(100_000), **one_bit)
    frames = encapsulated([b"\0" * 2] * 20_000)
    yield _named("20,000 empty fragments", RLELossless, PixelData=frames, NumberOfFrames="20000")
    yield _named("one wide row", Rows=1, Columns=65535, PixelData=bytes(2 * 65535))


def _tables() -> Iterator[tuple[str, bytes]]:
    def color(**changes: Any) -> dict[str, Any]:
        palette = {"PhotometricInterpretation": "PALETTE COLOR"}
        for name in ("Red", "Green", "Blue"):
            palette[f"{name}PaletteColorLookupTableDescriptor"] = changes.get("descriptor", [256, 0, 16])
            palette[f"{name}PaletteColorLookupTableData"] = changes.get("data", bytes(512))
        return palette

    yield _named("a palette that is too short", **color(data=bytes(2)))
    yield _named("a palette of no entries", **color(descriptor=[0, 0, 16]))
    yield _named("a palette of 0 bits", **color(descriptor=[256, 0, 0]))
    yield _named("a palette that starts at 65535", **color(descriptor=[256, 65535, 16]))
    for keyword in ("ModalityLUTSequence", "VOILUTSequence"):
        for descriptor, count in (
            ([0, 0, 16], 1),
            ([65535, 0, 16], 1),
            ([4, 0, 99], 4),
            ([4, 65000, 8], 40_000),
        ):
            table = Dataset()
            table.add_new(0x00283002, "US", descriptor)
            table.add_new(0x00283006, "OW", np.arange(count, dtype=np.uint16).tobytes())
            if keyword == "ModalityLUTSequence":
                table.ModalityLUTType = "US"
            changes: dict[str, Any] = {keyword: [table]}
            if keyword == "ModalityLUTSequence":
                changes |= {"RescaleSlope": None, "RescaleIntercept": None}
            yield _named(f"{keyword} {descriptor} with {count}", **changes)


def _overlays() -> Iterator[tuple[str, bytes]]:
    for rows, columns, origin, frames, size in (
        (65535, 65535, (1, 1), None, 6),
        (6, 8, (-32768, 32767), None, 6),
        (6, 8, (1, 1), "2147483647", 6),
        (0, 0, (1, 1), None, 0),
    ):
        ds = picture()
        for group in range(0x6000, 0x6020, 2):
            ds.add_new(group << 16 | 0x10, "US", rows)
            ds.add_new(group << 16 | 0x11, "US", columns)
            ds.add_new(group << 16 | 0x40, "CS", "G")
            ds.add_new(group << 16 | 0x50, "SS", list(origin))
            ds.add_new(group << 16 | 0x100, "US", 1)
            ds.add_new(group << 16 | 0x102, "US", 0)
            if frames:
                ds.add_new(group << 16 | 0x15, "IS", frames)
            ds.add_new(group << 16 | 0x3000, "OW", bytes(size))
        yield f"overlays of {rows} × {columns} at {origin} × {frames}", saved(ds)


_MAKERS: Final[tuple[Callable[[], Iterator[tuple[str, bytes]]], ...]] = (
    _deflated,
    _run_lengths,
    _jpeg_2000,
    _jpeg,
    _headers,
    _sizes,
    _tables,
    _overlays,
)
