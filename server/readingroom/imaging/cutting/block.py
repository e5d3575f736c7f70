"""A whole decoded stack, ready to be cut: the values of any rectangle of any plane or slab through it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from readingroom.errors import BadRequest, NotAVolume, SliceDamaged, SliceNotReady
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.native_planes import NativePlanes, Turned
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.resampled_planes import ResampledPlanes
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.cutting.voxels import Voxels
from readingroom.imaging.index import Frame
from readingroom.imaging.tiles import Region
from readingroom.imaging.volumes import Volume

Array = NDArray[Any]

MOST_AIMS = 64
"""Aims whose planes are remembered."""
MOST_REACH = 1 << 20
"""Samples to either side of a plane that are worth counting."""


class Block:
    """The voxels of a complete stack. Safe to use from threads.

    Values come out as stored integers of the stack's dtype where one rescale and padding hold for all of it
    and a value is free to stand for "nothing here", else as float32 in modality units, NaN being nothing.
    `frame` says how they are meant. Raises SliceNotReady while slices are on their way; NotAVolume when one
    is damaged, since a plane would have a hole, and what Grid raises.
    """

    def __init__(self, volume: Volume, turned: Turned = lambda: None) -> None:
        self.stack = volume.stack
        check_whole(volume)
        if self.stack.samples != 1:
            raise NotAVolume(reason="they are in color")
        self.grid = Grid(self.stack)
        voxels = Voxels(self.stack, volume.array)
        self._native = NativePlanes(voxels, turned)
        self._resampled = ResampledPlanes(voxels, self.grid)
        self._planes: dict[Aim, ParallelPlanes] = {}

    def shown(self, aim: Aim) -> ParallelPlanes:
        """`plane_layout.through`, computed once for an aim."""
        known = self._planes.get(aim)
        if known is None:
            known = through(self.stack, aim)
            if len(self._planes) >= MOST_AIMS:
                self._planes.clear()
            self._planes[aim] = known
        return known

    def values(self, shown: ParallelPlanes, index: int, region: Region, slab: Slab) -> tuple[Array, Frame]:
        """Values [y, x] of a rectangle of plane `index` at full resolution, and a frame as they are meant.

        Raises SliceOutOfRange, BadRequest for a slab that cannot be made, NotAVolume for labels that would
        have to be mixed.
        """
        shown.checked(index)
        step_mm = shown.step_length_mm if shown.native else min(self.grid.spacing_mm)
        reach = min(slab.reach(step_mm), MOST_REACH)
        if self.stack.palette is not None and reach:
            raise BadRequest(reason="colored values are labels, of which no slab can be made")
        planes = self._native if shown.native else self._resampled
        return planes.values(shown, index, region, reach, slab.projection)


def check_whole(volume: Volume, *, waiting: bool = False) -> None:
    """Raises NotAVolume for a damaged slice, SliceNotReady for one on its way unless that is `waiting`."""
    count = len(volume.stack.frames)
    for index in range(count):
        try:
            volume.frame(index)
        except SliceDamaged as damage:
            reason = damage.details["reason"]
            raise NotAVolume(reason=f"picture {index + 1} of {count} is damaged, {reason}") from None
        except SliceNotReady:
            if not waiting:
                raise
