"""The phantom's torso: what tissue is at a place in the chest, painted slice by slice.

Patient frame in mm: +x left, +y posterior, +z head; z = 0 at the carina.
"""

from __future__ import annotations

from math import pi, sqrt

from readingroom.imaging.anatomy.bones import bone, ribs, vertebra
from readingroom.imaging.anatomy.lungs import diaphragm, lung_hu, mediastinum
from readingroom.imaging.anatomy.outlines import Section
from readingroom.imaging.anatomy.shapes import (
    Canvas,
    View,
    barrel,
    blend,
    compiled,
    ellipse,
    ellipsoid,
    half_turn,
    over,
    wave,
)

AIR_HU = -1000.0
FAT_HU = -104.0
MUSCLE_HU = 56.0
LIVER_HU = 92.0


@compiled
def _wall(
    x: float, y: float, z: float, s: Section, skin: float, cage: float, turn: float, pixel: float
) -> float:
    """The chest wall: skin, fat, muscles in layers with fat between them, ribs, scapula, sternum."""
    side = min(max(x / 25, -1.0), 1.0)
    fat = 7.0 + 7.0 * wave(pi * turn) ** 2 + 1.6 * wave(turn * 17 + z * 0.05) + 1.2 * wave(z * 0.09 + side)
    if turn < 0.2:
        fat += 3.5 * (0.2 - turn) / 0.2
    if turn > 0.68:
        fat += 5.0 * min((turn - 0.68) / 0.15, 1.0) * max(1 - abs(z + 30) / 90, 0.0)
    hu = over(AIR_HU, 5.0, skin, pixel)
    hu = over(hu, FAT_HU, skin + 1.9, pixel)
    under = skin + fat
    grain = MUSCLE_HU + 4 * wave(x * 0.4 + z * 0.2) * wave(y * 0.37)
    hu = over(hu, grain, under, pixel)
    room = -under - (cage - 11)  # muscle between subcutaneous fat and ribs
    ax = abs(x)
    if cage > 11:
        sway = 0.8 * wave(turn * 23 + z * 0.07)
        neck = max(z - 80, 0.0) * 0.15
        patch = 0.7 * wave(turn * 14 + z * 0.06 + side) - neck
        hu = over(hu, -78.0, abs(cage - 12.6 - 0.5 * sway) - 0.9 - patch, pixel)
        if room > -60:
            total = -under + cage - 12
            if total > 12:
                seam = (
                    abs(-under - total * (0.50 + 0.10 * wave(turn * 9 + z * 0.03)) + 2 * sway) - 0.7 - patch
                )
                hu = over(hu, -85.0, seam, pixel)
            if total > 26:
                hu = over(hu, -80.0, abs(-under - total * 0.26 + 2.5 * sway) - 0.4 + patch + 2 * neck, pixel)
        if z > 84:  # between the muscles of the shoulder
            thick = min((z - 84) * 0.1, 0.9)
            for seam in (
                abs(ellipse(ax - 92, y - 30 + 0.2 * (ax - 92), 46.0, 17.0)),
                abs(ellipse(ax - 100, y - 2, 52.0, 13.0)),
                abs(ellipse(ax - 66, y - 58, 60.0, 14.0)),
            ):
                hu = over(hu, -88.0, seam - thick - 0.6 * wave(ax * 0.11 + y * 0.13), pixel)
        if z > 20 and 0.36 < turn < 0.64:  # armpit
            pit = ellipse(
                ax - 138 + 3 * wave(y * 0.2),
                y - 12 + (z - 50) * 0.2 + 4 * wave(ax * 0.17 + z * 0.04),
                14.0,
                24.0,
            )
            hu = over(hu, -98.0, pit + 26 * max(1 - (z - 20) / 30, 0.0), pixel)
    else:
        hu = over(hu, -55.0, abs(cage - 9.5) - 0.6, pixel)
        hu = over(hu, -90.0, cage - 1.6, pixel)
    back = y - s.spine_cy
    if ax < 58 and back > 22 and (cage > 8 or ax < 30):  # erector spinae in its fat
        hu = over(hu, FAT_HU, max(ellipse(ax - 25, back - 37.5, 27.0, 16.0), under + 1), pixel)
        hu = over(hu, grain, max(ellipse(ax - 25, back - 37, 25.0, 14.3), under + 2), pixel)
        hu = over(hu, -60.0, max(abs(ax - 24 - 0.3 * (back - 37)) - 0.7, abs(back - 38) - 11), pixel)
    if 0.0 < cage < 11 and turn < 0.97:
        hu = ribs(hu, cage, turn, z, pixel)
    if z > -45 and y > 0 and cage > 11:  # scapula: a blade on the back of the cage
        along = (turn - 0.335) * 320.0
        reach = 48.0 * min(max((z + 45) / 100, 0.0), 1.0)
        rim = max(abs(along) - reach, z - 88)
        thick = (
            1.6
            + 4.2 * min(max(1 - abs(along - reach) / 12, 0.0), 1.0)
            + 2.0 * max(1 - abs(along + reach) / 6, 0.0)
        )
        blade = abs(cage - 20.0 - 3 * wave(along * 0.05)) - thick
        hu = bone(hu, max(blade, rim), 1.2, 240.0, pixel)
        if z > 30:  # its spine
            ridge = max(abs(cage - 29.0) - 8, abs(along - 6 - 0.25 * (z - 60)) - 3.2)
            hu = bone(hu, max(ridge, abs(z - 62 - 0.3 * along) - 13), 1.1, 240.0, pixel)
    front = s.cage_cy - s.cage_y
    if ax < 34 and z < 48 and y < front + 8:
        half = 26.0 - max(18 - z, 0.0) * 0.22 if z > -20 else 17.6 + min((-20 - z) * 0.06, 3.5)
        taper = max(-92 - z, 0.0) * 0.45
        wide, deep = ax - half + taper + 4, abs(y - front + 7.5) - 1.4
        plate = sqrt(max(wide, 0.0) ** 2 + max(deep, 0.0) ** 2) + min(max(wide, deep), 0.0) - 4
        joint = abs(z - 2) - 1.8
        plate = max(max(plate, -joint), max(z - 40 - ax * 0.25, -124 - z))
        hu = bone(hu, plate, 1.2, 150.0, pixel)
    return hu


@compiled
def _abdomen(x: float, y: float, z: float, below: float, cage: float, pixel: float) -> float:
    """Liver, stomach with its bubble, spleen, in fat; `below` mm under the diaphragm."""
    hu = FAT_HU + 6 * wave(x * 0.3 + z * 0.2) * wave(y * 0.25)
    edge = 36.0 - 0.5 * (y + 20) - 0.004 * (y + 20) ** 2 + 0.2 * (z + 130) + 4 * wave(y * 0.06 + z * 0.03)
    texture = LIVER_HU + 5 * wave(x * 0.17 + z * 0.1) * wave(y * 0.15 + z * 0.07)
    hu = over(hu, texture, max(max(x - edge, 3.0 - below), cage + 3.5), pixel)
    spleen = ellipsoid(
        0.88 * (x - 92) + 0.47 * (y - 38), -0.47 * (x - 92) + 0.88 * (y - 38), z + 168, 24.0, 46.0, 42.0
    )
    hu = over(hu, 112.0, max(max(spleen, 3.2 - below), cage + 3.5), pixel)
    stomach = blend(
        ellipsoid(x - 72, y + 2, z + 156, 38.0, 40.0, 36.0),
        ellipsoid(x - 46, y + 34, z + 190, 40.0, 26.0, 40.0),
        14.0,
    )
    stomach = max(stomach, 3.2 - below)
    hu = over(hu, 62.0, max(stomach, cage + 4), pixel)
    content = 22.0 if y > -6 else -985.0
    hu = over(hu, content, max(stomach, cage + 4) + 3.6, pixel)
    if below < 8:
        hu = over(hu, 48.0, abs(below - 1.5) - 1.5, 2 * pixel)
    return hu


@compiled
def _pixel_hu(x: float, y: float, s: Section, v: View, pixel: float) -> float:
    z = v.z
    skin = barrel(x, y - s.body_cy, s.body_x, s.body_y)
    notch = max(1 - abs(x) / 30, 0.0)  # the groove over the spine, the dip over the sternum
    skin += (5.0 if y > 0 else 2.5) * notch * notch
    if skin > pixel:
        return AIR_HU
    cage = barrel(x, y - s.cage_cy, s.cage_x, s.cage_y) * s.slope
    near_spine = abs(x) < 42 and y > s.spine_cy - 22
    if cage > 0 or (near_spine and y > s.spine_cy + 12):
        turn = half_turn(abs(x), y - s.cage_cy)
        hu = _wall(x, y, z, s, skin, cage, turn, pixel)
        if z > 84 and cage < 40:  # root of the neck: fat between its muscles
            loose = ellipse(x, y - s.middle_cy + 4, 52.0, 32.0)
            hu = over(hu, FAT_HU + 12, loose + max(92 - z, 0.0) * 2, 4 * pixel)
    else:
        hu = FAT_HU + 8 * wave(x * 0.35 + z * 0.23) * wave(y * 0.31 - z * 0.17)
        hu = over(hu, 10.0, -cage - 1.0, pixel)
    if cage <= pixel:
        below = (diaphragm(x, y) + v.breath - z) * 0.8
        between = mediastinum(x, y, z, s)
        inside = max(cage + 2.0, -between)
        if below > -pixel:
            behind = 4.0 - ellipse(x, y - s.spine_cy - 20, 30.0, 44.0)
            hu = over(hu, _abdomen(x, y, z, below, cage, pixel), max(max(-below, cage + 2.0), behind), pixel)
        hu = over(hu, 20.0, max(inside, below) - 0.9, pixel)
        hu = over(hu, lung_hu(x, y, z), max(inside, below), pixel)
    if near_spine:
        hu = vertebra(hu, x, y, z, s.spine_cy, pixel)
    return hu


@compiled
def paint_torso(canvas: Canvas, s: Section, v: View) -> None:
    """The torso at v.z into canvas [rows, columns], float32 HU; what is there is overwritten."""
    rows, columns = canvas.shape
    pixel = 1.15 * sqrt(v.dx * v.dy)
    for row in range(rows):
        y = v.y + row * v.dy
        for column in range(columns):
            canvas[row, column] = _pixel_hu(v.x + column * v.dx, y, s, v, pixel)
