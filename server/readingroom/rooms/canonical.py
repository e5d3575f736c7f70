"""One value, one spelling: commands settled, then RFC 8785 bytes, the only form in which Redis sees them."""

from __future__ import annotations

import hashlib

import rfc8785

from readingroom.errors import BadRequest, TooLarge
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationUpdate,
    Arrow,
    Command,
    Mark,
    PaneView,
    PatientPlace,
    Place,
    Text,
    Wire,
    WireWindow,
)
from readingroom.rooms import texts
from readingroom.values import VoiWindow

COMMAND_BYTES_LIMIT = 16 * 1024
LABEL_LIMIT = 120
TEXT_LIMIT = 500


def dumps(value: Wire, *, sparse: bool = False) -> bytes:
    """RFC 8785 bytes; `sparse` leaves nulls out. BadRequest for a lone surrogate."""
    try:
        return rfc8785.dumps(value.model_dump(mode="json", exclude_none=sparse))
    except rfc8785.CanonicalizationError as error:
        raise BadRequest(reason="it holds text or a number that cannot be written down") from error


def command(value: Wire, *, sparse: bool = False) -> bytes:
    """The bytes of a command as the log keeps them. TooLarge past 16 KiB (R14)."""
    data = dumps(value, sparse=sparse)
    if len(data) > COMMAND_BYTES_LIMIT:
        raise TooLarge(what="The change", limit=f"{COMMAND_BYTES_LIMIT} bytes")
    return data


def payload_hash(payload: bytes) -> str:
    """What ties an op_id to its contents (R2)."""
    return hashlib.sha256(payload).hexdigest()


def settled(given: Command) -> Command:
    """The command as it will be kept: texts cleaned, places consistent (R4, R12)."""
    match given:
        case AnnotationCreate() | AnnotationUpdate():
            return given.model_copy(update={"mark": _settled_mark(given.mark)})
        case _:
            return given


def settled_view(change: PaneView) -> PaneView:
    """The change with its window rounded to 7 significant digits. BadWindow; BadRequest if it is empty."""
    if change.window is not None:
        change = change.model_copy(update={"window": rounded(change.window)})
    if change == PaneView():
        raise BadRequest(reason="the view command changes nothing")
    return change


def rounded(window: WireWindow) -> WireWindow:
    """The window at 7 significant digits; BadWindow where the standard allows no such width."""
    near = window.model_copy(
        update={"center": float(f"{window.center:.7g}"), "width": float(f"{window.width:.7g}")}
    )
    VoiWindow(near.center, near.width, near.function)
    return near


def _settled_mark(mark: Mark) -> Mark:
    match mark.shape:
        case Arrow() as arrow:
            _one_space(arrow.tail, arrow.head)
            label = texts.plain(arrow.label, limit=LABEL_LIMIT)
            return mark.model_copy(update={"shape": arrow.model_copy(update={"label": label})})
        case Text() as words:
            kept = texts.plain(words.text, limit=TEXT_LIMIT, lines=True)
            if not kept:
                raise BadRequest(reason="the text has no readable character")
            return mark.model_copy(update={"shape": words.model_copy(update={"text": kept})})


def _one_space(one: Place, other: Place) -> None:
    def space(place: Place) -> str | int:
        return place.frame_of_reference if isinstance(place, PatientPlace) else place.frame

    if space(one) != space(other):
        raise BadRequest(reason="both ends of a mark must lie in one frame of reference")
