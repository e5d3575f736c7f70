"""A guest who means harm: the stock Python client, his own cookie, and everything the wire lets him say."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import socketio

from readingroom.protocol import PROTOCOL_VERSION
from readingroom.rooms.room import RoomState
from tests.chaos.history import Attack, History, Json
from tests.chaos.load import Here
from tests.chaos.people import Person

ANSWER_S: Final = 3.0
AGAIN_S: Final = 0.3
PAUSE_S: Final = 0.12


@dataclass(frozen=True, slots=True)
class Try:
    """What is sent, and the codes it may get; `OK` among them if it may be done."""

    name: str
    event: str
    message: Any
    allowed: frozenset[str]

    @classmethod
    def of(cls, name: str, event: str, message: Any, *allowed: str) -> Try:
        """FORBIDDEN is always right: hosts may have made an observer of him."""
        return cls(name, event, message, frozenset((*allowed, "FORBIDDEN")))


Making = Callable[["Hostile", Here], Try | None]


class Hostile:
    """The guest. He rests unless `going` is set; `waits` while he has not got his answer."""

    def __init__(
        self,
        person: Person,
        attacks: tuple[Making, ...],
        history: History,
        states: dict[str, RoomState],
        other: str,
        going: asyncio.Event,
    ) -> None:
        self.person = person
        self.waits = False
        self._attacks = attacks
        self._going = going
        self._history = history
        self._states = states
        self._other_room = other
        self._heard: list[Json] = []
        self._own: list[Json] = []
        self._used: set[str] = set()

    async def run(self, seed: str) -> None:
        """Comes back whenever he is cut, until cancelled."""
        chance = random.Random(seed)
        while True:
            with contextlib.suppress(socketio.exceptions.SocketIOError, OSError):
                await self._one_socket(chance)
            await asyncio.sleep(AGAIN_S)

    async def _one_socket(self, chance: random.Random) -> None:
        client = socketio.AsyncClient(reconnection=False)
        client.on("entries", self._hear)
        gone = asyncio.Event()
        client.on("disconnect", lambda *_: gone.set())
        try:
            await self._connect(client, self.person.room)
            await client.call("sync", {}, timeout=ANSWER_S)
            while not gone.is_set():
                await self._going.wait()
                await self._attack(client, chance.choice(self._attacks)(self, self._here(chance)))
                await asyncio.sleep(PAUSE_S)
                if chance.random() < 0.03:
                    await self._into_another_room()
        finally:
            await client.disconnect()
            await client.shutdown()

    async def _connect(self, client: socketio.AsyncClient, room: str) -> None:
        headers = {"Origin": self.person.url, "Cookie": self.person.cookie}
        auth = {"protocol": PROTOCOL_VERSION, "room": room, "grant": self.person.grant}
        await client.connect(
            self.person.url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=ANSWER_S
        )

    async def _into_another_room(self) -> None:
        """His cookie opens one room only."""
        client, refusal = socketio.AsyncClient(reconnection=False), dict[str, Any]()
        client.on("connect_error", lambda data: refusal.update(data if isinstance(data, dict) else {}))
        try:
            await self._connect(client, self._other_room)
            answer: Json | None = {"ok": True, "revision": 0}
        except socketio.exceptions.ConnectionError:
            answer = {"ok": False, **refusal["data"]} if "data" in refusal else None
        finally:
            await client.disconnect()
            await client.shutdown()
        self._note(Try.of("I11 into another room", "connect", None, "DENIED"), answer, None)

    def _here(self, chance: random.Random) -> Here:
        return Here(self.person, self._states[self.person.room], chance, (self.person.principal,))

    async def _attack(self, client: socketio.AsyncClient, made: Try | None) -> None:
        if made is None:
            return
        op_id = made.message.get("op_id") if isinstance(made.message, dict) else None
        self.waits = True
        if op_id is not None:
            self._used.add(op_id)
        try:
            answer = await client.call(made.event, made.message, timeout=ANSWER_S)
        except (socketio.exceptions.SocketIOError, OSError):
            answer = None
        finally:
            self.waits = False
        if answer is not None and answer.get("ok") and made.event == "op":
            self._own.append(made.message)
        self._note(made, answer, op_id if made.event == "op" else None)

    def _note(self, made: Try, answer: Json | None, op_id: str | None) -> None:
        by, room = self.person.principal, self.person.room
        self._history.attacks.append(Attack(made.name, by, room, made.allowed, answer, op_id))

    async def _hear(self, message: Json) -> None:
        self._heard += [one for one in message["entries"] if one["by"] != self.person.principal]
        del self._heard[:-50]

    # --- what he tries --------------------------------------------------------------------------------------
    def anothers_mark(self, here: Here, kind: str) -> Try | None:
        marks = here.state.annotations.items()
        others = [id for id, mark in marks if mark.by != self.person.principal and not mark.deleted]
        if not others:
            return None
        command: Json = {"kind": kind, "id": here.chance.choice(others)}
        if kind == "annotation.update":
            command["mark"] = here.mark()
        return Try.of(
            f"I6 {kind} of another's mark", "op", op(here, command), "NOT_OWNER", "GONE", "NO_SUCH_SERIES"
        )

    def forged(self, here: Here) -> Try | None:
        command = {"kind": "annotation.create", "id": op_id(here), "mark": here.mark()}
        forged = here.chance.choice(({"by": "host"}, {"role": "host"}, {"revision": 1}, {"at_ms": 1}))
        where = here.chance.choice(("op", "command"))
        message = op(here, {**command, **(forged if where == "command" else {})})
        return Try.of(
            "I6 forged author", "op", {**message, **(forged if where == "op" else {})}, "BAD_REQUEST"
        )

    def server_command(self, here: Here) -> Try | None:
        command = here.chance.choice(
            (
                {"kind": "person.joined", "name": "Doctor", "role": "host"},
                {"kind": "series.opened", "series": "another"},
            )
        )
        return Try.of("I6 a command of the server's", "op", op(here, command), "BAD_REQUEST", "FORBIDDEN")

    def honest(self, here: Here) -> Try | None:
        """Something of his own, to be used again."""
        command = {"kind": "annotation.create", "id": op_id(here), "mark": here.mark()}
        return Try.of("I4 own change", "op", op(here, command), "OK", "LIMIT", "NO_SUCH_SERIES")

    def same_again(self, here: Here) -> Try | None:
        if not self._own:
            return None
        return Try.of("I4 own op again", "op", here.chance.choice(self._own), "OK")

    def reused(self, here: Here) -> Try | None:
        if not self._own:
            return None
        own = here.chance.choice(self._own)
        other = {"kind": "annotation.create", "id": op_id(here), "mark": here.mark()}
        message = {"op_id": own["op_id"], "command": other}
        return Try.of("I4 own op_id with another payload", "op", message, "OP_ID_REUSED")

    def stolen(self, here: Here) -> Try | None:
        """Another's op_id is another op when he says it: answered with his own revision, or not at all."""
        creates = [one for one in self._heard if one["command"]["kind"] == "annotation.create"]
        heard = [one for one in creates if one["op_id"] not in self._used]
        if not heard:
            return None
        one = here.chance.choice(heard)
        if here.chance.random() < 0.5:
            drawn = ("series", "stack", "frame", "shape")  # the rest is the server's
            mark = {name: part for name, part in one["command"]["mark"].items() if name in drawn}
            message = {"op_id": one["op_id"], "command": {**one["command"], "mark": mark}}
            return Try.of("I4 another's op again", "op", message, "EXISTS", "NO_SUCH_SERIES")
        command = {"kind": "annotation.create", "id": op_id(here), "mark": here.mark()}
        message = {"op_id": one["op_id"], "command": command}
        return Try.of("I4 another's op_id", "op", message, "OK", "LIMIT", "NO_SUCH_SERIES")

    def back_from_the_dead(self, here: Here) -> Try | None:
        gone = [id for id, mark in here.state.annotations.items() if mark.deleted]
        if not gone:
            return None
        command = {"kind": "annotation.create", "id": here.chance.choice(gone), "mark": here.mark()}
        if here.chance.random() < 0.5:
            return Try.of("I7 a removed mark made again", "op", op(here, command), "EXISTS", "NO_SUCH_SERIES")
        command["kind"] = "annotation.update"
        return Try.of("I7 a removed mark changed", "op", op(here, command), "GONE", "NO_SUCH_SERIES")

    def lead_grabbed(self, here: Here) -> Try | None:
        return Try.of(
            "I5 the lead given by nobody", "op", op(here, {"kind": "lead.give", "to": self.person.principal}),
            "LEAD_TAKEN",
        )  # fmt: skip

    def view(self, here: Here, ahead: int) -> Try | None:
        """With a fence that has passed, that is current (if he never leads), or that will come."""
        fence = max(0, here.state.lead.fence + ahead)
        message = {"fence": fence, "pane": 0, "change": {"field": {"width": 1, "height": 1}}}
        return Try.of(f"I5 view with fence {ahead:+}", "view", message, "STALE")

    def took(self, here: Here) -> Try | None:
        return Try.of("I5 lead taken by a host", "op", op(here, {"kind": "lead.take"}), "OK")

    def removed_himself(self, here: Here) -> Try | None:
        command = {"kind": "person.remove", "principal": self.person.principal}
        return Try.of("R26 own removal", "op", op(here, command), "FORBIDDEN")

    def promoted_himself(self, here: Here) -> Try | None:
        command = {"kind": "person.role", "principal": self.person.principal, "role": "host"}
        return Try.of("I6 own promotion", "op", op(here, command), "FORBIDDEN")

    def went_on(self, here: Here) -> Try | None:
        """Nothing was lost."""
        return Try.of(
            "R53 a loss that was none", "op", op(here, {"kind": "room.go_on"}), "NOT_LOST", "FORBIDDEN"
        )

    def closed_series(self, here: Here) -> Try | None:
        mark = {**here.mark(), "series": "another"}
        command = {"kind": "annotation.create", "id": op_id(here), "mark": mark}
        return Try.of("R4 a series that is not open", "op", op(here, command), "NO_SUCH_SERIES")

    def nonsense(self, here: Here) -> Try | None:
        message: object = here.chance.choice(
            (
                None,
                [],
                "x",
                {},
                {"op_id": "short", "command": {}},
                {"op_id": op_id(here), "command": {"kind": "x"}},
            )
        )
        return Try.of("R5 nonsense", "op", message, "BAD_REQUEST")


def op(here: Here, command: Json) -> Json:
    return {"op_id": op_id(here), "command": command}


def op_id(here: Here) -> str:
    return f"{here.chance.getrandbits(128):032x}"


ATTACKS: Final[tuple[Making, ...]] = (
    lambda me, here: me.anothers_mark(here, "annotation.update"),
    lambda me, here: me.anothers_mark(here, "annotation.delete"),
    Hostile.forged,
    Hostile.server_command,
    Hostile.honest,
    Hostile.same_again,
    Hostile.reused,
    Hostile.stolen,
    Hostile.back_from_the_dead,
    Hostile.lead_grabbed,
    lambda me, here: me.view(here, -1),
    *(lambda me, here: me.view(here, 0),) * 3,
    lambda me, here: me.view(here, +1),
    Hostile.closed_series,
    Hostile.nonsense,
    Hostile.promoted_himself,
    Hostile.went_on,
)
"""Of a patient."""
USURPATIONS: Final[tuple[Making, ...]] = (
    Hostile.took,
    lambda me, here: me.view(here, -1),
    lambda me, here: me.view(here, +1_000),
    lambda me, here: me.anothers_mark(here, "annotation.update"),
    lambda me, here: me.anothers_mark(here, "annotation.delete"),
    Hostile.removed_himself,
    Hostile.promoted_himself,
    Hostile.went_on,
    Hostile.same_again,
)
"""Of a host."""
