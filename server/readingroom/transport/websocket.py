"""The websocket under Engine.IO: no compression, no binary, a cap on frames before anything reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import WSMsgType, web

from readingroom.transport.buckets import TokenBucket
from readingroom.transport.packets import check

FRAMES_PER_SECOND: Final = 100
FRAMES_AT_ONCE: Final = 200
SEND_S: Final = 5.0
ADMIT_S: Final = 5.0

CONNECTION_KEY: Final = "readingroom.websocket"
"""Where a connection's websocket lies in the environ that Socket.IO hands to its handlers."""


class Websocket:
    """One connection, in the shape Engine.IO's asyncio drivers have.

    Text frames go out uncompressed, so a frame that was built once for everybody (see fanout.py) and those
    that Engine.IO sends itself are of one kind, each written whole in a single call.

    Nobody is waited for: while a frame of Engine.IO's is stuck no other is read, so what waits to be answered
    stays little, and after SEND_S the connection is cut. So is one that Socket.IO has not admitted in time.
    """

    def __init__(self, handler: Callable[[Websocket], Awaitable[None]], server: Any) -> None:
        self._handler = handler
        self._socket = web.WebSocketResponse(max_msg_size=server.max_http_buffer_size, compress=False)
        self._frames = TokenBucket(rate=FRAMES_PER_SECOND, burst=FRAMES_AT_ONCE)
        self._sent = asyncio.Event()
        self._sent.set()
        self.admitted = False
        self.receive: Callable[[str], Awaitable[bool]] | None = None
        """Takes frames of an admitted socket before Engine.IO sees them; False: not this one."""
        self._gone = False
        self.transport: asyncio.Transport | None = None
        self.environ: dict[str, Any] = {}

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        request: web.Request = environ["aiohttp.request"]
        try:
            await self._socket.prepare(request)
        except ConnectionError:
            self._gone = True  # Engine.IO hears of it at its first read, and forgets the connection
        self.transport = request.transport
        self.environ = environ
        environ[CONNECTION_KEY] = self
        patience = asyncio.get_running_loop().call_later(ADMIT_S, self._expect_admission)
        try:
            await self._handler(self)
        finally:
            patience.cancel()
            # Else these would hold each other until the collector looks at everything, which it does seldom.
            self.receive, self.environ = None, {}
            environ.pop(CONNECTION_KEY, None)
        return web.Response() if self._gone else self._socket

    async def wait(self) -> str | None:
        """The next text frame that is for Engine.IO; None when the connection ended or has to.

        An exception would hold the frames it came through, and these all that was said on the connection.
        """
        while True:
            await self._sent.wait()
            message = await self._socket.receive()
            if message.type is not WSMsgType.TEXT or not self._frames.take():
                return None
            text: str = message.data
            try:
                if self.receive is not None and await self.receive(text):
                    continue
                check(text)
            except ValueError:
                return None
            return text

    async def send(self, message: str | bytes) -> None:
        """One frame of Engine.IO's own."""
        if isinstance(message, bytes):
            raise TypeError("nothing binary leaves by the socket")
        if self._gone:
            raise OSError("the connection ended")
        self._sent.clear()
        try:
            async with asyncio.timeout(SEND_S):
                await self._socket.send_str(message)
        except TimeoutError:
            self.abort()
            raise OSError("the other side does not read") from None
        finally:
            self._sent.set()

    async def close(self) -> None:
        if not self._gone:
            await self._socket.close()

    def _expect_admission(self) -> None:
        if not self.admitted:
            self.abort()

    def abort(self) -> None:
        """End the connection now, without a word: the other side does not read."""
        if self.transport is not None:
            self.transport.abort()
