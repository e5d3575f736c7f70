"""The invariants of a room, asked of a history. Pure: the same history gives the same violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from readingroom.protocol import (
    AnnotationDelete,
    AnnotationUpdate,
    Command,
    LeadGive,
    LeadTake,
    LogEntry,
    PaneView,
    PersonJoined,
)
from readingroom.rooms import canonical, room
from tests.chaos.history import Event, History, Quiet, RoomRecord, Seat

CONVERGED_WITHIN_S: Final = 1.0
MAY_PASS: Final = frozenset({"NOT_SAVED", "TOO_FAST", "STORE_UNREACHABLE", "INTERNAL"})
"""Refusals after which the same op is sent again."""
HONEST: Final = frozenset({"GONE", "LEAD_TAKEN", "NOT_HERE", "LIMIT", "CONFLICT"})
"""What people who mean no harm may be refused for: somebody else was faster."""
SHOWN_ONCE: Final = 5
"""So many violations of one rule are told; the rest are counted."""

_command: TypeAdapter[Command] = TypeAdapter(Command)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, and by what it is known."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def violations(history: History, *, within_s: float = CONVERGED_WITHIN_S) -> list[Violation]:
    """All of them, in the order of the rules."""
    found: list[Violation] = []
    for name, record in history.rooms.items():
        found += _log(name, record)
        found += _marks(name, record)
        found += _moves(name, record)
    for seat in history.seats:
        record = history.rooms[seat.room]
        by_revision = {written.entry.revision: written.entry for written in record.log}
        found += _answers(seat, by_revision)
        found += _view_answers(seat, record)
        found += _held(seat, by_revision)
        found += _heard(seat, record, by_revision)
        found += _durable(seat, history)
    found += _attacks(history)
    for quiet in history.quiets:
        found += _quiet(quiet, within_s)
    found += [Violation("errors", complaint) for complaint in history.complaints]
    return sorted(found, key=lambda one: one.rule)


def told(found: list[Violation]) -> list[str]:
    """For people: the first few of each rule."""
    lines: list[str] = []
    counts = Counter(one.rule for one in found)
    shown: Counter[str] = Counter()
    for one in found:
        shown[one.rule] += 1
        if shown[one.rule] <= SHOWN_ONCE:
            lines.append(str(one))
    return lines + [
        f"{rule}: and {count - SHOWN_ONCE} more" for rule, count in counts.items() if count > SHOWN_ONCE
    ]


# --- the store's own record -------------------------------------------------------------------------------
def _log(name: str, record: RoomRecord) -> Iterator[Violation]:
    head, revision = room.GENESIS, 0
    applied: dict[tuple[str, str], int] = {}
    for written in record.log:
        entry = written.entry
        if entry.revision != revision + 1:
            yield Violation("I14", f"{name}: revision {entry.revision} follows {revision} in the log")
        if entry.head != room.head_after(head, entry):
            yield Violation("I14", f"{name}: the head of revision {entry.revision} does not follow")
        if written.raw != canonical.dumps(entry.command):
            yield Violation("I14", f"{name}: revision {entry.revision} is not kept as canonical bytes")
        head, revision = entry.head, entry.revision
        before = applied.setdefault((entry.by, entry.op_id), entry.revision)
        if before != entry.revision:
            yield Violation("I4", f"{name}: op {entry.op_id} applied at {before} and at {entry.revision}")


def _marks(name: str, record: RoomRecord) -> Iterator[Violation]:
    """I6, I7: who may change what, said a second time, from the log alone."""
    authors: dict[str, str] = {}
    gone: set[str] = set()
    for written in record.log:
        entry, command = written.entry, written.entry.command
        where = f"{name}: revision {entry.revision} by {_who(record, entry.by)}"
        match command:
            case AnnotationUpdate(id=id) | AnnotationDelete(id=id):
                may = authors.get(id) == entry.by or (
                    isinstance(command, AnnotationDelete) and record.roles.get(entry.by) == "host"
                )
                if not may:
                    yield Violation("I6", f"{where}: {command.kind} of a mark of {authors.get(id)}")
                if id in gone:
                    yield Violation("I7", f"{where}: {command.kind} of a removed mark")
                if isinstance(command, AnnotationDelete):
                    gone.add(id)
            case _ if command.kind == "annotation.create":
                if command.id in authors:
                    yield Violation("I7", f"{where}: mark {command.id} made again")
                authors[command.id] = entry.by
            case PersonJoined():
                if record.roles.get(entry.by) != command.role:
                    yield Violation("I6", f"{where}: came in as {command.role}")
            case _:
                pass


def _who(record: RoomRecord, principal: str) -> str:
    return f"a {record.roles.get(principal, 'stranger')} ({principal[:6]})"


def _holders(record: RoomRecord) -> dict[int, str]:
    holders: dict[int, str] = {}
    for written in record.log:
        match written.entry.command:
            case LeadTake():
                holders[written.entry.fence] = written.entry.by
            case LeadGive(to=to):
                holders[written.entry.fence] = to
            case _:
                pass
    return holders


def _moves(name: str, record: RoomRecord) -> Iterator[Violation]:
    """I5: each view change carries the fence that was current, and is its holder's."""
    holders = _holders(record)
    moved_at = {written.entry.fence: written.read for written in reversed(record.log)}
    fence, revision = 0, record.first_view_revision
    for moved in record.moves:
        change = moved.change
        where = f"{name}: view change {change.view_revision}"
        if change.view_revision != revision + 1:
            yield Violation("I14", f"{where} follows {revision}")
        if holders.get(change.fence) != change.by:
            yield Violation("I5", f"{where} is not by the holder of fence {change.fence}")
        if change.fence < fence:
            yield Violation("I5", f"{where} carries fence {change.fence} after {fence}")
        if moved_at.get(change.fence + 1, moved.read) < moved.read:
            yield Violation("I5", f"{where} carries fence {change.fence}, which had passed")
        fence, revision = max(fence, change.fence), change.view_revision


# --- what people were told --------------------------------------------------------------------------------
def _answers(seat: Seat, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
    """I1, I4: what was acknowledged is in the log as it was sent; what was refused is not."""
    written = {entry.op_id: entry for entry in log.values() if entry.by == seat.principal}
    asked: dict[int, Any] = {}
    answered: set[str] = set()
    for event in seat.events:
        about = event.about
        if about.get("what") != "op":
            continue
        if event.name == "asked":
            asked[about["question"]] = about["message"]
        elif event.name == "answered":
            op, answer = asked[about["question"]], about["answer"]
            op_id, where = op["op_id"], f"{seat.person}, op {op['op_id'][:8]}"
            if answer["ok"]:
                answered.add(op_id)
                yield from _kept(where, log.get(answer["revision"]), seat.principal, op)
            elif answer["code"] not in MAY_PASS:
                answered.add(op_id)
                if op_id in written:
                    yield Violation(
                        "I4", f"{where}: refused as {answer['code']}, yet it is revision {written[op_id].revision}"
                    )
                if answer["code"] not in HONEST:
                    yield Violation("refusals", f"{where}: {answer['code']}, {answer['message']}")
            elif answer["code"] == "INTERNAL":
                yield Violation("errors", f"{where}: INTERNAL")
    if seat.closed or not seat.events or not _is_quiet(seat):
        return
    ids = {op["op_id"] for op in asked.values()}
    if len(ids) != seat.made:
        yield Violation("I4", f"{seat.person} made {seat.made} changes and sent {len(ids)}")
    for op_id in ids - answered:
        yield Violation("I1", f"{seat.person}: op {op_id[:8]} waits no longer and was never answered")


def _is_quiet(seat: Seat) -> bool:
    return next((event.about["count"] for event in reversed(seat.events) if event.name == "waiting"), 0) == 0


def _kept(where: str, entry: LogEntry | None, by: str, op: Any) -> Iterator[Violation]:
    if entry is None or entry.op_id != op["op_id"]:
        yield Violation("I1", f"{where}: acknowledged, and not in the log at that revision")
    elif entry.by != by:
        yield Violation("I6", f"{where}: in the log as {entry.by[:6]}'s")
    else:
        sent = canonical.settled(_command.validate_python(op["command"]))
        if canonical.dumps(sent) != canonical.dumps(entry.command):
            yield Violation("I1", f"{where}: in the log as another change than was sent")


def _view_answers(seat: Seat, record: RoomRecord) -> Iterator[Violation]:
    moves = {moved.change.view_revision: moved.change for moved in record.moves}
    asked: dict[int, Any] = {}
    for event in seat.events:
        about = event.about
        if about.get("what") != "view":
            continue
        if event.name == "asked":
            asked[about["question"]] = about["message"]
        elif event.name == "answered" and about["answer"]["ok"]:
            command, revision = asked[about["question"]], about["answer"]["view_revision"]
            change, where = moves.get(revision), f"{seat.person}: view change {revision}"
            if change is None:
                yield Violation("I1", f"{where} acknowledged, and not in the stream")
            elif change.by != seat.principal or change.fence != command["fence"]:
                yield Violation("I5", f"{where} acknowledged, and it is another's")
            else:
                sent = canonical.settled_view(PaneView.model_validate(command["change"]))
                if sent != change.change or change.pane != command["pane"]:
                    yield Violation("I1", f"{where} is not what was sent")


def _held(seat: Seat, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
    """I3: nothing a page holds goes back; I2: each revision it held was the log's."""
    revision = 0
    stamps: dict[str, tuple[int, int]] = {}
    for event in seat.events:
        if event.name == "document":
            now, head = event.about["revision"], event.about["head"]
            if now < revision:
                yield Violation("I3", f"{seat.person} went from revision {revision} back to {now}")
            if now not in log or log[now].head != head:
                yield Violation("I2", f"{seat.person} held another revision {now} than the log's")
            revision = max(revision, now)
        elif event.name == "shared":
            for field, fence, view_revision in event.about["stamps"]:
                stamp = (fence, view_revision)
                if stamp < stamps.get(field, (0, 0)):
                    yield Violation("I3", f"{seat.person}: {field} went from {stamps[field]} back to {stamp}")
                stamps[field] = max(stamp, stamps.get(field, (0, 0)))


def _heard(seat: Seat, record: RoomRecord, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
    """R50: on one socket each entry once, in order, without a gap; I11: and only of this room."""
    moves = {moved.change.view_revision: moved.change for moved in record.moves}
    last: int | None = None
    last_move: int | None = None
    for event in seat.events:
        if event.name != "heard":
            continue
        match event.about["what"]:
            case "welcome":
                last = last_move = None
                if event.about["data"]["principal"] != seat.principal:
                    yield Violation("I6", f"{seat.person} was welcomed as somebody else")
            case "entries":
                for revision, head in event.about["entries"]:
                    if revision not in log or log[revision].head != head:
                        yield Violation("I11", f"{seat.person} heard an entry {revision} that is not this room's")
                    if last is not None and revision != last + 1:
                        yield Violation("R50", f"{seat.person} heard entry {revision} after {last}")
                    last = revision
            case "view":
                revision = event.about["view_revision"]
                change = moves.get(revision)
                if change is None or (change.fence, change.by) != (event.about["fence"], event.about["by"]):
                    yield Violation("I11", f"{seat.person} heard a view change {revision} that is not this room's")
                if last_move is not None and revision != last_move + 1:
                    yield Violation("R50", f"{seat.person} heard view change {revision} after {last_move}")
                last_move = revision
            case "farewell":
                if event.about["data"]["code"] == "STATE_LOST":
                    yield Violation("I1", f"{seat.person} was told that the room is lost")
            case _:
                pass


def _durable(seat: Seat, history: History) -> Iterator[Violation]:
    """I12: nothing that was asked while nothing could be saved was acknowledged before something could."""
    begun: dict[int, float] = {}
    for event in seat.events:
        if event.about.get("what") not in ("op", "view"):
            continue
        if event.name == "asked":
            begun[event.about["question"]] = event.at
        elif event.name == "answered" and event.about["answer"]["ok"]:
            since = begun[event.about["question"]]
            for gap in history.gaps:
                if gap.start <= since and event.at <= gap.end:
                    yield Violation("I12", f"{seat.person}: acknowledged during {gap.why}")


# --- attacks and quiet ------------------------------------------------------------------------------------
def _attacks(history: History) -> Iterator[Violation]:
    for attack in history.attacks:
        answer = attack.answer
        if answer is None:
            continue
        if answer.get("ok"):
            if "OK" not in attack.allowed:
                yield Violation(_rule(attack.name), f"attack '{attack.name}' succeeded")
            elif attack.op_id is not None:
                entries = {one.entry.revision: one.entry for one in history.rooms[attack.room].log}
                entry = entries.get(answer["revision"])
                if entry is None or (entry.by, entry.op_id) != (attack.principal, attack.op_id):
                    yield Violation("I4", f"attack '{attack.name}' was told another's revision")
        elif answer.get("code") not in attack.allowed | MAY_PASS - {"INTERNAL"}:
            yield Violation(_rule(attack.name), f"attack '{attack.name}' was answered {answer.get('code')}")


def _rule(attack: str) -> str:
    """An attack's name begins with what it is against."""
    return attack.split(" ", 1)[0]


def _quiet(quiet: Quiet, within_s: float) -> Iterator[Violation]:
    after = f"after {quiet.after}"
    if quiet.converged_s is None:
        yield Violation("I13", f"{after}: {quiet.missing}")
    elif quiet.converged_s > within_s:
        yield Violation("I13", f"{after}: {quiet.converged_s:.2f} s until all had all {quiet.missing}")
    first = quiet.truth[0]
    for held in (*quiet.truth[1:], *quiet.held):
        if held.document != first.document:
            yield Violation("I2", f"{after}: the document of {held.who} is not that of {first.who}")
        if held.view != first.view:
            yield Violation("I2", f"{after}: the view of {held.who} is not that of {first.who}")


def acknowledgements(seats: list[Seat]) -> list[tuple[Event, float]]:
    """Each acknowledged op with the ms from its last sending to its answer."""
    found = []
    for seat in seats:
        begun: dict[int, float] = {}
        for event in seat.events:
            if event.about.get("what") != "op":
                continue
            if event.name == "asked":
                begun[event.about["question"]] = event.at
            elif event.name == "answered" and event.about["answer"]["ok"]:
                found.append((event, event.at - begun[event.about["question"]]))
    return found


def returns(seats: list[Seat]) -> list[float]:
    """Each way back: ms from noticing a cut to being live again."""
    found = []
    for seat in seats:
        noticed: float | None = None
        for event in seat.events:
            if event.name != "connection":
                continue
            if event.about["is"] == "reconnecting":
                noticed = event.at
            elif event.about["is"] == "live" and noticed is not None:
                found.append(event.at - noticed)
                noticed = None
    return found
