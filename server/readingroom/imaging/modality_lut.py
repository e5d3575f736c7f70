"""The Modality LUT Sequence of a file, as a table we apply when its pixels are read. Decode process only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from readingroom.errors import BadHeader
from readingroom.imaging.dicom_file import DicomFile
from readingroom.imaging.elements import items, values
from readingroom.imaging.index import LookupTable
from readingroom.imaging.pixel_format import PixelFormat
from readingroom.imaging.stored import mask_value


def modality_lut(file: DicomFile, pixel_format: PixelFormat) -> LookupTable | None:
    """The Modality LUT Sequence's table. Raises BadHeader when it is broken. Source: PS3.3 C.11.1.1.1."""
    found: Sequence[Dataset] = items(file.dataset, "ModalityLUTSequence")
    if not found or pixel_format.is_float:
        return None
    item = found[0]
    descriptor = [int(value) for value in values(item, "LUTDescriptor")]
    raw = values(item, "LUTData")
    if len(descriptor) != 3 or descriptor[2] not in range(8, 17) or not raw:
        raise BadHeader(reason="its Modality LUT is broken")
    entries = descriptor[0] & 0xFFFF or 65536
    first = mask_value(descriptor[1], 16, pixel_format.signed)
    if isinstance(raw[0], bytes):
        order = ">" if file.syntax.big_endian else "<"
        width = "u1" if len(raw[0]) < 2 * entries else f"{order}u2"
        table = np.frombuffer(raw[0], dtype=width)
    else:
        table = np.asarray([int(value) & 0xFFFF for value in raw], dtype=np.uint16)
        if len(table) * 2 == entries + entries % 2 and descriptor[2] == 8:  # two 8-bit entries in a word
            table = table.view(np.uint8).astype(np.uint16)
    if len(table) < entries:
        raise BadHeader(reason=f"its Modality LUT has {len(table)} of {entries} entries")
    kept = table[:entries].astype(np.int64) & ((1 << descriptor[2]) - 1)
    return LookupTable(first=first, bits=descriptor[2], values=tuple(int(value) for value in kept))


def lut_dtype(table: LookupTable) -> str:
    """The dtype a Modality LUT's outputs are kept in; they are never negative."""
    return "uint8" if table.bits <= 8 else "uint16"


def free_value(table: LookupTable) -> int | None:
    """A value of lut_dtype the table never gives, for padded pixels; None when it gives the largest."""
    largest = (1 << (8 if table.bits <= 8 else 16)) - 1
    return largest if max(table.values) < largest else None
