"""Slabs: how thick a plane is, and what is kept of the voxels in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from readingroom.errors import BadRequest


class Projection(StrEnum):
    """What a pixel of a slab shows of its samples' modality values."""

    MIP = "mip"
    MINIP = "minip"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Slab:
    """A slab `thickness_mm` thick, its middle on the plane; 0 is the plane alone.

    Its samples lie whole steps from the plane, and those within half the thickness take part, so a slab
    thinner than two steps is the plane alone. Where planes are the volume's own a step is a slice, else the
    smallest voxel spacing. Raises BadRequest for a thickness that is none.
    """

    thickness_mm: float = 0.0
    projection: Projection = Projection.MIP

    def __post_init__(self) -> None:
        if not (math.isfinite(self.thickness_mm) and self.thickness_mm >= 0):
            raise BadRequest(reason="the thickness of a slab is a number of mm, 0 or more")

    def reach(self, step_mm: float) -> int:
        """How many samples there are to either side of the plane; a millionth of a step is forgiven."""
        return int(min(self.thickness_mm / 2 / step_mm + 1e-6, 1e9))


THIN = Slab()
"""The plane alone."""
