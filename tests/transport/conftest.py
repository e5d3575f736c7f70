"""A whole house on a free port of loopback, over a small phantom chest, and people who come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from readingroom.app import House, local_ingest, open_house
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.listening import Listening, listening
from readingroom.opening import OpenedRoom, open_room
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.hosts import Hosts
from readingroom.serving import serving
from readingroom.settings import Settings, read_settings
from tests.transport.visitor import Visitor

SLICES, EDGE = 12, 64


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose library holds the phantom and its prior."""
    data = tmp_path_factory.mktemp("house")
    phantom.write_study(data / "phantom", slices=SLICES, rows=EDGE, columns=EDGE)

    async def bring_in() -> None:
        async with DecodePool() as pool:
            await import_path(data / "phantom", Library(data / "studies"), pool, lambda _: None)

    asyncio.run(bring_in())
    return data


@dataclass(frozen=True)
class Standing:
    """A house that answers, and how to get another room in it."""

    house: House
    at: Listening
    settings: Settings
    redis_url: str
    library: Library
    room: OpenedRoom

    @property
    def url(self) -> str:
        return self.at.urls[0]


@pytest.fixture
async def standing(furnished: Path, valkey: Valkey) -> AsyncIterator[Standing]:
    settings = read_settings(data=furnished, port=0, redis_url=valkey.url)
    async with AsyncExitStack() as stack:
        library = Library(settings.studies_folder)
        at = listening(settings)
        ingest = await stack.enter_async_context(local_ingest(settings, library))
        room = await open_room(
            settings, library.studies(), library=library, ingest=ingest, redis_url=valkey.url
        )
        house = await stack.enter_async_context(
            open_house(settings, redis_url=valkey.url, door=at.door, ingest=ingest, library=library)
        )
        await stack.enter_async_context(serving(house, at))
        yield Standing(house, at, settings, valkey.url, library, room)


@pytest.fixture
async def doctor(standing: Standing) -> AsyncIterator[Visitor]:
    async with Visitor.at(standing.url) as visitor:
        await visitor.join(standing.room.room, standing.room.host.secret, "Dr. Weber")
        yield visitor


@pytest.fixture
async def hosts(valkey: Valkey) -> AsyncIterator[Hosts]:
    """Whoever makes links beside the server."""
    async with Hosts.open(valkey.url) as opened:
        yield opened


@pytest.fixture
async def signed_in(standing: Standing, hosts: Hosts) -> AsyncIterator[Visitor]:
    """Somebody at the studies page, in no room."""
    async with Visitor.at(standing.url) as visitor:
        status, answer = await visitor.sign_in(await hosts.link())
        assert status == 200, answer
        yield visitor


@pytest.fixture
async def patient(standing: Standing) -> AsyncIterator[Visitor]:
    async with Visitor.at(standing.url) as visitor:
        await visitor.join(standing.room.room, standing.room.patient.secret, "Maria")
        yield visitor
