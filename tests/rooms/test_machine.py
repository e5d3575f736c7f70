"""Any sequence of commands: the script on a real Valkey does what the model and the reducer say."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from readingroom.errors import ReadingRoomError
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationDelete,
    AnnotationUpdate,
    Command,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogEntry,
    Op,
    PaneView,
    ShownStack,
    ViewChange,
    ViewCommand,
)
from readingroom.rooms import canonical, room, store
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.invitations import Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from tests.rooms.ear import Ear
from tests.rooms.model import Model, Refusal
from tests.rooms.people import SERIES, arrow, consultation, join, mark_id, window, words

IDS = st.integers(0, 4).map(mark_id)
OP_IDS = st.integers(0, 30).map(lambda number: f"machine-op-{number:06}")
WHO = st.integers(0, 2)
MARKS = st.one_of(
    st.builds(arrow, st.integers(-5000, 5000), st.sampled_from(["", "nodule"]), st.just("chest")),
    st.builds(arrow, st.just(0), st.just(""), st.sampled_from(["prior", "closed"])),
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).map(words),
)


class Machine(RuleBasedStateMachine):
    """A doctor and two patients; every answer and every value is compared after each step."""

    url: str

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.Runner()
        self.ear = Ear()
        self.open_rooms = Rooms.open(self.url, process="machine", listener=self.ear)
        self.rooms = self.loop.run(self.open_rooms.__aenter__())
        self.loop.run(self._begin())

    async def _begin(self) -> None:
        here = await consultation(self.rooms)
        self.room = here.room
        second = (await join(self.rooms, here.room, "patient", "Otto")).member
        self.people: list[Member] = [here.doctor, here.patient, second]
        self.model = Model({one.principal: one.role for one in self.people}, set(SERIES))
        self.redis = store.client(self.url)
        log = [entry async for entry in self.rooms._store.log(self.room)]
        self.state: RoomState = room.replay(log)
        self.panes = (await self.rooms.snapshot(self.room)).panes
        self.view_revision = 0

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.run(self.redis.aclose())
            self.loop.run(self.open_rooms.__aexit__(None, None, None))
            self.loop.close()

    def _do(self, who: int, op_id: str, command: Command) -> None:
        member, op = self.people[who], Op(op_id=op_id, command=canonical.settled(command))
        expected = self.model.answer(self.state, member.principal, op)
        got: Refusal | int
        try:
            got = self.loop.run(self.rooms.do(member, op)).revision
        except ReadingRoomError as refusal:
            got = type(refusal)
        assert got == expected
        if isinstance(got, int) and got == self.state.revision + 1:
            self.model.accepted(member.principal, op, got)
            self._apply(self.loop.run(self._last()))

    async def _last(self) -> LogEntry:
        _, [entry], _ = await self.rooms._store.tail(self.room, self.state.revision + 1, 5)
        return entry

    def _apply(self, entry: LogEntry) -> None:
        assert entry.head == room.head_after(self.state.head, entry)
        self.state = room.apply(self.state, entry)

    @rule(who=WHO, op_id=OP_IDS, id=IDS, mark=MARKS)
    def create(self, who: int, op_id: str, id: str, mark: canonical.Mark) -> None:
        self._do(who, op_id, AnnotationCreate(id=id, mark=mark))

    @rule(who=WHO, op_id=OP_IDS, id=IDS, mark=MARKS)
    def update(self, who: int, op_id: str, id: str, mark: canonical.Mark) -> None:
        self._do(who, op_id, AnnotationUpdate(id=id, mark=mark))

    @rule(who=WHO, op_id=OP_IDS, id=IDS)
    def delete(self, who: int, op_id: str, id: str) -> None:
        self._do(who, op_id, AnnotationDelete(id=id))

    @rule(who=WHO, op_id=OP_IDS)
    def take(self, who: int, op_id: str) -> None:
        self._do(who, op_id, LeadTake())

    @rule(who=WHO, op_id=OP_IDS, asking=st.booleans())
    def ask(self, who: int, op_id: str, asking: bool) -> None:
        self._do(who, op_id, LeadAsk(asking=asking))

    @rule(who=WHO, op_id=OP_IDS, to=st.integers(0, 3))
    def give(self, who: int, op_id: str, to: int) -> None:
        self._do(who, op_id, LeadGive(to=self.people[to].principal if to < 3 else "stranger"))

    @rule()
    def lease_runs_out(self) -> None:
        self.loop.run(self.redis.hset(RoomKeys.of(self.room).meta, "lead_until", "1"))
        self.model.lease = False

    @rule(
        who=WHO,
        behind=st.integers(0, 1),
        change=st.sampled_from(["window", "chest", "closed"]),
        center=st.floats(-1000, 1000),
    )
    def move(self, who: int, behind: int, change: str, center: float) -> None:
        fence = max(0, self.state.lead.fence - behind)
        command = window(center, fence)
        if change != "window":
            command = ViewCommand(fence=fence, change=PaneView(shown=ShownStack(series=change)))
        member = self.people[who]
        got: Refusal | None = None
        try:
            self.loop.run(self.rooms.move(member, command))
        except ReadingRoomError as refusal:
            got = type(refusal)
        assert got == self.model.view(self.state, member.principal, command)
        if got is None:
            self.model.lease = True
            self.view_revision += 1
            told = ViewChange(
                fence=fence,
                view_revision=self.view_revision,
                by=member.principal,
                pane=0,
                change=canonical.settled_view(command.change),
            )
            self.panes = room.merge(self.panes, told)

    @invariant()
    def redis_and_reducer_are_byte_identical(self) -> None:  # I2 R15
        if hasattr(self, "state"):
            found = self.loop.run(self.rooms.snapshot(self.room))
            again = room.snapshot(
                self.state, epoch=found.epoch, view_revision=self.view_revision, panes=self.panes
            )
            assert canonical.dumps(found) == canonical.dumps(again)


@pytest.mark.timeout(60)
def test_the_script_and_the_model_agree_on_any_sequence_of_commands(valkey: Valkey):  # I2 I4 I5 I6
    Machine.url = valkey.url
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
