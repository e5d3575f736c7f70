"""Parallel planes through a block of voxels: which are wanted, where they lie in the patient, their letters.

Pure values; `plane_layout.through` lays them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import SliceOutOfRange
from readingroom.imaging.index import Point
from readingroom.values import Plane

Floats = NDArray[np.float64]

FARTHEST_MM: Final = 10_000.0
"""A point farther away is in nobody."""
LEAST_LETTER: Final = 0.3
"""Of a direction's length: a smaller part of it gets no letter."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Which planes are wanted, in mm LPS.

    `normal` and `up` (a direction, what lies upwards in the picture) are for oblique planes alone. Without
    `up` the picture is turned as radiologists look at the anatomical plane nearest to it, whatever the sign
    of its normal; with it the normal is the direction of view, into the picture. `point`: one of the planes
    goes through it (oblique), or is the nearest to it.
    """

    plane: Plane
    normal: Point | None = None
    point: Point | None = None
    up: Point | None = None
    spacing_mm: float | None = None
    """Of an oblique plane's pixels; None: the smallest of the voxels'."""


@dataclass(frozen=True, slots=True)
class ParallelPlanes:
    """`count` planes of one size. Plane 0's first pixel has its center at `first_mm`, plane i's i steps on.

    `right` and `down` are unit vectors of the patient (LPS), `spacing_mm` is [between rows, between columns].
    `index` is the plane at the point that was given, else the middle one. `native`: the planes are the
    volume's own voxels. `note` must stand beside them when it is not empty.
    """

    plane: Plane
    rows: int
    columns: int
    count: int
    index: int
    first_mm: Point
    step_mm: Point
    right: Point
    down: Point
    spacing_mm: tuple[float, float]
    native: bool
    note: str = ""

    @property
    def step_length_mm(self) -> float:
        """From plane to plane."""
        return math.dist(self.step_mm, (0.0, 0.0, 0.0))

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """What lies to the left, the right, the top and the bottom: A P R L H F, two where it is oblique."""
        return (
            letters(_less(self.right)),
            letters(self.right),
            letters(_less(self.down)),
            letters(self.down),
        )

    def checked(self, index: int | None) -> int:
        """The index of a plane, None being `index`. Raises SliceOutOfRange."""
        index = self.index if index is None else index
        if not 0 <= index < self.count:
            raise SliceOutOfRange(index=index, slices=self.count)
        return index

    def corner_mm(self, index: int) -> Floats:
        """The center of plane `index`'s first pixel."""
        return np.asarray(np.array(self.first_mm) + index * np.array(self.step_mm), np.float64)


def letters(direction: Point) -> str:
    """Letters of a direction in the patient, the strongest first: L/R, P/A, H/F.

    Source: PS3.3 C.7.6.1.1.1.
    """
    named = [(abs(part), pair[part < 0]) for part, pair in zip(direction, ("LR", "PA", "HF"), strict=True)]
    strong = sorted((one for one in named if one[0] > LEAST_LETTER), key=lambda one: -one[0])
    return "".join(letter for _, letter in strong[:2])


def _less(direction: Point) -> Point:
    x, y, z = direction
    return (-x, -y, -z)
