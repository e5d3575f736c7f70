"""The websocket under Engine.IO: no compression, no binary, a cap on frames before anything reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import WSMsgType, web

from readingroom.transport.buckets import TokenBucket

FRAMES_PER_SECOND: Final = 100
FRAMES_AT_ONCE: Final = 200

CONNECTION_KEY: Final = "readingroom.websocket"
"""Where a connection's websocket lies in the environ that Socket.IO hands to its handlers."""


class Websocket:
    """One connection, in the shape Engine.IO's asyncio drivers have.

    Text frames go out uncompressed, so a frame that was built once for everybody (see fanout.py) and those
    that Engine.IO sends itself are of one kind, each written whole in a single call.
    """

    def __init__(self, handler: Callable[[Websocket], Awaitable[None]], server: Any) -> None:
        self._handler = handler
        self._socket = web.WebSocketResponse(max_msg_size=server.max_http_buffer_size, compress=False)
        self._frames = TokenBucket(rate=FRAMES_PER_SECOND, burst=FRAMES_AT_ONCE)
        self.transport: asyncio.Transport | None = None
        self.environ: dict[str, Any] = {}

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        await self._socket.prepare(request)
        self.transport = request.transport
        self.environ = environ
        environ[CONNECTION_KEY] = self
        await self._handler(self)
        return self._socket

    async def wait(self) -> str:
        """The next text frame. Raises OSError when the connection ended or has to."""
        message = await self._socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise OSError("the connection ended")
        if not self._frames.take():
            raise OSError("too many frames")
        text: str = message.data
        return text

    async def send(self, message: str | bytes) -> None:
        """One frame of Engine.IO's own."""
        if isinstance(message, bytes):
            raise TypeError("nothing binary leaves by the socket")
        await self._socket.send_str(message)

    async def close(self) -> None:
        await self._socket.close()

    def abort(self) -> None:
        """End the connection now, without a word: the other side does not read."""
        if self.transport is not None:
            self.transport.abort()
