"""Many rooms in ordinary use with a fault now and then: does anything grow, is anything left over?

`python -m tests.chaos.soak --seconds 3600 --rooms 50`: every ten seconds processes are looked at; in the end
everybody leaves, and what is held then is set beside what was held before anybody came. No serving
process is killed here: they are what is looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from readingroom.protocol import PaneView, Role, ShownStack
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.values import SeriesKey
from tests.chaos.faults import FAULTS, Stage, Trouble
from tests.chaos.history import History
from tests.chaos.load import Load
from tests.chaos.nodes import Node, environment
from tests.chaos.people import WEB, People, Person, bundled, milliseconds, until
from tests.chaos.proxy import Proxy, any_of, unix
from tests.chaos.scene import opened_rooms
from tests.chaos.weighing import weight_mb
from tests.chaos.witness import Witness

LOOK_S: Final = 10.0
SETTLED_S: Final = 600.0
"""Growth is counted from here on: caches are full and everybody has come."""
QUIET_S: Final = 20.0
"""So long after the last one left, sockets are closed and what was held for people is let go."""
COMES_IN_S: Final = 60.0
ALIVE: Final = re.compile(r'"event": "alive".*"tasks": (\d+), "sockets": (\d+), "rooms": (\d+)')
KINDS: Final = tuple(kind for kind in FAULTS if kind not in ("node killed", "node restarted"))


@dataclass(frozen=True, slots=True)
class Look:
    """One process at one moment."""

    at_s: float
    node: str
    rss_mb: float
    files: int
    tasks: int
    sockets: int
    rooms: int


@dataclass(frozen=True, slots=True)
class Wanted:
    seconds: float
    rooms: int
    people: int
    fault_every_s: float
    seed: str
    nodes: int = 2


async def soak(wanted: Wanted) -> dict[str, Any]:
    """The figures of one run."""
    async with _house(wanted) as (stage, load, witness):
        began = milliseconds()

        async def look() -> list[Look]:
            return [await _look(node, (milliseconds() - began) / 1000) for node in stage.nodes]

        before = await look()
        for person in stage.everybody:
            stage.people.sit(person)
        async with asyncio.timeout(COMES_IN_S):
            await until(lambda: all(person.now.connection == "live" for person in stage.everybody))
        load.going.set()
        chance = random.Random(wanted.seed)
        trouble = Trouble(stage, chance, wanted.fault_every_s, list(KINDS))
        acts = [
            asyncio.create_task(load.walk(person, f"{wanted.seed}/{number}"))
            for number, person in enumerate(stage.everybody)
        ]
        making = asyncio.create_task(trouble.make())
        looks: list[Look] = []
        settled, weighed = _settled_s(wanted), 0.0
        while (milliseconds() - began) / 1000 < wanted.seconds:
            await asyncio.sleep(LOOK_S)
            looks += await look()
            _forget(stage.history)
            _say(looks[-len(stage.nodes) :], stage)
            if not weighed and looks[-1].at_s >= settled:
                weighed = await asyncio.to_thread(weight_mb, dict(witness.states))
        grown = await asyncio.to_thread(weight_mb, dict(witness.states)) - weighed
        for task in (making, *acts):
            task.cancel()
        await asyncio.gather(making, *acts, return_exceptions=True)
        await trouble.last()
        for person in stage.everybody:
            stage.people.leave(person)
        await asyncio.sleep(QUIET_S)
        after = await look()
        changes = sum(state.revision for state in witness.states.values())
        return _summary(wanted, before, looks, after, stage, changes, grown)


@asynccontextmanager
async def _house(wanted: Wanted) -> AsyncIterator[tuple[Stage, Load, Witness]]:
    """A store, nodes and rooms, with everybody admitted and nobody in yet."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rr-soak-")))
        valkey = Valkey(folder / "valkey")
        valkey.start()
        stack.push_async_callback(valkey.stop)
        await valkey.ready()
        history = History()
        nodes: list[Node] = []
        stores: list[Proxy] = []
        front = Proxy(
            any_of(lambda: [node.port for node in nodes if node.serving], random.Random(wanted.seed))
        )
        await stack.enter_async_context(front.listening())
        url = f"http://127.0.0.1:{front.port}"
        for number in range(wanted.nodes):
            way = Proxy(unix(str(valkey.directory / "valkey.sock")))
            await stack.enter_async_context(way.listening())
            nodes.append(Node(f"node{number}", environment(folder, f"node{number}", url, {}), way.url))
            stores.append(way)
        settings = Settings(data=folder / "opening", studies=folder / "studies")
        _, library = await opened_rooms(settings, folder, valkey.url)
        for node in nodes:
            stack.push_async_callback(node.end, signal.SIGKILL)
        await asyncio.gather(*(node.start() for node in nodes))
        people = People(history)
        await people.start(await asyncio.to_thread(bundled, WEB, folder))
        stack.push_async_callback(people.close)
        witness = Witness(valkey.url, history)
        stack.push_async_callback(witness.close)
        rooms = await stack.enter_async_context(Rooms.open(valkey.url, process="soak", listener=Fanout()))
        everybody: list[Person] = []
        series = {SeriesKey(f"series{number}"): ref for number, ref in enumerate(library)}
        for _ in range(wanted.rooms):
            room = await rooms.create(series, PaneView(shown=ShownStack(series="series0")))
            await witness.follow(room)
            for number in range(wanted.people):
                role: Role = "host" if number == 0 else "patient"
                person = Person(f"{role} {number}", room, role, url)
                await person.join((await rooms.invite(room, role)).secret)
                everybody.append(person)
        watching = asyncio.create_task(witness.run())
        stack.callback(watching.cancel)
        stage = Stage(nodes, stores, valkey, front, people, everybody, history)
        load = Load(people, witness.states, everybody, library, 8.0, asyncio.Event())
        yield stage, load, witness


def _settled_s(wanted: Wanted) -> float:
    return min(SETTLED_S, wanted.seconds / 3)


async def _look(node: Node, at_s: float) -> Look:
    node.send(signal.SIGUSR1)
    said = await node.says(ALIVE)
    tasks, sockets, rooms = (int(number) for number in said.groups())
    rss_mb = node.rss_bytes() / 1e6
    return Look(round(at_s), node.name, round(rss_mb, 1), node.open_files(), tasks, sockets, rooms)


def _forget(history: History) -> None:
    """What everybody heard is not judged here, and would be what grows."""
    for seat in history.seats:
        seat.events.clear()


def _say(looks: Sequence[Look], stage: Stage) -> None:
    told = "; ".join(
        f"{one.node} {one.rss_mb} MB, {one.files} files, {one.tasks} tasks, {one.sockets} sockets"
        for one in looks
    )
    print(f"{looks[0].at_s} s: {told}; {sum(stage.counts.values())} faults", flush=True)


def _summary(
    wanted: Wanted,
    before: Sequence[Look],
    looks: Sequence[Look],
    after: Sequence[Look],
    stage: Stage,
    changes: int,
    grown_mb: float,
) -> dict[str, Any]:
    settled = _settled_s(wanted)
    growth = {}
    for node in {look.node for look in looks}:
        mine = [look.rss_mb for look in looks if look.node == node and look.at_s >= settled]
        quarter = max(1, len(mine) // 4)
        growth[node] = round(statistics.median(mine[-quarter:]) - statistics.median(mine[:quarter]), 1)
    left = [
        {what: getattr(late, what) - getattr(early, what) for what in ("files", "tasks", "sockets", "rooms")}
        for early, late in zip(before, after, strict=True)
    ]
    return {
        "seconds": wanted.seconds,
        "rooms x people": f"{wanted.rooms} x {wanted.people}",
        "changes in the logs": changes,
        "faults": sum(stage.counts.values()),
        "faults by kind": dict(sorted(stage.counts.items())),
        f"growth after {settled:.0f} s, MB": growth,
        "of that the documents themselves, MB": round(grown_mb, 1),
        "left over when everybody has gone": left,
        "complaints": [line for node in stage.nodes for line in node.complaints][:20],
        "looks": [asdict(look) for look in looks[:: max(1, len(looks) // 60)]],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long people are in (%(default)s)")
    parser.add_argument("--rooms", type=int, default=50, help="(%(default)s)")
    parser.add_argument("--people", type=int, default=4, help="in each room (%(default)s)")
    parser.add_argument("--fault-every", type=float, default=30, metavar="S", help="on average (%(default)s)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    wanted = Wanted(asked.seconds, asked.rooms, asked.people, asked.fault_every, asked.seed)
    figures = asyncio.run(soak(wanted))
    for name, value in figures.items():
        if name != "looks":
            print(f"{name}: {value}")
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    kept = figures["left over when everybody has gone"]
    return 1 if any(left["sockets"] or left["rooms"] for left in kept) else 0


if __name__ == "__main__":
    sys.exit(main())
