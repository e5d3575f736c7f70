"""`serve --workers N`: a parent that owns the store, decoding and ingest, and keeps N processes serving."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
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
STOP_PATIENCE_S: Final = 5.0
LOOK_S: Final = 0.05
SHORT_LIFE_S: Final = 10.0
TRIES: Final = 5
"""A worker that ends so often, each time so soon, is not started again."""


@asynccontextmanager
async def working(
    settings: Settings, library: Library, *, redis_url: str, at: Listening
) -> AsyncIterator[None]:
    """N processes on one port, open when this is entered; whichever ends is started again until it is left.

    Raises WorkersFailed when none of them comes to serve.
    """
    socket = settings.data / "run" / "ingest.sock"
    async with local_ingest(settings, library) as ingest, answering(ingest, socket):
        keepers = [
            asyncio.create_task(
                _keep_running(number, _command(at, socket), _environment(settings, redis_url))
            )
            for number in range(settings.workers)
        ]
        try:
            await _until_open(at, keepers)
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)


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


async def _keep_running(number: int, command: list[str], environment: dict[str, str]) -> None:
    """Its standard input is its leash: it ends when we let go, and the kernel lets go when we are killed."""
    short_lives = 0
    while short_lives < TRIES:
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=asyncio.subprocess.PIPE
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        log.warning("worker ended; starting it again", extra={"worker": number, "code": code})
        short_lives = short_lives + 1 if time.monotonic() - started < SHORT_LIFE_S else 0
        await asyncio.sleep(RESTART_PAUSE_S * 2**short_lives)
    raise WorkersFailed(tries=TRIES)


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(STOP_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
