"""Planes through a stack: where they lie in the patient and how many there are."""

from __future__ import annotations

from typing import Literal

from readingroom.protocol.base import Wire

Vector = tuple[float, float, float]


class SideNames(Wire):
    """What lies toward each side of a picture: A P R L H F, two letters where it is oblique."""

    left: str
    right: str
    top: str
    bottom: str


class PlaneGeometry(Wire):
    """`GET .../{stack}/planes/{plane}`: `count` parallel planes of one size, in mm of the patient (LPS).

    Plane 0's first pixel has its center at `first_mm`, plane i's i times `step_mm` further on. `right` and
    `down` are unit vectors along rows and columns, `spacing_mm` is [between rows, between columns]. `index`
    is the plane through the point that was asked for (axial, coronal, sagittal: nearest to it), else the
    middle one. `native`: pixels are the volume's own voxels; else they are interpolated, and `note` must be
    shown beside them when it is not empty.
    """

    plane: Literal["axial", "coronal", "sagittal", "oblique"]
    rows: int
    columns: int
    level_count: int
    count: int
    index: int
    first_mm: Vector
    step_mm: Vector
    right: Vector
    down: Vector
    spacing_mm: tuple[float, float]
    sides: SideNames
    native: bool
    note: str
