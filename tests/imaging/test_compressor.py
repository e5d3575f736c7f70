"""A body in pieces is the same body in every Content-Encoding, and each piece can be read when it is here."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from readingroom.imaging.compressor import compressor
from readingroom.imaging.encode import Encoding

PIECES = [bytes([i]) * 5000 + bytes(range(256)) for i in range(5)]
OPENERS = {
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
    "br": lambda: brotli.Decompressor().process,
    "gzip": lambda: zlib.decompressobj(31).decompress,
    "identity": lambda: bytes,
}


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
def test_each_piece_can_be_read_before_the_next_is_made(encoding: Encoding):
    packer, unpack = compressor(encoding), OPENERS[encoding]()
    for piece in PIECES:
        assert unpack(packer.add(piece)) == piece
    assert unpack(packer.end()) == b""


def test_the_pieces_together_are_one_gzip_file():
    packer = compressor("gzip")
    assert gzip.decompress(b"".join(map(packer.add, PIECES)) + packer.end()) == b"".join(PIECES)
