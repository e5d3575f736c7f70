"""P5, P6, P7, P14 of what rooms aim at, each beside its rival and its floor in the same run."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from readingroom.rooms import line
from readingroom.rooms.rooms import Rooms
from tests.bench.rooms import crowd, rivals
from tests.bench.rooms.crowd import Person, Server
from tests.rooms.ear import Ear
from tests.rooms.people import consultation

Figures = dict[str, Any]
Row = dict[str, Any]

UNBOUNDED = "--unbounded"
PATHS = (
    "view: checked, one Lua script, fsynced before it is told; presence: checked, droppable, merged a tick"
)


def report(*, full: bool = False) -> list[Row]:
    """The rows, printed as a table. Nothing where there is no C compiler for the load program."""
    if crowd.load_program() is None:
        print("rooms: no C compiler here, so no load program")
        return []
    seconds, repeats = (8.0, 3) if full else (2.5, 1)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as folder:
        place = Path(folder)
        with crowd.valkey(place) as valkey:
            rows += _fan_out(place, valkey.url, seconds, repeats)
            rows += _two_people(place, valkey.url, seconds, repeats)
            rows += _many_rooms(place, valkey.url, "P7", 100, 2.0, seconds)
            rows += _many_rooms(place, valkey.url, "P14", 500, 10.0, seconds)
            rows += _idle(valkey.url)
    _print(rows)
    return rows


# --- P5 ---------------------------------------------------------------------------------------------------
def _fan_out(place: Path, url: str, seconds: float, repeats: int) -> list[Row]:
    rows: list[Row] = []
    for hearing in (50, 200):
        plan = _members(url, count=1, hearing=hearing)
        full = _ours(place, url, lambda server, plan=plan: _best(server, plan, "view", seconds, repeats))
        others = _rivals(
            lambda server, n=hearing: _best(server, crowd.strangers(n), "view", seconds, repeats)
        )
        rows.append(_row("P5", f"deliveries/s a core, 1 to {hearing}", full, others, _per_core, 1.5))
        paced = _ours(place, url, lambda server, plan=plan: _run(server, plan, "view", seconds, rate=60))
        others = _rivals(lambda server, n=hearing: _run(server, crowd.strangers(n), "view", seconds, rate=60))
        what = f"60/s to {hearing}: heard p99, ms"
        rows.append(_row("P5", what, paced, others, lambda f: f["heard_p99"] / 1000, None))
    plan = _members(url, count=1, hearing=49)
    deaf = _members(url, count=1, hearing=49, deaf=1)
    alone = _ours(place, url, lambda server: _run(server, plan, "view", seconds, rate=200))
    beside = _ours(place, url, lambda server: _run(server, deaf, "view", seconds, rate=200))
    rows.append(
        {
            "id": "P5",
            "what": "heard p99 beside one who does not read, to without",
            "ours": beside["heard_p99"] / 1000,
            "rival": alone["heard_p99"] / 1000,
            "ratio": beside["heard_p99"] / max(1, alone["heard_p99"]),
            "aim": 1.1,
            "met": beside["heard_p99"] <= 1.1 * alone["heard_p99"],
            "conditions": "49 people, 200 view commands/s; ms; rival: the same without him",
        }
    )
    return rows


# --- P6 ---------------------------------------------------------------------------------------------------
def _two_people(place: Path, url: str, seconds: float, repeats: int) -> list[Row]:
    plan = _members(url, count=1, hearing=1)
    others = _rivals(lambda server: _best(server, crowd.strangers(1), "view", seconds, repeats, inflight=32))
    rows = []
    for event in ("view", "op"):
        ours = _ours(
            place, url, lambda server, event=event: _best(server, plan, event, seconds, repeats, inflight=32)
        )
        rows.append(_row("P6", f"{event} messages/s a core, two people", ours, others, _done_per_core, 0.5))
    ours = _ours(place, url, lambda server: _run(server, plan, "presence", seconds, rate=4000))
    what = "presence messages/s a core taken, two people"
    rows.append(_row("P6", what, ours, others, lambda f: _per_core(f, "sent_s"), 0.5, same=_done_per_core))
    return rows


# --- P7, P14 ----------------------------------------------------------------------------------------------
def _many_rooms(place: Path, url: str, id: str, count: int, rate: float, seconds: float) -> list[Row]:
    plan = _members(url, count=count, hearing=3)
    with crowd.serving(crowd.ours(place / "data"), pinned=False, REDIS_URL=url) as server:
        found = _run(server, plan, "view", max(seconds, 4), rate=rate)
    floor = asyncio.run(_fsynced_set(url))
    conditions = (
        f"{count} rooms x 4, {rate:g} view commands/s a room, one process beside its store and the load on 2 "
        f"cores; heard by all {found['done_s']:.0f}/s of {count * rate:.0f}/s, refused {found['refused']}; "
        f"CPU server {found['server_cpu']:.2f}, load {found['cpu']:.2f}; floor: one fsynced SET at a time"
    )
    aims = {
        "P7": (("answer_p50", 3.0), ("heard_p99", 15.0)),
        "P14": (("answer_p50", None), ("heard_p99", 50.0)),
    }
    return [
        {
            "id": id,
            "what": f"command to {'answer' if key.startswith('answer') else 'others'}, {key[-3:]}, ms",
            "ours": found[key] / 1000,
            "rival": floor[key[-3:]],
            "ratio": found[key] / 1000 / floor[key[-3:]],
            "aim": aim,
            "met": None if aim is None else found[key] / 1000 <= aim,
            "conditions": conditions,
        }
        for key, aim in aims[id]
    ]


async def _fsynced_set(url: str) -> dict[str, float]:
    """The least a durable answer can take: p50 and p99 of a SET, in ms."""
    client = line.client(url)
    times = []
    for _ in range(500):
        began = time.perf_counter()
        await client.set("bench", "x")
        times.append((time.perf_counter() - began) * 1000)
    await client.aclose()
    times.sort()
    return {"p50": times[250], "p99": times[495]}


# --- an idle room -----------------------------------------------------------------------------------------
def _idle(url: str, count: int = 1_000) -> list[Row]:
    """Memory that Python holds for one more watched room of two people; by tracemalloc, of live objects."""
    return [
        {
            "id": "rooms",
            "what": "memory of an idle watched room, kB",
            "ours": asyncio.run(_idle_bytes(url, count)) / 1000,
            "rival": None,
            "ratio": None,
            "aim": 20.0,
            "met": None,
            "conditions": f"{count} rooms watched by one process; difference of traced memory",
        }
    ]


async def _idle_bytes(url: str, count: int) -> float:
    import gc
    import tracemalloc

    async with Rooms.open(url, process="idle", listener=Ear()) as rooms:
        here = [(await consultation(rooms)).room for _ in range(count)]
        tracemalloc.start()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for room in here:
            rooms.watch(room)
        for room in here:
            await rooms._tailer.started(room, 30)
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return (after - before) / count


# --- running ----------------------------------------------------------------------------------------------
def _members(url: str, *, count: int, hearing: int, deaf: int = 0) -> list[Person]:
    async def make() -> list[Person]:
        async with crowd.opened_rooms(url) as rooms:
            return await crowd.members(rooms, count=count, hearing=hearing, deaf=deaf)

    return asyncio.run(make())


def _run(server: Server, plan: Sequence[Person], event: str, seconds: float, **how: Any) -> Figures:
    return crowd.load(server, plan, event, seconds=seconds, **how)


def _best(
    server: Server, plan: Sequence[Person], event: str, seconds: float, repeats: int, inflight: int = 8
) -> Figures:
    """The run of median throughput."""
    runs = [crowd.load(server, plan, event, seconds=seconds, inflight=inflight) for _ in range(repeats)]
    middle = statistics.median_low([run["done_s"] for run in runs])
    return next(run for run in runs if run["done_s"] == middle)


def _ours(place: Path, url: str, measure: Callable[[Server], Figures]) -> Figures:
    with crowd.serving(crowd.ours(place / "data", UNBOUNDED), REDIS_URL=url) as server:
        return measure(server)


def _rivals(measure: Callable[[Server], Figures]) -> dict[str, Figures | None]:
    found: dict[str, Figures | None] = {"node": None}
    node = rivals.node_socketio(crowd.BENCH / "node")
    if node is not None:
        with crowd.serving([*node, "{port}"]) as server:
            found["node"] = measure(server)
    for kind in ("stock", "raw"):
        with crowd.serving(crowd.rival(kind)) as server:
            found[kind] = measure(server)
    return found


def _per_core(figures: Figures, what: str = "heard_s") -> float:
    return float(figures[what] / max(0.01, figures["server_cpu"]))


def _done_per_core(figures: Figures) -> float:
    return _per_core(figures, "done_s")


def _row(
    id: str,
    what: str,
    ours: Figures,
    others: dict[str, Figures | None],
    value: Callable[[Figures], float],
    aim: float | None,
    *,
    same: Callable[[Figures], float] | None = None,
) -> Row:
    compared = same or value
    node = others["node"]
    named = {"node": "Node socket.io", "stock": "python-socketio", "raw": "raw aiohttp"}
    beside = ", ".join(
        f"{named[kind]} {compared(figures):.1f}" if figures else f"{named[kind]} not installed"
        for kind, figures in others.items()
    )
    ratio = None if node is None else value(ours) / compared(node)
    return {
        "id": id,
        "what": what,
        "ours": value(ours),
        "rival": None if node is None else compared(node),
        "ratio": ratio,
        "aim": aim,
        "met": None if ratio is None or aim is None else ratio >= aim,
        "conditions": f"{beside}; server CPU {ours['server_cpu']:.2f}, load {ours['cpu']:.2f}; {PATHS}",
    }


def _print(rows: Sequence[Row]) -> None:
    print(f"\n{'':6}{'what':52}{'ours':>10}{'rival':>10}{'ratio':>8}{'aim':>7}")
    for row in rows:
        cells = [
            f"{row[name]:.2f}" if row[name] is not None else "-" for name in ("ours", "rival", "ratio", "aim")
        ]
        print(f"{row['id']:6}{row['what']:52}{cells[0]:>10}{cells[1]:>10}{cells[2]:>8}{cells[3]:>7}")
        print(f"{'':6}{row['conditions']}")


def main(words: Sequence[str]) -> int:
    if set(words) - {"--full"}:
        print("python -m tests.bench.rooms [--full]")
        return 2
    try:
        report(full="--full" in words)
    except subprocess.SubprocessError as error:
        print(f"not measured: {error}")
        return 1
    return 0
