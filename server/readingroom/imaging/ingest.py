"""Stacks into the cache, on request: one filler a stack across all processes."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Literal

from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.eviction import Eviction
from readingroom.imaging.filling import COPY_THREADS, Filling
from readingroom.imaging.importing import BroughtIn, import_upload
from readingroom.imaging.index import Stack
from readingroom.imaging.intake import Progress
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import Mapped, VolumeFiles
from readingroom.imaging.volumes import stack_of, volume_folder
from readingroom.values import SeriesRef

log = logging.getLogger(__name__)

OTHER_POLL_SECONDS = 0.02


class Ingest:
    """Fills `cache` from the originals of `library`. An async context manager; leaving it stops filling.

    `most_bytes` bounds what lies in the cache (see eviction.py), `limits` what an import unpacks to. Entering
    removes what can never be used.
    """

    def __init__(
        self,
        library: Library,
        cache: Path,
        pool: DecodePool,
        most_bytes: int | None = None,
        limits: ArchiveLimits | None = None,
    ) -> None:
        self._limits = limits or ArchiveLimits()
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

    async def bring_in(self, upload: str, progress: Callable[[Progress], None]) -> BroughtIn:
        """Import what lies in the staging folder of this name. Raises BadArchive, DiskFull."""
        return await import_upload(upload, self._library, self._pool, progress, limits=self._limits)

    async def _begin(self, key: tuple[SeriesRef, int]) -> None:
        found, files = await asyncio.to_thread(self._files, *key)
        while not self._closing:
            state = await asyncio.to_thread(_begin, files)
            if isinstance(state, int):
                mapped = await asyncio.to_thread(_prepare, files, state, self.eviction)
                filling = Filling(
                    found,
                    files,
                    mapped,
                    originals=self._library.originals(key[0].study),
                    pool=self._pool,
                    threads=self._threads,
                )
                self._start(key, filling, lock=state)
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

    def _start(self, key: tuple[SeriesRef, int], filling: Filling, lock: int) -> None:
        task = asyncio.create_task(filling.run(), name=f"ingest {key[0].study}/{key[0].series}-{key[1]}")
        self._running[key] = task

        def ended(task: asyncio.Task[None]) -> None:
            os.close(lock)  # releases it
            self._running.pop(key, None)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("ingest failed", exc_info=error, extra={"study": key[0].study})

        task.add_done_callback(ended)


def _begin(files: VolumeFiles) -> int | Literal["there", "soon"]:
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
