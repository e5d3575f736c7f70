"""What people do in a chaos run: one table of kinds, and a seeded walk over it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readingroom.rooms.room import RoomState
from tests.chaos.history import Json
from tests.chaos.people import People, Person

FRAME_OF_REFERENCE: Final = "chest"
STEER_S: Final = 0.04


@dataclass(frozen=True, slots=True)
class Here:
    """What somebody who is about to do something knows."""

    me: Person
    state: RoomState
    chance: random.Random
    others: tuple[str, ...]

    def mark(self) -> Json:
        return {"series": self.chance.choice(self.state.series), "stack": 0, "shape": self.shape()}

    def shape(self) -> Json:
        label = self.chance.choice(("", "nodule", "näher / hier?", "\u0645\u0631\u062d\u0628\u0627", "0.1"))
        if self.chance.random() < 0.5:
            return {"kind": "arrow", "tail": self.place(), "head": self.place(), "label": label}
        return {"kind": "text", "at": self.place(), "text": label or "x"}

    def place(self) -> Json:
        point = [self.chance.randrange(-9_999_999, 9_999_999) for _ in range(3)]
        return {"kind": "patient", "frame_of_reference": FRAME_OF_REFERENCE, "point_um": point}

    def own(self) -> str | None:
        """A mark of mine that stands, as far as the log says."""
        return self._any([id for id, mark in self._live() if mark == self.me.principal])

    def removable(self) -> str | None:
        host = self.me.role == "host" and self.chance.random() < 0.3
        return self._any([id for id, mark in self._live() if host or mark == self.me.principal])

    def _live(self) -> list[tuple[str, str]]:
        return [(id, mark.by) for id, mark in self.state.annotations.items() if not mark.deleted]

    def _any(self, ids: list[str]) -> str | None:
        return self.chance.choice(ids) if ids else None


def create(here: Here) -> Json | None:
    return {"kind": "annotation.create", "id": f"{here.chance.getrandbits(96):024x}", "mark": here.mark()}


def update(here: Here) -> Json | None:
    id = here.own()
    return id and {"kind": "annotation.update", "id": id, "mark": here.mark()}


def delete(here: Here) -> Json | None:
    id = here.removable()
    return id and {"kind": "annotation.delete", "id": id}


def take(here: Here) -> Json | None:
    return {"kind": "lead.take"}


def ask(here: Here) -> Json | None:
    return {"kind": "lead.ask", "asking": here.chance.random() < 0.7}


def give(here: Here) -> Json | None:
    if here.me.role != "host" and here.state.lead.holder != here.me.principal:
        return None
    return {"kind": "lead.give", "to": here.chance.choice(here.others)}


KINDS: Final[tuple[tuple[int, Callable[[Here], Json | None]], ...]] = (
    (30, create),
    (25, update),
    (20, delete),
    (4, take),
    (6, ask),
    (8, give),
)
"""Weight, and what makes a command; None: there is nothing to do of this kind now."""


def window(here: Here) -> Json:
    center, width = here.chance.uniform(-900, 900), here.chance.uniform(1, 3000)
    return {"window": {"center": center, "width": width, "function": "LINEAR", "lut": None}}


def place(here: Here) -> Json:
    return {"place": here.place(), "field": {"width": here.chance.randrange(1, 10**6), "height": 80_000}}


def shown(here: Here) -> Json:
    return {"shown": {"series": here.chance.choice(here.state.series), "stack": 0, "mode": "stack"}}


STEERS: Final[tuple[tuple[int, Callable[[Here], Json]], ...]] = ((10, window), (10, place), (2, shown))
"""The same for the shared view."""


def command(here: Here) -> Json | None:
    [make] = here.chance.choices([make for _, make in KINDS], [weight for weight, _ in KINDS])
    return make(here)


def steer(here: Here) -> Json:
    [make] = here.chance.choices([make for _, make in STEERS], [weight for weight, _ in STEERS])
    return make(here)


@dataclass(slots=True)
class Load:
    """Everybody's walk, while `going` is set. `pace_s`: the mean time between two changes of one person."""

    people: People
    states: dict[str, RoomState]
    everybody: list[Person]
    pace_s: float
    going: asyncio.Event

    async def walk(self, person: Person, seed: str) -> None:
        """One person, until cancelled."""
        chance = random.Random(seed)
        others = tuple(one.principal for one in self.everybody if one.room == person.room)
        while True:
            await asyncio.sleep(chance.expovariate(1 / self.pace_s))
            await self.going.wait()
            here = Here(person, self.states[person.room], chance, others)
            if person.now.leads and chance.random() < 0.5:
                for _ in range(chance.randrange(1, 12)):
                    if not self.going.is_set():
                        break
                    self.people.steer(person, steer(here))
                    await asyncio.sleep(STEER_S)
            elif (wanted := command(here)) is not None:
                self.people.do(person, wanted)
