"""What the script must decide, said a second time in plain Python, for the machine that compares the two."""

from __future__ import annotations

from dataclasses import dataclass, field

from readingroom.errors import (
    Exists,
    Forbidden,
    Gone,
    LeadTaken,
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
    LeadTake,
    Op,
    ViewCommand,
)
from readingroom.rooms.roles import RIGHTS
from readingroom.rooms.room import RoomState

Refusal = type[ReadingRoomError]


@dataclass
class Model:
    """The deciding half of a room. `roles` are its members; `lease` whether the holder's lease still runs."""

    roles: dict[str, str]
    series: set[str]
    answered: dict[tuple[str, str], tuple[Command, int]] = field(default_factory=dict)
    lease: bool = True

    def answer(self, state: RoomState, by: str, op: Op) -> Refusal | int:
        """The refusal, or the revision of the acknowledgement."""
        known = self.answered.get((by, op.op_id))
        if known is not None:
            return known[1] if known[0] == op.command else OpIdReused
        refusal = self._refusal(state, by, op.command)
        return refusal or state.revision + 1

    def accepted(self, by: str, op: Op, revision: int) -> None:
        self.answered[by, op.op_id] = (op.command, revision)
        if op.command.kind in ("lead.take", "lead.give"):
            self.lease = True

    def view(self, state: RoomState, by: str, command: ViewCommand) -> Refusal | None:
        if state.lead.holder != by or state.lead.fence != command.fence:
            return Stale
        shown = command.change.shown
        return NoSuchSeries if shown and shown.series not in self.series else None

    def _refusal(self, state: RoomState, by: str, command: Command) -> Refusal | None:
        right = RIGHTS[command.kind]["host" if self.roles[by] == "host" else "patient"]
        if right == "no":
            return Forbidden
        match command:
            case AnnotationCreate():
                if command.id in state.annotations:
                    return Exists
                return None if command.mark.series in self.series else NoSuchSeries
            case AnnotationUpdate() | AnnotationDelete():
                mark = state.annotations.get(command.id)
                if mark is None or mark.deleted:
                    return Gone
                if right == "own" and mark.by != by:
                    return NotOwner
                closed = isinstance(command, AnnotationUpdate) and command.mark.series not in self.series
                return NoSuchSeries if closed else None
            case LeadTake():
                free = state.lead.holder in (None, by) or not self.lease
                return None if right == "any" or free else LeadTaken
            case LeadGive():
                if right == "own" and state.lead.holder != by:
                    return LeadTaken
                return None if command.to in self.roles else NotHere
            case LeadAsk():
                return None
