"""A websocket without manners: bytes out, frames in, nothing checked and nothing read unless asked."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from tests.transport.visitor import Visitor

TEXT, CLOSE, PING = 0x81, 0x88, 0x89


@dataclass
class RawSocket:
    """Both ends of one TCP connection that has become a websocket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, text: str, kind: int = TEXT) -> None:
        payload = text.encode()
        size = len(payload)
        head = bytes((kind, 0x80 | size)) if size < 126 else bytes((kind, 0xFE)) + size.to_bytes(2, "big")
        self.writer.write(head + bytes(4) + payload)
        await self.writer.drain()

    async def receive(self) -> tuple[int, bytes]:
        """The next frame: its first byte and its payload. IncompleteReadError at the end."""
        kind, size = await self.reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self.reader.readexactly(8), "big")
        return kind, await self.reader.readexactly(size)

    async def ended(self, timeout_s: float) -> bool:
        """Whether the server ends the connection within this time; whatever it says before is dropped."""
        try:
            async with asyncio.timeout(timeout_s):
                while (await self.receive())[0] != CLOSE:
                    pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return True
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def raw_socket(url: str, visitor: Visitor | None = None) -> AsyncIterator[RawSocket]:
    """A websocket past its handshake, with the visitor's cookies when one is given."""
    at = URL(url)
    cookies = visitor.http.cookie_jar.filter_cookies(at) if visitor is not None else {}
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"{aiohttp.hdrs.HOST}: {at.authority}",
        f"Origin: {url}",
        f"Cookie: {'; '.join(f'{one.key}={one.value}' for one in cookies.values())}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    reader, writer = await asyncio.open_connection(at.host, at.port)
    try:
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        yield RawSocket(reader, writer)
    finally:
        writer.close()
