"""The page's reducers make of a room what the server's make of it, after every step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from readingroom.protocol import Entries, LogEntry, PersonJoined, Snapshot
from readingroom.rooms import canonical, room
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.room import RoomState
from readingroom.rooms.state_hash import StateHashes
from readingroom.rooms.view import View
from tests.rooms.documents import state_of, view_of
from tests.rooms.machine import House, Machine
from tests.rooms.replica import Replica, ReplicaEnded, bundled

WIRE = Path(__file__).parent.parent / "wire"
EMPTY = room.snapshot(RoomState(epoch="e"), View())


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("replica"))


@pytest.fixture
def replica(program: Path) -> Iterator[Replica]:
    with Replica(program) as started:
        yield started


def joined(revision: int) -> LogEntry:
    return LogEntry(
        revision=revision, at_ms=1, by="maria", op_id="op", fence=0, head=f"h{revision}",
        command=PersonJoined(name="Maria", role="patient"),
    )  # fmt: skip


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
    for entry in entries:
        state = room.apply(state, entry)
        replica.apply([entry])
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
