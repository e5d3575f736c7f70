"""`python -m tests.fuzz.dicom`: hostile files against a real server while somebody looks at a sound study.

Every mutant is read and decoded by a real pool; every few of them are imported together and looked at through
the server. The same seed makes the same mutants. Ends with 1 when a promise of picture.md is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import math
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import numpy as np

from readingroom.errors import FileRefused, ReadingRoomError
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.packing import row_bytes
from tests.fuzz.bombs import LONG, bombs
from tests.fuzz.house import Besieged, Memory
from tests.fuzz.mutants import Mutant, mutant, pile
from tests.fuzz.report import Report, name
from tests.fuzz.seeds import missing, seeds
from tests.transport.visitor import Visitor

BATCH: Final = 24
IMPORTED_EVERY: Final = 3
"""One batch in so many is also imported and looked at."""
EDGE, SLICES = 256, 16
PACE_S: Final = 0.03
"""Between two tiles of somebody who scrolls."""
HELD_BYTES: Final = 64 << 20
"""Pictures larger than this are decoded into one repeated pixel: only the refusal matters."""
STACKS_LOOKED_AT: Final = 8
PLANES: Final = ("planes/axial", "planes/coronal", "planes/sagittal/values/0/0/0/0")
PATIENCE_S: Final = 60.0
"""A picture is read by then, whatever else its stack holds."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.dicom", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long to go on (120)")
    parser.add_argument("--seed", type=int, default=None, help="repeat a run; drawn and told when not given")
    parser.add_argument(
        "--keep", type=Path, default=None, metavar="FOLDER", help="write every file tried there"
    )
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if asked.seed is None else asked.seed
    print(f"seed {seed}", flush=True)
    report = asyncio.run(fuzz(asked.seconds, seed, keep=asked.keep))
    print(report)
    sys.exit(1 if report.broken else 0)


async def fuzz(seconds: float, seed: int, *, keep: Path | None = None, most: int | None = None) -> Report:
    """One run of about `seconds`; or until `most` mutants and the quick bombs have been tried."""
    report = Report(seed)
    sound = await asyncio.to_thread(seeds)
    for syntax in missing(sound):
        print(f"no file to start from: {syntax}")
    made = (mutant(sound, seed, number) for number in itertools.count())
    files = itertools.chain(bombs(), made)
    if most is not None:
        files = itertools.chain(bombs(without=LONG), itertools.islice(made, most))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        phantom.write_chest(folder / "sound", slices=SLICES, rows=EDGE, columns=EDGE)
        async with (
            DecodePool(2) as pool,
            _standing(folder, report) as server,
            Visitor.at(server.url) as somebody,
        ):
            await pool.warm()
            siege = Siege(server, pool, Memory(pool.pids), report)
            opened = await server.room_of(None, pool)
            await somebody.join(opened.room, opened.host.secret, "Dr. Sound")
            quiet = asyncio.create_task(asyncio.sleep(max(1.0, seconds / 12)))
            await _scroll(somebody, report.alone, report, until=quiet)
            going_on = asyncio.create_task(
                siege.lay(files, keep or folder / "tried", seconds if most is None else None)
            )
            await _scroll(somebody, report.besieged, report, until=going_on)
            await going_on
            report.memory = str(siege.memory)
            if siege.memory.over:
                report.breaks(f"a decode process took {siege.memory.over >> 20} MiB more than it may")
    return report


@contextlib.asynccontextmanager
async def _standing(folder: Path, report: Report) -> AsyncIterator[Besieged]:
    """A server over the sound study; its death and what it logged as an error are told at the end."""
    server = Besieged(folder)
    await server.open(folder / "sound")
    try:
        yield server
        if not server.lives:
            report.deaths += 1
            report.breaks("the server has died")
        for line in server.errors():
            report.breaks(f"the server's log: {line}")
    finally:
        await server.close()


async def _scroll(visitor: Visitor, times: list[float], report: Report, *, until: asyncio.Task[None]) -> None:
    """Somebody scrolls through a sound study."""
    index = await visitor.json(f"/api/rooms/{visitor.room}/series")
    path = f"/api/rooms/{visitor.room}/series/{index['series'][0]['series']}/0"
    for turn in itertools.count():
        if until.done():
            return
        what = "values" if turn % 2 else "display"
        start = time.monotonic()
        try:
            response = await visitor.get(
                f"{path}/{what}/{turn % SLICES}/0/0/0" + f"?c={turn}&w=400" * (turn % 2 == 0)
            )
        except aiohttp.ClientError as error:
            report.breaks(f"somebody else's tile: {type(error).__name__}")
            return
        times.append(time.monotonic() - start)
        report.answered(times[-1], "somebody else's tile")
        if response.status != 200:
            report.breaks(f"somebody else's tile: {response.status}")
        await asyncio.wait([until], timeout=PACE_S)


@dataclass(frozen=True, slots=True)
class Siege:
    """Files tried on our own pool, which tells what became of each, and by way of imports on the server."""

    server: Besieged
    pool: DecodePool
    memory: Memory
    report: Report

    async def lay(self, files: Iterator[Mutant], folder: Path, seconds: float | None) -> None:
        """Try them batch by batch, until there are none or the time is over."""
        end = math.inf if seconds is None else time.monotonic() + seconds
        for turn in itertools.count():
            batch = list(itertools.islice(files, BATCH))
            if not batch or time.monotonic() > end or not self.server.lives:
                return
            below = folder / f"{turn:05d}"
            paths = await asyncio.to_thread(_write, batch, below)
            waiting = iter(zip(batch, paths, strict=True))
            await self._watched(asyncio.gather(*(self._try(waiting) for _ in range(self.pool.workers))))
            if turn % IMPORTED_EVERY == 0:
                await self._watched(asyncio.ensure_future(self._import(below)))
                below = folder / f"{turn:05d} pile"
                await asyncio.to_thread(_write, pile(self.report.seed, turn), below)
                await self._watched(asyncio.ensure_future(self._import(below)))

    async def _watched(self, work: asyncio.Future[Any]) -> None:
        """Wait for it, and look at the decode processes meanwhile."""
        while not work.done():
            self.memory.look([os.getpid(), self.server.pid])
            await asyncio.wait([work], timeout=0.05)
        await work

    async def _try(self, waiting: Iterator[tuple[Mutant, Path]]) -> None:
        for one, path in waiting:
            start = time.monotonic()
            (header,) = await self.pool.headers([path])
            self.report.answered(time.monotonic() - start, name(one))
            refused = header if isinstance(header, FileRefused) else await self._decode(one, path, header)
            self.report.outcome(one, refused, decoded=not isinstance(header, FileRefused))

    async def _decode(self, one: Mutant, path: Path, header: FileHeader) -> FileRefused | None:
        """Some of its frames and their overlays; the first refusal."""
        last = len(header.frames) - 1
        color = (3,) if header.samples == 3 else ()
        for index in sorted({0, last // 2, last}):
            start = time.monotonic()
            target = _target((header.rows, header.columns, *color), header.dtype)
            (refused,) = await self.pool.decode(path, [index], [target])
            if refused is None and header.frames[index].overlay:
                packed = _target((header.rows, row_bytes(header.columns)), "uint8")
                (refused,) = await self.pool.overlays(path, [index], [packed])
            self.report.answered(time.monotonic() - start, name(one))
            if refused is not None:
                return refused
        return None

    async def _import(self, folder: Path) -> None:
        """Import a batch as a whole, and ask the server for everything it can show of it."""
        self.report.imports += 1
        where = f"import of batch {folder.name}"
        try:
            studies = (await self.server.take_in(folder, self.pool)).studies
            opened = await self.server.room_of(studies, self.pool)
        except ReadingRoomError as refused:
            self.report.answers[f"import {refused.code}"] += 1
            return
        except Exception as error:  # whatever it is, the importing command would have died of it
            last = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{Path(last.filename).name}:{last.lineno}"
            self.report.breaks(f"{where}: {type(error).__name__}: {error} ({at})")
            return
        await asyncio.to_thread(self.server.forget_the_oldest, studies)
        async with Visitor.at(self.server.url) as visitor:
            try:
                await visitor.join(opened.room, opened.host.secret, "Dr. Mutant")
                await self._look_at_all(visitor, where)
            except (aiohttp.ClientError, AssertionError) as error:
                self.report.breaks(f"{where}: {type(error).__name__}: {error}")

    async def _look_at_all(self, visitor: Visitor, where: str) -> None:
        index = await visitor.json(f"/api/rooms/{visitor.room}/series")
        stacks = [
            (f"/api/rooms/{visitor.room}/series/{series['series']}/{number}", stack["frames"])
            for series in index["series"]
            for number, stack in enumerate(series["stacks"])
        ]
        for path, frames in stacks[:STACKS_LOOKED_AT]:
            for place in sorted({0, (frames - 1) // 2, frames - 1}):
                await self._ask(visitor, f"{path}/values/{place}/0/0/0", "values", where)
                await self._ask(visitor, f"{path}/display/{place}/0/0/0?c=40&w=400", "display", where)
                await self._ask(visitor, f"{path}/overlay/{place}", "overlay", where)
            for what in ("voi-lut/0", "palette", "thumbnail", *PLANES):
                await self._ask(visitor, f"{path}/{what}", what, where)

    async def _ask(self, visitor: Visitor, path: str, what: str, where: str) -> None:
        """One request, again while the picture is still being read; every answer has a name."""
        patience = time.monotonic() + PATIENCE_S
        code = "SLICE_NOT_READY"
        while code == "SLICE_NOT_READY" and time.monotonic() < patience:
            start = time.monotonic()
            response = await visitor.get(path)
            self.report.answered(time.monotonic() - start, path)
            code = "OK" if response.status == 200 else (await response.json())["error"]["code"]
            if code == "SLICE_NOT_READY":
                await asyncio.sleep(PACE_S)
        self.report.answers[f"{what} {code}"] += 1
        if code in ("INTERNAL", "SLICE_NOT_READY"):
            self.report.breaks(f"{where}: {what} answered {code}")


def _write(batch: Sequence[Mutant], folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    paths = [folder / f"{place} {one.number}.dcm" for place, one in enumerate(batch)]
    for one, path in zip(batch, paths, strict=True):
        path.write_bytes(one.data)
    return paths


def _target(shape: tuple[int, ...], dtype: str) -> np.ndarray[Any, Any]:
    """An array to decode into; one of more than HELD_BYTES is a single number many times."""
    if np.dtype(dtype).itemsize * math.prod(shape) <= HELD_BYTES:
        return np.zeros(shape, dtype)
    return np.lib.stride_tricks.as_strided(np.zeros(1, dtype), shape, (0,) * len(shape))


if __name__ == "__main__":
    main()
