"""Copies of volumes as [x, z, y], so that a plane across their columns is read in a piece."""

from __future__ import annotations

import mmap
import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.cutting import cut_kernels
from readingroom.imaging.safe_write import private_folder
from readingroom.imaging.volumes import Volume

Array = NDArray[Any]

LIMIT_BYTES = 512 << 20
"""Of one process: a chest of 1000 slices, or several heads."""


class TurnedCopies:
    """At most `limit_bytes` of copies, each made when it is first asked for; the longest unused goes first.

    They lie in files of `folder` that have no name: their memory is the system's to reclaim, and they are
    gone with the process or with their volume, whatever happens. No setting for the cache's size counts them,
    so a disk holds up to `limit_bytes` more for each process, and for a moment those being made or still
    read beside it. No volume is kept open by its copy. Where the disk has no room the volume's own voxels are
    read, more slowly. Safe to use from threads.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._lock = Lock()
        self._copies: WeakKeyDictionary[Volume, Array] = WeakKeyDictionary()
        self._being_made: WeakKeyDictionary[Volume, bool] = WeakKeyDictionary()

    def of(self, volume: Volume) -> Array | None:
        """The copy of a complete volume; None without room for it, or while another thread makes it."""
        with self._lock:
            copy = self._copies.pop(volume, None)
            if copy is not None:
                self._copies[volume] = copy  # now the most recently used
                return copy
            if volume.array.nbytes > self._limit or volume in self._being_made:
                return None
            self._being_made[volume] = True
        try:
            copy = self._make(volume.array)
        except OSError:  # a full disk: the picture comes all the same, a little later
            return None
        finally:
            with self._lock:
                del self._being_made[volume]
        with self._lock:
            self._copies[volume] = copy
            for longest_unused in list(self._copies):
                if sum(held.nbytes for held in self._copies.values()) <= self._limit:
                    break
                del self._copies[longest_unused]
        return copy

    def _make(self, voxels: Array) -> Array:
        slices, rows, columns = voxels.shape
        private_folder(self._folder)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, voxels.nbytes)  # else a full disk is a SIGBUS later
            else:
                file.write(bytes(voxels.nbytes))
                file.flush()
            memory = mmap.mmap(file.fileno(), voxels.nbytes)
        copy = np.frombuffer(memory, voxels.dtype).reshape(columns, slices, rows)
        cut_kernels.turn(cut_kernels.still(voxels), copy)
        return cut_kernels.still(copy)
