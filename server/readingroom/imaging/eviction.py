"""Room for decoded volumes: their folder keeps below a bound, and the longest unused goes first.

A volume that is being filled, or that any process has mapped, stays: whoever looks at it never waits for it
again. What is in use at one time may therefore be more than the bound, and a volume larger than the bound is
kept as long as it is used. Processes let go of what nobody asked them for in a while (see volumes.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from readingroom.errors import DiskFull
from readingroom.imaging import json_bytes
from readingroom.imaging.library import STUDY_ID
from readingroom.imaging.safe_write import private_folder
from readingroom.imaging.volume_files import VERSION
from readingroom.imaging.volume_locks import LOCK, remove_unused
from readingroom.values import SeriesRef, StudyId

log = logging.getLogger(__name__)

MOST_BYTES: Final = 50 << 30
MOST_SHARE: Final = 0.25
"""The bound that is not set: so much, and no more than this share of the file system."""
SPARE_BYTES: Final = 1 << 30
SPARE_SHARE: Final = 0.01
"""What is left free on the file system, the smaller of the two: what rooms save may lie on it as well."""
VOLUME: Final = re.compile(r"[0-9]+-[0-9]+")


@dataclass(frozen=True, slots=True)
class _Kept:
    """One volume on the disk. `last_used` is in ns; one that is not complete counts as never used."""

    folder: Path
    size: int
    last_used: int


class Eviction:
    """Keeps `cache` below `most_bytes` (None: a share of the disk). Blocking: call it in threads.

    Processes that share the cache take turns.
    """

    def __init__(self, cache: Path, most_bytes: int | None = None) -> None:
        self._cache = cache
        self._most_bytes = most_bytes

    @property
    def most_bytes(self) -> int:
        """The bound."""
        if self._most_bytes is not None:
            return self._most_bytes
        return min(MOST_BYTES, int(MOST_SHARE * _disk(self._cache)[0]))

    @contextmanager
    def room_for(self, needed_bytes: int) -> Iterator[None]:
        """While this is entered nobody else takes the room that was made. Raises DiskFull."""
        with self._turn():
            self._make(needed_bytes)
            yield

    def tidy(self, is_known: Callable[[str], bool]) -> None:
        """Remove what can never be used: half volumes, other versions, studies that are not known.

        Then the longest unused, down to the bound.
        """
        with self._turn():
            for kept in self._kept():
                if not (is_known(kept.folder.parent.name) and _version(kept.folder) == VERSION):
                    _remove(kept)
            for study in _folders(self._cache, STUDY_ID):
                with contextlib.suppress(OSError):  # it still holds something
                    study.rmdir()
            with contextlib.suppress(DiskFull):
                self._make(0)

    def drop(self, refs: Collection[SeriesRef]) -> None:
        """Remove what was decoded of these series, but for what is being looked at."""
        with self._turn():
            for kept in self._kept():
                series = int(kept.folder.name.partition("-")[0])
                if SeriesRef(StudyId(kept.folder.parent.name), series) in refs:
                    _remove(kept)

    def _make(self, needed: int) -> None:
        kept = sorted(self._kept(), key=lambda one: one.last_used)
        used = sum(one.size for one in kept)
        size, free = _disk(self._cache)
        spare = min(SPARE_BYTES, int(SPARE_SHARE * size))
        if free + used < needed + spare:  # it would be in vain
            raise DiskFull(needed_mib=_mib(needed))
        for one in kept:
            if used + needed <= self.most_bytes and free >= needed + spare:
                return
            if _remove(one):
                used -= one.size
                free = _disk(self._cache)[1]
        if free < needed + spare:
            raise DiskFull(needed_mib=_mib(needed))

    def _kept(self) -> Iterator[_Kept]:
        for study in _folders(self._cache, STUDY_ID):
            for folder in _folders(study, VOLUME):
                with contextlib.suppress(FileNotFoundError):  # it is just being removed
                    yield _look(folder)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        private_folder(self._cache)
        turn = os.open(self._cache / ".eviction", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)


def _look(folder: Path) -> _Kept:
    with os.scandir(folder) as entries:
        status = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
    lock = status.get(LOCK)
    last_used = lock.st_mtime_ns if lock is not None and "complete" in status else 0
    return _Kept(folder, sum(one.st_blocks * 512 for one in status.values()), last_used)


def _remove(kept: _Kept) -> bool:
    """Whether it is gone."""
    try:
        gone = remove_unused(kept.folder)
    except OSError as error:
        log.warning("decoded volume stays", extra={"reason": error.strerror})
        return False
    if gone:
        log.info("decoded volume removed", extra={"mib": _mib(kept.size), "study": kept.folder.parent.name})
        with contextlib.suppress(OSError):  # it holds other volumes
            kept.folder.parent.rmdir()
    return gone


def _version(folder: Path) -> object:
    """Of a complete volume, else None."""
    try:
        mark = json_bytes.loads((folder / "complete").read_bytes())
    except (OSError, ValueError):
        return None
    return mark.get("version") if isinstance(mark, dict) else None


def _folders(folder: Path, name: re.Pattern[str]) -> list[Path]:
    """Real folders of such names; what else lies there is none of ours."""
    try:
        with os.scandir(folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if name.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _disk(folder: Path) -> tuple[int, int]:
    """Bytes of the file system, and free ones. `folder` may not be there yet."""
    while not folder.exists():
        folder = folder.parent
    status = os.statvfs(folder)
    return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize


def _mib(size: int) -> int:
    return -(-size // (1 << 20))
