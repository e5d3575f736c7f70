"""Takes a body of many tiles apart, as the page does."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Streamed:
    """`missing` is None when the body was cut short."""

    level: int
    frames: int
    asked: int
    tiles: dict[int, bytes]
    missing: list[int] | None

    @property
    def order(self) -> list[int]:
        return list(self.tiles)


def streamed(body: bytes) -> Streamed:
    magic, level, _, frames, asked = struct.unpack_from("<4sHHII", body)
    assert magic == b"RRS1"
    at, tiles = 16, {}
    while at + 4 <= len(body):
        (length,) = struct.unpack_from("<I", body, at)
        if length == 0:
            (count,) = struct.unpack_from("<I", body, at + 4)
            missing = list(struct.unpack_from(f"<{count}I", body, at + 8))
            assert at + 8 + 4 * count == len(body)
            return Streamed(level, frames, asked, tiles, missing)
        tile = body[at + 4 : at + 4 + length]
        tiles[int.from_bytes(tile[48:52], "little")] = tile
        at += 4 + length
    return Streamed(level, frames, asked, tiles, None)
