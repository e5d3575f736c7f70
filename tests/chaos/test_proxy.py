"""The proxy's own faults, between a client and an echo."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.chaos.people import until
from tests.chaos.proxy import Proxy, Streams, any_of

Dial = Callable[[Proxy], Awaitable[Streams]]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A port that says everything back."""

    async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1000):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(say_back, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def proxy(echo: int) -> AsyncIterator[Proxy]:
    made = Proxy(any_of(lambda: [echo], random.Random(1)))
    async with made.listening():
        yield made


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """Opens connections, and closes them at the end."""
    writers: list[asyncio.StreamWriter] = []

    async def open(proxy: Proxy) -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writers.append(writer)
        return reader, writer

    yield open
    for writer in writers:
        writer.transport.abort()


@pytest.fixture
def connected(dial: Dial) -> Dial:
    """The same, once something was carried both ways."""

    async def open(proxy: Proxy) -> Streams:
        reader, writer = await dial(proxy)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        return reader, writer

    return open


async def test_the_next_backend_is_taken_when_one_refuses(echo: int, connected: Dial):
    refusing = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = refusing.sockets[0].getsockname()[1]
    refusing.close()
    await refusing.wait_closed()
    made = Proxy(any_of(lambda: [port, echo], random.Random(1)))
    async with made.listening():
        for _ in range(8):
            await connected(made)


async def test_a_cut_is_heard_at_once(proxy: Proxy, connected: Dial):
    reader, _ = await connected(proxy)
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)


async def test_what_is_held_is_delivered_later_in_its_order(proxy: Proxy, connected: Dial):
    reader, writer = await connected(proxy)
    proxy.hold(True)
    writer.write(b"one ")
    writer.write(b"two")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.readexactly(1)
    proxy.hold(False)
    assert await reader.readexactly(7) == b"one two"


async def test_a_half_open_line_is_silent_both_ways(proxy: Proxy, connected: Dial):
    reader, writer = await connected(proxy)
    [pipe] = proxy.pipes
    pipe.swallowing = True
    writer.write(b"is anybody there?")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.read(1)
    pipe.reset()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)


async def test_a_frame_is_cut_after_so_many_bytes(proxy: Proxy, connected: Dial):
    reader, writer = await connected(proxy)
    [pipe] = proxy.pipes
    pipe.cut_after[pipe.client] = 3
    writer.write(b"a frame of many bytes")
    assert await reader.readexactly(3) == b"a f"
    with pytest.raises(ConnectionResetError):
        await reader.read(1)


async def test_who_is_refused_hears_that_his_connection_is_reset(proxy: Proxy, dial: Dial):
    proxy.refusing = True
    reader, _ = await dial(proxy)
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    await until(lambda: not proxy.pipes)
