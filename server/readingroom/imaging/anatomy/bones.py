"""The phantom's bones: vertebrae and ribs as distances, collar bones and shoulders as tubes."""

from __future__ import annotations

from math import floor, pi, sqrt

from readingroom.imaging.anatomy.shapes import (
    Rows,
    blend,
    capsule,
    compiled,
    ellipse,
    line,
    over,
    rows,
    tube,
    wave,
)


@compiled
def bone(hu: float, d: float, cortex: float, marrow: float, pixel: float) -> float:
    """A bone painted over hu: dense shell, then marrow."""
    hu = over(hu, 760.0, d, pixel)
    return over(hu, marrow, d + cortex, pixel)


@compiled
def vertebra(hu: float, x: float, y: float, z: float, cy: float, pixel: float) -> float:
    """One of a column of vertebrae, 24.0 mm apart, painted over hu."""
    y = y - cy
    level = (z + 996.0) / 24.0
    up = (level - floor(level) - 0.5) * 24.0
    height = abs(up)
    size = 1.0 + 0.0012 * (40.0 - z)
    waist = 0.90 + 0.10 * (height / 10.0) ** 2
    body = ellipse(x, y, 16.0 * size * waist, 13.5 * size * waist)
    if y > 0:
        body = -blend(-body, -(y - 11.5 * size), 3.0)
    hu = over(hu, 88.0, body, pixel)
    hu = bone(hu, max(body, height - 10.0), 1.1, 205.0 + 18 * wave(x * 1.3) * wave(y * 1.1 + z), pixel)
    arch = sqrt(x * x + (y - 21) ** 2)
    if height < 9.0:
        hu = bone(hu, abs(arch - 11.5) - 3.0, 1.0, 260.0, pixel)
        ax = abs(x)
        if up > -6:
            hu = bone(hu, max(capsule(ax, y, 11.5, 9.0, 12.0, 20.0, 3.6), -up - 5), 1.0, 260.0, pixel)
        hu = bone(hu, max(capsule(ax, y, 13.0, 21.0, 33.0, 31.0, 4.6), height - 7), 1.0, 230.0, pixel)
    else:
        hu = over(hu, 45.0, abs(arch - 11.0) - 2.5, pixel)
        hu = bone(hu, ellipse(abs(x) - 13, y - 22, 5.5, 4.5), 1.2, 300.0, pixel)
    slant = (z + 996.0 + (y - 28) * 0.55) / 24.0
    process = abs(slant - floor(slant) - 0.5) * 24.0 - 8.0
    hu = bone(
        hu,
        max(capsule(x, y, 0.0, 33.0, 0.0, 48.0 - max(z - 20, 0.0) * 0.1, 2.8), process),
        0.9,
        240.0,
        pixel,
    )
    if y < 34 and abs(x) > 12:  # neck of the rib, from the disc to the transverse process
        hu = bone(hu, max(capsule(abs(x), y, 15.0, 7.0, 38.0, 27.0, 3.6), 6.5 - height), 1.0, 230.0, pixel)
    hu = over(hu, -40.0, arch - 8.6, pixel)
    hu = over(hu, 18.0, arch - 7.4, pixel)
    return over(hu, 42.0, ellipse(x, y - 21, 5.6, 4.2), pixel)


@compiled
def ribs(hu: float, depth: float, turn: float, z: float, pixel: float) -> float:
    """Twelve ribs on the cage: `depth` mm outside its wall, `turn` 0 at the spine to 1 at the sternum."""
    for i in range(12):
        end = 0.96 if i < 10 else 0.62 - 0.18 * (i - 10)
        if turn > end or turn < 0.115:
            continue
        drop = 44.0 + 15.0 * i if i < 5 else 116.0 - 2.0 * (i - 5)
        head = 84.0 - 24.0 * i
        down = 0.5 - 0.5 * wave(pi * (0.5 + min(turn / 0.82, 1.0)))
        lift = max(turn - 0.74, 0.0) / 0.26
        height = head + 5 * wave(pi * min(turn * 4, 1.0)) - drop * down
        if i > 3:
            height += (12.0 * (i - 3)) * lift * lift
        off = z - height
        if abs(off) > 9:
            continue
        tall = 6.3 if turn < 0.74 else 7.0
        q = sqrt((off / tall) ** 2 + ((depth - 5.0) / 3.9) ** 2)
        d = (q - 1) * 4.4
        bony = 0.76 - 0.02 * i
        if turn < bony:
            hu = bone(hu, d, 1.15, 215.0, pixel)
        else:
            hu = over(hu, 118.0, d, pixel)
            if turn < bony + 0.012:
                hu = over(hu, 420.0, d, pixel)
    return hu


def bone_tubes() -> Rows:
    """Collar bones, shoulder joints, heads of the upper arms."""
    parts: list[list[float]] = []
    for side in (-1.0, 1.0):
        clavicle = line("17 -58 46 8 | 40 -54 58 6 | 80 -38 78 5.5 | 118 -14 97 6 | 140 6 110 7", side)
        parts += tube(clavicle, 720.0)
        parts += tube(clavicle, 190.0, wall=-1.7)
        glenoid = line("118 44 78 7 | 126 34 90 10 | 132 28 104 12", side)
        parts += tube(glenoid, 700.0)
        parts += tube(glenoid, 220.0, wall=-1.8)
        humerus = line("152 18 104 20 | 158 16 122 21", side)
        parts += tube(humerus, 680.0)
        parts += tube(humerus, 210.0, wall=-1.8)
    return rows(parts)
