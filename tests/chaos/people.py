"""Everybody's pages: one Node process runs the page's own session code, and tells all of it in JSON lines."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import rfc8785

from hatch_build import node_environment, node_files
from tests.chaos.history import Event, History, Json, Seat

WEB: Final = Path(__file__).resolve().parents[2] / "web"
VIEW: Final = ("layout", "panes")
LONGEST_LINE: Final = 64 << 20
JOIN_TRIES: Final = 40
JOIN_S: Final = 5.0


def bundled(web: Path, into: Path) -> Path:
    """The people's program, made from the sources under `web`."""
    node, _ = node_files()
    program = into / "people.mjs"
    command = [str(node), str(web / "node_modules" / "rolldown" / "bin" / "cli.mjs"), "chaos/main.ts"]
    command += ["--platform", "node", "--format", "esm", "--file", str(program)]
    done = subprocess.run(command, cwd=web, env=node_environment(os.environ), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the people's program could not be made:\n{done.stdout}{done.stderr}")
    return program


@dataclass(slots=True)
class Now:
    """How one page stands now. `changed`: when anything of this last changed, ms."""

    connection: str = "connecting"
    why: str | None = None
    revision: int = 0
    view_revision: int = 0
    waiting: int = 0
    leads: bool = False
    changed: float = 0.0


@dataclass(slots=True)
class Person:
    """One person with a link, and the seat he has now."""

    name: str
    room: str
    role: str
    url: str
    principal: str = ""
    grant: str = ""
    cookie: str = ""
    seat: Seat | None = None
    now: Now = field(default_factory=Now)

    async def join(self, secret: str) -> None:
        """Through the door, again until it answers."""
        headers = {"Origin": self.url, "X-ReadingRoom": "1"}
        body = {"room": self.room, "secret": secret, "name": self.name}
        answer: Any = None
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            for _ in range(JOIN_TRIES):
                with contextlib.suppress(OSError, aiohttp.ClientError, TimeoutError):
                    async with (
                        asyncio.timeout(JOIN_S),
                        http.post(f"{self.url}/api/join", json=body, headers=headers) as response,
                    ):
                        answer = await response.json()
                        if response.status == 200:
                            self.principal, self.grant = answer["principal"], answer["grant"]
                            name, cookie = next(iter(response.cookies.items()))
                            self.cookie = f"{name}={cookie.value}"
                            return
                        if answer["error"]["code"] == "LINK_USED":
                            break  # by himself: the answer with his cookie was lost
                await asyncio.sleep(0.25)
        raise RuntimeError(f"{self.name} could not come in: {answer}")


class People:
    """All pages. What they say goes into `history`."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._numbers = itertools.count()
        self._questions = itertools.count()
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._seats: dict[int, tuple[Seat, Now]] = {}
        self.complaints: list[str] = []

    async def start(self, program: Path) -> None:
        node, _ = node_files()
        self._process = await asyncio.create_subprocess_exec(
            str(node), str(program), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, limit=LONGEST_LINE, start_new_session=True,
        )  # fmt: skip
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._complain())]

    async def close(self) -> None:
        self._process.kill()
        await self._process.wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- orders ---------------------------------------------------------------------------------------------
    def sit(self, person: Person) -> Seat:
        """A new page of this person's; the one before, if any, must be left."""
        seat = Seat(next(self._numbers), person.name, person.principal, person.room)
        person.seat, person.now = seat, Now()
        self._seats[seat.number] = (seat, person.now)
        self._history.seats.append(seat)
        door = {"url": person.url, "room": person.room, "grant": person.grant, "cookie": person.cookie}
        self._order(seat, "open", **{"pass": door})
        return seat

    def leave(self, person: Person) -> None:
        if person.seat is not None:
            person.seat.closed = True
            self._order(person.seat, "close")
            person.seat = None

    def do(self, person: Person, command: Json) -> None:
        if person.seat is not None:
            person.seat.made += 1
            self._order(person.seat, "do", command=command)

    def steer(self, person: Person, change: Json, pane: int = 0, layout: str | None = None) -> None:
        if person.seat is not None:
            self._order(person.seat, "steer", change=change, pane=pane, layout=layout)

    async def state(self, seat: Seat) -> Json:
        """All that a page holds."""
        question = next(self._questions)
        self._answers[question] = asyncio.get_running_loop().create_future()
        self._order(seat, "state", question=question)
        return await self._answers[question]

    def _order(self, seat: Seat, order: str, **about: Any) -> None:
        assert self._process.stdin is not None
        line = json.dumps({"order": order, "seat": seat.number, **about})
        self._process.stdin.write(line.encode() + b"\n")

    # --- what they say --------------------------------------------------------------------------------------
    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            about = json.loads(line)
            at, number, name = about.pop("at"), about.pop("seat"), about.pop("event")
            seat, now = self._seats[number]
            if name == "state":
                self._answers.pop(about["question"]).set_result(about)
                continue
            if name == "full":
                seat.made -= 1
            seat.events.append(Event(at, name, about))
            _follow(now, name, about, at)

    async def _complain(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.complaints.append(f"people: {line.decode().rstrip()}")


def _follow(now: Now, name: str, about: Json, at: float) -> None:
    match name:
        case "connection":
            now.connection, now.why = about["is"], about["why"]
        case "document":
            now.revision = about["revision"]
        case "shared":
            now.view_revision = max((stamp[2] for stamp in about["stamps"]), default=0)
        case "waiting":
            now.waiting = about["count"]
        case "leads":
            now.leads = about["leads"]
        case _:
            return
    now.changed = at


async def until(holds: Callable[[], bool], every_s: float = 0.05) -> None:
    """Other processes can only be looked at again and again."""
    while True:
        if holds():
            return
        await asyncio.sleep(every_s)


def milliseconds() -> float:
    """The clock that Node's `process.hrtime` reads too."""
    return time.monotonic() * 1000


def canonical_document(snapshot: Json) -> bytes:
    """All of a snapshot but the view; a field that is absent and one that is null are the same."""
    left_out = (*VIEW, "view_revision")
    return rfc8785.dumps(
        _without_nulls({name: part for name, part in snapshot.items() if name not in left_out})
    )


def canonical_view(snapshot: Json) -> bytes:
    return rfc8785.dumps(_without_nulls({name: snapshot[name] for name in VIEW}))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value
