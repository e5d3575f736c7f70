"""Several processes on one store: what is told, in which order, and how one catches up."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import replace

import pytest
import redis.asyncio as redis

from readingroom.errors import NoSuchRoom, NotSaved, ReadingRoomError
from readingroom.protocol import Freehand, Mark, PatientOutline, SyncLost, SyncRequest, SyncSnapshot, SyncTail
from readingroom.rooms import canonical, room, rows
from readingroom.rooms.catching_up import TAIL_LIMIT
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from readingroom.values import RoomId
from tests.rooms.conftest import Another
from tests.rooms.documents import bytes_of, state_of
from tests.rooms.ear import Ear
from tests.rooms.people import Consultation, ask, consultation, create, delete, give, mark_id, take, window


async def listen(rooms: Rooms, here: Consultation) -> SyncSnapshot:
    rooms.watch(here.room)
    answer = await rooms.catch_up(here.doctor, SyncRequest())
    assert isinstance(answer, SyncSnapshot)
    return answer


async def standing(rooms: Rooms, room_id: RoomId) -> SyncRequest:
    found = await rooms.snapshot(room_id)
    return SyncRequest(epoch=found.epoch, revision=found.revision, head=found.head)


async def busy(rooms: Rooms, here: Consultation, changes: int, seed: int) -> None:
    """Doctor and patient at work; refusals are part of it."""
    chance = random.Random(seed)
    mine: list[str] = []
    for _ in range(changes):
        member = chance.choice((here.doctor, here.patient))
        if mine and chance.random() < 0.2:
            sent = delete(mine.pop())
        elif chance.random() < 0.2:
            sent = chance.choice((ask(), take(), give(here.patient.principal)))
        else:
            mine.append(mark_id())
            sent = create(mine[-1])
        try:
            await rooms.do(member, sent)
        except ReadingRoomError:
            continue


async def test_two_processes_hear_each_other_in_one_order(rooms: Rooms, ear: Ear, another: Another):  # I2 R50
    here = await consultation(rooms)
    async with another("two") as (others, other_ear):
        start = (await listen(rooms, here)).revision
        await listen(others, here)
        await asyncio.gather(busy(rooms, here, 60, 1), busy(others, here, 60, 2))
        last = (await rooms.snapshot(here.room)).revision
        for one in (ear, other_ear):
            await one.until(lambda one=one: one.revisions(here.room)[-1:] == [last])
    assert ear.revisions(here.room) == list(range(start + 1, last + 1))
    assert other_ear.log[here.room] == ear.log[here.room]


async def test_snapshot_document_replay_and_listeners_agree_to_the_byte(
    rooms: Rooms, ear: Ear, another: Another, raw: redis.Redis
):  # I2 R15
    here = await consultation(rooms)
    start = await rooms.snapshot(here.room)
    async with another("two") as (others, _):
        await listen(rooms, here)
        await asyncio.gather(busy(rooms, here, 40, 3), busy(others, here, 40, 4))
        found = await others.snapshot(here.room)
        await ear.until(lambda: ear.revisions(here.room)[-1:] == [found.revision])
    log = [rows.entry(id, fields) for id, fields in await raw.xrange(RoomKeys.of(here.room).log)]

    joined = room.replay(ear.log[here.room], state_of(start))
    replayed = room.replay(log, RoomState(epoch=found.epoch))
    assert bytes_of(replayed, found) == bytes_of(joined, found) == canonical.dumps(found)


async def test_the_view_reaches_the_other_process_in_order(rooms: Rooms, ear: Ear, another: Another):  # R50
    here = await consultation(rooms)
    async with another("two") as (others, other_ear):
        await listen(rooms, here)
        await listen(others, here)
        await asyncio.gather(*(rooms._move(here.doctor, window(number, 1)) for number in range(100)))
        for one in (ear, other_ear):
            await one.until(lambda one=one: len(one.moves.get(here.room, [])) == 100)
    assert [change.view_revision for change in other_ear.moves[here.room]] == list(range(1, 101))
    assert other_ear.moves[here.room] == ear.moves[here.room]


async def test_the_process_of_a_command_tells_it_before_it_answers(rooms: Rooms, ear: Ear):  # R50
    here = await consultation(rooms)
    await listen(rooms, here)
    answer = await rooms.do(here.patient, create(mark_id()))
    assert ear.revisions(here.room) == [answer.revision]
    await rooms.move(here.doctor, window(50, 1))
    assert len(ear.moves[here.room]) == 1


async def test_what_was_trimmed_from_the_view_stream_is_told_whole(
    rooms: Rooms, ear: Ear, another: Another, raw: redis.Redis
):  # R54
    here = await consultation(rooms)
    async with another("two") as (others, _):
        await listen(rooms, here)
        followed = rooms._tailer.at(here.room)
        assert followed is not None
        await others.move(here.doctor, window(50, 1))
        await ear.until(lambda: bool(ear.moves))
        # As if this process had slept through 300 moves: told up to 1, and the stream starts at 301.
        names = RoomKeys.of(here.room)
        await raw.hset(names.meta, "view_revision", "300")
        await raw.hset(names.view, "0.window", b'{"center":77,"function":"LINEAR","width":400}')
        await others.move(here.doctor, window(60, 1, width=333))
        await ear.until(lambda: ear.moves[here.room][-1].view_revision == 301)
    whole = ear.moves[here.room][-1].change
    assert whole == (await rooms.snapshot(here.room)).panes["0"]


async def test_a_room_watched_while_others_write_misses_nothing_and_repeats_nothing(
    rooms: Rooms, another: Another
):  # R51
    here = await consultation(rooms)
    for seed in range(12):
        async with another("two") as (others, ear):
            had = await standing(rooms, here.room)
            writing = asyncio.create_task(busy(rooms, here, 20, 100 + seed))
            others.watch(here.room)
            answer = await others.catch_up(here.doctor, had)
            assert isinstance(answer, SyncTail)
            await writing
            last = (await rooms.snapshot(here.room)).revision
            sync = [entry.revision for entry in answer.entries]
            if not sync or sync[-1] < last:
                await ear.until(lambda last=last, ear=ear: ear.revisions(here.room)[-1:] == [last])
            heard = ear.revisions(here.room)
            assert sync == list(range(had.revision + 1, had.revision + 1 + len(sync)))
            new = [revision for revision in heard if revision > had.revision + len(sync)]
            assert sync + new == list(range(had.revision + 1, last + 1))


async def test_an_unwatched_room_is_told_no_more_and_watched_again_it_is(
    rooms: Rooms, ear: Ear, another: Another
):  # R51
    here = await consultation(rooms)
    async with another("two") as (others, _):
        await listen(rooms, here)
        rooms.watch(here.room)
        rooms.unwatch(here.room)
        await others.do(here.patient, create(mark_id()))
        await ear.until(lambda: ear.revisions(here.room) == [6])
        rooms.unwatch(here.room)
        await others.do(here.patient, create(mark_id()))
        await listen(rooms, here)
        await others.do(here.patient, create(mark_id()))
        await ear.until(lambda: ear.revisions(here.room) == [6, 8])


async def test_many_rooms_are_told_by_one_tailer(rooms: Rooms, ear: Ear, another: Another):  # R50
    async with another("two") as (others, _):
        places = [await consultation(others) for _ in range(20)]
        for here in places:
            await listen(rooms, here)
        await asyncio.gather(*(others.do(here.patient, create(mark_id())) for here in places))
        await ear.until(lambda: all(ear.revisions(here.room) == [6] for here in places))


async def test_a_page_gets_the_tail_it_lacks_with_the_whole_view(rooms: Rooms):  # R52
    here = await consultation(rooms)
    had = await standing(rooms, here.room)
    id = mark_id()
    await rooms.do(here.patient, create(id))
    await rooms.move(here.doctor, window(50, 1))
    answer = await rooms.catch_up(here.doctor, had)
    assert isinstance(answer, SyncTail)
    assert [entry.revision for entry in answer.entries] == [6]
    assert answer.view_revision == 1
    assert answer.panes == (await rooms.snapshot(here.room)).panes
    again = await rooms.catch_up(here.doctor, await standing(rooms, here.room))
    assert isinstance(again, SyncTail)
    assert again.entries == []


async def test_a_page_far_behind_or_new_fetches_the_snapshot(rooms: Rooms):  # R52
    here = await consultation(rooms)
    had = await standing(rooms, here.room)
    marks = [mark_id() for _ in range(TAIL_LIMIT)]
    await asyncio.gather(*(rooms.do(here.patient, create(id)) for id in marks))
    answer = await rooms.catch_up(here.doctor, had)
    assert isinstance(answer, SyncTail)
    assert len(answer.entries) == TAIL_LIMIT
    last = await rooms.do(here.patient, create(mark_id()))
    assert await rooms.catch_up(here.doctor, had) == SyncSnapshot(revision=last.revision)
    assert await rooms.catch_up(here.doctor, SyncRequest()) == SyncSnapshot(revision=last.revision)


@pytest.mark.parametrize(
    "change",
    [{"head": "0" * 40}, {"head": ""}, {"revision": 6}, {"revision": 2**53 - 1}],
)
async def test_a_page_with_another_past_learns_that_the_state_is_lost(
    rooms: Rooms, change: dict[str, object]
):  # R53
    here = await consultation(rooms)
    had = (await standing(rooms, here.room)).model_copy(update=change)
    assert await rooms.catch_up(here.doctor, had) == SyncLost(revision=5)


async def test_a_page_of_revision_0_gets_all_entries(rooms: Rooms):  # R52
    here = await consultation(rooms)
    epoch = (await rooms.snapshot(here.room)).epoch
    answer = await rooms.catch_up(here.doctor, SyncRequest(epoch=epoch))
    assert isinstance(answer, SyncTail)
    assert [entry.revision for entry in answer.entries] == [1, 2, 3, 4, 5]


async def test_a_room_that_is_none_cannot_be_caught_up_with(rooms: Rooms):
    nobody = replace((await consultation(rooms)).doctor, room=RoomId("none"))
    rooms.watch(RoomId("none"))
    with pytest.raises(NoSuchRoom):
        await rooms.catch_up(nobody, SyncRequest())
    rooms.unwatch(RoomId("none"))
    with pytest.raises(NoSuchRoom):
        await rooms.catch_up(nobody, SyncRequest())


async def test_an_entry_this_process_cannot_read_freezes_its_room_and_no_other(
    rooms: Rooms, ear: Ear, another: Another, raw: redis.Redis
):
    here, other = await consultation(rooms), await consultation(rooms)
    await listen(rooms, here)
    await listen(rooms, other)
    names = RoomKeys.of(here.room)
    await raw.hset(names.meta, "revision", "6")
    fields = {"version": "2", "at": "1", "by": "x", "op": "x", "fence": "1", "head": "h", "command": "{}"}
    await raw.xadd(names.log, fields, id="0-6")
    await ear.until(lambda: ear.lost_rooms == [here.room])
    async with another("two") as (others, _):
        await others.do(other.patient, create(mark_id()))
        await ear.until(lambda: ear.revisions(other.room) == [6])
        # Its pages come back here, and then the line to Redis breaks: all is checked anew.
        rooms.watch(here.room)
        await rooms._tailer.started(here.room, 5)
        await raw.client_kill_filter(_type="normal", skipme=True)
        await ear.until(lambda: ear.lost_rooms == [here.room] * 2)
        async with asyncio.timeout(5):
            while True:  # until that process has its line again
                with contextlib.suppress(NotSaved):
                    await others.do(other.patient, create(mark_id()))
                    break
        await ear.until(lambda: ear.revisions(other.room) == [6, 7])


async def test_a_tail_that_is_large_is_fetched_as_a_whole(rooms: Rooms):  # R52
    here = await consultation(rooms)
    outline = [(number, number, number) for number in range(500)]
    shape = Freehand(outline=PatientOutline(frame_of_reference="for1", points_um=outline))
    await asyncio.gather(
        *(rooms.do(here.patient, create(mark_id(), Mark(series="chest", shape=shape))) for _ in range(180))
    )
    log = [entry async for entry in rooms._store.log(here.room)]
    asked = {at: SyncRequest(epoch="x", revision=at, head=log[at - 1].head) for at in (5, 165)}
    assert await rooms.catch_up(here.doctor, asked[5]) == SyncSnapshot(revision=185)
    tail = await rooms.catch_up(here.doctor, asked[165])
    assert [entry.revision for entry in tail.entries] == list(range(166, 186))


async def test_a_view_change_this_process_cannot_read_freezes_its_room_and_no_other(
    rooms: Rooms, ear: Ear, another: Another, raw: redis.Redis
):
    here, other = await consultation(rooms), await consultation(rooms)
    await listen(rooms, here)
    await listen(rooms, other)
    names = RoomKeys.of(here.room)
    await raw.hset(names.meta, "view_revision", "1")
    await raw.xadd(
        names.views, {"fence": "1", "by": "x", "pane": "0", "change": "{}", "layout": "9x9"}, id="0-1"
    )
    await ear.until(lambda: ear.lost_rooms == [here.room])
    async with another("two") as (others, _):
        await others.move(other.doctor, window(50, 1))
        await ear.until(lambda: bool(ear.moves.get(other.room)))


async def test_each_room_is_told_what_it_should_be_every_five_seconds(rooms: Rooms, ear: Ear):  # R56
    here = [await consultation(rooms) for _ in range(3)]
    async with asyncio.timeout(7):  # a page takes a line for dead that says nothing for so long
        for one in here:
            await listen(rooms, one)
        await ear.until(lambda: all(ear.states.get(one.room) for one in here))


async def test_sixty_who_ask_at_once_are_all_answered(rooms: Rooms, ear: Ear):
    here = await consultation(rooms)
    found = await asyncio.gather(*(rooms.snapshot(here.room) for _ in range(60)))
    assert {snapshot.revision for snapshot in found} == {found[0].revision}
    assert ear.savings == []
