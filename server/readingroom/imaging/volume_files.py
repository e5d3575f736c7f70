"""The files of one decoded stack in the cache: voxels, a byte a slice, what is damaged, the complete mark.

voxels    the values, [z, y, x], or [z, y, x, 3] of a color stack; preallocated
overlays  a packed bit a pixel, [z, y, (x + 7) // 8], only where a frame has an overlay; preallocated
ready     one byte a slice: WAITING, READY or DAMAGED; every process maps it
damaged   one JSON line a damaged slice, written before its byte
complete  JSON, written last and fsynced: from which bytes, by which version, a CRC-32 of each slice. Without
          it nothing is trusted
lock      held (flock) by whoever fills or removes; it names the ready file in effect, and its time (mtime) is
          when the volume was last used

A map holds a shared flock on `voxels` for as long as an array of it lives, so that others see it in use; the
kernel lets go when a process dies.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import os
import zlib
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readingroom.errors import DiskFull
from readingroom.imaging import json_bytes
from readingroom.imaging.index import Stack
from readingroom.imaging.packing import row_bytes
from readingroom.imaging.safe_write import fsync_folder, private_folder, write_whole
from readingroom.imaging.volume_locks import LOCK, discard, lock_folder

VERSION = 3
"""Of the decoded form: raise it when the same file would decode to other values."""

BLOCK = 4096
MARK_BYTES = 128
"""Of the disk; and of a slice in the complete mark and among the damages."""

WAITING, READY, DAMAGED = 0, 1, 2
NO_CHECKSUM = -1
"""Of a slice that is not READY: should its byte on the disk become so, no checksum agrees."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The maps of a stack's files. `generation` tells two fillings of the same stack apart.

    `overlays` is None when no frame of the stack has one.
    """

    voxels: Array
    ready: npt.NDArray[np.uint8]
    overlays: npt.NDArray[np.uint8] | None
    generation: int


class VolumeFiles:
    """Names, makes, maps and discards the files of one stack in `folder`."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder = folder
        slices = len(stack.frames)
        self._shape: tuple[int, ...] = (slices, stack.rows, stack.columns)
        if stack.samples > 1:
            self._shape = (*self._shape, stack.samples)
        self._dtype = np.dtype(stack.dtype)
        has_overlay = any(frame.overlay for frame in stack.frames)
        self._overlay_shape = (slices, stack.rows, row_bytes(stack.columns)) if has_overlay else None
        self._mark = {
            "version": VERSION,
            "dtype": stack.dtype,
            "shape": list(self._shape),
            "sources": [[frame.sha256, frame.frame] for frame in stack.frames],
        }
        self._voxels = folder / "voxels"
        self._overlays = folder / "overlays"
        self._ready = folder / "ready"
        self._damaged = folder / "damaged"
        self._complete = folder / "complete"
        self._lock = folder / LOCK

    @property
    def voxel_bytes(self) -> int:
        """Size of the voxels file."""
        return math.prod(self._shape) * self._dtype.itemsize

    @property
    def disk_bytes(self) -> int:
        """What the whole folder takes on the disk, in blocks, with marks of ordinary length."""
        marks = self._shape[0] * MARK_BYTES
        return sum(-(-size // BLOCK) * BLOCK for size in (*dict(self._sizes()).values(), marks)) + 2 * BLOCK

    # --- who fills ------------------------------------------------------------------------------------
    def try_lock(self) -> int | None:
        """The descriptor that holds the lock, or None when another process fills or removes."""
        while True:
            private_folder(self.folder)
            with contextlib.suppress(FileNotFoundError):  # removed in between
                return lock_folder(self.folder)

    def is_prepared(self) -> bool:
        """Whether whoever holds the lock has made the files, so that they can be mapped."""
        try:
            return self._lock.read_text() == str(self._ready.stat().st_ino)
        except FileNotFoundError:
            return False

    def is_complete(self) -> bool:
        """Whether every slice is there, from these sources, by this version."""
        return self.checksums() is not None

    def checksums(self) -> list[int] | None:
        """The CRC-32 of each slice when the volume is complete."""
        try:
            mark = json_bytes.loads(self._complete.read_bytes())
            whole = all(path.stat().st_size == size for path, size in self._sizes())
        except (FileNotFoundError, ValueError):
            return None
        checksums = mark.pop("crc32", None) if isinstance(mark, dict) else None
        if not whole or mark != self._mark or not isinstance(checksums, list):
            return None
        return checksums if len(checksums) == self._shape[0] else None

    def written(self) -> tuple[int, ...] | None:
        """Another answer once somebody has written into the voxels or overlays; None when they are gone."""
        try:
            found = [path.stat() for path, _ in self._sizes()]
        except OSError:
            return None
        return tuple(part for status in found for part in (status.st_ino, status.st_mtime_ns))

    def is_marked(self) -> bool:
        """Whether somebody has said that filling is done."""
        return self._complete.exists()

    def distrust(self) -> None:
        """What is there is not what was filled: the next who asks fills anew."""
        self._complete.unlink(missing_ok=True)

    def touch(self) -> None:
        """Remember that the volume is in use now."""
        with contextlib.suppress(OSError):  # it may just be removed
            os.utime(self._lock)

    # --- filling (only with the lock) -----------------------------------------------------------------
    def discard(self, lock: int) -> None:
        """Remove what is there; whoever has it mapped keeps it."""
        os.ftruncate(lock, 0)
        discard(self.folder)

    def prepare(self, lock: int) -> Mapped:
        """Discard what is there and make empty files of full size. Raises DiskFull."""
        self.discard(lock)
        try:
            for path, size in self._sizes():
                _allocate(path, size)
        except OSError as error:
            self.discard(lock)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(needed_mib=-(-self.disk_bytes // (1 << 20))) from None
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
        for array in (mapped.voxels, mapped.overlays, mapped.ready):
            if isinstance(array, np.memmap):
                array.flush()
        with self._damaged.open("rb") as damaged:
            os.fsync(damaged.fileno())
        checksums = [
            checksum(mapped, index) if mapped.ready[index] == READY else NO_CHECKSUM
            for index in range(self._shape[0])
        ]
        write_whole(self._complete, json_bytes.dumps(self._mark | {"crc32": checksums}))
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

    def _sizes(self) -> list[tuple[Path, int]]:
        """The mapped files and their sizes, `ready` last: it is made when the others are there."""
        sizes = [(self._voxels, self.voxel_bytes), (self._ready, self._shape[0])]
        if self._overlay_shape is not None:
            sizes.insert(1, (self._overlays, math.prod(self._overlay_shape)))
        return sizes

    def _map(self, mode: Literal["r", "r+"]) -> Mapped:
        with ExitStack() as opened:
            files = {path: opened.enter_context(path.open(f"{mode}b")) for path, _ in self._sizes()}
            for path, size in self._sizes():
                if os.fstat(files[path].fileno()).st_size != size:
                    raise FileNotFoundError("the files are of another shape")
            fcntl.flock(files[self._voxels].fileno(), fcntl.LOCK_SH)  # mmap keeps a duplicate, and the lock
            ready = files[self._ready]
            overlays = None
            if self._overlay_shape is not None:
                overlays = np.memmap(
                    files[self._overlays], dtype=np.uint8, mode=mode, shape=self._overlay_shape
                )
            mapped = Mapped(
                voxels=np.memmap(files[self._voxels], dtype=self._dtype, mode=mode, shape=self._shape),
                ready=np.memmap(ready, dtype=np.uint8, mode=mode, shape=self._shape[:1]),
                overlays=overlays,
                generation=os.fstat(ready.fileno()).st_ino,
            )
            if not os.fstat(ready.fileno()).st_nlink:
                raise FileNotFoundError("the files were discarded meanwhile")
            return mapped


def checksum(mapped: Mapped, index: int) -> int:
    """CRC-32 of a slice: its voxels, then its overlay."""
    crc = zlib.crc32(mapped.voxels[index])
    return crc if mapped.overlays is None else zlib.crc32(mapped.overlays[index], crc)


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
