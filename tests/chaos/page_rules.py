"""What a page may be told, hear and hold, given the room's record (I1 to I6, I9 to I12, R50)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from readingroom.protocol import (
    AnnotationCreate,
    AnnotationCreated,
    AnnotationRedo,
    AnnotationReverted,
    AnnotationUndo,
    AnnotationUpdate,
    AnnotationUpdated,
    Command,
    LogEntry,
    PersonRemove,
    RoomContinued,
    RoomGoOn,
    SeriesOpen,
    SeriesOpened,
    ViewChange,
    ViewCommand,
)
from readingroom.rooms import canonical, settling
from readingroom.rooms.view import carries
from tests.chaos.history import Gap, History, RoomRecord, Seat, Violation, Written

MAY_PASS: Final = frozenset(
    {"NOT_SAVED", "TOO_FAST", "STORE_UNREACHABLE", "SLICE_NOT_READY", "STATE_LOST", "INTERNAL"}
)
"""Refusals after which the same op is sent again."""
HONEST: Final = frozenset(
    {
        *("GONE", "LEAD_TAKEN", "NOT_HERE", "LIMIT", "CONFLICT", "NOTHING_TO_UNDO", "NO_SUCH_SERIES"),
        *("FORBIDDEN", "ROOM_ENDED", "DENIED", "NOT_A_QUESTION"),
    }
)
"""What people who mean no harm may be refused for: somebody else was faster."""
REMOVED_WITHIN_MS: Final = 2_000.0
WAY_MS: Final = 3_000.0
"""So much of what a page went through is told with what it should not have heard."""

_command: TypeAdapter[Command] = TypeAdapter(Command)
_view: TypeAdapter[ViewCommand] = TypeAdapter(ViewCommand)


def answers(seat: Seat, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
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
            op_id, where = op["op_id"], f"{seat.person}, {op['command']['kind']} {op['op_id'][:8]}"
            if answer["ok"]:
                answered.add(op_id)
                yield from _kept(where, log.get(answer["revision"]), seat.principal, op)
            elif answer["code"] not in MAY_PASS:
                answered.add(op_id)
                if op_id in written and answer["code"] != "DENIED":
                    revision = written[op_id].revision
                    yield Violation(
                        "I4", f"{where}: refused as {answer['code']}, yet it is revision {revision}"
                    )
                if answer["code"] not in HONEST:
                    yield Violation("refusals", f"{where}: {answer['code']}, {answer['message']}")
            elif answer["code"] == "INTERNAL":
                yield Violation("refusals", f"{where}: INTERNAL")
    if seat.closed or _last(seat, "connection", "is") != "live" or _last(seat, "waiting", "count"):
        return
    ids = {op["op_id"] for op in asked.values()}
    if len(ids) != seat.made:
        yield Violation("I4", f"{seat.person} made {seat.made} changes and sent {len(ids)}")
    for op_id in ids - answered:
        yield Violation("I1", f"{seat.person}: op {op_id[:8]} waits no longer and was never answered")


def _last(seat: Seat, name: str, key: str) -> Any:
    return next((event.about[key] for event in reversed(seat.events) if event.name == name), None)


def _kept(where: str, entry: LogEntry | None, by: str, op: Any) -> Iterator[Violation]:
    if entry is None or entry.op_id != op["op_id"]:
        yield Violation("I1", f"{where}: acknowledged, and not in the log at that revision")
    elif entry.by != by:
        yield Violation("I6", f"{where}: in the log as {entry.by[:6]}'s")
    elif not _says(entry, settling.settled(_command.validate_python(op["command"]))):
        yield Violation("I1", f"{where}: in the log as another change than was sent")


def _says(entry: LogEntry, sent: Command) -> bool:
    """Whether the log has of a command what was sent; what the server adds to it aside (R13)."""
    match sent, entry.command:
        case AnnotationCreate(), AnnotationCreated() as kept:
            return sent.id == kept.id and sent.mark.shape == kept.mark.shape and _place(sent) == _place(kept)
        case AnnotationUpdate(), AnnotationUpdated() as kept:
            return sent.id == kept.id and sent.mark.shape == kept.mark.shape and _place(sent) == _place(kept)
        case AnnotationUndo(), AnnotationReverted(how="undo"):
            return True
        case AnnotationRedo(), AnnotationReverted(how="redo"):
            return True
        case SeriesOpen(series=series), SeriesOpened(series=opened):
            return series == opened
        case RoomGoOn(), RoomContinued():
            return True
        case _:
            return canonical.dumps(sent) == canonical.dumps(entry.command)


def _place(command: AnnotationCreate | AnnotationUpdate | AnnotationCreated | AnnotationUpdated) -> object:
    return (command.mark.series, command.mark.stack, command.mark.frame)


def view_answers(seat: Seat, record: RoomRecord) -> Iterator[Violation]:
    """What was acknowledged of the view is in its stream, alone or merged into what is newer (R44)."""
    moves = {moved.change.view_revision: moved.change for moved in record.moves}
    asked: dict[int, ViewCommand] = {}
    said: set[tuple[int, int, str, str]] = set()
    acknowledged: dict[int, ViewChange] = {}
    for event in seat.events:
        about = event.about
        if about.get("what") != "view":
            continue
        if event.name == "asked":
            command = settling.settled_view(_view.validate_python(about["message"]))
            asked[about["question"]] = command
            for field, value in carries(command.change).items():
                said.add((command.fence, command.pane, field, repr(value)))
        elif event.name == "answered" and about["answer"]["ok"]:
            command, revision = asked[about["question"]], about["answer"]["view_revision"]
            change, where = moves.get(revision), f"{seat.person}: view change {revision}"
            if change is None:
                yield Violation("I1", f"{where} acknowledged, and not in the stream")
            elif (change.by, change.fence, change.pane) != (seat.principal, command.fence, command.pane):
                yield Violation("I5", f"{where} acknowledged, and it is another's")
            else:
                acknowledged[revision] = change
                if not carries(command.change).keys() <= carries(change.change).keys():
                    yield Violation("I1", f"{where} lacks what was sent")
    for revision, change in acknowledged.items():
        for field, value in carries(change.change).items():
            if (change.fence, change.pane, field, repr(value)) not in said:
                yield Violation("I1", f"{seat.person}: view change {revision} has a {field} he never sent")


def held(seat: Seat, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
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
        elif event.name == "divergences" and event.about["count"]:
            yield Violation("I2", f"{seat.person} found that he differs from the server")


def heard(seat: Seat, record: RoomRecord, log: Mapping[int, LogEntry]) -> Iterator[Violation]:
    """R50: on one socket each entry once, in order, without a gap; I11: and only of this room.

    R51: a live page lacks nothing, unless it asks already, which it does again until it has an answer.
    """
    moves = {moved.change.view_revision: moved.change for moved in record.moves}
    last: int | None = None
    last_move: int | None = None
    has, live, asking = 0, False, False
    for event in seat.events:
        if event.name == "document":
            has = event.about["revision"]
        elif event.name == "connection":
            live = event.about["is"] == "live"
        elif event.about.get("what") == "sync":
            asking = event.name != "answered" or not event.about["answer"]["ok"]
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
                        yield Violation(
                            "I11", f"{seat.person} heard entry {revision}, which is not this room's"
                        )
                    if last is not None and revision != last + 1:
                        way = seat.way(event.at - WAY_MS, event.at, since=event.at)
                        yield Violation("R50", f"{seat.person} heard entry {revision} after {last} {way}")
                    if (
                        live
                        and not asking
                        and revision > has + 1
                        and revision == event.about["entries"][0][0]
                    ):
                        way = seat.way(event.at - WAY_MS, event.at, since=event.at)
                        yield Violation("R51", f"{seat.person} heard entry {revision} and had {has} {way}")
                    last = revision
            case "view":
                revision = event.about["view_revision"]
                change = moves.get(revision)
                if change is None or (change.fence, change.by) != (event.about["fence"], event.about["by"]):
                    yield Violation("I11", f"{seat.person} heard view {revision}, which is not this room's")
                if last_move is not None and revision != last_move + 1:
                    yield Violation("R50", f"{seat.person} heard view change {revision} after {last_move}")
                last_move = revision
            case "farewell":
                if event.about["data"]["code"] == "STATE_LOST":
                    yield Violation("I1", f"{seat.person} was told that the room is lost")
            case _:
                pass


def durable(seat: Seat, history: History) -> Iterator[Violation]:
    """I12: nothing that was asked while nothing could be saved was acknowledged before something could."""
    begun: dict[int, float] = {}
    unsaved = [gap for gap in history.gaps if gap.unsaved]
    for event in seat.events:
        if event.about.get("what") not in ("op", "view"):
            continue
        if event.name == "asked":
            begun[event.about["question"]] = event.at
        elif event.name == "answered" and event.about["answer"]["ok"]:
            since = begun[event.about["question"]]
            for gap in unsaved:
                if gap.start <= since and event.at <= gap.end:
                    yield Violation("I12", f"{seat.person}: acknowledged while {gap.why}")


def removed(seat: Seat, record: RoomRecord, gaps: list[Gap]) -> Iterator[Violation]:
    """I9: who was removed hears his removal last, and anything at all for less than 2 s.

    What was held up or cut on its way may be that much later.
    """
    removal = _removal(record, seat.principal)
    if removal is None:
        return
    revision, moment = removal.entry.revision, removal.at
    for event in seat.events:
        if event.name != "heard":
            continue
        what = event.about["what"]
        if what == "entries" and any(one > revision for one, _ in event.about["entries"]):
            yield Violation("I9", f"{seat.person} heard an entry after his removal")
        if what in ("entries", "view", "presence", "state") and event.at > _until(moment, event.at, gaps):
            late = (event.at - moment) / 1000
            yield Violation("I9", f"{seat.person} heard {what} {late:.1f} s after his removal")


def _removal(record: RoomRecord, principal: str) -> Written | None:
    for written in record.log:
        if isinstance(written.entry.command, PersonRemove) and written.entry.command.principal == principal:
            return written
    return None


def _until(moment: float, now: float, gaps: list[Gap]) -> float:
    ends = [gap.end for gap in gaps if gap.start <= now and gap.end >= moment]
    return max([moment, *ends]) + REMOVED_WITHIN_MS
