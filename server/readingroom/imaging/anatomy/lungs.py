"""The phantom's lungs: where they are, how dense, and the vessels that branch in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.anatomy.organs import PULMONARY_ARTERIES, PULMONARY_VEINS
from readingroom.imaging.anatomy.outlines import Section, section
from readingroom.imaging.anatomy.shapes import (
    Place,
    Rows,
    barrel,
    blend,
    capsule,
    compiled,
    ellipse,
    ellipsoid,
    over,
    rows,
    wave,
)


@compiled
def diaphragm(x: float, y: float) -> float:
    """Height of the diaphragm above a place in the plane, mm, in full inspiration."""
    v = (y - 2) / 78 if y > 2 else (y - 2) / 96
    u = (x + 66) / 84
    q = u * u + v * v
    right = -100 - 58 * q - 22 * q * q
    u = (x - 66) / 82
    q = u * u + v * v
    left = -114 - 56 * q - 22 * q * q
    u, v = (x - 6) / 62, (y + 16) / 70
    heart = -124 - 40 * (u * u + v * v)
    return max(-blend(blend(-right, -left, 14.0), -heart, 10.0), -205.0)


@compiled
def mediastinum(x: float, y: float, z: float, s: Section) -> float:
    """Distance to what lies between the lungs: spine, great vessels, heart and the fat around them."""
    if x < -74 or x > 100:  # well inside a lung, or beyond it
        return 10.0
    d = ellipse(x, y - s.spine_cy - 20, 25.0, 37.0)
    d = blend(d, ellipse(x + 1, y - s.middle_cy, s.middle_x, s.middle_y), 12.0)
    if z < 76:  # anterior septum, and the fat behind the sternum
        front = s.cage_cy - s.cage_y
        d = blend(d, capsule(x, y, 1.0, front - 2, 3.0, s.middle_cy, 4.0 + max(-104 - z, 0.0) * 0.3), 16.0)
    if z < 52:  # descending aorta
        d = blend(d, sqrt((x - 24 + max(-40 - z, 0.0) * 0.11) ** 2 + (y - s.spine_cy + 13) ** 2) - 15, 8.0)
    if z < 45:  # hila
        d = blend(d, ellipsoid(x + 36, y - 6, z + 18, 17.0, 14.0, 22.0), 10.0)
        d = blend(d, ellipsoid(x - 37, y - 9, z + 10, 16.0, 14.0, 22.0), 10.0)
    if z < 10:  # heart: right side, then the long left one
        d = blend(d, ellipsoid(x + 16, y + 22, z + 62, 40.0, 46.0, 54.0), 10.0)
        u = 0.80 * (x - 32) - 0.60 * (y + 26)
        v = 0.60 * (x - 32) + 0.80 * (y + 26)
        d = blend(d, ellipsoid(u, v, z + 80 + 0.25 * u, 55.0, 38.0, 40.0), 10.0)
    return d


@compiled
def lung(x: float, y: float, z: float, s: Section, breath: float) -> float:
    """Distance to the lungs, mm; negative inside."""
    wall = barrel(x, y - s.cage_cy, s.cage_x, s.cage_y) * s.slope + 2.0
    if wall > 12.0:
        return wall
    floor_ = (diaphragm(x, y) + breath - z) * 0.8
    return max(max(wall, floor_), -mediastinum(x, y, z, s))


@compiled
def lung_distances(places: NDArray[np.float64], s: Section, out: NDArray[np.float64]) -> None:
    """`lung` for places [n, 3] of about the same height, in full inspiration."""
    for i in range(places.shape[0]):
        out[i] = lung(places[i, 0], places[i, 1], places[i, 2], s, 0.0)


@compiled
def lung_hu(x: float, y: float, z: float) -> float:
    """Aerated lung, denser behind (gravity), with the oblique and horizontal fissures."""
    hu = -868.0 + 0.32 * y
    oblique = 0.62 * (y - 12) - 0.78 * (z + 18)
    if abs(oblique) < 5:
        hu = over(hu, -725.0, abs(oblique + 3 * wave(x * 0.05)) - 0.35, 1.4)
    if x < 0 and oblique < 0 and abs(z + 8) < 9:
        hu = over(hu, -735.0, abs(z + 6 + 0.06 * (y + 40) + 2.5 * wave(x * 0.06)) - 0.3, 1.4)
    return hu


def _lung_points(count: int, side: float, seed: int, keep_out: tuple[Place, float]) -> Rows:
    """Places inside one lung, evenly spread: [count, 3]."""
    random = np.random.Generator(np.random.PCG64(seed))
    cloud = random.random((9 * count, 3)) * (140.0 * side, 180.0, 312.0) + (0.0, -90.0, -208.0)
    away = np.sqrt(((cloud - np.array(keep_out[0])) ** 2).sum(axis=1)) > keep_out[1]
    inside = np.zeros(len(cloud), dtype=np.bool_)
    slab = np.floor(cloud[:, 2] / 4).astype(np.int64)
    for level in range(-52, 26):
        here = np.flatnonzero(slab == level)
        distance = np.empty(len(here))
        lung_distances(cloud[here], section(4.0 * level + 2), distance)
        inside[here] = distance < -2.5
    chosen: Rows = cloud[inside & away][:count]
    return chosen


@compiled
def _grow(nodes: Rows, roots: int, parent: NDArray[np.int64], order: NDArray[np.int64]) -> None:
    """A spanning tree from the first `roots` nodes; each piece is weighed against its way back to the root.

    `parent` of every node and the `order` they joined in are filled in. Source: Cuntz et al. 2010.
    """
    count = nodes.shape[0]
    way = np.zeros(count)
    cost = np.full(count, np.inf)
    waiting = np.ones(count, dtype=np.bool_)
    waiting[:roots] = False
    new = 0
    for step in range(count - 1):
        best, best_cost = -1, np.inf
        for i in range(count):
            if not waiting[i]:
                continue
            x, y, z = nodes[i, 0] - nodes[new, 0], nodes[i, 1] - nodes[new, 1], nodes[i, 2] - nodes[new, 2]
            reach = sqrt(x * x + y * y + z * z)
            total = reach + 0.55 * (way[new] + reach)
            if total < cost[i]:
                cost[i], parent[i] = total, new
            if cost[i] < best_cost:
                best, best_cost = i, cost[i]
        if step < roots - 1:  # let every root be seen before anything grows
            new = step + 1
            continue
        new = best
        x = nodes[new, 0] - nodes[parent[new], 0]
        y = nodes[new, 1] - nodes[parent[new], 1]
        z = nodes[new, 2] - nodes[parent[new], 2]
        way[new] = way[parent[new]] + sqrt(x * x + y * y + z * z)
        waiting[new] = False
        order[step - roots + 1] = new


def _tree(stems: Sequence[Place], points: Rows, tip: float, hu: float) -> list[list[float]]:
    """Tubes from the stems to every point; radii by Murray's law (r^2.8 adds up), `tip` mm at the ends."""
    nodes = np.vstack([np.array(stems), points])
    parent = np.zeros(len(nodes), dtype=np.int64)
    order = np.zeros(len(points), dtype=np.int64)
    _grow(nodes, len(stems), parent, order)
    flow = np.ones(len(nodes))
    for node in reversed(order):
        flow[parent[node]] += flow[node]
    radius = tip * flow ** (1 / 2.8)
    thick = np.minimum(radius[parent[order]], radius[order] * 1.35)
    density = np.full(len(order), hu)
    table = np.column_stack([nodes[parent[order]], nodes[order], thick, radius[order], density])
    return [list(map(float, row)) for row in table]


@cache
def lung_vessels(keep_out: tuple[Place, float]) -> Rows:
    """Arteries and veins of both lungs as tubes, away from `keep_out` (center, mm)."""
    left, right = PULMONARY_ARTERIES
    trees = (
        (-1.0, (right[3], right[5]), 60.0),
        (1.0, (left[4], left[6]), 60.0),
        (-1.0, (PULMONARY_VEINS[0][-1], PULMONARY_VEINS[1][-1]), 40.0),
        (1.0, (PULMONARY_VEINS[2][-1], PULMONARY_VEINS[3][-1]), 40.0),
    )
    parts: list[list[float]] = []
    for seed, (side, stems, hu) in enumerate(trees):
        points = _lung_points(2200, side, seed, keep_out)
        parts += _tree([(x, y, z) for x, y, z, _ in stems], points, 0.40, hu)
    tubes = rows(parts)
    apart: Rows = tubes[_gap(tubes, keep_out[0]) > keep_out[1]]
    return apart


def _gap(tubes: Rows, place: Place) -> Rows:
    """How far each tube's surface is from a place, mm: [n]."""
    start, along = tubes[:, 0:3], tubes[:, 3:6] - tubes[:, 0:3]
    t = ((np.array(place) - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9)
    nearest = start + np.clip(t, 0, 1)[:, None] * along
    gap: Rows = np.sqrt(((nearest - np.array(place)) ** 2).sum(axis=1)) - np.maximum(tubes[:, 6], tubes[:, 7])
    return gap
