"""New rooms: with studies in them, for the operator or for a host who comes in at once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence

from aiohttp import web

from readingroom.errors import NothingToShow, OtherPatient
from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.protocol import RoomRequest
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door
from readingroom.transport.join import enter
from readingroom.transport.reception import Reception
from readingroom.transport.shelf import Shelf
from readingroom.values import RoomId, SeriesKey, SeriesRef, StudyId


async def new_room(studies: Sequence[Study], *, rooms: Rooms, shelf: Shelf) -> RoomId:
    """A room that shows every series of `studies`, the first of the newest study on its stage.

    Raises NothingToShow, Limit, NotSaved.
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
    first = next(iter(series))
    patients = {study.id: shelf.patient_of(study) for study in studies}
    patient = patients[series[first].study]
    of_others = [key for key, ref in series.items() if patients[ref.study] != patient]
    view = await shelf.opening_view(first, series[first])
    return await rooms.create(series, view, patient=patient, of_others=of_others)


class NewRooms:
    """`POST /api/rooms`."""

    def __init__(
        self, *, rooms: Rooms, door: Door, reception: Reception, library: Library, shelf: Shelf
    ) -> None:
        self._rooms = rooms
        self._door = door
        self._reception = reception
        self._library = library
        self._shelf = shelf

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/rooms", self._open)]

    async def _open(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        await self._reception.signed_in(request)
        asked = await bodies.read(request, RoomRequest)
        wanted = [StudyId(study) for study in dict.fromkeys(asked.studies)]
        studies = await asyncio.to_thread(lambda: [self._library.study(study) for study in wanted])
        if not asked.other_patient and len({self._shelf.patient_of(study) for study in studies}) > 1:
            raise OtherPatient()
        self._rooms.expect_saving()
        room = await new_room(studies, rooms=self._rooms, shelf=self._shelf)
        link = await self._rooms.invite(room, "host")
        admission = await self._rooms.admit(room, link.secret, asked.name, None)
        first = await self._shelf.first_picture(
            room, await self._rooms.series(room), (await self._rooms.shown(room)).get("0")
        )
        return enter(self._door, admission, first)
