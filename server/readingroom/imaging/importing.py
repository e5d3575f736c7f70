"""Import: files from anywhere into the library, each study whole or not at all, every file accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from readingroom.errors import (
    DiskFull,
    DuplicateFile,
    EmptyFile,
    FileRefused,
    NoPixels,
    NotDicom,
    NothingToShow,
    Truncated,
)
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import HEADERS_AT_ONCE, DecodePool
from readingroom.imaging.gathering import Found, gather, refused_file
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import RefusedFile, Study
from readingroom.imaging.library import Library
from readingroom.imaging.safe_write import create_private, fsync_folder, private_folder
from readingroom.imaging.sorting.pictures import ImportedFile
from readingroom.imaging.sorting.split import split_series, split_studies
from readingroom.imaging.study_file import write_study
from readingroom.imaging.text import clean
from readingroom.values import StudyId

COPY_THREADS = 2
SYNC_THREADS = 8
"""They wait for the disk, not for a core; a disk takes several at once."""
BLOCK = 1 << 20
NO_PICTURES = frozenset(kind.code for kind in (NotDicom, EmptyFile, NoPixels, DuplicateFile))
"""Refusals of files that are no pictures, or are shown already."""
INCOMING = ".incoming"
"""Inside the studies folder: imports under way. A crash leaves one; the next import removes it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files; copying comes first, reading (the headers) ends it."""

    stage: Literal["reading", "copying"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The studies, new or found again, and every file that was left out."""

    studies: tuple[Study, ...]
    refused: tuple[RefusedFile, ...]


async def import_path(
    source: Path,
    library: Library,
    pool: DecodePool,
    progress: Callable[[Progress], None] = lambda progress: None,
    *,
    limits: ArchiveLimits | None = None,
) -> ImportResult:
    """Import a folder (with all below it), a file, or a zip archive.

    A study that is in the library already, byte for byte, is found, not imported again.
    Raises NotFound, NothingToShow, BadArchive, TooLarge, DiskFull.
    """
    with _incoming(library.root) as staging:
        scratch = staging / "unpacked"
        private_folder(scratch)
        with _disk_full(source):
            found, refused = await asyncio.to_thread(
                gather,
                source,
                scratch,
                limits or ArchiveLimits(),
                lambda done, total: progress(Progress("copying", done, total)),
            )
            files, left_out = await _take_in(found, staging, pool, progress)
            refused += left_out
            if not files:
                raise NothingToShow(path=clean(source.name) or "this place", advice=_advice(refused))
            studies = await asyncio.to_thread(_commit, files, tuple(refused), staging, library)
    return ImportResult(tuple(studies), tuple(refused))


async def _take_in(
    found: Sequence[Found],
    staging: Path,
    pool: DecodePool,
    progress: Callable[[Progress], None],
) -> tuple[list[ImportedFile], list[RefusedFile]]:
    """Copy and hash every file, read the headers of the copies meanwhile. One bad file costs itself."""
    loop = asyncio.get_running_loop()
    copied = 0
    read = 0

    async def batch(number: int, members: Sequence[Found]) -> list[tuple[str, FileHeader | FileRefused]]:
        nonlocal copied, read
        names = [f"{number + i:06d}.dcm" for i in range(len(members))]
        hashes = []
        for member, name in zip(members, names, strict=True):
            hashes.append(await loop.run_in_executor(threads, _take, member, staging / name))
            copied += 1
            progress(Progress("copying", copied, len(found)))
        whole = [i for i, taken in enumerate(hashes) if isinstance(taken, str)]
        headers = dict(zip(whole, await pool.headers([staging / names[i] for i in whole]), strict=True))
        read += len(members)
        if copied == len(found):
            progress(Progress("reading", read, len(found)))
        return [
            (taken, headers[i]) if isinstance(taken, str) else ("", taken) for i, taken in enumerate(hashes)
        ]

    starts = iter(range(0, len(found), HEADERS_AT_ONCE))
    answers: dict[int, list[tuple[str, FileHeader | FileRefused]]] = {}

    async def take_batches() -> None:
        for at in starts:
            answers[at] = await batch(at, found[at : at + HEADERS_AT_ONCE])

    with ThreadPoolExecutor(COPY_THREADS, thread_name_prefix="import") as threads:
        # So many that some copy while others wait for the headers of what they copied.
        running = [asyncio.create_task(take_batches()) for _ in range(COPY_THREADS + pool.workers)]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
    return sort_out(found, [answer for at in sorted(answers) for answer in answers[at]])


def sort_out(
    found: Sequence[Found], read: Iterable[tuple[str, FileHeader | FileRefused]]
) -> tuple[list[ImportedFile], list[RefusedFile]]:
    """The files with a header, and those left out: unreadable, or the same bytes again.

    `read` holds the SHA-256 and the header, or its refusal, of each file in `found`.
    """
    files: list[ImportedFile] = []
    refused: list[RefusedFile] = []
    known: set[str] = set()
    for number, (member, (sha256, header)) in enumerate(zip(found, read, strict=True)):
        if isinstance(header, FileRefused):
            refused.append(refused_file(member.source, header))
        elif sha256 in known:
            refused.append(refused_file(member.source, DuplicateFile()))
        else:
            known.add(sha256)
            files.append(ImportedFile(header, f"{number:06d}.dcm", member.source, sha256))
    return files, refused


def _take(member: Found, target: Path) -> str | FileRefused:
    """Copy (or move what is ours already) and give the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(BLOCK))
    try:
        source = member.path.open("rb", buffering=0)
    except OSError:
        return Truncated(reason="it can no longer be opened")
    with source, contextlib.ExitStack() as stack:
        copy = None if member.ours else stack.enter_context(create_private(target))
        while True:
            try:
                count = source.readinto(buffer)
            except OSError:
                return Truncated(reason="it cannot be read to its end")
            if not count:
                break
            digest.update(buffer[:count])
            rest = buffer[:count]
            while copy is not None and rest:
                rest = rest[copy.write(rest) :]
    if member.ours:
        member.path.rename(target)
    return digest.hexdigest()


def _commit(
    files: list[ImportedFile], refused: tuple[RefusedFile, ...], staging: Path, library: Library
) -> list[Study]:
    """Each study into the library by one rename, unless it is there already."""
    groups = split_studies(files)
    studies = []
    with _exclusive(library.root / ".lock"):
        known = library.studies()
        for group in groups:
            same = _find(known, group)
            if same is None:
                same = _build(group, refused if len(groups) == 1 else _nameless(refused))
                _place(same, group, staging, library)
            studies.append(same)
    return studies


def _nameless(refused: tuple[RefusedFile, ...]) -> tuple[RefusedFile, ...]:
    """What every one of several studies is told of pictures that were left out and may have been its own.

    Whose they were nobody knows, and a file's name may be another patient's.
    """
    return tuple(replace(file, file="") for file in refused if file.code not in NO_PICTURES)


def _find(known: list[Study], group: list[ImportedFile]) -> Study | None:
    """The study that holds all these files already."""
    wanted = {file.sha256 for file in group}
    for study in known:
        if study.study_uid == group[0].header.study_uid and wanted <= _hashes(study):
            return study
    return None


def _hashes(study: Study) -> set[str]:
    return {frame.sha256 for series in study.series for stack in series.stacks for frame in stack.frames}


def _build(group: list[ImportedFile], refused: tuple[RefusedFile, ...]) -> Study:
    def first(name: str) -> str:
        return next((found for file in group if (found := getattr(file.header, name))), "")

    return Study(
        id=StudyId(secrets.token_hex(12)),
        study_uid=group[0].header.study_uid,
        date=first("study_date"),
        description=first("study_description"),
        patient_name=first("patient_name"),
        patient_id=first("patient_id"),
        birth_date=first("birth_date"),
        series=split_series(group),
        refused=refused,
    )


def _place(study: Study, group: list[ImportedFile], staging: Path, library: Library) -> None:
    folder = staging / study.id
    originals = folder / "originals"
    private_folder(originals)
    for file in group:
        (staging / file.file).rename(originals / file.file)
    _sync(originals)
    write_study(folder, study)
    folder.rename(library.folder(study.id))
    fsync_folder(library.root)


def _sync(originals: Path) -> None:
    """Bring the copies to the disk before anybody is told that they are there."""
    with ThreadPoolExecutor(SYNC_THREADS, thread_name_prefix="sync") as threads:
        list(threads.map(_sync_file, originals.iterdir()))
    fsync_folder(originals)
    fsync_folder(originals.parent)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _advice(refused: Sequence[RefusedFile]) -> str:
    if not refused:
        return "The folder is empty."
    if len(refused) == 1:
        return refused[0].reason
    return f"{len(refused)} files were left out; the first, {refused[0].file}: {refused[0].reason}"


@contextlib.contextmanager
def _incoming(root: Path) -> Iterator[Path]:
    """A folder for one import on the library's own disk, gone afterwards; crashed ones are removed too."""
    incoming = root / INCOMING
    private_folder(incoming)
    for left in incoming.iterdir():
        with contextlib.suppress(OSError), _exclusive(left / "lock", wait=False):
            shutil.rmtree(left, ignore_errors=True)
    staging = incoming / secrets.token_hex(8)
    staging.mkdir(mode=0o700)
    with _exclusive(staging / "lock"):
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def _exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """The advisory lock on `path`; raises BlockingIOError when it is held and `wait` is false."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _disk_full(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        size = source.stat().st_size if source.is_file() else _folder_bytes(source)
        raise DiskFull(needed_mib=-(-size // (1 << 20))) from None


def _folder_bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
