"""The house put together: the only place that constructs and wires."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from readingroom import __version__
from readingroom.errors import PageMissing
from readingroom.imaging import kernels
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.cutting.plane_renderer import PlaneRenderer
from readingroom.imaging.cutting.turned_copies import TurnedCopies
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.eviction import Eviction
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.tile_streams import TileStreams
from readingroom.imaging.uploads import UploadLimits
from readingroom.imaging.volumes import Ingesting, Volumes
from readingroom.protocol import ImportLimits
from readingroom.rooms.embedded import embedded_valkey, running
from readingroom.rooms.hosts import Hosts
from readingroom.rooms.lifetimes import Lifetime
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.auth import Door
from readingroom.transport.bodies import LARGEST_BODY
from readingroom.transport.fanout import Fanout
from readingroom.transport.headers import security_headers
from readingroom.transport.health import Health
from readingroom.transport.imports import Imports
from readingroom.transport.invitations import Invitations
from readingroom.transport.join import Join
from readingroom.transport.measuring import Measuring
from readingroom.transport.naps import known_after_a_nap
from readingroom.transport.new_rooms import NewRooms
from readingroom.transport.page import Page
from readingroom.transport.planes import Planes
from readingroom.transport.reception import Reception
from readingroom.transport.room_events import RoomEvents
from readingroom.transport.series import SeriesRoutes
from readingroom.transport.shelf import Shelf
from readingroom.transport.sign_in import SignIn
from readingroom.transport.snapshots import Snapshots
from readingroom.transport.sockets import Sockets
from readingroom.transport.statuses import refusals
from readingroom.transport.streams import Streams
from readingroom.transport.studies import Studies
from readingroom.transport.tables import Tables
from readingroom.transport.tiles import Tiles
from readingroom.values import SeriesRef

WEB = Path(__file__).parent / "web"


@dataclass(frozen=True, slots=True)
class House:
    """What a running process is made of, for those above that need a room in it."""

    app: web.Application
    rooms: Rooms
    library: Library
    shelf: Shelf
    sockets: Sockets
    health: Health


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    redis_url: str,
    door: Door,
    ingest: Ingesting,
    library: Library,
) -> AsyncIterator[House]:
    """Everything one process needs to serve, opened in order and closed in reverse.

    Raises PageMissing, StoreUnreachable, WeakDurability.
    """
    page = await asyncio.to_thread(Page, WEB)
    if not page.built:
        raise PageMissing()
    await asyncio.to_thread(kernels.warm)
    async with AsyncExitStack() as stack:
        process = secrets.token_hex(4)
        fanout = Fanout()
        rooms = await stack.enter_async_context(
            Rooms.open(
                redis_url,
                process=process,
                listener=fanout,
                weak_durability=settings.weak_durability,
                lifetime=lifetime(settings),
                unused=dropping(settings),
            )
        )
        fanout.hold_while(rooms.asleep)
        volumes = Volumes(library, settings.cache_folder, ingest)
        stack.callback(volumes.close)
        renderer = Renderer(volumes, cache_bytes=settings.cache_bytes)
        stack.push_async_callback(renderer.close)
        planes = PlaneRenderer(renderer, volumes, TurnedCopies(settings.cache_folder))
        pseudonyms = await asyncio.to_thread(Pseudonyms, settings.studies_folder)
        shelf = Shelf(library=library, volumes=volumes, pseudonyms=pseudonyms)
        measuring = Measuring(rooms=rooms, door=door, volumes=volumes, pseudonyms=pseudonyms)
        hosts = await stack.enter_async_context(Hosts.open(redis_url))
        reception = Reception(rooms=rooms, hosts=hosts, door=door)
        limits = upload_limits(settings)
        sockets = Sockets(
            events=RoomEvents(rooms=rooms, fanout=fanout, shelf=shelf, measuring=measuring),
            rooms=rooms,
            fanout=fanout,
            door=door,
            process=process,
            weak_durability=settings.weak_durability,
        )
        app = web.Application(
            middlewares=[refusals, known_after_a_nap(rooms, door)], client_max_size=LARGEST_BODY
        )
        app.on_response_prepare.append(security_headers(https=settings.https))
        health = Health(rooms=rooms, ingest=ingest, process=process, version=__version__)
        for routes in (
            health,
            Join(rooms=rooms, door=door, shelf=shelf),
            SignIn(hosts=hosts, door=door, reception=reception),
            Studies(
                reception=reception,
                library=library,
                shelf=shelf,
                renderer=renderer,
                limits=ImportLimits(files=limits.files, bytes=limits.bytes),
            ),
            Imports(
                door=door,
                reception=reception,
                studies=settings.studies_folder,
                ingest=ingest,
                limits=limits,
            ),
            NewRooms(rooms=rooms, door=door, reception=reception, library=library, shelf=shelf),
            Invitations(rooms=rooms, door=door),
            Snapshots(rooms=rooms, door=door),
            SeriesRoutes(rooms=rooms, door=door, shelf=shelf, renderer=renderer),
            Tiles(rooms=rooms, door=door, renderer=renderer),
            Streams(rooms=rooms, door=door, streams=TileStreams(renderer, volumes)),
            Planes(rooms=rooms, door=door, planes=planes),
            measuring,
            Tables(rooms=rooms, door=door, renderer=renderer),
            sockets,
            page,
        ):
            app.add_routes(routes.routes())
        yield House(app=app, rooms=rooms, library=library, shelf=shelf, sockets=sockets, health=health)


def lifetime(settings: Settings) -> Lifetime:
    """How long rooms live, in the words of rooms."""
    idle, kept = settings.room_idle_hours * 3_600_000, settings.room_keep_days * 86_400_000
    return Lifetime(idle_ms=round(idle) or None, kept_ms=round(kept) or None)


def upload_limits(settings: Settings) -> UploadLimits:
    """What one import may bring, in the words of imaging."""
    return UploadLimits(files=settings.import_files, bytes=settings.import_bytes)


def dropping(settings: Settings) -> Callable[[Collection[SeriesRef]], Awaitable[None]]:
    """What becomes of decoded volumes of series that no room has open any more."""
    eviction = Eviction(settings.cache_folder, settings.cache_disk_bytes)

    async def drop(series: Collection[SeriesRef]) -> None:
        await asyncio.to_thread(eviction.drop, series)

    return drop


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[str]:
    """The address of the store: the one that is set, else a private Valkey while this is open.

    Raises StoreUnreachable when another process of ours holds the data folder's Valkey.
    """
    if settings.redis_url is not None:
        yield settings.redis_url
    else:
        async with embedded_valkey(settings.data / "valkey") as url:
            yield url


@asynccontextmanager
async def join_store(settings: Settings) -> AsyncIterator[str]:
    """As `open_store`, or the Valkey of a server that is running over the same data folder."""
    url = None if settings.redis_url is not None else await running(settings.data / "valkey")
    if url is not None:
        yield url
    else:
        async with open_store(settings) as url:
            yield url


@asynccontextmanager
async def local_ingest(settings: Settings, library: Library) -> AsyncIterator[Ingest]:
    """The decode pool and the ingest of a process that has no parent to ask."""
    cache, most_bytes = settings.cache_folder, settings.cache_disk_bytes
    limits = ArchiveLimits(entries=settings.import_files, bytes=settings.import_bytes)
    async with DecodePool() as pool, Ingest(library, cache, pool, most_bytes, limits) as ingest:
        yield ingest
