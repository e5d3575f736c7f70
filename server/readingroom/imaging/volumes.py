"""Decoded stacks as arrays: mapped from the cache, one memory for all processes, slices appear as read."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from readingroom.errors import NoSuchSeries, SliceDamaged, SliceNotReady, SliceOutOfRange
from readingroom.imaging.index import Stack
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import DAMAGED, READY, WAITING, Mapped, VolumeFiles
from readingroom.values import SeriesRef

Array = npt.NDArray[Any]

OPEN_LIMIT = 256
"""Volumes kept mapped; the longest unused is let go (its files stay)."""
POLL_SECONDS = 0.005


class Volume:
    """One stack, [z, y, x] of `stack.dtype`. Slices may still be on their way; `frame` says so."""

    def __init__(self, stack: Stack, files: VolumeFiles, mapped: Mapped) -> None:
        self.stack = stack
        self.array: Array = mapped.voxels
        self.generation = mapped.generation
        self._files = files
        self._ready = mapped.ready
        self._damaged: dict[int, str] = {}
        self._settled = False

    @property
    def ready(self) -> int:
        """How many slices can be shown."""
        return int(np.count_nonzero(self._ready == READY))

    @property
    def complete(self) -> bool:
        """Whether nothing more will come: every slice is ready or damaged."""
        if not self._settled:
            self._settled = not np.any(self._ready == WAITING)
        return self._settled

    @property
    def damaged(self) -> dict[int, str]:
        """Slices that cannot be shown, and why."""
        slices = np.flatnonzero(self._ready == DAMAGED).tolist()
        if len(self._damaged) != len(slices):
            reasons = self._files.damages()
            self._damaged = {index: reasons.get(index, "its file is damaged") for index in slices}
        return self._damaged

    def is_ready(self, index: int) -> bool:
        """Whether slice `index` can be shown now."""
        return 0 <= index < len(self._ready) and self._ready[index] == READY

    def frame(self, index: int) -> Array:
        """Slice `index`, [y, x], read-only, not copied.

        Raises SliceOutOfRange, SliceNotReady (ask again), SliceDamaged (do not).
        """
        if not 0 <= index < len(self._ready):
            raise SliceOutOfRange(index=index, slices=len(self._ready))
        state = self._ready[index]
        if state == READY:
            frame: Array = self.array[index]
            return frame
        if state == DAMAGED:
            raise SliceDamaged(index=index + 1, slices=len(self._ready), reason=self.damaged[index])
        raise SliceNotReady(index=index + 1)

    async def wait_frame(self, index: int) -> Array:
        """`frame`, waiting while it is being read. For the command line and tests, not for the tile path."""
        while True:
            try:
                return self.frame(index)
            except SliceNotReady:
                await asyncio.sleep(POLL_SECONDS)

    async def wait_complete(self) -> None:
        """Wait until nothing more will come."""
        for index in range(len(self._ready)):
            with contextlib.suppress(SliceDamaged):
                await self.wait_frame(index)


class Ingesting(Protocol):
    """Whoever sees to it that stacks get decoded: `Ingest` here, or a messenger to another process."""

    async def request(self, ref: SeriesRef, stack: int) -> None:
        """Return as soon as the stack's files can be mapped and somebody is filling them, or all is there."""


class Volumes:
    """Volumes by series and stack. `cache` is the folder of decoded files, the same one `ingest` fills."""

    def __init__(self, library: Library, cache: Path, ingest: Ingesting) -> None:
        self._library = library
        self._cache = cache
        self._ingest = ingest
        self._open: OrderedDict[tuple[SeriesRef, int], Volume] = OrderedDict()

    async def open(self, ref: SeriesRef, stack: int) -> Volume:
        """The volume, decoded or being decoded. Raises NoSuchStudy, NoSuchSeries, DiskFull.

        While it is not complete, ask again rather than keep it: should its filler die, the next call
        starts anew.
        """
        key = (ref, stack)
        known = self._open.get(key)
        if known is not None and known.complete:
            self._open.move_to_end(key)
            return known
        files = await asyncio.to_thread(self._files, ref, stack)
        while True:
            await self._ingest.request(ref, stack)
            try:
                mapped = await asyncio.to_thread(files[1].map)
            except FileNotFoundError:  # discarded between the two: somebody starts anew
                await asyncio.sleep(POLL_SECONDS)
                continue
            break
        known = self._open.get(key)
        if known is None or known.generation != mapped.generation:
            known = Volume(files[0], files[1], mapped)
            self._open[key] = known
        self._open.move_to_end(key)
        while len(self._open) > OPEN_LIMIT:
            self._open.popitem(last=False)
        return known

    def _files(self, ref: SeriesRef, stack: int) -> tuple[Stack, VolumeFiles]:
        found = stack_of(self._library, ref, stack)
        return found, VolumeFiles(volume_folder(self._cache, ref, stack), found)


def stack_of(library: Library, ref: SeriesRef, stack: int) -> Stack:
    """Raises NoSuchStudy, NoSuchSeries."""
    stacks = library.series(ref).stacks
    if not 0 <= stack < len(stacks):
        raise NoSuchSeries()
    return stacks[stack]


def volume_folder(cache: Path, ref: SeriesRef, stack: int) -> Path:
    """Where the decoded files of a stack lie."""
    return cache / ref.study / f"{ref.series}-{stack}"
