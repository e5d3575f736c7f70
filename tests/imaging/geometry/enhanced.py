"""Multi-frame files for tests: enhanced objects frame by frame, and nuclear medicine by its vectors."""

from __future__ import annotations

from collections.abc import Sequence as Many
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.imaging.dicoms import numbers, picture

AXIAL = (1, 0, 0, 0, 1, 0)


def item(**elements: Any) -> Dataset:
    """A dataset of these elements."""
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def frame(position: Many[float], orientation: Many[float] = AXIAL, **groups: Dataset) -> Dataset:
    """The functional groups of one frame: its place, and `groups` by the keyword of their sequence."""
    place = item(ImagePositionPatient=list(position))
    plane = item(ImageOrientationPatient=list(orientation))
    made = item(PlanePositionSequence=Sequence([place]), PlaneOrientationSequence=Sequence([plane]))
    for keyword, group in groups.items():
        setattr(made, keyword, Sequence([group]))
    return made


def enhanced(frames: Many[Dataset], index: int = 0, **changes: Any) -> Dataset:
    """An enhanced MR of these frames; its own position says something else, as no file may."""
    shared = item(PixelMeasuresSequence=Sequence([item(PixelSpacing=[0.5, 0.75])]))
    return picture(
        index,
        pixels=np.stack([numbers(number) for number in range(len(frames))]),
        NumberOfFrames=len(frames),
        Modality="MR",
        ImagePositionPatient=[7, 7, 7],
        ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
        SharedFunctionalGroupsSequence=Sequence([shared]),
        PerFrameFunctionalGroupsSequence=Sequence(list(frames)),
        **changes,
    )


def nuclear(kind: str, slices: Many[int], step: float = -4.0, **changes: Any) -> Dataset:
    """A nuclear medicine file of one detector: its frames are the `slices` (from 1), `step` mm apart."""
    detector = item(ImagePositionPatient=[-10.0, -20.0, 100.0], ImageOrientationPatient=list(AXIAL))
    return picture(
        pixels=np.stack([numbers(number) for number in range(len(slices))]),
        NumberOfFrames=len(slices),
        Modality="NM",
        ImageType=["ORIGINAL", "PRIMARY", kind, "EMISSION"],
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        FrameIncrementPointer=[0x00540080],
        SliceVector=list(slices),
        SpacingBetweenSlices=step,
        DetectorInformationSequence=Sequence([detector]),
        **changes,
    )
