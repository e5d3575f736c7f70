"""One chaos run: a house of real processes, people, trouble in rounds, and after each round the quiet."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from readingroom.app import local_ingest
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
from readingroom.opening import open_room
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.roles import Role
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from tests.chaos import checker
from tests.chaos.checker import Violation
from tests.chaos.faults import FAULTS, Stage, Trouble
from tests.chaos.history import Held, History, Quiet
from tests.chaos.hostile import Hostile
from tests.chaos.load import Load
from tests.chaos.nodes import Node, environment
from tests.chaos.people import (
    WEB,
    People,
    Person,
    bundled,
    canonical_document,
    canonical_view,
    milliseconds,
)
from tests.chaos.proxy import Proxy, any_of, unix
from tests.chaos.witness import Witness

LOOK_S: Final = 0.05
PATIENCE_S: Final = 15.0
"""Who has not converged by then never will."""
IN_THE_OTHER_ROOM: Final = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of run. `environment`: for the nodes; `web`: where the page's sources are."""

    seconds: float
    seed: str
    nodes: int = 3
    clients: int = 12
    round_s: float = 12.0
    fault_every_s: float = 1.6
    pace_s: float = 0.8
    kinds: tuple[str, ...] = tuple(FAULTS)
    stop_at_first: bool = False
    within_s: float = checker.CONVERGED_WITHIN_S
    browser: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    web: Path = WEB


@dataclass(frozen=True, slots=True)
class Outcome:
    history: History
    violations: list[Violation]
    faults: dict[str, int]
    seconds: float


async def run(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """The whole run. Raises only when the house could not be set up."""
    going = asyncio.Event()
    async with house(plan, going) as (stage, witness, hostile, rooms):
        history = stage.history
        load = Load(stage.people, witness.states, stage.everybody, plan.pace_s, going)
        walks = [
            asyncio.create_task(load.walk(person, f"{plan.seed}/{person.name}")) for person in stage.everybody
        ]
        walks.append(asyncio.create_task(hostile.run(f"{plan.seed}/hostile")))
        began = milliseconds()
        found: list[Violation] = []
        number = 0
        chance = random.Random(plan.seed)
        try:
            while (left_s := plan.seconds - (milliseconds() - began) / 1000) > 0:
                number += 1
                trouble = Trouble(stage, chance, plan.fault_every_s, list(plan.kinds))
                going.set()
                await _for(min(plan.round_s, left_s), trouble)
                going.clear()
                await _answered(hostile)
                quiets = [await _quiet(stage, witness, room) for room in rooms]
                history.quiets += quiets
                _gather_complaints(stage)
                found = checker.violations(history, within_s=plan.within_s)
                say(_progress(number, stage, quiets, found))
                if found and plan.stop_at_first:
                    break
                await _fill_empty_seats(stage)
        finally:
            for walk in walks:
                walk.cancel()
            await asyncio.gather(*walks, return_exceptions=True)
        return Outcome(history, found, dict(stage.counts), (milliseconds() - began) / 1000)


async def _for(seconds: float, trouble: Trouble) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await trouble.make()
    await trouble.over()


async def _answered(hostile: Hostile) -> None:
    while hostile.waits:
        await asyncio.sleep(LOOK_S)


def _gather_complaints(stage: Stage) -> None:
    for one in (*stage.nodes, stage.people):
        stage.history.complaints += one.complaints
        one.complaints.clear()


def _progress(number: int, stage: Stage, quiets: list[Quiet], found: list[Violation]) -> str:
    slowest = max((quiet.converged_s for quiet in quiets if quiet.converged_s is not None), default=0.0)
    changes = sum(len(record.log) for record in stage.history.rooms.values())
    return (
        f"round {number}: {sum(stage.counts.values())} faults, {changes} changes, "
        f"converged {slowest:.2f} s after {stage.last}, {len(found)} violations"
    )


# --- quiet ------------------------------------------------------------------------------------------------
async def _quiet(stage: Stage, witness: Witness, room: str) -> Quiet:
    """Waits until everybody has everything, then asks all what they hold."""
    here = [person for person in stage.everybody if person.room == room and person.seat is not None]
    healed = max(stage.ended, milliseconds())
    deadline = healed + PATIENCE_S * 1000
    while missing := await _missing(stage, witness, room, here):
        if milliseconds() > deadline:
            return Quiet(room, (Held("nobody", b"", b""),), (), None, missing, stage.last)
        await asyncio.sleep(LOOK_S)
    last = max(here, key=lambda person: person.now.changed)
    converged_s = max(0.0, last.now.changed - healed) / 1000
    truth = await witness.truth(room)
    held = [await _held(stage, person) for person in here]
    held.append(await _fresh(stage, here[0]))
    held += [await _by_http(node, here[0]) for node in stage.nodes if node.serving and not node.busy]
    return Quiet(room, truth, tuple(held), converged_s, _way(last, healed), stage.last)


def _way(person: Person, since: float) -> str:
    """What the last one to have everything went through, ms after the last fault."""
    assert person.seat is not None
    steps = []
    for event in person.seat.events:
        if event.at < since - 100 or event.name in ("shared", "leads"):
            continue
        about = event.about
        answer = about.get("answer") or {}
        what = about.get("is") or about.get("count") or about.get("revision") or about.get("what", "")
        if event.name == "heard" and what in ("presence", "view", "entries"):
            continue
        told = answer.get("code") or about.get("data", "")
        steps.append(f"{event.at - since:.0f} {event.name} {what} {told}".strip())
    return f"({person.name}: {'; '.join(steps[:40])})"


async def _missing(stage: Stage, witness: Witness, room: str, here: list[Person]) -> str:
    """Who lacks what; empty when nobody lacks anything, the witness included."""
    try:
        at = await witness.standing(room)
    except Exception as error:
        return f"the store does not answer: {error}"
    record = stage.history.rooms[room]
    if len(record.log) != at.revision:
        return f"the witness is at {len(record.log)} of {at.revision}"
    if record.moves and record.moves[-1].change.view_revision != at.view_revision:
        return "the witness lacks view changes"
    lacking = []
    for person in here:
        now = person.now
        has = (now.connection, now.revision, now.view_revision, now.waiting)
        wants = ("live", at.revision, at.view_revision, 0)
        assert person.seat is not None
        if has != wants:
            lacking.append(f"{person.name} has {has} of {wants}")
        elif not (await stage.people.state(person.seat))["settled"]:
            lacking.append(f"{person.name} still steers")
    return "; ".join(lacking)


async def _held(stage: Stage, person: Person) -> Held:
    assert person.seat is not None
    state = await stage.people.state(person.seat)
    return Held(person.name, canonical_document(state["document"]), canonical_view(state["panes"]))


async def _fresh(stage: Stage, person: Person) -> Held:
    """What somebody gets who comes in only now: another page of one who is here."""
    guest = Person("a fresh joiner", person.room, person.role, person.url, person.principal, person.grant)
    guest.cookie = person.cookie
    seat = stage.people.sit(guest)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while guest.now.connection != "live":
                await asyncio.sleep(LOOK_S)
    state = await stage.people.state(seat)
    stage.people.leave(guest)
    if state["document"] is None:
        return Held(guest.name, b"nothing", b"nothing")
    return Held(guest.name, canonical_document(state["document"]), canonical_view(state["panes"]))


async def _by_http(node: Node, person: Person) -> Held:
    headers = {"Cookie": person.cookie, "X-ReadingRoom-Grant": person.grant}
    address = f"http://127.0.0.1:{node.port}/api/rooms/{person.room}/snapshot"
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.get(address, headers=headers) as response,
    ):
        snapshot = await response.json()
    if response.status != 200:
        return Held(f"{node.name} by HTTP ({response.status})", b"nothing", b"nothing")
    return Held(f"{node.name} by HTTP", canonical_document(snapshot), canonical_view(snapshot["panes"]))


async def _fill_empty_seats(stage: Stage) -> None:
    """Whoever was sent away for good, which is a violation by then, is replaced so that the run goes on."""
    for person in stage.everybody:
        if person.now.connection == "ended":
            stage.people.leave(person)
            stage.people.sit(person)


# --- setting up -------------------------------------------------------------------------------------------
@asynccontextmanager
async def house(
    plan: Plan, going: asyncio.Event
) -> AsyncIterator[tuple[Stage, Witness, Hostile, list[str]]]:
    """A store, nodes, proxies, two rooms and everybody in them."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rr-chaos-")))
        valkey = Valkey(folder / "valkey")
        valkey.start()
        stack.push_async_callback(valkey.stop)
        await valkey.ready()
        history = History()

        nodes: list[Node] = []
        front = Proxy(any_of(lambda: [n.port for n in nodes if n.serving], random.Random(plan.seed)))
        await stack.enter_async_context(front.listening())
        url = f"http://127.0.0.1:{front.port}"
        for number in range(plan.nodes):
            store = Proxy(unix(str(valkey.directory / "valkey.sock")))
            await stack.enter_async_context(store.listening())
            name = f"node{number}"
            nodes.append(Node(name, environment(folder, name, url, plan.environment), store))

        secrets = await _rooms(folder, valkey.url, plan.clients)
        for node in nodes:
            stack.push_async_callback(node.end, signal.SIGKILL)
        await asyncio.gather(*(node.start() for node in nodes))

        people = People(history)
        await people.start(await asyncio.to_thread(bundled, plan.web, folder))
        stack.push_async_callback(people.close)
        witness = Witness(valkey.url, history)
        stack.push_async_callback(witness.close)

        everybody = [Person(name, room, role, url) for room, name, role, _ in secrets]
        await asyncio.gather(
            *(person.join(secret) for person, (_, _, _, secret) in zip(everybody, secrets, strict=True))
        )
        rooms = list(dict.fromkeys(person.room for person in everybody))
        for room in rooms:
            await witness.follow(room)
            history.rooms[room].roles |= {one.principal: one.role for one in everybody if one.room == room}
        watching = asyncio.create_task(witness.run())
        stack.callback(watching.cancel)

        hostile = Hostile(everybody.pop(), history, witness.states, rooms[1], going)
        for person in everybody:
            people.sit(person)
        stage = Stage(nodes, valkey, front, people, everybody, history)
        stack.push_async_callback(_settled, stage)
        async with asyncio.timeout(PATIENCE_S):
            while any(person.now.connection != "live" for person in everybody):
                await asyncio.sleep(LOOK_S)
        yield stage, witness, hostile, rooms


async def _settled(stage: Stage) -> None:
    """Nodes that are on their way up are not left behind."""
    for task in stage.starting:
        task.cancel()
    await asyncio.gather(*stage.starting, return_exceptions=True)


async def _rooms(folder: Path, redis_url: str, clients: int) -> list[tuple[str, str, Role, str]]:
    """Two rooms over a small phantom: (room, name, role, secret) of everybody; the last is the hostile one."""
    settings = Settings(data=folder / "opening", studies=folder / "studies")
    library = Library(settings.studies_folder)
    await asyncio.to_thread(phantom.write_study, folder / "phantom", slices=4, rows=32, columns=32)
    async with DecodePool(1) as pool:
        studies = (await import_path(folder / "phantom", library, pool, lambda _: None)).studies
    everybody: list[tuple[str, str, Role, str]] = []
    async with local_ingest(settings, library) as ingest:
        opened = [
            await open_room(settings, studies, library=library, ingest=ingest, redis_url=redis_url)
            for _ in range(2)
        ]
    async with Rooms.open(redis_url, process="chaos", listener=Fanout()) as rooms:
        for number in range(clients):
            here = opened[1 if number >= clients - IN_THE_OTHER_ROOM else 0].room
            role: Role = "host" if number in (0, 1, clients - IN_THE_OTHER_ROOM) else "patient"
            everybody.append((here, f"{role} {number}", role, (await rooms.invite(here, role)).secret))
        everybody.append((opened[0].room, "hostile", "patient", (await rooms.invite(opened[0].room, "patient")).secret))
    return everybody
