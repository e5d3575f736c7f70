"""Originals read back from the library, hashed on the way: what is no longer what was imported is refused."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from readingroom.errors import FileChanged, Truncated

BLOCK = 1 << 20
HELD_BYTES = 128 << 20
"""A file up to this size is decoded from the very bytes that were hashed; a larger one where it lies."""

Array = npt.NDArray[Any]


def read_pixels(path: Path, sha256: str, pieces: Sequence[tuple[int, Array]]) -> None:
    """Read pixels straight into their places: (first byte in the file, contiguous target), none overlapping.

    The whole file is read once, and what is hashed of the pixels is what lies in the targets. Raises
    FileChanged, Truncated, OSError; the targets then hold anything.
    """
    digest = hashlib.sha256()
    block = memoryview(bytearray(BLOCK))
    at = 0
    with path.open("rb", buffering=0) as source:
        for offset, target in sorted(pieces, key=lambda piece: piece[0]):
            view = target.reshape(-1).view(np.uint8).data
            while at < offset:
                at += _fill(source, block[: offset - at], digest)
            at += _fill(source, view, digest)
        while count := source.readinto(block):
            digest.update(block[:count])
    if digest.hexdigest() != sha256:
        raise FileChanged()


def _fill(source: io.FileIO, view: memoryview, digest: Any) -> int:
    """Fill all of `view`, hash it, and give its length."""
    done = 0
    while done < len(view):
        count = source.readinto(view[done:])
        if not count:
            raise Truncated(reason=f"{len(view) - done} bytes of its picture are missing")
        done += count
    digest.update(view)
    return done


class Originals:
    """Opens originals for the decoder. Remembers the last one: the frames of a file come in many requests."""

    def __init__(self) -> None:
        self._held: tuple[str, bytes] | None = None
        self._checked: tuple[str, tuple[int, ...]] | None = None

    @contextmanager
    def open(self, path: Path, sha256: str | None) -> Iterator[BinaryIO]:
        """The file's bytes, which have this SHA-256 (None: whatever they are). Raises FileChanged.

        One too large to be held is hashed, and may then not be touched until it has been used.
        """
        if sha256 is not None and self._held is not None and self._held[0] == sha256:
            yield io.BytesIO(self._held[1])
            return
        with path.open("rb") as body:
            identity = _identity(body)
            if sha256 is None:
                yield body
            elif os.fstat(body.fileno()).st_size <= HELD_BYTES:
                yield io.BytesIO(self._hold(body, sha256))
            else:
                if self._checked != (sha256, identity):
                    if hashlib.file_digest(body, "sha256").hexdigest() != sha256:
                        raise FileChanged()
                    body.seek(0)
                yield body
                if _identity(body) != identity:
                    raise FileChanged()
                self._checked = (sha256, identity)

    def _hold(self, body: BinaryIO, sha256: str) -> bytes:
        self._held = None  # before the next is read: one at a time
        data = body.read(HELD_BYTES + 1)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileChanged()
        self._held = sha256, data
        return data


def _identity(body: BinaryIO) -> tuple[int, ...]:
    """Differs once somebody has written into the file, or put another in its place."""
    status = os.fstat(body.fileno())
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
