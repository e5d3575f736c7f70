"""What the lengths of a picture mean: in the patient, at the detector, on a film, or nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.imaging.index import Calibration, Region
from readingroom.imaging.reading.elements import integer, items, number, numbers, text
from readingroom.imaging.reading.file_kinds import STORAGE

PROJECTION_CLASSES = frozenset(
    f"{STORAGE}{part}"
    for part in (
        *("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1"),  # CR; DX, MG, IO to show and to process
        *("12.1", "12.1.1", "12.2", "12.2.1", "12.3"),  # XA, XRF, bi-plane
        *("13.1.4", "13.1.5", "481.1"),  # breast projection, RT Image
    )
)
RECONSTRUCTED_CLASSES = frozenset(f"{STORAGE}13.1.{part}" for part in (1, 2, 3))
"""X-ray 3D angiographic and craniofacial, breast tomosynthesis: sections, whatever their modality."""
VISIBLE_LIGHT = f"{STORAGE}77.1"
PROJECTION_MODALITIES = frozenset(("CR", "DX", "MG", "IO", "PX", "XA", "RF", "RG", "DF", "DS", "RTIMAGE"))
SMALLEST_MM, LARGEST_MM = 1e-9, 1e6
SAME = 1e-3
"""Relative difference up to which two spacings are the same number."""
CENTIMETERS = 3
"""Physical Units (0018,6024). Source: PS3.3 C.8.5.5.1.15."""
REGIONS_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Lengths:
    """Calibration, spacing to measure with ([between rows, between columns], mm) and ultrasound regions."""

    calibration: Calibration
    spacing_mm: tuple[float, float] | None = None
    regions: tuple[Region, ...] = ()


def lengths_of(
    file: Dataset, sop_class: str, rows: int, columns: int, spacing_mm: tuple[float, float] | None
) -> Lengths:
    """What one file says. `spacing_mm` is the Pixel Spacing of its first frame.

    Cross-sections: Pixel Spacing is in the patient. Projections: it is only where it was corrected, which
    Pixel Spacing Calibration Type says, or a value unlike Imager Pixel Spacing; else lengths are those at the
    detector, too long by the unknown magnification. A Pixel Spacing alone proves no correction. Nominal
    Scanned Pixel Spacing is on the film. Estimated Radiographic Magnification Factor is an estimate for some
    depth in the patient and changes nothing. Source: PS3.3 10.7.1.1-3, C.8.5.5, C.8.6.2.
    """
    regions = regions_of(file, rows, columns)
    if regions:
        return Lengths("regions", None, regions)
    if is_projection(file, sop_class):
        return _projection(file, spacing_mm)
    corrected = bool(text(file, "PixelSpacingCalibrationType"))
    if sop_class.startswith(VISIBLE_LIGHT):  # a photograph has no one scale unless somebody laid a ruler in
        return Lengths("calibrated", spacing_mm) if corrected and spacing_mm else Lengths("none")
    if spacing_mm is not None:
        return Lengths("calibrated" if corrected else "patient", spacing_mm)
    film = spacing(file, "NominalScannedPixelSpacing")
    return Lengths("film", film) if film is not None else Lengths("none")


def is_projection(file: Dataset, sop_class: str) -> bool:
    """Whether the picture is a shadow: its lengths depend on how far from the detector things were."""
    if sop_class in PROJECTION_CLASSES:
        return True
    return text(file, "Modality").upper() in PROJECTION_MODALITIES and sop_class not in RECONSTRUCTED_CLASSES


def _projection(file: Dataset, spacing_mm: tuple[float, float] | None) -> Lengths:
    detector = spacing(file, "ImagerPixelSpacing")
    if spacing_mm is not None:
        said = bool(text(file, "PixelSpacingCalibrationType"))
        if said or (detector is not None and not _same(spacing_mm, detector)):
            return Lengths("calibrated", spacing_mm)
        return Lengths("detector", detector or spacing_mm)
    if detector is not None:
        return Lengths("detector", detector)
    film = spacing(file, "NominalScannedPixelSpacing")
    return Lengths("film", film) if film is not None else Lengths("none")


def regions_of(file: Dataset, rows: int, columns: int) -> tuple[Region, ...]:
    """The ultrasound regions with centimeters on both axes, in the file's order.

    A corner one pixel outside is a count taken for a place, and is brought in. One farther outside shows that
    the picture was cut or scaled and its regions were not: then none of them holds.
    Source: PS3.3 C.8.5.5.1.
    """
    found: list[Region] = []
    for item in items(file, "SequenceOfUltrasoundRegions")[:REGIONS_LIMIT]:
        corners = [
            integer(item, f"RegionLocation{corner}") for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")
        ]
        left, top, right, bottom = (-1 if corner is None else corner for corner in corners)
        if min(left, top) < 0 or left >= right or top >= bottom:
            continue
        if right > columns or bottom > rows:
            return ()
        units = [integer(item, f"PhysicalUnits{axis}Direction") for axis in "XY"]
        across, down = (abs(number(item, f"PhysicalDelta{axis}") or 0) for axis in "XY")
        sizes = SMALLEST_MM <= min(across, down) <= max(across, down) <= LARGEST_MM
        if units != [CENTIMETERS, CENTIMETERS] or not sizes:
            continue
        region = Region(left, top, min(right, columns - 1), min(bottom, rows - 1), (10 * down, 10 * across))
        if region.left < region.right and region.top < region.bottom:
            found.append(region)
    return tuple(found)


def spacing(file: Dataset, keyword: str) -> tuple[float, float] | None:
    """[between rows, between columns] in mm; None when absent or no two lengths that a pixel can have."""
    found = numbers(file, keyword)
    if found is None or len(found) != 2 or not SMALLEST_MM <= min(found) <= max(found) <= LARGEST_MM:
        return None
    return (found[0], found[1])


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(abs(x - y) <= SAME * y for x, y in zip(a, b, strict=True))
