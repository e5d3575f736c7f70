"""Zip archives, taken apart safely: names of ours, bounded in number, bytes and ratio, nothing followed."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path, PurePosixPath, PureWindowsPath

from readingroom.errors import BadArchive
from readingroom.imaging.safe_write import create_private

END_RECORD = b"PK\x05\x06"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold: entries, unpacked bytes, and how often its own size beyond `free_bytes`."""

    entries: int = 100_000
    bytes: int = 32 << 30
    ratio: int = 200
    free_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One file out of an archive: where it lies now, and the base name it had."""

    path: Path
    source: str


def is_zip(path: Path) -> bool:
    """Whether the file begins like a zip archive."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", END_RECORD)


def unpack(
    archive: Path,
    into: Path,
    limits: ArchiveLimits,
    progress: Callable[[int, int], None],
) -> list[Unpacked]:
    """Unpack every file of `archive` into `into` under names of ours; `progress` gets files done and in all.

    Raises BadArchive for anything that is not a plain archive of plain files: encrypted, with links, with
    names that leave the folder, too many, too large. What lies in `into` then is the caller's to remove.
    """
    if _declared_entries(archive) > limits.entries:
        raise BadArchive(reason=f"it holds more than {limits.entries} files")
    allowed = min(limits.bytes, max(limits.free_bytes, limits.ratio * archive.stat().st_size))
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            for entry in opened.infolist():
                _check(entry)
            if sum(entry.file_size for entry in entries) > allowed:
                raise _too_large(allowed)
            found = []
            for number, entry in enumerate(entries):
                target = into / f"{number:06d}"
                allowed -= _unpack_one(opened, entry, target, allowed)
                found.append(Unpacked(target, PurePosixPath(entry.filename).name))
                progress(number + 1, len(entries))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeError, OverflowError, ValueError):
        raise BadArchive(reason="it is damaged") from None
    except NotImplementedError:
        raise BadArchive(reason="it is packed in an unusual way; pack it again as an ordinary zip") from None


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise BadArchive(reason="it is encrypted; unpack it first")
    kind = entry.external_attr >> 28  # of the Unix mode, when it was made on Unix
    if kind not in (0, 0o10, 0o04):
        raise BadArchive(reason="it holds links or devices")
    for path in (PurePosixPath(entry.filename), PureWindowsPath(entry.filename)):
        if path.is_absolute() or path.drive or ".." in path.parts:
            raise BadArchive(reason="it holds names that lead out of it")


def _unpack_one(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, allowed: int) -> int:
    """Bytes written; what the entry declares is not believed."""
    written = 0
    with opened.open(entry) as packed, BufferedWriter(create_private(target)) as file:
        while block := packed.read(BLOCK):
            written += len(block)
            if written > allowed:
                raise _too_large(allowed)
            file.write(block)
    return written


def _too_large(allowed: int) -> BadArchive:
    return BadArchive(reason=f"it unpacks to more than {max(1, allowed >> 20)} MiB")


def _declared_entries(archive: Path) -> int:
    """Entries by the end record, before the directory is read: a million of them would fill memory first."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or at + 22 > len(tail):
        raise BadArchive(reason="it is damaged")
    count, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    zip64 = tail.rfind(b"PK\x06\x06", 0, at)
    if zip64 >= 0 and zip64 + 48 <= len(tail):
        count, directory_bytes = struct.unpack_from("<QQ", tail, zip64 + 32)
    return max(int(count), int(directory_bytes) // 512)  # a record is at least 46 bytes, a long one 512
