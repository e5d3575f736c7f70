"""The pure reducer: what the log makes of a room."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readingroom.protocol import (
    Command,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogCommand,
    LogEntry,
    PaneView,
    PersonJoined,
    SeriesOpened,
    ViewChange,
    WireWindow,
)
from readingroom.rooms import canonical, room, settling, view
from readingroom.rooms.room import RoomState
from readingroom.rooms.settling import NOTHING_ADDED
from readingroom.rooms.view import View
from tests.rooms.people import arrow, create, delete, place, update

ID = "mark-1-0123456789"


def told(*said: tuple[str, Command | LogCommand], fence: int = 0) -> RoomState:
    state = RoomState()
    for by, sent in said:
        command = settling.logged(sent, NOTHING_ADDED, epoch="epoch")
        fence += command.kind in ("lead.take", "lead.give")
        entry = LogEntry(
            revision=state.revision + 1, at_ms=1, by=by, op_id="x", command=command, fence=fence, head="h"
        )
        state = room.apply(state, entry)
    return state


def test_a_mark_keeps_its_author_when_it_is_updated():  # R31
    state = told(("maria", create(ID).command), ("maria", update(ID).command))
    mark = state.annotations[ID]
    assert (mark.by, mark.revision, mark.mark.shape) == ("maria", 2, arrow(7).shape)


def test_a_removed_mark_leaves_a_tombstone_with_its_author():  # R32
    state = told(("maria", create(ID).command), ("adams", delete(ID).command))
    mark = state.annotations[ID]
    assert (mark.by, mark.revision, mark.deleted, mark.mark) == ("maria", 2, True, None)


def test_the_lead_moves_with_its_fence_and_nobody_asks_any_more():  # R42
    state = told(("adams", LeadTake()), ("maria", LeadAsk()), ("adams", LeadGive(to="maria")))
    assert (state.lead.holder, state.lead.fence, state.lead.asking) == ("maria", 2, [])


def test_asking_twice_asks_once_and_can_be_withdrawn():  # R42
    asked = told(("maria", LeadAsk()), ("otto", LeadAsk()), ("maria", LeadAsk()))
    assert asked.lead.asking == ["otto", "maria"]
    withdrawn = told(("maria", LeadAsk()), ("otto", LeadAsk()), ("maria", LeadAsk(asking=False)))
    assert withdrawn.lead.asking == ["otto"]


def test_a_new_name_keeps_the_place_in_the_list_of_people():  # R22
    state = told(
        ("adams", PersonJoined(name="Adams", role="host")),
        ("maria", PersonJoined(name="Maria", role="patient")),
        ("adams", PersonJoined(name="Dr. Adams", role="host")),
    )
    assert [person.name for person in state.people] == ["Dr. Adams", "Maria"]


def test_an_entry_that_is_not_the_next_is_not_applied():  # R10
    state = told(("server", SeriesOpened(series="chest")))
    entry = LogEntry(revision=3, at_ms=1, by="maria", op_id="x", command=LeadAsk(), fence=0, head="h")
    with pytest.raises(ValueError, match="3 does not follow 1"):
        room.apply(state, entry)


def test_a_view_change_leaves_the_fields_it_does_not_carry():  # R40
    panes = {"0": PaneView(place=place(5), window=WireWindow(center=40, width=400))}
    change = ViewChange(fence=1, view_revision=2, by="adams", pane=0, change=PaneView(place=place(9)))
    moved = view.apply(View(1, "1x2", panes), change)
    assert moved == View(2, "1x2", {"0": PaneView(place=place(9), window=WireWindow(center=40, width=400))})


def test_a_log_of_version_1_stays_readable_and_its_chain_holds():  # R11
    stored = json.loads((Path(__file__).parent / "old_logs" / "version1.json").read_text())
    entries = [LogEntry.model_validate(entry) for entry in stored["entries"]]
    head = room.GENESIS
    for entry in entries:
        head = room.head_after(head, entry)
        assert head == entry.head
    state = room.replay(entries, RoomState(epoch=stored["epoch"]))
    found = room.snapshot(state, View())
    assert canonical.dumps(found).decode() == stored["snapshot"]
