"""A few decode processes, kept warm: hostile files are read there. One crash, hang or bomb costs one file."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readingroom.errors import DecodeFailed, DecodeLimit, FileRefused, TooFast
from readingroom.imaging.decode_answers import frame_results, header, lost_refusal
from readingroom.imaging.decode_process import SHARED_BYTES, DecodeProcess, WorkerDied, WorkerHung
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.plain import path_to_plain

Array = npt.NDArray[Any]
Filling = Literal["decode", "overlays"]

HEADERS_AT_ONCE = 32
"""Files in one request: few enough to share the work, many enough not to wait for each."""
WAITING_LIMIT = 4096
"""Requests that may wait for a process; one more is TooFast."""


class DecodePool:
    """`workers` decode processes (one a core when not said), started when needed and replaced when lost.

    `wall_seconds` and `cpu_seconds` bound every single file. Use as an async context manager.
    """

    def __init__(
        self, workers: int | None = None, *, wall_seconds: float = 20.0, cpu_seconds: int = 30
    ) -> None:
        self.workers = workers or default_workers()
        self._wall_seconds = wall_seconds
        self._cpu_seconds = cpu_seconds
        self._idle: list[DecodeProcess] = []
        self._busy: set[DecodeProcess] = set()
        self._places = asyncio.Semaphore(self.workers)
        self._waiting = 0
        self._protections: tuple[str, ...] = ()
        self._closed = False

    async def __aenter__(self) -> DecodePool:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed = True
        for process in [*self._idle, *self._busy]:
            await process.end()
        self._idle.clear()

    @property
    def protections(self) -> tuple[str, ...]:
        """What holds a process in while it reads hostile files, by name; () until one has started.

        `limits` are memory, processor time, file size and no core dump; the rest as in `sandbox.Protection`.
        """
        return self._protections

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that live now."""
        return tuple(process.pid for process in [*self._idle, *self._busy])

    async def warm(self) -> None:
        """Start every process now, so that the first file does not wait for one."""
        taken = [await self._take() for _ in range(self.workers)]
        try:
            await asyncio.gather(*(self._ready(process) for process in taken))
        finally:
            for process in taken:
                await self._give_back(process, sound=process.is_ready)

    async def headers(self, paths: Sequence[Path]) -> list[FileHeader | FileRefused]:
        """The header of each file, or why it is refused, in the order of `paths`."""
        batches = [paths[i : i + HEADERS_AT_ONCE] for i in range(0, len(paths), HEADERS_AT_ONCE)]
        found: list[list[FileHeader | FileRefused]] = [[] for _ in batches]
        waiting = iter(enumerate(batches))

        async def read() -> None:
            for place, batch in waiting:
                found[place] = await self._headers(list(batch))

        await asyncio.gather(*(read() for _ in range(self.workers)))
        return [header for batch in found for header in batch]

    async def decode(
        self, path: Path, frames: Sequence[int], targets: Sequence[Array], *, sha256: str | None = None
    ) -> list[FileRefused | None]:
        """Decode `frames` of one file into `targets`, arrays of one shape and of the dtype its header names.

        Color frames are uint8 [rows, columns, 3], all others [rows, columns]. The answer says for each frame
        None, or why it could not be decoded; its target is then unchanged.
        A file that no longer has the given `sha256` is refused as FileChanged.
        When several frames together bring a process down, each is tried alone.
        """
        return await self._fill("decode", path, frames, targets, sha256)

    async def overlays(
        self, path: Path, frames: Sequence[int], targets: Sequence[Array], *, sha256: str | None = None
    ) -> list[FileRefused | None]:
        """The overlays of `frames` into `targets`, uint8 [rows, ceil(columns / 8)]; answers as `decode` does.

        One bit a pixel, the leftmost in the most significant bit. A frame without overlay gives zeros.
        """
        return await self._fill("overlays", path, frames, targets, sha256)

    async def _fill(
        self, do: Filling, path: Path, frames: Sequence[int], targets: Sequence[Array], sha256: str | None
    ) -> list[FileRefused | None]:
        try:
            return await self._ask(do, path, frames, targets, sha256)
        except FileRefused as refused:
            if len(frames) == 1 or not isinstance(refused, DecodeFailed | DecodeLimit):
                return [refused] * len(frames)
        alone = []
        for frame, target in zip(frames, targets, strict=True):
            try:
                alone += await self._ask(do, path, [frame], [target], sha256)
            except FileRefused as refused:
                alone.append(refused)
        return alone

    async def _headers(self, paths: list[Path]) -> list[FileHeader | FileRefused]:
        found: list[FileHeader | FileRefused] = []
        while len(found) < len(paths):
            rest = paths[len(found) :]
            process = await self._take()
            sound = False
            try:
                await self._ready(process)
                request = {
                    "do": "headers",
                    "paths": [_named(path) for path in rest],
                    "cpu_seconds": self._cpu_seconds,
                }
                await process.send(request)
                for _ in rest:
                    found.append(header(await process.receive(self._wall_seconds)))
                sound = True
            except (WorkerDied, WorkerHung) as lost:
                found.append(lost_refusal(lost, self._wall_seconds))
            finally:
                await self._give_back(process, sound=sound)
        return found

    async def _ask(
        self, do: Filling, path: Path, frames: Sequence[int], targets: Sequence[Array], sha256: str | None
    ) -> list[FileRefused | None]:
        first = targets[0]
        size = first.nbytes * len(targets)
        if size > SHARED_BYTES:
            raise DecodeLimit(reason=f"it needs more than {SHARED_BYTES >> 20} MiB at once")
        request = {
            "do": do,
            "path": _named(path),
            "sha256": sha256,
            "frames": list(frames),
            "form": [*first.shape, first.dtype.name],
            "bytes": size,
            "cpu_seconds": self._cpu_seconds,
        }
        process = await self._take()
        sound = False
        try:
            await self._ready(process)
            await process.send(request)
            answer = await process.receive(self._wall_seconds)
            results = frame_results(answer, len(frames))
            if any(result is None for result in results):
                await asyncio.to_thread(_copy, process, results, targets)
            sound = True
            return results
        except (WorkerDied, WorkerHung) as lost:
            raise lost_refusal(lost, self._wall_seconds) from None
        except FileRefused:
            sound = True
            raise
        finally:
            await self._give_back(process, sound=sound)

    async def _ready(self, process: DecodeProcess) -> None:
        await process.ready()
        self._protections = process.protections

    async def _take(self) -> DecodeProcess:
        if self._waiting >= WAITING_LIMIT:
            raise TooFast()
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        if self._closed:
            self._places.release()
            raise RuntimeError("the decode pool is closed")
        try:
            process = self._idle.pop() if self._idle else DecodeProcess()
        except OSError:  # no process, no memory: the place is free for whoever asks later
            self._places.release()
            raise
        self._busy.add(process)
        return process

    async def _give_back(self, process: DecodeProcess, *, sound: bool) -> None:
        self._busy.discard(process)
        if sound and not self._closed:
            self._idle.append(process)
            self._places.release()
            return
        self._places.release()
        process.kill()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(process.end())


def _copy(process: DecodeProcess, results: list[FileRefused | None], targets: Sequence[Array]) -> None:
    """Decoded frames out of the shared memory into their places."""
    first = targets[0]
    with process.pixels(first.nbytes * len(targets)) as shared:
        decoded = np.frombuffer(shared, dtype=first.dtype).reshape((len(targets), *first.shape))
        for target, frame, refused in zip(targets, decoded, results, strict=True):
            if refused is None:
                target[:] = frame
        del decoded, frame


def _named(path: Path) -> str:
    """A path as the process understands it: it stands in the root folder, not where we do."""
    return path_to_plain(path.absolute())


def default_workers() -> int:
    """One process a core, at most four: decoding is bound by the cores."""
    return max(1, min(4, os.cpu_count() or 1))
