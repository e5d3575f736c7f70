"""Blocks of voxels whose values are known wherever one looks: linear in the patient's x, y, z."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.index import Stack
from readingroom.imaging.tiles import Region
from tests.imaging.arrange import Held, frame, stack

RAMP = np.array((0.5, -0.75, 1.25))
"""Of the values, for each mm to the left, the back and the head."""
AT_ORIGIN = 1000.0

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
PLANE = Slab()
TILT = math.radians(20)


def turned(*degrees: float) -> tuple[float, ...]:
    """The axial orientation turned about x, then y, then z."""
    a, b, c = (math.radians(one) for one in degrees)
    about_x = np.array(((1, 0, 0), (0, math.cos(a), -math.sin(a)), (0, math.sin(a), math.cos(a))))
    about_y = np.array(((math.cos(b), 0, math.sin(b)), (0, 1, 0), (-math.sin(b), 0, math.cos(b))))
    about_z = np.array(((math.cos(c), -math.sin(c), 0), (math.sin(c), math.cos(c), 0), (0, 0, 1)))
    turn = about_z @ about_y @ about_x
    return tuple(float(part) for part in (*turn[:, 0], *turn[:, 1]))


def placed(
    positions: list[tuple[float, float, float]],
    *,
    rows: int = 20,
    columns: int = 24,
    orientation: tuple[float, ...] = AXIAL,
    spacing_mm: tuple[float, float] = (1.5, 1.25),
    **differing: Any,
) -> Stack:
    """A stack whose frames lie at positions; `kind` says whether it is a regular volume."""
    fields = {"kind": "volume", "mpr": True, "dtype": "int16"} | differing
    own = fields.pop("frames", {})
    frames = tuple(frame(position_mm=place, number=i, **own) for i, place in enumerate(positions))
    return stack(frames, rows, columns, orientation=orientation, spacing_mm=spacing_mm, **fields)


def regular(count: int = 15, step: float = 2.0, **differing: Any) -> Stack:
    """Slices one after the other along their normal."""
    orientation = differing.get("orientation", AXIAL)
    normal = np.cross(orientation[:3], orientation[3:])
    first = np.array((-14.0, -12.0, 30.0))
    return placed([tuple(first + i * step * normal) for i in range(count)], **differing)


def tilted(count: int = 15, **differing: Any) -> Stack:
    """Slices that follow each other along the table, tilted against it."""
    orientation = (1.0, 0.0, 0.0, 0.0, math.cos(TILT), -math.sin(TILT))
    positions = [(-14.0, -12.0, 30.0 + 2.0 * i) for i in range(count)]
    return placed(positions, orientation=orientation, kind="stack", **differing)


def uneven(**differing: Any) -> Stack:
    """Slices at unequal distances, each a bit to the side."""
    depths = (0.0, 1.5, 4.0, 5.0, 8.5, 10.0, 16.0, 17.0, 19.5)
    positions = [(-14.0 + 0.3 * (i % 3), -12.0 - 0.2 * (i % 2), 30.0 + d) for i, d in enumerate(depths)]
    return placed(positions, kind="stack", **differing)


def centers(shown: Stack) -> NDArray[np.float64]:
    """[z, y, x, 3]: where each voxel's center lies, by the standard's own equation (C.7.6.2.1-1)."""
    row, column = np.array(shown.orientation[:3]), np.array(shown.orientation[3:])
    between_rows, between_columns = shown.spacing_mm
    y, x = np.mgrid[: shown.rows, : shown.columns][..., np.newaxis]
    in_plane = row * between_columns * x + column * between_rows * y
    return np.stack([np.array(one.position_mm) + in_plane for one in shown.frames])


def ramp(shown: Stack) -> Held:
    """The stack as a volume of values linear in the patient, rounded to its dtype."""
    exact = AT_ORIGIN + centers(shown) @ RAMP
    dtype = np.dtype(shown.dtype)
    return Held(shown, (np.floor(exact + 0.5) if dtype.kind != "f" else exact).astype(dtype))


def whole(shown: ParallelPlanes) -> Region:
    """All of a plane."""
    return Region(0, 0, shown.rows, 0, shown.columns)


def pixel_centers(shown: ParallelPlanes, index: int) -> NDArray[np.float64]:
    """[rows, columns, 3]: where each pixel's center of plane `index` lies."""
    i, j = np.mgrid[: shown.rows, : shown.columns][..., np.newaxis]
    between_rows, between_columns = shown.spacing_mm
    across = i * between_rows * np.array(shown.down) + j * between_columns * np.array(shown.right)
    return shown.corner_mm(index) + across


def cut(
    volume: Held, aim: Aim, index: int | None = None, slab: Slab = PLANE
) -> tuple[ParallelPlanes, NDArray[np.float64]]:
    """The planes and one of them in modality values, NaN where there is nothing."""
    shown = through(volume.stack, aim)
    values, said = Block(volume).values(shown, shown.checked(index), whole(shown), slab)
    modality = values.astype(np.float64) * said.rescale.slope + said.rescale.intercept
    if said.padding is not None:
        modality[(values >= said.padding[0]) & (values <= said.padding[1])] = np.nan
    return shown, modality


def inside(volume: Held, places: np.ndarray) -> np.ndarray:
    """Which places lie in a voxel, a millionth off its edge."""
    indices = Grid(volume.stack).indices(places)
    return np.all((indices > -0.5 + 1e-6) & (indices < np.array(volume.array.shape) - 0.5 - 1e-6), axis=-1)


STACKS = {
    "regular": regular,
    "acquired obliquely": lambda **d: regular(orientation=turned(25, -40, 70), **d),
    "tilted": tilted,
    "uneven": uneven,
}
RAMPS = {
    (name, dtype): ramp(make(dtype=dtype)) for name, make in STACKS.items() for dtype in ("int16", "float32")
}
