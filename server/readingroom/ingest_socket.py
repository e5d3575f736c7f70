"""Ingest asked across processes: workers ask their parent, which owns the decode pool, over a unix socket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from readingroom.errors import ReadingRoomError, refusal_of
from readingroom.imaging.volumes import Ingesting
from readingroom.values import SeriesRef, StudyId

log = logging.getLogger(__name__)

PATIENCE_S: Final = 30.0
HEALTH_PATIENCE_S: Final = 2.0
MOST_WAITING: Final = 4096
"""Questions not yet taken up: a unix socket does not wait for room, it refuses."""
OK: Final = b"ok\n"
PROTECTIONS: Final = b"protections?\n"


class RemoteIngest:
    """The ingest of a worker: a question to the parent, answered when the ingest is under way."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def request(self, ref: SeriesRef, stack: int) -> None:
        """Raises what the parent's ingest refuses with, ReadingRoomError when the parent does not answer."""
        question = json.dumps({"study": ref.study, "series": ref.series, "stack": stack}).encode() + b"\n"
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await self._ask(question)
        except (OSError, TimeoutError) as error:
            log.warning("parent does not answer", extra={"reason": type(error).__name__})
            raise ReadingRoomError() from error
        if answer != OK:
            said = json.loads(answer)
            raise refusal_of(said["code"], said["details"])

    async def protections(self) -> tuple[str, ...]:
        """What holds the parent's decode processes in; empty when it does not say."""
        try:
            async with asyncio.timeout(HEALTH_PATIENCE_S):
                return tuple(json.loads(await self._ask(PROTECTIONS)))
        except (OSError, TimeoutError, ValueError):
            return ()

    async def _ask(self, question: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        try:
            writer.write(question)
            await writer.drain()
            return await reader.readline()
        finally:
            writer.close()


@asynccontextmanager
async def answering(ingest: Ingesting, path: Path) -> AsyncIterator[None]:
    """The parent's end of the socket."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = await reader.readline()
            if question == PROTECTIONS:
                writer.write(json.dumps(await ingest.protections()).encode() + b"\n")
                return
            asked = json.loads(question)
            await ingest.request(SeriesRef(StudyId(asked["study"]), asked["series"]), asked["stack"])
            writer.write(OK)
        except ReadingRoomError as error:
            log.warning("ingest refused", extra={"code": error.code})
            writer.write(json.dumps({"code": error.code, "details": error.details}).encode() + b"\n")
        finally:
            writer.close()

    _make_way(path)
    server = await asyncio.start_unix_server(answer, str(path), backlog=MOST_WAITING)
    async with server:
        yield


def _make_way(path: Path) -> None:
    """A folder only we may enter, without a socket that a killed parent left behind."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
