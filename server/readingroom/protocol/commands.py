"""What people may ask to be changed in the document of a room. Each kind is a row of rooms/roles.py."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Flag, Id, Index, OpId, PlainText, Role, Wire
from readingroom.protocol.marks import Mark
from readingroom.protocol.places import PaneView


class AnnotationCreate(Wire):
    kind: Literal["annotation.create"] = "annotation.create"
    id: OpId
    mark: Mark


class AnnotationUpdate(Wire):
    kind: Literal["annotation.update"] = "annotation.update"
    id: OpId
    mark: Mark


class AnnotationDelete(Wire):
    kind: Literal["annotation.delete"] = "annotation.delete"
    id: OpId


class AnnotationHide(Wire):
    """Take somebody's mark out of everybody's sight, or show it again: for hosts."""

    kind: Literal["annotation.hide"] = "annotation.hide"
    id: OpId
    hidden: Flag = True


class AnnotationUndo(Wire):
    """Take back the sender's own last change of a mark; CONFLICT when the mark was changed since."""

    kind: Literal["annotation.undo"] = "annotation.undo"


class AnnotationRedo(Wire):
    """Do again what the sender took back last."""

    kind: Literal["annotation.redo"] = "annotation.redo"


class QuestionAnswer(Wire):
    """Tick off the question of a pin, or open it again."""

    kind: Literal["question.answer"] = "question.answer"
    id: OpId
    answered: Flag = True


class LeadTake(Wire):
    """Take the lead: allowed when nobody holds it, when its lease ran out, and always for a host."""

    kind: Literal["lead.take"] = "lead.take"


class LeadAsk(Wire):
    """Ask the holder for the lead; shown to everyone until the lead moves or the asker withdraws."""

    kind: Literal["lead.ask"] = "lead.ask"
    asking: Flag = True


class LeadGive(Wire):
    """Give the lead to somebody: allowed to its holder, and always to a host."""

    kind: Literal["lead.give"] = "lead.give"
    to: Id


class StageGather(Wire):
    """Bring everyone here: whoever looks on his own follows again."""

    kind: Literal["stage.gather"] = "stage.gather"


class SeriesOpen(Wire):
    """Put a series of the library into the room under the name `series`.

    One of another patient than the room's is refused with OTHER_PATIENT until `other_patient` says that this
    is meant; it stays marked.
    """

    kind: Literal["series.open"] = "series.open"
    series: Id
    study: Id
    number: Index
    other_patient: Flag = False


class SeriesClose(Wire):
    """Take a series out of the room; its marks stay in the record."""

    kind: Literal["series.close"] = "series.close"
    series: Id


class KeyImageAdd(Wire):
    """Keep a view as one worth coming back to."""

    kind: Literal["key_image.add"] = "key_image.add"
    id: OpId
    view: PaneView
    note: Annotated[str, Field(max_length=120)] = ""


class KeyImageRemove(Wire):
    kind: Literal["key_image.remove"] = "key_image.remove"
    id: OpId


class ChatSay(Wire):
    kind: Literal["chat.say"] = "chat.say"
    text: PlainText


class HandRaise(Wire):
    """Raise one's own hand, or take it down."""

    kind: Literal["hand.raise"] = "hand.raise"
    raised: Flag = True


class HandLower(Wire):
    """Take down somebody's hand: for hosts."""

    kind: Literal["hand.lower"] = "hand.lower"
    principal: Id


class PersonRemove(Wire):
    """Send somebody out; his link, cookie and socket are of no use any more."""

    kind: Literal["person.remove"] = "person.remove"
    principal: Id


class PersonRole(Wire):
    """Give somebody another role."""

    kind: Literal["person.role"] = "person.role"
    principal: Id
    role: Role


class RoomEnd(Wire):
    """End the consultation: only hosts may come in, and nothing changes until it is opened again."""

    kind: Literal["room.end"] = "room.end"


class RoomReopen(Wire):
    kind: Literal["room.reopen"] = "room.reopen"


class RoomGoOn(Wire):
    """After STATE_LOST: go on with what the server has, under a new epoch."""

    kind: Literal["room.go_on"] = "room.go_on"


Command = Annotated[
    AnnotationCreate
    | AnnotationUpdate
    | AnnotationDelete
    | AnnotationHide
    | AnnotationUndo
    | AnnotationRedo
    | QuestionAnswer
    | LeadTake
    | LeadAsk
    | LeadGive
    | StageGather
    | SeriesOpen
    | SeriesClose
    | KeyImageAdd
    | KeyImageRemove
    | ChatSay
    | HandRaise
    | HandLower
    | PersonRemove
    | PersonRole
    | RoomEnd
    | RoomReopen
    | RoomGoOn,
    Field(discriminator="kind"),
]


class Op(Wire):
    """Event `op`: one change of the document. Sent again with the same op_id until it is answered."""

    op_id: OpId
    command: Command
