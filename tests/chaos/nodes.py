"""The processes under test: `readingroom serve` on a port of its own, each with its own way to the store."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Final

START_LIMIT_S: Final = 60
STOP_LIMIT_S: Final = 20
SAYS_LIMIT_S: Final = 30
AGAIN_S: Final = 0.2
SIGN_IN: Final = "Sign in: "
NO_STORE: Final = "The store cannot be reached"
SERVING: Final = re.compile(r'"event": "serving".*"port": (\d+)')


class DidNotServe(Exception):
    """It ended before it served; the message is what it said."""


class Node:
    """One process. `busy`: a fault is at work on it."""

    def __init__(self, name: str, environment: dict[str, str], redis_url: str | None) -> None:
        """Without a `redis_url` it keeps a store of its own."""
        self.name = name
        self.busy = False
        self.serving = False
        self.port = 0
        self.complaints: list[str] = []
        self._said: list[str] = []
        self._awaited: list[tuple[re.Pattern[str], asyncio.Future[re.Match[str]]]] = []
        self._environment = {**os.environ, **environment}
        if redis_url is not None:
            self._environment["REDIS_URL"] = redis_url
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def keep_starting(self) -> None:
        """As a service manager: again, when it did not find its store."""
        while True:
            try:
                await self.start()
                return
            except DidNotServe as refused:
                if NO_STORE not in str(refused):
                    raise
                await asyncio.sleep(AGAIN_S)

    async def start(self) -> None:
        """Returns when it serves. DidNotServe."""
        self._said.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "readingroom", "serve", "--port", "0",
            env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(self._process, found))
        async with asyncio.timeout(START_LIMIT_S):
            self.port = await found
        self.serving = True

    async def _listen(self, process: asyncio.subprocess.Process, found: asyncio.Future[int]) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            self._said.append(text)
            self._answer(text)
            if serving := SERVING.search(text):
                found.set_result(int(serving[1]))
            elif _is_complaint(text):
                self.complaints.append(f"{self.name}: {text[:2000]}")
        if not found.done():
            found.set_exception(DidNotServe("\n".join(self._said)))

    def _answer(self, text: str) -> None:
        for wanted, awaited in list(self._awaited):
            if (found := wanted.search(text)) is not None:
                self._awaited.remove((wanted, awaited))
                if not awaited.done():
                    awaited.set_result(found)

    async def says(self, wanted: re.Pattern[str]) -> re.Match[str]:
        """The next line with what is wanted. TimeoutError."""
        awaited: asyncio.Future[re.Match[str]] = asyncio.get_running_loop().create_future()
        self._awaited.append((wanted, awaited))
        async with asyncio.timeout(SAYS_LIMIT_S):
            return await awaited

    def rss_bytes(self) -> int:
        """Resident memory (Linux)."""
        pages = int(self._proc("statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def open_files(self) -> int:
        """Files and sockets it holds open (Linux)."""
        return len(list(self._proc("fd").iterdir()))

    def _proc(self, name: str) -> Path:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}") / name

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def end(self, how: signal.Signals) -> None:
        """Asks or forces it to end, and waits until it has."""
        if self._process is None or self._listening is None:
            return
        self.serving = False
        self.send(how)
        if how is not signal.SIGKILL:
            self.send(signal.SIGCONT)
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await self._process.wait()
        except TimeoutError:
            self.complaints.append(f"{self.name}: did not end within {STOP_LIMIT_S} s of {how.name}")
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(self._listening, return_exceptions=True)


def environment(folder: Path, name: str, public_url: str, more: dict[str, str]) -> dict[str, str]:
    """One data folder for the originals, and for each node its own for all the rest, as on another host."""
    return {
        "PYTHONUNBUFFERED": "1",
        "READINGROOM_DATA": str(folder / name),
        "READINGROOM_STUDIES": str(folder / "studies"),
        "READINGROOM_PUBLIC_URL": public_url,
        **more,
    }


def _is_complaint(line: str) -> bool:
    """An error of its own, or anything that it does not say to people: a traceback of somebody else's."""
    if line.startswith(SIGN_IN):
        return False
    try:
        said = json.loads(line)
    except ValueError:
        return bool(line.strip()) and NO_STORE not in line
    return bool(said["level"] in ("error", "critical"))
