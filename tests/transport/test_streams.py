"""Many pictures in one answer over HTTP: the same tiles, to the same people, while they are taken."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from readingroom.app import local_ingest, open_house
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.listening import listening
from readingroom.opening import open_room
from readingroom.rooms.embedded import Valkey
from readingroom.serving import serving
from readingroom.settings import read_settings
from tests.long_series import write_long_series
from tests.streamed import streamed
from tests.transport.conftest import SLICES, Standing
from tests.transport.test_tiles_over_http import UNPACK, shown
from tests.transport.visitor import Visitor

LONG = 700


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
async def test_the_preview_is_the_tiles_of_its_level_in_every_encoding(doctor: Visitor, encoding: str):
    path, _ = await shown(doctor)
    response = await doctor.http.get(
        f"{doctor.url}{path}/preview",
        headers={"X-ReadingRoom-Grant": doctor.grant, "Accept-Encoding": encoding},
        auto_decompress=False,
    )
    assert response.status == 200
    assert response.headers.get("Content-Encoding", "identity") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Cache-Control"] == "no-store"
    found = streamed(UNPACK[encoding](await response.read()))
    assert (found.frames, found.asked, found.missing) == (SLICES, SLICES, [])
    assert set(found.tiles) == set(range(SLICES))
    for index, tile in found.tiles.items():
        one = await doctor.get(f"{path}/values/{index}/{found.level}/0/0")
        assert tile == await one.read()


async def test_it_begins_at_the_frame_that_is_named_and_holds_what_is_wanted(patient: Visitor):
    path, _ = await shown(patient)
    response = await patient.get(f"{path}/preview?from=3&of=0-4,9-9")
    assert streamed(await response.read()).order == [3, 4, 2, 1, 0, 9]


async def test_a_range_is_the_tiles_in_the_direction_that_is_named(patient: Visitor):
    path, _ = await shown(patient)
    found = streamed(await (await patient.get(f"{path}/values-range/0?frames=8-5")).read())
    assert (found.order, found.missing) == ([8, 7, 6, 5], [])
    assert found.tiles[6] == await (await patient.get(f"{path}/values/6/0/0/0")).read()


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("preview?from=-1", 400, "NO_SUCH_TILE"),
        (f"preview?from={SLICES}", 400, "SLICE_OUT_OF_RANGE"),
        (f"preview?of=0-{SLICES}", 400, "SLICE_OUT_OF_RANGE"),
        ("preview?of=", 400, "BAD_REQUEST"),
        ("preview?of=1-2-3", 400, "BAD_REQUEST"),
        ("preview?of=" + ",".join(["0-1"] * 65), 400, "BAD_REQUEST"),
        ("preview?of=0-9999999999", 400, "BAD_REQUEST"),
        ("values-range/0", 400, "BAD_REQUEST"),
        ("values-range/0?frames=0-999999999", 400, "SLICE_OUT_OF_RANGE"),
        ("values-range/9?frames=0-1", 400, "NO_SUCH_TILE"),
        ("values-range/x?frames=0-1", 400, "NO_SUCH_TILE"),
    ],
)
async def test_an_address_that_is_none_is_refused(doctor: Visitor, address: str, status: int, code: str):
    path, _ = await shown(doctor)
    response = await doctor.get(f"{path}/{address}")
    assert (response.status, (await response.json())["error"]["code"]) == (status, code)


@pytest.mark.parametrize("address", ["preview", "values-range/0?frames=0-1"])
async def test_whoever_may_not_see_tiles_gets_no_stream_either(
    standing: Standing, doctor: Visitor, address: str
):
    path, _ = await shown(doctor)
    async with Visitor.at(standing.url) as stranger:
        assert (await stranger.get(f"{path}/{address}")).status == 401
    elsewhere = f"/api/rooms/{doctor.room}/series/another/0/{address}"
    assert (await doctor.get(elsewhere)).status == 404


@pytest.fixture(scope="module")
def long_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a series whose preview is larger than what sockets hold."""
    data = tmp_path_factory.mktemp("long")
    write_long_series(data / "files", LONG)

    async def bring_in() -> None:
        async with DecodePool() as pool:
            await import_path(data / "files", Library(data / "studies"), pool, lambda _: None)

    asyncio.run(bring_in())
    return data


@asynccontextmanager
async def visiting(data: Path, redis_url: str) -> AsyncIterator[Visitor]:
    settings = read_settings(data=data, port=0, redis_url=redis_url)
    library = Library(settings.studies_folder)
    at = listening(settings)
    async with AsyncExitStack() as stack:
        ingest = await stack.enter_async_context(local_ingest(settings, library))
        room = await open_room(
            settings, library.studies(), library=library, ingest=ingest, redis_url=redis_url
        )
        house = await stack.enter_async_context(
            open_house(settings, redis_url=redis_url, door=at.door, ingest=ingest, library=library)
        )
        await stack.enter_async_context(serving(house, at))
        visitor = await stack.enter_async_context(Visitor.at(at.urls[0]))
        await visitor.join(room.room, room.host.secret, "Dr. Weber")
        yield visitor


def with_small_pockets() -> socket.socket:
    """A connection that takes little before it is read."""
    ours = socket.socket()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return ours


async def test_readers_who_take_nothing_are_few_and_give_their_places_back(long_data: Path, valkey: Valkey):
    async with visiting(long_data, valkey.url) as doctor:
        path, _ = await shown(doctor)
        headers = {"X-ReadingRoom-Grant": doctor.grant, "Accept-Encoding": "identity"}
        pockets = aiohttp.TCPConnector(socket_factory=lambda _: with_small_pockets(), limit=0)
        async with aiohttp.ClientSession(
            cookie_jar=doctor.http.cookie_jar, connector=pockets, read_bufsize=1024, connector_owner=True
        ) as http:
            readers = [await http.get(f"{doctor.url}{path}/preview", headers=headers) for _ in range(8)]
            assert {reader.status for reader in readers} == {200}
            refused = await doctor.get(f"{path}/preview")
            assert (refused.status, (await refused.json())["error"]["code"]) == (429, "TOO_FAST")
            assert (await doctor.get(f"{path}/values/0/0/0/0")).status == 200
            for reader in readers:
                reader.close()
            async with asyncio.timeout(10):
                answer = await doctor.get(f"{path}/preview")
                while answer.status == 429:
                    answer = await doctor.get(f"{path}/preview")
            assert len(streamed(await answer.read()).tiles) == LONG
