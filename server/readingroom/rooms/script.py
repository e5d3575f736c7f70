"""The one script, seen from Python: its arguments put together, its refusals turned into ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources

from readingroom.errors import (
    Denied,
    Exists,
    Forbidden,
    Gone,
    LeadTaken,
    Limit,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    NoSuchRoom,
    NoSuchSeries,
    NotHere,
    NotOwner,
    OpIdReused,
    ReadingRoomError,
    Stale,
)
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationDelete,
    AnnotationUpdate,
    Command,
    LeadAsk,
    LeadGive,
    LogCommand,
    LogEntry,
    Op,
    PaneView,
    PersonJoined,
    SeriesOpened,
    ViewCommand,
)
from readingroom.rooms import canonical, roles
from readingroom.rooms.invitations import Member
from readingroom.values import SeriesKey, SeriesRef

SOURCE = resources.files(__package__).joinpath("op.lua").read_text(encoding="utf-8")
SHA = hashlib.sha1(SOURCE.encode(), usedforsecurity=False).hexdigest()

LEASE_MS = 10_000
LIVE_MARKS_LIMIT = 2_000
OPS_LIMIT = 50_000
OPS_RESERVE = 1_000
PEOPLE_LIMIT = 50

Argument = str | bytes
Answer = Sequence[object]

_KINDS: Mapping[str, type[ReadingRoomError]] = {
    kind.code: kind
    for kind in (
        Denied,
        Exists,
        Forbidden,
        Gone,
        LeadTaken,
        LinkExpired,
        LinkUnknown,
        LinkUsed,
        NoSuchRoom,
        NoSuchSeries,
        NotHere,
        NotOwner,
        OpIdReused,
        Stale,
    )
}
_LIMITS: Mapping[str, str] = {
    "marks": f"it holds {LIVE_MARKS_LIMIT} marks; remove one first",
    "changes": f"{OPS_LIMIT} changes were made in it",
    "people": f"{PEOPLE_LIMIT} people were invited to it",
}


def accepted(answer: Answer) -> list[object]:
    """What follows 'OK' in the script's answer; any other code is raised as its error."""
    code, rest = bytes_of(answer[0]).decode(), list(answer[1:])
    match code:
        case "OK":
            return rest
        case "LIMIT":
            raise Limit(what=_LIMITS[bytes_of(rest[0]).decode()])
        case _:
            raise _KINDS[code]()


def bytes_of(value: object) -> bytes:
    """One string of an answer."""
    if not isinstance(value, bytes):
        raise TypeError(f"the script answered {type(value).__name__} where a string was due")
    return value


def written(answer: object, by: str, op_id: str, command: LogCommand) -> LogEntry:
    """The log entry the script has written, from its answer [revision, at, fence, head]."""
    if not isinstance(answer, list):
        raise TypeError(f"the script answered {type(answer).__name__} where an entry was due")
    revision, at, fence, head = (bytes_of(part) for part in answer)
    return LogEntry(
        revision=int(revision),
        at_ms=int(at),
        by=by,
        op_id=op_id,
        command=command,
        fence=int(fence),
        head=head.decode(),
    )


def create(epoch: str, series: Mapping[SeriesKey, SeriesRef], view: PaneView) -> list[Argument]:
    """A new room with its series open and its first view."""
    opened: list[Argument] = []
    for key, ref in series.items():
        opened += [key, f"{ref.study} {ref.series}", canonical.dumps(SeriesOpened(series=key))]
    return ["create", epoch, *_counted(opened), *_counted(_fields(0, view))]


def invite(grant: str, secret_sha: str, role: roles.Role, principal: str, lifetime_s: int) -> list[Argument]:
    """A new link, good for `lifetime_s` until its first use (R20)."""
    return ["invite", grant, secret_sha, role, principal, str(lifetime_s * 1000), str(PEOPLE_LIMIT)]


def admit(
    secret_sha: str,
    presented_sha: str,
    fresh_sha: str,
    joined: PersonJoined,
    *,
    named: bool,
    join_id: str,
    took: LogCommand,
) -> list[Argument]:
    """The use of a link; `named` says the name was typed now and replaces the one before (R22)."""
    limit = OPS_LIMIT + OPS_RESERVE
    front: list[Argument] = [
        "admit",
        secret_sha,
        presented_sha,
        fresh_sha,
        joined.name,
        "1" if named else "0",
    ]
    return [*front, join_id, canonical.dumps(joined), canonical.dumps(took), str(LEASE_MS), str(limit)]


def op(member: Member, op: Op) -> list[Argument]:
    """A settled document command with everything the script checks beside its bytes (R1–R5, R14)."""
    command = canonical.command(op.command)
    group, _, verb = op.command.kind.partition(".")
    target, value, series = _parts(op.command)
    front: list[Argument] = ["op", member.principal, member.grant, str(member.epoch), op.op_id]
    front += [
        canonical.payload_hash(command),
        roles.row(op.command.kind),
        group,
        verb,
        target,
        command,
        value,
    ]
    return [*front, str(LEASE_MS), str(ops_limit(op.command.kind)), str(LIVE_MARKS_LIMIT), *_counted(series)]


def view(member: Member, command: ViewCommand) -> list[Argument]:
    """A settled view command (R40)."""
    change = command.change
    needed: list[Argument] = [change.shown.series] if change.shown else []
    front: list[Argument] = ["view", member.principal, member.grant, str(member.epoch), roles.row("view")]
    front += [str(command.fence), str(command.pane), canonical.command(change, sparse=True), str(LEASE_MS)]
    return [*front, *_counted(needed), *_counted(_fields(command.pane, change))]


def renew(principal: str, fence: int) -> list[Argument]:
    """The holder of the lead is still here (R43)."""
    return ["renew", principal, str(fence), str(LEASE_MS)]


def ops_limit(kind: str) -> int:
    """How many changes a room may have for one more of this kind (R14)."""
    return OPS_LIMIT + (OPS_RESERVE if kind in ("annotation.delete", "lead.take", "lead.give") else 0)


def _parts(command: Command) -> tuple[str, Argument, list[Argument]]:
    """What the script needs of a command without reading it: its target, its value, the series it names."""
    match command:
        case AnnotationCreate() | AnnotationUpdate():
            return command.id, canonical.dumps(command.mark), [command.mark.series]
        case AnnotationDelete():
            return command.id, "", []
        case LeadGive():
            return command.to, "", []
        case LeadAsk():
            return "", "1" if command.asking else "0", []
        case _:
            return "", "", []


def _fields(pane: int, change: PaneView) -> list[Argument]:
    fields: list[Argument] = []
    for name in PaneView.model_fields:
        value = getattr(change, name)
        if value is not None:
            fields += [f"{pane}.{name}", canonical.dumps(value)]
    return fields


def _counted(arguments: Sequence[Argument]) -> list[Argument]:
    return [str(len(arguments)), *arguments]
