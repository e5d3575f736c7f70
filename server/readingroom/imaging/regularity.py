"""Is a pile of pictures one regular block of voxels? Positions in, a verdict in words and numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from readingroom.imaging.geometry import normal_of
from readingroom.imaging.index import Orientation, Point

RELATIVE_TOLERANCE = 0.01
ABSOLUTE_TOLERANCE_MM = 0.1
"""A gap is the same when within 1 % of the median and at most 0.1 mm off; so is a place beside the normal."""
SAME_PLACE_MM = 0.01
LEAST_SLICES = 3
"""Two pictures have one gap, and one gap proves nothing."""

Shape = Literal["regular", "tilted", "gapped", "irregular", "stack-only"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pile of pictures is. `slice_spacing_mm` is the usual gap along the normal."""

    shape: Shape
    reason: str
    slice_spacing_mm: float | None


def depths(positions: Sequence[Point], orientation: Orientation) -> npt.NDArray[np.float64]:
    """How far along the normal each position lies, in mm."""
    return np.asarray(positions, dtype=np.float64).reshape(-1, 3) @ _unit_normal(orientation)


def judge(positions: Sequence[Point], orientation: Orientation) -> Verdict:
    """The verdict on pictures already in order along the normal, no two at one place."""
    count = len(positions)
    along = depths(positions, orientation)
    gaps = np.diff(along)
    if count < LEAST_SLICES:
        gap = float(gaps[0]) if count == 2 else None
        return Verdict("stack-only", f"{_pictures(count)}: too few to prove a regular block", gap)
    median = float(np.median(gaps))
    sideways = _sideways(np.asarray(positions, dtype=np.float64), along, orientation)
    tolerance = min(RELATIVE_TOLERANCE * median, ABSOLUTE_TOLERANCE_MM)
    even = bool(np.all(np.abs(gaps - median) <= tolerance))
    if not even:
        return _uneven(gaps, median, tolerance)
    spacing = float(along[-1] - along[0]) / (count - 1)
    straight = float(np.max(np.linalg.norm(sideways, axis=1)))
    if straight <= ABSOLUTE_TOLERANCE_MM:
        return Verdict("regular", f"{count} pictures, one every {_mm(spacing)} mm", spacing)
    return _shifted(sideways, along, spacing, straight)


def _unit_normal(orientation: Orientation) -> npt.NDArray[np.float64]:
    normal = np.asarray(normal_of(orientation), dtype=np.float64)
    return np.asarray(normal / np.linalg.norm(normal))


def _sideways(
    places: npt.NDArray[np.float64], along: npt.NDArray[np.float64], orientation: Orientation
) -> npt.NDArray[np.float64]:
    """How far each place lies beside the normal through the first, as vectors in mm."""
    moved = places - places[0]
    return np.asarray(moved - np.outer(along - along[0], _unit_normal(orientation)))


def _uneven(gaps: npt.NDArray[np.float64], median: float, tolerance: float) -> Verdict:
    steps = np.rint(gaps / median)
    whole = bool(np.all(steps >= 1) and np.all(np.abs(gaps - steps * median) <= tolerance * steps))
    if not whole:
        smallest, largest = float(gaps.min()), float(gaps.max())
        return Verdict(
            "irregular",
            f"the gaps between its pictures are not equal: {_mm(smallest)} to {_mm(largest)} mm",
            median,
        )
    missing = int(np.sum(steps - 1))
    after = int(np.argmax(steps > 1)) + 1
    return Verdict(
        "gapped",
        f"{_pictures(missing)} missing: the gap after picture {after} is {_mm(float(gaps[after - 1]))} mm, "
        f"the usual one {_mm(median)} mm",
        median,
    )


def _shifted(
    sideways: npt.NDArray[np.float64], along: npt.NDArray[np.float64], spacing: float, most: float
) -> Verdict:
    slope = sideways[-1] / (along[-1] - along[0])
    rest = sideways - np.outer(along - along[0], slope)
    if float(np.max(np.linalg.norm(rest, axis=1))) <= ABSOLUTE_TOLERANCE_MM:
        angle = math.degrees(math.atan(float(np.linalg.norm(slope))))
        reason = (
            f"its pictures are tilted by {angle:.1f}° against the direction in which they follow each other"
        )
        return Verdict("tilted", reason, spacing)
    return Verdict("irregular", f"its pictures are shifted sideways by up to {_mm(most)} mm", spacing)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _mm(length: float) -> str:
    return f"{length:.3f}".rstrip("0").rstrip(".")
