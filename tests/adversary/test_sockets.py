"""Websockets of people who mean harm: they end, they cost little, they write nothing into the logs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
import secrets
import socket
import struct

import aiohttp
import pytest
from yarl import URL

from readingroom.protocol import PROTOCOL_VERSION
from tests.adversary.raw import raw_socket
from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


@pytest.mark.parametrize(
    "packet",
    ['451-["op",{"_placeholder":true,"num":0}]', "40" + "[" * 30_000, '42["op",NaN]'],
    ids=["binary", "nested", "nan"],
)
async def test_a_packet_that_is_not_ours_ends_the_connection_and_is_not_logged(
    standing: Standing, caplog: pytest.LogCaptureFixture, packet: str
):
    with caplog.at_level(logging.ERROR):
        async with raw_socket(standing.url) as socket:
            await socket.receive()
            await socket.send(packet)
            assert await socket.ended(3)
    assert [record.getMessage() for record in caplog.records] == []


async def test_what_a_stranger_sends_is_not_repeated_in_the_logs(
    standing: Standing, caplog: pytest.LogCaptureFixture
):
    headers = {
        "Origin": standing.url,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    address = f"{standing.url}/socket.io/?EIO=4&transport=websocket&sid=%0A%7B%22event%22:%22forged%22%7D"
    with caplog.at_level(logging.ERROR):
        async with aiohttp.ClientSession() as http, http.get(address, headers=headers) as response:
            assert response.status == 400
    assert not any("forged" in record.getMessage() for record in caplog.records)
    handlers = logging.getLogger("engineio.server").handlers
    assert handlers == [], "a handler of its own prints past our form of log lines"


async def test_a_socket_that_asks_and_never_reads_is_cut(
    standing: Standing, doctor: Visitor, patient: Visitor
):
    """Answers wait in Engine.IO's own queue, which has no end: the fan-out's limit does not see them."""
    author, other = await doctor.enter(), await patient.enter()
    series, text = author.snapshot["series"][0]["series"], "\N{GRINNING FACE}" * 500
    shape = {"kind": "text", "at": {"kind": "image", "frame": 0, "point_milli": [0, 0]}, "text": text}
    mark = {"series": series, "stack": 0, "shape": shape}
    for person in [author, other] * 38:
        command = {"kind": "annotation.create", "id": secrets.token_urlsafe(18), "mark": mark}
        answer = await person.ask("op", {"op_id": secrets.token_urlsafe(18), "command": command})
        assert answer["ok"], answer
    snapshot = await doctor.json(f"/api/rooms/{doctor.room}/snapshot")
    since = json.dumps({"epoch": snapshot["epoch"], "revision": 0, "head": ""})
    async with raw_socket(standing.url, doctor) as deaf:
        hello = {"protocol": PROTOCOL_VERSION, "room": doctor.room, "grant": doctor.grant}
        await deaf.receive()
        await deaf.send("40" + json.dumps(hello))
        await deaf.receive()
        asked = 0
        with contextlib.suppress(ConnectionError):
            while asked < 120:  # 170 KB an answer: 20 at once, then 5 a second
                await deaf.send(f'42{asked}["sync",{since}]')
                asked += 1
                await asyncio.sleep(0.2 if asked > 20 else 0)
        assert asked < 120, "20 MB wait for a socket that does not read"


async def test_many_sockets_of_one_person_at_the_same_time_leave_three(doctor: Visitor):
    """Each newcomer over the limit replaces another one, not all of them the same."""
    sockets = await asyncio.gather(*(doctor.connect() for _ in range(12)))
    await asyncio.wait([asyncio.ensure_future(one.gone.wait()) for one in sockets], timeout=3)
    assert sum(not one.gone.is_set() for one in sockets) == 3


async def test_one_who_resets_before_his_websocket_is_open_is_forgotten(
    standing: Standing, caplog: pytest.LogCaptureFixture
):
    at = URL(standing.url)
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {at.authority}",
        f"Origin: {standing.url}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    engine = standing.house.sockets._server.eio
    with caplog.at_level(logging.ERROR):
        for _ in range(40):
            _, writer = await asyncio.open_connection(at.host, at.port)
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
            end = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        async with asyncio.timeout(10):
            while True:
                if not engine.sockets:
                    break
                await asyncio.sleep(0.01)
    assert [record.getMessage() for record in caplog.records] == []
