"""A server that is far away: every byte between a browser and it arrives so much later, and in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

CHUNK: Final = 64 * 1024


@asynccontextmanager
async def far_away(port: int, *, round_trip_s: float) -> AsyncIterator[int]:
    """The port of loopback at which the server of `port` is, that far away."""
    running: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        there, to = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(_late(reader, to, round_trip_s / 2), _late(there, writer, round_trip_s / 2))
        except (OSError, asyncio.CancelledError):
            pass  # one end has gone, or the test is over
        finally:
            running.discard(task)
            for end in (to, writer):
                end.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def as_if_at(port: int, far_port: int) -> str:
    """What a browser is started with so that it finds the server of `port` at another one."""
    return f"--host-resolver-rules=MAP 127.0.0.1:{port} 127.0.0.1:{far_port}"


async def _late(source: asyncio.StreamReader, to: asyncio.StreamWriter, late_s: float) -> None:
    """What comes is written `late_s` later, however much comes meanwhile."""
    loop = asyncio.get_running_loop()
    on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        while True:
            due, data = await on_its_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                with contextlib.suppress(OSError):
                    to.write_eof()
                return
            to.write(data)
            await to.drain()

    arriving = asyncio.create_task(arrive())
    try:
        while data := await source.read(CHUNK):
            on_its_way.put_nowait((loop.time() + late_s, data))
        on_its_way.put_nowait((loop.time() + late_s, b""))
        await arriving
    finally:
        arriving.cancel()
