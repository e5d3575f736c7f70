"""The one script, seen from Python: its arguments put together, its refusals turned into ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import resources

from readingroom.errors import (
    Conflict,
    Denied,
    Exists,
    Forbidden,
    Gone,
    InvitationUsed,
    LeadTaken,
    Limit,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    NoSuchInvitation,
    NoSuchRoom,
    NoSuchSeries,
    NotAQuestion,
    NotHere,
    NothingToUndo,
    NotLost,
    NotOwner,
    OpIdReused,
    ReadingRoomError,
    RoleChanged,
    RoomEnded,
    Stale,
    StateLost,
)
from readingroom.protocol import (
    AnnotationRedo,
    AnnotationUndo,
    LogCommand,
    LogEntry,
    Op,
    PaneView,
    PersonJoined,
    Role,
    RoomEnd,
    SeriesOpened,
    ViewCommand,
)
from readingroom.rooms import canonical, roles, rows
from readingroom.rooms.arguments import KEY_IMAGES_LIMIT, SERIES_LIMIT, Argument, counted, parts_of
from readingroom.rooms.invitations import Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.settling import Logged
from readingroom.rooms.view import FIRST_LAYOUT
from readingroom.values import RoomId, SeriesKey, SeriesRef

FILES = ("ground", "door", "marks", "people", "things", "op", "view", "lifetime", "start")
SOURCE = "\n".join(
    resources.files(__package__).joinpath("lua", f"{name}.lua").read_text(encoding="utf-8") for name in FILES
)
SHA = hashlib.sha1(SOURCE.encode(), usedforsecurity=False).hexdigest()

LEASE_MS = 10_000
LIVE_MARKS_LIMIT = 2_000
MARK_BYTES_LIMIT = 4 << 20
"""Of all live marks together: what a joiner fetches and a page is compared by stays small."""
OPS_LIMIT = 50_000
OPS_RESERVE = 1_000
RESERVED = frozenset(
    (
        "annotation.delete",
        "annotation.hide",
        "annotation.undo",
        "lead.take",
        "lead.give",
        "person.role",
    )
)
"""Kinds that a room which has had its changes can still take (R14)."""
LAST_WORDS = frozenset(("person.remove", "room.end", "room.reopen", "room.go_on"))
"""A host's, which no number of changes can take from him (R14)."""
NO_LIMIT = 2**53 - 1
PEOPLE_LIMIT = 50
OPEN_INVITATIONS_LIMIT = 20
"""Links that wait for their first use at a time."""

Answer = Sequence[object]

_KINDS: Mapping[str, type[ReadingRoomError]] = {
    kind.code: kind
    for kind in (
        Conflict,
        Denied,
        Exists,
        Forbidden,
        Gone,
        InvitationUsed,
        LeadTaken,
        LinkExpired,
        LinkUnknown,
        LinkUsed,
        NoSuchInvitation,
        NoSuchRoom,
        NoSuchSeries,
        NotAQuestion,
        NotHere,
        NothingToUndo,
        NotLost,
        NotOwner,
        OpIdReused,
        RoleChanged,
        RoomEnded,
        Stale,
        StateLost,
    )
}
_LIMITS: Mapping[str, str] = {
    "mark_bytes": f"its marks take {MARK_BYTES_LIMIT >> 20} MiB; remove one first",
    "marks": f"it holds {LIVE_MARKS_LIMIT} marks; remove one first",
    "changes": f"{OPS_LIMIT} changes were made in it",
    "people": f"{PEOPLE_LIMIT} people were invited to it",
    "invitations": f"{OPEN_INVITATIONS_LIMIT} invitations are open; revoke one first",
    "series": f"{SERIES_LIMIT} series are open; close one first",
    "key_images": f"it holds {KEY_IMAGES_LIMIT} key images; remove one first",
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


def written(answer: object, by: str, op_id: str, sent: Logged) -> LogEntry:
    """The log entry the script has written, from its answer [revision, at, fence, head].

    A fifth part is the command it made itself; else it is the one that was sent.
    """
    if not isinstance(answer, list):
        raise TypeError(f"the script answered {type(answer).__name__} where an entry was due")
    revision, at, fence, head = (bytes_of(part) for part in answer[:4])
    command = rows.log_command(bytes_of(answer[4])) if len(answer) > 4 else sent
    if isinstance(command, AnnotationUndo | AnnotationRedo):
        raise TypeError("the script did not say what it made of an undo")
    return LogEntry(
        revision=int(revision),
        at_ms=int(at),
        by=by,
        op_id=op_id,
        command=command,
        fence=int(fence),
        head=head.decode(),
    )


def create(
    epoch: str, patient: str, series: Mapping[SeriesKey, tuple[SeriesRef, bool]], view: PaneView
) -> list[Argument]:
    """A new room for one patient: its open series, each with whether it is another's, and its first view."""
    opened: list[Argument] = []
    for key, (ref, other) in series.items():
        told = canonical.dumps(SeriesOpened(series=key, other_patient=other))
        opened += [key, f"{ref.study} {ref.series}", rows.OTHER_PATIENT if other else "", told]
    fields = ["layout", FIRST_LAYOUT, *_fields(0, view)]
    return ["create", epoch, patient, *counted(opened), *counted(fields)]


def invite(
    grant: str, secret_sha: str, role: Role, principal: str, lifetime_s: int, name: str, by: Member | None
) -> list[Argument]:
    """A new link, good for `lifetime_s` until its first use (R20); `by` None: the operator's."""
    limits: list[Argument] = [str(PEOPLE_LIMIT), str(OPEN_INVITATIONS_LIMIT)]
    given: list[Argument] = [grant, secret_sha, role, principal, str(lifetime_s * 1000)]
    return ["invite", *given, *limits, name, *_proof(by)]


def revoke(grant: str, by: Member) -> list[Argument]:
    """Take back an invitation that nobody has used (R27)."""
    return ["revoke", grant, *_proof(by)]


def _proof(by: Member | None) -> list[Argument]:
    """What `role_of` compares with the acl (R1)."""
    return ["", "", ""] if by is None else [by.principal, by.grant, str(by.epoch)]


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
    front: list[Argument] = [
        "admit",
        secret_sha,
        presented_sha,
        fresh_sha,
        joined.name,
        "1" if named else "0",
    ]
    told: list[Argument] = [join_id, canonical.dumps(joined), canonical.dumps(took)]
    limits = [str(OPS_LIMIT + OPS_RESERVE), str(OPS_LIMIT)]  # of a first use, and of another name later
    return [*front, *told, str(LEASE_MS), *limits, joined.role]


def op(member: Member, op: Op, logged: Logged) -> list[Argument]:
    """A settled document command with everything the script checks beside its bytes (R1-R6, R14).

    `logged` is what will stand in the log: the command with what the server adds to it.
    """
    kind = op.command.kind
    command = canonical.command(logged)
    parts = parts_of(op.command, logged)
    sent = canonical.payload_hash(canonical.command(op.command))
    front: list[Argument] = ["op", member.principal, member.grant, str(member.epoch), op.op_id, sent]
    front += [roles.row(kind), kind, parts.target, parts.value, *counted(parts.extra), command]
    limits = [str(LEASE_MS), str(ops_limit(kind)), str(LIVE_MARKS_LIMIT), str(MARK_BYTES_LIMIT)]
    return [*front, *limits, *counted(parts.series)]


def view(member: Member, command: ViewCommand) -> list[Argument]:
    """A settled view command (R40)."""
    change = command.change
    needed: list[Argument] = [change.shown.series] if change.shown else []
    front: list[Argument] = ["view", member.principal, member.grant, str(member.epoch), roles.row("view")]
    front += [str(command.fence), str(command.pane), canonical.command(change, sparse=True)]
    fields = _fields(command.pane, change)
    if command.layout is not None:
        fields += ["layout", command.layout]
    page: list[Argument] = [command.page or "", str(command.n or 0)]
    return [*front, command.layout or "", str(LEASE_MS), *page, *counted(needed), *counted(fields)]


def renew(principal: str, fence: int) -> list[Argument]:
    """The holder of the lead is still here (R43)."""
    return ["renew", principal, str(fence), str(LEASE_MS)]


def freeze(epoch: str) -> list[Argument]:
    """What was told under this epoch is lost; nothing is changed until a host goes on (R53)."""
    return ["freeze", epoch]


def expire(idle_ms: int) -> list[Argument]:
    """End the room if nobody has touched it for so long (R80)."""
    return ["expire", str(idle_ms), canonical.dumps(RoomEnd())]


def delete(room: RoomId, kept_ms: int | None) -> list[Argument]:
    """Delete the room if it ended so long ago; None: whatever it is (R81)."""
    return ["delete", "" if kept_ms is None else str(kept_ms), RoomKeys.of(room).presence]


def ops_limit(kind: str) -> int:
    """How many changes a room may have for one more of this kind (R14)."""
    if kind in LAST_WORDS:
        return NO_LIMIT
    return OPS_LIMIT + (OPS_RESERVE if kind in RESERVED else 0)


def _fields(pane: int, change: PaneView) -> list[Argument]:
    fields: list[Argument] = []
    for name, value in change.model_dump(mode="json").items():
        if value is not None:
            fields += [f"{pane}.{name}", canonical.spelled(value)]
    return fields
