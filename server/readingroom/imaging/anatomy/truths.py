"""The phantom as the tests' ruler: where its voxels are, and what is known to be where."""

from __future__ import annotations

from dataclasses import dataclass

from readingroom.imaging.anatomy.organs import AIRWAY_HU, BLOOD_HU
from readingroom.imaging.anatomy.torso import AIR_HU
from readingroom.values import PatientPoint

FIELD_MM = 360.0
"""Diameter of the round field of view; the picture is the square around it."""
COVERAGE_MM = 320.0
BOTTOM_MM = -200.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the voxels of a phantom are: any size covers the same 360 x 360 x 320 mm."""

    slices: int = 200
    rows: int = 512
    columns: int = 512

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Between slices, rows, columns: [z, y, x]."""
        return (COVERAGE_MM / self.slices, FIELD_MM / self.rows, FIELD_MM / self.columns)

    @property
    def origin_mm(self) -> tuple[float, float, float]:
        """(x, y, z) of the center of the first voxel: lowest slice, top left."""
        dz, dy, dx = self.spacing_mm
        return (_micron(dx / 2 - FIELD_MM / 2), _micron(dy / 2 - FIELD_MM / 2), self.z_mm(0))

    def z_mm(self, index: int) -> float:
        """Height of a slice; index 0 is nearest the feet."""
        return _micron(BOTTOM_MM + (index + 0.5) * self.spacing_mm[0])

    def nearest(self, point: PatientPoint) -> tuple[int, int, int]:
        """Slice (from the feet), row and column of the voxel whose center is nearest."""
        (dz, dy, dx), (x0, y0, z0) = self.spacing_mm, self.origin_mm
        x, y, z = point.to_mm()
        return (round((z - z0) / dz), round((y - y0) / dy), round((x - x0) / dx))


@dataclass(frozen=True, slots=True)
class Ball:
    """A sphere of one density at a known place."""

    center: PatientPoint
    radius_mm: float
    hu: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about a phantom. Each ball holds its HU throughout, but for noise and soft edges.

    Nodule and markers are centered on a voxel where slices are 24 or 72 and rows and columns 96, so a small
    phantom has their full HU there.
    """

    nodule: Ball
    trachea: Ball
    aorta: Ball
    air: Ball
    markers: tuple[Ball, Ball, Ball, Ball]
    """Dense spheres in the table, no two of one density: right and left near the feet, then near the head."""


BREATH_MM = 4.0
MOVED_MM = (5.0, -3.0, 6.0)
"""How the patient lay differently for the prior. Table and markers stay."""
NODULE_MM = (-61.875, 1.875, 46.6667)
CLEAR_MM = 11.0
"""No vessel comes nearer to the nodule's center."""


def truth(*, prior: bool = False) -> Truth:
    """Places and densities known by construction; in the prior those in the body have moved."""

    def inside(x: float, y: float, z: float) -> PatientPoint:
        moved = MOVED_MM if prior else (0.0, 0.0, 0.0)
        return PatientPoint.from_mm(x + moved[0], y + moved[1], z + moved[2])

    return Truth(
        nodule=Ball(inside(*NODULE_MM), 3.5 if prior else 6.0, 45.0),
        trachea=Ball(inside(-2.0, 9.0, 50.0), 7.0, AIRWAY_HU),
        aorta=Ball(inside(25.0, 41.0, -25.0), 9.0, BLOOD_HU),
        air=Ball(PatientPoint.from_mm(0.0, -150.0, 0.0), 15.0, AIR_HU),
        markers=(
            Ball(PatientPoint.from_mm(-95.625, 129.375, -153.3333), 8.0, 700.0),
            Ball(PatientPoint.from_mm(95.625, 129.375, -153.3333), 8.0, 1100.0),
            Ball(PatientPoint.from_mm(-95.625, 129.375, 73.3333), 8.0, 1500.0),
            Ball(PatientPoint.from_mm(95.625, 129.375, 73.3333), 8.0, 1900.0),
        ),
    )


TRUTHS = truth()
"""What is known about the current study."""


def _micron(mm: float) -> float:
    return round(mm, 6)
