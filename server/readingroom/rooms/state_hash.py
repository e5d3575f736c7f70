"""What a room is, in one number: pages that differ from it at the same revision are wrong (R56)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from readingroom.protocol import StateHash
from readingroom.rooms import canonical
from readingroom.rooms.room import RoomState
from readingroom.rooms.view import View

Part = BaseModel | str | tuple[str, int, bool]


class StateHashes:
    """The hashes of one room's parts; each is made again only when its part is another object."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Part, str]] = {}

    def of(self, state: RoomState, view: View) -> StateHash:
        """The hash of a document and a view, with the revisions they are of."""
        before, self._known = self._known, {}
        document = [self._line(id, part, before) for id, part in _document(state)]
        shown = [self._line(id, part, before) for id, part in _view(view)]
        return StateHash(
            revision=state.revision,
            view_revision=view.revision,
            document=_together(document),
            view=_together(shown),
        )

    def _line(self, id: str, part: Part, before: dict[str, tuple[Part, str]]) -> str:
        known = before.get(id)
        if known is None or known[0] is not part and known[0] != part:
            known = (part, _sha256(canonical.spelled(_plain(part))))
        self._known[id] = known
        return f"{id}:{known[1]}"


def _document(state: RoomState) -> Iterator[tuple[str, Part]]:
    yield "room", (state.epoch, state.gathered, state.ended)
    yield "lead", state.lead
    yield from ((f"p:{person.principal}", person) for person in state.people)
    yield from ((f"s:{one.series}", one) for one in state.series)
    yield from ((f"a:{id}", mark) for id, mark in state.annotations.items())
    yield from ((f"h:{hand.principal}", hand) for hand in state.hands)
    yield from ((f"c:{said.revision}", said) for said in state.chat)
    yield from ((f"k:{id}", image) for id, image in state.key_images.items())


def _view(view: View) -> Iterator[tuple[str, Part]]:
    yield "layout", view.layout
    yield from ((f"v:{pane}", shown) for pane, shown in view.panes.items())


def _plain(part: Part) -> Any:
    match part:
        case BaseModel():
            return part.model_dump(mode="json", exclude_none=True)
        case (epoch, gathered, ended):
            return {"epoch": epoch, "gathered": gathered, "ended": ended}
        case _:
            return part


def _together(lines: list[str]) -> str:
    return _sha256("\n".join(sorted(lines)).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
