"""Rooms on the session's Valkey, and further processes on the same store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio as redis

from readingroom.rooms import line
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from tests.rooms.ear import Ear


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server that a test may kill."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    asyncio.run(server.ready())
    yield server
    asyncio.run(server.stop())


@pytest.fixture
async def raw(valkey: Valkey) -> AsyncIterator[redis.Redis]:
    """Redis itself, to look and to turn its clockwork by hand."""
    client = line.client(valkey.url)
    yield client
    await client.aclose()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def rooms(valkey: Valkey, ear: Ear) -> AsyncIterator[Rooms]:
    async with Rooms.open(valkey.url, process="one", listener=ear) as opened:
        yield opened


Another = Callable[[str], AbstractAsyncContextManager[tuple[Rooms, Ear]]]


@pytest.fixture
def another(valkey: Valkey) -> Another:
    """A further process: rooms of its own over the same store, and its ear."""

    @asynccontextmanager
    async def start(process: str) -> AsyncIterator[tuple[Rooms, Ear]]:
        ear = Ear()
        async with Rooms.open(valkey.url, process=process, listener=ear) as opened:
            yield opened, ear

    return start
