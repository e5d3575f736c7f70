"""The phantom: writes a made-up patient's chest CT, current and prior, as real DICOM. Also the tests' ruler.

The same call writes the same bytes. The body is the folder anatomy; here are the scanner's part (grid, table,
noise, field of view) and the files: CT Image Storage, explicit VR little endian (PS3.3 A.3).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from readingroom.imaging.anatomy.body import paint_body
from readingroom.imaging.anatomy.shapes import Canvas, View, ball, compiled, paint_balls
from readingroom.imaging.anatomy.shapes import rows as ball_rows
from readingroom.imaging.anatomy.truths import (
    BREATH_MM,
    CLEAR_MM,
    FIELD_MM,
    MOVED_MM,
    NODULE_MM,
    TRUTHS,
    Ball,
    Grid,
    Truth,
    truth,
)

INTERCEPT_HU = -1024
PADDING_STORED = 0
"""Outside the round field of view. Stored values of the picture itself lie in 1..4095."""
NOISE_HU = 13.0
SEED = 20260
_NAMESPACE = uuid.UUID("6f1c1f0e-9f5b-5c43-8f0e-0d7d3c0f5a11")

__all__ = ["TRUTHS", "Ball", "Grid", "Truth", "stored_slice", "truth", "write_chest", "write_study"]

Progress = Callable[[int, int], None]


def write_study(
    folder: Path,
    *,
    slices: int = 200,
    rows: int = 512,
    columns: int = 512,
    seed: int = SEED,
    progress: Progress | None = None,
) -> None:
    """Current and prior of the same patient, in `folder/current` and `folder/prior`; see write_chest."""
    for turn, name in enumerate(("current", "prior")):

        def told(done: int, _: int, before: int = turn * slices) -> None:
            if progress is not None:
                progress(before + done, 2 * slices)

        write_chest(
            folder / name,
            slices=slices,
            rows=rows,
            columns=columns,
            prior=turn == 1,
            seed=seed,
            progress=told,
        )


def write_chest(
    folder: Path,
    *,
    slices: int = 200,
    rows: int = 512,
    columns: int = 512,
    prior: bool = False,
    seed: int = SEED,
    progress: Progress | None = None,
) -> None:
    """One series of `slices` files CT0001.dcm, CT0002.dcm … in `folder` (made if absent).

    Instance 1 is nearest the head, so order by name or InstanceNumber is the reverse of order by position.
    `progress(done, total)` is called after each file.
    """
    grid = Grid(slices, rows, columns)
    folder.mkdir(parents=True, exist_ok=True)
    header = _header(grid, prior, seed)
    for number in range(1, slices + 1):
        index = slices - number
        _locate(header, grid, number, index, f"{_series_name(grid, prior, seed)}/{number}")
        header.PixelData = stored_slice(grid, index, prior=prior, seed=seed).tobytes()
        header.save_as(folder / f"CT{number:04d}.dcm", enforce_file_format=True)
        if progress is not None:
            progress(number, slices)


def stored_slice(grid: Grid, index: int, *, prior: bool = False, seed: int = SEED) -> NDArray[np.uint16]:
    """Stored values [rows, columns] of the slice `index` from the feet; HU = stored - 1024, 0 is padding."""
    random = np.random.Generator(np.random.PCG64([seed, int(prior), index]))
    noise = random.standard_normal((grid.rows + 2, grid.columns + 2), dtype=np.float32)
    stored = np.empty((grid.rows, grid.columns), dtype="<u2")
    _expose(_slice_hu(grid, index, prior), noise, _view(grid, index), stored)
    return stored


def _view(grid: Grid, index: int) -> View:
    (_, dy, dx), (x, y, _) = grid.spacing_mm, grid.origin_mm
    return View(x, y, grid.z_mm(index), dx, dy, 0.0)


def _slice_hu(grid: Grid, index: int, prior: bool) -> Canvas:
    """The slice as an ideal scanner sees it, float32 HU."""
    scanner = _view(grid, index)
    moved = MOVED_MM if prior else (0.0, 0.0, 0.0)
    body = View(
        scanner.x - moved[0],
        scanner.y - moved[1],
        scanner.z - moved[2],
        scanner.dx,
        scanner.dy,
        BREATH_MM if prior else 0.0,
    )
    canvas = np.empty((grid.rows, grid.columns), dtype=np.float32)
    paint_body(canvas, body, keep_out=(NODULE_MM, CLEAR_MM))
    _paint_table(canvas, scanner)
    known = truth(prior=prior)
    balls = [ball(b.center.to_mm(), (b.radius_mm,) * 3, b.hu) for b in (known.nodule, *known.markers)]
    paint_balls(canvas, ball_rows(balls), scanner)
    return canvas


@compiled
def _paint_table(canvas: Canvas, v: View) -> None:
    """A curved table: foam, two carbon skins, foam core. Painted into air only."""
    rows, columns = canvas.shape
    for row in range(rows):
        y = v.y + row * v.dy
        if y < 60:
            continue
        for column in range(columns):
            x = v.x + column * v.dx
            top = 122.0 - x * x / 900.0
            hu = -1000.0
            if abs(x) < 205:
                if top - 7 < y < 148 - x * x / 2600.0:
                    hu = -938.0
                edge = min(abs(y - top), abs(y - 148.0 + x * x / 2600.0)) - 0.9
                hu += (-140.0 - hu) * min(max(0.5 - edge / v.dy, 0.0), 1.0) * min(1.8 / v.dy, 1.0)
            if canvas[row, column] < hu and canvas[row, column] < -940:
                canvas[row, column] = hu


@compiled
def _expose(canvas: Canvas, noise: Canvas, v: View, stored: NDArray[np.uint16]) -> None:
    """HU to stored values: noise of a soft kernel, less of it in air; padding outside the field."""
    rows, columns = canvas.shape
    strength = NOISE_HU / 0.375  # 0.375 is what the 3 x 3 binomial kernel leaves of sigma
    for row in range(rows):
        y = v.y + row * v.dy
        for column in range(columns):
            x = v.x + column * v.dx
            if sqrt(x * x + y * y) > FIELD_MM / 2:
                stored[row, column] = PADDING_STORED
                continue
            grain = np.float32(0.0)
            for j in range(3):
                weight = 2.0 if j == 1 else 1.0
                grain += weight * (
                    noise[row + j, column] + 2 * noise[row + j, column + 1] + noise[row + j, column + 2]
                )
            hu = canvas[row, column]
            calm = 0.55 + 0.45 * min(max((hu + 1000.0) / 900.0, 0.0), 1.0)
            value = hu + calm * strength * grain / 16 - INTERCEPT_HU
            stored[row, column] = np.uint16(min(max(value + 0.5, 1.0), 4095.0))


# --- the files --------------------------------------------------------------------------------------------
def _decimal(value: float) -> str:
    """A DS: at most 16 characters (PS3.5 6.2)."""
    return f"{value:.10g}"


def _uid(*words: object) -> UID:
    """A UID of the 2.25 root for a name: the same name, the same UID (PS3.5 B.2)."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(map(str, words))).int}")


def _series_name(grid: Grid, prior: bool, seed: int) -> str:
    return f"{grid.slices}x{grid.rows}x{grid.columns}/{seed}/{'prior' if prior else 'current'}"


def _header(grid: Grid, prior: bool, seed: int) -> Dataset:
    """All that the files of a series have in common."""
    name = _series_name(grid, prior, seed)
    date, clock = ("20250310", "101500") if prior else ("20260310", "093000")
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.ImplementationClassUID = _uid("implementation")
    ds.file_meta.ImplementationVersionName = "READINGROOM_1"
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = date
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = clock
    ds.AccessionNumber = ""
    ds.Modality = "CT"
    ds.Manufacturer = "ReadingRoom"
    ds.ManufacturerModelName = "Phantom"
    ds.DeviceSerialNumber = "0"
    ds.SoftwareVersions = "1"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = "CT chest, synthetic" + (", prior" if prior else "")
    ds.SeriesDescription = f"Chest {grid.spacing_mm[0]:.3g} mm, synthetic"
    ds.PatientName = "PHANTOM^CHEST"
    ds.PatientID = "PHANTOM-1"
    ds.PatientBirthDate = ""
    ds.PatientSex = "O"
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "Synthetic: there is no such patient"
    ds.ContrastBolusAgent = "SYNTHETIC"
    ds.BodyPartExamined = "CHEST"
    ds.SliceThickness = _decimal(grid.spacing_mm[0])
    ds.KVP = "120"
    ds.DataCollectionDiameter = "500"
    ds.ReconstructionDiameter = _decimal(FIELD_MM)
    ds.ConvolutionKernel = "SOFT"
    ds.PatientPosition = "HFS"
    ds.StudyInstanceUID = _uid("study", name)
    ds.SeriesInstanceUID = _uid("series", name)
    ds.StudyID = "1" if prior else "2"
    ds.SeriesNumber = 1
    ds.AcquisitionNumber = 1
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.FrameOfReferenceUID = _uid("frame", name)
    ds.PositionReferenceIndicator = ""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows = grid.rows
    ds.Columns = grid.columns
    ds.PixelSpacing = [_decimal(step) for step in grid.spacing_mm[1:]]
    ds.BitsAllocated = 16
    ds.BitsStored = 12
    ds.HighBit = 11
    ds.PixelRepresentation = 0
    ds.PixelPaddingValue = PADDING_STORED
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"
    ds.RescaleIntercept = str(INTERCEPT_HU)
    ds.RescaleSlope = "1"
    ds.RescaleType = "HU"
    ds.WindowCenter = ["-600", "50", "480"]
    ds.WindowWidth = ["1500", "350", "2500"]
    ds.WindowCenterWidthExplanation = ["LUNG", "MEDIASTINUM", "BONE"]
    return ds


def _locate(header: Dataset, grid: Grid, number: int, index: int, name: str) -> None:
    """What differs from file to file, but for the pixels."""
    x, y, _ = grid.origin_mm
    z = grid.z_mm(index)
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = _uid("image", name)
    header.InstanceNumber = number
    header.ImagePositionPatient = [_decimal(x), _decimal(y), _decimal(z)]
    header.SliceLocation = _decimal(z)
