"""A real ReadingRoom process for the browser tests: started, killed and started again on one folder."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from readingroom.app import local_ingest
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.opening import link, open_room
from readingroom.rooms.embedded import Valkey
from readingroom.settings import Settings

START_LIMIT_S: Final = 90
STOP_LIMIT_S: Final = 20
SERVING: Final = re.compile(r'"event": "serving".*"port": (\d+)')
LINK: Final = re.compile(r"(http://[^/]+)/#([A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Links:
    """Unused links into one room."""

    doctor: str
    patient: str


class Process:
    """One `readingroom` command and what it says."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        # Compiled kernels are kept beside the code, not made anew in each test's folder.
        ours = {"PYTHONUNBUFFERED": "1", "NUMBA_CACHE_DIR": ""}
        self._environment = {**os.environ, **ours, **(environment or {})}
        self._said: list[str] = []

    async def start(self, *words: str) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "readingroom", *words,
            env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        assert self._running.stdout is not None
        async for line in self._running.stdout:
            self._said.append(line.decode())
            self._lines.put_nowait(line.decode())
        self._lines.put_nowait(None)

    @property
    def pid(self) -> int:
        return self._running.pid

    async def says(self, wanted: re.Pattern[str]) -> re.Match[str]:
        """The next line with what is wanted."""
        async with asyncio.timeout(START_LIMIT_S):
            while (line := await self._lines.get()) is not None:
                if found := wanted.search(line):
                    return found
        raise AssertionError(f"It ended without saying {wanted.pattern!r}:\n{''.join(self._said)}")

    async def kill(self) -> None:
        """As the kernel does it: no good-bye."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        if self._running.returncode is None:
            await self._end(signal.SIGTERM)

    async def ended(self) -> int | None:
        """Its exit code, once it has ended by itself."""
        async with asyncio.timeout(STOP_LIMIT_S):
            await self._running.wait()
            await self._listening
        return self._running.returncode

    async def _end(self, how: signal.Signals) -> None:
        self._running.send_signal(how)
        async with asyncio.timeout(STOP_LIMIT_S):
            await self._running.wait()
            await self._listening


class Demo(Process):
    """`readingroom demo`, as a person starts it; after a kill `readingroom serve` on the same port."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        super().__init__(environment)
        self.data = folder / "var"
        self.url = ""

    async def open(self, study: Path, *words: str) -> Links:
        await self.start("demo", str(study), "--data", str(self.data), "--port", "0", *words)
        doctor = await self.says(LINK)
        patient = await self.says(LINK)
        self.url = doctor[1]
        return Links(doctor[0], patient[0])

    async def serve_again(self) -> None:
        port = self.url.rsplit(":", 1)[1]
        await self.start("serve", "--data", str(self.data), "--port", port)
        await self.says(SERVING)


class House(Process):
    """One server for many rooms, over a Valkey that a test may kill."""

    def __init__(self, folder: Path) -> None:
        self.valkey = Valkey(folder / "valkey")
        super().__init__({"REDIS_URL": self.valkey.url})
        self._data = folder / "var"
        self._settings = Settings(data=self._data, port=0).model_copy(update={"redis_url": self.valkey.url})
        self.url = ""

    async def open(self, study: Path) -> None:
        self.valkey.start()
        await self.valkey.ready()
        self._library = Library(self._settings.studies_folder)
        self._studies = await self._imported(study)
        await self.start("serve", "--data", str(self._data), "--port", "0")
        self.url = f"http://127.0.0.1:{(await self.says(SERVING))[1]}"

    async def _imported(self, files: Path) -> tuple[Study, ...]:
        async with DecodePool() as pool:
            return (await import_path(files, self._library, pool, lambda _: None)).studies

    async def room(self, files: Path | None = None) -> Links:
        """A fresh room with these files in it; None: with the study of this house."""
        studies = self._studies if files is None else await self._imported(files)
        async with local_ingest(self._settings, self._library) as ingest:
            opened = await open_room(
                self._settings, studies, library=self._library, ingest=ingest, redis_url=self.valkey.url
            )
        return Links(link(self.url, opened.host), link(self.url, opened.patient))

    async def close(self) -> None:
        await self.stop()
        await self.valkey.stop()
