"""`readingroom demo`: a study, a room and two links, on this machine alone."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

import segno

from readingroom.app import local_ingest, open_house, open_store
from readingroom.errors import NoSuchStudy
from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import ImportResult, import_path
from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.listening import Listening, listening, listening_on_local_network
from readingroom.opening import OpenedRoom, host_link, link, open_room
from readingroom.progress import Bar
from readingroom.serving import serving, stopped
from readingroom.settings import Settings
from readingroom.values import StudyId
from readingroom.workers import working


async def demo(settings: Settings, source: Path | None, *, local_network: bool) -> None:
    """Serve a fresh room until stopped. `source` None: the phantom chest and its prior.

    Raises every refusal of import, store and start by its name.
    """
    at = listening_on_local_network(settings) if local_network else listening(settings)
    library = Library(settings.studies_folder)
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(open_store(settings))
        if source is None:
            studies = await _phantom(settings, library)
        else:
            studies = (await bring_in(source, library)).studies
        if settings.workers > 1:
            async with local_ingest(settings, library) as ingest:
                room = await open_room(settings, studies, library=library, ingest=ingest, redis_url=redis_url)
            await stack.enter_async_context(working(settings, library, redis_url=redis_url, at=at))
        else:
            ingest = await stack.enter_async_context(local_ingest(settings, library))
            room = await open_room(settings, studies, library=library, ingest=ingest, redis_url=redis_url)
            house = await stack.enter_async_context(
                open_house(settings, redis_url=redis_url, door=at.door, ingest=ingest, library=library)
            )
            await stack.enter_async_context(serving(house, at))
        host = await host_link(at.urls[0], redis_url, serving=True)
        announce(at, room, host=host, qr=local_network)
        await stopped()
        print(f"\nStopped. The room and its studies stay in {settings.data}.", flush=True)


async def _phantom(settings: Settings, library: Library) -> tuple[Study, ...]:
    """The phantom chest and its prior: drawn and imported once, found in the library afterwards."""
    mark = settings.data / "phantom.json"
    known = await asyncio.to_thread(_known, mark, library)
    if known:
        return known
    folder = settings.data / "phantom"
    with Bar("Drawing the phantom chest") as bar:
        await asyncio.to_thread(phantom.write_study, folder, progress=bar)
    studies = (await bring_in(folder, library)).studies
    await asyncio.to_thread(mark.write_text, json.dumps([study.id for study in studies]))
    await asyncio.to_thread(shutil.rmtree, folder)
    return studies


def _known(mark: Path, library: Library) -> tuple[Study, ...]:
    """The studies a mark names; none when one of them is gone."""
    if not mark.exists():
        return ()
    try:
        return tuple(library.study(StudyId(study)) for study in json.loads(mark.read_text()))
    except (NoSuchStudy, ValueError):
        return ()


async def bring_in(source: Path, library: Library) -> ImportResult:
    """Import with a bar on the terminal, and say what was left out."""
    async with DecodePool() as pool:
        with Bar("Importing the study") as bar:
            result = await import_path(source, library, pool, lambda step: bar(step.done, step.total))
    for refused in result.refused[:10]:
        print(f"  left out: {refused.file}: {refused.reason}")
    if len(result.refused) > 10:
        print(f"  ... and {len(result.refused) - 10} more files")
    return result


def announce(at: Listening, room: OpenedRoom, *, host: str | None, qr: bool) -> None:
    """Print the links of a room, the `host`'s to all studies, and for a phone the patient's as a QR code."""
    url = at.urls[0]
    doctor, patient = link(url, room.host), link(url, room.patient)
    print(
        f"\nReadingRoom is ready. Open each link in a browser of its own (or a private window):\n\n"
        f"  doctor   {doctor}\n"
        f"  patient  {patient}\n" + (f"  studies  {host}\n" if host is not None else "") + "\n"
        "Each link opens once. Not for primary diagnosis. Ctrl+C ends it.",
        flush=True,
    )
    if qr:
        print(
            "\nOn a phone in the same network, scan this for the patient's link. The browser will warn:\n"
            "the certificate was made on this machine and nobody vouches for it.\n"
        )
        segno.make(patient, error="m").terminal(compact=True)
