"""Figures laid where they are measured: in the patient's space, or on one frame with its ruler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable, SliceOutOfRange
from readingroom.imaging.index import Stack
from readingroom.imaging.measuring import ellipse, ruler
from readingroom.imaging.measuring.figures import Figure, FigureKind, ImagePoint
from readingroom.imaging.measuring.frame_plane import StackPlanes, in_mm
from readingroom.imaging.measuring.ruler import Ruler
from readingroom.values import PatientPoint

Floats = NDArray[np.float64]
FAR: Final = 1.0
"""How far outside the picture a point may lie, in widths and heights of the picture."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Points [n, 2 or 3] in the ruler's unit: of the plane of `frame`, or of the patient's space."""

    points: Floats
    ruler: Ruler
    frame: int | None


@dataclass(frozen=True, slots=True)
class OnFrame:
    """Points [n, 2] of one frame as (column, row), the first pixel's edges at 0, and its ruler."""

    frame: int
    pixels: Floats
    ruler: Ruler


def in_space(stack: Stack, figure: Figure) -> Laid:
    """For lengths and angles: in the patient, also from picture to picture, where the stack lies in it.

    Raises NotMeasurable, SliceOutOfRange.
    """
    points = _patient_points(figure)
    if points is None or stack.calibration != "patient":
        laid = on_frame(stack, figure)
        return Laid(laid.ruler.plane(laid.pixels), laid.ruler, laid.frame)
    planes = StackPlanes(stack)
    reach_mm = FAR * float(np.abs(planes.mm_per_pixel).max() * max(stack.rows, stack.columns))
    for point in points:
        plane, above = planes.plane(planes.nearest(point), point[np.newaxis])
        _refuse_far(stack, planes.pixels(plane))
        if abs(above[0]) > reach_mm:
            raise NotMeasurable(reason="one of its points lies far outside the picture")
    return Laid(points, ruler.in_patient(planes.mm_per_pixel), None)


def on_frame(stack: Stack, figure: Figure) -> OnFrame:
    """For regions and probes, and for lengths that are not in the patient. Raises as `in_space`."""
    points = _patient_points(figure)
    if points is None:
        frame, pixels = _image_points(stack, figure)
        _refuse_far(stack, pixels)
        return OnFrame(frame, pixels, ruler.on_picture(stack, touched(figure.kind, pixels)))
    planes = StackPlanes(stack)
    frame = planes.frame_of(points, figure.frame)
    plane, _ = planes.plane(frame, points)
    pixels = planes.pixels(plane)
    _refuse_far(stack, pixels)
    if stack.calibration == "patient":
        return OnFrame(frame, pixels, ruler.in_patient(planes.mm_per_pixel))
    return OnFrame(frame, pixels, ruler.on_picture(stack, touched(figure.kind, pixels)))


def touched(kind: FigureKind, pixels: Floats) -> Floats:
    """How far a figure reaches: its points, or the corners around an ellipse."""
    if kind is FigureKind.ELLIPSE:
        return ellipse.bounds(pixels[0], pixels[1:] - pixels[0])
    return pixels


def _patient_points(figure: Figure) -> Floats | None:
    placed = [point.to_mm() for point in figure.points if isinstance(point, PatientPoint)]
    return in_mm(placed) if placed else None


def _image_points(stack: Stack, figure: Figure) -> tuple[int, Floats]:
    points = [point for point in figure.points if isinstance(point, ImagePoint)]
    frames = {point.frame for point in points}
    if len(frames) > 1 or figure.frame not in (None, *frames):
        raise NotMeasurable(reason="its points lie on several pictures, and nothing says how these lie")
    frame = frames.pop()
    if frame >= len(stack.frames):
        raise SliceOutOfRange(index=frame, slices=len(stack.frames))
    milli = np.array([(point.column_milli, point.row_milli) for point in points], np.float64)
    return frame, milli / 1000


def _refuse_far(stack: Stack, pixels: Floats) -> None:
    size = np.array((stack.columns, stack.rows), np.float64)
    if np.any(pixels < -FAR * size) or np.any(pixels > (1 + FAR) * size):
        raise NotMeasurable(reason="one of its points lies far outside the picture")
