"""One file's header: preflight, then a FileHeader. Runs in the decode process only, never in the server."""

from __future__ import annotations

import math
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import LookupTable
from readingroom.imaging.reading import frame_labels, overlays, palette, suv
from readingroom.imaging.reading.calibration import lengths_of
from readingroom.imaging.reading.dicom_file import DicomFile, open_dicom
from readingroom.imaging.reading.elements import integer, items, numbers, tag, text, uid
from readingroom.imaging.reading.frame_headers import frame_headers
from readingroom.imaging.reading.modality_lut import free_value, lut_dtype, modality_lut
from readingroom.imaging.reading.padding import padding_range
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.reading.preflight import (
    check_size,
    frame_count,
    frame_offsets,
    pixel_element,
    read_pixel_format,
)
from readingroom.imaging.reading.transfer_syntaxes import TransferSyntax

_WANTED: tuple[int | str, ...] = (
    *("SpecificCharacterSet", "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID"),
    *("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "StudyDescription", "Modality"),
    *("SeriesNumber", "SeriesDescription", "SeriesDate", "BodyPartExamined", "FrameOfReferenceUID"),
    *("ImageType", "InstanceNumber", "AcquisitionNumber", "AcquisitionTime", "ContentTime"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"),
    *("GridFrameOffsetVector", "DoseGridScaling", "DoseUnits"),
    *("ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio"),
    *("PixelSpacingCalibrationType", "SequenceOfUltrasoundRegions"),
    *("DetectorInformationSequence", "SpacingBetweenSlices", "SliceVector", "EnergyWindowVector"),
    *("DetectorVector", "PhaseVector", "RRIntervalVector", "TimeSlotVector", "TimeSliceVector"),
    *("FrameIncrementPointer", "FrameTime", "FrameTimeVector", "CineRate", "RecommendedDisplayFrameRate"),
    *("ActualFrameDuration", "ScanOptions", "DimensionIndexSequence"),
    *("EchoTime", "EchoNumbers", "TemporalPositionIdentifier", "TriggerTime", "FrameReferenceTime"),
    *("DiffusionBValue", "DiffusionGradientOrientation"),
    *("Units", "SUVType", "CorrectedImage", "DecayCorrection", "PatientWeight", "SeriesTime"),
    *("AcquisitionDate", "RadiopharmaceuticalInformationSequence"),
    *("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation"),
    *("PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    *("PixelPaddingValue", "PixelPaddingRangeLimit", "PresentationLUTShape", "LossyImageCompression"),
    *("RescaleSlope", "RescaleIntercept", "RescaleType", "ModalityLUTSequence"),
    *("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction", "VOILUTSequence"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *frame_labels.PRIVATE_TAGS,
    *suv.PRIVATE_TAGS,
    *palette.KEYWORDS,
    *overlays.TAGS,
)
TAGS = tuple(tag(name) if isinstance(name, str) else BaseTag(name) for name in _WANTED)
"""The elements that are read, and no others."""

ASPECT_LIMIT = 100
"""A pixel so many times as long as wide is a mistake."""


def read_header(path: Path) -> FileHeader:
    """Everything the index needs from one file, its pixels not decoded. Raises FileRefused kinds."""
    with path.open("rb") as body:
        return header_of(open_dicom(body, TAGS))


def header_of(file: DicomFile) -> FileHeader:
    """The same for a file that is already open."""
    data = file.dataset
    pixels = pixel_element(file)
    pixel_format = read_pixel_format(file, pixels)
    count = frame_count(data)
    check_size(file, pixels, pixel_format, count)
    table = modality_lut(file, pixel_format)
    offsets = frame_offsets(file.syntax, pixels, pixel_format, count) if table is None else None
    frames, voi_luts = frame_headers(
        data,
        count,
        offsets,
        overlays=overlays.overlay_frames(file, pixel_format, count),
        stored=_stored_range(pixel_format, table),
        unit=None if table is None else _table_unit(data),
        big_endian=file.syntax.big_endian,
    )
    if pixel_format.photometric == "PALETTE COLOR":
        palette.color_table(file, pixel_format)  # or the file is refused
    padding = padding_range(data, pixel_format)
    dtype, bits_stored = pixel_format.kept_dtype, pixel_format.kept_bits
    if table is not None:
        dtype, bits_stored = lut_dtype(table), table.bits
        if padding is not None:
            pad = free_value(table)
            padding = None if pad is None else (pad, pad)
    lengths = lengths_of(data, file.sop_class, pixel_format.rows, pixel_format.columns, frames[0].spacing_mm)
    suv_bw, suv_note = suv.suv_body_weight(data)
    return FileHeader(
        study_uid=uid(data, "StudyInstanceUID"),
        series_uid=uid(data, "SeriesInstanceUID"),
        modality=text(data, "Modality")[:16],
        series_number=integer(data, "SeriesNumber"),
        series_description=text(data, "SeriesDescription"),
        series_date=text(data, "SeriesDate")[:16],
        body_part=text(data, "BodyPartExamined"),
        study_date=text(data, "StudyDate")[:16],
        study_description=text(data, "StudyDescription"),
        patient_name=text(data, "PatientName"),
        patient_id=text(data, "PatientID"),
        birth_date=text(data, "PatientBirthDate")[:16],
        frame_of_reference_uid=uid(data, "FrameOfReferenceUID") or None,
        instance_number=integer(data, "InstanceNumber"),
        acquisition_number=integer(data, "AcquisitionNumber"),
        rows=pixel_format.rows,
        columns=pixel_format.columns,
        dtype=dtype,
        bits_stored=bits_stored,
        photometric=pixel_format.photometric,
        inverted=not pixel_format.is_color and _is_inverted(data, pixel_format.photometric),
        padding=padding,
        modality_lut=table,
        lossy=_lossy(data, file.syntax),
        frames=frames,
        pixel_aspect=pixel_aspect(data),
        samples=pixel_format.kept_samples,
        palette=palette.supplemental_palette(file, pixel_format) if table is None else None,
        voi_luts=voi_luts,
        calibration=lengths.calibration,
        measured_spacing_mm=lengths.spacing_mm,
        regions=lengths.regions,
        suv_bw=suv_bw,
        suv_note=suv_note,
        views=_are_views(data),
    )


def _is_inverted(data: Dataset, photometric: str) -> bool:
    return photometric == "MONOCHROME1" or text(data, "PresentationLUTShape") == "INVERSE"


def _stored_range(pixel_format: PixelFormat, table: LookupTable | None) -> tuple[float, float] | None:
    """The least and the greatest value that is rescaled; of floats only that they may be negative.

    None for color, which has neither rescale nor windows.
    """
    if pixel_format.is_color:
        return None
    if table is not None:
        return (0, (1 << table.bits) - 1)
    if pixel_format.is_float:
        return (-1.0, 1.0)
    bits = pixel_format.bits_stored
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if pixel_format.signed else (0, (1 << bits) - 1)


def _table_unit(data: Dataset) -> str:
    """Modality LUT Type (0028,3004); US is unspecified. Source: PS3.3 C.11.1.1.2."""
    item = items(data, "ModalityLUTSequence")[0]
    unit = text(item, "ModalityLUTType")
    return "" if unit == "US" else unit


def _are_views(data: Dataset) -> bool:
    """Whether frames without places are views from several sides, no motion. Source: PS3.3 C.8.4.9.1.1."""
    kind = text(data, "ImageType").upper().split("\\")
    return text(data, "Modality") == "NM" and not {"STATIC", "WHOLE BODY"}.isdisjoint(kind)


def pixel_aspect(data: Dataset) -> tuple[int, int] | None:
    """Height and width of a pixel where they differ and Pixel Spacing does not say them.

    The spacing at the detector or of the film says it first, then the ratio. Source: PS3.3 C.7.6.3.1.7.
    """
    for keyword in ("ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        found = numbers(data, keyword)
        if found is not None and len(found) == 2:
            return _aspect(round(found[0] * 1e6), round(found[1] * 1e6))
    found = numbers(data, "PixelAspectRatio")
    return None if found is None or len(found) != 2 else _aspect(round(found[0]), round(found[1]))


def _aspect(height: int, width: int) -> tuple[int, int] | None:
    if min(height, width) <= 0 or max(height, width) > ASPECT_LIMIT * min(height, width):
        return None
    common = math.gcd(height, width)
    return None if height == width else (height // common, width // common)


def _lossy(data: Dataset, syntax: TransferSyntax) -> bool:
    """True when the picture was ever compressed with loss, or nobody denies it. Source: PS3.3 C.7.6.1.1.5."""
    said = text(data, "LossyImageCompression")
    return said == "01" or syntax.lossy == "always" or (syntax.lossy == "maybe" and said != "00")
