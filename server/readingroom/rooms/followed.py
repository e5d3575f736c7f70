"""A room as far as it has been told by this process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rows import Standing
from readingroom.rooms.state_hash import StateHashes
from readingroom.rooms.view import View
from readingroom.values import RoomId


@dataclass(slots=True)
class Followed:
    """One room as it has been told here. `known` is set once the start is read (R51)."""

    room: RoomId
    names: RoomKeys
    known: asyncio.Event = field(default_factory=asyncio.Event)
    exists: bool = True
    lost: bool = False
    state: RoomState = field(default_factory=RoomState)
    view: View = field(default_factory=View)
    hashes: StateHashes = field(default_factory=StateHashes)

    def start(self, state: RoomState, view: View) -> None:
        self.state, self.view = state, view
        self.known.set()

    @property
    def revision(self) -> int:
        return self.state.revision

    @property
    def view_revision(self) -> int:
        return self.view.revision

    @property
    def fence(self) -> int:
        return self.state.lead.fence

    @property
    def holder(self) -> str | None:
        return self.state.lead.holder

    def has(self, at: Standing) -> bool:
        """Whether all that stands at `at` was told here."""
        return self.revision >= at.revision and self.view_revision >= at.view_revision

    @property
    def live(self) -> bool:
        return self.known.is_set() and self.exists and not self.lost
