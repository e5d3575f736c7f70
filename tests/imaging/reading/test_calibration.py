"""What lengths mean: PS3.3 10.7.1 for projections, C.8.5.5 for ultrasound, C.8.6.1 for films."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from readingroom.imaging.index import Region
from readingroom.imaging.reading.calibration import Lengths, lengths_of

CT, CR, XA, SC = (f"1.2.840.10008.5.1.4.1.1.{part}" for part in ("2", "1", "12.1", "7"))
TOMOSYNTHESIS, PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.13.1.3", "1.2.840.10008.5.1.4.1.1.77.1.4"


def file(**elements: Any) -> Dataset:
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def found(sop_class: str, spacing: float | None, **elements: Any) -> tuple[str, float | None]:
    pair = None if spacing is None else (spacing, spacing)
    lengths = lengths_of(file(**elements), sop_class, 480, 640, pair)
    return lengths.calibration, None if lengths.spacing_mm is None else lengths.spacing_mm[0]


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "NM"])
def test_pixel_spacing_of_a_cross_section_is_in_the_patient(modality: str) -> None:
    assert found(CT, 0.5, Modality=modality) == ("patient", 0.5)


@pytest.mark.parametrize(
    ("spacing", "elements", "answer"),
    [
        (0.14, {"ImagerPixelSpacing": [0.14, 0.14]}, ("detector", 0.14)),
        (
            0.14,
            {"ImagerPixelSpacing": [0.14, 0.14], "PixelSpacingCalibrationType": "GEOMETRY"},
            ("calibrated", 0.14),
        ),
        (0.12, {"ImagerPixelSpacing": [0.14, 0.14]}, ("calibrated", 0.12)),
        (0.14, {"PixelSpacingCalibrationType": "FIDUCIAL"}, ("calibrated", 0.14)),
        (0.14, {}, ("detector", 0.14)),
        (None, {"ImagerPixelSpacing": [0.14, 0.14]}, ("detector", 0.14)),
        (
            None,
            {"ImagerPixelSpacing": [0.14, 0.14], "EstimatedRadiographicMagnificationFactor": 1.2},
            ("detector", 0.14),
        ),
        (None, {"ImagerPixelSpacing": [0, 0.14]}, ("none", None)),
        (None, {"ImagerPixelSpacing": [1e300, 1e300]}, ("none", None)),
        (None, {"NominalScannedPixelSpacing": [0.17, 0.17]}, ("film", 0.17)),
        (None, {}, ("none", None)),
    ],
)
@pytest.mark.parametrize("sop_class", [CR, XA])
def test_the_ladder_of_projections(
    sop_class: str, spacing: float | None, elements: dict[str, Any], answer: tuple[str, float | None]
) -> None:
    assert found(sop_class, spacing, **elements) == answer


def test_a_secondary_capture_of_a_projection_is_one() -> None:
    assert found(SC, 0.14, Modality="DX") == ("detector", 0.14)
    assert found(SC, 0.14, Modality="OT") == ("patient", 0.14)


def test_tomosynthesis_is_a_section_whatever_its_modality() -> None:
    assert found(TOMOSYNTHESIS, 0.1, Modality="MG") == ("patient", 0.1)


def test_a_digitized_film_is_measured_on_the_film() -> None:
    assert found(SC, None, Modality="OT", NominalScannedPixelSpacing=[0.17, 0.17]) == ("film", 0.17)


def test_a_photograph_has_a_scale_only_when_somebody_laid_a_ruler_in() -> None:
    assert found(PHOTOGRAPH, 0.1, Modality="XC") == ("none", None)
    assert found(PHOTOGRAPH, 0.1, Modality="XC", PixelSpacingCalibrationType="FIDUCIAL") == (
        "calibrated",
        0.1,
    )


def region(**changes: Any) -> Dataset:
    made = {
        "RegionLocationMinX0": 10,
        "RegionLocationMinY0": 20,
        "RegionLocationMaxX1": 300,
        "RegionLocationMaxY1": 400,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.02,
        "PhysicalDeltaY": -0.03,
    }
    return file(**(made | changes))


def ultrasound(*regions: Dataset, spacing: tuple[float, float] | None = None) -> Lengths:
    return lengths_of(
        file(Modality="US", SequenceOfUltrasoundRegions=Sequence(regions)), "", 480, 640, spacing
    )


def test_a_region_in_centimeters_has_lengths_and_the_picture_has_none() -> None:
    found = ultrasound(region(), spacing=(9.0, 9.0))
    assert (found.calibration, found.spacing_mm) == ("regions", None)
    assert found.regions == (Region(10, 20, 300, 400, (pytest.approx(0.3), pytest.approx(0.2))),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"PhysicalUnitsXDirection": 4},
        {"PhysicalUnitsYDirection": 0},
        {"PhysicalDeltaX": 0.0},
        {"PhysicalDeltaX": float("nan")},
        {"RegionLocationMaxX1": 10},
        {"RegionLocationMinX0": None},
    ],
)
def test_a_region_without_centimeters_or_sense_is_none(changes: dict[str, Any]) -> None:
    assert ultrasound(region(**changes)) == Lengths("none")
    assert len(ultrasound(region(**changes), region()).regions) == 1


def test_a_corner_one_pixel_outside_is_brought_in() -> None:
    found = ultrasound(region(RegionLocationMaxX1=640, RegionLocationMaxY1=480))
    assert (found.regions[0].right, found.regions[0].bottom) == (639, 479)


def test_regions_of_another_size_of_picture_are_not_believed() -> None:
    assert ultrasound(region(), region(RegionLocationMaxX1=799)) == Lengths("none")


def test_regions_over_each_other_stay_in_the_files_order() -> None:
    found = ultrasound(region(), region(RegionLocationMinX0=50))
    assert [one.left for one in found.regions] == [10, 50]
