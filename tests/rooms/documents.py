"""Documents as bytes, so that two of them can be compared."""

from __future__ import annotations

from readingroom.protocol import Snapshot
from readingroom.rooms import canonical, room
from readingroom.rooms.room import RoomState
from readingroom.rooms.view import View


def state_of(found: Snapshot) -> RoomState:
    """The state a page has that came in with this snapshot."""
    return RoomState(
        epoch=found.epoch,
        revision=found.revision,
        head=found.head,
        ended=found.ended,
        gathered=found.gathered,
        lead=found.lead,
        people=tuple(found.people),
        series=tuple(found.series),
        annotations={mark.id: mark for mark in found.annotations},
        hands=tuple(found.hands),
        chat=tuple(found.chat),
        key_images={image.id: image for image in found.key_images},
    )


def view_of(found: Snapshot) -> View:
    """The view of a snapshot."""
    return View(found.view_revision, found.layout, found.panes)


def bytes_of(state: RoomState, found: Snapshot) -> bytes:
    """The snapshot that this state makes together with the view of `found`."""
    return canonical.dumps(room.snapshot(state, view_of(found)))
