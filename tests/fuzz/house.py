"""The house under attack: a real serving process, rooms over what was imported, and the decode processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Final

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import ImportResult, import_path
from readingroom.imaging.index import Study
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.reading.limits import MEMORY_LIMIT
from readingroom.opening import OpenedRoom, open_room
from tests.e2e.house import House

MIB: Final = 1 << 20
KEPT_IMPORTS: Final = 8


class Besieged(House):
    """A server for many rooms, and the means to bring files into its library from outside."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._kept: deque[Sequence[Study]] = deque()

    async def take_in(self, folder: Path, pool: DecodePool) -> ImportResult:
        """Import into the library of the running server, as the command line does."""
        return await import_path(folder, self._library, pool)

    async def room_of(self, studies: Sequence[Study] | None, pool: DecodePool) -> OpenedRoom:
        """A room over these studies (None: the sound one). What is decoded after this, the server decodes."""
        cache, most = self._settings.cache_folder, self._settings.cache_disk_bytes
        async with Ingest(self._library, cache, pool, most) as ingest:
            return await open_room(
                self._settings,
                self._studies if studies is None else studies,
                library=self._library,
                ingest=ingest,
                redis_url=self.valkey.url,
            )

    def forget_the_oldest(self, studies: Sequence[Study]) -> None:
        """Give back the disk of what was imported a while ago, and is no longer being read."""
        self._kept.append(studies)
        if len(self._kept) > KEPT_IMPORTS:
            for study in self._kept.popleft():
                rmtree(self._library.root / study.id, ignore_errors=True)
                rmtree(self._settings.cache_folder / study.id, ignore_errors=True)

    @property
    def lives(self) -> bool:
        return self._running.returncode is None

    def errors(self) -> list[str]:
        """Lines of its log that tell of something nobody refused by name."""
        return [line.strip() for line in self._said if '"level": "error"' in line or "Traceback" in line]


class Memory:
    """The most that decode processes took, ours and the server's, above what an idle one takes."""

    def __init__(self, idle_pids: Sequence[int]) -> None:
        self._idle = max(_status(pid).get("VmSize", 0) for pid in idle_pids)
        self.greatest = 0
        self.greatest_resident = 0

    def look(self, parents: Sequence[int]) -> None:
        """Look at every decode process of these parents."""
        for pid in _workers(parents):
            status = _status(pid)
            self.greatest = max(self.greatest, status.get("VmPeak", 0) - self._idle)
            self.greatest_resident = max(self.greatest_resident, status.get("VmHWM", 0))

    @property
    def over(self) -> int:
        """Bytes above the limit; 0 is the promise."""
        return max(0, self.greatest - MEMORY_LIMIT)

    def __str__(self) -> str:
        most, limit = self.greatest // MIB, MEMORY_LIMIT // MIB
        return f"{most} of {limit} MiB above an idle one, {self.greatest_resident // MIB} MiB resident"


def _workers(parents: Sequence[int]) -> Iterator[int]:
    for parent in parents:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                pids = children.read_text().split()
            except OSError:  # the thread has ended
                continue
            for pid in pids:
                if "decode_worker" in _read(Path(f"/proc/{pid}/cmdline")):
                    yield int(pid)


def _status(pid: int) -> dict[str, int]:
    """The sizes in /proc/<pid>/status, in bytes; empty for a process that has gone."""
    lines = _read(Path(f"/proc/{pid}/status")).splitlines()
    parts = [line.split() for line in lines if line.endswith(" kB")]
    return {name.rstrip(":"): int(size) << 10 for name, size, _ in parts}


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
