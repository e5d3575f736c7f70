"""deploy/nginx.conf under Debian's nginx, in front of two server processes, over https."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import socketio

from readingroom.protocol import PROTOCOL_VERSION
from tests.deploy.stand import NGINX, Link, Stand, stand

PATIENCE_S = 20

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("stand")) as standing:
        yield standing


@pytest.fixture
async def http(house: Stand) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(ssl=house.tls)
    async with aiohttp.ClientSession(house.url, connector=connector) as session:
        yield session


async def test_health_is_answered_by_both_processes_in_turn(http: aiohttp.ClientSession):
    processes = set()
    for _ in range(6):
        async with http.get("/healthz") as answer:
            assert answer.status == 200
            processes.add((await answer.json())["process"])
    assert len(processes) == 2
    async with http.get("/readyz") as answer:
        assert answer.status == 200


async def test_page_comes_through_with_the_servers_own_headers(http: aiohttp.ClientSession):
    async with http.get("/") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] == "nginx"


def test_http_2_is_spoken(house: Stand):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    place = urlsplit(house.url)
    with (
        socket.create_connection((place.hostname, place.port)) as plain,
        context.wrap_socket(plain, server_hostname=place.hostname) as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() == "TLSv1.3"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_page_comes_over_http_2(house: Stand):
    command = [
        "curl",
        "--silent",
        "--insecure",
        "--http2",
        "--output",
        "-",
        "--write-out",
        "\n%{http_version} %{http_code}",
    ]
    done = subprocess.run(
        [*command, house.url], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert done.stdout.splitlines()[-1] == "2 200"
    assert "<!doctype html>" in done.stdout.lower()


async def test_plain_http_is_sent_to_https(house: Stand, http: aiohttp.ClientSession):
    async with http.get(f"{house.plain_url}/some/path", allow_redirects=False) as answer:
        assert answer.status == 308
        assert answer.headers["Location"] == "https://localhost/some/path"


async def test_body_larger_than_any_of_ours_is_refused_at_the_proxy(http: aiohttp.ClientSession):
    async with http.post(
        "/api/join", data=b"x" * 65_537, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 413


async def test_two_people_on_different_processes_share_a_room(house: Stand, http: aiohttp.ClientSession):
    doctor = await Person.enter(house, http, house.doctor, "Doctor")
    patient = await Person.enter(house, http, house.patient, "Patient")
    try:
        assert doctor.welcome["process"] != patient.welcome["process"]
        taken = await doctor.ask("op", {"op_id": "op_taken_through_proxy", "command": {"kind": "lead.take"}})
        assert taken["ok"] is True
        async with asyncio.timeout(PATIENCE_S):
            while True:
                heard = await patient.entries.get()
                if any(entry["revision"] == taken["revision"] for entry in heard["entries"]):
                    break
    finally:
        await doctor.leave()
        await patient.leave()


async def test_log_of_the_proxy_holds_paths_and_no_query(house: Stand, http: aiohttp.ClientSession):
    async with http.get("/healthz?c=40&w=400") as answer:
        assert answer.status == 200
    logged = house.access_log.read_text()
    assert " GET /healthz 200 " in logged
    assert "?" not in logged


async def test_one_process_killed_is_not_noticed(house: Stand, http: aiohttp.ClientSession):
    house.servers[0].kill()
    house.servers[0].wait(PATIENCE_S)
    for _ in range(6):
        async with http.get("/readyz") as answer:
            assert answer.status == 200


class Person:
    """Someone in the room as a browser is: link exchanged for a cookie, then one websocket."""

    def __init__(self, client: socketio.AsyncClient, welcome: dict[str, Any]) -> None:
        self._client = client
        self.welcome = welcome
        self.entries: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client.on("entries", self.entries.put)

    @classmethod
    async def enter(cls, house: Stand, http: aiohttp.ClientSession, link: Link, name: str) -> Person:
        ours = {"Origin": house.url, "X-ReadingRoom": "1"}
        asked = {"room": link.room, "secret": link.secret, "name": name}
        async with http.post("/api/join", json=asked, headers=ours) as answer:
            assert answer.status == 200, await answer.text()
            grant = (await answer.json())["grant"]
            cookie = answer.cookies[f"__Host-rr-{grant}"]
        client = socketio.AsyncClient(http_session=http, reconnection=False)
        welcomed: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        client.on("welcome", welcomed.set_result)
        await client.connect(
            house.url,
            headers={"Origin": house.url, "Cookie": f"{cookie.key}={cookie.value}"},
            auth={"protocol": PROTOCOL_VERSION, "room": link.room, "grant": grant},
            transports=["websocket"],
        )
        person = cls(client, await asyncio.wait_for(welcomed, PATIENCE_S))
        await person.ask("sync", {"epoch": None, "revision": 0, "head": ""})
        return person

    async def ask(self, event: str, said: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.call(event, said, timeout=PATIENCE_S)
        return answer

    async def leave(self) -> None:
        await self._client.disconnect()
