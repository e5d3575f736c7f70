"""Commands as they will be kept: texts cleaned, places and windows checked, the server's part added."""

from __future__ import annotations

import math
from dataclasses import dataclass

from readingroom.errors import BadRequest, OtherPatient
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationCreated,
    AnnotationRedo,
    AnnotationUndo,
    AnnotationUpdate,
    AnnotationUpdated,
    Arrow,
    Camera,
    ChatSay,
    Command,
    KeptMark,
    KeyImageAdd,
    LogCommand,
    Mark,
    Measured,
    PaneView,
    Pin,
    RoomContinued,
    RoomGoOn,
    SeriesOpen,
    SeriesOpened,
    Text,
    ViewCommand,
    WireWindow,
)
from readingroom.rooms import shapes, texts
from readingroom.rooms.view import carries
from readingroom.values import VoiWindow

LABEL_LIMIT = 120
TEXT_LIMIT = 500
MILLION = 1_000_000
SLACK = 20
"""Millionths by which a unit vector, or a right angle, may miss: rounding alone gives 1 or 2."""


@dataclass(frozen=True, slots=True)
class Added:
    """What only the server knows of a command (R13): what was measured or why not, whose pictures."""

    measured: Measured | None = None
    unmeasurable: str | None = None
    other_patient: bool = False


NOTHING_ADDED = Added()

Logged = LogCommand | AnnotationUndo | AnnotationRedo
"""What will stand in the log; of an undo or redo the script says it."""


def settled(given: Command) -> Command:
    """The command with texts cleaned and places consistent (R4, R12). BadRequest, BadWindow, TooLarge."""
    match given:
        case AnnotationCreate() | AnnotationUpdate():
            return given.model_copy(update={"mark": _settled_mark(given.mark)})
        case ChatSay():
            return given.model_copy(update={"text": _readable(given.text)})
        case KeyImageAdd():
            if given.view.shown is None:
                raise BadRequest(reason="a key image names the series it shows")
            note = texts.plain(given.note, limit=LABEL_LIMIT)
            return given.model_copy(update={"view": settled_pane(given.view), "note": note})
        case _:
            return given


def logged(command: Command, added: Added, *, epoch: str) -> Logged:
    """What will stand in the log of a settled command.

    `epoch` is what a room goes on under, if that is asked. OtherPatient (R17).
    """
    match command:
        case AnnotationCreate():
            return AnnotationCreated(id=command.id, mark=_kept(command.mark, added))
        case AnnotationUpdate():
            return AnnotationUpdated(id=command.id, mark=_kept(command.mark, added))
        case SeriesOpen():
            if added.other_patient and not command.other_patient:
                raise OtherPatient()
            return SeriesOpened(series=command.series, other_patient=added.other_patient)
        case RoomGoOn():
            return RoomContinued(epoch=epoch)
        case _:
            return command


def settled_view(command: ViewCommand) -> ViewCommand:
    """The command with its window rounded. BadWindow; BadRequest if it changes nothing."""
    if command.layout is None and not carries(command.change):
        raise BadRequest(reason="the view command changes nothing")
    change = settled_pane(command.change)
    return command if change is command.change else command.model_copy(update={"change": change})


def settled_pane(view: PaneView) -> PaneView:
    """The pane with its window at 7 significant digits. BadWindow; BadRequest for a crooked camera."""
    if view.camera is not None:
        _upright(view.camera)
    if view.window is None or (window := rounded(view.window)) is view.window:
        return view
    return view.model_copy(update={"window": window})


def rounded(window: WireWindow) -> WireWindow:
    """The window at 7 significant digits; BadWindow where the standard allows no such width."""
    center, width = float(f"{window.center:.7g}"), float(f"{window.width:.7g}")
    VoiWindow(center, width, window.function)
    if (center, width) == (window.center, window.width):
        return window
    return window.model_copy(update={"center": center, "width": width})


def _upright(camera: Camera) -> None:
    """Rows and columns are unit vectors at right angles (PS3.3 C.7.6.2.1.1)."""
    right, down = camera.right, camera.down
    crooked = sum(one * other for one, other in zip(right, down, strict=True)) / MILLION
    if max(abs(math.hypot(*right) - MILLION), abs(math.hypot(*down) - MILLION), abs(crooked)) > SLACK:
        raise BadRequest(reason="the camera's directions are no unit vectors at right angles")


def _kept(mark: Mark, added: Added) -> KeptMark:
    return KeptMark(
        series=mark.series,
        stack=mark.stack,
        frame=mark.frame,
        shape=mark.shape,
        measured=added.measured,
        unmeasurable=added.unmeasurable,
    )


def _settled_mark(mark: Mark) -> Mark:
    shapes.in_one_space(shapes.places_of(mark.shape))
    match mark.shape:
        case Arrow() as arrow:
            label = texts.plain(arrow.label, limit=LABEL_LIMIT)
            return mark.model_copy(update={"shape": arrow.model_copy(update={"label": label})})
        case (Text() | Pin()) as words:
            text = _readable(words.text)
            return mark.model_copy(update={"shape": words.model_copy(update={"text": text})})
        case _:
            return mark


def _readable(text: str) -> str:
    kept = texts.plain(text, limit=TEXT_LIMIT, lines=True)
    if not kept:
        raise BadRequest(reason="the text has no readable character")
    return kept
