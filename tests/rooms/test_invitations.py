"""Links, grants and who is let in."""

from __future__ import annotations

import asyncio
import re

import pytest
import redis.asyncio as redis

from readingroom.errors import (
    BadRequest,
    Denied,
    Limit,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    NoSuchRoom,
    ReadingRoomError,
)
from readingroom.protocol import PersonJoined
from readingroom.rooms import script
from readingroom.rooms.invitations import Admission
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.recent import Recent
from readingroom.rooms.rooms import Rooms
from readingroom.values import GrantId, RoomId
from tests.rooms.conftest import Another
from tests.rooms.people import FIRST_VIEW, SERIES, consultation, create, join, mark_id


async def test_the_first_use_of_a_link_admits_and_is_written_down(rooms: Rooms):  # R21
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    assert await rooms.invitation(room, made.secret) == made.grant
    admitted = await rooms.admit(room, made.secret, " Maria ", None)
    member = admitted.member
    assert (member.name, member.role, member.grant, member.epoch) == ("Maria", "patient", made.grant, 1)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made.secret)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", admitted.token)
    assert await rooms.member(room, made.grant, admitted.token) == member
    found = await rooms.snapshot(room)
    assert [(one.principal, one.name) for one in found.people] == [(member.principal, "Maria")]


async def test_redis_holds_neither_secret_nor_token(rooms: Rooms, raw: redis.Redis):  # R20
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    admitted = await rooms.admit(room, made.secret, "Maria", None)
    names = RoomKeys.of(room)
    kept = str([await raw.hgetall(key) for key in (names.links, names.grants, names.acl, names.meta)])
    assert made.secret not in kept
    assert admitted.token not in kept


async def test_the_same_browser_comes_in_again_with_the_same_admission(rooms: Rooms):  # R22
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    first = await rooms.admit(room, made.secret, "Maria", None)
    revision = (await rooms.snapshot(room)).revision
    assert await rooms.admit(room, made.secret, None, first.token) == first
    assert await rooms.admit(room, made.secret, "Maria", first.token) == first
    assert (await rooms.snapshot(room)).revision == revision


async def test_a_second_browser_with_the_same_link_is_refused(rooms: Rooms):  # I10 R23
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    await rooms.admit(room, made.secret, "Maria", None)
    for token in (None, "x" * 43):
        with pytest.raises(LinkUsed):
            await rooms.admit(room, made.secret, "Mallory", token)


async def test_of_two_browsers_at_once_exactly_one_comes_in(rooms: Rooms, another: Another):  # R21
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    async with another("two") as (others, _):
        results = await asyncio.gather(
            *(process.admit(room, made.secret, "Maria", None) for process in (rooms, others) * 5),
            return_exceptions=True,
        )
    assert sum(isinstance(result, Admission) for result in results) == 1
    assert sum(isinstance(result, LinkUsed) for result in results) == 9


async def test_another_name_is_told_and_kept(rooms: Rooms):  # R22
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    first = await rooms.admit(room, made.secret, "Maria", None)
    renamed = await rooms.admit(room, made.secret, "Maria Lopez", first.token)
    assert renamed.member.name == "Maria Lopez"
    assert renamed.token == first.token
    assert (await rooms.admit(room, made.secret, None, first.token)).member.name == "Maria Lopez"
    assert [one.name for one in (await rooms.snapshot(room)).people] == ["Maria Lopez"]


async def test_a_link_waits_only_so_long_for_its_first_use(rooms: Rooms):  # R23
    room = await rooms.create(SERIES, FIRST_VIEW)
    late = await rooms.invite(room, "patient", lifetime_s=0)
    with pytest.raises(LinkExpired):
        await rooms.invitation(room, late.secret)
    with pytest.raises(LinkExpired):
        await rooms.admit(room, late.secret, "Maria", None)


async def test_an_admitted_browser_comes_back_after_the_links_last_moment(
    rooms: Rooms, raw: redis.Redis
):  # R22
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    first = await rooms.admit(room, made.secret, "Maria", None)
    names = RoomKeys.of(room)
    role, principal, _, token = (await raw.hget(names.grants, made.grant)).decode().split()
    await raw.hset(names.grants, made.grant, f"{role} {principal} 1 {token}")
    assert await rooms.admit(room, made.secret, None, first.token) == first


async def test_a_link_opens_no_other_room(rooms: Rooms):  # I10 I11 R23
    one = await rooms.create(SERIES, FIRST_VIEW)
    other = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(one, "host")
    for room in (other, RoomId("none")):
        with pytest.raises(LinkUnknown):
            await rooms.admit(room, made.secret, "Mallory", None)
    with pytest.raises(LinkUnknown):
        await rooms.invitation(one, "y" * 43)


async def test_a_token_proves_its_own_grant_in_its_own_room_only(rooms: Rooms):  # I10
    one, other = await consultation(rooms), await consultation(rooms)
    made = await rooms.invite(one.room, "patient")
    admitted = await rooms.admit(one.room, made.secret, "Maria", None)
    for room, grant, token in (
        (one.room, one.doctor.grant, admitted.token),
        (other.room, made.grant, admitted.token),
        (one.room, made.grant, "z" * 43),
        (one.room, GrantId("none"), admitted.token),
    ):
        with pytest.raises(Denied):
            await rooms.member(room, grant, token)
    with pytest.raises(NoSuchRoom):
        await rooms.member(RoomId("none"), made.grant, admitted.token)


async def test_an_unused_link_proves_nobody_even_with_its_own_row(rooms: Rooms):  # R20
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    with pytest.raises(Denied):
        await rooms.member(room, made.grant, "-")


async def test_one_who_was_removed_does_not_come_back_by_link_or_cookie(
    rooms: Rooms, raw: redis.Redis
):  # I9 I10
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    admitted = await rooms.admit(room, made.secret, "Maria", None)
    await raw.hdel(RoomKeys.of(room).acl, admitted.member.principal)
    with pytest.raises(Denied):
        await rooms.admit(room, made.secret, None, admitted.token)
    with pytest.raises(Denied):
        await rooms.member(room, made.grant, admitted.token)
    with pytest.raises(Denied):
        await rooms.do(admitted.member, create(mark_id()))


async def test_the_first_host_leads_and_a_second_does_not_take_it_from_him(rooms: Rooms):  # R24
    room = await rooms.create(SERIES, FIRST_VIEW)
    await join(rooms, room, "patient")
    assert (await rooms.snapshot(room)).lead.holder is None
    first = await join(rooms, room, "host")
    await join(rooms, room, "host")
    lead = (await rooms.snapshot(room)).lead
    assert (lead.holder, lead.fence) == (first.member.principal, 1)


async def test_who_gives_no_name_is_called_by_his_role(rooms: Rooms):
    room = await rooms.create(SERIES, FIRST_VIEW)
    assert (await join(rooms, room, "host")).member.name == "Doctor"
    assert (await join(rooms, room, "patient")).member.name == "Patient"


async def test_an_unreadable_name_is_refused_and_the_link_stays_unused(rooms: Rooms):
    room = await rooms.create(SERIES, FIRST_VIEW)
    made = await rooms.invite(room, "patient")
    with pytest.raises(BadRequest):
        await rooms.admit(room, made.secret, "\u202e\u0000", None)
    await rooms.admit(room, made.secret, "Maria", None)


async def test_a_room_is_for_fifty_people(rooms: Rooms):  # R14
    room = await rooms.create(SERIES, FIRST_VIEW)
    for _ in range(script.PEOPLE_LIMIT):
        await rooms.invite(room, "patient")
    with pytest.raises(Limit, match="50 people"):
        await rooms.invite(room, "patient")


async def test_nobody_is_invited_to_a_room_that_is_none(rooms: Rooms):
    with pytest.raises(NoSuchRoom):
        await rooms.invite(RoomId("none"), "host")


async def test_the_series_of_a_room_are_found_by_their_keys(rooms: Rooms):
    room = await rooms.create(SERIES, FIRST_VIEW)
    assert await rooms.series(room) == SERIES
    with pytest.raises(NoSuchRoom):
        await rooms.series(RoomId("none"))


async def test_joining_is_in_the_log_with_its_author(rooms: Rooms, another: Another):  # R21
    room = await rooms.create(SERIES, FIRST_VIEW)
    async with another("two") as (others, ear):
        others.watch(room)
        await others._tailer.started(room, 5)
        member = (await join(rooms, room, "patient", "Maria")).member
        await ear.until(lambda: bool(ear.log))
    [entry] = ear.log[room]
    assert (entry.by, entry.command) == (member.principal, PersonJoined(name="Maria", role="patient"))


async def test_an_answer_is_used_again_for_one_second_and_a_refusal_never():  # R25
    seconds = [0.0]
    asked: list[float] = []
    recent: Recent[str, float] = Recent(clock=lambda: seconds[0])

    async def ask() -> float:
        asked.append(seconds[0])
        if seconds[0] > 2:
            raise Denied()
        return seconds[0]

    for moment, answer in ((0.0, 0.0), (0.9, 0.0), (1.0, 1.0), (1.9, 1.0)):
        seconds[0] = moment
        assert await recent.get("maria", ask) == answer
    for moment in (2.5, 2.6):
        seconds[0] = moment
        with pytest.raises(ReadingRoomError):
            await recent.get("maria", ask)
    assert asked == [0.0, 1.0, 2.5, 2.6]
