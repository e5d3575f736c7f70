"""A TCP proxy that can be as bad as a network: late, cutting, holding, swallowing; and a load balancer."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

CHUNK: Final = 64 * 1024
CONNECT_S: Final = 0.5
ARRIVES_S: Final = 0.01
"""What was written before a reset is lost unless it was read by then."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Streams]]
"""Opens a connection to a backend. OSError when none takes it."""


@dataclass(slots=True, eq=False)
class Pipe:
    """One connection through the proxy. Bytes wait until `open` is set, and go nowhere if `swallowing`."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    open: asyncio.Event
    late_s: float = 0.0
    swallowing: bool = False
    cut_after: dict[asyncio.StreamWriter, int] = field(default_factory=dict)
    """How many more bytes may pass to this end before the whole connection is cut."""

    def reset(self) -> None:
        """Both ends hear RST at once, and what is on its way is lost."""
        for end in (self.client, self.server):
            sock = end.get_extra_info("socket")
            if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()
        self.open.set()


class Proxy:
    """Listens on a port of loopback; each connection is dialled on and carried."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._tasks: set[asyncio.Task[None]] = set()
        self._pipes: set[Pipe] = set()
        self.port = 0
        self.refusing = False
        """Nobody comes through: whoever tries hears RST."""
        self._holding = False
        self._late_s = 0.0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for pipe in list(self._pipes):
                pipe.reset()

    @property
    def url(self) -> str:
        """As the address of a store."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pipes(self) -> list[Pipe]:
        return list(self._pipes)

    # --- faults ---------------------------------------------------------------------------------------------
    def cut(self) -> None:
        """RST on everything that is open."""
        for pipe in self.pipes:
            pipe.reset()

    def hold(self, holding: bool) -> None:
        """A black hole: nothing gets through, and all of it is delivered once it is over."""
        self._holding = holding
        for pipe in self.pipes:
            if holding:
                pipe.open.clear()
            else:
                pipe.open.set()

    def late(self, seconds: float) -> None:
        """Every piece of every connection waits so long."""
        self._late_s = seconds
        for pipe in self.pipes:
            pipe.late_s = seconds

    # --- carrying -------------------------------------------------------------------------------------------
    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        pipe = Pipe(writer, writer, asyncio.Event(), late_s=self._late_s)
        if not self._holding:
            pipe.open.set()
        self._pipes.add(pipe)
        try:
            if self.refusing:
                raise ConnectionRefusedError
            await pipe.open.wait()
            async with asyncio.timeout(CONNECT_S):
                there, pipe.server = await self._dial()
            await asyncio.gather(self._pump(pipe, reader, pipe.server), self._pump(pipe, there, pipe.client))
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # asyncio asks this task for its exception, and cannot bear that it was cancelled
        finally:
            pipe.reset()
            self._pipes.discard(pipe)
            self._tasks.discard(task)

    async def _pump(self, pipe: Pipe, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK):
            if pipe.late_s:
                await asyncio.sleep(pipe.late_s)
            await pipe.open.wait()
            if pipe.swallowing:
                continue
            if (left := pipe.cut_after.get(to)) is not None and len(data) >= left:
                to.write(data[:left])
                await asyncio.sleep(ARRIVES_S)
                raise ConnectionResetError
            to.write(data)
            await to.drain()
        if to.can_write_eof():
            to.write_eof()


def any_of(backends: Callable[[], list[int]], chance: random.Random) -> Dial:
    """Like a load balancer: one of the ports by chance, the next one when it refuses."""

    async def dial() -> Streams:
        ports = backends()
        chance.shuffle(ports)
        for port in ports:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        raise ConnectionRefusedError

    return dial


def unix(path: str) -> Dial:
    """The one backend at a unix socket."""
    return lambda: asyncio.open_unix_connection(path)
