"""Is a pile of pictures one regular block of voxels? Positions in, a verdict in words and numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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

WIDEST_BRIDGE = 10
"""Across a gap of more than so many usual ones no picture is made up."""
LISTED = 3
"""Missing pictures that are named one by one."""

Shape = Literal["regular", "tilted", "gapped", "irregular", "stack-only"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pile of pictures is.

    `slice_spacing_mm` is the usual gap along the normal; `gaps_mm` the least, the median and the greatest.
    `missing_after` holds the indices behind which pictures are missing. `tilt_degrees` is the angle between
    the normal and the line along which pictures follow each other, when they lie on one.
    `bridged`: whether planes across may be cut; `note` is then what must stand beside them.
    """

    shape: Shape
    reason: str
    slice_spacing_mm: float | None
    gaps_mm: tuple[float, float, float] | None = None
    missing_after: tuple[int, ...] = ()
    tilt_degrees: float = 0.0
    bridged: bool = False
    note: str = ""


def depths(positions: Sequence[Point], orientation: Orientation) -> npt.NDArray[np.float64]:
    """How far along the normal each position lies, in mm."""
    return np.asarray(positions, dtype=np.float64).reshape(-1, 3) @ _unit_normal(orientation)


def sideways(positions: Sequence[Point], orientation: Orientation) -> npt.NDArray[np.float64]:
    """How far each position lies beside the normal through the first, as vectors in mm."""
    moved = np.asarray(positions, dtype=np.float64).reshape(-1, 3)
    moved = moved - moved[0]
    normal = _unit_normal(orientation)
    return np.asarray(moved - np.outer(moved @ normal, normal))


def judge(positions: Sequence[Point], orientation: Orientation) -> Verdict:
    """The verdict on pictures already in order along the normal, no two at one place."""
    count = len(positions)
    along = depths(positions, orientation)
    gaps = np.diff(along)
    if count < LEAST_SLICES:
        gap = float(gaps[0]) if count == 2 else None
        measured = None if gap is None else (gap, gap, gap)
        reason = f"{_pictures(count)}: too few to prove a regular block"
        return Verdict("stack-only", reason, gap, measured)
    median = float(np.median(gaps))
    tolerance = min(RELATIVE_TOLERANCE * median, ABSOLUTE_TOLERANCE_MM)
    if np.all(np.abs(gaps - median) <= tolerance):
        spacing = float(along[-1] - along[0]) / (count - 1)
        verdict = Verdict("regular", f"{count} pictures, one every {_mm(spacing)} mm", spacing, bridged=True)
    else:
        verdict = _uneven(gaps, median, tolerance)
    verdict = replace(verdict, gaps_mm=(float(gaps.min()), median, float(gaps.max())))
    return _leaning(verdict, sideways(positions, orientation), along)


def _unit_normal(orientation: Orientation) -> npt.NDArray[np.float64]:
    normal = np.asarray(normal_of(orientation), dtype=np.float64)
    return np.asarray(normal / np.linalg.norm(normal))


def _uneven(gaps: npt.NDArray[np.float64], median: float, tolerance: float) -> Verdict:
    steps = np.rint(gaps / median)
    smallest, largest = float(gaps.min()), float(gaps.max())
    bridged = largest <= WIDEST_BRIDGE * median
    whole = bool(np.all(steps >= 1) and np.all(np.abs(gaps - steps * median) <= tolerance * steps))
    if not whole:
        reason = f"the gaps between its pictures are not equal: {_mm(smallest)} to {_mm(largest)} mm"
        note = f"uneven gaps {_mm(smallest, 2)} to {_mm(largest, 2)} mm: planes are interpolated"
        return Verdict("irregular", reason, median, bridged=bridged, note=note)
    missing = _pictures(int(np.sum(steps - 1)))
    after = [int(index) for index in np.flatnonzero(steps > 1)]
    first = after[0]
    reason = (
        f"{missing} missing: the gap after picture {first + 1} is {_mm(float(gaps[first]))} mm, "
        f"the usual one {_mm(median)} mm"
    )
    note = f"{missing} missing after {_numbers(after)}: interpolated across {_widths(gaps[after])} mm"
    return Verdict("gapped", reason, median, missing_after=tuple(after), bridged=bridged, note=note)


def _leaning(verdict: Verdict, beside: npt.NDArray[np.float64], along: npt.NDArray[np.float64]) -> Verdict:
    """The same for pictures that do not lie straight behind each other."""
    slope = beside[-1] / (along[-1] - along[0])
    angle = math.degrees(math.atan(float(np.linalg.norm(slope))))
    rest = beside - np.outer(along - along[0], slope)
    most = float(np.max(np.linalg.norm(beside, axis=1)))
    if most <= ABSOLUTE_TOLERANCE_MM:
        return replace(verdict, tilt_degrees=angle)
    shape: Shape = "irregular"
    if float(np.max(np.linalg.norm(rest, axis=1))) <= ABSOLUTE_TOLERANCE_MM:
        shape = "tilted"
        note = f"tilted gantry: sheared back by {angle:.1f}°"
        leans = (
            f"its pictures are tilted by {angle:.1f}° against the direction in which they follow each other"
        )
    else:
        angle = 0.0
        note = f"pictures shifted by up to {_mm(most, 1)} mm: each is put back"
        leans = f"its pictures are shifted sideways by up to {_mm(most)} mm"
    if verdict.shape == "regular":
        return replace(verdict, shape=shape, reason=leans, note=note, tilt_degrees=angle)
    reason, note = f"{verdict.reason}; {leans}", f"{note}; {verdict.note}"
    return replace(verdict, reason=reason, note=note, tilt_degrees=angle)


def _numbers(after: Sequence[int]) -> str:
    """Picture numbers from 1, the first of many."""
    named = [str(index + 1) for index in after[:LISTED]]
    if len(after) > LISTED:
        return f"pictures {', '.join(named)} and {len(after) - LISTED} more"
    if len(named) == 1:
        return f"picture {named[0]}"
    return f"pictures {', '.join(named[:-1])} and {named[-1]}"


def _widths(gaps: npt.NDArray[np.float64]) -> str:
    smallest, largest = _mm(float(gaps.min()), 2), _mm(float(gaps.max()), 2)
    return largest if smallest == largest else f"{smallest} to {largest}"


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _mm(length: float, places: int = 3) -> str:
    return f"{length:.{places}f}".rstrip("0").rstrip(".")
