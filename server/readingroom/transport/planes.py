"""Planes and slabs through a stack over HTTP: where they lie, and their tiles, to those who may see them."""

from __future__ import annotations

import math
from typing import Final

from aiohttp import web

from readingroom.errors import BadRequest
from readingroom.imaging.cutting.parallel_planes import FARTHEST_MM, Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_renderer import PlaneRenderer
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.levels import level_count
from readingroom.protocol import PlaneGeometry, SideNames
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.encodings import negotiated, packed
from readingroom.transport.numbers import finite, natural
from readingroom.transport.tiles import STACK, window
from readingroom.transport.turns import Turns
from readingroom.values import Plane, SeriesRef, TileAddress

_PLANE: Final = f"{STACK}/planes/{{plane}}"
_TILE: Final = "{index}/{level}/{column}/{row}"
_PLANES: Final = {
    "axial": Plane.AXIAL,
    "coronal": Plane.CORONAL,
    "sagittal": Plane.SAGITTAL,
    "oblique": Plane.OBLIQUE,
}
_LONGEST_DIRECTION: Final = 1e6
_SHORTEST_DIRECTION: Final = 1e-6

AT_ONCE: Final = 4
"""Tiles of planes being made: two threads draw, and the oblique ones among them go one by one."""
MOST_OF_ONE: Final = 64
"""Tiles of one person being made or waiting; a page asks for six."""

Vector = tuple[float, float, float]


class Planes:
    """`GET .../planes/{plane}`, `.../values/...` and `.../display/...` below it."""

    def __init__(self, *, rooms: Rooms, door: Door, planes: PlaneRenderer) -> None:
        self._rooms = rooms
        self._door = door
        self._planes = planes
        self._turns = Turns(at_once=AT_ONCE, of_one=MOST_OF_ONE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PLANE, self._geometry),
            web.get(f"{_PLANE}/values/{_TILE}", self._values),
            web.get(f"{_PLANE}/display/{_TILE}", self._display),
        ]

    async def _geometry(self, request: web.Request) -> web.Response:
        _, ref = await self._series(request)
        stack = natural(request.match_info["stack"])
        return bodies.answer(_geometry(await self._planes.planes(ref, stack, aim(request))))

    async def _values(self, request: web.Request) -> web.Response:
        person, ref = await self._series(request)
        encoding = negotiated(request)
        at, wanted, thick = _address(request), aim(request), slab(request)
        async with self._turns.turn(person):
            body = await self._planes.values_tile(ref, at, wanted, thick, encoding)
        return packed(body, encoding)

    async def _display(self, request: web.Request) -> web.Response:
        person, ref = await self._series(request)
        at, wanted, thick, voi = _address(request), aim(request), slab(request), window(request)
        async with self._turns.turn(person):
            body = await self._planes.display_tile(ref, at, wanted, thick, voi)
        return web.Response(body=body, content_type="image/jpeg")

    async def _series(self, request: web.Request) -> tuple[str, SeriesRef]:
        """Who asks, and for what."""
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        return f"{asker.room}/{asker.principal}", ref


def aim(request: web.Request) -> Aim:
    """Which planes a request means: `normal`, `up` (directions) and `point`, each `x,y,z` in LPS.

    Directions come out in six, places in three digits behind the point, so that equal ones are one picture.
    Raises BadRequest.
    """
    plane = _plane(request)
    return Aim(
        plane,
        normal=_direction(request, "normal"),
        point=_place(request, "point"),
        up=_direction(request, "up"),
    )


def slab(request: web.Request) -> Slab:
    """How thick the plane is, from `slab_mm` and `projection`. Raises BadRequest."""
    try:
        projection = Projection(request.query.get("projection", Projection.MIP))
    except ValueError:
        raise BadRequest(reason="projection must be mip, minip or mean") from None
    thickness = finite("slab_mm", request.query.get("slab_mm", "0"))
    if not 0 <= thickness <= FARTHEST_MM:
        raise BadRequest(reason=f"slab_mm must lie within 0 and {FARTHEST_MM:.0f}")
    thickness = round(thickness, 3)
    return Slab(thickness, projection) if thickness > 0 else Slab()


def _plane(request: web.Request) -> Plane:
    plane = _PLANES.get(request.match_info["plane"])
    if plane is None:
        raise BadRequest(reason="planes are axial, coronal, sagittal and oblique")
    return plane


def _address(request: web.Request) -> TileAddress:
    """The tile a request names. Raises NoSuchTile, BadRequest."""
    match = request.match_info
    return TileAddress(
        stack=natural(match["stack"]),
        plane=_plane(request),
        index=natural(match["index"]),
        level=natural(match["level"]),
        column=natural(match["column"]),
        row=natural(match["row"]),
    )


def _vector(request: web.Request, name: str) -> Vector | None:
    text = request.query.get(name)
    if text is None:
        return None
    parts = text[:200].split(",")
    if len(parts) != 3:
        raise BadRequest(reason=f"{name} must be three numbers with commas between them")
    x, y, z = (finite(name, part) for part in parts)
    return (x, y, z)


def _direction(request: web.Request, name: str) -> Vector | None:
    vector = _vector(request, name)
    if vector is None:
        return None
    if max(abs(part) for part in vector) > _LONGEST_DIRECTION:
        raise BadRequest(reason=f"{name} is too long")
    length = math.hypot(*vector)
    if length < _SHORTEST_DIRECTION:
        raise BadRequest(reason=f"{name} has no direction")
    x, y, z = (round(part / length, 6) + 0.0 for part in vector)
    return (x, y, z)


def _place(request: web.Request, name: str) -> Vector | None:
    vector = _vector(request, name)
    if vector is None:
        return None
    if max(abs(part) for part in vector) > FARTHEST_MM:
        raise BadRequest(reason=f"{name} lies too far away")
    x, y, z = (round(part, 3) + 0.0 for part in vector)
    return (x, y, z)


def _geometry(shown: ParallelPlanes) -> PlaneGeometry:
    left, right, top, bottom = shown.letters
    return PlaneGeometry.model_validate(
        {
            "plane": shown.plane.value,
            "rows": shown.rows,
            "columns": shown.columns,
            "level_count": level_count(shown.rows, shown.columns),
            "count": shown.count,
            "index": shown.index,
            "first_mm": shown.first_mm,
            "step_mm": shown.step_mm,
            "right": shown.right,
            "down": shown.down,
            "spacing_mm": shown.spacing_mm,
            "sides": SideNames(left=left, right=right, top=top, bottom=bottom),
            "native": shown.native,
            "note": shown.note,
        }
    )
