"""The store comes back without what it had told, or another one in its place."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from readingroom.errors import Forbidden, NotLost, StateLost, StoreUnreachable
from readingroom.protocol import RoomGoOn, SyncLost, SyncRequest, SyncSnapshot
from readingroom.rooms import line
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.rooms import Rooms
from tests.chaos.proxy import Proxy, Streams, unix
from tests.rooms.ear import Ear
from tests.rooms.people import Consultation, consultation, create, mark_id, op
from tests.rooms.stores import insist, kill, opened, start


async def test_a_store_that_came_back_without_its_data_freezes_the_room(own_valkey: Valkey):  # R53
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        rooms.watch(here.room)
        await rooms.catch_up(here.doctor, SyncRequest())
        found = await rooms.snapshot(here.room)
        had = SyncRequest(epoch=found.epoch, revision=found.revision, head=found.head)
        await _forget(own_valkey, here)
        await kill(own_valkey)
        await start(own_valkey)
        await ear.until(lambda: ear.lost_rooms == [here.room])
        await ear.until(lambda: ear.savings[-1:] == [True])
        with pytest.raises(StateLost):
            await rooms.do(here.doctor, create(mark_id()))
        assert isinstance(await rooms.catch_up(here.doctor, had), SyncLost)

        # Who comes after the loss, while others are still there, finds the room that stands still, and its
        # host goes on here as anywhere.
        rooms.watch(here.room)
        async with asyncio.timeout(10):
            while True:
                if await rooms.catch_up(here.doctor, SyncRequest()) == SyncLost(revision=4, frozen=True):
                    break
        await rooms.do(here.doctor, op(RoomGoOn()))
        await rooms.do(here.patient, create(mark_id()))
        await ear.until(lambda: ear.revisions(here.room)[-2:] == [5, 6])


async def test_a_host_goes_on_after_a_loss_under_a_new_epoch(own_valkey: Valkey):  # R6 R53
    ear, other_ear = Ear(), Ear()
    async with opened(own_valkey, ear) as rooms, opened(own_valkey, other_ear) as others:
        here = await consultation(rooms)
        rooms.watch(here.room)
        await rooms.catch_up(here.doctor, SyncRequest())
        log = [entry async for entry in rooms._store.log(here.room)]
        found = await rooms.snapshot(here.room)
        lost = SyncRequest(epoch=found.epoch, revision=5, head=log[4].head)
        kept = SyncRequest(epoch=found.epoch, revision=4, head=log[3].head)
        await _forget(own_valkey, here)
        await kill(own_valkey)
        await start(own_valkey)
        await ear.until(lambda: ear.lost_rooms == [here.room])
        await ear.until(lambda: ear.savings[-1:] == [True])
        await other_ear.until(lambda: other_ear.savings[-1:] in ([True], []))
        while True:  # until the process that saw the loss has said so in the store
            answer = await others.catch_up(here.doctor, kept)
            if isinstance(answer, SyncLost) and answer.frozen:
                break
        with pytest.raises(StateLost):
            await others.do(here.patient, create(mark_id()))
        with pytest.raises(Forbidden):
            await others.do(here.patient, op(RoomGoOn()))
        await others.do(here.doctor, op(RoomGoOn()))
        assert await others.catch_up(here.doctor, lost) == SyncLost(revision=5)
        tail = await others.catch_up(here.doctor, kept)
        assert [entry.command.kind for entry in tail.entries] == ["room.continued"]
        assert (await others.snapshot(here.room)).epoch == tail.entries[0].command.epoch != found.epoch
        await others.do(here.patient, create(mark_id()))
        with pytest.raises(NotLost):
            await others.do(here.doctor, op(RoomGoOn()))


async def test_a_process_that_learns_late_of_a_loss_stops_no_room_that_goes_on(own_valkey: Valkey):  # R53
    way, ear, late_ear = Proxy(unix(str(own_valkey.directory / "valkey.sock"))), Ear(), Ear()
    async with (
        way.listening(),
        opened(own_valkey, ear) as rooms,
        Rooms.open(way.url, process="late", listener=late_ear) as late,
    ):
        here = await consultation(rooms)
        for one in (rooms, late):
            one.watch(here.room)
            await one.catch_up(here.doctor, SyncRequest())
        way.refusing = True
        way.cut()
        await _forget(own_valkey, here)
        await kill(own_valkey)
        await start(own_valkey)
        await ear.until(lambda: ear.lost_rooms == [here.room])
        await ear.until(lambda: ear.savings[-1:] == [True])
        rooms.watch(here.room)
        async with asyncio.timeout(10):
            while await rooms.catch_up(here.doctor, SyncRequest()) != SyncLost(revision=4, frozen=True):
                await rooms._saving.again(5)
        await insist(rooms, here, op(RoomGoOn()), by=here.doctor)
        await insist(rooms, here, create(mark_id()))
        way.refusing = False
        await late_ear.until(lambda: late_ear.lost_rooms == [here.room])
        await late_ear.until(lambda: late_ear.savings[-1:] == [True])
        late.watch(here.room)
        await insist(late, here, create(mark_id()))
        answer = None
        while answer is None:
            with contextlib.suppress(StoreUnreachable):  # on a line that was cut
                answer = await late.catch_up(here.doctor, SyncRequest())
        assert isinstance(answer, SyncSnapshot)


async def test_a_store_that_became_a_replica_is_left_for_the_one_that_took_its_place(
    own_valkey: Valkey, tmp_path: Path
):  # R71
    following = Valkey(tmp_path / "following")
    await start(following)
    now = own_valkey

    async def dial() -> Streams:
        return await asyncio.open_unix_connection(str(now.directory / "valkey.sock"))

    way, ear = Proxy(dial), Ear()
    try:
        async with way.listening(), Rooms.open(way.url, process="one", listener=ear) as rooms:
            here = await consultation(rooms)
            await rooms.do(here.patient, create(mark_id()))
            await _copied(here, own_valkey, following)
            now = following
            old = line.client(own_valkey.url)
            await old.execute_command("REPLICAOF", "127.0.0.1", "1")
            await old.aclose()
            async with asyncio.timeout(10):
                await insist(rooms, here, create(mark_id()))
            assert (await rooms.snapshot(here.room)).revision == 7
    finally:
        await following.stop()


async def _copied(here: Consultation, source: Valkey, to: Valkey) -> None:
    """All keys of a room."""
    one, other = line.client(source.url), line.client(to.url)
    for name in RoomKeys.of(here.room).for_script():
        if (data := await one.dump(name)) is not None:
            await other.restore(name, 0, data)
    await one.aclose()
    await other.aclose()


async def _forget(valkey: Valkey, here: Consultation) -> None:
    """The last entry was never written."""
    client = line.client(valkey.url)
    names = RoomKeys.of(here.room)
    *kept, _ = await client.xrange(names.log)
    await client.delete(names.log)
    for id, fields in kept:
        await client.xadd(names.log, fields, id=id)
    await client.hset(names.meta, mapping={"revision": str(len(kept)), "head": kept[-1][1][b"head"]})
    await client.aclose()
