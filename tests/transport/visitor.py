"""A person's browser without the browser: a cookie jar, HTTP, and the stock Socket.IO client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio

from readingroom.protocol import PROTOCOL_VERSION


class Visitor:
    """One browser at one address."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http
        self.room = ""
        self.grant = ""
        self.principal = ""
        self.answer: dict[str, Any] = {}
        self._sockets: list[Socket] = []

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator[Visitor]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            visitor = cls(url, http)
            try:
                yield visitor
            finally:
                for socket in visitor._sockets:
                    await socket.client.disconnect()
                    await socket.client.shutdown()

    async def post_join(
        self, room: str, secret: str, name: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """`POST /api/join` as our page does it, with other headers where given."""
        sent = {"Origin": self.url, "X-ReadingRoom": "1", **headers}
        body = {"room": room, "secret": secret, "name": name}
        async with self.http.post(f"{self.url}/api/join", json=body, headers=sent) as response:
            return response.status, await response.json()

    async def join(self, room: str, secret: str, name: str | None = None) -> dict[str, Any]:
        status, answer = await self.post_join(room, secret, name)
        assert status == 200, answer
        self.room, self.grant, self.principal = answer["room"], answer["grant"], answer["principal"]
        self.answer = answer
        return self.answer

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """A request of our page that changes something, with other headers where given."""
        return await self._change("POST", path, body, headers)

    async def delete(self, path: str, **headers: str) -> tuple[int, Any]:
        return await self._change("DELETE", path, None, headers)

    async def _change(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        sent = {"Origin": self.url, "X-ReadingRoom": "1", **headers}
        if self.grant:
            sent.setdefault("X-ReadingRoom-Grant", self.grant)
        async with self.http.request(method, f"{self.url}{path}", json=body, headers=sent) as response:
            return response.status, await response.json()

    async def sign_in(self, secret: str) -> tuple[int, Any]:
        return await self.post("/api/sign-in", {"secret": secret})

    async def get(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        """A request of our page inside the room; the body is read."""
        sent = {"X-ReadingRoom-Grant": self.grant} if self.grant else {}
        sent |= headers
        response = await self.http.get(f"{self.url}{path}", headers=sent)
        await response.read()
        return response

    async def json(self, path: str) -> Any:
        response = await self.get(path)
        assert response.status == 200, await response.text()
        return await response.json()

    async def connect(self, **hello: Any) -> Socket:
        """A socket that has been welcomed, not yet synced."""
        socket = Socket()
        self._sockets.append(socket)
        cookies = self.http.cookie_jar.filter_cookies(aiohttp.client.URL(self.url))
        headers = {"Origin": self.url, "Cookie": "; ".join(f"{c.key}={c.value}" for c in cookies.values())}
        auth = {"protocol": PROTOCOL_VERSION, "room": self.room, "grant": self.grant, **hello}
        try:
            await socket.client.connect(self.url, headers=headers, auth=auth, transports=["websocket"])
        except socketio.exceptions.ConnectionError as error:
            raise ConnectionRefusedError(socket.refusal.get("code", str(error))) from None
        socket.welcome = await socket.next("welcome")
        return socket

    async def enter(self) -> Socket:
        """A socket in the room's fan-out, with the snapshot it starts from."""
        socket = await self.connect()
        answer = await socket.ask("sync", {})
        assert answer["ok"], answer
        socket.snapshot = await self.json(f"/api/rooms/{self.room}/snapshot")
        return socket


class Socket:
    """The stock client and what it heard."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.heard: dict[str, asyncio.Queue[Any]] = {}
        self.gone = asyncio.Event()
        self.welcome: dict[str, Any] = {}
        self.snapshot: dict[str, Any] = {}
        self.refusal: dict[str, Any] = {}
        self.client.on("*", self._hear)
        self.client.on("disconnect", self._left)
        self.client.on("connect_error", self._refused)

    async def ask(self, event: str, data: Any) -> dict[str, Any]:
        """Send and wait for the acknowledgement."""
        answer: dict[str, Any] = await self.client.call(event, data, timeout=10)
        return answer

    async def next(self, event: str) -> Any:
        async with asyncio.timeout(10):
            return await self._queue(event).get()

    async def _hear(self, event: str, data: Any) -> None:
        await self._queue(event).put(data)

    async def _refused(self, data: Any) -> None:
        self.refusal = data["data"] if isinstance(data, dict) else {}

    async def _left(self, *_: Any) -> None:
        self.gone.set()

    def _queue(self, event: str) -> asyncio.Queue[Any]:
        return self.heard.setdefault(event, asyncio.Queue())
