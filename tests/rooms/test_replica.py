"""The page's reducers make of a room what the server's make of it, after every step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, run_state_machine_as_test

from readingroom.protocol import (
    AnnotationCreated,
    AnnotationDelete,
    AnnotationHide,
    AnnotationReverted,
    AnnotationUpdated,
    ChatSay,
    Entries,
    HandLower,
    HandRaise,
    KeptMark,
    KeyImageAdd,
    KeyImageRemove,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogCommand,
    LogEntry,
    PaneView,
    PersonJoined,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    RoomContinued,
    RoomEnd,
    RoomReopen,
    SeriesClose,
    SeriesOpened,
    Snapshot,
    StageGather,
    ViewChange,
)
from readingroom.rooms import canonical, room, view
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.roles import ROLES
from readingroom.rooms.room import RoomState
from readingroom.rooms.state_hash import StateHashes
from readingroom.rooms.view import View
from tests.rooms.documents import state_of, view_of
from tests.rooms.machine import CHANGES, LAYOUTS, MARKS, TEXTS, House, Machine
from tests.rooms.people import mark_id
from tests.rooms.replica import Replica, ReplicaEnded, bundled

WIRE = Path(__file__).parent.parent / "wire"
EMPTY = room.snapshot(RoomState(epoch="e"), View())

WHO = st.sampled_from(["weber", "maria", "ines"])
IDS = st.sampled_from([mark_id(1), mark_id(2)])
KEPT = MARKS.map(lambda mark: KeptMark(**mark.model_dump()))
SERIES = st.sampled_from(["chest", "prior"])
FLAGS = st.booleans()
ABOUT_MARKS = (AnnotationUpdated, AnnotationDelete, AnnotationHide, AnnotationReverted, QuestionAnswer)
COMMANDS: st.SearchStrategy[LogCommand] = st.one_of(
    st.builds(AnnotationCreated, id=IDS, mark=KEPT),
    st.builds(AnnotationUpdated, id=IDS, mark=KEPT),
    st.builds(AnnotationDelete, id=IDS),
    st.builds(AnnotationHide, id=IDS, hidden=FLAGS),
    st.builds(
        AnnotationReverted,
        id=IDS,
        how=st.sampled_from(["undo", "redo"]),
        hidden=FLAGS,
        mark=st.none() | KEPT,
    ),
    st.builds(QuestionAnswer, id=IDS, answered=FLAGS),
    st.builds(LeadTake),
    st.builds(LeadAsk, asking=FLAGS),
    st.builds(LeadGive, to=WHO),
    st.builds(StageGather),
    st.builds(SeriesOpened, series=SERIES, other_patient=FLAGS),
    st.builds(SeriesClose, series=SERIES),
    st.builds(KeyImageAdd, id=IDS, view=CHANGES, note=TEXTS),
    st.builds(KeyImageRemove, id=IDS),
    st.builds(ChatSay, text=TEXTS),
    st.builds(HandRaise, raised=FLAGS),
    st.builds(HandLower, principal=WHO),
    st.builds(PersonJoined, name=TEXTS, role=st.sampled_from(ROLES)),
    st.builds(PersonRemove, principal=WHO),
    st.builds(PersonRole, principal=WHO, role=st.sampled_from(ROLES)),
    st.builds(RoomEnd),
    st.builds(RoomReopen),
    st.builds(RoomContinued, epoch=st.sampled_from(["e2", "e3"])),
)
MOVES = st.tuples(st.integers(0, 3), st.just(PaneView()) | CHANGES, LAYOUTS).filter(
    lambda move: move[1] != PaneView() or move[2] is not None
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("replica"))


@pytest.fixture(scope="module")
def replica_of_many(program: Path) -> Iterator[Replica]:
    with Replica(program) as started:
        yield started


@pytest.fixture
def replica(program: Path) -> Iterator[Replica]:
    with Replica(program) as started:
        yield started


def entry(revision: int, by: str, command: LogCommand) -> LogEntry:
    """Whether the script would have written it does not matter: both sides must make the same of it."""
    fence, head = revision // 3, f"h{revision}"
    return LogEntry(
        revision=revision, at_ms=revision, by=by, op_id="op", fence=fence, head=head, command=command
    )


def joined(revision: int) -> LogEntry:
    return entry(revision, "maria", PersonJoined(name="Maria", role="patient"))


class TwinMachine(Machine):
    """The machine of all commands, with a page that hears what a process tells its listeners."""

    replica: Replica

    async def _begin(self) -> None:
        await super()._begin()
        self.heard = (self.state.revision, self.view.revision)
        self.hashes = StateHashes()
        self.replica.begin(room.snapshot(self.state, self.view))

    def _hear(self) -> None:
        """What was told since the last step, in the order in which it was told."""
        revision, view_revision = self.heard
        ear = self.house.ear
        entries = [one for one in ear.log.get(self.room, []) if one.revision > revision]
        if entries:
            self.replica.apply(entries)
        for change in ear.moves.get(self.room, []):
            if change.view_revision > view_revision:
                self.replica.move(change)
        ear.log.pop(self.room, None)
        ear.moves.pop(self.room, None)
        self.heard = (self.state.revision, self.view.revision)

    @invariant()
    def the_page_has_what_the_server_has(self) -> None:  # I2 R15 R56
        if not hasattr(self, "hashes"):
            return
        self._hear()
        assert self.replica.hashes() == self.hashes.of(self.state, self.view)

    async def _end(self) -> None:
        expected = room.snapshot(self.state, self.view)
        assert canonical.dumps(self.replica.snapshot()) == canonical.dumps(expected)
        await super()._end()


@pytest.mark.timeout(300)
def test_page_and_server_agree_after_every_step(valkey: Valkey, replica: Replica):  # I2 R15 R56
    TwinMachine.house, TwinMachine.replica, TwinMachine.steps = House(valkey.url), replica, 0
    try:
        run_state_machine_as_test(
            TwinMachine,
            settings=settings(
                max_examples=20,
                stateful_step_count=100,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
                database=None,
            ),
        )
    finally:
        TwinMachine.house.close()
    assert TwinMachine.steps >= 1_000


@settings(
    max_examples=60,
    # Compared after every step: the last entry told says more than a smaller example that took minutes.
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    steps=st.lists(st.tuples(WHO, COMMANDS), min_size=50, max_size=150), moves=st.lists(MOVES, max_size=10)
)
def test_whatever_the_log_says_both_sides_make_the_same_of_it(
    replica_of_many: Replica,
    steps: list[tuple[str, LogCommand]],
    moves: list[tuple[int, PaneView, Any]],
):  # I2 R15 R56
    twin, hashes, state, shown = replica_of_many, StateHashes(), RoomState(epoch="e"), View()
    twin.begin(EMPTY)
    for by, command in steps:
        if isinstance(command, ABOUT_MARKS) and command.id not in state.annotations:
            continue
        if isinstance(command, AnnotationCreated) and command.id in state.annotations:
            continue
        told = entry(state.revision + 1, by, command)
        state = room.apply(state, told)
        twin.apply([told])
        assert twin.hashes() == hashes.of(state, shown), f"after {command.kind}"
    for number, (pane, change, layout) in enumerate(moves, 1):
        moved = ViewChange(
            fence=99, view_revision=number, by="weber", pane=pane, change=change, layout=layout
        )
        shown = view.apply(shown, moved)
        twin.move(moved)
        assert twin.hashes() == hashes.of(state, shown)
    assert canonical.dumps(twin.snapshot()) == canonical.dumps(room.snapshot(state, shown))


@pytest.mark.parametrize("path", sorted((WIRE / "state").glob("*.json")), ids=lambda path: path.stem)
def test_a_snapshot_is_the_same_room_on_both_sides(path: Path, replica: Replica):  # R56
    found = Snapshot.model_validate_json(json.dumps(json.loads(path.read_text("utf-8"))["snapshot"]))
    replica.begin(found)
    assert canonical.dumps(replica.snapshot()) == canonical.dumps(found)
    assert replica.hashes() == StateHashes().of(state_of(found), view_of(found))


def test_entries_of_every_kind_make_the_same_room_on_both_sides(replica: Replica):  # R15
    file = json.loads((WIRE / "accepted" / "entries_of_every_kind.json").read_text("utf-8"))
    entries = Entries.model_validate_json(json.dumps(file["data"])).entries
    state, hashes = RoomState(epoch="e"), StateHashes()
    replica.begin(EMPTY)
    for told in entries:
        state = room.apply(state, told)
        replica.apply([told])
        assert replica.hashes() == hashes.of(state, View())
    assert canonical.dumps(replica.snapshot()) == canonical.dumps(room.snapshot(state, View()))


def test_a_page_that_misses_an_entry_says_so(replica: Replica):  # R10
    replica.begin(EMPTY)
    replica.apply([joined(1), joined(3)])
    with pytest.raises(ReplicaEnded, match="missing after revision 1"):
        replica.hashes()


def test_a_page_that_forgot_an_entry_has_another_hash(replica: Replica):  # R56
    replica.begin(EMPTY)
    replica.apply([joined(1)])
    forgetful = replica.hashes()
    assert forgetful.document != StateHashes().of(RoomState(epoch="e"), View()).document
    replica.begin(EMPTY)
    assert replica.hashes() == StateHashes().of(RoomState(epoch="e"), View())
