"""What the script needs of a command without reading it: its target, its value, what else is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.protocol import (
    AnnotationCreate,
    AnnotationCreated,
    AnnotationDelete,
    AnnotationHide,
    AnnotationUpdate,
    AnnotationUpdated,
    ChatSay,
    Command,
    HandLower,
    HandRaise,
    KeyImageAdd,
    KeyImageRemove,
    LeadAsk,
    LeadGive,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    RoomContinued,
    SeriesClose,
    SeriesOpen,
    SeriesOpened,
)
from readingroom.rooms import canonical, roles, rows
from readingroom.rooms.room import CHAT_KEPT
from readingroom.rooms.settling import Logged

Argument = str | bytes

SERIES_LIMIT = 200
KEY_IMAGES_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Parts:
    """One command in pieces; `series` must be open in the room (R4)."""

    target: str = ""
    value: Argument = ""
    extra: tuple[Argument, ...] = ()
    series: tuple[Argument, ...] = ()


def parts_of(command: Command, logged: Logged) -> Parts:
    """The pieces of a command and of what will be logged of it, as the script's `kinds` expect them."""
    match command, logged:
        case (
            (AnnotationCreate() | AnnotationUpdate()),
            (AnnotationCreated(mark=mark) | AnnotationUpdated(mark=mark)),
        ):
            return Parts(logged.id, canonical.dumps(mark), (mark.shape.kind,), (mark.series,))
        case AnnotationDelete(), _:
            return Parts(command.id)
        case AnnotationHide(), _:
            return Parts(command.id, _flag(command.hidden))
        case QuestionAnswer(), _:
            return Parts(command.id, _flag(command.answered))
        case LeadGive(), _:
            return Parts(command.to, extra=(roles.row("view"),))
        case LeadAsk(), _:
            return Parts(value=_flag(command.asking))
        case SeriesOpen(), SeriesOpened(other_patient=other):
            row = f"{command.study} {command.number}"
            return Parts(command.series, row, (str(SERIES_LIMIT), rows.OTHER_PATIENT if other else ""))
        case SeriesClose(), _:
            return Parts(command.series)
        case KeyImageAdd(), _:
            shown = command.view.shown
            series = (shown.series,) if shown is not None else ()
            return Parts(command.id, canonical.dumps(command), (str(KEY_IMAGES_LIMIT),), series)
        case KeyImageRemove(), _:
            return Parts(command.id)
        case ChatSay(), _:
            return Parts(value=command.text, extra=(str(CHAT_KEPT),))
        case HandRaise(), _:
            return Parts(value=_flag(command.raised))
        case HandLower(), _:
            return Parts(command.principal)
        case PersonRemove(), _:
            return Parts(command.principal)
        case PersonRole(), _:
            rights = (_flag(roles.may_lead(command.role)), _flag(roles.may_hide(command.role)))
            return Parts(command.principal, command.role, rights)
        case _, RoomContinued(epoch=epoch):
            return Parts(value=epoch)
        case _:
            return Parts()


def counted(arguments: Sequence[Argument]) -> list[Argument]:
    """Arguments with their number before them."""
    return [str(len(arguments)), *arguments]


def _flag(on: bool) -> str:
    return "1" if on else "0"
