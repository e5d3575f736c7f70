"""What people do in a chaos run: one table of kinds, and a seeded walk over it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readingroom.protocol import Annotation
from readingroom.rooms.room import RoomState
from readingroom.values import SeriesRef
from tests.chaos.history import Json
from tests.chaos.people import People, Person

FRAME_OF_REFERENCE: Final = "chest"
WORDS: Final = (
    *("nodule", "näher / hier?", "مرحبا", "0.1", '[]{}\\"', "日本語", "\U0001f469\u200d\u2695\ufe0f"),
    *("e\u0301tage", "to\u202etal"),
)
"""The last two are kept in another form than they are sent."""
STEER_S: Final = 0.04
FEW_SERIES: Final = 2


@dataclass(frozen=True, slots=True)
class Here:
    """What somebody who is about to do something knows: the room as the log last had it."""

    me: Person
    state: RoomState
    chance: random.Random
    others: tuple[str, ...] = ()
    library: tuple[SeriesRef, ...] = ()

    @property
    def role(self) -> str:
        mine = [one.role for one in self.state.people if one.principal == self.me.principal]
        return mine[0] if mine else self.me.role

    def mark(self) -> Json:
        frame = None
        shape = self.chance.choice((self._arrow, self._text, self._pin, self._length, self._ellipse))()
        return {"series": self.series(), "stack": 0, "frame": frame, "shape": shape}

    def series(self) -> str:
        return self.chance.choice(self.state.series).series

    def place(self) -> Json:
        point = [self.chance.randrange(-9_999_999, 9_999_999) for _ in range(3)]
        return {"kind": "patient", "frame_of_reference": FRAME_OF_REFERENCE, "point_um": point}

    def on_frame(self) -> Json:
        return {"kind": "image", "frame": 0, "point_milli": [self.chance.randrange(32_000) for _ in range(2)]}

    def words(self) -> str:
        return self.chance.choice(WORDS)

    def _arrow(self) -> Json:
        label = self.chance.choice(("", *WORDS))
        return {"kind": "arrow", "tail": self.place(), "head": self.place(), "label": label}

    def _text(self) -> Json:
        return {"kind": "text", "at": self.place(), "text": self.words()}

    def _pin(self) -> Json:
        return {"kind": "pin", "at": self.place(), "text": self.words()}

    def _length(self) -> Json:
        return {"kind": "length", "start": self.on_frame(), "end": self.on_frame()}

    def _ellipse(self) -> Json:
        ends = {"first_end": self.on_frame(), "second_end": self.on_frame()}
        return {"kind": "ellipse", "center": self.on_frame(), **ends}

    def marks(self, wanted: Callable[[Annotation], bool]) -> list[str]:
        return [id for id, mark in self.state.annotations.items() if not mark.deleted and wanted(mark)]

    def one_of(self, ids: list[str]) -> str | None:
        return self.chance.choice(ids) if ids else None

    def id(self) -> str:
        return f"{self.chance.getrandbits(96):024x}"

    def often(self) -> bool:
        return self.chance.random() < 0.7


Making = Callable[[Here], Json | None]
"""A command; None: there is nothing to do of this kind now."""


def on_mark(
    kind: str, wanted: Callable[[Here, Annotation], bool], **more: Callable[[Here], object]
) -> Making:
    """A command about one mark that is wanted."""

    def make(here: Here) -> Json | None:
        id = here.one_of(here.marks(lambda mark: wanted(here, mark)))
        if id is None:
            return None
        return {"kind": kind, "id": id, **{name: value(here) for name, value in more.items()}}

    return make


def plain(kind: str, **more: Callable[[Here], object]) -> Making:
    """A command that is always possible."""
    return lambda here: {"kind": kind, **{name: value(here) for name, value in more.items()}}


def own(here: Here, mark: Annotation) -> bool:
    return mark.by == here.me.principal


def is_pin(_: Here, mark: Annotation) -> bool:
    return mark.mark is not None and mark.mark.shape.kind == "pin"


def give(here: Here) -> Json | None:
    if here.me.role != "host" and here.state.lead.holder != here.me.principal:
        return None
    return {"kind": "lead.give", "to": here.chance.choice(here.others)}


def another_role(here: Here) -> Json | None:
    """Hosts stay hosts, so that there always is one."""
    others = [one for one in here.state.people if one.role != "host" and not one.removed]
    if not others:
        return None
    role = here.chance.choice(("patient", "patient", "clinician", "observer"))
    return {"kind": "person.role", "principal": here.chance.choice(others).principal, "role": role}


def open_series(here: Here) -> Json | None:
    ref = here.chance.choice(here.library)
    return {
        "kind": "series.open",
        "series": here.id(),
        "study": ref.study,
        "number": ref.series,
        "other_patient": True,
    }


def close_series(here: Here) -> Json | None:
    return {"kind": "series.close", "series": here.series()} if len(here.state.series) > FEW_SERIES else None


def lower_hand(here: Here) -> Json | None:
    up = [hand.principal for hand in here.state.hands]
    return {"kind": "hand.lower", "principal": here.chance.choice(up)} if up else None


def remove_key_image(here: Here) -> Json | None:
    mine = [id for id, image in here.state.key_images.items() if image.by == here.me.principal]
    return {"kind": "key_image.remove", "id": here.chance.choice(mine)} if mine else None


EVERYBODY: Final = frozenset({"host", "clinician", "patient"})
ABOVE: Final = frozenset({"host", "clinician"})
HOSTS: Final = frozenset({"host"})

KINDS: Final[tuple[tuple[int, frozenset[str], Making], ...]] = (
    (28, EVERYBODY, plain("annotation.create", id=Here.id, mark=Here.mark)),
    (16, EVERYBODY, on_mark("annotation.update", own, mark=Here.mark)),
    (10, EVERYBODY, on_mark("annotation.delete", own)),
    (14, HOSTS, on_mark("annotation.hide", lambda *_: True, hidden=Here.often)),
    (18, EVERYBODY, plain("annotation.undo")),
    (12, EVERYBODY, plain("annotation.redo")),
    (4, ABOVE, on_mark("question.answer", is_pin, answered=Here.often)),
    (4, HOSTS, plain("lead.take")),
    (5, EVERYBODY, plain("lead.ask", asking=Here.often)),
    (7, EVERYBODY, give),
    (3, HOSTS, plain("stage.gather")),
    (6, EVERYBODY, plain("chat.say", text=Here.words)),
    (4, EVERYBODY | {"observer"}, plain("hand.raise", raised=Here.often)),
    (3, HOSTS, lower_hand),
    (4, ABOVE, plain("key_image.add", id=Here.id, view=lambda here: shown(here), note=Here.words)),
    (3, ABOVE, remove_key_image),
    (4, HOSTS, another_role),
    (3, HOSTS, open_series),
    (2, HOSTS, close_series),
)
"""Weight, who does it, and what makes the command."""


def window(here: Here) -> Json:
    center, width = here.chance.uniform(-900, 900), here.chance.uniform(1, 3000)
    return {"window": {"center": center, "width": width, "function": "LINEAR", "lut": None}}


def place(here: Here) -> Json:
    return {"place": here.place(), "field": {"width": here.chance.randrange(1, 10**6), "height": 80_000}}


def shown(here: Here) -> Json:
    return {"shown": {"series": here.series(), "stack": 0, "mode": "stack"}}


def turned(here: Here) -> Json:
    turn = {"quarter_turns": here.chance.randrange(4), "mirrored": here.often()}
    return {"turn": turn, "slab": {"thickness_um": here.chance.randrange(10**6), "projection": "mip"}}


def cine(here: Here) -> Json:
    film = {"playing": here.often(), "rate": 0.1 + 0.2, "first_frame": 0, "started_at": 1_700_000_000_000}
    return {"cine": film}


STEERS: Final[tuple[tuple[int, Callable[[Here], Json]], ...]] = (
    *((10, window), (10, place), (3, shown), (2, turned), (2, cine)),
)
"""The same for the shared view."""
LAYOUTS: Final = ("1x1", "1x2", "2x1", "2x2")


def command(here: Here) -> Json | None:
    kinds = [(weight, make) for weight, who, make in KINDS if here.role in who]
    [make] = here.chance.choices([make for _, make in kinds], [weight for weight, _ in kinds])
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
    library: tuple[SeriesRef, ...]
    pace_s: float
    going: asyncio.Event

    async def walk(self, person: Person, seed: str) -> None:
        """One person, until cancelled."""
        chance = random.Random(seed)
        others = tuple(one.principal for one in self.everybody if one.room == person.room)
        while True:
            await asyncio.sleep(chance.expovariate(1 / self.pace_s))
            await self.going.wait()
            here = Here(person, self.states[person.room], chance, others, self.library)
            if person.now.leads and chance.random() < 0.5:
                await self._steer(here)
            elif person.now.connection != "ended" and (wanted := command(here)) is not None:
                self.people.do(person, wanted)

    async def _steer(self, here: Here) -> None:
        pane = here.chance.choice((0, 0, 0, 1, 3))
        for _ in range(here.chance.randrange(1, 12)):
            if not self.going.is_set():
                break
            layout = here.chance.choice(LAYOUTS) if here.chance.random() < 0.05 else None
            self.people.steer(here.me, steer(here), pane, layout)
            await asyncio.sleep(STEER_S)
