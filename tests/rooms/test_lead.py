"""Who steers: the lead, its fence, its lease, and the view it moves."""

from __future__ import annotations

from typing import get_args

import pytest
import redis.asyncio as redis

from readingroom.errors import BadRequest, BadWindow, LeadTaken, NoSuchSeries, NotHere, Stale
from readingroom.protocol import (
    Command,
    PaneView,
    PresenceUpdate,
    ShownStack,
    SyncRequest,
    ViewCommand,
    WireWindow,
)
from readingroom.rooms import roles, script
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.rooms import Rooms
from readingroom.values import ConnectionId, RoomId
from tests.rooms.people import ask, consultation, give, join, scroll, take, window


async def lease_of(raw: redis.Redis, room: RoomId) -> int:
    return int(await raw.hget(RoomKeys.of(room).meta, "lead_until"))


async def let_lease_run_out(raw: redis.Redis, room: RoomId) -> None:
    await raw.hset(RoomKeys.of(room).meta, "lead_until", "1")


async def test_only_the_holder_at_the_current_fence_moves_the_view(rooms: Rooms):  # I5 R40
    here = await consultation(rooms)
    assert (await rooms.move(here.doctor, window(50, fence=1))).view_revision == 1
    for member, fence in ((here.patient, 1), (here.doctor, 0), (here.doctor, 2)):
        with pytest.raises(Stale):
            await rooms.move(member, window(60, fence))
    panes = (await rooms.snapshot(here.room)).panes
    assert panes["0"].window == WireWindow(center=50, width=400)


async def test_a_paused_leader_who_wakes_up_is_stale(rooms: Rooms):  # I5
    here = await consultation(rooms)
    await rooms.do(here.doctor, give(here.patient.principal))
    with pytest.raises(Stale):
        await rooms.move(here.doctor, window(50, fence=1))
    await rooms.move(here.patient, window(50, fence=2))


async def test_each_view_field_is_the_last_writers_and_the_others_stay(rooms: Rooms):  # R40
    here = await consultation(rooms)
    await rooms.move(here.doctor, window(50, 1))
    await rooms.move(here.doctor, scroll(7000, 1))
    found = await rooms.snapshot(here.room)
    pane = found.panes["0"]
    assert pane.shown == ShownStack(series="chest")
    assert pane.window == WireWindow(center=50, width=400)
    assert pane.place == scroll(7000, 1).change.place
    assert (found.view_revision, found.revision) == (2, 5)


async def test_a_window_is_kept_with_seven_significant_digits(rooms: Rooms):  # R12
    here = await consultation(rooms)
    await rooms.move(here.doctor, window(40.000000001, 1, width=1234.56789))
    assert (await rooms.snapshot(here.room)).panes["0"].window == WireWindow(center=40, width=1234.568)


async def test_the_view_shows_open_series_only(rooms: Rooms):  # R4
    here = await consultation(rooms)
    closed = ViewCommand(fence=1, change=PaneView(shown=ShownStack(series="closed")))
    with pytest.raises(NoSuchSeries):
        await rooms.move(here.doctor, closed)


async def test_a_view_that_cannot_be_shown_is_refused(rooms: Rooms):
    here = await consultation(rooms)
    with pytest.raises(BadWindow):
        await rooms.move(here.doctor, window(40, 1, width=0.25))
    with pytest.raises(BadRequest):
        await rooms.move(here.doctor, ViewCommand(fence=1, change=PaneView()))


async def test_a_patient_does_not_take_the_lead_from_a_holder_who_is_here(rooms: Rooms):  # R41
    here = await consultation(rooms)
    with pytest.raises(LeadTaken):
        await rooms.do(here.patient, take())


async def test_a_patient_takes_a_lead_whose_lease_ran_out(rooms: Rooms, raw: redis.Redis):  # R41 R43
    here = await consultation(rooms)
    await let_lease_run_out(raw, here.room)
    await rooms.do(here.patient, take())
    lead = (await rooms.snapshot(here.room)).lead
    assert (lead.holder, lead.fence) == (here.patient.principal, 2)
    with pytest.raises(Stale):
        await rooms.move(here.doctor, window(50, fence=1))


async def test_a_patient_takes_a_lead_nobody_holds(rooms: Rooms):  # R41
    room = await rooms.create({}, PaneView())
    patient = (await join(rooms, room, "patient")).member
    await rooms.do(patient, take())
    assert (await rooms.snapshot(room)).lead.holder == patient.principal


async def test_a_host_takes_the_lead_always(rooms: Rooms):  # R41
    here = await consultation(rooms)
    await rooms.do(here.doctor, give(here.patient.principal))
    await rooms.do(here.doctor, take())
    lead = (await rooms.snapshot(here.room)).lead
    assert (lead.holder, lead.fence) == (here.doctor.principal, 3)


async def test_the_lead_is_given_by_its_holder_or_a_host_to_somebody_here(rooms: Rooms):  # R42
    here = await consultation(rooms)
    second = (await join(rooms, here.room, "patient")).member
    with pytest.raises(LeadTaken):
        await rooms.do(here.patient, give(here.patient.principal))
    with pytest.raises(NotHere):
        await rooms.do(here.doctor, give("stranger"))
    await rooms.do(here.doctor, give(here.patient.principal))
    await rooms.do(here.patient, give(second.principal))
    await rooms.do(here.doctor, give(here.patient.principal))
    assert (await rooms.snapshot(here.room)).lead.fence == 4


async def test_who_asks_is_shown_until_he_withdraws_or_the_lead_moves(rooms: Rooms):  # R42
    here = await consultation(rooms)
    second = (await join(rooms, here.room, "patient")).member
    await rooms.do(here.patient, ask())
    await rooms.do(second, ask())
    assert (await rooms.snapshot(here.room)).lead.asking == [here.patient.principal, second.principal]
    await rooms.do(here.patient, ask(False))
    assert (await rooms.snapshot(here.room)).lead.asking == [second.principal]
    await rooms.do(here.doctor, take())
    assert (await rooms.snapshot(here.room)).lead.asking == []


async def test_moving_the_view_renews_the_lease(rooms: Rooms, raw: redis.Redis):  # R43
    here = await consultation(rooms)
    await let_lease_run_out(raw, here.room)
    await rooms.move(here.doctor, window(50, 1))
    seconds, micros = await raw.time()
    left_ms = await lease_of(raw, here.room) - (seconds * 1000 + micros // 1000)
    assert 0 < left_ms <= script.LEASE_MS
    with pytest.raises(LeadTaken):
        await rooms.do(here.patient, take())


async def test_the_holders_presence_renews_the_lease_and_nobody_elses_does(
    rooms: Rooms, raw: redis.Redis
):  # R43
    here = await consultation(rooms)
    rooms.watch(here.room)
    await rooms.catch_up(here.doctor, SyncRequest())
    await let_lease_run_out(raw, here.room)
    rooms.present(here.patient, ConnectionId("c2"), PresenceUpdate(n=1))
    await rooms.do(here.patient, ask())  # behind whatever the heartbeat would have sent
    assert await lease_of(raw, here.room) == 1
    rooms.present(here.doctor, ConnectionId("c1"), PresenceUpdate(n=1))
    await rooms.do(here.patient, ask(False))
    with pytest.raises(LeadTaken):
        await rooms.do(here.patient, take())


async def test_a_view_op_changes_no_revision_and_is_not_in_the_log(rooms: Rooms, raw: redis.Redis):  # R40
    here = await consultation(rooms)
    before = await raw.xlen(RoomKeys.of(here.room).log)
    for number in range(300):
        await rooms._move(here.doctor, window(number, 1))  # past the pacing
    assert await raw.xlen(RoomKeys.of(here.room).log) == before
    assert await raw.xlen(RoomKeys.of(here.room).views) <= 256 + 100


def test_every_kind_of_command_has_its_row_in_the_table():  # R3
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(Command)[0])}
    assert set(roles.RIGHTS) == kinds | {"view"}
    assert all(set(row) == set(roles.ROLES) for row in roles.RIGHTS.values())
    assert roles.row("lead.take") == "host=any clinician=own patient=own observer=no"
    assert roles.row("unheard.of") == ""
