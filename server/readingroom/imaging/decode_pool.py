"""A few decode processes, kept warm: hostile files are read there. One crash, hang or bomb costs one file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from readingroom import errors
from readingroom.errors import DecodeFailed, DecodeLimit, FileRefused, TooFast
from readingroom.imaging.decode_process import DecodeProcess, WorkerDied, WorkerHung
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.plain import NotPlain, from_plain, path_to_plain
from readingroom.imaging.text import clean

Array = npt.NDArray[Any]

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
    def pids(self) -> tuple[int, ...]:
        """The processes that live now."""
        return tuple(process.pid for process in [*self._idle, *self._busy])

    async def warm(self) -> None:
        """Start every process now, so that the first file does not wait for one."""
        taken = [await self._take() for _ in range(self.workers)]
        try:
            await asyncio.gather(*(process.ready() for process in taken))
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

        The answer says for each frame None, or why it could not be decoded; its target is then unchanged.
        A file that no longer has the given `sha256` is refused as FileChanged.
        When several frames together bring a process down, each is tried alone.
        """
        try:
            return await self._decode(path, frames, targets, sha256)
        except FileRefused as refused:
            if len(frames) == 1 or not isinstance(refused, DecodeFailed | DecodeLimit):
                return [refused] * len(frames)
        alone = []
        for frame, target in zip(frames, targets, strict=True):
            try:
                alone += await self._decode(path, [frame], [target], sha256)
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
                await process.ready()
                request = {
                    "do": "headers",
                    "paths": [path_to_plain(path) for path in rest],
                    "cpu_seconds": self._cpu_seconds,
                }
                await process.send(request)
                for _ in rest:
                    found.append(_header(await process.receive(self._wall_seconds)))
                sound = True
            except (WorkerDied, WorkerHung) as lost:
                found.append(_lost(lost, self._wall_seconds))
            finally:
                await self._give_back(process, sound=sound)
        return found

    async def _decode(
        self, path: Path, frames: Sequence[int], targets: Sequence[Array], sha256: str | None
    ) -> list[FileRefused | None]:
        first = targets[0]
        size = first.nbytes * len(targets)
        request = {
            "do": "decode",
            "path": path_to_plain(path),
            "sha256": sha256,
            "frames": list(frames),
            "form": [*first.shape, first.dtype.name],
            "bytes": size,
            "cpu_seconds": self._cpu_seconds,
        }
        process = await self._take()
        sound = False
        try:
            await process.ready()
            await process.send(request)
            answer = await process.receive(self._wall_seconds)
            results = _results(answer, len(frames))
            if any(result is None for result in results):
                await asyncio.to_thread(_copy, process, results, targets)
            sound = True
            return results
        except (WorkerDied, WorkerHung) as lost:
            raise _lost(lost, self._wall_seconds) from None
        except FileRefused:
            sound = True
            raise
        finally:
            await self._give_back(process, sound=sound)

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


def _header(answer: dict[str, Any]) -> FileHeader | FileRefused:
    if "ok" not in answer:
        return _refusal(answer)
    try:
        return from_plain(FileHeader, answer["ok"])
    except NotPlain:
        return DecodeFailed(reason="its header makes no sense")


def _results(answer: dict[str, Any], count: int) -> list[FileRefused | None]:
    if "ok" not in answer:
        raise _refusal(answer)
    results = [None if "ok" in frame else _refusal(frame) for frame in answer["ok"]]
    if len(results) != count:
        raise DecodeFailed(reason="the decoder gave no sensible answer")
    return results


def _refusal(answer: dict[str, Any]) -> FileRefused:
    kind = getattr(errors, str(answer.get("refused")), None)
    if not (isinstance(kind, type) and issubclass(kind, FileRefused)):
        return DecodeFailed(reason="the decoder gave no sensible answer")
    return kind(**{key: clean(str(value)) for key, value in answer["details"].items()})


def _lost(lost: WorkerDied | WorkerHung, wall_seconds: float) -> FileRefused:
    if isinstance(lost, WorkerHung):
        return DecodeLimit(reason=f"it took longer than {wall_seconds:g} s")
    if lost.returncode == -signal.SIGXCPU:
        return DecodeLimit(reason="it took too much computing time")
    if lost.returncode is not None and lost.returncode < 0:
        name = signal.Signals(-lost.returncode).name
        return DecodeFailed(reason=f"the decoder was brought down by it ({name})")
    return DecodeFailed(reason="the decoder was brought down by it")


def default_workers() -> int:
    """One process a core, at most four: decoding is bound by the cores."""
    return max(1, min(4, os.cpu_count() or 1))
