"""Single files packed with gzip, as some archives keep them: unpacked under a name of ours, bounded."""

from __future__ import annotations

import gzip
import zlib
from io import BufferedWriter
from pathlib import Path

from readingroom.errors import DecodeLimit, NotDicom
from readingroom.imaging.safe_write import create_private

MAGIC = b"\x1f\x8b"
"""Source: RFC 1952 2.3.1."""
BLOCK = 1 << 20


def is_gzip(path: Path) -> bool:
    """Whether the file begins like a gzip file."""
    with path.open("rb") as file:
        return file.read(2) == MAGIC


def unpack(packed: Path, target: Path, allowed: int) -> int:
    """Unpack into the new file `target`, at most `allowed` bytes; how many they were.

    Raises NotDicom for a damaged one, DecodeLimit for one that grows too large; `target` then is removed.
    """
    written = 0
    try:
        with gzip.open(packed) as source, BufferedWriter(create_private(target)) as file:
            while block := source.read(BLOCK):
                written += len(block)
                if written > allowed:
                    raise DecodeLimit(reason=f"it unpacks to more than {max(1, allowed >> 20)} MiB")
                file.write(block)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        target.unlink(missing_ok=True)
        raise NotDicom(reason=": its gzip compression is damaged") from None
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return written
