"""The quiet after a round of trouble: who has everything, how soon, and whether it is the same for all."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import aiohttp

from tests.chaos.faults import Stage
from tests.chaos.history import Held, Quiet
from tests.chaos.nodes import Node
from tests.chaos.people import (
    Person,
    canonical_document,
    canonical_view,
    milliseconds,
    until,
)
from tests.chaos.scene import Plan, Scene
from tests.chaos.witness import Witness

LOOK_S: Final = 0.05
COMES_IN_S: Final = 15.0


async def of_room(plan: Plan, scene: Scene, room: str, healed: float) -> Quiet:
    """Waits until everybody has everything, then asks all what they hold."""
    stage, witness = scene.stage, scene.witness
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
    last_ones = {written.entry.by for written in stage.history.rooms[room].log[-2:]}
    seats = [one.seat for one in here if one.seat and (one is last or one.principal in last_ones)]
    ways = [seat.way(healed - 100, since=healed) for seat in seats]
    return Quiet(room, truth, tuple(held), converged_s, " ".join(ways), stage.last)


async def of_browser(plan: Plan, scene: Scene, healed: float, settled: asyncio.Event) -> list[Quiet]:
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
