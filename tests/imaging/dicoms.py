"""Small DICOM files for tests, written by pydicom: valid unless a test asks for something else."""

from __future__ import annotations

import os
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

DATA = Path(
    os.environ.get("READINGROOM_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")
).resolve()
NO_DATA = f"no test data at {DATA.name} (READINGROOM_TEST_DATA)"

ROWS, COLUMNS = 6, 8


def numbers(index: int = 0, rows: int = ROWS, columns: int = COLUMNS) -> npt.NDArray[np.uint16]:
    """Stored values that tell slices, rows and columns apart."""
    row, column = np.mgrid[:rows, :columns]
    return np.asarray(100 * index + 10 * row + column, dtype=np.uint16)


def picture(index: int = 0, **changes: Any) -> Dataset:
    """One axial CT slice, 12 of 16 bits, 2 mm above the one before; `changes` set or (None) remove elements.

    `pixels` replaces the values; `syntax` the transfer syntax (then `PixelData` is taken as it is).
    """
    pixels = changes.pop("pixels", None)
    syntax = changes.pop("syntax", ExplicitVRLittleEndian)
    values = numbers(index) if pixels is None else pixels
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = f"1.2.3.4.{index + 1}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = "1.2.3", "1.2.3.4", "1.2.3.9"
    ds.PatientName, ds.PatientID, ds.Modality = "Roe^Jane", "P1", "CT"
    ds.SeriesNumber, ds.InstanceNumber, ds.AcquisitionNumber = 1, index + 1, 1
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.ImagePositionPatient = [-10.0, -20.0, 2.0 * index]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [0.5, 0.75]
    ds.Rows, ds.Columns = values.shape[-2:]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.PixelData = values.tobytes()
    with warnings.catch_warnings(action="ignore"):  # pydicom warns of what a test breaks on purpose
        for keyword, value in changes.items():
            if value is None:
                delattr(ds, keyword)
            else:
                setattr(ds, keyword, value)
    ds["PixelData"].VR = "OB" if ds.file_meta.TransferSyntaxUID.is_encapsulated else "OW"
    return ds


def write(path: Path, ds: Dataset) -> Path:
    """The file of a dataset, as a scanner would write it."""
    with warnings.catch_warnings(action="ignore"):
        ds.save_as(path, enforce_file_format=True)
    return path


def write_series(folder: Path, count: int = 5, **changes: Any) -> Path:
    """`count` slices `0.dcm`, `1.dcm`, …"""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        write(folder / f"{index}.dcm", picture(index, **changes))
    return folder


def run_lengths(values: npt.NDArray[np.uint16]) -> bytes:
    """One RLE frame of literal runs: two segments, high bytes first. Source: PS3.5 Annex G."""
    planes = [(values >> 8).astype(np.uint8).tobytes(), (values & 0xFF).astype(np.uint8).tobytes()]
    segments = []
    for plane in planes:
        packed = b"".join(
            bytes([len(chunk) - 1]) + chunk
            for chunk in (plane[i : i + 128] for i in range(0, len(plane), 128))
        )
        segments.append(packed + b"\0" * (len(packed) % 2))
    header = struct.pack("<16I", 2, 64, 64 + len(segments[0]), *[0] * 13)
    return header + b"".join(segments)


def encapsulated(frames: list[bytes]) -> bytes:
    """Frames as encapsulated pixel data."""
    return bytes(encapsulate(frames))
