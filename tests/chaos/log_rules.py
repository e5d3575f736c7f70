"""What a room's log and view stream must be, said a second time, from the record alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from readingroom.protocol import (
    AnnotationCreated,
    AnnotationDelete,
    AnnotationHide,
    AnnotationReverted,
    AnnotationUpdated,
    KeptMark,
    KeyImageAdd,
    KeyImageRemove,
    LeadGive,
    LeadTake,
    LogEntry,
    PersonJoined,
    PersonRemove,
    PersonRole,
    RoomEnd,
    RoomReopen,
)
from readingroom.rooms import canonical, roles, room
from tests.chaos.history import RoomRecord, Violation

STEPS: Final = 100
SAID_AS: Final = {"series.opened": "series.open", "room.continued": "room.go_on"}
"""Under which kind of command the right to an entry's kind is looked up, where it has another name."""
WHEN_ENDED: Final = frozenset({"room.reopen", "room.continued", "person.joined"})

Contents = tuple[bool, bytes] | None
"""Whether a mark is hidden, and its bytes; None: it is removed. What undo compares and restores (R33)."""


@dataclass(slots=True)
class Step:
    """What one change made of a mark."""

    id: str
    was: Contents
    became: Contents


@dataclass(slots=True)
class Marks:
    """The marks of a room as the rules have them."""

    authors: dict[str, str] = field(default_factory=dict)
    contents: dict[str, Contents] = field(default_factory=dict)
    undone: dict[str, list[Step]] = field(default_factory=dict)
    redone: dict[str, list[Step]] = field(default_factory=dict)
    key_images: dict[str, str] = field(default_factory=dict)

    def change(self, by: str, id: str, became: Contents) -> None:
        """By hand."""
        steps = self.undone.setdefault(by, [])
        steps.append(Step(id, self.contents.get(id), became))
        del steps[:-STEPS]
        self.redone.pop(by, None)
        self.contents[id] = became


def chain(name: str, record: RoomRecord) -> Iterator[Violation]:
    """I14: revisions and heads follow each other; I4: each op once."""
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


def people(name: str, record: RoomRecord) -> Iterator[Violation]:
    """I6: everybody does what his role may at that moment; I10: the removed nothing; R18: nor the ended."""
    role: dict[str, str] = {}
    removed: set[str] = set()
    ended = False
    for written in record.log:
        entry, command = written.entry, written.entry.command
        where = f"{name}: revision {entry.revision}, {command.kind} by {role.get(entry.by)} {entry.by[:6]}"
        if entry.by in removed:
            yield Violation("I10", f"{where}, who had been removed")
        if ended and command.kind not in WHEN_ENDED:
            yield Violation("R18", f"{where} after the end")
        if isinstance(command, PersonJoined):
            role[entry.by] = command.role
            # A guest whose first answer was lost on its way is nobody the harness knows.
            if record.invited.get(entry.by, "patient") != command.role and not _was_given(record, entry):
                yield Violation("I6", f"{where}: came in as {command.role}")
        elif entry.by != "server" and _right(entry, role) == "no":
            yield Violation("I6", f"{where}: not his to do")
        match command:
            case PersonRole(principal=principal, role=given):
                role[principal] = given
            case PersonRemove(principal=principal):
                removed.add(principal)
            case RoomEnd():
                ended = True
            case RoomReopen():
                ended = False
            case _:
                pass


def _right(entry: LogEntry, role: dict[str, str]) -> str:
    kind = entry.command.kind
    if isinstance(entry.command, AnnotationReverted):
        kind = f"annotation.{entry.command.how}"  # type: ignore[assignment]
    rights = roles.RIGHTS.get(SAID_AS.get(kind, kind), {})
    return dict(rights).get(role.get(entry.by, ""), "no")  # type: ignore[call-overload, no-any-return]


def _was_given(record: RoomRecord, joined: LogEntry) -> bool:
    """Whether somebody gave him the role he came in again with."""
    given = [
        one.entry.command.role
        for one in record.log
        if isinstance(one.entry.command, PersonRole)
        and one.entry.command.principal == joined.by
        and one.entry.revision < joined.revision
    ]
    return isinstance(joined.command, PersonJoined) and joined.command.role in given[-1:]


def marks(name: str, record: RoomRecord) -> Iterator[Violation]:
    """I6: whose marks; I7: none comes back but by undo; I8: undo restores what was, or is refused."""
    now = Marks()
    for written in record.log:
        entry = written.entry
        where = f"{name}: revision {entry.revision}, {entry.command.kind} by {entry.by[:6]}"
        for rule, what in _one_mark(now, entry):
            yield Violation(rule, f"{where}: {what}")


def _one_mark(now: Marks, entry: LogEntry) -> Iterator[tuple[str, str]]:
    command, by = entry.command, entry.by
    match command:
        case AnnotationCreated(id=id, mark=mark):
            if id in now.authors:
                yield "I7", f"mark {id} is made again"
            now.authors.setdefault(id, by)
            now.change(by, id, (False, canonical.dumps(mark)))
        case AnnotationUpdated(id=id, mark=mark):
            yield from _standing(now, by, id)
            hidden = (now.contents.get(id) or (False, b""))[0]
            now.change(by, id, (hidden, canonical.dumps(mark)))
        case AnnotationDelete(id=id):
            yield from _standing(now, by, id)
            now.change(by, id, None)
        case AnnotationHide(id=id, hidden=hidden):
            before = now.contents.get(id)
            if before is None:
                yield "I7", f"mark {id} is removed"
            else:
                now.change(by, id, (hidden, before[1]))
        case AnnotationReverted():
            yield from _reverted(now, by, command)
        case KeyImageAdd(id=id):
            now.key_images[id] = by
        case KeyImageRemove(id=id):
            now.key_images.pop(id, None)
        case PersonRemove(principal=principal):
            now.undone.pop(principal, None)
            now.redone.pop(principal, None)
        case _:
            pass


def _standing(now: Marks, by: str, id: str) -> Iterator[tuple[str, str]]:
    if now.authors.get(id) != by:
        yield "I6", f"mark {id} is {now.authors.get(id, 'nobody')[:6]}'s"
    if now.contents.get(id) is None:
        yield "I7", f"mark {id} is removed"


def _reverted(now: Marks, by: str, command: AnnotationReverted) -> Iterator[tuple[str, str]]:
    undo = command.how == "undo"
    steps = (now.undone if undo else now.redone).setdefault(by, [])
    others = (now.redone if undo else now.undone).setdefault(by, [])
    made = _contents(command.hidden, command.mark)
    if not steps:
        yield "I7", f"nothing to {command.how}"
    else:
        step = steps.pop()
        current = now.contents.get(step.id)
        if step.id != command.id:
            yield "I8", f"{command.how} of mark {command.id}, where {step.id} was the newest"
        if current != step.became:
            yield "I8", f"{command.how} of mark {step.id}, which was changed since"
        if made != step.was:
            yield "I8", f"{command.how} of mark {step.id} makes another mark of it than it was"
        others.append(Step(step.id, current, made))
        del others[:-STEPS]
    now.contents[command.id] = made


def _contents(hidden: bool, mark: KeptMark | None) -> Contents:
    return None if mark is None else (hidden, canonical.dumps(mark))


def view(name: str, record: RoomRecord) -> Iterator[Violation]:
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


def _holders(record: RoomRecord) -> dict[int, str]:
    """Who held each fence: a removal, or a role that may not lead, takes a lead to whoever did that (R26)."""
    holders: dict[int, str] = {}
    fence = 0
    for written in record.log:
        entry = written.entry
        match entry.command:
            case LeadTake():
                holders[entry.fence] = entry.by
            case LeadGive(to=to):
                holders[entry.fence] = to
            case PersonRemove() | PersonRole() if entry.fence > fence:
                holders[entry.fence] = entry.by
            case _:
                pass
        fence = entry.fence
    return holders
