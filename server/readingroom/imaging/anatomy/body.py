"""The phantom's whole body on one slice: torso, then everything that lies in it, in the order of painting."""

from __future__ import annotations

from functools import cache

import numpy as np

from readingroom.imaging.anatomy import bones, lungs, organs
from readingroom.imaging.anatomy.outlines import section
from readingroom.imaging.anatomy.shapes import Canvas, Place, Rows, View, paint_balls, paint_tubes
from readingroom.imaging.anatomy.torso import paint_torso


@cache
def _tubes() -> Rows:
    return np.vstack([organs.soft_tubes(), bones.bone_tubes(), organs.airway_tubes()])


@cache
def _chambers() -> Rows:
    return organs.chambers()


def paint_body(canvas: Canvas, v: View, *, keep_out: tuple[Place, float]) -> None:
    """The body at v.z into canvas [rows, columns], float32 HU; no vessel comes nearer to a place than asked.

    `keep_out` is that place in mm and the distance.
    """
    paint_torso(canvas, section(v.z), v)
    paint_tubes(canvas, lungs.lung_vessels(keep_out), v)
    paint_balls(canvas, _chambers(), v)
    paint_tubes(canvas, _tubes(), v)
