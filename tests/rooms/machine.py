"""Any sequence of commands, done three times: by the script on a real Valkey, by the model, by the reducer.

`python -m tests.rooms.machine --steps 1000000` runs it for long, with fresh examples.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from readingroom.errors import ReadingRoomError
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationDelete,
    AnnotationHide,
    AnnotationRedo,
    AnnotationReverted,
    AnnotationUndo,
    AnnotationUpdate,
    Camera,
    ChatSay,
    Command,
    HandLower,
    HandRaise,
    KeyImageAdd,
    KeyImageRemove,
    Layout,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogEntry,
    Mark,
    Op,
    PaneView,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    RoomEnd,
    RoomGoOn,
    RoomReopen,
    SeriesClose,
    SeriesOpen,
    ShownStack,
    Slab,
    StageGather,
    Turn,
    ViewChange,
    ViewCommand,
    WireWindow,
)
from readingroom.rooms import canonical, line, room, script, settling, texts, view
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.invitations import Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.roles import ROLES
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.view import View
from readingroom.values import RoomId
from tests.rooms.ear import Ear
from tests.rooms.model import Model, Refusal
from tests.rooms.people import arrow, consultation, join, mark_id, pin, words

IDS = st.integers(0, 4).map(mark_id)
OP_IDS = st.integers(0, 400).map(lambda number: f"machine-op-{number:06}")
WHO = st.integers(0, 4)
TEXTS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(
    lambda text: bool(texts.plain(text, limit=20, lines=True))  # some letters are blank
)
MARKS = st.one_of(
    st.builds(arrow, st.integers(-5000, 5000), st.sampled_from(["", "nodule"]), st.just("chest")),
    st.builds(arrow, st.just(0), st.just(""), st.sampled_from(["prior", "closed"])),
    TEXTS.map(words),
    TEXTS.map(pin),
)
WINDOWS = st.builds(WireWindow, center=st.floats(-1000, 1000), width=st.floats(1, 4000))
CAMERA = Camera(right=(600_000, 800_000, 0), down=(0, 0, -1_000_000))
CHANGES = st.one_of(
    st.builds(PaneView, window=WINDOWS),
    st.builds(PaneView, shown=st.builds(ShownStack, series=st.sampled_from(["chest", "prior", "closed"]))),
    st.builds(
        PaneView,
        turn=st.builds(Turn, quarter_turns=st.integers(0, 3), mirrored=st.booleans()),
        slab=st.none() | st.builds(Slab, thickness_um=st.integers(0, 90_000), projection=st.just("mip")),
        camera=st.none() | st.just(CAMERA),
        inverted=st.none() | st.booleans(),
    ),
)
T = TypeVar("T")

SHARED_MEMORY = "/dev/shm"
"""No step here asks what survives: a store that writes to memory does not wait for a disk."""

LAYOUTS = st.none() | st.sampled_from(["1x1", "1x2", "2x1", "2x2"])


class House:
    """One process's rooms on one Valkey, for all examples of a run.

    Its loop has a thread of its own: one that stood still between steps would take its store for dead.
    """

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="house", daemon=True)
        self._thread.start()
        self.ear = Ear()
        self._open = Rooms.open(url, process="machine", listener=self.ear)
        self.rooms = self.run(self._open.__aenter__())
        self.redis = line.client(url)

    def run(self, what: Awaitable[T]) -> T:
        """What comes of it, waited for."""

        async def awaited() -> T:
            return await what

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()

    def close(self) -> None:
        self.run(self.redis.aclose())
        self.run(self._open.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Spelled:
    """A room's canonical bytes, spelled anew whenever it is another state or view."""

    def __init__(self) -> None:
        self._last: tuple[RoomState, View, bytes] | None = None

    def of(self, state: RoomState, now: View) -> bytes:
        if self._last is None or self._last[0] is not state or self._last[1] is not now:
            self._last = state, now, canonical.dumps(room.snapshot(state, now))
        return self._last[2]


class Machine(RuleBasedStateMachine):
    """A doctor, a colleague, two patients and an observer; all values are compared after each step."""

    house: House
    steps = 0
    kinds: Counter[str] = Counter()

    @initialize()
    def open(self) -> None:
        self.rooms, self.redis = self.house.rooms, self.house.redis
        self.ours, self.told = Spelled(), Spelled()
        self.house.run(self._begin())

    async def _begin(self) -> None:
        assert await self.rooms._saving.again(30)
        here = await consultation(self.rooms)
        self.room: RoomId = here.room
        others = [
            (await join(self.rooms, here.room, role)).member for role in ("clinician", "patient", "observer")
        ]
        self.people: list[Member] = [here.doctor, here.patient, *others]
        self.model = Model({one.principal: one.role for one in self.people})
        found = await self.rooms.snapshot(self.room)
        log = [entry async for entry in self.rooms._store.log(self.room)]
        self.state = room.replay(log, RoomState(epoch=found.epoch))
        self.view = View(0, found.layout, found.panes)
        self.rooms.watch(self.room)
        await self.rooms._tailer.started(self.room, 5)

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.house.run(self._end())

    async def _end(self) -> None:
        self.rooms.unwatch(self.room)
        names = RoomKeys.of(self.room)
        await self.redis.delete(*names.for_script())

    # --- one command --------------------------------------------------------------------------------------
    def _do(self, who: int, op_id: str, command: Command) -> None:
        member, op = self.people[who], Op(op_id=op_id, command=settling.settled(command))
        expected = self.model.answer(self.state, member.principal, op)
        got: Refusal | int
        try:
            got = self.house.run(self.rooms.do(member, op)).revision
        except ReadingRoomError as refusal:
            got = type(refusal)
        assert got == expected
        type(self).steps += 1
        self.kinds[f"{command.kind} {'done' if isinstance(got, int) else got.code}"] += 1
        if isinstance(got, int) and got == self.state.revision + 1:
            self._apply(member.principal, op, self.house.run(self._last()))

    async def _last(self) -> LogEntry:
        _, [entry], _ = await self.rooms._store.tail(self.room, self.state.revision + 1, 5)
        return entry

    def _apply(self, by: str, op: Op, entry: LogEntry) -> None:
        assert entry.head == room.head_after(self.state.head, entry)
        assert (entry.by, entry.op_id) == (by, op.op_id)
        before, self.state = self.state, room.apply(self.state, entry)
        if isinstance(entry.command, AnnotationReverted):
            id, contents = self.model.reverted(before, by, entry.command.how)
            became = None if entry.command.mark is None else (entry.command.hidden, entry.command.mark)
            assert (entry.command.id, became) == (id, contents)
        self.model.accepted(before, self.state, by, op)

    @rule(who=WHO, op_id=OP_IDS, id=IDS, mark=MARKS)
    def create(self, who: int, op_id: str, id: str, mark: Mark) -> None:
        self._do(who, op_id, AnnotationCreate(id=id, mark=mark))

    @rule(who=WHO, op_id=OP_IDS, id=IDS, mark=MARKS)
    def update(self, who: int, op_id: str, id: str, mark: Mark) -> None:
        self._do(who, op_id, AnnotationUpdate(id=id, mark=mark))

    @rule(who=WHO, op_id=OP_IDS, id=IDS)
    def delete(self, who: int, op_id: str, id: str) -> None:
        self._do(who, op_id, AnnotationDelete(id=id))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, id=IDS, hidden=st.booleans())
    def hide(self, who: int, op_id: str, id: str, hidden: bool) -> None:
        self._do(who, op_id, AnnotationHide(id=id, hidden=hidden))

    @rule(who=WHO, op_id=OP_IDS)
    def undo(self, who: int, op_id: str) -> None:
        self._do(who, op_id, AnnotationUndo())

    @rule(who=WHO, op_id=OP_IDS)
    def redo(self, who: int, op_id: str) -> None:
        self._do(who, op_id, AnnotationRedo())

    @rule(who=WHO, op_id=OP_IDS, steps=st.integers(1, 3))
    def undo_and_redo(self, who: int, op_id: str, steps: int) -> None:
        for number in range(steps):
            self._do(who, f"{op_id}-back-{number}", AnnotationUndo())
        for number in range(steps):
            self._do(who, f"{op_id}-forth-{number}", AnnotationRedo())

    @rule(op_id=OP_IDS, id=IDS)
    def hide_and_undo(self, op_id: str, id: str) -> None:
        """A host hides a mark, and its author wants to take his last step back."""
        self._do(3, f"{op_id}-meddles", AnnotationUpdate(id=id, mark=arrow()))
        self._do(0, f"{op_id}-hides", AnnotationHide(id=id))
        if id in self.state.annotations:
            author = self.state.annotations[id].by
            who = next(n for n, one in enumerate(self.people) if one.principal == author)
            self._do(who, f"{op_id}-undoes", AnnotationUndo())

    @rule(who=WHO, op_id=OP_IDS, id=IDS, answered=st.booleans())
    def answer(self, who: int, op_id: str, id: str, answered: bool) -> None:
        self._do(who, op_id, QuestionAnswer(id=id, answered=answered))

    @rule(op_id=OP_IDS, id=IDS, mark=TEXTS.map(pin))
    def ask_and_answer(self, op_id: str, id: str, mark: Mark) -> None:
        """A patient's pin, ticked off by a colleague of the doctor's."""
        self._do(1, f"{op_id}-pinned", AnnotationCreate(id=id, mark=mark))
        self._do(2, f"{op_id}-answered", QuestionAnswer(id=id))

    @rule(who=WHO, op_id=OP_IDS)
    def take(self, who: int, op_id: str) -> None:
        self._do(who, op_id, LeadTake())

    @rule(who=WHO, op_id=OP_IDS, asking=st.booleans())
    def ask(self, who: int, op_id: str, asking: bool) -> None:
        self._do(who, op_id, LeadAsk(asking=asking))

    @rule(who=WHO, op_id=OP_IDS, to=st.integers(0, 5))
    def give(self, who: int, op_id: str, to: int) -> None:
        self._do(who, op_id, LeadGive(to=self._principal(to)))

    @rule(who=WHO, op_id=OP_IDS)
    def gather(self, who: int, op_id: str) -> None:
        self._do(who, op_id, StageGather())

    @rule(who=WHO, op_id=OP_IDS, text=TEXTS)
    def say(self, who: int, op_id: str, text: str) -> None:
        self._do(who, op_id, ChatSay(text=text))

    @rule(who=WHO, op_id=OP_IDS, raised=st.booleans())
    def raise_hand(self, who: int, op_id: str, raised: bool) -> None:
        self._do(who, op_id, HandRaise(raised=raised))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, whose=st.integers(0, 5))
    def lower_hand(self, who: int, op_id: str, whose: int) -> None:
        self._do(who, op_id, HandLower(principal=self._principal(whose)))

    @rule(who=st.integers(0, 2), op_id=OP_IDS, id=IDS, change=CHANGES)
    def keep_image(self, who: int, op_id: str, id: str, change: PaneView) -> None:
        shown = change.shown or ShownStack(series="chest")
        kept = change.model_copy(update={"shown": shown})
        self._do(who, op_id, KeyImageAdd(id=id, view=kept, note="a note"))

    @rule(who=st.integers(0, 2), op_id=OP_IDS, id=IDS)
    def drop_image(self, who: int, op_id: str, id: str) -> None:
        self._do(who, op_id, KeyImageRemove(id=id))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, key=st.sampled_from(["prior", "more"]))
    def open_series(self, who: int, op_id: str, key: str) -> None:
        self._do(who, op_id, SeriesOpen(series=key, study="study1", number=1))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, key=st.sampled_from(["prior", "more"]))
    def close_series(self, who: int, op_id: str, key: str) -> None:
        self._do(who, op_id, SeriesClose(series=key))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, whom=st.integers(0, 5), role=st.sampled_from(ROLES))
    def change_role(self, who: int, op_id: str, whom: int, role: str) -> None:
        self._do(who, op_id, PersonRole(principal=self._principal(whom), role=role))

    @rule(who=st.integers(0, 1), op_id=OP_IDS, whom=st.integers(0, 40))
    def remove(self, who: int, op_id: str, whom: int) -> None:
        self._do(who, op_id, PersonRemove(principal=self._principal(min(whom, 5))))

    @rule(op_id=OP_IDS)
    def send_out_the_observer(self, op_id: str) -> None:
        self._do(0, f"{op_id}-gives", LeadGive(to=self._principal(4)))
        self._do(0, f"{op_id}-sends-out", PersonRemove(principal=self._principal(4)))
        self._do(4, f"{op_id}-protests", HandRaise())

    @rule(who=st.integers(0, 1), op_id=OP_IDS)
    def end(self, who: int, op_id: str) -> None:
        self._do(who, op_id, RoomEnd())
        self._do(0, f"{op_id}-reopened", RoomReopen())

    @rule(op_id=OP_IDS)
    def freeze_and_go_on(self, op_id: str) -> None:
        self.house.run(self.rooms._writer.run_script(self.room, script.freeze(self.state.epoch)))
        self.model.frozen = True
        self._do(1, f"{op_id}-frozen", ChatSay(text="is anybody there?"))
        self._do(0, f"{op_id}-goes-on", RoomGoOn())

    @rule()
    def lease_runs_out(self) -> None:
        self.house.run(self.redis.hset(RoomKeys.of(self.room).meta, "lead_until", "1"))
        self.model.lease = False

    # --- the view -----------------------------------------------------------------------------------------
    @rule(
        who=WHO,
        behind=st.integers(0, 1),
        pane=st.integers(0, 3),
        change=CHANGES,
        layout=LAYOUTS,
        page=st.none() | st.sampled_from(["desk", "phone"]),
        n=st.integers(0, 5),
    )
    def move(
        self,
        who: int,
        behind: int,
        pane: int,
        change: PaneView,
        layout: Layout | None,
        page: str | None,
        n: int,
    ) -> None:
        fence = max(0, self.state.lead.fence - behind)
        command = ViewCommand(fence=fence, pane=pane, change=change, layout=layout, page=page, n=n)
        self._move(who, settling.settled_view(command))

    @rule(pane=st.integers(0, 3), change=CHANGES, n=st.integers(0, 5))
    def lead_on(self, pane: int, change: PaneView, n: int) -> None:
        """Whoever leads, moves: most other moves are refused."""
        holders = [n for n, one in enumerate(self.people) if one.principal == self.state.lead.holder]
        if holders:
            command = ViewCommand(fence=self.state.lead.fence, pane=pane, change=change, page="desk", n=n)
            self._move(holders[0], settling.settled_view(command))

    def _move(self, who: int, command: ViewCommand) -> None:
        member = self.people[who]
        got: Refusal | None = None
        try:
            self.house.run(self.rooms._move(member, command))
        except ReadingRoomError as refusal:
            got = type(refusal)
        assert got == self.model.view(self.state, member.principal, command)
        type(self).steps += 1
        self.kinds[f"view {'done' if got is None else got.code}"] += 1
        if got is None:
            self.model.moved(command)
            told = ViewChange(
                fence=command.fence,
                view_revision=self.view.revision + 1,
                by=member.principal,
                pane=command.pane,
                change=command.change,
                layout=command.layout,
            )
            self.view = view.apply(self.view, told)

    @invariant()
    def redis_reducer_and_what_was_told_are_byte_identical(self) -> None:  # I2 R15
        if not hasattr(self, "state"):
            return
        expected = self.ours.of(self.state, self.view)
        assert canonical.dumps(self.house.run(self.rooms.snapshot(self.room))) == expected
        told = self.rooms._tailer.at(self.room)
        assert told is not None
        assert self.told.of(told.state, told.view) == expected

    def _principal(self, number: int) -> str:
        return self.people[number].principal if number < len(self.people) else "stranger"


def run(url: str, *, examples: int, steps: int, pinned: bool) -> Counter[str]:
    """So many examples of so many steps: what was done and refused, by kind. A difference is raised."""
    Machine.house = House(url)
    Machine.steps, Machine.kinds = 0, Counter()
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=pinned,
                database=None,
                print_blob=True,
            ),
        )
    finally:
        Machine.house.close()
    return Machine.kinds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rooms.machine", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="how many steps in all (%(default)s)")
    asked = parser.parse_args()
    began, done, kinds = time.monotonic(), 0, Counter[str]()
    memory = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="readingroom-machine-", dir=memory) as folder:
        valkey = Valkey(Path(folder))
        valkey.start()
        asyncio.run(valkey.ready())
        try:
            while done < asked.steps:
                kinds += run(valkey.url, examples=100, steps=200, pinned=False)
                done += Machine.steps
                print(f"{done} steps, {time.monotonic() - began:.0f} s, no difference", flush=True)
        finally:
            asyncio.run(valkey.stop())
    for kind, count in sorted(kinds.items()):
        print(f"{count:8}  {kind}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
