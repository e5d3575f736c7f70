"""A new room with series in it, and the links to its door."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readingroom.errors import NothingToShow
from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Ingesting, Volumes
from readingroom.rooms.invitations import Invitation
from readingroom.rooms.rooms import Rooms
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.transport.shelf import Shelf
from readingroom.values import RoomId, SeriesKey, SeriesRef

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
    newest_first = sorted(studies, key=lambda study: study.date, reverse=True)
    series = {
        SeriesKey(secrets.token_urlsafe(9)): SeriesRef(study.id, number)
        for study in newest_first
        for number, one in enumerate(study.series)
        if one.stacks
    }
    if not series:
        raise NothingToShow(path="this study", advice="Import one that holds pictures.")
    shelf = Shelf(
        library=library,
        volumes=Volumes(library, settings.cache_folder, ingest),
        pseudonyms=await asyncio.to_thread(Pseudonyms, settings.studies_folder),
    )
    first = next(iter(series))
    patients = {study.id: shelf.patient_of(study) for study in studies}
    patient = patients[series[first].study]
    of_others = [key for key, ref in series.items() if patients[ref.study] != patient]
    async with Rooms.open(
        redis_url, process="opening", listener=Fanout(), weak_durability=settings.weak_durability
    ) as rooms:
        view = await shelf.opening_view(first, series[first])
        room = await rooms.create(series, view, patient=patient, of_others=of_others)
        return OpenedRoom(
            room=room,
            host=await rooms.invite(room, "host", lifetime_s=LINK_LIFETIME_S),
            patient=await rooms.invite(room, "patient", lifetime_s=LINK_LIFETIME_S),
        )


def link(url: str, invitation: Invitation) -> str:
    """What to type: the secret lies in the fragment, which no browser sends and no proxy logs."""
    return f"{url}/#{invitation.room}.{invitation.secret}"
