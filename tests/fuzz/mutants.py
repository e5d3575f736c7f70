"""Harmed files: bits turned, ends cut, lengths and values that lie, tags that change places."""

from __future__ import annotations

import io
import math
import random
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from tests.fuzz.seeds import Seed, saved
from tests.imaging.dicoms import picture

HEAD: Final = 1024
"""Bytes of a compressed picture in which its own header lies."""
LENGTHS: Final = (0, 1, 2, 7, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
NUMBERS: Final = {
    **dict.fromkeys(("Rows", "Columns"), (0, 1, 2, 255, 256, 32768, 65535)),
    "NumberOfFrames": ("0", "-1", "2", "7", "100000", "2147483648", "99999999999", "x", ""),
    "BitsAllocated": (0, 1, 4, 8, 12, 16, 24, 32, 64, 65535),
    **dict.fromkeys(("BitsStored", "HighBit"), (0, 1, 7, 8, 9, 12, 15, 16, 17, 31, 32, 65535)),
    "PixelRepresentation": (0, 1, 2, 65535),
    "SamplesPerPixel": (0, 1, 2, 3, 4, 65535),
    "PlanarConfiguration": (0, 1, 2),
    "PhotometricInterpretation": (
        *("MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"),
        *("PALETTE COLOR", "HSV", "", "x"),
    ),
    **dict.fromkeys(("RescaleSlope", "RescaleIntercept"), ("0", "-1", "1e308", "1e-308", "nan", "inf", "")),
    **dict.fromkeys(("WindowCenter", "WindowWidth"), ("0", "-5", "1e308", "nan", "1\\2\\3", "")),
    **dict.fromkeys(("PixelPaddingValue", "PixelPaddingRangeLimit"), (0, 1, 32767)),
    "PixelSpacing": ("0\\0", "-1\\1", "nan\\1", "1e300\\1e300", "1e-300\\1e-300", "1"),
    "ImagePositionPatient": ("nan\\0\\0", "1e308\\1e308\\1e308", "1\\2", ""),
    "ImageOrientationPatient": (
        "0\\0\\0\\0\\0\\0",
        "1\\0\\0\\1\\0\\0",
        "2\\0\\0\\0\\2\\0",
        "nan\\0\\0\\0\\1\\0",
    ),
    "PixelAspectRatio": ("0\\0", "1\\2", "-1\\1", "99999999\\1"),
    "SpecificCharacterSet": ("ISO_IR 192", "ISO 2022 IR 87", "x", "\\\\"),
    **dict.fromkeys(("FrameTime", "CineRate"), ("0", "-1", "1e308", "nan")),
    **dict.fromkeys(("OverlayRows", "OverlayColumns"), (0, 1, 65535)),
}
"""Values that lie, by the element they are given to."""

STEPS: Final = (2.0, 2.0, -3.0, 0.0, 1e-9, 1e9, 1e300)
SPACINGS: Final = (0.5, 0.5, 1e-9, 1e-300, 1e4, 1e300)
TILTS: Final = (0.0, 0.0, 0.2, 1.5, math.pi / 2)
"""Millimeters between slices and pixels, and angles of the gantry."""
UNWRITABLE: Final = (ValueError, TypeError, struct.error, AttributeError, OverflowError, LookupError)
"""What pydicom raises over values it will not write."""

Harm = Callable[[Seed, random.Random], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file to be taken in: what it comes from, what was done, and its number in the run."""

    number: int
    seed: str
    syntax: str
    harm: str
    data: bytes


def mutant(found: list[Seed], run: int, number: int) -> Mutant:
    """Mutant `number` of run `run`: the same each time. Syntaxes take turns, seeds of one are drawn."""
    chance = random.Random(f"{run}/{number}")
    syntaxes = sorted({seed.syntax for seed in found})
    syntax = syntaxes[number % len(syntaxes)]
    seed = chance.choice([seed for seed in found if seed.syntax == syntax])
    name = chance.choice(list(HARMS))
    return Mutant(number, seed.name, syntax, name, HARMS[name](seed, chance))


def pile(run: int, number: int) -> list[Mutant]:
    """Slices of one series that lie about where they are: all of them in one way, some in another."""
    chance = random.Random(f"{run}/pile {number}")
    step, spacing, tilt = chance.choice(STEPS), chance.choice(SPACINGS), chance.choice(TILTS)
    made = []
    for index in range(chance.choice((3, 5, 12))):
        orientation = [1, 0, 0, 0, round(math.cos(tilt), 9), round(math.sin(tilt), 9)]
        ds = picture(
            index,
            ImagePositionPatient=[
                _decimal(value) for value in (-10, step * index * chance.choice(TILTS), step * index)
            ],
            ImageOrientationPatient=[_decimal(value) for value in orientation],
            PixelSpacing=[_decimal(spacing), _decimal(spacing)],
            SliceThickness=_decimal(abs(step)),
        )
        if chance.random() < 0.2:
            _lie(
                ds,
                chance.choice([keyword for keyword in NUMBERS if not keyword.startswith("Overlay")]),
                chance,
            )
        try:
            made.append(Mutant(number, f"pile slice {index}", "piles", f"{step} {spacing} {tilt}", saved(ds)))
        except UNWRITABLE:
            continue
    return made


def _decimal(value: float) -> str:
    """At most 16 characters, as a scanner would write it."""
    return f"{value:.9g}"


def _turned(data: bytes, start: int, end: int, chance: random.Random) -> bytes:
    harmed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8, 32))):
        at = chance.randrange(start, max(start + 1, end))
        if at < len(harmed):
            harmed[at] ^= 1 << chance.randrange(8)
    return bytes(harmed)


def bits_anywhere(seed: Seed, chance: random.Random) -> bytes:
    return _turned(seed.data, 132, len(seed.data), chance)


def bits_of_the_header(seed: Seed, chance: random.Random) -> bytes:
    return _turned(seed.data, 132, min(seed.pixels, len(seed.data)), chance)


def bits_of_the_picture(seed: Seed, chance: random.Random) -> bytes:
    start = min(seed.pixels, len(seed.data) - 1)
    return _turned(seed.data, start, min(len(seed.data), start + HEAD), chance)


def cut(seed: Seed, chance: random.Random) -> bytes:
    start = chance.choice((0, 132, min(seed.pixels, len(seed.data) - 1)))
    return seed.data[: chance.randrange(start, len(seed.data))]


def length_lies(seed: Seed, chance: random.Random) -> bytes:
    """The four or two bytes in front of a value are its length."""
    if not seed.elements:
        return bits_anywhere(seed, chance)
    harmed = bytearray(seed.data)
    for _ in range(chance.choice((1, 1, 3))):
        _, at = chance.choice(seed.elements)
        width = chance.choice((2, 4))
        lie = chance.choice((*LENGTHS, chance.randrange(1 << 32))) & ((1 << 8 * width) - 1)
        harmed[at - width : at] = lie.to_bytes(width, "little")
    return bytes(harmed)


def tags_swapped(seed: Seed, chance: random.Random) -> bytes:
    if len(seed.elements) < 2:
        return bits_anywhere(seed, chance)
    (one, at), (other, there) = chance.sample(seed.elements, 2)
    mine, its = (struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in (one, other))
    harmed = bytearray(seed.data)
    for old, new, place in ((mine, its, at), (its, mine, there)):
        found = harmed.rfind(old, max(0, place - 12), place)
        if found >= 0:
            harmed[found : found + 4] = new
    return bytes(harmed)


def values_lie(seed: Seed, chance: random.Random) -> bytes:
    with warnings.catch_warnings(action="ignore"):
        ds = pydicom.dcmread(io.BytesIO(seed.data))
        for _ in range(chance.choice((1, 1, 2, 4))):
            _lie(ds, chance.choice(list(NUMBERS)), chance)
        try:
            return saved(ds)
        except UNWRITABLE:
            return bits_of_the_header(seed, chance)


def _lie(ds: Dataset, keyword: str, chance: random.Random) -> None:
    """Give an element one of its NUMBERS, past all of pydicom's doubts."""
    value = chance.choice(NUMBERS[keyword])
    if keyword.startswith("Overlay"):
        ds.add_new(0x60000010 if keyword == "OverlayRows" else 0x60000011, "US", value)
        ds.add_new(0x60000050, "SS", [1, chance.choice((1, -5, 32767))])
        ds.add_new(0x60000100, "US", 1)
        ds.add_new(0x60003000, "OW", bytes(chance.choice((0, 2, 512))))
    elif isinstance(value, str):
        raw = value.encode() + b" " * (len(value) % 2)
        tag = Tag(keyword)
        ds._dict[tag] = RawDataElement(tag, dictionary_VR(keyword), len(raw), raw, 0, False, True)
    else:
        ds.add_new(keyword, dictionary_VR(keyword).split(" ")[0], value)


def pieces_moved(seed: Seed, chance: random.Random) -> bytes:
    data = seed.data
    start, there = (chance.randrange(132, len(data)) for _ in range(2))
    piece = data[start : start + chance.choice((1, 2, 8, 64, 4096))]
    return chance.choice(
        (
            data[:there] + piece + data[there:],
            data[:there] + piece + data[there + len(piece) :],
            data[:start] + data[start + len(piece) :],
            data[:there] + bytes(len(piece)) + data[there + len(piece) :],
            data[:there] + b"\xff" * len(piece) + data[there + len(piece) :],
        )
    )


def inside_the_deflated(seed: Seed, chance: random.Random) -> bytes:
    """Harm below the compression, where there is one."""
    at = _behind_meta(seed.data)
    try:
        inside = zlib.decompress(seed.data[at:], -zlib.MAX_WBITS)
    except zlib.error:
        return pieces_moved(seed, chance)
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return seed.data[:at] + packer.compress(_turned(inside, 0, len(inside), chance)) + packer.flush()


def _behind_meta(data: bytes) -> int:
    (length,) = struct.unpack_from("<I", data, 140)
    return int(144 + length)


HARMS: Final[dict[str, Harm]] = {
    harm.__name__.replace("_", " "): harm
    for harm in (
        bits_anywhere,
        bits_of_the_header,
        bits_of_the_picture,
        cut,
        length_lies,
        tags_swapped,
        values_lie,
        pieces_moved,
        inside_the_deflated,
    )
}
