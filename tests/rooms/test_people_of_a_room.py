"""Roles, removal, hands and words; the end of a room."""

from __future__ import annotations

import pytest

from readingroom.errors import Denied, Forbidden, Gone, Limit, LinkUsed, NotHere, NotOwner, RoomEnded, Stale
from readingroom.protocol import (
    ChatSay,
    HandLower,
    HandRaise,
    KeyImageAdd,
    KeyImageRemove,
    PaneView,
    PersonRemove,
    PersonRole,
    RoomEnd,
    RoomReopen,
    ShownStack,
    StageGather,
    SyncRequest,
    SyncSnapshot,
)
from readingroom.rooms.room import CHAT_KEPT
from readingroom.rooms.rooms import Rooms
from tests.rooms.conftest import Another
from tests.rooms.ear import Ear
from tests.rooms.people import FIRST_VIEW, consultation, create, give, join, mark_id, op, take, undo, window


async def test_a_removed_guest_can_do_and_learn_nothing_more(rooms: Rooms):  # I10 R26
    here = await consultation(rooms)
    link = await rooms.invite(here.room, "patient")
    otto = await rooms.admit(here.room, link.secret, "Otto", None)
    await rooms.do(here.doctor, op(PersonRemove(principal=otto.member.principal)))
    with pytest.raises(Denied):
        await rooms.do(otto.member, create(mark_id()))
    with pytest.raises(Denied):
        await rooms.catch_up(otto.member, SyncRequest())
    with pytest.raises(Denied):
        await rooms.member(here.room, otto.member.grant, otto.token)
    with pytest.raises(Denied):
        await rooms.admit(here.room, link.secret, "Otto", otto.token)
    with pytest.raises(LinkUsed):
        await rooms.admit(here.room, link.secret, "Otto", None)


async def test_a_removal_is_known_on_another_process_before_a_held_answer_is_used(
    rooms: Rooms, another: Another
):  # I9 R26
    here = await consultation(rooms)
    link = await rooms.invite(here.room, "patient")
    otto = await rooms.admit(here.room, link.secret, "Otto", None)
    async with another("two") as (others, ear):
        others.watch(here.room)
        await others.catch_up(here.doctor, SyncRequest())
        assert await others.member(here.room, otto.member.grant, otto.token) == otto.member
        removed = await rooms.do(here.doctor, op(PersonRemove(principal=otto.member.principal)))
        await ear.until(lambda: ear.revisions(here.room)[-1:] == [removed.revision])
        with pytest.raises(Denied):
            await others.member(here.room, otto.member.grant, otto.token)


async def test_the_lead_of_a_removed_guest_goes_to_who_removed_him(rooms: Rooms):  # R26
    here = await consultation(rooms)
    await rooms.do(here.doctor, give(here.patient.principal))
    await rooms.do(here.doctor, op(PersonRemove(principal=here.patient.principal)))
    found = await rooms.snapshot(here.room)
    assert (found.lead.holder, found.lead.fence) == (here.doctor.principal, 3)
    assert [person.removed for person in found.people] == [False, True]
    with pytest.raises(Stale):
        await rooms.move(here.doctor, window(50, 2))


async def test_nobody_removes_himself_and_a_patient_nobody(rooms: Rooms):  # R26 R3
    here = await consultation(rooms)
    for member in (here.doctor, here.patient):
        with pytest.raises(Forbidden):
            await rooms.do(member, op(PersonRemove(principal=here.doctor.principal)))
    with pytest.raises(NotHere):
        await rooms.do(here.doctor, op(PersonRemove(principal="stranger")))


async def test_an_observer_looks_and_raises_a_hand(rooms: Rooms):  # R3
    here = await consultation(rooms)
    observer = (await join(rooms, here.room, "observer")).member
    for refused in (create(mark_id()), take(), undo(), op(ChatSay(text="hello")), op(StageGather())):
        with pytest.raises(Forbidden):
            await rooms.do(observer, refused)
    with pytest.raises(Forbidden):
        await rooms.do(here.doctor, give(observer.principal))
    await rooms.do(observer, op(HandRaise()))
    assert [hand.principal for hand in (await rooms.snapshot(here.room)).hands] == [observer.principal]


async def test_a_new_role_counts_at_once_also_at_the_door(rooms: Rooms):  # R1 R26
    here = await consultation(rooms)
    link = await rooms.invite(here.room, "observer")
    otto = await rooms.admit(here.room, link.secret, "Otto", None)
    await rooms.do(here.doctor, op(PersonRole(principal=otto.member.principal, role="clinician")))
    await rooms.do(otto.member, create(mark_id()))
    again = await rooms.admit(here.room, link.secret, "Dr. Otto", otto.token)
    assert again.member.role == "clinician"
    people = {person.name: person.role for person in (await rooms.snapshot(here.room)).people}
    assert people["Dr. Otto"] == "clinician"


async def test_hands_stand_in_the_order_they_were_raised_and_a_host_lowers_them(rooms: Rooms):
    here = await consultation(rooms)
    for member in (here.patient, here.doctor, here.patient):
        await rooms.do(member, op(HandRaise()))
    hands = (await rooms.snapshot(here.room)).hands
    assert [hand.principal for hand in hands] == [here.patient.principal, here.doctor.principal]
    with pytest.raises(Forbidden):
        await rooms.do(here.patient, op(HandLower(principal=here.doctor.principal)))
    await rooms.do(here.doctor, op(HandLower(principal=here.patient.principal)))
    await rooms.do(here.doctor, op(HandRaise(raised=False)))
    assert (await rooms.snapshot(here.room)).hands == []


async def test_the_document_keeps_the_newest_messages_and_the_log_all(rooms: Rooms):  # R16
    here = await consultation(rooms)
    for number in range(CHAT_KEPT + 3):
        await rooms.do(here.patient, op(ChatSay(text=f"message {number}")))
    said = [message.text for message in (await rooms.snapshot(here.room)).chat]
    assert said == [f"message {number}" for number in range(3, CHAT_KEPT + 3)]
    log = [entry async for entry in rooms._store.log(here.room)]
    assert sum(entry.command.kind == "chat.say" for entry in log) == CHAT_KEPT + 3


async def test_a_key_image_is_its_keepers_and_a_host_may_drop_it(rooms: Rooms):
    here = await consultation(rooms)
    colleague = (await join(rooms, here.room, "clinician")).member
    id = mark_id()
    await rooms.do(here.doctor, op(KeyImageAdd(id=id, view=FIRST_VIEW, note="the nodule")))
    [image] = (await rooms.snapshot(here.room)).key_images
    assert (image.by, image.view, image.note) == (here.doctor.principal, FIRST_VIEW, "the nodule")
    with pytest.raises(NotOwner):
        await rooms.do(colleague, op(KeyImageRemove(id=id)))
    await rooms.do(here.doctor, op(KeyImageRemove(id=id)))
    with pytest.raises(Gone):
        await rooms.do(here.doctor, op(KeyImageRemove(id=id)))


async def test_key_images_are_bounded(rooms: Rooms):  # R14
    here = await consultation(rooms)
    shown = PaneView(shown=ShownStack(series="chest"))
    for _ in range(200):
        await rooms.do(here.doctor, op(KeyImageAdd(id=mark_id(), view=shown)))
    with pytest.raises(Limit):
        await rooms.do(here.doctor, op(KeyImageAdd(id=mark_id(), view=shown)))


async def test_a_room_that_has_ended_changes_no_more_until_it_is_opened_again(rooms: Rooms):  # R6 R18
    here = await consultation(rooms)
    link = await rooms.invite(here.room, "patient")
    otto = await rooms.admit(here.room, link.secret, None, None)
    await rooms.do(here.doctor, op(RoomEnd()))
    for member in (here.doctor, here.patient):
        with pytest.raises(RoomEnded):
            await rooms.do(member, create(mark_id()))
    with pytest.raises(RoomEnded):
        await rooms.move(here.doctor, window(50, 1))
    with pytest.raises(RoomEnded):
        await rooms.member(here.room, otto.member.grant, otto.token)
    with pytest.raises(RoomEnded):
        await rooms.catch_up(here.patient, SyncRequest())
    assert isinstance(await rooms.catch_up(here.doctor, SyncRequest()), SyncSnapshot)
    late = await rooms.invite(here.room, "patient")
    with pytest.raises(RoomEnded):
        await rooms.admit(here.room, late.secret, None, None)
    with pytest.raises(Forbidden):
        await rooms.do(here.patient, op(RoomReopen()))
    await rooms.do(here.doctor, op(RoomReopen()))
    await rooms.do(here.patient, create(mark_id()))
    assert (await rooms.admit(here.room, late.secret, None, None)).member.role == "patient"


async def test_everyone_is_told_when_everyone_is_brought_here(rooms: Rooms, ear: Ear):  # R45
    here = await consultation(rooms)
    rooms.watch(here.room)
    await rooms.catch_up(here.doctor, SyncRequest())
    told = await rooms.do(here.doctor, op(StageGather()))
    assert [entry.command.kind for entry in ear.log[here.room]] == ["stage.gather"]
    assert (await rooms.snapshot(here.room)).gathered == told.revision
