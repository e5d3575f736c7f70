"""Files that somebody sends, laid down in a staging folder of their own until they are imported.

Whoever receives them holds the folder's lock; what is in it is gone when he lets go. The import itself may be
another process's work (importing.py), which finds files and names here.
"""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path, PurePosixPath, PureWindowsPath

from readingroom.errors import DiskFull, TooLarge
from readingroom.imaging.finishing import to_its_end
from readingroom.imaging.gathering import Found
from readingroom.imaging.safe_write import create_private, private_folder, write_whole
from readingroom.imaging.staging import staging
from readingroom.imaging.text import clean

NAMES = "names.json"
FILES = "uploaded"
BLOCK = 1 << 20
KEPT_FREE = 256 << 20
"""Of the disk, for what else the server has to write."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What one import may bring; what it unpacks to is bounded by `bytes` too."""

    files: int
    bytes: int


class Upload:
    """One import's files as they come. `name` is the staging folder's."""

    def __init__(self, folder: Path, limits: UploadLimits) -> None:
        self.name = folder.name
        self.bytes = 0
        self._folder = folder
        self._limits = limits
        self._names: list[str] = []

    @property
    def files(self) -> int:
        return len(self._names)

    async def take(self, name: str, chunks: AsyncIterator[bytes]) -> None:
        """The next file, never whole in memory. Its name is only ever shown. Raises TooLarge, DiskFull."""
        if self.files >= self._limits.files:
            raise TooLarge(what="The import", limit=f"{self._limits.files} files")
        target = self._folder / FILES / f"{self.files:06d}"
        self._names.append(base_name(name))
        with _disk_full(self.bytes):
            file = await asyncio.to_thread(create_private, target)
            try:
                async for block in _blocks(chunks):
                    self.bytes += len(block)
                    self.check(self.bytes)
                    await to_its_end(partial(_write, file, block))
            finally:
                file.close()

    def check(self, size: int) -> None:
        """Raises TooLarge for so many bytes in all."""
        if size > self._limits.bytes:
            raise TooLarge(what="The import", limit=f"{self._limits.bytes >> 20} MiB")

    async def check_room(self, size: int) -> None:
        """Raises DiskFull where so many bytes have no room beside what must stay free."""
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        if free < size + KEPT_FREE:
            raise DiskFull(needed_mib=-(-(size + KEPT_FREE) // (1 << 20)))

    async def close(self) -> None:
        """All have come: their names are kept beside them."""
        await asyncio.to_thread(write_whole, self._folder / NAMES, json.dumps(self._names).encode())


@asynccontextmanager
async def receiving(root: Path, limits: UploadLimits) -> AsyncIterator[Upload]:
    """A folder in the library at `root` for what is sent now, gone afterwards with all that is in it."""
    place = staging(root)
    folder = await asyncio.to_thread(place.__enter__)
    try:
        await asyncio.to_thread(private_folder, folder / FILES)
        yield Upload(folder, limits)
    finally:
        await asyncio.shield(asyncio.to_thread(place.__exit__, None, None, None))


def uploaded(folder: Path) -> list[Found]:
    """The files that lie in a staging folder, by the names they came with; ours to move."""
    names: list[str] = json.loads((folder / NAMES).read_bytes())
    return [
        Found(folder / FILES / f"{number:06d}", clean(name), ours=True) for number, name in enumerate(names)
    ]


def base_name(name: str) -> str:
    """The last part of whatever path a browser or an attacker sent, fit to be shown."""
    return clean(PureWindowsPath(PurePosixPath(name).name).name)


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in blocks that are worth a turn of a thread."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _write(file: FileIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


@contextmanager
def _disk_full(written: int) -> Iterator[None]:
    """A disk that is full all the same, by our name."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(needed_mib=-(-(written + KEPT_FREE) // (1 << 20))) from None
