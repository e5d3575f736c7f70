"""The files behind a path: a file, a folder with all below it, or a zip archive. Plain files only."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from readingroom.errors import DecodeLimit, FileRefused, NotDicom, NotFound, TooLarge
from readingroom.imaging import archive, sniff
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.text import clean

FILES_LIMIT = 200_000
FILE_BYTES_LIMIT = 4 << 30


@dataclass(frozen=True, slots=True)
class Found:
    """A file that looks like DICOM: where it lies, the base name it goes by, whether it is ours to move."""

    path: Path
    source: str
    ours: bool


def gather(
    source: Path,
    scratch: Path,
    limits: ArchiveLimits,
    progress: Callable[[int, int], None],
) -> tuple[list[Found], list[RefusedFile]]:
    """Everything at `source`, by name; archives are unpacked into `scratch`. Blocking: run in a thread.

    Raises NotFound, BadArchive, TooLarge.
    """
    try:
        is_folder, is_file = source.is_dir(), source.is_file()
    except OSError:
        is_folder = is_file = False
    if is_folder:
        candidates = _below(source)
    elif is_file and archive.is_zip(source):
        unpacked = archive.unpack(source, scratch, limits, progress)
        candidates = [Found(file.path, clean(file.source), ours=True) for file in unpacked]
    elif is_file:
        candidates = [Found(source, clean(source.name), ours=False)]
    else:
        raise NotFound(path=clean(source.name) or "this place")
    found, refused = [], []
    for candidate in candidates:
        reason = _refusal(candidate)
        if reason is None:
            found.append(candidate)
        else:
            refused.append(refused_file(candidate.source, reason))
    return found, refused


def refused_file(source: str, reason: FileRefused) -> RefusedFile:
    """The refusal of one file as the index keeps it."""
    return RefusedFile(source, reason.code, str(reason))


def _below(folder: Path) -> list[Found]:
    found = []
    for at, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            found.append(Found(Path(at) / name, clean(name), ours=False))
            if len(found) > FILES_LIMIT:
                raise TooLarge(what="The folder", limit=f"{FILES_LIMIT} files")
    return found


def _refusal(candidate: Found) -> FileRefused | None:
    try:
        status = candidate.path.lstat()
        if stat.S_ISLNK(status.st_mode) and candidate.path.is_file() and not candidate.ours:
            return NotDicom(reason=": it is a link, and links are not followed")
        if not stat.S_ISREG(status.st_mode):
            return NotDicom(reason=": it is no ordinary file")
        if status.st_size > FILE_BYTES_LIMIT:
            return DecodeLimit(reason=f"the file is larger than {FILE_BYTES_LIMIT >> 30} GiB")
        with candidate.path.open("rb") as file:
            return sniff.refusal(file.read(sniff.SNIFFED_BYTES))
    except OSError:
        return NotDicom(reason=": it cannot be opened")
