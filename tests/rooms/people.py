"""Rooms with a doctor and a patient in them, and the commands they send."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from readingroom.protocol import (
    AnnotationCreate,
    AnnotationDelete,
    AnnotationHide,
    AnnotationRedo,
    AnnotationUndo,
    AnnotationUpdate,
    Arrow,
    Command,
    FieldOfView,
    LeadAsk,
    LeadGive,
    LeadTake,
    Mark,
    Op,
    PaneView,
    PatientPlace,
    Pin,
    Role,
    ShownStack,
    Text,
    ViewCommand,
    WireWindow,
)
from readingroom.rooms.invitations import Admission, Member
from readingroom.rooms.rooms import Rooms
from readingroom.values import RoomId, SeriesKey, SeriesRef, StudyId

SERIES = {
    SeriesKey("chest"): SeriesRef(StudyId("study1"), 0),
    SeriesKey("prior"): SeriesRef(StudyId("study1"), 1),
}
FIRST_VIEW = PaneView(shown=ShownStack(series="chest"), window=WireWindow(center=40, width=400))

_numbers = count(1)


@dataclass(frozen=True)
class Consultation:
    room: RoomId
    doctor: Member
    patient: Member


async def consultation(rooms: Rooms) -> Consultation:
    """A room, the doctor first (so he leads), then the patient. Revision 5."""
    room = await rooms.create(SERIES, FIRST_VIEW)
    doctor = (await join(rooms, room, "host", "Dr. Adams")).member
    patient = (await join(rooms, room, "patient", "Maria")).member
    return Consultation(room, doctor, patient)


async def join(rooms: Rooms, room: RoomId, role: Role, name: str | None = None) -> Admission:
    made = await rooms.invite(room, role)
    return await rooms.admit(room, made.secret, name, None)


def place(x_um: int = 0, frame_of_reference: str = "for1") -> PatientPlace:
    return PatientPlace(frame_of_reference=frame_of_reference, point_um=(x_um, 2000, -3000))


def arrow(x_um: int = 0, label: str = "", series: str = "chest") -> Mark:
    return Mark(series=series, shape=Arrow(tail=place(x_um), head=place(x_um + 1000), label=label))


def words(text: str) -> Mark:
    return Mark(series="chest", shape=Text(at=place(), text=text))


def pin(text: str = "What is this?") -> Mark:
    return Mark(series="chest", shape=Pin(at=place(), text=text))


def mark_id(number: int | None = None) -> str:
    return f"mark-{next(_numbers) if number is None else number:012}"


def op(command: Command, op_id: str | None = None) -> Op:
    return Op(op_id=op_id or f"operation-{next(_numbers):012}", command=command)


def create(id: str, mark: Mark | None = None) -> Op:
    return op(AnnotationCreate(id=id, mark=mark or arrow()))


def update(id: str, mark: Mark | None = None) -> Op:
    return op(AnnotationUpdate(id=id, mark=mark or arrow(7)))


def delete(id: str) -> Op:
    return op(AnnotationDelete(id=id))


def hide(id: str, hidden: bool = True) -> Op:
    return op(AnnotationHide(id=id, hidden=hidden))


def undo() -> Op:
    return op(AnnotationUndo())


def redo() -> Op:
    return op(AnnotationRedo())


def take() -> Op:
    return op(LeadTake())


def ask(asking: bool = True) -> Op:
    return op(LeadAsk(asking=asking))


def give(to: str) -> Op:
    return op(LeadGive(to=to))


def window(center: float, fence: int, width: float = 400) -> ViewCommand:
    return ViewCommand(fence=fence, change=PaneView(window=WireWindow(center=center, width=width)))


def scroll(x_um: int, fence: int) -> ViewCommand:
    field = FieldOfView(width=100_000, height=80_000)
    return ViewCommand(fence=fence, change=PaneView(place=place(x_um), field=field))
