"""Who is here: the board by a hand-turned clock, and presence across two processes."""

from __future__ import annotations

import asyncio
import itertools

from readingroom.protocol import PersonPresent, Pointer, PresenceFrame, PresenceUpdate
from readingroom.rooms.board import CONNECTIONS_LIMIT, GONE_MS, Board
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.values import ConnectionId
from tests.chaos.proxy import Proxy, unix
from tests.rooms.conftest import Another
from tests.rooms.ear import Ear
from tests.rooms.people import consultation, place


def person(connection: str, n: int, x_um: int | None = None) -> PersonPresent:
    pointer = None if x_um is None else Pointer(place=place(x_um))
    return PersonPresent(connection=connection, principal="maria", n=n, pointer=pointer)


async def beat(rooms: Rooms, member: Member, connection: ConnectionId) -> None:
    """A page's heartbeat, until cancelled."""
    for n in itertools.count(1):
        rooms.present(member, connection, PresenceUpdate(n=n))
        await asyncio.sleep(0.2)


def test_the_newest_update_of_a_connection_wins():  # R60
    board = Board()
    assert board.put(person("c1", 5, 10), "one", 0)
    assert not board.put(person("c1", 5, 20), "one", 0)
    assert not board.put(person("c1", 4, 30), "one", 0)
    assert board.full().people == [person("c1", 5, 10)]


def test_a_frame_holds_each_person_once_and_only_who_changed():  # R60
    board = Board()
    for n in range(1, 4):
        board.put(person("c1", n, n), "one", 0)
    board.put(person("c2", 1), "one", 0)
    assert board.changes() == PresenceFrame(people=[person("c1", 3, 3), person("c2", 1)])
    assert board.changes() is None
    board.put(person("c1", 4, 3), "one", 10)
    assert board.changes() is None
    assert board.full() == PresenceFrame(full=True, people=[person("c1", 4, 3), person("c2", 1)])


def test_who_is_silent_for_five_seconds_is_gone():  # R61
    board = Board()
    board.put(person("c1", 1), "one", 0)
    board.put(person("c2", 1), "two", 0)
    board.put(person("c2", 2), "two", 2_000)
    board.changes()
    board.sweep(GONE_MS - 1)
    assert board.changes() is None
    board.sweep(GONE_MS)
    assert board.changes() == PresenceFrame(gone=["c1"])
    board.sweep(GONE_MS + 2_000)
    assert board.changes() == PresenceFrame(gone=["c2"])
    assert not board


def test_a_process_that_tells_all_its_people_has_no_others():
    board = Board()
    for connection, process in (("c1", "one"), ("c2", "two"), ("c3", "two")):
        board.put(person(connection, 1), process, 0)
    board.keep_only("two", ["c3"])
    assert board.changes() == PresenceFrame(people=[person("c1", 1), person("c3", 1)], gone=["c2"])


def test_a_room_full_of_connections_takes_no_more():
    board = Board()
    for number in range(CONNECTIONS_LIMIT):
        assert board.put(person(f"c{number}", 1), "one", 0)
    assert not board.put(person("one-more", 1), "one", 0)


async def test_a_pointer_crosses_to_the_other_process(rooms: Rooms, ear: Ear, another: Another):  # R61
    here = await consultation(rooms)
    pointer = Pointer(place=place(123))
    async with another("two") as (others, other_ear):
        rooms.watch(here.room)
        others.watch(here.room)
        rooms.present(here.doctor, ConnectionId("c1"), PresenceUpdate(n=1, pointer=pointer))
        seen = PersonPresent(connection="c1", principal=here.doctor.principal, n=1, pointer=pointer)
        await ear.until(lambda: ear.frames.get(here.room) == [PresenceFrame(people=[seen])])
        await other_ear.until(lambda: others.presence(here.room).people == [seen])
        rooms.absent(here.doctor, ConnectionId("c1"))
        await other_ear.until(lambda: other_ear.frames[here.room][-1].gone == ["c1"])
    assert rooms.presence(here.room) == PresenceFrame(full=True)


async def test_a_process_that_comes_later_hears_who_was_there_before(rooms: Rooms, another: Another):  # R61
    here = await consultation(rooms)
    rooms.watch(here.room)
    rooms.present(here.doctor, ConnectionId("c1"), PresenceUpdate(n=1))
    async with another("two") as (others, other_ear):
        others.watch(here.room)
        await other_ear.until(lambda: len(others.presence(here.room).people) == 1)


async def test_the_people_of_a_process_that_stops_are_gone_at_once(
    rooms: Rooms, ear: Ear, another: Another
):  # R61
    here = await consultation(rooms)
    rooms.watch(here.room)
    async with another("two") as (others, other_ear):
        others.watch(here.room)
        others.present(here.patient, ConnectionId("c2"), PresenceUpdate(n=1))
        await ear.until(lambda: len(rooms.presence(here.room).people) == 1)
        assert other_ear.frames
    await ear.until(lambda: rooms.presence(here.room).people == [])
    await ear.until(lambda: ear.frames[here.room][-1].gone == ["c2"])


async def test_a_line_that_died_on_the_way_is_noticed_and_another_one_hears(
    rooms: Rooms, valkey: Valkey
):  # R61
    here = await consultation(rooms)
    rooms.watch(here.room)
    way, ear = Proxy(unix(str(valkey.directory / "valkey.sock"))), Ear()
    async with way.listening(), Rooms.open(way.url, process="two", listener=ear) as others:
        others.watch(here.room)
        beating = asyncio.create_task(beat(rooms, here.doctor, ConnectionId("c1")))
        await ear.until(lambda: bool(others.presence(here.room).people))
        for pipe in way.pipes:
            pipe.swallowing = True
        heard = others.presence(here.room).people[0].n
        await ear.until(lambda: [one.n > heard + 1 for one in others.presence(here.room).people] == [True])
        beating.cancel()


async def test_presence_of_one_room_is_not_told_in_another(rooms: Rooms, ear: Ear):  # I11
    one, other = await consultation(rooms), await consultation(rooms)
    rooms.watch(one.room)
    rooms.watch(other.room)
    rooms.present(one.doctor, ConnectionId("c1"), PresenceUpdate(n=1))
    await ear.until(lambda: bool(ear.frames))
    assert list(ear.frames) == [one.room]
    assert rooms.presence(other.room).people == []
