"""One chaos run: a house of real processes, people, trouble in rounds, and after each round the quiet."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
from readingroom.protocol import PersonJoined, Role
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.values import RoomId, SeriesRef
from tests.chaos import checker
from tests.chaos.browser import Browser, browsing
from tests.chaos.faults import FAULTS, Stage, Trouble
from tests.chaos.guests import Endings, Guests
from tests.chaos.history import Held, History, Quiet, Violation
from tests.chaos.hostile import ATTACKS, USURPATIONS, Hostile
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
    until,
)
from tests.chaos.proxy import Proxy, any_of, unix
from tests.chaos.witness import Witness

LOOK_S: Final = 0.05
COMES_IN_S: Final = 15.0
NOBODY_NEW_S: Final = 4.0
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
class Outcome:
    history: History
    violations: list[Violation]
    faults: dict[str, int]
    seconds: float


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


async def run(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """The whole run. Raises only when the house could not be set up."""
    logging.getLogger("readingroom").setLevel(logging.CRITICAL)  # of this process; nodes are listened to
    async with house(plan) as scene, acting(plan, scene):
        stage, history = scene.stage, scene.stage.history
        began = milliseconds()
        found: list[Violation] = []
        number = 0
        trouble = Trouble(stage, random.Random(plan.seed), plan.fault_every_s, list(plan.kinds))
        while (left_s := plan.seconds - (milliseconds() - began) / 1000) > 0:
            number += 1
            await _trouble(min(plan.round_s, left_s), trouble, scene, strangers=plan.strangers)
            healed = milliseconds()
            await _answered(scene.hostile)
            settled = asyncio.Event()
            looking = asyncio.create_task(_quiet_browser(plan, scene, healed, settled))
            quiets = [await _quiet(plan, stage, scene.witness, room, healed) for room in scene.rooms]
            settled.set()
            quiets += await looking
            history.quiets += quiets
            _gather_complaints(stage)
            found = checker.violations(history, within_s=plan.within_s)
            say(_progress(number, stage, quiets, found))
            if found and plan.stop_at_first:
                break
            await _fill_empty_seats(stage)
        return Outcome(history, found, dict(stage.counts), (milliseconds() - began) / 1000)


@asynccontextmanager
async def acting(plan: Plan, scene: Scene) -> AsyncIterator[None]:
    """Everybody does what he does whenever `going` is set."""
    stage = scene.stage
    load = Load(stage.people, scene.witness.states, stage.everybody, scene.library, plan.pace_s, scene.going)
    hosts = [person for person in stage.everybody if person.role == "host"]
    here, there = hosts[0], hosts[-1]
    acts = [load.walk(person, f"{plan.seed}/{person.name}") for person in stage.everybody]
    acts += [
        *(one.run(f"{plan.seed}/{one.person.name}") for one in scene.hostile),
        scene.guests.come_and_go(here, f"{plan.seed}/guests"),
        scene.endings.end_and_reopen(there, f"{plan.seed}/endings"),
        scene.endings.bring_back(stage.everybody),
    ]
    tasks = [asyncio.create_task(act) for act in acts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _trouble(seconds: float, trouble: Trouble, scene: Scene, *, strangers: bool) -> None:
    """Faults under load; nobody new comes toward the end, and the last guest has left at the end.

    It is over in the moment in which the last fault is.
    """
    scene.going.set()
    if strangers:
        scene.open.set()
    making = asyncio.create_task(trouble.make())
    if scene.browser is not None:
        await scene.browser.draws()
    await asyncio.sleep(max(0.0, seconds - NOBODY_NEW_S))
    scene.open.clear()
    await asyncio.sleep(min(seconds, NOBODY_NEW_S))
    await until(lambda: not scene.guests.busy and not scene.endings.busy)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    await trouble.last()
    scene.going.clear()


async def _answered(hostile: tuple[Hostile, ...]) -> None:
    await until(lambda: not any(one.waits for one in hostile))


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
async def _quiet(plan: Plan, stage: Stage, witness: Witness, room: str, healed: float) -> Quiet:
    """Waits until everybody has everything, then asks all what they hold."""
    here = [person for person in stage.everybody if person.room == room and person.seat is not None]
    deadline = healed + plan.patience_s * 1000
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


async def _quiet_browser(plan: Plan, scene: Scene, healed: float, settled: asyncio.Event) -> list[Quiet]:
    """The same of the real page, if there is one: looked at from outside until all others are quiet."""
    browser = scene.browser
    if browser is None:
        return []
    deadline, since = healed + plan.patience_s * 1000, 0.0
    while not (settled.is_set() and since):
        if missing := await browser.lacks(scene.witness):
            since = 0.0
            if milliseconds() > deadline:
                return [Quiet(browser.room, (), (), None, missing, scene.stage.last)]
        else:
            since = since or milliseconds()
        await asyncio.sleep(LOOK_S)
    return [Quiet(browser.room, (), (), (since - healed) / 1000, "(the browser)", scene.stage.last)]


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
    return Held(person.name, canonical_document(state["document"]), canonical_view(state))


async def _fresh(stage: Stage, person: Person) -> Held:
    """What somebody gets who comes in only now: another page of one who is here."""
    guest = Person("a fresh joiner", person.room, person.role, person.url, person.principal, person.grant)
    guest.cookie = person.cookie
    seat = stage.people.sit(guest)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(COMES_IN_S):
            await until(lambda: guest.now.connection == "live")
    state = await stage.people.state(seat)
    stage.people.leave(guest)
    if state["document"] is None:
        return Held(guest.name, b"nothing", b"nothing")
    return Held(guest.name, canonical_document(state["document"]), canonical_view(state))


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
    return Held(f"{node.name} by HTTP", canonical_document(snapshot), canonical_view(snapshot))


async def _fill_empty_seats(stage: Stage) -> None:
    """Whoever was sent away for good, which is a violation by then, is replaced so that the run goes on."""
    for person in stage.everybody:
        if person.now.connection == "ended":
            stage.people.leave(person)
            stage.people.sit(person)


# --- setting up -------------------------------------------------------------------------------------------
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
        ids, library = await _opened(settings, folder, valkey.url)
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


async def _opened(
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
