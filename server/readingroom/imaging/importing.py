"""Import: files from anywhere into the library, each study whole or not at all, every file accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from readingroom.errors import DiskFull, DuplicateFile, EmptyFile, NoPixels, NotDicom, NothingToShow
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.finishing import to_its_end
from readingroom.imaging.gathering import Found, gather, gather_files
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import RefusedFile, Study
from readingroom.imaging.intake import Progress, take_in
from readingroom.imaging.library import Library
from readingroom.imaging.safe_write import fsync_folder, private_folder
from readingroom.imaging.sorting.pictures import ImportedFile
from readingroom.imaging.sorting.split import split_series, split_studies
from readingroom.imaging.staging import INCOMING, exclusive, held, staging
from readingroom.imaging.study_file import write_study
from readingroom.imaging.text import clean
from readingroom.imaging.uploads import uploaded
from readingroom.values import StudyId

SYNC_THREADS = 8
"""They wait for the disk, not for a core; a disk takes several at once."""
NO_PICTURES = frozenset(kind.code for kind in (NotDicom, EmptyFile, NoPixels, DuplicateFile))
"""Refusals of files that are no pictures, or are shown already."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The studies, new or found again, and every file that was left out."""

    studies: tuple[Study, ...]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What an import brought, said shortly: it may have been another process's."""

    studies: tuple[StudyId, ...]
    series: int
    pictures: int
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
    with staging(library.root) as folder:
        result = await _bring_in(
            lambda scratch, told: gather(source, scratch, limits or ArchiveLimits(), told),
            folder,
            library,
            pool,
            progress,
            unpacking="copying",
            needed=lambda: source.stat().st_size if source.is_file() else _folder_bytes(source),
        )
        if not result.studies:
            raise NothingToShow(path=clean(source.name) or "this place", advice=_advice(result.refused))
    return result


async def import_upload(
    name: str,
    library: Library,
    pool: DecodePool,
    progress: Callable[[Progress], None],
    *,
    limits: ArchiveLimits,
) -> BroughtIn:
    """Import what lies in the staging folder of this name (uploads.py), whose keeper waits for the end.

    `progress` is called in threads, too. No studies in the result: nothing that was sent is a picture.
    When this is cancelled it ends soon, and nothing is being done in the folder any more.
    Raises BadArchive, DiskFull.
    """
    folder = library.root / INCOMING / name
    with held(folder):
        result = await _bring_in(
            lambda scratch, told: gather_files(uploaded(folder), scratch, limits, told),
            folder,
            library,
            pool,
            progress,
            unpacking="unpacking",
            needed=lambda: _folder_bytes(folder),
        )
    return BroughtIn(
        studies=tuple(study.id for study in result.studies),
        series=sum(len(study.series) for study in result.studies),
        pictures=sum(len(s.frames) for study in result.studies for one in study.series for s in one.stacks),
        refused=result.refused,
    )


Gather = Callable[[Path, Callable[[int, int], None]], tuple[list[Found], list[RefusedFile]]]


async def _bring_in(
    gathering: Gather,
    folder: Path,
    library: Library,
    pool: DecodePool,
    progress: Callable[[Progress], None],
    *,
    unpacking: Literal["copying", "unpacking"],
    needed: Callable[[], int],
) -> ImportResult:
    """What `gathering` finds, taken into the staging folder and committed. Raises DiskFull."""
    scratch = folder / "unpacked"
    private_folder(scratch)
    given_up = threading.Event()

    def told(done: int, total: int) -> None:
        if given_up.is_set():
            raise asyncio.CancelledError
        progress(Progress(unpacking, done, total))

    with _disk_full(needed):
        found, refused = await to_its_end(lambda: gathering(scratch, told), given_up.set)
        files, left_out = await take_in(found, folder, pool, progress)
        refused += left_out
        if not files:
            return ImportResult((), tuple(refused))
        studies = await to_its_end(lambda: _commit(files, tuple(refused), folder, library))
    return ImportResult(tuple(studies), tuple(refused))


def _commit(
    files: list[ImportedFile], refused: tuple[RefusedFile, ...], copies: Path, library: Library
) -> list[Study]:
    """Each study into the library by one rename, unless it is there already."""
    groups = split_studies(files)
    studies = []
    with exclusive(library.root / ".lock"):
        known = library.studies()
        for group in groups:
            study = _find(known, group)
            if study is None:
                study = _build(group, refused if len(groups) == 1 else _nameless(refused))
                _place(study, group, copies, library)
            studies.append(study)
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
    def first(said: Callable[[FileHeader], str]) -> str:
        return next(filter(None, (said(file.header) for file in group)), "")

    return Study(
        id=StudyId(secrets.token_hex(12)),
        study_uid=group[0].header.study_uid,
        date=first(lambda header: header.study_date),
        description=first(lambda header: header.study_description),
        patient_name=first(lambda header: header.patient_name),
        patient_id=first(lambda header: header.patient_id),
        birth_date=first(lambda header: header.birth_date),
        series=split_series(group),
        refused=refused,
    )


def _place(study: Study, group: list[ImportedFile], copies: Path, library: Library) -> None:
    folder = copies / study.id
    originals = folder / "originals"
    private_folder(originals)
    for file in group:
        (copies / file.file).rename(originals / file.file)
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
def _disk_full(needed: Callable[[], int]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(needed_mib=-(-needed() // (1 << 20))) from None


def _folder_bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
