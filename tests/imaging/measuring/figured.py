"""Stacks that lie somewhere in the patient, and figures on them, for the tests of measuring."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.index import Orientation, Point, Stack
from readingroom.imaging.measuring.figures import Figure, FigureKind, ImagePoint
from readingroom.imaging.measuring.measurement import Measurement
from readingroom.values import PatientPoint, Rescale
from tests.imaging.arrange import STORED, Held, frame, stack

AXIAL: Orientation = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
OBLIQUE: Orientation = (0.6, 0.64, 0.48, 0.0, 0.6, -0.8)
"""Two perpendicular unit vectors in no plane of the body."""


def turned(about_z: float, about_x: float, about_y: float) -> Orientation:
    """Rows and columns of an axial picture turned by three angles in radians."""
    rows, columns = np.eye(3)[:2]
    for axis, angle in ((2, about_z), (0, about_x), (1, about_y)):
        c, s = math.cos(angle), math.sin(angle)
        turn = np.eye(3)
        one, other = [(1, 2), (2, 0), (0, 1)][axis]
        turn[one, one], turn[one, other], turn[other, one], turn[other, other] = c, -s, s, c
        rows, columns = turn @ rows, turn @ columns
    (a, b, c), (d, e, f) = rows.tolist(), columns.tolist()
    return (a, b, c, d, e, f)


def placed(
    array: NDArray[np.generic],
    *,
    orientation: Orientation = AXIAL,
    spacing_mm: tuple[float, float] = (1.0, 1.0),
    origin_mm: Point = (0.0, 0.0, 0.0),
    step_mm: Point | None = None,
    rescale: Rescale = STORED,
    padding: tuple[int, int] | None = None,
    **differing: Any,
) -> Held:
    """Slices [z, y, x] in the patient; each `step_mm` from the one before (2 mm along the normal)."""
    if step_mm is None:
        normal = 2.0 * np.cross(orientation[:3], orientation[3:])
        step_mm = (float(normal[0]), float(normal[1]), float(normal[2]))
    x, y, z = origin_mm
    dx, dy, dz = step_mm
    frames = tuple(
        frame(position_mm=(x + k * dx, y + k * dy, z + k * dz), rescale=rescale, padding=padding, number=k)
        for k in range(len(array))
    )
    fields: dict[str, Any] = {
        "dtype": array.dtype.name,
        "orientation": orientation,
        "spacing_mm": spacing_mm,
        "measured_spacing_mm": spacing_mm,
        "calibration": "patient",
        "frame_of_reference_uid": "1.2.3",
        "unit": "HU",
    }
    return Held(stack(frames, *array.shape[1:3], **(fields | differing)), array)


def unplaced(array: NDArray[np.generic], rescale: Rescale = STORED, **differing: Any) -> Held:
    """Frames without geometry."""
    frames = tuple(frame(rescale=rescale, number=number) for number in range(len(array)))
    return Held(stack(frames, *array.shape[1:3], **({"dtype": array.dtype.name} | differing)), array)


def place(of: Stack, index: int, column: float, row: float) -> PatientPoint:
    """Where (column, row) of a frame lies, its left and upper edges being 0 (PS3.3 equation C.7.6.2.1-1)."""
    assert of.orientation is not None
    assert of.spacing_mm is not None
    corner = of.frames[index].position_mm
    assert corner is not None
    right, down = (column - 0.5) * of.spacing_mm[1], (row - 0.5) * of.spacing_mm[0]
    x, y, z = (
        start + right * a + down * b
        for start, a, b in zip(corner, of.orientation[:3], of.orientation[3:], strict=True)
    )
    return PatientPoint.from_mm(x, y, z)


def in_patient(of: Stack, kind: FigureKind, index: int, *places: tuple[float, float]) -> Figure:
    """A figure by (column, row) of a frame, given in the patient."""
    return Figure(kind, tuple(place(of, index, column, row) for column, row in places))


def in_space(kind: FigureKind, *places_mm: Point) -> Figure:
    """A figure by points of the patient."""
    return Figure(kind, tuple(PatientPoint.from_mm(*point) for point in places_mm))


def on_picture(kind: FigureKind, *places: tuple[float, float], frame: int = 0) -> Figure:
    """A figure by (column, row) of a frame, the first pixel's left and upper edges being 0."""
    points = tuple(ImagePoint(frame, round(column * 1000), round(row * 1000)) for column, row in places)
    return Figure(kind, points)


def values(measured: Measurement) -> dict[str, float]:
    """Numbers by name."""
    return {quantity.name: quantity.value for quantity in measured.quantities}


def units(measured: Measurement) -> dict[str, str]:
    """Units by name."""
    return {quantity.name: quantity.unit for quantity in measured.quantities}
