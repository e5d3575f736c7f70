"""Processes end in good order: whoever is in a room moves on, and nothing he said is lost or said twice."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from readingroom.imaging import phantom
from readingroom.opening import OpenedRoom
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.line import client
from tests.chaos.authors import Author
from tests.chaos.test_paused_process import opened, serving
from tests.e2e.house import SERVING, Process
from tests.transport.visitor import Visitor

DRAIN_S = 2.0
RENEWED = re.compile(r'"event": "worker renewed"')


@pytest.fixture
async def room(valkey: Valkey, tmp_path: Path) -> OpenedRoom:
    phantom.write_study(tmp_path / "house" / "files", slices=4, rows=64, columns=64)
    return await opened(tmp_path / "house", valkey)


async def log_of(valkey: Valkey, room: OpenedRoom) -> dict[str, list[int]]:
    """The revisions of every op_id in the log."""
    redis = client(valkey.url)
    found: dict[str, list[int]] = {}
    for id, fields in await redis.xrange(RoomKeys.of(room.room).log):
        found.setdefault(fields[b"op"].decode(), []).append(int(id.partition(b"-")[2]))
    await redis.aclose()
    return found


async def nothing_is_lost_or_doubled(valkey: Valkey, room: OpenedRoom, *authors: Author) -> None:  # I1 I4
    log = await log_of(valkey, room)
    for author in authors:
        assert {op: log[op] for op in author.acknowledged} == {
            op: [revision] for op, revision in author.acknowledged.items()
        }
        print(f"{len(author.acknowledged)} changes, longest wait {author.longest_gap_s * 1000:.0f} ms")


@asynccontextmanager
async def workers(data: Path, valkey: Valkey, count: int) -> AsyncIterator[tuple[Process, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = Process({"REDIS_URL": valkey.url})
    words = ("serve", "--data", str(data), "--port", str(port), "--workers", str(count))
    await process.start(*words)
    try:
        for _ in range(count):
            await process.says(SERVING)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        await process.stop()


@pytest.mark.timeout(180)
async def test_workers_are_renewed_one_by_one_while_people_go_on_writing(
    valkey: Valkey, room: OpenedRoom, tmp_path: Path
):  # I1 I4
    async with (
        workers(tmp_path / "house", valkey, 2) as (parent, url),
        Author.at(url, room.room, room.host.secret, "Dr. Weber") as doctor,
        Author.at(url, room.room, room.patient.secret, "Maria") as patient,
    ):
        await doctor.written(5)
        os.kill(parent.pid, signal.SIGHUP)
        for _ in range(2):
            await parent.says(RENEWED)
        await asyncio.gather(doctor.written(5), patient.written(5))
    await nothing_is_lost_or_doubled(valkey, room, doctor, patient)


@pytest.mark.timeout(120)
async def test_a_process_that_is_told_to_end_answers_says_goodbye_and_is_gone_in_time(
    valkey: Valkey, room: OpenedRoom, tmp_path: Path
):
    data = tmp_path / "house"
    async with (
        serving(data, valkey) as (process, url),
        Visitor.at(url) as visitor,
        Author.at(url, room.room, room.patient.secret, "Maria") as patient,
    ):
        await visitor.join(room.room, room.host.secret, "Dr. Weber")
        reader = await visitor.enter()
        deaf = await visitor.connect()  # a third socket that stops reading
        deaf.client.eio.ws._response.connection.transport.pause_reading()
        await patient.written(3)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        assert (await reader.next("farewell"))["code"] == "RESTARTING"
        assert await process.ended() == 0
        assert time.monotonic() - began < DRAIN_S
        port = url.rpartition(":")[2]
        await process.start("serve", "--data", str(data), "--port", port)
        await process.says(SERVING)
        await patient.written(3)
        deaf.client.eio.ws._response.connection.transport.abort()
    await nothing_is_lost_or_doubled(valkey, room, patient)


@pytest.mark.timeout(120)
async def test_a_process_ends_in_time_also_while_its_store_does_not_answer(room: OpenedRoom, tmp_path: Path):
    store = Valkey(tmp_path / "valkey")
    store.start()
    await store.ready()
    try:
        own = await opened(tmp_path / "house", store)
        async with serving(tmp_path / "house", store) as (process, url), Visitor.at(url) as visitor:
            await visitor.join(own.room, own.host.secret, "Dr. Weber")
            await visitor.enter()
            assert store.pid is not None
            os.kill(store.pid, signal.SIGSTOP)
            try:
                began = time.monotonic()
                os.kill(process.pid, signal.SIGTERM)
                assert await process.ended() == 0
                assert time.monotonic() - began < DRAIN_S
            finally:
                os.kill(store.pid, signal.SIGCONT)
    finally:
        await store.stop()
