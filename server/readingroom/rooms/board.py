"""Who is here in one room: newest wins, gone when silent. Pure; the clock comes in as an argument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from readingroom.protocol import PersonPresent, PresenceFrame

GONE_MS = 5_000
CONNECTIONS_LIMIT = 200


@dataclass(slots=True)
class _Here:
    person: PersonPresent
    heard_ms: int
    process: str


class Board:
    """The people of one room and what changed since the last frame. Past CONNECTIONS_LIMIT: ignored."""

    def __init__(self) -> None:
        self._here: dict[str, _Here] = {}
        self._changed: set[str] = set()
        self._gone: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._here or self._gone)

    def put(self, person: PersonPresent, process: str, now_ms: int) -> bool:
        """Take an update; False if a newer one is known or the room is full (R60)."""
        known = self._here.get(person.connection)
        if known is None and len(self._here) >= CONNECTIONS_LIMIT:
            return False
        if known is not None and person.n <= known.person.n:
            return False
        if known is None or person != known.person.model_copy(update={"n": person.n}):
            self._changed.add(person.connection)
            self._gone.discard(person.connection)
        self._here[person.connection] = _Here(person, now_ms, process)
        return True

    def drop(self, connection: str) -> None:
        """This connection has closed."""
        if self._here.pop(connection, None) is not None:
            self._changed.discard(connection)
            self._gone.add(connection)

    def keep_only(self, process: str, connections: Iterable[str]) -> None:
        """A process has told all its connections: any other of its is gone."""
        kept = set(connections)
        for connection in self.of(process):
            if connection not in kept:
                self.drop(connection)

    def of(self, process: str) -> list[str]:
        """The connections a process holds."""
        return [connection for connection, here in self._here.items() if here.process == process]

    def people(self, process: str) -> list[PersonPresent]:
        """The people a process holds."""
        return [here.person for here in self._here.values() if here.process == process]

    def sweep(self, now_ms: int) -> None:
        """Drop who was silent for 5 s (R61)."""
        for connection in [c for c, here in self._here.items() if now_ms - here.heard_ms >= GONE_MS]:
            self.drop(connection)

    def changes(self) -> PresenceFrame | None:
        """What changed since this was last asked, or None."""
        if not self._changed and not self._gone:
            return None
        people = [self._here[connection].person for connection in sorted(self._changed)]
        frame = PresenceFrame(people=people, gone=sorted(self._gone))
        self._changed.clear()
        self._gone.clear()
        return frame

    def full(self) -> PresenceFrame:
        """Everybody, for someone who knows nothing yet."""
        return PresenceFrame(full=True, people=[self._here[c].person for c in sorted(self._here)])
