"""Studies that a host brings in: files received piece by piece, imported, and told of line by line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from readingroom.errors import BadRequest, NothingToShow, ReadingRoomError, TooFast
from readingroom.imaging.importing import BroughtIn
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.intake import Progress, Steps
from readingroom.imaging.uploads import Upload, UploadLimits, receiving
from readingroom.imaging.volumes import Ingesting
from readingroom.protocol import (
    ImportDone,
    ImportEvent,
    ImportProgress,
    ImportReceived,
    ImportRefused,
    LeftOut,
)
from readingroom.protocol.library import TOLD_LIMIT
from readingroom.transport.auth import Door
from readingroom.transport.reception import Reception

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Imports one process receives at a time."""
SILENCE_S: Final = 30.0
"""A sender who sends nothing for so long has gone."""
LOOK_S: Final = 0.1
CHUNK: Final = 1 << 18
WRAPPING: Final = 1024
"""Of a body, what is no file: boundaries and names, at most so much for each file."""


class Imports:
    """`POST /api/imports`: multipart/form-data in, ImportEvents out, one a line.

    What is refused before everything has come is an ordinary refusal. Nothing stays of what was refused,
    given up or cut off: an import is in the library whole, or not at all.
    """

    def __init__(
        self,
        *,
        door: Door,
        reception: Reception,
        studies: Path,
        ingest: Ingesting,
        limits: UploadLimits,
    ) -> None:
        self._door = door
        self._reception = reception
        self._studies = studies
        self._ingest = ingest
        self._limits = limits
        self._running = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/imports", self._import)]

    async def _import(self, request: web.Request) -> web.StreamResponse:
        self._door.check_change(request, body="multipart/form-data")
        await self._reception.signed_in(request)
        if self._running >= AT_ONCE:
            raise TooFast()
        self._running += 1
        try:
            async with receiving(self._studies, self._limits) as upload:
                length = request.content_length or 0
                upload.check(length - self._limits.files * WRAPPING)
                await upload.check_room(length)
                await _receive(request, upload)
                return await self._bring_in(request, upload)
        finally:
            self._running -= 1

    async def _bring_in(self, request: web.Request, upload: Upload) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[ImportProgress] = asyncio.Queue()

        def told(step: Progress) -> None:
            event = ImportProgress(stage=step.stage, done=step.done, total=step.total)
            loop.call_soon_threadsafe(events.put_nowait, event)

        work = asyncio.create_task(self._ingest.bring_in(upload.name, Steps(told)))
        try:
            await _say(response, ImportReceived(files=upload.files, bytes=upload.bytes))
            while not work.done() or not events.empty():
                if request.transport is None or request.transport.is_closing():
                    raise ConnectionResetError  # given up: whoever asked has gone
                await asyncio.wait({work}, timeout=LOOK_S)
                while not events.empty():
                    await _say(response, events.get_nowait())
            await _say(response, _end(work))
            await response.write_eof()
        except ConnectionError:
            pass
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)  # the folder is its own until then
        return response


def _end(work: asyncio.Task[BroughtIn]) -> ImportDone | ImportRefused:
    """How an import ended. Everything is told: the answer has begun, and no other can be given."""
    try:
        brought = work.result()
    except ReadingRoomError as error:
        return ImportRefused(code=error.code, message=str(error))
    except Exception:
        log.exception("import failed")
        return ImportRefused(code=ReadingRoomError.code, message=str(ReadingRoomError()))
    files = [_left_out(file) for file in brought.refused[:TOLD_LIMIT]]
    if not brought.studies:
        nothing = NothingToShow(path="these files", advice=files[0].message if len(files) == 1 else "")
        return ImportRefused(
            code=nothing.code, message=str(nothing).strip(), left_out=len(brought.refused), files=files
        )
    return ImportDone(
        studies=list(brought.studies),
        series=brought.series,
        pictures=brought.pictures,
        left_out=len(brought.refused),
        files=files,
    )


def _left_out(file: RefusedFile) -> LeftOut:
    return LeftOut(file=file.file, code=file.code, message=file.reason)


async def _say(
    response: web.StreamResponse, event: ImportReceived | ImportProgress | ImportDone | ImportRefused
) -> None:
    await response.write(ImportEvent(event=event).model_dump_json().encode() + b"\n")


async def _receive(request: web.Request, upload: Upload) -> None:
    """Every file of the body into the upload. Raises BadRequest, NothingToShow, TooLarge, DiskFull."""
    try:
        parts = await request.multipart()
        while True:
            async with asyncio.timeout(SILENCE_S):
                part = await parts.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader) or part.filename is None:
                raise BadRequest(reason="the body must hold files and nothing else")
            await upload.take(part.filename, _chunks(part))
    except (TimeoutError, ConnectionError):
        raise BadRequest(reason="its body did not come") from None
    except (ValueError, RuntimeError, AssertionError, HttpProcessingError, web.RequestPayloadError):
        raise BadRequest(reason="the body is not what its header says") from None
    if upload.files == 0:
        raise NothingToShow(path="these files", advice="Nothing was sent.")
    await upload.close()


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(SILENCE_S):
            chunk = await part.read_chunk(CHUNK)
        if not chunk:
            return
        yield bytes(chunk)
