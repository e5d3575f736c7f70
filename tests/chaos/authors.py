"""People who go on writing whatever happens to the processes: each change is sent until it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import socketio

from tests.transport.visitor import Socket, Visitor

PAUSE_S = 0.02
ANSWER_S = 2.0


class Author:
    """One page's persistence without the page: the same op_id again, on another socket if need be."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.acknowledged: dict[str, int] = {}
        self.longest_gap_s = 0.0
        self._progress = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, room: str, secret: str, name: str) -> AsyncIterator[Author]:
        """Somebody who writes until the block ends, and then until his last change is answered."""
        async with Visitor.at(url) as visitor:
            await visitor.join(room, secret, name)
            author = cls(visitor)
            stop = asyncio.Event()
            writing = asyncio.create_task(author._write(stop))
            try:
                yield author
            finally:
                stop.set()
                async with asyncio.timeout(30):
                    await writing

    async def written(self, count: int) -> None:
        """Wait until so many more changes were acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(60), self._progress:
            await self._progress.wait_for(lambda: len(self.acknowledged) >= wanted)

    async def _write(self, stop: asyncio.Event) -> None:
        socket = await self._come_in()
        while not stop.is_set():
            op_id = secrets.token_urlsafe(16)
            op = {"op_id": op_id, "command": {"kind": "chat.say", "text": f"change {op_id}"}}
            began = time.monotonic()
            while op_id not in self.acknowledged:
                answer = await self._asked(socket, op)
                if answer is not None and answer["ok"]:
                    async with self._progress:
                        self.acknowledged[op_id] = answer["revision"]
                        self._progress.notify_all()
                elif socket.gone.is_set():
                    socket = await self._come_in()
            self.longest_gap_s = max(self.longest_gap_s, time.monotonic() - began)
            await asyncio.sleep(0.11)  # at most 10 changes a second are taken of one person

    async def _asked(self, socket: Socket, op: dict[str, object]) -> dict[str, object] | None:
        asking = asyncio.create_task(socket.client.call("op", op, timeout=ANSWER_S))
        gone = asyncio.create_task(socket.gone.wait())
        await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not asking.done():
            asking.cancel()
        with contextlib.suppress(asyncio.CancelledError, socketio.exceptions.SocketIOError):
            answer: dict[str, object] = await asking
            return answer
        await asyncio.sleep(PAUSE_S)
        return None

    async def _come_in(self) -> Socket:
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
                    return await self.visitor.connect()
                await asyncio.sleep(PAUSE_S)
