"""Measuring over HTTP: a figure in the wire's words in, what the voxels say out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from readingroom.errors import NotMeasurable, SliceDamaged, SliceOutOfRange, TooFast
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring.figures import Figure, FigureKind, ImagePoint
from readingroom.imaging.measuring.measure import measure
from readingroom.imaging.measuring.measurement import Measurement
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.protocol import (
    ImagePlace,
    Mark,
    Measurable,
    Measured,
    MeasureRequest,
    PatientPlace,
    Place,
    Quantity,
)
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.settling import NOTHING_ADDED, Added
from readingroom.rooms.shapes import measurable, places_of
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.numbers import natural
from readingroom.values import PatientPoint, SeriesRef

AT_ONCE: Final = 2
"""Figures measured at the same time."""
MOST_WAITING: Final = 64
MOST_OF_ONE: Final = 8
"""Figures of one person measured or waiting, so that nobody keeps the others out."""


class Measuring:
    """`POST .../measure`."""

    def __init__(self, *, rooms: Rooms, door: Door, volumes: Volumes, pseudonyms: Pseudonyms) -> None:
        self._rooms = rooms
        self._door = door
        self._volumes = volumes
        self._pseudonyms = pseudonyms
        self._queue = Queue()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/rooms/{room}/series/{series}/{stack}/measure", self._measure)]

    async def _measure(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        number = natural(request.match_info["stack"])
        asked = await bodies.read(request, MeasureRequest)
        volume = await self._volumes.open(ref, number)
        async with self._queue.turn(f"{asker.room}/{asker.principal}"):
            return bodies.answer(await self.measured(volume, asked.shape, asked.frame))

    async def of_mark(self, asker: Member, ref: SeriesRef, mark: Mark) -> Added:
        """What the voxels say about a mark, or in words why they say nothing; nothing of arrows and words.

        Raises SliceNotReady while the picture is still being read, TooFast.
        """
        shape = measurable(mark.shape)
        if shape is None:
            return NOTHING_ADDED
        volume = await self._volumes.open(ref, mark.stack)
        async with self._queue.turn(f"{asker.room}/{asker.principal}"):
            try:
                return Added(measured=await self.measured(volume, shape, mark.frame))
            except (NotMeasurable, SliceDamaged, SliceOutOfRange) as refusal:
                return Added(unmeasurable=str(refusal))

    async def measured(self, volume: Volume, shape: Measurable, frame: int | None) -> Measured:
        """A shape measured in a thread. Raises NotMeasurable and what `measure` raises."""
        points = self._points(volume.stack, places_of(shape))
        figure = Figure(FigureKind(shape.kind), points, frame)
        return answer(await asyncio.to_thread(measure, volume, figure))

    def _points(self, stack: Stack, places: list[Place]) -> tuple[PatientPoint, ...] | tuple[ImagePoint, ...]:
        """Raises NotMeasurable for places of another frame of reference, and for both kinds at once."""
        placed = tuple(place for place in places if isinstance(place, PatientPlace))
        pictured = tuple(place for place in places if isinstance(place, ImagePlace))
        if placed and pictured:
            raise NotMeasurable(reason="some of its points lie in the patient, others on a picture")
        uid = stack.frame_of_reference_uid
        own = self._pseudonyms.of(uid) if uid is not None else None
        if any(place.frame_of_reference != own for place in placed):
            raise NotMeasurable(reason="its points belong to another frame of reference than these pictures")
        if placed:
            return tuple(PatientPoint(*place.point_um) for place in placed)
        return tuple(ImagePoint(place.frame, *place.point_milli) for place in pictured)


class Queue:
    """Turns to measure: few at once, a bounded number waiting, a bounded number of each person's."""

    def __init__(
        self, *, at_once: int = AT_ONCE, waiting: int = MOST_WAITING, of_one: int = MOST_OF_ONE
    ) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._of_one = of_one
        self._asked: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises TooFast when too many wait already."""
        if self._asked[person] >= self._of_one or self._asked.total() >= self._most:
            raise TooFast()
        self._asked[person] += 1
        try:
            async with self._turns:
                yield
        finally:
            self._asked[person] -= 1
            if not self._asked[person]:
                del self._asked[person]


def answer(measurement: Measurement) -> Measured:
    """What was measured, in the wire's words."""
    return Measured(
        kind=measurement.kind.value,
        quantities=[
            Quantity(name=quantity.name, value=float(quantity.value), unit=quantity.unit)
            for quantity in measurement.quantities
        ],
        calibration=measurement.calibration,
        meaning=measurement.meaning,
        notes=list(measurement.notes),
        frame=measurement.frame,
    )
