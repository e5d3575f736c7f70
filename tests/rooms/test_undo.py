"""Undo and redo: each author's own steps, and never over somebody else's change."""

from __future__ import annotations

import pytest
import redis.asyncio as redis

from readingroom.errors import Conflict, Limit, NothingToUndo
from readingroom.protocol import Annotation, AnnotationReverted, PersonRole, QuestionAnswer
from readingroom.rooms import canonical, script
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.rooms import Rooms
from tests.rooms.people import (
    Consultation,
    arrow,
    consultation,
    create,
    delete,
    hide,
    join,
    mark_id,
    op,
    pin,
    redo,
    undo,
    update,
)


async def mark_in(rooms: Rooms, here: Consultation) -> Annotation:
    [mark] = (await rooms.snapshot(here.room)).annotations
    return mark


async def test_what_was_removed_returns_by_its_authors_undo(rooms: Rooms):  # I7 R33
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id, arrow(5)))
    await rooms.do(here.patient, delete(id))
    with pytest.raises(NothingToUndo):
        await rooms.do(here.doctor, undo())
    await rooms.do(here.patient, undo())
    mark = await mark_in(rooms, here)
    assert (mark.by, mark.deleted, mark.mark.shape) == (here.patient.principal, False, arrow(5).shape)


async def test_undo_goes_back_step_by_step_and_redo_forth_again(rooms: Rooms):  # I8 R33 R34
    here, id = await consultation(rooms), mark_id()
    drawn = [arrow(1), arrow(2), arrow(3)]
    await rooms.do(here.patient, create(id, drawn[0]))
    await rooms.do(here.patient, update(id, drawn[1]))
    await rooms.do(here.patient, update(id, drawn[2]))
    back, forth = [], []
    for _ in range(3):
        await rooms.do(here.patient, undo())
        back.append((await mark_in(rooms, here)).mark)
    for _ in range(3):
        await rooms.do(here.patient, redo())
        forth.append((await mark_in(rooms, here)).mark)
    assert [mark and mark.shape for mark in back] == [drawn[1].shape, drawn[0].shape, None]
    assert [mark.shape for mark in forth] == [one.shape for one in drawn]
    with pytest.raises(NothingToUndo):
        await rooms.do(here.patient, redo())


async def test_undo_after_anothers_change_is_a_conflict_and_changes_nothing(rooms: Rooms):  # I8 R33
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id))
    await rooms.do(here.doctor, hide(id))
    before = canonical.dumps(await rooms.snapshot(here.room))
    with pytest.raises(Conflict):
        await rooms.do(here.patient, undo())
    assert canonical.dumps(await rooms.snapshot(here.room)) == before
    await rooms.do(here.doctor, undo())
    await rooms.do(here.patient, undo())
    assert (await mark_in(rooms, here)).deleted


async def test_a_new_change_ends_what_can_be_done_again(rooms: Rooms):  # R34
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id, arrow(1)))
    await rooms.do(here.patient, update(id, arrow(2)))
    await rooms.do(here.patient, undo())
    await rooms.do(here.patient, update(id, arrow(3)))
    with pytest.raises(NothingToUndo):
        await rooms.do(here.patient, redo())


async def test_an_answered_question_stays_answered_through_undo(rooms: Rooms):  # R35
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id, pin()))
    await rooms.do(here.patient, update(id, pin("And this?")))
    await rooms.do(here.doctor, op(QuestionAnswer(id=id)))
    await rooms.do(here.patient, undo())
    mark = await mark_in(rooms, here)
    assert (mark.answered, mark.mark.shape) == (True, pin().shape)


async def test_the_log_says_what_an_undo_made_in_the_bytes_python_would_write(
    rooms: Rooms, raw: redis.Redis
):  # R12
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id, arrow(1, label='"\\ é 😀')))
    await rooms.do(here.patient, delete(id))
    await rooms.do(here.patient, undo())
    [(_, fields)] = await raw.xrevrange(RoomKeys.of(here.room).log, count=1)
    mark = (await mark_in(rooms, here)).mark
    told = AnnotationReverted(id=id, how="undo", hidden=False, mark=mark)
    assert fields[b"command"] == canonical.dumps(told)


async def test_an_undo_sent_twice_takes_back_one_step(rooms: Rooms):  # I4 R2
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id, arrow(1)))
    await rooms.do(here.patient, update(id, arrow(2)))
    sent = undo()
    assert await rooms.do(here.patient, sent) == await rooms.do(here.patient, sent)
    assert (await mark_in(rooms, here)).mark.shape == arrow(1).shape


async def test_a_hundred_steps_are_kept(rooms: Rooms, raw: redis.Redis):  # R33
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id))
    for number in range(101):
        await rooms.do(here.patient, update(id, arrow(number)))
    for _ in range(100):
        await rooms.do(here.patient, undo())
    with pytest.raises(NothingToUndo):
        await rooms.do(here.patient, undo())
    assert (await mark_in(rooms, here)).mark.shape == arrow(0).shape


async def test_undo_brings_no_mark_back_into_a_room_full_of_marks(rooms: Rooms, raw: redis.Redis):  # R14
    here, id = await consultation(rooms), mark_id()
    await rooms.do(here.patient, create(id))
    await rooms.do(here.patient, delete(id))
    await raw.hset(RoomKeys.of(here.room).meta, "live", str(script.LIVE_MARKS_LIMIT))
    with pytest.raises(Limit):
        await rooms.do(here.patient, undo())


async def test_who_may_not_hide_any_more_takes_nothing_back_of_others(rooms: Rooms):  # I6 R3 R33 R34
    here, id, own = await consultation(rooms), mark_id(), mark_id()
    colleague = (await join(rooms, here.room, "host")).member
    await rooms.do(here.patient, create(id))
    await rooms.do(colleague, create(own))
    await rooms.do(colleague, hide(id))
    await rooms.do(colleague, undo())
    await rooms.do(here.doctor, op(PersonRole(principal=colleague.principal, role="patient")))
    with pytest.raises(NothingToUndo):
        await rooms.do(colleague, redo())
    await rooms.do(colleague, undo())
    marks = {mark.id: (mark.hidden, mark.deleted) for mark in (await rooms.snapshot(here.room)).annotations}
    assert marks == {id: (False, False), own: (False, True)}
