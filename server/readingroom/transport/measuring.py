"""Measuring over HTTP: a figure in the wire's words in, what the voxels say out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, assert_never

from aiohttp import web

from readingroom.errors import NotMeasurable, TooFast
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring.figures import Figure, FigureKind, ImagePoint
from readingroom.imaging.measuring.measure import measure
from readingroom.imaging.measuring.measurement import Measurement
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.protocol import (
    Angle,
    Bidirectional,
    Cobb,
    Ellipse,
    Freehand,
    ImageOutline,
    ImagePlace,
    Length,
    Measurable,
    Measured,
    MeasureRequest,
    PatientOutline,
    PatientPlace,
    Place,
    Polygon,
    Probe,
    Quantity,
    Rectangle,
)
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.numbers import natural
from readingroom.values import PatientPoint

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


def places_of(shape: Measurable) -> list[Place]:
    """The points of a shape in the order of FigureKind."""
    match shape:
        case Length():
            return [shape.start, shape.end]
        case Angle():
            return [shape.first, shape.vertex, shape.second]
        case Cobb() | Bidirectional():
            return [shape.first.start, shape.first.end, shape.second.start, shape.second.end]
        case Ellipse():
            return [shape.center, shape.first_end, shape.second_end]
        case Rectangle():
            return [shape.corner, shape.opposite]
        case Polygon() | Freehand():
            return _corners(shape.outline)
        case Probe():
            return [shape.at]
        case _:
            assert_never(shape)


def _corners(outline: PatientOutline | ImageOutline) -> list[Place]:
    if isinstance(outline, PatientOutline):
        reference = outline.frame_of_reference
        return [PatientPlace(frame_of_reference=reference, point_um=point) for point in outline.points_um]
    return [ImagePlace(frame=outline.frame, point_milli=point) for point in outline.points_milli]


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
