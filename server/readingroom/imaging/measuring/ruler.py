"""What a length on a picture means: the spacing to measure with, its unit, and the words that go with it.

The ladder: spacing in the patient, spacing corrected to it, the detector's, the film's, the one of the
ultrasound region all points lie in, pixels. Never mm where no file says so. Source: PS3.3 10.7.1, C.8.5.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging.index import Calibration, Region, Stack

Floats = NDArray[np.float64]
LengthUnit = Literal["mm", "px"]

MEANINGS: Final[dict[Calibration, str]] = {
    "patient": "In the patient.",
    "calibrated": "Corrected to the patient, as the file says.",
    "detector": "At the detector, not calibrated to the patient.",
    "film": "On the film, not calibrated to the patient.",
    "regions": "By the scale of its ultrasound region.",
    "none": "No scale is known: measured in pixels.",
}
"""The sentence beside a measured length."""
NO_REGION: Final = "Not all of it lies in one ultrasound region with a scale."
SQUARE_ASSUMED: Final = "Pixels are taken as square: the file does not say their shape."
NOT_SQUARE: Final = "Pixels are not square: lengths are in widths of a pixel."


@dataclass(frozen=True, slots=True)
class Ruler:
    """`unit_per_pixel` [2, 2]: what one column, one row moves in a plane of `unit`. `notes` must be shown."""

    unit_per_pixel: Floats
    unit: LengthUnit
    calibration: Calibration
    notes: tuple[str, ...] = ()

    def plane(self, pixels: Floats) -> Floats:
        """Places (column, row) [n, 2] on the picture as places in the plane, in `unit`."""
        return np.asarray(pixels @ self.unit_per_pixel)


def in_patient(mm_per_pixel: Floats) -> Ruler:
    """The ruler of a frame that lies in the patient."""
    return Ruler(mm_per_pixel, "mm", "patient")


def on_picture(stack: Stack, touched: Floats) -> Ruler:
    """The ruler of a picture for a figure that reaches the places `touched` [n, 2] (column, row)."""
    if stack.calibration == "regions":
        spacing = _spacing_of_region(stack.regions, touched)
        if spacing is not None:
            return Ruler(_steps(*spacing), "mm", "regions")
        return _in_pixels(stack, (NO_REGION,))
    if stack.calibration == "none" or stack.measured_spacing_mm is None:
        return _in_pixels(stack, ())
    return Ruler(_steps(*stack.measured_spacing_mm), "mm", stack.calibration)


def _in_pixels(stack: Stack, notes: tuple[str, ...]) -> Ruler:
    shape = stack.spacing_mm or stack.pixel_aspect
    if shape is None:
        return Ruler(_steps(1.0, 1.0), "px", "none", (*notes, SQUARE_ASSUMED))
    height = shape[0] / shape[1]
    return Ruler(_steps(height, 1.0), "px", "none", notes if height == 1 else (*notes, NOT_SQUARE))


def _steps(between_rows: float, between_columns: float) -> Floats:
    return np.diag((between_columns, between_rows)).astype(np.float64)


def _spacing_of_region(regions: tuple[Region, ...], touched: Floats) -> tuple[float, float] | None:
    """The spacing of a region that all places lie in, when no other region at any of them disagrees.

    Where regions of two scales lie over each other, which one a pixel belongs to is not known.
    """
    holding = {region.spacing_mm for region in regions if _holds(region, touched).all()}
    met = {region.spacing_mm for region in regions if _holds(region, touched).any()}
    return met.pop() if holding == met and len(met) == 1 else None


def _holds(region: Region, places: Floats) -> NDArray[np.bool_]:
    """Which places [n] lie in it: regions name their first and last pixels, both inside (PS3.3 C.8.5.5)."""
    low, high = (region.left, region.top), (region.right + 1, region.bottom + 1)
    return np.asarray(np.all((places >= low) & (places <= high), axis=1))
