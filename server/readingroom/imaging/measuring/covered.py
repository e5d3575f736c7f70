"""The pixels of a picture that lie inside something: a mask and where it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Covered:
    """Pixels `[top + y, left + x]` where `inside[y, x]`; nothing outside the picture."""

    top: int
    left: int
    inside: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many pixels."""
        return int(np.count_nonzero(self.inside))


def snapped(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places on a picture to a millionth of a pixel: what is finer is rounding, not intent.

    So a center that lies on an outline is recognized after any turn through the patient.
    """
    return np.round(pixels, 6)
