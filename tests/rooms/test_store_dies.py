"""The store dies and comes back: nothing acknowledged is lost, nothing is acknowledged falsely."""

from __future__ import annotations

import asyncio
import time

import pytest
import uvloop
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from readingroom.errors import NotSaved, StoreUnreachable, WeakDurability
from readingroom.protocol import OpAccepted, PresenceUpdate, SyncRequest, SyncSnapshot
from readingroom.rooms import durability, line
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from readingroom.values import ConnectionId
from tests.rooms.ear import Ear
from tests.rooms.people import consultation, create, join, mark_id, window
from tests.rooms.stores import insist, kill, opened, start, stopped


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
        await insist(others, here)
        await ear.until(lambda: ear.revisions(here.room) == [6, 7])
        others.present(here.patient, ConnectionId("c2"), PresenceUpdate(n=1))
        await ear.until(lambda: len(rooms.presence(here.room).people) == 1)


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
