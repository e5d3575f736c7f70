"""The Modality LUT Sequence of a file, as a table we apply when its pixels are read. Decode process only."""

from __future__ import annotations

from readingroom.errors import BadHeader
from readingroom.imaging.index import LookupTable
from readingroom.imaging.reading.dicom_file import DicomFile
from readingroom.imaging.reading.elements import items
from readingroom.imaging.reading.lookup_tables import BrokenTable, lookup_table
from readingroom.imaging.reading.pixel_format import PixelFormat


def modality_lut(file: DicomFile, pixel_format: PixelFormat) -> LookupTable | None:
    """The Modality LUT Sequence's table. Raises BadHeader when it is broken. Source: PS3.3 C.11.1.1.1."""
    found = items(file.dataset, "ModalityLUTSequence")
    if not found or pixel_format.is_float or pixel_format.is_color:
        return None
    try:
        return lookup_table(found[0], big_endian=file.syntax.big_endian, negative=pixel_format.signed)
    except BrokenTable as broken:
        raise BadHeader(reason=f"its Modality LUT {broken}") from None


def lut_dtype(table: LookupTable) -> str:
    """The dtype a Modality LUT's outputs are kept in; they are never negative."""
    return "uint8" if table.bits <= 8 else "uint16"


def free_value(table: LookupTable) -> int | None:
    """A value of lut_dtype the table never gives, for padded pixels; None when it gives the largest."""
    largest = (1 << (8 if table.bits <= 8 else 16)) - 1
    return largest if max(table.values) < largest else None
