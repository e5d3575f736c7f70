"""What anybody may ask: whether the process lives, what it decodes and behind which protections."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.reading.transfer_syntaxes import decodable
from readingroom.ingest_socket import RemoteIngest, answering
from readingroom.transport.health import Health
from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


async def test_a_living_process_names_the_codec_of_each_transfer_syntax(standing: Standing):
    async with Visitor.at(standing.url) as stranger:
        said = await (await stranger.get("/healthz")).json()
    assert said["status"] == "ok"
    assert said["codecs"]["JPEG 2000 Lossless"] == "openjpeg"
    assert said["codecs"]["JPEG Lossless (Process 14, Selection Value 1)"] == "gdcm"
    assert len(said["codecs"]) == len(decodable())


async def test_nobody_learns_from_health_what_is_open(standing: Standing):
    async with Visitor.at(standing.url) as stranger:
        said = await (await stranger.get("/healthz")).json()
    assert set(said) == {"status", "version", "process", "codecs", "decode_protections"}


async def test_the_protections_are_those_of_the_decode_processes_once_one_has_started(
    standing: Standing, tmp_path: Path
):
    async with (
        DecodePool(1) as pool,
        Ingest(standing.library, tmp_path / "cache", pool) as ingest,
        answering(ingest, tmp_path / "ingest.sock"),
    ):
        own = Health(rooms=standing.house.rooms, ingest=ingest, process="1", version="1")
        parents = Health(
            rooms=standing.house.rooms,
            ingest=RemoteIngest(tmp_path / "ingest.sock"),
            process="1",
            version="1",
        )
        assert await protections_of(own) is await protections_of(parents) is None
        await pool.warm()
        assert pool.protections
        assert await protections_of(own) == await protections_of(parents) == list(pool.protections)
    assert await protections_of(parents) is None  # nobody answers there any more


async def protections_of(health: Health) -> object:
    app = web.Application()
    app.add_routes(health.routes())
    async with TestClient(TestServer(app)) as client, client.get("/healthz") as answer:
        return (await answer.json())["decode_protections"]
