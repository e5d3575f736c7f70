"""What a chaos run stands on: a store, nodes, proxies, two rooms over a phantom, and everybody in them."""

from __future__ import annotations

import asyncio
import random
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from readingroom.app import local_ingest
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.opening import open_room
from readingroom.protocol import PersonJoined, Role
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.values import RoomId, SeriesRef
from tests.chaos import checker
from tests.chaos.browser import Browser, browsing
from tests.chaos.faults import FAULTS, Stage
from tests.chaos.guests import Endings, Guests
from tests.chaos.history import History
from tests.chaos.hostile import ATTACKS, USURPATIONS, Hostile
from tests.chaos.nodes import Node, environment
from tests.chaos.people import (
    WEB,
    People,
    Person,
    bundled,
    until,
)
from tests.chaos.proxy import Proxy, any_of, unix
from tests.chaos.witness import Witness

COMES_IN_S: Final = 15.0
IN_THE_OTHER_ROOM: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of run. `environment`: for the nodes; `web`: where the page's sources are.

    Who has not converged within `patience_s` never will. Without `strangers` no guest comes and no room ends.
    """

    seconds: float
    seed: str
    nodes: int = 3
    clients: int = 12
    round_s: float = 12.0
    fault_every_s: float = 1.6
    pace_s: float = 0.8
    kinds: tuple[str, ...] = tuple(FAULTS)
    stop_at_first: bool = False
    patience_s: float = 15.0
    strangers: bool = True
    within_s: float = checker.CONVERGED_WITHIN_S
    browser: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    web: Path = WEB


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that stands when a run begins. While `going` is set people act, while `open` others come."""

    stage: Stage
    witness: Witness
    hostile: tuple[Hostile, ...]
    guests: Guests
    endings: Endings
    rooms: list[str]
    library: tuple[SeriesRef, ...]
    going: asyncio.Event
    open: asyncio.Event
    browser: Browser | None


@asynccontextmanager
async def house(plan: Plan) -> AsyncIterator[Scene]:
    """A store, nodes, proxies, two rooms and everybody in them."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rr-chaos-")))
        valkey = Valkey(folder / "valkey")
        valkey.start()
        stack.push_async_callback(valkey.stop)
        await valkey.ready()
        history = History()

        nodes: list[Node] = []
        stores: list[Proxy] = []
        front = Proxy(any_of(lambda: [n.port for n in nodes if n.serving], random.Random(plan.seed)))
        await stack.enter_async_context(front.listening())
        url = f"http://127.0.0.1:{front.port}"
        for number in range(plan.nodes):
            store = Proxy(unix(str(valkey.directory / "valkey.sock")))
            await stack.enter_async_context(store.listening())
            name = f"node{number}"
            nodes.append(Node(name, environment(folder, name, url, plan.environment), store.url))
            stores.append(store)

        settings = Settings(data=folder / "opening", studies=folder / "studies")
        ids, library = await opened_rooms(settings, folder, valkey.url)
        for node in nodes:
            stack.push_async_callback(node.end, signal.SIGKILL)
        await asyncio.gather(*(node.start() for node in nodes))

        people = People(history)
        await people.start(await asyncio.to_thread(bundled, plan.web, folder))
        stack.push_async_callback(people.close)
        witness = Witness(valkey.url, history)
        stack.push_async_callback(witness.close)
        rooms = await stack.enter_async_context(Rooms.open(valkey.url, process="chaos", listener=Fanout()))

        everybody = await _everybody(plan, rooms, ids, url)
        for room in ids:
            await witness.follow(room)
            history.rooms[room].invited |= {one.principal: one.role for one in everybody if one.room == room}
        watching = asyncio.create_task(witness.run())
        stack.callback(watching.cancel)

        going, open = asyncio.Event(), asyncio.Event()
        hostile = tuple(
            Hostile(everybody.pop(), attacks, history, witness.states, ids[1], going)
            for attacks in (USURPATIONS, ATTACKS)
        )
        for person in everybody:
            people.sit(person)
        stage = Stage(nodes, stores, valkey, front, people, everybody, history)
        stack.push_async_callback(_settled, stage)
        async with asyncio.timeout(COMES_IN_S):
            await until(lambda: all(person.now.connection == "live" for person in everybody))
        guests = Guests(history, people, rooms, witness.states, open)
        endings = Endings(people, witness.states, open)
        browser = None
        if plan.browser:
            secret = (await rooms.invite(RoomId(ids[0]), "patient")).secret
            browser = await stack.enter_async_context(browsing(url, RoomId(ids[0]), secret))
            principal = next(
                one.entry.by
                for one in reversed(history.rooms[ids[0]].log)
                if isinstance(one.entry.command, PersonJoined)
            )
            history.rooms[ids[0]].invited[principal] = "patient"
        yield Scene(stage, witness, hostile, guests, endings, ids, library, going, open, browser)


async def _settled(stage: Stage) -> None:
    """Nodes that are on their way up are not left behind."""
    for task in stage.starting:
        task.cancel()
    await asyncio.gather(*stage.starting, return_exceptions=True)


async def opened_rooms(
    settings: Settings, folder: Path, redis_url: str
) -> tuple[list[str], tuple[SeriesRef, ...]]:
    """Two rooms over a small phantom, and all series of it."""
    library = Library(settings.studies_folder)
    await asyncio.to_thread(phantom.write_study, folder / "phantom", slices=4, rows=32, columns=32)
    async with DecodePool(1) as pool:
        studies = (await import_path(folder / "phantom", library, pool, lambda _: None)).studies
    async with local_ingest(settings, library) as ingest:
        opened = [
            await open_room(settings, studies, library=library, ingest=ingest, redis_url=redis_url)
            for _ in range(2)
        ]
    series = [SeriesRef(study.id, number) for study in studies for number in range(len(study.series))]
    return [one.room for one in opened], tuple(series)


async def _everybody(plan: Plan, rooms: Rooms, ids: list[str], url: str) -> list[Person]:
    """All through the door; the last two mean harm: a guest, and a host."""
    elsewhere = plan.clients - IN_THE_OTHER_ROOM
    wanted: list[tuple[str, Role, str]] = []
    for number in range(plan.clients):
        role: Role = "host" if number in (0, 1, elsewhere) else "patient"
        wanted.append((f"{role} {number}", role, ids[1 if number >= elsewhere else 0]))
    wanted += [("hostile", "patient", ids[0]), ("usurper", "host", ids[0])]
    people = [
        (Person(name, room, role, url), (await rooms.invite(RoomId(room), role)).secret)
        for name, role, room in wanted
    ]
    await asyncio.gather(*(person.join(secret) for person, secret in people))
    return [person for person, _ in people]
