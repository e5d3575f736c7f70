"""Measuring: a figure on a stack in, named quantities with units out, from real voxels and true places.

Lengths are straight through the patient; areas come from the outline, not from counted pixels; values are of
the pixels whose centers lie inside, of one picture as it was taken.
"""

from __future__ import annotations

import math
from typing import Any, Final, Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring import measured_lengths, regions_of_interest, voxel_statistics
from readingroom.imaging.measuring.covered import Covered
from readingroom.imaging.measuring.figures import Figure, FigureKind
from readingroom.imaging.measuring.laying import on_frame
from readingroom.imaging.measuring.measurement import SUV, Measurement, Quantity, QuantityName, with_lengths

COLOR: Final = "A color picture has no values: only lengths and areas are measured."
LOSSY: Final = "The picture was compressed with loss: its values are not quite those of the scanner."
PADDING: Final = "There is no picture here: this pixel is padding."
LABEL: Final = "This pixel stands for a color: its stored value is a label, no quantity."
NO_PIXEL: Final = "No pixel of picture has its center inside: there are no values."

Values = tuple[tuple[Quantity, ...], tuple[str, ...]]
"""Quantities, and notes about them."""


class Frames(Protocol):
    """A stack and the stored values of its frames: `Volume`."""

    @property
    def stack(self) -> Stack:
        """What the frames are."""

    def frame(self, index: int) -> NDArray[Any]:
        """[y, x], or [y, x, 3] in color. Raises SliceOutOfRange, SliceNotReady, SliceDamaged."""


def measure(frames: Frames, figure: Figure) -> Measurement:
    """Measure a figure. Call it in a thread: regions read pixels.

    Raises NotMeasurable, SliceOutOfRange; regions and probes SliceNotReady and SliceDamaged too.
    """
    stack, kind = frames.stack, figure.kind
    match kind:
        case FigureKind.LENGTH | FigureKind.ANGLE | FigureKind.COBB | FigureKind.BIDIRECTIONAL:
            return measured_lengths.of(stack, figure)
        case FigureKind.ELLIPSE | FigureKind.RECTANGLE | FigureKind.POLYGON | FigureKind.FREEHAND:
            laid = on_frame(stack, figure)
            region = regions_of_interest.of(stack, kind, laid)
            values, notes = _inside(frames, laid.frame, region.covered)
            return with_lengths(kind, laid.ruler, region.sizes + values, region.notes + notes, laid.frame)
        case FigureKind.PROBE:
            laid = on_frame(stack, figure)
            column, row = (int(place) for place in np.floor(laid.pixels[0]))
            values, notes = _at(frames, laid.frame, column, row)
            return Measurement(kind, values, laid.ruler.calibration, "", notes, laid.frame)
        case _:
            assert_never(kind)


def _inside(frames: Frames, index: int, covered: Covered) -> Values:
    stack, frame = frames.stack, frames.stack.frames[index]
    stored = frames.frame(index)
    if stack.samples == 3:
        return (), (COLOR,)
    found = voxel_statistics.of(stored, covered, frame, stack.palette)
    quantities = [Quantity("pixels", found.pixels, "")]
    if found.padding:
        quantities.append(Quantity("padding", found.padding, ""))
    if found.labels:
        quantities.append(Quantity("labels", found.labels, ""))
    if found.values is None:
        return tuple(quantities), (NO_PIXEL,)
    unit, values = frame.rescale.unit or stack.unit, found.values
    quantities += _four(("mean", "sd", "min", "max"), values, 1.0, unit)
    if stack.suv_bw is not None:
        quantities += _four(("suv_mean", "suv_sd", "suv_min", "suv_max"), values, stack.suv_bw, SUV)
    return tuple(quantities), _about_values(stack)


def _four(
    names: tuple[QuantityName, QuantityName, QuantityName, QuantityName],
    values: voxel_statistics.Values,
    factor: float,
    unit: str,
) -> list[Quantity]:
    numbers = (values.mean, values.sd, values.least, values.most)
    return [Quantity(name, number * factor, unit) for name, number in zip(names, numbers, strict=True)]


def _at(frames: Frames, index: int, column: int, row: int) -> Values:
    """The pixel a point lies in: its left and upper edges are its own."""
    stack, frame = frames.stack, frames.stack.frames[index]
    if not (0 <= column < stack.columns and 0 <= row < stack.rows):
        raise NotMeasurable(reason="the point lies outside the picture")
    pixel = frames.frame(index)[row : row + 1, column : column + 1]
    if stack.samples == 3:
        return (), (COLOR,)
    stored = float(pixel[0, 0])
    named = stack.modality_lut is None and math.isfinite(stored)
    kept: tuple[Quantity, ...] = (Quantity("stored", stored, ""),) if named else ()
    if not voxel_statistics.is_picture(pixel, frame).all():
        return kept, (PADDING,)
    if voxel_statistics.is_label(pixel, stack.palette).any():
        return kept, (LABEL,)
    value = stored * frame.rescale.slope + frame.rescale.intercept
    found = (Quantity("value", value, frame.rescale.unit or stack.unit), *kept)
    if stack.suv_bw is not None:
        found = (*found, Quantity("suv", value * stack.suv_bw, SUV))
    return found, _about_values(stack)


def _about_values(stack: Stack) -> tuple[str, ...]:
    return tuple(note for note in (LOSSY if stack.lossy else "", stack.suv_note) if note)
