"""What each command does: reads the settings, calls the house, prints for people."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop

from readingroom import logs, schema
from readingroom.app import join_store, local_ingest, open_house, open_store
from readingroom.demo import announce, bring_in, demo
from readingroom.housekeeping import delete_room, end_room, list_rooms
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, draw, parse_vector, parse_window
from readingroom.imaging.inspection import inspect
from readingroom.imaging.inspection_table import table
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Ingesting
from readingroom.ingest_socket import RemoteIngest
from readingroom.listening import listening, listening_on_local_network
from readingroom.opening import host_link, open_room
from readingroom.serving import serving, stopped
from readingroom.settings import Settings, read_settings
from readingroom.values import Plane, RoomId
from readingroom.workers import working


def run(options: argparse.Namespace) -> None:
    """Run the command that was asked for. Raises ReadingRoomError."""
    match options.command:
        case "serve":
            settings = _settings(options)
            logs.set_up(settings.log_level)
            _run(_serve(settings, options))
        case "demo":
            settings = _settings(options)
            logs.set_up("WARNING")
            _run(demo(settings, options.path, local_network=options.lan))
        case "import":
            logs.set_up("WARNING")
            _run(_import(_settings(options), options.path, room=options.room))
        case "inspect":
            logs.set_up("ERROR")
            _run(_inspect(options.path, as_json=options.json))
        case "render":
            logs.set_up("ERROR")
            _run(_render(options))
        case "rooms":
            logs.set_up("ERROR")
            _run(_rooms(_settings(options), options))
        case "host-link":
            logs.set_up("ERROR")
            _run(_host_link(_settings(options)))
        case "schema":
            print(schema.text(), end="")


def _run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def _settings(options: argparse.Namespace) -> Settings:
    names = ("data", "host", "port", "workers", "public_url", "insecure", "weak_durability")
    return read_settings(**{name: getattr(options, name, None) for name in names})


async def _serve(settings: Settings, options: argparse.Namespace) -> None:
    at = (
        listening_on_local_network(settings, share_port=options.share_port)
        if options.tls_self_made
        else listening(settings, share_port=options.share_port)
    )
    library = Library(settings.studies_folder)
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(open_store(settings))
        if settings.workers > 1:
            await stack.enter_async_context(working(settings, library, redis_url=redis_url, at=at))
        else:
            ingest: Ingesting = (
                RemoteIngest(options.ingest_socket)
                if options.ingest_socket is not None
                else await stack.enter_async_context(local_ingest(settings, library))
            )
            house = await stack.enter_async_context(
                open_house(settings, redis_url=redis_url, door=at.door, ingest=ingest, library=library)
            )
            await stack.enter_async_context(serving(house, at, share_port=options.share_port))
        if options.ingest_socket is None:  # no worker: what workers would print, their parent prints
            link = await host_link(at.urls[0], redis_url, serving=True)
            print(f"Sign in: {link}", flush=True)
        if options.ready_fd is not None:
            os.write(options.ready_fd, b"1")
            os.close(options.ready_fd)
        await stopped(leash=sys.stdin.fileno() if options.ingest_socket is not None else None)


async def _import(settings: Settings, path: Path, *, room: bool) -> None:
    library = Library(settings.studies_folder)
    result = await bring_in(path, library)
    for study in result.studies:
        pictures = sum(len(stack.frames) for series in study.series for stack in series.stacks)
        print(f"study {study.id}: {len(study.series)} series, {pictures} pictures")
    if room:
        at = listening(settings, share_port=True)
        async with AsyncExitStack() as stack:
            redis_url = await stack.enter_async_context(join_store(settings))
            ingest = await stack.enter_async_context(local_ingest(settings, library))
            opened = await open_room(
                settings, result.studies, library=library, ingest=ingest, redis_url=redis_url
            )
        announce(at, opened, host=None, qr=False)


async def _host_link(settings: Settings) -> None:
    at = listening(settings, share_port=True)
    async with join_store(settings) as redis_url:
        print(await host_link(at.urls[0], redis_url, serving=False))


async def _rooms(settings: Settings, options: argparse.Namespace) -> None:
    match options.what:
        case "list":
            await list_rooms(settings, as_json=options.json)
        case "end":
            await end_room(settings, RoomId(options.room))
        case "delete":
            studies: bool = options.with_studies
            await delete_room(settings, RoomId(options.room), with_studies=studies, sure=options.yes)


async def _inspect(path: Path, *, as_json: bool) -> None:
    async with DecodePool() as pool:
        found = await inspect(path, pool)
    width = shutil.get_terminal_size((100, 24)).columns
    print(json.dumps(found, indent=2) if as_json else table(found, width))


async def _render(options: argparse.Namespace) -> None:
    vectors = {
        name: parse_vector(f"--{name}", getattr(options, name))
        for name in ("normal", "point")
        if getattr(options, name) is not None
    }
    asked = Asked(
        series=options.series,
        stack=options.stack or 0,
        plane=Plane(options.plane),
        index=options.index,
        frame=options.frame,
        window=parse_window(options.window) if options.window is not None else None,
        slab=Slab(options.slab, Projection(options.projection)),
        voi_lut=options.voi_lut,
        overlay=options.overlay,
        **vectors,
    )
    await draw(options.path, options.out, asked)
