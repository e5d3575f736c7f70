"""A process that was stopped for a while knows what happened meanwhile before anybody hears from it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from readingroom.app import local_ingest
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.opening import OpenedRoom, open_room
from readingroom.rooms.embedded import Valkey
from readingroom.settings import Settings
from tests.e2e.house import SERVING, Process
from tests.transport.test_changes_of_a_room import seen
from tests.transport.visitor import Visitor

STOPPED_S = 2.5
SHOWN_OUT_S = 2.0


@contextlib.asynccontextmanager
async def serving(data: Path, valkey: Valkey) -> AsyncIterator[tuple[Process, str]]:
    process = Process({"REDIS_URL": valkey.url})
    await process.start("serve", "--data", str(data), "--port", "0")
    try:
        yield process, f"http://127.0.0.1:{(await process.says(SERVING))[1]}"
    finally:
        await process.stop()


async def opened(data: Path, valkey: Valkey) -> OpenedRoom:
    settings = Settings(data=data, port=0).model_copy(update={"redis_url": valkey.url})
    library = Library(settings.studies_folder)
    async with DecodePool() as pool:
        studies = (await import_path(data / "files", library, pool, lambda _: None)).studies
    async with local_ingest(settings, library) as ingest:
        return await open_room(settings, studies, library=library, ingest=ingest, redis_url=valkey.url)


async def do(socket: Any, kind: str, **fields: Any) -> None:
    command = {"kind": kind, **fields}
    answer = await socket.ask("op", {"op_id": secrets.token_urlsafe(16), "command": command})
    assert answer["ok"], answer


@pytest.mark.timeout(120)
async def test_who_was_removed_while_a_process_slept_hears_and_sees_nothing_of_it_afterward(
    valkey: Valkey, tmp_path: Path
):  # I9 I10 R55
    data = tmp_path / "house"
    phantom.write_study(data / "files", slices=4, rows=64, columns=64)
    room = await opened(data, valkey)
    async with (
        serving(data, valkey) as (asleep, there),
        serving(data, valkey) as (_, here),
        Visitor.at(here) as doctor,
        Visitor.at(there) as patient,
    ):
        await doctor.join(room.room, room.host.secret, "Dr. Weber")
        await patient.join(room.room, room.patient.secret, "Maria")
        at_desk, on_phone = await doctor.enter(), await patient.enter()
        series = on_phone.snapshot["series"][0]["series"]
        tile = f"/api/rooms/{patient.room}/series/{series}/0/display/0/0/0/0?c=40&w=400"
        assert await seen(patient, tile) == 200
        os.kill(asleep.pid, signal.SIGSTOP)
        try:
            asked = [asyncio.create_task(patient.get(tile)) for _ in range(4)]
            await do(at_desk, "person.remove", principal=patient.principal)
            await do(at_desk, "chat.say", text="This is not for him.")
            for n in range(20):  # pointers, which cross processes by pub/sub
                await at_desk.client.emit("presence", {"n": n + 1, "following": bool(n % 2)})
                await asyncio.sleep(STOPPED_S / 20)
            on_phone.heard.clear()
        finally:
            woken = time.monotonic()
            os.kill(asleep.pid, signal.SIGCONT)
        assert [answer.status for answer in await asyncio.gather(*asked)] == [401] * 4
        await on_phone.gone.wait()
        assert time.monotonic() - woken < SHOWN_OUT_S
        heard = {event: list(queue._queue) for event, queue in on_phone.heard.items()}
        told = [entry["command"]["kind"] for one in heard.get("entries", []) for entry in one["entries"]]
        assert "chat.say" not in told
        assert [one["code"] for one in heard["farewell"]] == ["REMOVED"]
        assert heard.get("presence", []) == []
