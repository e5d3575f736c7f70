"""The phantom's alphabet: distances to simple shapes, soft edges, tubes and balls painted on a slice.

Patient frame in mm. A shape is a distance (negative inside) that a soft edge of about a pixel turns into
coverage, so a body of any pixel size is the same body. A tube is a row of nine numbers: both ends, the radius
at each, HU; a ball is a row of eleven: center, half axes, a turn about z then x as cosines and sines, HU.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import cos, floor, pi, radians, sin, sqrt
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.float32]
Rows = NDArray[np.float64]
Place = tuple[float, float, float]
Line = Sequence[tuple[float, float, float, float]]
"""The middle line of a tube: x, y, z, radius."""
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiled by numba on first call, kept on disk, without the GIL.

    numba looks only at the file of the outermost function: after a change here, delete `*.nbi` of the others.
    """
    return cast(Function, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


class View(NamedTuple):
    """Where the pixels of a slice are: center of the first pixel and steps, in mm, and the slice's z."""

    x: float
    y: float
    z: float
    dx: float
    dy: float
    breath: float
    """How much higher the diaphragm stands than in full inspiration, mm."""


@compiled
def wave(angle: float) -> float:
    """Nearly sin(angle), from two parabolas: quicker, and the same number on every machine."""
    turns = angle * (0.5 / pi)
    turns -= floor(turns + 0.5)
    return turns * (8.0 - 16.0 * abs(turns))


@compiled
def half_turn(across: float, ahead: float) -> float:
    """Nearly the angle between `ahead` and (ahead, across >= 0), 0 to 1 for half a turn; within 0.0015."""
    larger, smaller = max(across, abs(ahead)), min(across, abs(ahead))
    if larger < 1e-9:
        return 0.0
    q = smaller / larger
    eighth = q * (0.25 + 0.0869 * (1 - q))
    quarter = eighth if abs(ahead) > across else 0.5 - eighth
    return quarter if ahead > 0 else 1.0 - quarter


@compiled
def ellipse(x: float, y: float, a: float, b: float) -> float:
    """Distance to an ellipse about the origin, exact to first order near its edge."""
    u, v = x / a, y / b
    q = sqrt(u * u + v * v)
    g = sqrt((u / a) ** 2 + (v / b) ** 2)
    if g < 1e-9:
        return -min(a, b)
    return q * (q - 1) / g


@compiled
def barrel(x: float, y: float, a: float, b: float) -> float:
    """Distance along the ray from the origin to an oval a little squarer than an ellipse."""
    u, v = (x / a) ** 2, (y / b) ** 2
    q = sqrt(0.55 * (u + v) + 0.45 * sqrt(u * u + v * v))
    r = sqrt(x * x + y * y)
    if r < 1e-6:
        return -min(a, b)
    return r * (1 - 1 / q)


@compiled
def capsule(x: float, y: float, ax: float, ay: float, bx: float, by: float, r: float) -> float:
    ux, uy = bx - ax, by - ay
    t = min(max(((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy), 0.0), 1.0)
    return sqrt((x - ax - t * ux) ** 2 + (y - ay - t * uy) ** 2) - r


@compiled
def blend(a: float, b: float, k: float) -> float:
    """The union of two distances, rounded over k mm where they meet."""
    h = max(k - abs(a - b), 0.0) / k
    return min(a, b) - h * h * k * 0.25


@compiled
def over(hu: float, tissue: float, distance: float, pixel: float) -> float:
    """`tissue` painted over `hu` as far as the pixel lies inside."""
    cover = min(max(0.5 - distance / pixel, 0.0), 1.0)
    return hu + (tissue - hu) * cover


@compiled
def ellipsoid(x: float, y: float, z: float, a: float, b: float, c: float) -> float:
    q = sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    g = sqrt((x / (a * a)) ** 2 + (y / (b * b)) ** 2 + (z / (c * c)) ** 2)
    if g < 1e-9:
        return -min(a, b, c)
    return q * (q - 1) / g


@compiled
def paint_tubes(canvas: Canvas, tubes: Rows, v: View) -> None:
    """Tapered tubes [n, 9] where they cross the slice v.z; one thinner than a pixel fades instead."""
    rows, columns = canvas.shape
    pixel = 1.15 * sqrt(v.dx * v.dy)
    for i in range(tubes.shape[0]):
        ax, ay, az, bx, by, bz, ra, rb, hu = tubes[i]
        reach = max(ra, rb) + pixel
        if min(az, bz) - reach > v.z or max(az, bz) + reach < v.z:
            continue
        ux, uy, uz = bx - ax, by - ay, bz - az
        length2 = ux * ux + uy * uy + uz * uz
        left = max(int((min(ax, bx) - reach - v.x) / v.dx), 0)
        right = min(int((max(ax, bx) + reach - v.x) / v.dx) + 2, columns)
        top = max(int((min(ay, by) - reach - v.y) / v.dy), 0)
        bottom = min(int((max(ay, by) + reach - v.y) / v.dy) + 2, rows)
        for row in range(top, bottom):
            y = v.y + row * v.dy
            for column in range(left, right):
                x = v.x + column * v.dx
                t = ((x - ax) * ux + (y - ay) * uy + (v.z - az) * uz) / length2
                t = min(max(t, 0.0), 1.0)
                r = ra + t * (rb - ra)
                d = sqrt((x - ax - t * ux) ** 2 + (y - ay - t * uy) ** 2 + (v.z - az - t * uz) ** 2)
                cover = min(max(0.5 + (r - d) / pixel, 0.0), 1.0) * min(2 * r / pixel, 1.0)
                if cover > 0:
                    canvas[row, column] += cover * (hu - canvas[row, column])


@compiled
def paint_balls(canvas: Canvas, balls: Rows, v: View) -> None:
    """Turned ellipsoids [n, 11] where they cross the slice v.z."""
    rows, columns = canvas.shape
    pixel = 1.15 * sqrt(v.dx * v.dy)
    for i in range(balls.shape[0]):
        cx, cy, cz, a, b, c, cosz, sinz, cosx, sinx, hu = balls[i]
        reach = max(a, b, c) + pixel
        if abs(v.z - cz) > reach:
            continue
        left = max(int((cx - reach - v.x) / v.dx), 0)
        right = min(int((cx + reach - v.x) / v.dx) + 2, columns)
        top = max(int((cy - reach - v.y) / v.dy), 0)
        bottom = min(int((cy + reach - v.y) / v.dy) + 2, rows)
        for row in range(top, bottom):
            y = v.y + row * v.dy - cy
            for column in range(left, right):
                x = v.x + column * v.dx - cx
                p, q, s = cosz * x + sinz * y, cosz * y - sinz * x, v.z - cz
                q, s = cosx * q + sinx * s, cosx * s - sinx * q
                p, q, s = p / a, q / b, s / c
                k = sqrt(p * p + q * q + s * s)
                g = sqrt((p / a) ** 2 + (q / b) ** 2 + (s / c) ** 2)
                d = -min(a, b, c) if g < 1e-9 else k * (k - 1) / g
                cover = min(max(0.5 - d / pixel, 0.0), 1.0)
                if cover > 0:
                    canvas[row, column] += cover * (hu - canvas[row, column])


def ball(center: Place, axes: Place, hu: float, turn_z: float = 0.0, turn_x: float = 0.0) -> list[float]:
    """A row for paint_balls; turns in degrees."""
    z, x = radians(turn_z), radians(turn_x)
    return [*center, *axes, cos(z), sin(z), cos(x), sin(x), hu]


def line(text: str, side: float = 1.0) -> Line:
    """Places `x y z radius` with bars between; x is multiplied by `side`."""
    places = [tuple(map(float, place.split())) for place in text.split("|")]
    return [(side * x, y, z, radius) for x, y, z, radius in places]


def tube(points: Line, hu: float, wall: float = 0.0) -> list[list[float]]:
    """Rows for paint_tubes through points, rounded by a spline; `wall` is added to each radius."""
    knots = np.array(points, dtype=np.float64)
    ends = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    fine = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):  # Catmull-Rom
        for t in (0.0, 0.25, 0.5, 0.75):
            fine.append(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    fine.append(knots[-1])
    return [
        [*map(float, p[:3]), *map(float, q[:3]), float(p[3]) + wall, float(q[3]) + wall, hu]
        for p, q in zip(fine, fine[1:], strict=False)
    ]


def rows(parts: Iterable[Sequence[float]]) -> Rows:
    """Rows as one array."""
    return np.array(list(parts), dtype=np.float64)
