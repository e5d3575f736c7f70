"""The store dies and comes back: nothing acknowledged is lost, nothing is acknowledged falsely."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import uvloop
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from readingroom.errors import Forbidden, NotLost, NotSaved, StateLost, StoreUnreachable, WeakDurability
from readingroom.protocol import Op, OpAccepted, PresenceUpdate, RoomGoOn, SyncLost, SyncRequest, SyncSnapshot
from readingroom.rooms import durability, line
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.invitations import Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.rooms import Rooms
from readingroom.values import ConnectionId
from tests.chaos.proxy import Proxy, Streams, unix
from tests.rooms.ear import Ear
from tests.rooms.people import Consultation, consultation, create, join, mark_id, op, window


def opened(valkey: Valkey, ear: Ear, process: str = "one") -> AbstractAsyncContextManager[Rooms]:
    return Rooms.open(valkey.url, process=process, listener=ear)


async def kill(valkey: Valkey) -> None:
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    await valkey.died()


async def start(valkey: Valkey) -> None:
    valkey.start()
    await valkey.ready()


@asynccontextmanager
async def stopped(valkey: Valkey) -> AsyncIterator[None]:
    """The server does not run: connections stay open, nothing answers."""
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(valkey.pid, signal.SIGCONT)


async def test_what_was_acknowledged_survives_a_killed_store(own_valkey: Valkey):  # I1 I4 I12
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        rooms.watch(here.room)
        await rooms.catch_up(here.doctor, SyncRequest())
        sent = [create(mark_id()) for _ in range(400)]
        answers: dict[str, OpAccepted] = {}

        async def insist(number: int) -> None:
            while sent[number].op_id not in answers:
                try:
                    answers[sent[number].op_id] = await rooms.do(here.patient, sent[number])
                except NotSaved:
                    await ear.until(lambda: bool(ear.savings) and ear.savings[-1])

        async def pages() -> None:
            for first in range(0, len(sent), 20):
                await asyncio.gather(*(insist(first + number) for number in range(20)))

        writing = asyncio.create_task(pages())
        for count in (50, 200):
            await ear.until(lambda count=count: len(ear.revisions(here.room)) > count)
            await kill(own_valkey)
            await start(own_valkey)
        await writing
        found = await rooms.snapshot(here.room)
        await ear.until(lambda: ear.revisions(here.room)[-1:] == [found.revision])

    assert len(found.annotations) == found.revision - 5 == len(sent)
    assert sorted(answer.revision for answer in answers.values()) == list(range(6, 406))
    log = {entry.revision: entry.op_id for entry in ear.log[here.room]}
    assert all(log[answer.revision] == op_id for op_id, answer in answers.items())
    assert ear.revisions(here.room) == list(range(6, 406))
    assert ear.savings[0] is False
    assert ear.savings[-1] is True
    assert ear.lost_rooms == []


async def test_while_the_store_is_away_nothing_is_acknowledged(
    own_valkey: Valkey,
):  # I12 R71
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        rooms.watch(here.room)
        await rooms.catch_up(here.doctor, SyncRequest())
        await kill(own_valkey)
        started = time.monotonic()
        with pytest.raises(NotSaved):
            await rooms.do(here.patient, create(mark_id()))
        with pytest.raises(NotSaved):
            await rooms.move(here.doctor, window(50, 1))
        assert time.monotonic() - started < 2
        with pytest.raises(StoreUnreachable):
            await rooms.snapshot(here.room)
        with pytest.raises(StoreUnreachable):
            await rooms.member(here.room, here.doctor.grant, "token")
        assert not await rooms.ready()
        assert ear.savings == [False]
        await start(own_valkey)
        await ear.until(lambda: ear.savings == [False, True])
        assert await rooms.ready()
        assert (await rooms.do(here.patient, create(mark_id()))).revision == 6


async def test_a_store_that_hangs_is_not_waited_for(own_valkey: Valkey):  # R71
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        sent = create(mark_id())
        async with stopped(own_valkey):
            started = time.monotonic()
            with pytest.raises(NotSaved):
                await rooms.do(here.patient, sent)
            assert time.monotonic() - started < 2
        await ear.until(lambda: ear.savings == [False, True])
        # The hung command may have run when the store went on: its op_id settles that (I4).
        assert (await rooms.do(here.patient, sent)).revision == 6
        assert len((await rooms.snapshot(here.room)).annotations) == 1


async def test_who_waits_behind_what_hangs_is_refused_with_it(own_valkey: Valkey):  # R71
    async with opened(own_valkey, Ear()) as rooms:
        here = await consultation(rooms)

        async def refused_after() -> float:
            began = time.monotonic()
            with pytest.raises(NotSaved):
                await rooms.do(here.patient, create(mark_id()))
            return time.monotonic() - began

        async with stopped(own_valkey):
            first = asyncio.create_task(refused_after())
            await asyncio.sleep(0.5)
            behind = [asyncio.create_task(refused_after()) for _ in range(3)]
            assert max(await asyncio.gather(first, *behind)) < 2


async def test_a_store_that_is_full_says_so_and_is_used_again_once_it_is_not(own_valkey: Valkey):  # R71 I12
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        client = line.client(own_valkey.url)
        await client.config_set("maxmemory", "1")
        with pytest.raises(NotSaved):
            await rooms.do(here.patient, create(mark_id()))
        await ear.until(lambda: ear.savings == [False])
        await asyncio.sleep(0.5)  # in which it is tried again, and told the same
        assert not await rooms.ready()
        await client.config_set("maxmemory", "0")
        await client.aclose()
        await ear.until(lambda: ear.savings == [False, True])
        assert (await rooms.do(here.patient, create(mark_id()))).revision == 6


@pytest.mark.parametrize(
    "said",
    [
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        ReadOnlyError("You can't write against a read only replica."),
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        ResponseError(
            "Command # 1 (SET alive 1) of pipeline caused error: MISCONF Errors writing to the AOF file"
        ),
    ],
    ids=["full", "a replica", "disk full", "disk full, in a pipeline"],
)
def test_not_now_is_told_from_no(said: Exception):  # R71
    assert line.unable(said)
    assert not line.unable(ResponseError("WRONGTYPE Operation against a key"))


async def test_the_tailer_goes_on_where_it_was_and_so_does_presence(own_valkey: Valkey):  # I3 R50
    ear = Ear()
    async with opened(own_valkey, ear) as rooms, opened(own_valkey, Ear(), "two") as others:
        here = await consultation(rooms)
        rooms.watch(here.room)
        others.watch(here.room)
        await rooms.catch_up(here.doctor, SyncRequest())
        await others.do(here.patient, create(mark_id()))
        await kill(own_valkey)
        await start(own_valkey)
        await _insist(others, here)
        await ear.until(lambda: ear.revisions(here.room) == [6, 7])
        others.present(here.patient, ConnectionId("c2"), PresenceUpdate(n=1))
        await ear.until(lambda: len(rooms.presence(here.room).people) == 1)


async def _insist(
    rooms: Rooms, here: Consultation, sent: Op | None = None, *, by: Member | None = None
) -> None:
    sent = sent or create(mark_id())
    async with asyncio.timeout(10):
        while True:
            try:
                await rooms.do(by or here.patient, sent)
            except NotSaved:
                await rooms._saving.again(5)
            else:
                return


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
        await _insist(rooms, here, op(RoomGoOn()), by=here.doctor)
        await _insist(rooms, here, create(mark_id()))
        way.refusing = False
        await late_ear.until(lambda: late_ear.lost_rooms == [here.room])
        await late_ear.until(lambda: late_ear.savings[-1:] == [True])
        late.watch(here.room)
        await _insist(late, here, create(mark_id()))
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
                await _insist(rooms, here, create(mark_id()))
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


async def test_an_admission_whose_answer_was_lost_is_asked_for_again(own_valkey: Valkey):  # R21
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        async with stopped(own_valkey):
            joining = asyncio.create_task(join(rooms, here.room, "patient", "Otto"))
            await ear.until(lambda: ear.savings == [False])
        with pytest.raises(NotSaved):
            await joining  # the invitation was what got lost
        await ear.until(lambda: ear.savings == [False, True])
        made = await rooms.invite(here.room, "patient")
        admitting = asyncio.create_task(rooms.admit(here.room, made.secret, "Otto", None))
        admitted = await admitting
        assert await rooms.member(here.room, made.grant, admitted.token) == admitted.member


async def test_a_store_that_is_not_there_is_said_at_once(own_valkey: Valkey):
    await kill(own_valkey)
    with pytest.raises(StoreUnreachable):
        async with opened(own_valkey, Ear()):
            pass


@pytest.mark.parametrize(
    ("setting", "value"),
    [("appendfsync", "everysec"), ("maxmemory-policy", "allkeys-lru"), ("no-appendfsync-on-rewrite", "yes")],
)
async def test_a_store_that_may_lose_what_it_acknowledged_is_refused(
    own_valkey: Valkey, setting: str, value: str
):  # R70 I12
    client = line.client(own_valkey.url)
    await client.config_set(setting, value)
    await client.aclose()
    with pytest.raises(WeakDurability, match=setting):
        async with opened(own_valkey, Ear()):
            pass
    async with Rooms.open(own_valkey.url, process="one", listener=Ear(), weak_durability=True) as rooms:
        assert await rooms.ready()


async def test_a_store_that_comes_back_weaker_is_not_used(own_valkey: Valkey):  # I12
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        client = line.client(own_valkey.url)
        await client.config_set("appendfsync", "everysec")
        rooms._saving.failed()
        with pytest.raises(NotSaved):
            await rooms.do(here.patient, create(mark_id()))
        assert not await rooms._saving.again(0.5)
        await client.config_set("appendfsync", "always")
        await client.aclose()
        await ear.until(lambda: ear.savings == [False, True])
        await rooms.do(here.patient, create(mark_id()))


def test_settings_that_cannot_be_read_are_weak():  # R70
    with pytest.raises(WeakDurability, match="cannot be read"):
        durability.check({})
    durability.check(durability.REQUIRED)


async def test_watching_while_the_store_is_away_works_once_it_is_back(own_valkey: Valkey):  # R51
    ear = Ear()
    async with opened(own_valkey, ear) as rooms:
        here = await consultation(rooms)
        await kill(own_valkey)
        rooms.watch(here.room)
        with pytest.raises(StoreUnreachable):
            await rooms.catch_up(here.doctor, SyncRequest())
        await start(own_valkey)
        await ear.until(lambda: ear.savings[-1:] == [True])
        assert await rooms.catch_up(here.doctor, SyncRequest()) == SyncSnapshot(revision=5)
        await rooms.do(here.patient, create(mark_id()))
        await ear.until(lambda: ear.revisions(here.room) == [6])


def test_a_connection_that_uvloop_has_closed_is_a_store_that_cannot_be_reached(valkey: Valkey):  # R71
    """uvloop says so with a RuntimeError, which once ended the loop that asks whether the store saves."""

    async def write_to_a_cut_connection() -> None:
        failures: list[float] = []
        path = valkey.url.removeprefix("unix://").partition("?")[0]
        _, writer = await asyncio.open_unix_connection(path)
        writer.transport.abort()
        await asyncio.sleep(0)

        async def ask() -> None:
            with line.reaching(failures.append):
                writer.writelines([b"PING\r\n"])
                await writer.drain()

        with pytest.raises(StoreUnreachable):
            await ask()
        assert len(failures) == 1

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(write_to_a_cut_connection())
