"""`serve --workers N`: a parent that owns the store, decoding and ingest, and keeps N processes serving."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from readingroom.app import local_ingest
from readingroom.errors import WorkersFailed
from readingroom.imaging.library import Library
from readingroom.ingest_socket import answering
from readingroom.listening import Listening
from readingroom.settings import Settings

log = logging.getLogger(__name__)

RESTART_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0
STOP_PATIENCE_S: Final = 5.0
LOOK_S: Final = 0.05
READY_S: Final = 60.0
"""A new process compiles its kernels first, where nobody did before."""
SHORT_LIFE_S: Final = 10.0
TRIES: Final = 5
"""A worker that ends so often, each time so soon, and has never served, is not started again."""


@asynccontextmanager
async def working(
    settings: Settings, library: Library, *, redis_url: str, at: Listening
) -> AsyncIterator[None]:
    """N processes on one port, open when this is entered; whichever ends is started again until it is left.

    SIGHUP replaces them one after the other: the next one serves before the one before it goes.

    Raises WorkersFailed when none of them comes to serve.
    """
    socket = settings.data / "run" / "ingest.sock"
    async with local_ingest(settings, library) as ingest, answering(ingest, socket):
        environment = _environment(settings, redis_url)
        workers = [Worker(number, _command(at, socket), environment) for number in range(settings.workers)]
        keepers = [asyncio.create_task(worker.keep()) for worker in workers]
        renewals: set[asyncio.Task[None]] = set()

        def renew() -> None:
            renewals.add(asyncio.create_task(_renew(workers)))

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, renew)
        try:
            await _until_open(at, keepers)
            yield
        finally:
            loop.remove_signal_handler(signal.SIGHUP)
            for task in (*renewals, *keepers):
                task.cancel()
            await asyncio.gather(*renewals, *keepers, return_exceptions=True)


class Worker:
    """One serving process, and the one that takes its place when it ends or is to be renewed."""

    def __init__(self, number: int, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._number = number
        self._command = command
        self._environment = environment
        self._current: asyncio.subprocess.Process | None = None
        self._changed = asyncio.Event()

    async def keep(self) -> None:
        """Start it, and again whenever it ends, until cancelled; then end it.

        Raises WorkersFailed when it has never served and ended TRIES times in a row, each time soon after its
        start. One that has served is started for ever: what it lacks now, perhaps its store, comes back.
        """
        short_lives, has_served = 0, False
        try:
            while short_lives < TRIES or has_served:
                started = time.monotonic()
                self._current, ready = await self._start()
                code = await self._lives()
                log.warning("worker ended; starting it again", extra={"worker": self._number, "code": code})
                has_served = has_served or (ready.done() and ready.result())
                short_lives = short_lives + 1 if time.monotonic() - started < SHORT_LIFE_S else 0
                await asyncio.sleep(min(RESTART_PAUSE_S * 2**short_lives, LONGEST_PAUSE_S))
        finally:
            if self._current is not None:
                await _stop(self._current)
        raise WorkersFailed(tries=TRIES)

    async def renew(self) -> None:
        """Start the next one, and end this one once that serves; if it never does, nothing changes."""
        following, ready = await self._start()
        try:
            async with asyncio.timeout(READY_S):
                served = await ready
        except TimeoutError:
            served = False
        except asyncio.CancelledError:
            await _stop(following)
            raise
        if not served:
            log.error("worker not renewed: the new one did not come to serve", extra={"worker": self._number})
            await _stop(following)
            return
        before, self._current = self._current, following
        self._changed.set()
        if before is not None:
            await _stop(before)
        log.info("worker renewed", extra={"worker": self._number, "pid": following.pid})

    async def _lives(self) -> int:
        """Wait for the end of the process that serves, whichever that is by then."""
        while True:
            current = self._current
            assert current is not None
            self._changed.clear()
            ended = asyncio.create_task(current.wait())
            changed = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait({ended, changed}, return_when=asyncio.FIRST_COMPLETED)
                if current is self._current and ended.done():
                    return ended.result()
            finally:
                for task in (ended, changed):
                    task.cancel()

    async def _start(self) -> tuple[asyncio.subprocess.Process, asyncio.Future[bool]]:
        """A process, and whether it came to serve: it writes one byte when it does, none when it ends before.

        Its standard input is its leash: it ends when we let go, and the kernel lets go when we are killed.
        """
        reads, writes = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "--ready-fd",
                str(writes),
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                pass_fds=(writes,),
            )
        except BaseException:
            os.close(reads)
            raise
        finally:
            os.close(writes)
        ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(reads, _tell, reads, ready)
        return process, ready


def _tell(reads: int, ready: asyncio.Future[bool]) -> None:
    asyncio.get_running_loop().remove_reader(reads)
    said = os.read(reads, 1)
    os.close(reads)
    if not ready.done():
        ready.set_result(bool(said))


async def _renew(workers: Sequence[Worker]) -> None:
    """One after the other, so that most of them serve at any time."""
    for worker in workers:
        await worker.renew()


async def _until_open(at: Listening, keepers: Sequence[asyncio.Task[None]]) -> None:
    """Somebody listens at our address; the workers' own port check has made sure that it is one of them."""
    host = "127.0.0.1" if at.host == "0.0.0.0" else at.host
    while True:
        for keeper in keepers:
            if keeper.done():
                await keeper
        try:
            _, writer = await asyncio.open_connection(host, at.port)
        except OSError:
            await asyncio.sleep(LOOK_S)
        else:
            writer.close()
            return


def _command(at: Listening, socket: Path) -> list[str]:
    words = f"-m readingroom serve --workers 1 --host {at.host} --port {at.port} --share-port --ingest-socket"
    tls = ["--tls-self-made"] if at.tls is not None else []
    return [sys.executable, *words.split(), str(socket), *tls]


def _environment(settings: Settings, redis_url: str) -> dict[str, str]:
    environment = dict(os.environ, REDIS_URL=redis_url)
    environment["READINGROOM_DATA"] = str(settings.data)
    environment["READINGROOM_STUDIES"] = str(settings.studies_folder)
    environment["READINGROOM_CACHE"] = str(settings.cache_folder)
    if settings.weak_durability:
        environment["READINGROOM_WEAK_DURABILITY"] = "1"
    if settings.insecure:
        environment["READINGROOM_INSECURE"] = "1"
    if settings.public_url is not None:
        environment["READINGROOM_PUBLIC_URL"] = settings.public_url
    return environment


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
