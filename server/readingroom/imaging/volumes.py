"""Decoded stacks as arrays: mapped from the cache, one memory for all processes, slices appear as read."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from readingroom.errors import NoSuchSeries, SliceDamaged, SliceNotReady, SliceOutOfRange
from readingroom.imaging.importing import BroughtIn
from readingroom.imaging.index import Stack
from readingroom.imaging.intake import Progress
from readingroom.imaging.library import Library
from readingroom.imaging.packing import row_bytes
from readingroom.imaging.volume_files import DAMAGED, READY, WAITING, Mapped, VolumeFiles, checksum
from readingroom.values import SeriesRef

log = logging.getLogger(__name__)

Array = npt.NDArray[Any]

OPEN_LIMIT = 128
"""Volumes kept mapped, each with up to three file descriptors; the longest unused is let go."""
HELD_SECONDS = 120.0
"""So long after it was last asked for a volume stays mapped; then its files may be removed for others."""
TOUCH_SECONDS = 30.0
"""How often the disk is told that a volume is in use."""
POLL_SECONDS = 0.005


class Volume:
    """One stack, [z, y, x] of `stack.dtype`, or [z, y, x, 3] uint8 RGB when it has three samples.

    Slices may still be on their way; `frame` says so. What was complete when it was mapped is checked against
    its checksums, each slice when it is first looked at; Volumes maps anew what was completed or written into
    since. `spoiled`: one was found that is not what was filled; the files are no longer trusted, and Volumes
    opens new ones.
    """

    def __init__(self, stack: Stack, files: VolumeFiles, mapped: Mapped) -> None:
        self.stack = stack
        self.generation = mapped.generation
        self.spoiled = False
        self._mapped = mapped
        self._files = files
        self._ready = mapped.ready
        self._overlays = mapped.overlays
        self._damaged: dict[int, str] = {}
        self._settled = False
        self._written = files.written()
        self._checksums = files.checksums()
        self._unchecked = np.full(len(mapped.ready), self._checksums is not None)

    @classmethod
    def map(cls, stack: Stack, files: VolumeFiles) -> Volume:
        """Map its files. Blocking. Raises FileNotFoundError when they are not (or no longer) there."""
        return cls(stack, files, files.map())

    @property
    def array(self) -> Array:
        """All slices; those that are not ready are zero. What was not looked at before is checked now.

        Raises SliceNotReady when the files are not what was filled (ask Volumes again).
        """
        for index in np.flatnonzero(self._unchecked & (self._ready == READY)).tolist():
            self._check(index)
        return self._mapped.voxels

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

    def touch(self) -> None:
        """Tell the disk that the volume is in use. Blocking."""
        self._files.touch()

    def is_as_mapped(self) -> bool:
        """Whether nobody has written into the files since, nor marked them complete.

        What is gone from its folder stays mapped, and nobody writes there any more.
        """
        if self._checksums is None:
            return not self._files.is_marked()
        return self._files.written() in (self._written, None)

    def is_ready(self, index: int) -> bool:
        """Whether slice `index` can be shown now."""
        return 0 <= index < len(self._ready) and self._ready[index] == READY

    def frame(self, index: int) -> Array:
        """Slice `index`, [y, x] or [y, x, 3], read-only, not copied.

        Raises SliceOutOfRange, SliceNotReady (ask again), SliceDamaged (do not).
        """
        if not 0 <= index < len(self._ready):
            raise SliceOutOfRange(index=index, slices=len(self._ready))
        state = self._ready[index]
        if state == READY:
            if self._unchecked[index]:
                self._check(index)
            frame: Array = self._mapped.voxels[index]
            return frame
        if state == DAMAGED:
            raise SliceDamaged(index=index + 1, slices=len(self._ready), reason=self.damaged[index])
        raise SliceNotReady(index=index + 1)

    def overlay(self, index: int) -> npt.NDArray[np.uint8]:
        """The overlay over slice `index`, a bit a pixel: [rows, (columns + 7) // 8], leftmost pixel highest.

        All zero where there is none, or where it could not be read. Raises what `frame` raises.
        """
        self.frame(index)
        if self._overlays is None:
            return np.zeros((self.stack.rows, row_bytes(self.stack.columns)), dtype=np.uint8)
        packed: npt.NDArray[np.uint8] = self._overlays[index]
        return packed

    async def wait_frame(self, index: int) -> Array:
        """`frame`, waiting while it is being read. For the command line and tests, not for the tile path.

        Raises SliceNotReady when the volume is `spoiled`.
        """
        while True:
            try:
                if self._unchecked[index : index + 1].any():  # a checksum is not for the event loop
                    return await asyncio.to_thread(self.frame, index)
                return self.frame(index)
            except SliceNotReady:
                if self.spoiled:
                    raise
                await asyncio.sleep(POLL_SECONDS)

    async def wait_complete(self) -> None:
        """Wait until nothing more will come. Raises SliceNotReady when it is `spoiled`."""
        for index in range(len(self._ready)):
            with contextlib.suppress(SliceDamaged):
                await self.wait_frame(index)

    def _check(self, index: int) -> None:
        """Compare a slice with the checksum of its filling. Raises SliceNotReady."""
        if self._checksums is not None and checksum(self._mapped, index) != self._checksums[index]:
            log.error("decoded slice has changed on the disk", extra={"index": index})
            self.spoiled = True
            self._files.distrust()
            raise SliceNotReady(index=index + 1)
        self._unchecked[index] = False


class Ingesting(Protocol):
    """Whoever sees to it that stacks get decoded: `Ingest` here, or a messenger to another process."""

    async def request(self, ref: SeriesRef, stack: int) -> None:
        """Return as soon as the stack's files can be mapped and somebody is filling them, or all is there."""

    async def protections(self) -> tuple[str, ...]:
        """What holds the decode processes in, by name; empty until one has started, or nobody knows."""

    async def bring_in(self, upload: str, progress: Callable[[Progress], None]) -> BroughtIn:
        """Import what lies in the staging folder of this name (importing.import_upload)."""


@dataclass(slots=True)
class _Held:
    """A volume kept mapped. Times of the loop's clock: last asked for, last time the disk was told."""

    volume: Volume
    asked_at: float
    told_at: float


class Volumes:
    """Volumes by series and stack. `cache` is the folder of decoded files, the same one `ingest` fills."""

    def __init__(
        self, library: Library, cache: Path, ingest: Ingesting, *, held_seconds: float = HELD_SECONDS
    ) -> None:
        self._library = library
        self._cache = cache
        self._ingest = ingest
        self._held_seconds = held_seconds
        self._open: OrderedDict[tuple[SeriesRef, int], _Held] = OrderedDict()
        self._opening: dict[tuple[SeriesRef, int], asyncio.Task[Volume]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, ref: SeriesRef, stack: int) -> Volume:
        """The volume, decoded or being decoded. Raises NoSuchStudy, NoSuchSeries, DiskFull.

        Do not keep it, ask again: files of one that nobody asks for may be removed, and should the filler of
        one that is not complete die, the next call starts anew.
        """
        key = (ref, stack)
        held = self._open.get(key)
        if held is not None and held.volume.complete and _is_good(held.volume):
            await self._hold(key, held.volume)
            return held.volume
        opening = self._opening.get(key)
        if opening is None:
            opening = self._opening[key] = asyncio.create_task(self._map(key))
            opening.add_done_callback(lambda done: self._opened(key, done))
        return await asyncio.shield(opening)

    async def _map(self, key: tuple[SeriesRef, int]) -> Volume:
        """The volume from its files: once for all who ask at the same time, be they hundreds."""
        files = await asyncio.to_thread(self._files, *key)
        while True:
            await self._ingest.request(*key)
            try:
                volume = await asyncio.to_thread(Volume.map, *files)
                break
            except FileNotFoundError:  # discarded between the two: somebody starts anew
                await asyncio.sleep(POLL_SECONDS)
        held = self._open.get(key)
        if held is not None and held.volume.generation == volume.generation and _is_good(held.volume):
            volume = held.volume
        await self._hold(key, volume)
        return volume

    def _opened(self, key: tuple[SeriesRef, int], task: asyncio.Task[Volume]) -> None:
        del self._opening[key]
        if not task.cancelled():
            task.exception()  # seen, even when everybody who asked is gone

    def close(self) -> None:
        """Let go of everything."""
        for opening in self._opening.values():
            opening.cancel()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._open.clear()

    async def _hold(self, key: tuple[SeriesRef, int], volume: Volume) -> None:
        """Keep it mapped for a while; what was not asked for in as long is let go."""
        now = asyncio.get_running_loop().time()
        held = self._open.get(key)
        if held is None or held.volume is not volume:
            held = self._open[key] = _Held(volume, now, -TOUCH_SECONDS)
        held.asked_at = now
        self._open.move_to_end(key)
        while len(self._open) > OPEN_LIMIT:
            self._open.popitem(last=False)
        if self._timer is None:
            self._let_go_later()
        if now - held.told_at >= TOUCH_SECONDS:
            held.told_at = now
            await asyncio.to_thread(volume.touch)

    def _let_go_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._held_seconds, self._let_go)

    def _let_go(self) -> None:
        """What nobody asked for in a while; its files are then free to be removed."""
        before = asyncio.get_running_loop().time() - self._held_seconds
        while self._open and next(iter(self._open.values())).asked_at <= before:
            self._open.popitem(last=False)
        self._timer = None
        if self._open:
            self._let_go_later()

    def _files(self, ref: SeriesRef, stack: int) -> tuple[Stack, VolumeFiles]:
        found = stack_of(self._library, ref, stack)
        return found, VolumeFiles(volume_folder(self._cache, ref, stack), found)


def _is_good(volume: Volume) -> bool:
    """Whether a mapped volume may be shown without looking at its files anew."""
    return not volume.spoiled and volume.is_as_mapped()


def stack_of(library: Library, ref: SeriesRef, stack: int) -> Stack:
    """Raises NoSuchStudy, NoSuchSeries."""
    stacks = library.series(ref).stacks
    if not 0 <= stack < len(stacks):
        raise NoSuchSeries()
    return stacks[stack]


def volume_folder(cache: Path, ref: SeriesRef, stack: int) -> Path:
    """Where the decoded files of a stack lie."""
    return cache / ref.study / f"{ref.series}-{stack}"
