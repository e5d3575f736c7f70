"""The files of one decoded stack in the cache: voxels, a byte a slice, what is damaged, the complete mark.

voxels    the values, [z, y, x], preallocated
ready     one byte a slice: WAITING, READY or DAMAGED; every process maps it
damaged   one JSON line a damaged slice, written before its byte
complete  JSON, written last and fsynced: from which bytes, by which version. Without it nothing is trusted
lock      held (flock) by whoever fills; it names the ready file in effect
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readingroom.errors import DiskFull
from readingroom.imaging import json_bytes
from readingroom.imaging.index import Stack
from readingroom.imaging.safe_write import fsync_folder, private_folder, write_whole

VERSION = 2
"""Of the decoded form: raise it when the same file would decode to other values."""

WAITING, READY, DAMAGED = 0, 1, 2

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Both maps of a stack's files. `generation` tells two fillings of the same stack apart."""

    voxels: Array
    ready: npt.NDArray[np.uint8]
    generation: int


class VolumeFiles:
    """Names, makes, maps and discards the files of one stack in `folder`."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder = folder
        self._shape = (len(stack.frames), stack.rows, stack.columns)
        self._dtype = np.dtype(stack.dtype)
        self._mark = {
            "version": VERSION,
            "dtype": stack.dtype,
            "shape": list(self._shape),
            "sources": [[frame.sha256, frame.frame] for frame in stack.frames],
        }
        self._voxels = folder / "voxels"
        self._ready = folder / "ready"
        self._damaged = folder / "damaged"
        self._complete = folder / "complete"
        self._lock = folder / "lock"

    @property
    def voxel_bytes(self) -> int:
        """Size of the voxels file."""
        return int(np.prod(self._shape, dtype=np.int64)) * self._dtype.itemsize

    # --- who fills ------------------------------------------------------------------------------------
    def try_lock(self) -> int | None:
        """The descriptor that holds the lock, or None when another process fills."""
        private_folder(self.folder)
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return None
            raise
        return lock

    def is_prepared(self) -> bool:
        """Whether whoever holds the lock has made the files, so that they can be mapped."""
        try:
            return self._lock.read_text() == str(self._ready.stat().st_ino)
        except FileNotFoundError:
            return False

    def is_complete(self) -> bool:
        """Whether every slice is there, from these sources, by this version."""
        try:
            mark = json_bytes.loads(self._complete.read_bytes())
            sizes = self._voxels.stat().st_size, self._ready.stat().st_size
        except (FileNotFoundError, ValueError):
            return False
        return bool(mark == self._mark) and sizes == (self.voxel_bytes, self._shape[0])

    # --- filling (only with the lock) -----------------------------------------------------------------
    def prepare(self, lock: int) -> Mapped:
        """Discard what is there and make empty files of full size. Raises DiskFull."""
        os.ftruncate(lock, 0)
        for path in (self._complete, self._ready, self._voxels, self._damaged):
            path.unlink(missing_ok=True)
        try:
            _allocate(self._voxels, self.voxel_bytes)
            _allocate(self._ready, self._shape[0])
        except OSError as error:
            for path in (self._ready, self._voxels):
                path.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(needed_mib=-(-self.voxel_bytes // (1 << 20))) from None
            raise
        self._damaged.touch(mode=0o600)
        mapped = self._map("r+")
        os.pwrite(lock, str(mapped.generation).encode(), 0)
        return mapped

    def note_damage(self, index: int, reason: str) -> None:
        """Remember why slice `index` is DAMAGED; its ready byte is set afterwards. Raises OSError.

        The line begins anew: the one before may have been cut by a full disk.
        """
        with self._damaged.open("ab") as damaged:
            damaged.write(b"\n" + json_bytes.dumps([index, reason]) + b"\n")

    def mark_complete(self, mapped: Mapped) -> None:
        """Bring everything to the disk, then say so."""
        for array in (mapped.voxels, mapped.ready):
            if isinstance(array, np.memmap):
                array.flush()
        with self._damaged.open("rb") as damaged:
            os.fsync(damaged.fileno())
        write_whole(self._complete, json_bytes.dumps(self._mark))
        fsync_folder(self.folder)

    # --- reading --------------------------------------------------------------------------------------
    def map(self) -> Mapped:
        """Map the files for reading. Raises FileNotFoundError when they are not (or no longer) there."""
        return self._map("r")

    def damages(self) -> dict[int, str]:
        """Slice index to the reason why it cannot be shown."""
        found = {}
        with contextlib.suppress(OSError):  # the reason is lost, not that it is damaged
            for line in self._damaged.read_bytes().splitlines():
                with contextlib.suppress(ValueError):  # a line that is just being written
                    index, reason = json_bytes.loads(line)
                    found[index] = reason
        return found

    def _map(self, mode: Literal["r", "r+"]) -> Mapped:
        with self._ready.open(f"{mode}b") as ready, self._voxels.open(f"{mode}b") as voxels:
            sizes = os.fstat(voxels.fileno()).st_size, os.fstat(ready.fileno()).st_size
            if sizes != (self.voxel_bytes, self._shape[0]):
                raise FileNotFoundError("the files are of another shape")
            return Mapped(
                voxels=np.memmap(voxels, dtype=self._dtype, mode=mode, shape=self._shape),
                ready=np.memmap(ready, dtype=np.uint8, mode=mode, shape=self._shape[:1]),
                generation=os.fstat(ready.fileno()).st_ino,
            )


def _allocate(path: Path, size: int) -> None:
    """A file of zeros whose blocks are really there, else a full disk is a SIGBUS later."""
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
            return
        zeros = bytes(1 << 20)
        for start in range(0, size, len(zeros)):
            file.write(zeros[: size - start])
