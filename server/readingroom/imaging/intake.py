"""Files taken in: copied to our disk and hashed, their headers read meanwhile, each accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from readingroom.errors import DuplicateFile, FileRefused, Truncated
from readingroom.imaging.decode_pool import HEADERS_AT_ONCE, DecodePool
from readingroom.imaging.finishing import to_its_end
from readingroom.imaging.gathering import Found, refused_file
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.safe_write import create_private
from readingroom.imaging.sorting.pictures import ImportedFile

COPY_THREADS = 2
STEP_S = 0.1
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files: perhaps unpacked, then copied; reading (the headers) ends it."""

    stage: Literal["reading", "copying", "unpacking"]
    done: int
    total: int


class Steps:
    """Hands on what somebody can see: the first and the last step of a stage, and else so many a second.

    Called in any thread.
    """

    def __init__(self, told: Callable[[Progress], None]) -> None:
        self._told = told
        self._last: tuple[str, float] = ("", 0.0)

    def __call__(self, step: Progress) -> None:
        stage, at = self._last
        now = time.monotonic()
        if stage == step.stage and step.done < step.total and now - at < STEP_S:
            return
        self._last = (step.stage, now)
        self._told(step)


async def take_in(
    found: Sequence[Found],
    folder: Path,
    pool: DecodePool,
    progress: Callable[[Progress], None],
) -> tuple[list[ImportedFile], list[RefusedFile]]:
    """Copy every file to `folder` and hash it, read the headers of the copies meanwhile.

    One bad file costs itself. Raises OSError where `folder` cannot be written.
    """
    loop = asyncio.get_running_loop()
    copied = 0
    read = 0

    async def batch(number: int, members: Sequence[Found]) -> list[tuple[str, FileHeader | FileRefused]]:
        nonlocal copied, read
        names = [f"{number + i:06d}.dcm" for i in range(len(members))]
        hashes = []
        for member, name in zip(members, names, strict=True):
            hashes.append(await loop.run_in_executor(threads, _take, member, folder / name))
            copied += 1
            progress(Progress("copying", copied, len(found)))
        whole = [i for i, taken in enumerate(hashes) if isinstance(taken, str)]
        headers = dict(zip(whole, await pool.headers([folder / names[i] for i in whole]), strict=True))
        read += len(members)
        if copied == len(found):
            progress(Progress("reading", read, len(found)))
        return [
            (taken, headers[i]) if isinstance(taken, str) else ("", taken) for i, taken in enumerate(hashes)
        ]

    starts = iter(range(0, len(found), HEADERS_AT_ONCE))
    answers: dict[int, list[tuple[str, FileHeader | FileRefused]]] = {}

    async def take_batches() -> None:
        for at in starts:
            answers[at] = await batch(at, found[at : at + HEADERS_AT_ONCE])

    threads = ThreadPoolExecutor(COPY_THREADS, thread_name_prefix="import")
    # So many that some copy while others wait for the headers of what they copied.
    running = [asyncio.create_task(take_batches()) for _ in range(COPY_THREADS + pool.workers)]
    try:
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
        await to_its_end(partial(threads.shutdown, cancel_futures=True))
    return sort_out(found, [answer for at in sorted(answers) for answer in answers[at]])


def sort_out(
    found: Sequence[Found], read: Iterable[tuple[str, FileHeader | FileRefused]]
) -> tuple[list[ImportedFile], list[RefusedFile]]:
    """The files with a header, and those left out: unreadable, or the same bytes again.

    `read` holds the SHA-256 and the header, or its refusal, of each file in `found`.
    """
    files: list[ImportedFile] = []
    refused: list[RefusedFile] = []
    known: set[str] = set()
    for number, (member, (sha256, header)) in enumerate(zip(found, read, strict=True)):
        if isinstance(header, FileRefused):
            refused.append(refused_file(member.source, header))
        elif sha256 in known:
            refused.append(refused_file(member.source, DuplicateFile()))
        else:
            known.add(sha256)
            files.append(ImportedFile(header, f"{number:06d}.dcm", member.source, sha256))
    return files, refused


def _take(member: Found, target: Path) -> str | FileRefused:
    """Copy (or move what is ours already) and give the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(BLOCK))
    try:
        source = member.path.open("rb", buffering=0)
    except OSError:
        return Truncated(reason="it can no longer be opened")
    with source, contextlib.ExitStack() as stack:
        copy = None if member.ours else stack.enter_context(create_private(target))
        while True:
            try:
                count = source.readinto(buffer)
            except OSError:
                return Truncated(reason="it cannot be read to its end")
            if not count:
                break
            digest.update(buffer[:count])
            rest = buffer[:count]
            while copy is not None and rest:
                rest = rest[copy.write(rest) :]
    if member.ours:
        member.path.rename(target)
    return digest.hexdigest()
