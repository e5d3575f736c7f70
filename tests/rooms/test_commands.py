"""Document commands against the real script on a real Valkey."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis.asyncio as redis

from readingroom.errors import (
    Denied,
    Exists,
    Forbidden,
    Gone,
    Limit,
    NoSuchRoom,
    NoSuchSeries,
    NotOwner,
    OpIdReused,
    ReadingRoomError,
)
from readingroom.protocol import Arrow, HandRaise, LeadTake, LogEntry, PersonRemove, RoomEnd, RoomReopen
from readingroom.rooms import canonical, room, rows, script, settling
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.settling import NOTHING_ADDED
from readingroom.values import GrantId, PrincipalId, RoomId
from tests.rooms.documents import bytes_of
from tests.rooms.people import (
    FIRST_VIEW,
    SERIES,
    arrow,
    ask,
    consultation,
    create,
    delete,
    give,
    hide,
    join,
    mark_id,
    op,
    take,
    undo,
    update,
    window,
    words,
)


async def log_of(raw: redis.Redis, room_id: RoomId) -> list[LogEntry]:
    return [rows.entry(id, fields) for id, fields in await raw.xrange(RoomKeys.of(room_id).log)]


async def everything(raw: redis.Redis, room_id: RoomId) -> dict[bytes, bytes]:
    """Every key of the room as Redis would dump it."""
    return {key: await raw.dump(key) async for key in raw.scan_iter(f"{{{room_id}}}:*")}


async def test_a_mark_is_in_the_room_once_it_is_acknowledged(rooms: Rooms):
    here = await consultation(rooms)
    id = mark_id()
    answer = await rooms.do(here.patient, create(id, arrow(label="here?")))
    found = await rooms.snapshot(here.room)
    assert answer.revision == found.revision == 6
    assert [(mark.id, mark.by) for mark in found.annotations] == [(id, here.patient.principal)]
    assert isinstance(found.annotations[0].mark.shape, Arrow)


async def test_the_document_and_a_replay_of_the_log_are_byte_identical(
    rooms: Rooms, raw: redis.Redis
):  # I2 R15
    here = await consultation(rooms)
    kept, removed = mark_id(), mark_id()
    for member, sent in (
        (here.patient, create(kept, words('quote " and \\ and é and 😀'))),
        (here.doctor, create(removed)),
        (here.patient, ask()),
        (here.patient, update(kept)),
        (here.doctor, delete(removed)),
        (here.doctor, give(here.patient.principal)),
        (here.doctor, take()),
    ):
        await rooms.do(member, sent)
    found = await rooms.snapshot(here.room)
    state = room.replay(await log_of(raw, here.room), RoomState(epoch=found.epoch))
    assert canonical.dumps(found) == bytes_of(state, found)


async def test_each_head_follows_from_the_one_before(rooms: Rooms, raw: redis.Redis):  # R11
    here = await consultation(rooms)
    await rooms.do(here.patient, create(mark_id()))
    head = room.GENESIS
    for entry in await log_of(raw, here.room):
        head = room.head_after(head, entry)
        assert entry.head == head
    assert (await rooms.snapshot(here.room)).head == head


async def test_the_stored_payload_is_the_very_bytes_that_python_wrote(rooms: Rooms, raw: redis.Redis):  # R12
    here = await consultation(rooms)
    sent = create(mark_id(), words("[] {} 1e400 0.1"))
    await rooms.do(here.doctor, sent)
    [(_, fields)] = await raw.xrevrange(RoomKeys.of(here.room).log, count=1)
    logged = settling.logged(sent.command, NOTHING_ADDED, epoch="")
    assert fields[b"command"] == canonical.dumps(logged)


async def test_the_same_op_sent_again_is_answered_and_not_done_again(rooms: Rooms):  # I4 R2
    here = await consultation(rooms)
    sent = create(mark_id())
    first = await rooms.do(here.patient, sent)
    await rooms.do(here.doctor, create(mark_id()))
    assert await rooms.do(here.patient, sent) == first
    assert (await rooms.snapshot(here.room)).revision == 7


async def test_an_op_id_cannot_be_used_for_another_payload(rooms: Rooms):  # R2
    here = await consultation(rooms)
    sent = create(mark_id())
    await rooms.do(here.patient, sent)
    with pytest.raises(OpIdReused):
        await rooms.do(here.patient, op(create(mark_id()).command, sent.op_id))


async def test_another_persons_op_id_is_another_op(rooms: Rooms):  # R2
    here = await consultation(rooms)
    sent = create(mark_id())
    await rooms.do(here.patient, sent)
    answer = await rooms.do(here.doctor, op(create(mark_id()).command, sent.op_id))
    assert answer.revision == 7


async def test_a_refused_command_changes_nothing_at_all(rooms: Rooms, raw: redis.Redis):  # R5
    here = await consultation(rooms)
    foreign, gone = mark_id(), mark_id()
    await rooms.do(here.doctor, create(foreign))
    await rooms.do(here.doctor, create(gone))
    await rooms.do(here.doctor, delete(gone))
    before = await everything(raw, here.room)
    for sent in (
        create(foreign),
        create(gone),
        create(mark_id(), arrow(series="closed")),
        update(foreign),
        update(gone),
        update(mark_id()),
        delete(foreign),
        delete(gone),
        take(),
        give(here.patient.principal),
    ):
        with pytest.raises(ReadingRoomError):
            await rooms.do(here.patient, sent)
    with pytest.raises(ReadingRoomError):
        await rooms.move(here.patient, window(50, 1))
    assert await everything(raw, here.room) == before


async def test_patient_cannot_move_the_doctors_mark(rooms: Rooms):  # I6 R31
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.doctor, create(id))
    with pytest.raises(NotOwner):
        await rooms.do(here.patient, update(id))
    with pytest.raises(NotOwner):
        await rooms.do(here.patient, delete(id))


async def test_doctor_cannot_change_or_remove_the_patients_mark_but_may_hide_it(rooms: Rooms):  # I6 R31
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.patient, create(id))
    for forbidden in (update(id), delete(id)):
        with pytest.raises(NotOwner):
            await rooms.do(here.doctor, forbidden)
    await rooms.do(here.doctor, hide(id))
    [mark] = (await rooms.snapshot(here.room)).annotations
    assert (mark.by, mark.hidden, mark.deleted) == (here.patient.principal, True, False)
    assert mark.mark.shape == arrow().shape
    with pytest.raises(Forbidden):
        await rooms.do(here.patient, hide(id, hidden=False))


async def test_an_author_cannot_be_forged(rooms: Rooms):  # I6 R1 R13
    here = await consultation(rooms)
    for forged in (
        replace(here.patient, principal=here.doctor.principal),
        replace(here.patient, principal=PrincipalId("server")),
        replace(here.patient, grant=GrantId("other")),
        replace(here.patient, epoch=2),
    ):
        with pytest.raises(Denied):
            await rooms.do(forged, create(mark_id()))


async def test_the_role_is_the_one_in_the_store_not_the_one_the_socket_says(rooms: Rooms):  # R1
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.doctor, create(id))
    with pytest.raises(NotOwner):
        await rooms.do(replace(here.patient, role="host"), delete(id))


async def test_a_mark_id_is_used_once_also_after_removal(rooms: Rooms):  # R30 R32
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.patient, create(id))
    with pytest.raises(Exists):
        await rooms.do(here.patient, create(id))
    await rooms.do(here.patient, delete(id))
    with pytest.raises(Exists):
        await rooms.do(here.patient, create(id))
    for sent in (update(id), delete(id), update(mark_id())):
        with pytest.raises(Gone):
            await rooms.do(here.patient, sent)


async def test_a_mark_lies_on_a_series_that_is_open_in_this_room(rooms: Rooms):  # R4 I11
    here = await consultation(rooms)
    with pytest.raises(NoSuchSeries):
        await rooms.do(here.doctor, create(mark_id(), arrow(series="closed")))


async def test_nothing_of_one_room_reaches_another(rooms: Rooms):  # I11
    one, other = await consultation(rooms), await consultation(rooms)
    id = mark_id()
    await rooms.do(one.patient, create(id))
    with pytest.raises(Denied):
        await rooms.do(replace(one.patient, room=other.room), create(mark_id()))
    with pytest.raises(Gone):
        await rooms.do(other.patient, update(id))
    assert (await rooms.snapshot(other.room)).annotations == []


@pytest.mark.parametrize("name", ["unknown", "", "a}:m", "x" * 65, "ö"])
async def test_a_room_that_is_none_is_not_found(rooms: Rooms, name: str):
    here = await consultation(rooms)
    stranger = replace(here.patient, room=RoomId(name))
    with pytest.raises(NoSuchRoom):
        await rooms.do(stranger, create(mark_id()))
    assert not await rooms.exists(RoomId(name))
    with pytest.raises(NoSuchRoom):
        await rooms.snapshot(RoomId(name))


async def test_a_room_holds_a_bounded_number_of_live_marks(rooms: Rooms, raw: redis.Redis):  # R14
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.patient, create(id))
    await raw.hset(RoomKeys.of(here.room).meta, "live", str(script.LIVE_MARKS_LIMIT))
    with pytest.raises(Limit, match="2000 marks"):
        await rooms.do(here.patient, create(mark_id()))
    await rooms.do(here.patient, delete(id))
    await rooms.do(here.patient, create(mark_id()))


async def test_a_full_room_can_still_be_steered_and_cleaned(rooms: Rooms, raw: redis.Redis):  # R14
    here = await consultation(rooms)
    id = mark_id()
    await rooms.do(here.patient, create(id))
    await raw.hset(RoomKeys.of(here.room).meta, "revision", str(script.OPS_LIMIT))
    for sent in (create(mark_id()), update(id), ask()):
        with pytest.raises(Limit, match="50000 changes"):
            await rooms.do(here.patient, sent)
    for member, sent in ((here.patient, delete(id)), (here.doctor, give(here.patient.principal))):
        await rooms.do(member, sent)


async def test_nobody_can_take_a_room_from_its_host_by_filling_it(rooms: Rooms, raw: redis.Redis):  # R14
    room = await rooms.create(SERIES, FIRST_VIEW)
    doctor = (await join(rooms, room, "host")).member
    link = await rooms.invite(room, "patient")
    maria = await rooms.admit(room, link.secret, "Maria", None)
    await raw.hset(RoomKeys.of(room).meta, "revision", str(script.OPS_LIMIT))
    with pytest.raises(Limit, match="50000 changes"):
        await rooms.admit(room, link.secret, "Another name", maria.token)
    with pytest.raises(Limit, match="50000 changes"):
        await rooms.do(maria.member, op(HandRaise()))
    await raw.hset(RoomKeys.of(room).meta, "revision", str(script.OPS_LIMIT + script.OPS_RESERVE))
    with pytest.raises(Limit, match="50000 changes"):
        await rooms.do(doctor, op(LeadTake()))
    for command in (PersonRemove(principal=maria.member.principal), RoomEnd(), RoomReopen()):
        await rooms.do(doctor, op(command))


async def test_the_marks_of_a_room_together_have_a_limit(rooms: Rooms, raw: redis.Redis):  # R14
    here, id, other = await consultation(rooms), mark_id(), mark_id()
    names = RoomKeys.of(here.room)
    for sent in (create(id), create(other), update(id), delete(other), undo(), undo(), hide(id)):
        await rooms.do(here.doctor, sent)
    kept = [await raw.hget(names.doc, f"a:{one}") for one in (id, other)]
    contents = [row.split(b" ", 2)[2] for row in kept]  # as lua/marks.lua counts them
    assert int(await raw.hget(names.meta, "mark_bytes")) == sum(len(one) - len(b"0 ") for one in contents)
    await raw.hset(names.meta, "mark_bytes", str(script.MARK_BYTES_LIMIT))
    for sent in (create(mark_id()), update(id, arrow(7, "a longer label"))):
        with pytest.raises(Limit, match="4 MiB"):
            await rooms.do(here.doctor, sent)
    await rooms.do(here.doctor, delete(other))
    await rooms.do(here.doctor, update(id, arrow(7, "a label")))


async def test_the_script_comes_back_after_the_store_forgot_it(rooms: Rooms, raw: redis.Redis):
    here = await consultation(rooms)
    await raw.script_flush()
    assert (await rooms.do(here.patient, create(mark_id()))).revision == 6
