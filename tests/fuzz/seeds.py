"""Sound files of every transfer syntax, to be harmed: real ones where they are at hand, and ours always."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jpeg_ls
import numpy as np
import pydicom
from openjpeg.utils import encode_array
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from readingroom.imaging.reading.transfer_syntaxes import decodable
from tests.imaging.dicoms import DATA, encapsulated, picture, run_lengths

LARGEST: Final = 400_000
"""Bytes; larger files say nothing new and cost time."""
PREAMBLE: Final = 132


@dataclass(frozen=True, slots=True)
class Seed:
    """A sound file, the name of its transfer syntax, and where its elements and pixels lie."""

    name: str
    syntax: str
    data: bytes
    elements: tuple[tuple[int, int], ...]
    """Of each top-level element: its tag, and the first byte of its value."""
    pixels: int
    """The first byte of the pixels' value; in a deflated file the end."""


def seeds() -> list[Seed]:
    """One list for all runs: by syntax, then by name."""
    found = [*_ours(), *_real()]
    return sorted(found, key=lambda seed: (seed.syntax, seed.name))


def missing(found: list[Seed]) -> list[str]:
    """Decodable syntaxes of which there is no seed here."""
    return sorted({syntax.name for syntax in decodable()} - {seed.syntax for seed in found})


def read_seed(name: str, data: bytes) -> Seed | None:
    """A seed of a file pydicom reads and we can decode; None for any other."""
    with warnings.catch_warnings(action="ignore"):
        try:
            ds = pydicom.dcmread(io.BytesIO(data))
        except pydicom.errors.InvalidDicomError:
            return None
    uid = ds.file_meta.get("TransferSyntaxUID")
    syntax = next((syntax for syntax in decodable() if syntax.uid == uid), None)
    if syntax is None or "PixelData" not in ds or syntax.deflated:
        return None if syntax is None or not syntax.deflated else Seed(name, syntax.name, data, (), len(data))
    places = []
    for tag in ds.keys():  # noqa: SIM118  iterating a data set converts its elements
        element = ds.get_item(tag)
        at = getattr(element, "value_tell", None) or getattr(element, "file_tell", None)
        if at:
            places.append((int(tag), int(at)))
    pixels = next((at for tag, at in places if tag == 0x7FE00010), len(data))
    return Seed(name, syntax.name, data, tuple(places), pixels)


def _real() -> Iterator[Seed]:
    for path in sorted((DATA / "singles").glob("*.dcm")):
        if path.stat().st_size <= LARGEST:
            data = path.read_bytes()
            seed = read_seed(path.stem, data)
            if seed is not None:
                yield seed
                yield from _renamed(seed)


_SAME_STREAM: Final = {
    "1.2.840.10008.1.2.4.70": "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.201": "1.2.840.10008.1.2.4.202",
}
"""Syntaxes whose pictures may also stand under another name."""


def _renamed(seed: Seed) -> Iterator[Seed]:
    for name, other in _SAME_STREAM.items():
        if name.encode() in seed.data[:1024]:
            ds = pydicom.dcmread(io.BytesIO(seed.data))
            ds.file_meta.TransferSyntaxUID = UID(other)
            renamed = read_seed(f"{seed.name} renamed", saved(ds))
            if renamed is not None:
                yield renamed


def _ours() -> Iterator[Seed]:
    values = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
    shape: dict[str, Any] = {"pixels": values, "WindowCenter": 40, "WindowWidth": 400, "PixelPaddingValue": 0}
    for uid in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian):
        yield _ours_as(uid, picture(syntax=uid, **shape))
    yield _ours_as(DeflatedExplicitVRLittleEndian, picture(syntax=DeflatedExplicitVRLittleEndian, **shape))
    runs = encapsulated([run_lengths(values)])
    yield _ours_as(RLELossless, picture(syntax=RLELossless, **shape, PixelData=runs))
    for uid, stream in (
        (JPEGLSLossless, jpeg_ls.encode_array(values)),
        (JPEG2000Lossless, encode_array(values)),
    ):
        yield _ours_as(uid, picture(syntax=uid, **shape, PixelData=encapsulate([bytes(stream)])))
    yield _ours_as(JPEGBaseline8Bit, _jpeg())
    yield _ours_as(JPEGLosslessSV1, _lossless(picture(**shape)))


def _jpeg() -> Dataset:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.arange(64 * 48, dtype=np.uint8).reshape(64, 48)).save(stream, "JPEG")
    bits: dict[str, Any] = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "Rows": 64, "Columns": 48}
    return picture(syntax=JPEGBaseline8Bit, PixelData=encapsulate([stream.getvalue()]), **bits)


def _lossless(ds: Dataset) -> Dataset:
    """Compressed by GDCM."""
    import gdcm

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source", Path(folder) / "target"
        source.write_bytes(saved(ds))
        reader = gdcm.ImageReader()
        reader.SetFileName(str(source))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(target))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return pydicom.dcmread(io.BytesIO(target.read_bytes()))


def _ours_as(uid: UID, ds: Dataset) -> Seed:
    seed = read_seed(f"ours {uid.name}", saved(ds))
    assert seed is not None
    return seed


def saved(ds: Dataset) -> bytes:
    """The file of a data set, whatever is wrong with it."""
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        ds.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
