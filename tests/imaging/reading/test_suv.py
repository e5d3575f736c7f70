"""The factor of standardized uptake: checked by hand, and none where the file does not prove one."""

from __future__ import annotations

from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from readingroom.imaging.reading.suv import suv_body_weight
from tests.imaging.dicoms import DATA, NO_DATA

HALF_LIFE = 6600.0


def pet(drug: dict[str, Any] | None = None, **changes: Any) -> Dataset:
    """70 kg, 350 MBq at 12:00, scanned two half-lives later."""
    given = Dataset()
    said = {
        "RadionuclideTotalDose": "350000000",
        "RadionuclideHalfLife": str(HALF_LIFE),
        "RadiopharmaceuticalStartTime": "120000",
    }
    for keyword, value in (said | (drug or {})).items():
        if value is not None:
            setattr(given, keyword, value)
    ds = Dataset()
    ds.Modality, ds.Units, ds.DecayCorrection = "PT", "BQML", "START"
    ds.CorrectedImage = ["NORM", "DECY", "ATTN"]
    ds.SeriesDate = ds.AcquisitionDate = "20260310"
    ds.SeriesTime = ds.AcquisitionTime = "154000"
    ds.PatientWeight = "70"
    ds.RadiopharmaceuticalInformationSequence = Sequence([given])
    for keyword, value in changes.items():
        if value is None:
            delattr(ds, keyword)
        elif isinstance(value, pydicom.DataElement):
            ds.add(value)
        else:
            setattr(ds, keyword, value)
    return ds


def factor(ds: Dataset) -> float:
    found, note = suv_body_weight(ds)
    assert found is not None, note
    assert note == ""
    return found


def test_weight_by_the_dose_that_is_left_at_the_start_of_the_scan() -> None:
    assert factor(pet()) == pytest.approx(70_000 / (350e6 / 4))


def test_pictures_corrected_to_the_injection_take_the_dose_as_it_was_given() -> None:
    assert factor(pet(DecayCorrection="ADMIN")) == pytest.approx(70_000 / 350e6)


def test_an_injection_before_midnight_is_of_the_day_before() -> None:
    ds = pet({"RadiopharmaceuticalStartTime": "233000"}, SeriesTime="012000", AcquisitionTime="012000")
    assert factor(ds) == pytest.approx(70_000 / (350e6 / 2))  # 23:30 to 01:20 is one half-life


def test_a_date_of_injection_is_taken_at_its_word() -> None:
    ds = pet({"RadiopharmaceuticalStartDateTime": "20260310115000.000+0000"})
    assert factor(ds) == pytest.approx(70_000 / (350e6 * 2 ** -(13_800 / HALF_LIFE)))


def test_a_series_made_afterwards_is_counted_back_from_its_frame() -> None:
    """Ten minutes: the activity is its mean after half of them less λT²/24; the reference lies there."""
    average = 300 - 0.693147 / HALF_LIFE * 600**2 / 24
    ds = pet(SeriesTime="200000", FrameReferenceTime=f"{average * 1000:.3f}", ActualFrameDuration="600000")
    assert factor(ds) == pytest.approx(70_000 / (350e6 / 4), rel=1e-5)


def test_a_series_made_afterwards_by_ge_says_when_it_was_scanned() -> None:
    creator = pydicom.DataElement(0x00090010, "LO", "GEMS_PETD_01")
    scan = pydicom.DataElement(0x0009100D, "DT", "20260310154000.00")
    ds = pet(SeriesTime="200000", creator=creator, scan=scan)
    assert factor(ds) == pytest.approx(70_000 / (350e6 / 4))


def test_values_that_are_uptake_already() -> None:
    assert factor(pet(Units="GML", PatientWeight=None)) == 1.0
    found, note = suv_body_weight(pet(Units="GML", SUVType="LBM"))
    assert (found, note) == (None, "No SUV: the values are SUV already, but not by body weight (LBM).")


def philips(tag: int, value: str) -> dict[str, pydicom.DataElement]:
    return {
        "creator": pydicom.DataElement(0x70530010, "LO", "Philips PET Private Group"),
        "factor": pydicom.DataElement(tag, "DS", value),
    }


def test_counts_have_the_factor_of_their_maker() -> None:
    assert factor(pet(Units="CNTS", **philips(0x70531000, "0.00042"))) == pytest.approx(0.00042)
    activity = pet(Units="CNTS", **philips(0x70531009, "2.5"))
    assert factor(activity) == pytest.approx(2.5 * 70_000 / (350e6 / 4))
    stranger = pet(Units="CNTS", **philips(0x70531000, "0.00042"))
    stranger[0x70530010].value = "SOMEBODY ELSE"
    assert suv_body_weight(stranger)[0] is None


@pytest.mark.parametrize(
    ("ds", "why"),
    [
        (pet(PatientWeight=None), "the patient's weight is not given"),
        (pet(PatientWeight="0"), "the patient's weight is not given"),
        (pet({"RadionuclideTotalDose": None}), "the dose is not given"),
        (pet({"RadionuclideHalfLife": "0"}), "the half-life is not given"),
        (pet({"RadiopharmaceuticalStartTime": None}), "the time of injection is not given"),
        (pet({"RadiopharmaceuticalStartTime": "12"}), "the time of injection is not given"),
        (
            pet({"RadiopharmaceuticalStartDateTime": "20260308115000"}),
            "the time of injection does not go with the time of the scan",
        ),
        (
            pet({"RadiopharmaceuticalStartDateTime": "20260310160000"}),
            "the time of injection does not go with the time of the scan",
        ),
        (pet(RadiopharmaceuticalInformationSequence=None), "the dose is not given"),
        (pet(CorrectedImage=["DECY"]), "the pictures are not corrected for attenuation"),
        (pet(CorrectedImage=["ATTN"]), "the pictures are not corrected for decay"),
        (pet(DecayCorrection="NONE"), "it does not say to which time decay is corrected"),
        (pet(Units="PROPCPS"), "its values are in PROPCPS"),
        (pet(Units="CNTS"), "its counts come without a factor"),
        (pet(SeriesTime=None), "the time of the scan is not given"),
        (pet(SeriesTime="200000"), "the series was made after the scan and does not give its time"),
    ],
)
def test_without_proof_there_is_no_factor_and_a_sentence_why(ds: Dataset, why: str) -> None:
    assert suv_body_weight(ds) == (None, f"No SUV: {why}.")


@pytest.mark.parametrize(
    "drug",
    [
        {"RadionuclideHalfLife": "1e-300"},
        {"RadionuclideHalfLife": "1e300"},
        {"RadionuclideTotalDose": "1e-300"},
        {"RadionuclideTotalDose": "1e308"},
    ],
)
@pytest.mark.parametrize("reference", ["1e300", "1"])
def test_numbers_beyond_all_measure_give_no_factor_and_no_crash(drug: dict[str, str], reference: str) -> None:
    for clock in ("200000", "154000"):
        late = {"FrameReferenceTime": reference, "ActualFrameDuration": "600000", "SeriesTime": clock}
        found, note = suv_body_weight(pet(drug, **late))
        assert (found is None) == bool(note)
        assert found is None or 0 < found < float("inf")


def test_other_modalities_are_not_even_asked() -> None:
    assert suv_body_weight(pet(Modality="CT")) == (None, "")


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
def test_a_real_file_agrees_with_its_own_decay_factor() -> None:
    """82.174 kg; the dose decays from its injection to the series' start. By plain arithmetic."""
    ds = pydicom.dcmread(DATA / "singles" / "pt_acrinflt_028.dcm", stop_before_pixels=True)
    drug = ds.RadiopharmaceuticalInformationSequence[0]

    def seconds(clock: str) -> float:
        return int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + float(clock[4:])

    waited = seconds(str(ds.SeriesTime)) - seconds(str(drug.RadiopharmaceuticalStartTime))
    left = float(drug.RadionuclideTotalDose) * 0.5 ** (waited / float(drug.RadionuclideHalfLife))
    assert factor(ds) == pytest.approx(82_174 / left, rel=1e-9)
