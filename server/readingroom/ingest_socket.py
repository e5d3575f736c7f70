"""Ingest asked across processes: workers ask their parent, which owns the decode pool, over a unix socket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from readingroom.errors import ReadingRoomError, refusal_of
from readingroom.imaging.importing import BroughtIn
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.intake import Progress, Steps
from readingroom.imaging.volumes import Ingesting
from readingroom.values import SeriesRef, StudyId

log = logging.getLogger(__name__)

PATIENCE_S: Final = 30.0
HEALTH_PATIENCE_S: Final = 2.0
LONGEST_LINE: Final = 1 << 20
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

    async def bring_in(self, upload: str, progress: Callable[[Progress], None]) -> BroughtIn:
        """Import what lies in the staging folder of this name. Raises what the parent's import refuses with.

        When this is cancelled it returns once the parent has let go of the folder.
        """
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LONGEST_LINE)
        try:
            writer.write(json.dumps({"upload": upload}).encode() + b"\n")
            refused: list[RefusedFile] = []
            async for line in reader:
                said: dict[str, Any] = json.loads(line)
                if "progress" in said:
                    progress(Progress(**said["progress"]))
                elif "refused" in said:
                    refused.append(RefusedFile(**said["refused"]))
                elif "code" in said:
                    raise refusal_of(said["code"], said["details"])
                else:
                    studies = tuple(StudyId(study) for study in said["studies"])
                    return BroughtIn(studies, said["series"], said["pictures"], tuple(refused))
            raise ReadingRoomError()  # the parent has gone
        except asyncio.CancelledError:
            with suppress(OSError, TimeoutError):
                writer.write_eof()
                async with asyncio.timeout(PATIENCE_S):
                    await reader.read()
            raise
        finally:
            writer.close()

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
            if "upload" in asked:
                await _bring_in(ingest, asked["upload"], reader, writer)
                return
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


async def _bring_in(
    ingest: Ingesting, upload: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Import for a worker, line by line; given up when it says no more, or has gone."""
    loop = asyncio.get_running_loop()

    def told(step: Progress) -> None:
        loop.call_soon_threadsafe(_say, writer, {"progress": asdict(step)})

    work = asyncio.create_task(ingest.bring_in(upload, Steps(told)))
    hears = asyncio.create_task(reader.read())
    try:
        await asyncio.wait({work, hears}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            await asyncio.wait({work})
            return
        brought = work.result()
    finally:
        hears.cancel()
    for file in brought.refused:
        _say(writer, {"refused": asdict(file)})
        await writer.drain()
    _say(writer, {"studies": brought.studies, "series": brought.series, "pictures": brought.pictures})
    await writer.drain()


def _say(writer: asyncio.StreamWriter, line: Mapping[str, object]) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(line).encode() + b"\n")


def _make_way(path: Path) -> None:
    """A folder only we may enter, without a socket that a killed parent left behind."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
