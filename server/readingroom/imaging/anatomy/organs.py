"""The phantom's organs: heart chambers, great vessels, airways, as tables of balls and tubes.

A path is text: places `x y z radius` in mm, one after the other with bars between.
"""

from __future__ import annotations

import numpy as np

from readingroom.imaging.anatomy.shapes import Line, Rows, ball, line, rows, tube

BLOOD_HU = 195.0
"""Contrast-enhanced blood in the aorta."""
AIRWAY_HU = -995.0
HEART_MUSCLE_HU = 98.0


AORTA: Line = line(
    "6 -18 -46 14 | -8 -30 -28 15.5 | -14 -31 -6 15.5 | -13 -27 18 15 | -3 -17 38 14.5"
    " | 12 8 43 13.5 | 22 28 34 13 | 25 40 10 12.5 | 25 41 -25 12 | 22 41 -70 11.5"
    " | 15 35 -120 11 | 8 25 -165 10.5 | 6 17 -235 10"
)
TRACHEA: Line = line("1 -2 135 8.5 | 0 3 90 8.8 | -2 9 50 9 | -2 16 10 9 | -1 18 0 9")
AIRWAYS: tuple[Line, ...] = (
    line(
        "-3 18 1 7.5 | -17 20 -12 7 | -29 20 -22 6.3 | -35 20 -40 5.4 | -42 26 -62 4.4"
        " | -54 36 -88 3 | -62 46 -118 1.8"
    ),
    line("-25 20 -18 4.8 | -40 18 -8 4 | -52 14 10 2.8 | -58 10 34 1.7"),
    line("-44 17 -5 2.8 | -62 22 0 2 | -80 28 6 1.3"),
    line("-36 20 -44 3.6 | -50 4 -58 2.7 | -64 -18 -72 1.6"),
    line("1 18 1 7 | 18 22 -14 6.6 | 36 24 -27 6 | 44 26 -42 4.8 | 54 34 -66 3.6 | 64 44 -98 2.2"),
    line("36 24 -26 4.4 | 50 14 -20 3.6 | 60 6 2 2.6 | 64 6 32 1.6"),
    line("50 14 -21 3 | 64 -6 -34 2.3 | 74 -24 -46 1.4"),
)
PULMONARY_ARTERIES: tuple[Line, ...] = (
    line(
        "14 -50 -46 13 | 18 -44 -26 14 | 20 -28 -8 14 | 22 -8 2 12.5 | 36 12 2 10.5 | 48 24 -12 9"
        " | 52 30 -34 7.2"
    ),
    line("18 -20 -6 11 | 2 -8 -13 11.5 | -18 -3 -15 11 | -38 3 -20 9.5 | -46 12 -34 7.8 | -48 20 -52 6.2"),
)
PULMONARY_VEINS: tuple[Line, ...] = (
    line("-8 8 -44 7.5 | -28 4 -42 6.5 | -44 -2 -30 5 | -52 -6 -14 4"),
    line("-8 14 -56 7.5 | -28 20 -62 6.5 | -44 28 -72 5"),
    line("20 10 -40 7 | 36 4 -34 6 | 50 -2 -20 4.4"),
    line("20 16 -54 7 | 36 26 -60 6 | 50 32 -72 4.6"),
)
VENA_CAVA: Line = line("-22 -30 62 7 | -26 -20 42 8.5 | -29 -16 10 9.5 | -29 -14 -20 10 | -27 -12 -42 11")
LEFT_BRACHIOCEPHALIC: Line = line("40 -22 92 5 | 26 -34 72 5.5 | 4 -44 55 6.5 | -22 -27 44 7")


HEPATIC_VEINS: tuple[Line, ...] = (
    line("-24 6 -132 5 | -50 14 -138 4.5 | -78 12 -150 3.2 | -100 4 -166 1.6"),
    line("-24 2 -134 4.6 | -44 -20 -142 4 | -66 -44 -156 2.6 | -80 -58 -172 1.4"),
    line("-20 0 -136 4.2 | -8 -20 -146 3.6 | 6 -42 -158 2.2 | 12 -54 -170 1.2"),
    line("-22 -6 -196 7 | -44 -4 -184 5 | -72 4 -180 3.6 | -94 20 -178 1.6"),
    line("-46 -4 -184 4 | -64 -26 -180 3 | -82 -40 -184 1.6"),
    line("-26 -6 -194 4.6 | -14 -28 -186 3.4 | 2 -44 -180 1.8"),
)


def chambers() -> Rows:
    """Heart walls and the blood in them, as balls."""
    wall, right, left = HEART_MUSCLE_HU, BLOOD_HU - 12, BLOOD_HU - 5
    return rows(
        [
            # right atrium, right ventricle and its outlet, left atrium
            ball((-27, -20, -68), (23, 27, 33), wall),
            ball((8, -49, -80), (38, 20, 34), wall, 20, 12),
            ball((12, -47, -54), (18, 15, 18), wall),
            ball((4, 12, -50), (32, 18.5, 23), wall, -6),
            ball((-27, -20, -68), (20.5, 24.5, 30.5), right - 4),
            ball((6, -50, -79), (35, 16.5, 31), right, 20, 12),
            ball((12, -47, -54), (15, 12.5, 18), right),
            ball((-12, -38, -74), (12, 8, 12), right, 40),
            ball((4, 12, -50), (30, 16.5, 21), left, -6),
            # left ventricle, mitral opening, papillary muscles
            ball((41, -24, -80), (45, 30, 32), wall, -36, 14),
            ball((38, -21, -78), (33, 18.5, 21), left, -36, 14),
            ball((20, -6, -60), (15, 13, 12), left, -40),
            ball((50, -22, -76), (7, 4, 4.5), wall, -30),
            ball((46, -34, -90), (9, 3.5, 4), wall, -30),
        ]
    )


def _great_vessels() -> Rows:
    parts: list[list[float]] = []
    for vessel in PULMONARY_VEINS:
        parts += tube(vessel, BLOOD_HU - 10)
    parts += tube(line("-21 -6 -92 11 | -22 0 -112 11.5 | -22 8 -150 11 | -20 12 -235 11"), 128.0)
    for vessel in HEPATIC_VEINS:
        parts += tube(vessel, 128.0)
    parts += tube(LEFT_BRACHIOCEPHALIC, BLOOD_HU + 30)
    parts += tube(VENA_CAVA, BLOOD_HU + 30)
    parts += tube(line("-44 -18 92 5 | -30 -30 74 6 | -24 -28 54 7"), BLOOD_HU + 20)
    for vessel in PULMONARY_ARTERIES:
        parts += tube(vessel, BLOOD_HU + 10)
    parts += tube(line("-2 -16 42 6.5 | -12 -16 62 6 | -20 -10 84 5 | -24 -6 130 3.6"), BLOOD_HU)
    parts += tube(line("4 -6 44 4.5 | 10 -4 66 4 | 18 -2 90 3.6 | 22 -4 130 3.4"), BLOOD_HU)
    parts += tube(line("14 8 44 5.2 | 23 10 68 4.8 | 32 4 90 4.2 | 62 -10 98 4"), BLOOD_HU)
    parts += tube(line("-21 -8 78 4.6 | -36 -4 95 4 | -62 -10 98 4"), BLOOD_HU)
    for side in (-1.0, 1.0):
        arm = line("62 -10 98 4.2 | 98 -8 84 4 | 132 6 56 3.6 | 150 14 40 3", side)
        parts += tube(arm, BLOOD_HU)
        parts += tube([(x, y - 9, z - 3, r + 0.6) for x, y, z, r in arm], BLOOD_HU + 10)
        parts += tube(line("7 -58 50 1.3 | 13 -71 -10 1.3 | 13 -82 -90 1.2", side), 150.0)
        parts += tube(line("14 26 -128 3 | 10 22 -160 5 | 12 24 -230 6", side), 60.0)
    parts += tube(AORTA, 70.0, wall=1.4)
    parts += tube(AORTA, BLOOD_HU)
    parts += tube(
        line("-9 34 -200 3 | -8 40 -60 3.4 | -8 36 0 3.8 | -14 28 16 4 | -24 6 16 4 | -27 -10 10 4"),
        BLOOD_HU - 25,
    )
    gullet = line(
        "2 14 130 6 | 5 24 70 6.4 | 6 31 20 6.6 | 2 33 -20 6.6 | 3 33 -70 7 | 10 22 -120 7.5 | 32 4 -140 8"
    )
    parts += tube(gullet, 52.0)
    parts += tube([(x, y - 0.5, z, 1.7) for x, y, z, _ in gullet[:4]], -720.0)
    for x, y, z, r in line(
        "-16 4 28 3.6 | -13 -2 36 3 | 14 12 12 3.4 | -6 24 -12 4.6 | 4 -44 30 2.6 | -38 14 -4 3.8"
        " | 20 -36 24 3"
    ):  # lymph nodes
        parts.append([x, y, z, x + 2, y + 1, z + 3, r, r * 0.8, 68.0])
    return rows(parts)


def _neck() -> Rows:
    """Thyroid and the long muscles of the neck's root."""
    parts: list[list[float]] = []
    for side in (-1.0, 1.0):
        parts += tube(line("14 -3 135 7 | 13 0 104 6.5 | 11 4 96 2", side), 135.0)
        parts += tube(line("32 -16 135 9 | 26 -34 90 7.5 | 18 -52 58 4", side), 60.0)
        parts += tube(line("22 14 135 10 | 32 16 104 9 | 44 14 90 5", side), 58.0)
        parts += tube(line("7 6 135 5 | 8 22 80 4 | 7 34 50 2.5", side), 55.0)
    return rows(parts)


def soft_tubes() -> Rows:
    """Muscles of the neck, great vessels, esophagus, nodes, as tubes."""
    return np.vstack([_neck(), _great_vessels()])


def airway_tubes() -> Rows:
    """Walls of trachea and bronchi, then the air in them."""
    parts = tube(TRACHEA, 25.0, wall=1.6)
    for airway in AIRWAYS:
        parts += tube([(x, y, z, r * 1.12 + 0.7) for x, y, z, r in airway], 10.0)
    for airway in (TRACHEA, *AIRWAYS):
        parts += tube(airway, AIRWAY_HU)
    return rows(parts)
