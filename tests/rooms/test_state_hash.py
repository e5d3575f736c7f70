"""What a room is in one number: the same for the same room, another for any other."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from readingroom.protocol import (
    ChatSay,
    HandRaise,
    KeyImageAdd,
    PaneView,
    Person,
    Snapshot,
    SyncRequest,
    WireWindow,
)
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.state_hash import StateHashes
from readingroom.rooms.view import View
from tests.rooms.documents import state_of, view_of
from tests.rooms.ear import Ear
from tests.rooms.people import FIRST_VIEW, consultation, create, mark_id, op, pin, window

FILES = Path(__file__).parent.parent / "wire" / "state"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_hash_is_of_the_sorted_lines_of_all_parts():  # R56
    maria = Person(principal="maria", name="Maria", role="patient")
    state = RoomState(epoch="e", people=(maria,))
    lines = [
        "lead:" + sha256('{"asking":[],"fence":0}'),
        "p:maria:" + sha256('{"name":"Maria","principal":"maria","removed":false,"role":"patient"}'),
        "room:" + sha256('{"ended":false,"epoch":"e","gathered":0}'),
    ]
    told = StateHashes().of(state, View())
    assert told.document == sha256("\n".join(lines))
    assert told.view == sha256("layout:" + sha256('"1x1"'))


async def test_what_was_told_step_by_step_hashes_as_what_a_joiner_gets(rooms: Rooms, ear: Ear):  # I2 R56
    here = await consultation(rooms)
    rooms.watch(here.room)
    await rooms.catch_up(here.doctor, SyncRequest())
    for member, sent in (
        (here.patient, create(mark_id(), pin())),
        (here.patient, op(ChatSay(text="hello"))),
        (here.patient, op(HandRaise())),
        (here.doctor, op(KeyImageAdd(id=mark_id(), view=FIRST_VIEW))),
    ):
        await rooms.do(member, sent)
    await rooms.move(here.doctor, window(70, 1))
    found = await rooms.snapshot(here.room)
    fresh = StateHashes().of(state_of(found), view_of(found))
    assert rooms._tailer.hash_of(here.room) == fresh
    await ear.until(lambda: ear.states.get(here.room, [])[-1:] == [fresh])


def test_any_change_makes_another_hash():  # R56
    hashes, state, shown = StateHashes(), RoomState(epoch="e"), View()
    first = hashes.of(state, shown)
    assert hashes.of(replace(state, gathered=1), shown).document != first.document
    assert hashes.of(replace(state, ended=True), shown).document != first.document
    pane = PaneView(window=WireWindow(center=1, width=2))
    assert hashes.of(state, View(0, "1x1", {"0": pane})).view != first.view
    assert hashes.of(state, View(0, "2x2", {})).view != first.view
    assert hashes.of(state, shown) == first


@pytest.mark.parametrize("path", sorted(FILES.glob("*.json")), ids=lambda path: path.stem)
def test_the_page_and_the_server_read_the_same_files(path: Path):  # R56; web/src/state/state-hash.test.ts
    file = json.loads(path.read_text(encoding="utf-8"))
    found = Snapshot.model_validate_json(json.dumps(file["snapshot"]))
    told = StateHashes().of(state_of(found), view_of(found))
    assert (told.document, told.view) == (file["document"], file["view"])
