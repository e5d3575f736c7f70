"""Rooms that end by themselves, and rooms that are gone for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio as redis

from readingroom.errors import NoSuchRoom, RoomEnded
from readingroom.protocol import ChatSay, RoomEnd, RoomReopen, SyncRequest
from readingroom.rooms import keys, line
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.lifetimes import Lifetime
from readingroom.rooms.rooms import Rooms
from readingroom.values import SeriesRef
from tests.rooms.conftest import Another
from tests.rooms.ear import Ear
from tests.rooms.people import (
    SERIES,
    Consultation,
    arrow,
    consultation,
    create,
    hide,
    mark_id,
    op,
    undo,
    window,
)

HOUR_MS = 3_600_000
SECRET = "Liver lesion of Mrs. Miller"


@asynccontextmanager
async def keeping(url: str, process: str, lifetime: Lifetime) -> AsyncIterator[tuple[Rooms, list[SeriesRef]]]:
    """A process that looks after rooms, and what it said is used no more."""
    unused: list[SeriesRef] = []

    async def note(series: Collection[SeriesRef]) -> None:
        unused.extend(series)

    async with Rooms.open(url, process=process, listener=Ear(), unused=note) as rooms:
        rooms._lifetimes._lifetime = lifetime  # looked after when a test says so, not by the clock
        yield rooms, unused


async def age(raw: redis.Redis, here: Consultation, name: str, hours: int) -> None:
    """As if that had been so many hours ago."""
    meta = RoomKeys.of(here.room).meta
    then = int(await raw.hget(meta, name)) - hours * HOUR_MS
    await raw.hset(meta, name, str(then))


async def test_a_room_nobody_touches_ends_by_itself_and_its_host_can_open_it_again(
    own_valkey: Valkey,
):  # R80
    async with keeping(own_valkey.url, "one", Lifetime(idle_ms=2 * HOUR_MS)) as (rooms, _):
        raw = line.client(own_valkey.url)
        here, busy = await consultation(rooms), await consultation(rooms)
        await age(raw, here, "touched", 3)
        await rooms._lifetimes.look()
        with pytest.raises(RoomEnded):
            await rooms.do(here.patient, create(mark_id()))
        log = [entry async for entry in rooms._store.log(here.room)]
        assert (log[-1].by, log[-1].command) == ("server", RoomEnd())
        await rooms.do(busy.patient, create(mark_id()))
        await rooms.do(here.doctor, op(RoomReopen()))
        await rooms.do(here.patient, create(mark_id()))
        await raw.aclose()


async def test_the_end_is_told_as_it_stands_in_the_log(rooms: Rooms, ear: Ear):  # R11 R80
    here = await consultation(rooms)
    rooms.watch(here.room)
    await rooms.catch_up(here.doctor, SyncRequest())
    assert await rooms.end(here.room)
    log = [entry async for entry in rooms._store.log(here.room)]
    await ear.until(lambda: ear.log.get(here.room) == log[-1:])


async def test_a_room_is_deleted_its_time_after_its_end_and_not_before(own_valkey: Valkey):  # R81
    async with keeping(own_valkey.url, "one", Lifetime(kept_ms=24 * HOUR_MS)) as (rooms, unused):
        raw = line.client(own_valkey.url)
        here, other = await consultation(rooms), await consultation(rooms)
        await rooms.do(here.doctor, op(RoomEnd()))
        await rooms._lifetimes.look()
        assert await rooms.exists(here.room)
        await age(raw, here, "ended_at", 25)
        await rooms._lifetimes.look()
        assert not await rooms.exists(here.room)
        assert await rooms.exists(other.room)
        assert unused == []  # the other room has the same series open
        await rooms.delete(other.room)
        assert sorted(unused, key=str) == sorted(SERIES.values(), key=str)
        await raw.aclose()


async def test_nothing_of_a_deleted_room_is_left_in_the_store_or_its_file(own_valkey: Valkey):  # R81
    async with keeping(own_valkey.url, "one", Lifetime()) as (rooms, _):
        raw = line.client(own_valkey.url)
        here = await consultation(rooms)
        id = mark_id()
        await rooms.do(here.patient, create(id, arrow(label=SECRET)))
        await rooms.do(here.doctor, hide(id))
        await rooms.do(here.doctor, undo())
        await rooms.do(here.patient, op(ChatSay(text=SECRET)))
        await rooms.move(here.doctor, window(70, 1))
        files = Path(own_valkey.directory)
        assert SECRET.encode() in written(files)
        await rooms.delete(here.room)
        assert [key async for key in raw.scan_iter(f"*{here.room}*")] == []
        async with asyncio.timeout(30):
            while True:
                state = await raw.info("persistence")
                if not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
                    break
                await asyncio.sleep(0.05)
        left = written(files)
        assert SECRET.encode() not in left
        assert here.room.encode() not in left
        await raw.aclose()


def written(folder: Path) -> bytes:
    """Everything in the store's append-only files."""
    return b"".join(file.read_bytes() for file in folder.rglob("*.aof"))


async def test_who_is_in_a_room_that_is_deleted_is_told_on_every_process(
    rooms: Rooms, another: Another
):  # R81
    here = await consultation(rooms)
    async with another("two") as (others, ear):
        others.watch(here.room)
        await others.catch_up(here.doctor, SyncRequest())
        async with asyncio.timeout(10):
            while True:
                if await subscribers(rooms, here):
                    break
                await asyncio.sleep(0.01)
        await rooms.delete(here.room)
        await ear.until(lambda: ear.deleted_rooms == [here.room])
    with pytest.raises(NoSuchRoom):
        await rooms.do(here.doctor, create(mark_id()))


async def subscribers(rooms: Rooms, here: Consultation) -> int:
    channel = RoomKeys.of(here.room).presence
    ((_, count),) = await rooms._store._client.pubsub_numsub(channel)
    return count


async def test_one_process_at_a_time_looks_after_rooms(
    rooms: Rooms, another: Another, raw: redis.Redis
):  # R82
    async with another("two") as (others, _):
        await raw.delete(keys.SWEEPER)
        assert await rooms._store.takes_turn(keys.SWEEPER, "one", 60_000)
        assert not await others._store.takes_turn(keys.SWEEPER, "two", 60_000)
        assert await rooms._store.takes_turn(keys.SWEEPER, "one", 60_000)
        await raw.delete(keys.SWEEPER)
        assert await others._store.takes_turn(keys.SWEEPER, "two", 60_000)


async def test_an_operator_sees_rooms_without_names(rooms: Rooms):
    here = await consultation(rooms)
    await rooms.do(here.doctor, op(RoomEnd()))
    facts = {facts.room: facts async for facts in rooms.all()}[here.room]
    assert (facts.people, facts.revision, facts.ended) == (2, 6, True)
    assert set(facts.series) == set(SERIES.values())
    assert not await rooms.end(here.room)
