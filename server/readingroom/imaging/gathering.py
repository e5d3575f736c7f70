"""The files behind a path: a file, a folder with all below it, or a zip archive; gzipped ones unpacked."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from readingroom.errors import BadArchive, DecodeLimit, FileRefused, NotDicom, NotFound, TooLarge
from readingroom.imaging import archive, gzipped, sniff
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.safe_write import private_folder
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
    """Everything at `source`, by name; what is packed is unpacked into `scratch`. Blocking: run in a thread.

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
    return _sorted_out(candidates, _Unpacking(scratch, limits))


def gather_files(
    files: Sequence[Found],
    scratch: Path,
    limits: ArchiveLimits,
    progress: Callable[[int, int], None],
) -> tuple[list[Found], list[RefusedFile]]:
    """As `gather`, of these files, any of which may be a zip archive. Blocking: run in a thread.

    What all of them unpack to stays within the limits of one archive. An archive that is not taken costs
    itself; it is gone once it is unpacked. Raises what `progress` does, and BadArchive for the only file.
    """
    candidates: list[Found] = []
    refused: list[RefusedFile] = []
    left = limits
    for number, file in enumerate(files):
        if not archive.is_zip(file.path):
            candidates.append(file)
            continue
        into = scratch / f"zip{number:06d}"
        private_folder(into)
        try:
            unpacked = archive.unpack(file.path, into, left, progress)
        except BadArchive as bad:
            if len(files) == 1:
                raise
            shutil.rmtree(into)
            refused.append(RefusedFile(file.source, bad.code, str(bad)))
            continue
        file.path.unlink()
        left = replace(
            left,
            entries=left.entries - len(unpacked),
            bytes=left.bytes - sum(one.path.stat().st_size for one in unpacked),
        )
        candidates += [Found(one.path, clean(one.source), ours=True) for one in unpacked]
    found, left_out = _sorted_out(candidates, _Unpacking(scratch, left))
    return found, refused + left_out


def _sorted_out(candidates: Sequence[Found], plain: _Unpacking) -> tuple[list[Found], list[RefusedFile]]:
    found, refused = [], []
    for candidate in candidates:
        try:
            candidate = plain.of(candidate)
            reason = _refusal(candidate)
        except FileRefused as refused_packed:
            reason = refused_packed
        if reason is None:
            found.append(candidate)
        else:
            refused.append(refused_file(candidate.source, reason))
    return found, refused


class _Unpacking:
    """Unpacks gzipped files as they come; all of them together stay within the limits of one archive."""

    def __init__(self, scratch: Path, limits: ArchiveLimits) -> None:
        self._scratch = scratch
        self._left = limits.bytes
        self._limits = limits
        self._count = 0

    def of(self, candidate: Found) -> Found:
        """The candidate, or what is in it when it is gzipped. Raises NotDicom, DecodeLimit."""
        try:
            if not stat.S_ISREG(candidate.path.lstat().st_mode) or not gzipped.is_gzip(candidate.path):
                return candidate
            size = candidate.path.lstat().st_size
        except OSError:  # told by _refusal
            return candidate
        allowed = min(self._left, FILE_BYTES_LIMIT, max(self._limits.free_bytes, self._limits.ratio * size))
        target = self._scratch / f"gz{self._count:06d}"
        self._count += 1
        self._left -= gzipped.unpack(candidate.path, target, allowed)
        return Found(target, candidate.source.removesuffix(".gz"), ours=True)


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
