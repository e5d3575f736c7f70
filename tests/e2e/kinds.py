"""One small DICOM file of every kind of picture that is drawn in its own way, for the browser tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.imaging.dicoms import picture, write
from tests.imaging.reading.color_dicoms import add_palette, color_picture, palette_picture

EDGE: Final = 256
"""Rows and columns of every picture."""

PADDING: Final = 4000

Values = NDArray[Any]


def values(most: int = 3500, least: int = 0) -> Values:
    """Stored values with slopes, edges and noise: neighbors differ, and no two regions are alike."""
    row, column = np.mgrid[:EDGE, :EDGE]
    slope = (row * 0.55 + column * 0.35 + 40 * ((row // 32 + column // 32) % 2)) / 270
    noise = np.random.default_rng(7).integers(-90, 90, (EDGE, EDGE)) / 1500
    spread = (slope + noise) * (most - least) + least
    return np.asarray(np.clip(spread, least, most), np.int64)


def _stored(dtype: str, most: int = 3500, least: int = 0) -> Values:
    return values(most, least).astype(dtype)


def _gray(**changes: Any) -> Dataset:
    """A CT slice in the window 300/1400 of Hounsfield units, unless told otherwise."""
    usual: dict[str, Any] = {"WindowCenter": 300, "WindowWidth": 1400, "pixels": _stored("uint16")}
    return picture(**(usual | changes))


def _ct() -> Dataset:
    stored = _stored("uint16")
    stored[:40, :90] = stored[100:120, 200:210] = PADDING
    return _gray(pixels=stored, PixelPaddingValue=PADDING)


def _signed() -> Dataset:
    return _gray(
        pixels=_stored("int16", 3000, -1000), PixelRepresentation=1, BitsStored=16, HighBit=15,
        RescaleSlope=2.5, RescaleIntercept=-7.25, Modality="MR", RescaleType="US",
    )  # fmt: skip


def _square_lut() -> Dataset:
    """A VOI LUT of the modality values -200 to 823, 12 bits out."""
    table = Dataset()
    entries = np.round(4095 * np.linspace(0, 1, 1024) ** 2).astype("<u2")
    table.add_new("LUTDescriptor", "SS", [1024, -200, 12])
    table.add_new("LUTData", "OW", entries.tobytes())
    table.LUTExplanation = "Square"
    return table


def _voi_lut() -> Dataset:
    return picture(pixels=_stored("uint16"), VOILUTSequence=Sequence([_square_lut()]))


def _pet() -> Dataset:
    return _gray(
        pixels=_stored("int16", 30000), PixelRepresentation=1, BitsStored=16, HighBit=15,
        Modality="PT", RescaleSlope=0.3717, RescaleIntercept=0, Units="BQML",
        WindowCenter=4000, WindowWidth=8000,
    )  # fmt: skip


def _rgb() -> Dataset:
    channels = [values(255), values(255)[::-1], values(255)[:, ::-1]]
    return color_picture(np.stack(channels, axis=-1).astype(np.uint8))


def _palette_color() -> Dataset:
    ramp = np.arange(256)
    tables = [(table % 256).astype("<u2").tobytes() for table in (ramp, 255 - ramp, 3 * ramp)]
    return palette_picture(_stored("uint8", 255), tables, (256, 0, 8))


def _supplemental() -> Dataset:
    ds = _gray(PixelPresentation="COLOR")
    ramp = np.arange(500)
    tables = [(table * 65535 // 499).astype("<u2").tobytes() for table in (ramp, ramp[::-1], 499 - ramp // 2)]
    add_palette(ds, tables, (500, 2400, 16))
    return ds


def _float_map() -> Dataset:
    numbers = (values(30000) / 7.0 - 900).astype("<f4")
    numbers[60:90, 10:50] = np.nan
    ds = _gray(BitsAllocated=32, RescaleSlope=None, RescaleIntercept=None, WindowCenter=900, WindowWidth=3000)
    del ds.PixelData, ds.BitsStored, ds.HighBit, ds.PixelRepresentation
    ds.FloatPixelData = numbers.tobytes()
    ds.VOILUTFunction = "SIGMOID"
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.30"
    return ds


def _long_integers(**changes: Any) -> Dataset:
    form: dict[str, Any] = {
        "pixels": _stored("uint32", 3_000_000), "BitsAllocated": 32, "BitsStored": 32, "HighBit": 31,
        "RescaleSlope": 0.001, "RescaleIntercept": -500,
    }  # fmt: skip
    return _gray(**(form | changes))


def overlay_bits() -> Values:
    """A frame around the picture's middle, one pixel thin, and a single pixel in its upper left corner."""
    bits = np.zeros((EDGE, EDGE), np.uint8)
    bits[80:120, 60:200] = 1
    bits[81:119, 61:199] = 0
    bits[0, 0] = 1
    return bits


def _overlay() -> Dataset:
    packed = np.packbits(overlay_bits(), bitorder="little").tobytes()
    ds = _gray()
    for element, vr, value in (
        (0x0010, "US", EDGE), (0x0011, "US", EDGE), (0x0040, "CS", "G"), (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1), (0x0102, "US", 0), (0x3000, "OW", packed),
    ):  # fmt: skip
        ds.add_new((0x6000, element), vr, value)
    return ds


def _long_voi_lut() -> Dataset:
    ds = _long_integers(VOILUTSequence=Sequence([_square_lut()]))
    del ds.WindowCenter, ds.WindowWidth
    return ds


KINDS: Final[dict[str, Callable[[], Dataset]]] = {
    "CT with padding": _ct,
    "signed MR": _signed,
    "MONOCHROME1": lambda: _gray(PhotometricInterpretation="MONOCHROME1", Modality="CR"),
    "SIGMOID": lambda: _gray(VOILUTFunction="SIGMOID"),
    "LINEAR_EXACT": lambda: _gray(VOILUTFunction="LINEAR_EXACT", WindowCenter=299.5, WindowWidth=1399.25),
    "VOI LUT": _voi_lut,
    "PET": _pet,
    "8 bits": lambda: _gray(
        pixels=_stored("uint8", 255), BitsAllocated=8, BitsStored=8, HighBit=7,
        WindowCenter=-900, WindowWidth=190,
    ),
    "RGB": _rgb,
    "PALETTE COLOR": _palette_color,
    "supplemental palette": _supplemental,
    "float map": _float_map,
    "32 bit integers": _long_integers,
    "32 bits inverted": lambda: _long_integers(
        PresentationLUTShape="INVERSE", VOILUTFunction="LINEAR_EXACT"
    ),
    "32 bits by VOI LUT": _long_voi_lut,
    "overlay": _overlay,
}  # fmt: skip


def write_kinds(folder: Path) -> Path:
    """A file of each kind, each a series of its own that is called by its kind."""
    folder.mkdir()
    for number, (name, made) in enumerate(KINDS.items()):
        ds = made()
        ds.SeriesDescription, ds.SeriesNumber = name, number + 1
        ds.PixelSpacing = [0.5, 0.5]
        ds.SeriesInstanceUID = f"1.2.3.77.{number + 1}"
        ds.SOPInstanceUID = f"{ds.SeriesInstanceUID}.1"
        ds.FrameOfReferenceUID = f"{ds.SeriesInstanceUID}.9"
        write(folder / f"{number}.dcm", ds)
    return folder


def write_film(folder: Path, frames: int = 12, frame_ms: float = 80.0) -> Path:
    """A color ultrasound film: a bar that stands further right in every frame and has its color."""
    pixels = np.zeros((frames, 128, 160, 3), np.uint8)
    for frame in range(frames):
        left = frame * 160 // frames
        pixels[frame, :, left : left + 160 // frames] = (255, 20 * frame, 255 - 20 * frame)
    ds = color_picture(pixels[0], pixels.tobytes(), NumberOfFrames=frames, Modality="US")
    del ds.ImagePositionPatient, ds.ImageOrientationPatient, ds.FrameOfReferenceUID, ds.PixelSpacing
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    ds.FrameTime = frame_ms
    ds.add_new("FrameIncrementPointer", "AT", 0x00181063)
    ds.SeriesDescription, ds.SeriesInstanceUID, ds.SOPInstanceUID = "Film", "1.2.3.78", "1.2.3.78.1"
    folder.mkdir()
    write(folder / "film.dcm", ds)
    return folder
