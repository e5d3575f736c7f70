"""A new room with series in it, and the links to its door."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Ingesting, Volumes
from readingroom.rooms.hosts import Hosts
from readingroom.rooms.invitations import Invitation
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.transport.new_rooms import new_room
from readingroom.transport.shelf import Shelf
from readingroom.values import RoomId

LINK_LIFETIME_S: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class OpenedRoom:
    """A room and its two invitations."""

    room: RoomId
    host: Invitation
    patient: Invitation


async def open_room(
    settings: Settings, studies: Sequence[Study], *, library: Library, ingest: Ingesting, redis_url: str
) -> OpenedRoom:
    """A room that shows every series of `studies`, the first of the newest study on its stage.

    Raises NothingToShow, StoreUnreachable, WeakDurability.
    """
    shelf = Shelf(
        library=library,
        volumes=Volumes(library, settings.cache_folder, ingest),
        pseudonyms=await asyncio.to_thread(Pseudonyms, settings.studies_folder),
    )
    async with Rooms.open(
        redis_url, process="opening", listener=Fanout(), weak_durability=settings.weak_durability
    ) as rooms:
        room = await new_room(studies, rooms=rooms, shelf=shelf)
        return OpenedRoom(
            room=room,
            host=await rooms.invite(room, "host", lifetime_s=LINK_LIFETIME_S),
            patient=await rooms.invite(room, "patient", lifetime_s=LINK_LIFETIME_S),
        )


async def host_link(url: str, redis_url: str, *, serving: bool) -> str:
    """A fresh link by which a host signs in, good once and for 15 minutes. StoreUnreachable.

    `serving`: it is at `url` that a server stands from now on; else it may be at the one that said so last.
    """
    async with Hosts.open(redis_url) as hosts:
        if serving:
            await hosts.stand_at(url)
        return f"{await hosts.address() or url}/#host.{await hosts.link()}"


def link(url: str, invitation: Invitation) -> str:
    """What to type: the secret lies in the fragment, which no browser sends and no proxy logs."""
    return f"{url}/#{invitation.room}.{invitation.secret}"
