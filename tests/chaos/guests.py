"""Those who come and must go: guests that a host removes, who try every door again; and a room that ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from typing import Final

import aiohttp

from readingroom.errors import ReadingRoomError
from readingroom.protocol import PersonRemove
from readingroom.rooms.room import RoomState
from readingroom.rooms.rooms import Rooms
from readingroom.values import RoomId
from tests.chaos.history import Attack, History, Json
from tests.chaos.load import Here, command
from tests.chaos.people import People, Person, until

LOOK_S: Final = 0.05
GUEST_EVERY_S: Final = 1.0
END_EVERY_S: Final = 8.0
STAYS_S: Final = (0.5, 2.5)
FORGOTTEN_S: Final = 2.0
"""By then a removal is heeded everywhere (I9)."""
ASKED_S: Final = 6.0
TRIES: Final = 20


class Guests:
    """A stream of guests, while `open` is set. `busy`: one is here, and will be removed."""

    def __init__(
        self,
        history: History,
        people: People,
        rooms: Rooms,
        states: dict[str, RoomState],
        open: asyncio.Event,
    ) -> None:
        self.busy = False
        self._history = history
        self._people = people
        self._rooms = rooms
        self._states = states
        self._open = open
        self._numbers = itertools.count()

    async def come_and_go(self, host: Person, seed: str) -> None:
        """Until cancelled."""
        chance = random.Random(seed)
        while True:
            await asyncio.sleep(chance.expovariate(1 / GUEST_EVERY_S))
            await self._open.wait()
            self.busy = True
            try:
                await self._one(host, chance)
            finally:
                self.busy = False

    async def _one(self, host: Person, chance: random.Random) -> None:
        guest = Person(f"guest {next(self._numbers)}", host.room, "patient", host.url)
        try:
            secret = (await self._rooms.invite(RoomId(host.room), "patient")).secret
            await guest.join(secret)
        except (ReadingRoomError, RuntimeError):
            return  # the store was away; another one will come
        self._history.rooms[host.room].invited[guest.principal] = "patient"
        self._people.sit(guest)
        end = asyncio.get_running_loop().time() + chance.uniform(*STAYS_S)
        while asyncio.get_running_loop().time() < end:
            here = Here(guest, self._states[host.room], chance, (guest.principal,))
            if (wanted := command(here)) is not None:
                self._people.do(guest, wanted)
            await asyncio.sleep(0.2)
        self._people.do(host, {"kind": "person.remove", "principal": guest.principal})
        while not self._is_removed(guest):
            if host.seat is None or host.now.waiting == 0:
                self._people.do(host, {"kind": "person.remove", "principal": guest.principal})
            await asyncio.sleep(0.3)
        await asyncio.sleep(FORGOTTEN_S)
        await self._tries_every_door(guest, secret)
        self._people.leave(guest)

    def _is_removed(self, guest: Person) -> bool:
        return any(
            isinstance(written.entry.command, PersonRemove)
            and written.entry.command.principal == guest.principal
            for written in self._history.rooms[guest.room].log
        )

    async def _tries_every_door(self, guest: Person, secret: str) -> None:
        grant = {"Cookie": guest.cookie, "X-ReadingRoom-Grant": guest.grant}
        series = self._states[guest.room].series[0].series
        api = f"{guest.url}/api/rooms/{guest.room}"
        tile = f"{api}/series/{series}/0/values/0/0/0/0"
        for name, address in (("snapshot", f"{api}/snapshot"), ("tile", tile), ("series", f"{api}/series")):
            self._note(f"I10 {name} of the removed", guest, await _asked("GET", address, grant), "DENIED")
        door = {"Origin": guest.url, "X-ReadingRoom": "1"}
        body = {"room": guest.room, "secret": secret, "name": "Back"}
        for headers in (door, {**door, "Cookie": guest.cookie}):
            answer = await _asked("POST", f"{guest.url}/api/join", headers, body)
            self._note("I10 link of the removed", guest, answer, "DENIED", "LINK_USED")
        self._people.leave(guest)
        seat = self._people.sit(guest)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASKED_S):
                await until(lambda: guest.now.connection in ("ended", "live"))
        state = await self._people.state(seat)
        came_in = state["document"] is not None
        code = (state["farewell"] or {}).get("code", "")
        answer = {"ok": True, "revision": 0} if came_in else {"ok": False, "code": code} if code else None
        self._note("I10 cookie of the removed", guest, answer, "DENIED", "REMOVED", "ROOM_ENDED")

    def _note(self, name: str, guest: Person, answer: Json | None, *allowed: str) -> None:
        self._history.attacks.append(Attack(name, guest.principal, guest.room, frozenset(allowed), answer))


async def _asked(method: str, url: str, headers: dict[str, str], body: Json | None = None) -> Json | None:
    """As an attack's answer; None when nobody answered at all."""
    for _ in range(TRIES):
        with contextlib.suppress(OSError, aiohttp.ClientError, TimeoutError, ValueError):
            async with (
                asyncio.timeout(ASKED_S),
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
                http.request(method, url, headers=headers, json=body) as response,
            ):
                if response.status < 400:
                    return {"ok": True, "revision": 0}
                told: Json = (await response.json())["error"]
                if response.status < 500:
                    return told
        await asyncio.sleep(LOOK_S)
    return None


class Endings:
    """A host who ends his room and opens it again, while `open` is set; then everybody comes back."""

    def __init__(self, people: People, states: dict[str, RoomState], open: asyncio.Event) -> None:
        self.busy = False
        self._people = people
        self._states = states
        self._open = open

    async def end_and_reopen(self, host: Person, seed: str) -> None:
        """Until cancelled."""
        chance = random.Random(seed)
        while True:
            await asyncio.sleep(chance.expovariate(1 / END_EVERY_S))
            await self._open.wait()
            self.busy = True
            try:
                await self._insist(host, "room.end", ended=True)
                await asyncio.sleep(chance.uniform(0, 1))
                await self._insist(host, "room.reopen", ended=False)
            finally:
                self.busy = False

    async def bring_back(self, everybody: list[Person]) -> None:
        """Whoever was sent away at the end comes again once the room is open; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            for person in everybody:
                if person.now.why == "ROOM_ENDED" and not self._states[person.room].ended:
                    self._people.leave(person)
                    self._people.sit(person)

    async def _insist(self, host: Person, kind: str, *, ended: bool) -> None:
        """Once he has said it, or again when he left his page before it was heard."""
        self._people.do(host, {"kind": kind})
        while self._states[host.room].ended is not ended:
            await asyncio.sleep(LOOK_S)
            if host.seat is None or (host.now.waiting == 0 and host.now.connection == "live"):
                await asyncio.sleep(0.3)
                if self._states[host.room].ended is not ended:
                    self._people.do(host, {"kind": kind})
