"""What the script must decide, said a second time in plain Python, for the machine that compares the two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from readingroom.errors import (
    Conflict,
    Denied,
    Exists,
    Forbidden,
    Gone,
    LeadTaken,
    NoSuchSeries,
    NotAQuestion,
    NotHere,
    NothingToUndo,
    NotLost,
    NotOwner,
    OpIdReused,
    ReadingRoomError,
    RoomEnded,
    Stale,
    StateLost,
)
from readingroom.protocol import (
    Annotation,
    AnnotationCreate,
    AnnotationDelete,
    AnnotationHide,
    AnnotationRedo,
    AnnotationUndo,
    AnnotationUpdate,
    ChatSay,
    Command,
    HandLower,
    HandRaise,
    KeptMark,
    KeyImageAdd,
    KeyImageRemove,
    LeadAsk,
    LeadGive,
    LeadTake,
    Op,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    Role,
    RoomEnd,
    RoomGoOn,
    RoomReopen,
    SeriesClose,
    SeriesOpen,
    StageGather,
    ViewCommand,
)
from readingroom.rooms.roles import RIGHTS
from readingroom.rooms.room import RoomState

Refusal = type[ReadingRoomError]
Contents = tuple[bool, KeptMark] | None
"""What undo compares and restores of a mark: whether it is hidden, and what it is; None: it is removed."""
STEPS = 100


@dataclass
class Steps:
    """What one author can take back, and do again: (mark, what it was, what it became), the newest last."""

    back: list[tuple[str, Contents, Contents]] = field(default_factory=list)
    again: list[tuple[str, Contents, Contents]] = field(default_factory=list)


@dataclass
class Model:
    """The deciding half of a room. `roles` are its members; `lease` whether the holder's lease still runs."""

    roles: dict[str, Role]
    answered: dict[tuple[str, str], tuple[Command, int]] = field(default_factory=dict)
    steps: dict[str, Steps] = field(default_factory=dict)
    lease: bool = True
    frozen: bool = False
    steered: dict[int | str, ViewCommand] = field(default_factory=dict)
    """The newest view command of each pane, and of the layout."""

    def answer(self, state: RoomState, by: str, op: Op) -> Refusal | int:
        """The refusal, or the revision of the acknowledgement."""
        if by not in self.roles:
            return Denied
        known = self.answered.get((by, op.op_id))
        if known is not None:
            return known[1] if known[0] == op.command else OpIdReused
        if RIGHTS[op.command.kind][self.roles[by]] == "no":
            return Forbidden
        if self.frozen and not isinstance(op.command, RoomGoOn):
            return StateLost
        if state.ended and not isinstance(op.command, RoomReopen | RoomGoOn):
            return RoomEnded
        return self._refusal(state, by, op.command) or state.revision + 1

    def accepted(self, before: RoomState, after: RoomState, by: str, op: Op) -> None:
        """It was done: `before` and `after` are the documents around it."""
        command = op.command
        self.answered[by, op.op_id] = (command, after.revision)
        if after.lead.fence != before.lead.fence:
            self.lease = True
        steps = self.steps.setdefault(by, Steps())
        match command:
            case AnnotationCreate() | AnnotationUpdate() | AnnotationDelete() | AnnotationHide():
                was, became = _contents(before, command.id), _contents(after, command.id)
                steps.back.append((command.id, was, became))
                del steps.back[:-STEPS]
                steps.again.clear()
            case AnnotationUndo():
                id, was, became = steps.back.pop()
                steps.again.append((id, became, was))
            case AnnotationRedo():
                id, was, became = steps.again.pop()
                steps.back.append((id, became, was))
            case PersonRemove():
                del self.roles[command.principal]
                self.steps.pop(command.principal, None)
            case PersonRole():
                self.roles[command.principal] = command.role
                if RIGHTS["annotation.hide"][command.role] == "no":
                    kept = self.steps.setdefault(command.principal, Steps())
                    for steps in (kept.back, kept.again):
                        steps[:] = [s for s in steps if after.annotations[s[0]].by == command.principal]
            case RoomGoOn():
                self.frozen = False
            case _:
                pass

    def view(self, state: RoomState, by: str, command: ViewCommand) -> Refusal | None:
        if by not in self.roles:
            return Denied
        if RIGHTS["view"][self.roles[by]] == "no":
            return Forbidden
        if self.frozen:
            return StateLost
        if state.ended:
            return RoomEnded
        if state.lead.holder != by or state.lead.fence != command.fence:
            return Stale
        touched: list[int | str] = [command.pane, *(["layout"] if command.layout else [])]
        if any(what in self.steered and command.is_late(self.steered[what]) for what in touched):
            return Stale
        shown = command.change.shown
        return NoSuchSeries if shown and not _is_open(state, shown.series) else None

    def moved(self, command: ViewCommand) -> None:
        """It was done."""
        self.lease = True
        if command.page is not None:
            self.steered[command.pane] = command
            if command.layout is not None:
                self.steered["layout"] = command

    def _refusal(self, state: RoomState, by: str, command: Command) -> Refusal | None:
        right = RIGHTS[command.kind][self.roles[by]]
        match command:
            case AnnotationCreate():
                if command.id in state.annotations:
                    return Exists
                return None if _is_open(state, command.mark.series) else NoSuchSeries
            case AnnotationUpdate() | AnnotationDelete() | AnnotationHide() | QuestionAnswer():
                return self._of_mark(state, by, command, right)
            case AnnotationUndo():
                return self._of_step(state, self.steps.get(by, Steps()).back)
            case AnnotationRedo():
                return self._of_step(state, self.steps.get(by, Steps()).again)
            case LeadTake():
                free = state.lead.holder in (None, by) or not self.lease
                return None if right == "any" or free else LeadTaken
            case LeadGive():
                if right == "own" and state.lead.holder != by:
                    return LeadTaken
                if command.to not in self.roles:
                    return NotHere
                return None if RIGHTS["view"][self.roles[command.to]] != "no" else Forbidden
            case StageGather():
                return None if right == "any" or state.lead.holder == by else LeadTaken
            case PersonRemove() | PersonRole():
                if command.principal == by:
                    return Forbidden
                return None if command.principal in self.roles else NotHere
            case SeriesOpen():
                return Exists if _is_open(state, command.series) else None
            case SeriesClose():
                return None if _is_open(state, command.series) else NoSuchSeries
            case KeyImageAdd():
                if command.id in state.key_images:
                    return Exists
                shown = command.view.shown
                return None if shown and _is_open(state, shown.series) else NoSuchSeries
            case KeyImageRemove():
                image = state.key_images.get(command.id)
                if image is None:
                    return Gone
                return NotOwner if right == "own" and image.by != by else None
            case RoomGoOn():
                return None if self.frozen else NotLost
            case LeadAsk() | ChatSay() | HandRaise() | HandLower() | RoomEnd() | RoomReopen():
                return None  # always, to whom they are allowed
            case _:
                assert_never(command)

    def _of_mark(self, state: RoomState, by: str, command: Command, right: str) -> Refusal | None:
        assert isinstance(command, AnnotationUpdate | AnnotationDelete | AnnotationHide | QuestionAnswer)
        mark = state.annotations.get(command.id)
        if mark is None or mark.deleted or mark.mark is None:
            return Gone
        if right == "own" and mark.by != by:
            return NotOwner
        if isinstance(command, QuestionAnswer) and mark.mark.shape.kind != "pin":
            return NotAQuestion
        closed = isinstance(command, AnnotationUpdate) and not _is_open(state, command.mark.series)
        return NoSuchSeries if closed else None

    def _of_step(self, state: RoomState, steps: list[tuple[str, Contents, Contents]]) -> Refusal | None:
        if not steps:
            return NothingToUndo
        id, _, became = steps[-1]
        return None if _contents(state, id) == became else Conflict

    def reverted(self, state: RoomState, by: str, how: str) -> tuple[str, Contents]:
        """What an undo or redo that is not refused must make of which mark."""
        steps = self.steps[by]
        id, was, _ = (steps.back if how == "undo" else steps.again)[-1]
        return id, was


def _is_open(state: RoomState, key: str) -> bool:
    return any(one.series == key for one in state.series)


def _contents(state: RoomState, id: str) -> Contents:
    mark: Annotation | None = state.annotations.get(id)
    if mark is None or mark.deleted or mark.mark is None:
        return None
    return (mark.hidden, mark.mark)
