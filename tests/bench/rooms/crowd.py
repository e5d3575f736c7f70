"""People in rooms, and the program that speaks for all of them (load.c), compiled on the spot."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.protocol import PROTOCOL_VERSION
from readingroom.rooms import script
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from tests.rooms.ear import Ear
from tests.rooms.people import FIRST_VIEW, SERIES

BENCH = Path(".bench")
SERVER_CORE, CLIENT_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")


def load_program() -> Path | None:
    """The load program; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    source, program = Path(__file__).parent / "load.c", BENCH / "load"
    if compiler is None:
        return None
    BENCH.mkdir(exist_ok=True)
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
    return program


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the plan."""

    room: int
    kind: str
    cookie: str = "-"
    auth: str = ""

    def line(self) -> str:
        return f"{self.room}\t{self.kind}\t{self.cookie}\t{self.auth}\n"


def strangers(hearing: int, rooms: int = 1) -> list[Person]:
    """For servers that ask nobody who he is."""
    return [Person(room, kind) for room in range(rooms) for kind in ("s", *"r" * hearing)]


async def members(rooms: Rooms, *, count: int, hearing: int, deaf: int = 0) -> list[Person]:
    """So many rooms, a leader who sends and `hearing` others in each, by admissions of their own."""
    plan: list[Person] = []
    for number in range(count):
        room = await rooms.create(SERIES, FIRST_VIEW)
        for kind in ("s", *"r" * hearing, *"d" * deaf):
            made = await rooms.invite(room, "host" if kind == "s" else "patient")
            admitted = await rooms.admit(room, made.secret, None, None)
            auth = {"protocol": PROTOCOL_VERSION, "room": room, "grant": made.grant}
            cookie = f"rr-{made.grant}={admitted.token}"
            plan.append(Person(number, kind, cookie, json.dumps(auth, separators=(",", ":"))))
    return plan


@asynccontextmanager
async def opened_rooms(url: str) -> AsyncIterator[Rooms]:
    """The rooms of a store, for as many people as a bench invites."""
    before, script.PEOPLE_LIMIT = script.PEOPLE_LIMIT, 1_000
    try:
        async with Rooms.open(url, process="bench", listener=Ear()) as rooms:
            yield rooms
    finally:
        script.PEOPLE_LIMIT = before


@contextmanager
def valkey(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder / "valkey")
    server.start()
    asyncio.run(server.ready())
    try:
        yield server
    finally:
        asyncio.run(server.stop())


@dataclass(slots=True)
class Server:
    """A serving process on one core (or on any)."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_bytes(self) -> int:
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(command: Sequence[str], *, pinned: bool = True, **environment: str) -> Iterator[Server]:
    """`{port}` in the command becomes a free port; entered once the process has said `serving`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = [word.replace("{port}", str(port)) for word in command]
    cores = {SERVER_CORE} if pinned else os.sched_getaffinity(0)
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, env={**os.environ, **environment},
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        while b"serving" not in (line := process.stdout.readline()):
            if not line:
                raise RuntimeError(f"{words[:4]} did not come to serve")
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def ours(data: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.rooms.server", str(data), "{port}", *more]


def rival(kind: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.rooms.rivals", "{port}", kind]


def load(
    server: Server, plan: Sequence[Person], event: str, *, seconds: float, rate: float = 0, inflight: int = 8
) -> dict[str, Any]:
    """What came of it, with `server_cpu` and `cpu` (of the load program) in cores."""
    program = load_program()
    assert program is not None
    words = [str(program), str(server.port), str(seconds), str(rate), str(inflight), event]
    began, before = time.monotonic(), server.cpu_s()
    done = subprocess.run(
        words, input="".join(person.line() for person in plan).encode(), capture_output=True, check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    figures: dict[str, Any] = json.loads(done.stdout)
    if figures["backwards"]:
        raise RuntimeError(f"{figures['backwards']} times somebody heard an older message after a newer one")
    figures["server_cpu"] = (server.cpu_s() - before) / (time.monotonic() - began)
    figures["said"] = done.stderr.decode().strip()
    return figures
