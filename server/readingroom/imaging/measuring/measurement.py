"""What measuring answers: named quantities with units, what lengths mean, and what must stand beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from readingroom.errors import NotMeasurable
from readingroom.imaging.index import Calibration
from readingroom.imaging.measuring.figures import FigureKind
from readingroom.imaging.measuring.ruler import MEANINGS, Ruler

LineName = Literal["length", "angle", "supplement", "long_axis", "short_axis"]
RegionName = Literal["area", "perimeter", "major_axis", "minor_axis", "width", "height"]
ValueName = Literal["mean", "sd", "min", "max", "pixels", "padding", "labels", "value", "stored"]
SuvName = Literal["suv_mean", "suv_sd", "suv_min", "suv_max", "suv"]
QuantityName = LineName | RegionName | ValueName | SuvName
"""supplement: 180° less the angle between two lines, for curves over 90°. pixels: how many the values are of;
padding, labels: how many of the region were left out. stored: the value before any rescale."""

DEGREES: Final = "°"
SUV: Final = "g/ml"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured number. `unit` is mm, mm², px, px², °, g/ml, empty for a count, or the values' own.

    Raises NotMeasurable when the number is none.
    """

    name: QuantityName
    value: float
    unit: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise NotMeasurable(reason="its values are too large for a number")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured. `meaning` says what its lengths mean, `notes` what else must stand beside it.

    `frame` is the picture the figure lies on, None when it spans the patient's space.
    """

    kind: FigureKind
    quantities: tuple[Quantity, ...]
    calibration: Calibration
    meaning: str
    notes: tuple[str, ...]
    frame: int | None


def with_lengths(
    kind: FigureKind,
    by: Ruler,
    quantities: tuple[Quantity, ...],
    notes: tuple[str, ...],
    frame: int | None,
) -> Measurement:
    """A measurement whose lengths are by this ruler."""
    return Measurement(kind, quantities, by.calibration, MEANINGS[by.calibration], by.notes + notes, frame)
