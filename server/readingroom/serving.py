"""One process that serves until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from aiohttp import web

from readingroom.app import House
from readingroom.listening import Listening

log = logging.getLogger(__name__)

DRAIN_S: Final = 0.5
"""How long requests may take to finish when this process stops, once its sockets are closed."""
COLLECTION: Final = (10_000, 5, 5)
"""After how many new objects the garbage collector looks at the young, then at the older, then at all.

By default it looks at all so often that with 2,000 sockets everybody waits for 0.4 s every few seconds.
"""


@asynccontextmanager
async def serving(house: House, at: Listening, *, share_port: bool = False) -> AsyncIterator[None]:
    """The house answers at its address; on leaving, open sockets are told and requests may finish."""
    runner = web.AppRunner(house.app, access_log=None, shutdown_timeout=DRAIN_S, auto_decompress=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, at.host, at.port, ssl_context=at.tls, reuse_port=share_port or None)
        await site.start()
        log.info("serving", extra={"host": at.host, "port": at.port})
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _tell_alive, house)
        try:
            with _collecting_seldom():
                yield
        finally:
            asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)
            house.health.leave()
            await site.stop()
            await house.sockets.close()
    finally:
        await runner.cleanup()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """What the process has by now stays and is looked at no more; what comes is looked at in larger lots."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTION)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _tell_alive(house: House) -> None:
    """What this process holds at this moment, for whoever looks for leaks (`kill -USR1`)."""
    held = {
        "tasks": len(asyncio.all_tasks()),
        "sockets": house.sockets.count,
        "rooms": house.rooms.watched,
    }
    log.info("alive", extra=held)


async def stopped(*, leash: int | None = None) -> None:
    """Returns when this process is asked to stop (SIGTERM, SIGINT).

    Also when the other end of the pipe `leash` (a file descriptor) is closed: whoever held it has gone.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if leash is not None:
        loop.add_reader(leash, stop.set)  # nothing is ever written to it; it becomes readable at its end
    await stop.wait()
    if leash is not None:
        loop.remove_reader(leash)
