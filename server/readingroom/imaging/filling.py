"""One stack being filled: its slices decoded or copied into their places, from the middle outwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVarTuple

from readingroom.errors import FileRefused, Truncated
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.fill_order import DECODED_AT_ONCE, Work, by_file, plan
from readingroom.imaging.index import Stack
from readingroom.imaging.originals import read_pixels
from readingroom.imaging.stored import mask_in_place
from readingroom.imaging.volume_files import DAMAGED, READY, Mapped, VolumeFiles

log = logging.getLogger(__name__)

Arguments = TypeVarTuple("Arguments")

COPY_THREADS = 2


class Filling:
    """Fills the `mapped` files of one stack from the folder of its `originals`; copies run in `threads`.

    A slice is shown once its voxels and its overlay are there, or marked as damaged with the reason.
    """

    def __init__(
        self,
        stack: Stack,
        files: VolumeFiles,
        mapped: Mapped,
        *,
        originals: Path,
        pool: DecodePool,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._stack = stack
        self._files = files
        self._mapped = mapped
        self._originals = originals
        self._pool = pool
        self._threads = threads
        self._all_noted = True  # the reason of every damaged slice lies on the disk

    async def run(self) -> None:
        """Fill every slice and say that the stack is complete. Raises OSError where the disk fails."""
        works = plan(self._stack)
        running = [asyncio.create_task(self._take(works)) for _ in range(COPY_THREADS + self._pool.workers)]
        try:
            await asyncio.gather(*running)
        finally:  # one that fails ends the others
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await self._in_thread(self._finish)

    async def _take(self, works: Iterator[Work]) -> None:
        for work in works:
            good: list[int] = []
            if work.copied:
                await self._in_thread(self._copy, work.slices, good)
            else:
                await self._decode(work.slices, good)
            await self._overlay(good)

    async def _decode(self, slices: Sequence[int], good: list[int]) -> None:
        """Slices of one file. `good` gets those that have an overlay to come; other good ones are shown."""
        frames = [self._stack.frames[i] for i in slices]
        results = await self._pool.decode(
            self._originals / frames[0].file,
            [frame.frame for frame in frames],
            [self._mapped.voxels[i] for i in slices],
            sha256=frames[0].sha256,
        )
        for index, refused in zip(slices, results, strict=True):
            if refused is None:
                self._settle(index, good)
            else:
                await self._in_thread(self._damage, index, refused)

    def _copy(self, slices: Sequence[int], good: list[int]) -> None:
        """Uncompressed pixels, from their files straight into their places, where the files are unchanged."""
        for together in by_file(self._stack, slices):
            frames = [self._stack.frames[index] for index in together]
            targets = [self._mapped.voxels[index] for index in together]
            pieces = [(frame.offset or 0, target) for frame, target in zip(frames, targets, strict=True)]
            try:
                read_pixels(self._originals / frames[0].file, frames[0].sha256, pieces)
            except (FileRefused, OSError) as error:
                lost = Truncated(reason="it can no longer be read")
                refused = error if isinstance(error, FileRefused) else lost
                for index, target in zip(together, targets, strict=True):
                    target[:] = 0
                    self._damage(index, refused)
                continue
            for index, target in zip(together, targets, strict=True):
                mask_in_place(target, self._stack.bits_stored)
                self._settle(index, good)

    def _settle(self, index: int, good: list[int]) -> None:
        if self._stack.frames[index].overlay:
            good.append(index)
        else:
            self._mapped.ready[index] = READY

    async def _overlay(self, slices: Sequence[int]) -> None:
        """Overlays of slices whose voxels are good, then their ready bytes.

        One that cannot be read costs nothing but itself.
        """
        overlays = self._mapped.overlays
        if overlays is None:  # then no slice has one to come
            return
        for together in by_file(self._stack, slices, DECODED_AT_ONCE):
            frames = [self._stack.frames[i] for i in together]
            results = await self._pool.overlays(
                self._originals / frames[0].file,
                [frame.frame for frame in frames],
                [overlays[i] for i in together],
                sha256=frames[0].sha256,
            )
            for index, refused in zip(together, results, strict=True):
                if refused is not None:
                    log.warning("overlay left out", extra={"index": index, "code": refused.code})
                self._mapped.ready[index] = READY

    def _damage(self, index: int, refused: FileRefused) -> None:
        """Never shown; only the reason can be lost, on a full disk, and then nothing is complete."""
        sentence = str(refused)
        try:
            self._files.note_damage(index, sentence[0].lower() + sentence[1:].rstrip("."))
        except OSError as error:
            self._all_noted = False
            log.warning("damage not noted", extra={"index": index, "reason": error.strerror})
        self._mapped.ready[index] = DAMAGED

    def _finish(self) -> None:
        """The complete mark; then the map goes, before the lock does: nobody shall take it for one in use."""
        if self._all_noted:
            self._files.mark_complete(self._mapped)
        del self._mapped

    async def _in_thread(self, work: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
