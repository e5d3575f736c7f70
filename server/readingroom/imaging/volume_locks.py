"""Who fills, removes or reads a decoded volume: flocks on two of its files, and removing it under them.

`lock` is held by whoever fills or removes. A map holds a shared lock on `voxels` for as long as an array of
it lives (mmap keeps a duplicate of the descriptor), so others see it in use. The kernel lets go of both when
a process dies.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import ExitStack
from pathlib import Path

NAMES = ("complete", "ready", "voxels", "overlays", "damaged")
"""In the order in which they are discarded: whoever maps looks at `ready` again when all are open."""
LOCK = "lock"


def lock_folder(folder: Path) -> int | None:
    """The descriptor that holds a volume's lock, or None when somebody else does.

    Raises FileNotFoundError when there is no such folder.
    """
    while True:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return None
            raise
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)  # whoever held it has removed the volume; there may be a new one


def discard(folder: Path) -> None:
    """Remove a volume's files but for its lock, which the caller holds."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)


def remove_unused(folder: Path) -> bool:
    """Remove a volume that nobody fills, removes or has mapped. Gives whether it is gone."""
    with ExitStack() as held:
        try:
            lock = lock_folder(folder)
            if lock is None:
                return False
            held.callback(os.close, lock)
            if not _take_from_mappers(folder / "voxels", held):
                return False
            discard(folder)
            for unfinished in folder.glob(".complete.*"):
                unfinished.unlink(missing_ok=True)
            (folder / LOCK).unlink(missing_ok=True)
            folder.rmdir()
        except FileNotFoundError:  # somebody else was quicker
            return True
    return True


def _take_from_mappers(voxels: Path, held: ExitStack) -> bool:
    """Hold the lock that maps share: whoever wants to map waits, and then sees that the files are gone."""
    try:
        descriptor = os.open(voxels, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
