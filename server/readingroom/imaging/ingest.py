"""Stacks into the cache: one filler a stack across all processes, from the middle outwards."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVarTuple

from readingroom.errors import FileRefused, Truncated
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.eviction import Eviction
from readingroom.imaging.fill_order import DECODED_AT_ONCE, Work, by_file, plan
from readingroom.imaging.index import Stack
from readingroom.imaging.library import Library
from readingroom.imaging.originals import read_pixels
from readingroom.imaging.stored import mask_in_place
from readingroom.imaging.volume_files import DAMAGED, READY, Mapped, VolumeFiles
from readingroom.imaging.volumes import stack_of, volume_folder
from readingroom.values import SeriesRef

log = logging.getLogger(__name__)

Arguments = TypeVarTuple("Arguments")

COPY_THREADS = 2
OTHER_POLL_SECONDS = 0.02


@dataclass(slots=True)
class _Filling:
    """One stack being filled here. `all_noted`: the reason of every damaged slice lies on the disk."""

    stack: Stack
    files: VolumeFiles
    mapped: Mapped
    originals: Path
    all_noted: bool = True


class Ingest:
    """Fills `cache` from the originals of `library`. An async context manager; leaving it stops filling.

    `most_bytes` bounds what lies in the cache (see eviction.py). Entering removes what can never be used.
    """

    def __init__(
        self, library: Library, cache: Path, pool: DecodePool, most_bytes: int | None = None
    ) -> None:
        self.eviction = Eviction(cache, most_bytes)
        self._library = library
        self._cache = cache
        self._pool = pool
        self._threads = ThreadPoolExecutor(COPY_THREADS, thread_name_prefix="ingest")
        self._running: dict[tuple[SeriesRef, int], asyncio.Task[None]] = {}
        self._starting: dict[tuple[SeriesRef, int], asyncio.Task[None]] = {}
        self._closing = False

    async def __aenter__(self) -> Ingest:
        await asyncio.to_thread(self.eviction.tidy, self._library.has)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown)

    async def request(self, ref: SeriesRef, stack: int) -> None:
        """Return as soon as the stack's files can be mapped and somebody is filling them, or all is there.

        Raises NoSuchStudy, NoSuchSeries, DiskFull.
        """
        key = (ref, stack)
        if key in self._running:
            return
        starting = self._starting.get(key)
        if starting is None:
            starting = asyncio.create_task(self._begin(key))
            self._starting[key] = starting
            starting.add_done_callback(lambda done: self._begun(key, done))
        await asyncio.shield(starting)  # it holds a lock: it goes on when whoever asked is gone

    async def protections(self) -> tuple[str, ...]:
        """What holds the decode processes in, by name; empty until one has started."""
        return self._pool.protections

    async def _begin(self, key: tuple[SeriesRef, int]) -> None:
        found, files = await asyncio.to_thread(self._files, *key)
        while not self._closing:
            state = await asyncio.to_thread(_begin, files)
            if isinstance(state, int):
                mapped = await asyncio.to_thread(_prepare, files, state, self.eviction)
                originals = self._library.original(key[0].study, "")
                self._start(key, _Filling(found, files, mapped, originals), state)
                return
            if state == "there":
                return
            await asyncio.sleep(OTHER_POLL_SECONDS)  # another process is preparing it

    def _begun(self, key: tuple[SeriesRef, int], task: asyncio.Task[None]) -> None:
        del self._starting[key]
        if not task.cancelled():
            task.exception()  # seen, even when everybody who asked is gone

    def _files(self, ref: SeriesRef, stack: int) -> tuple[Stack, VolumeFiles]:
        found = stack_of(self._library, ref, stack)
        return found, VolumeFiles(volume_folder(self._cache, ref, stack), found)

    def _start(self, key: tuple[SeriesRef, int], filling: _Filling, lock: int) -> None:
        task = asyncio.create_task(
            self._fill(filling), name=f"ingest {key[0].study}/{key[0].series}-{key[1]}"
        )
        self._running[key] = task

        def ended(task: asyncio.Task[None]) -> None:
            os.close(lock)  # releases it
            self._running.pop(key, None)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("ingest failed", exc_info=error, extra={"study": key[0].study})

        task.add_done_callback(ended)

    async def _fill(self, filling: _Filling) -> None:
        works = plan(filling.stack)
        places = COPY_THREADS + self._pool.workers
        running = [asyncio.create_task(self._run(filling, works)) for _ in range(places)]
        try:
            await asyncio.gather(*running)
        finally:  # one that fails ends the others
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await self._in_thread(_finish, filling)

    async def _run(self, filling: _Filling, works: Iterator[Work]) -> None:
        for work in works:
            if work.copied:
                left: list[int] = []
                await self._in_thread(_copy, filling, work.slices, left)
            else:
                left = await self._decode(filling, work.slices)
            await self._overlay(filling, left)

    async def _decode(self, filling: _Filling, slices: tuple[int, ...]) -> list[int]:
        """Slices of one file. Those with good voxels are shown, or given back when an overlay is to come."""
        frames = [filling.stack.frames[i] for i in slices]
        results = await self._pool.decode(
            filling.originals / frames[0].file,
            [frame.frame for frame in frames],
            [filling.mapped.voxels[i] for i in slices],
            sha256=frames[0].sha256,
        )
        left: list[int] = []
        for index, refused in zip(slices, results, strict=True):
            if refused is not None:
                await self._in_thread(_damage, filling, index, refused)
            elif filling.stack.frames[index].overlay:
                left.append(index)
            else:
                filling.mapped.ready[index] = READY
        return left

    async def _overlay(self, filling: _Filling, slices: list[int]) -> None:
        """Overlays of slices whose voxels are good, then their ready bytes.

        One that cannot be read costs nothing but itself.
        """
        overlays = filling.mapped.overlays
        if overlays is None:  # then no slice has one to come
            return
        for together in by_file(filling.stack, slices, DECODED_AT_ONCE):
            frames = [filling.stack.frames[i] for i in together]
            results = await self._pool.overlays(
                filling.originals / frames[0].file,
                [frame.frame for frame in frames],
                [overlays[i] for i in together],
                sha256=frames[0].sha256,
            )
            for index, refused in zip(together, results, strict=True):
                if refused is not None:
                    log.warning("overlay left out", extra={"index": index, "code": refused.code})
                filling.mapped.ready[index] = READY

    async def _in_thread(self, work: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _begin(files: VolumeFiles) -> int | str:
    """The lock's descriptor: fill it. 'there': somebody does, or did. 'soon': somebody is about to."""
    if files.is_complete():
        return "there"
    lock = files.try_lock()
    if lock is None:
        return "there" if files.is_prepared() else "soon"
    if files.is_complete():  # it was finished in between
        os.close(lock)
        return "there"
    return lock


def _prepare(files: VolumeFiles, lock: int, eviction: Eviction) -> Mapped:
    try:
        files.discard(lock)
        with eviction.room_for(files.disk_bytes):
            return files.prepare(lock)
    except BaseException:
        os.close(lock)
        raise


def _copy(filling: _Filling, slices: tuple[int, ...], left: list[int]) -> None:
    """Uncompressed pixels, from their files straight into their places; shown where the file is unchanged.

    `left` gets the slices that are good and have an overlay to come.
    """
    for together in by_file(filling.stack, slices):
        frames = [filling.stack.frames[index] for index in together]
        targets = [filling.mapped.voxels[index] for index in together]
        pieces = [(frame.offset or 0, target) for frame, target in zip(frames, targets, strict=True)]
        try:
            read_pixels(filling.originals / frames[0].file, frames[0].sha256, pieces)
        except (FileRefused, OSError) as error:
            refused = (
                error if isinstance(error, FileRefused) else Truncated(reason="it can no longer be read")
            )
            for index, target in zip(together, targets, strict=True):
                target[:] = 0
                _damage(filling, index, refused)
            continue
        for index, frame, target in zip(together, frames, targets, strict=True):
            mask_in_place(target, filling.stack.bits_stored)
            if frame.overlay:
                left.append(index)
            else:
                filling.mapped.ready[index] = READY


def _finish(filling: _Filling) -> None:
    """The complete mark; then the map goes, before the lock does: nobody shall take it for one in use."""
    if filling.all_noted:
        filling.files.mark_complete(filling.mapped)
    del filling.mapped


def _damage(filling: _Filling, index: int, refused: FileRefused) -> None:
    """The slice is never shown; only the reason can be lost, on a full disk, and then nothing is complete."""
    sentence = str(refused)
    try:
        filling.files.note_damage(index, sentence[0].lower() + sentence[1:].rstrip("."))
    except OSError as error:
        filling.all_noted = False
        log.warning("damage not noted", extra={"index": index, "reason": error.strerror})
    filling.mapped.ready[index] = DAMAGED
