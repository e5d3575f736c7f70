"""Standardized uptake values: what a PET file says, into grams per milliliter of a modality value of 1. Pure.

The steps are those of the vendor-neutral pseudo-code of the QIBA profile FDG-PET/CT, appendix G.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from readingroom.imaging.reading.elements import items, number, text, values
from readingroom.imaging.reading.moments import DAY, date_and_time, date_time
from readingroom.imaging.reading.private_elements import PrivateElement, floats, tags_of, texts

PHILIPS_SUV = PrivateElement(0x70531000, "Philips PET Private Group")
PHILIPS_ACTIVITY = PrivateElement(0x70531009, "Philips PET Private Group")
GE_SCAN = PrivateElement(0x0009100D, "GEMS_PETD_01")
PRIVATE_TAGS = tags_of(PHILIPS_SUV, PHILIPS_ACTIVITY, GE_SCAN)
LONGEST_UPTAKE = DAY
"""More than a day between injection and scan is a mistake in one of the two."""


class _No(Exception):
    """Why there is no factor, as a sentence."""


def suv_body_weight(file: Dataset) -> tuple[float | None, str]:
    """The factor from modality values to SUV by body weight, in g/ml, or None and why, as a sentence.

    (None, "") when the file is no PET. The file's own word counts: nothing is assumed that is not said,
    except that a time of injection later than the scan's is of the day before.
    """
    if text(file, "Modality") != "PT":
        return None, ""
    try:
        factor = _factor(file)
    except _No as no:
        return None, f"No SUV: {no}."
    except ArithmeticError:
        factor = 0.0
    if not math.isfinite(factor) or factor <= 0:
        return None, "No SUV: dose, weight and times give no usable factor."
    return factor, ""


def _factor(file: Dataset) -> float:
    units = text(file, "Units").upper()
    if units == "GML":
        kind = text(file, "SUVType").upper() or "BW"
        if kind != "BW":
            raise _No(f"the values are SUV already, but not by body weight ({kind})")
        return 1.0
    corrected = {str(value).strip().upper() for value in values(file, "CorrectedImage")}
    if not {"ATTN", "DECY"} <= corrected:
        missing = "attenuation" if "ATTN" not in corrected else "decay"
        raise _No(f"the pictures are not corrected for {missing}")
    if units == "CNTS":
        for suv in floats(file, PHILIPS_SUV)[:1]:
            if suv > 0:
                return suv
        for activity in floats(file, PHILIPS_ACTIVITY)[:1]:
            if activity > 0:
                return activity * _from_activity(file)
        raise _No("its counts come without a factor")
    if units != "BQML":
        raise _No(f"its values are in {units}" if units else "it does not say what its values are")
    return _from_activity(file)


def _from_activity(file: Dataset) -> float:
    """g/Bq: body weight by the dose that is left at the time to which the pictures are corrected."""
    weight = number(file, "PatientWeight")
    if weight is None or weight <= 0:
        raise _No("the patient's weight is not given")
    drugs = items(file, "RadiopharmaceuticalInformationSequence")
    if len(drugs) != 1:
        raise _No("the dose is not given" if not drugs else "several radiopharmaceuticals were given")
    dose = number(drugs[0], "RadionuclideTotalDose")
    if dose is None or dose <= 0:
        raise _No("the dose is not given")
    corrected_to = text(file, "DecayCorrection").upper()
    if corrected_to == "ADMIN":
        return weight * 1000 / dose
    if corrected_to != "START":
        raise _No("it does not say to which time decay is corrected")
    half_life = number(drugs[0], "RadionuclideHalfLife")
    if half_life is None or half_life <= 0:
        raise _No("the half-life is not given")
    scan = _scan_start(file, half_life)
    uptake = (scan - _injection(drugs[0], scan)).total_seconds()
    return weight * 1000 / (dose * math.exp(-math.log(2) * uptake / half_life))


def _scan_start(file: Dataset, half_life: float) -> datetime:
    """The time to which decay is corrected.

    Series Date and Time, unless they are later than the acquisition's: then the series was made afterwards,
    and it is GE's own element, or the mean of the frame's activity less Frame Reference Time.
    """
    series = date_and_time(text(file, "SeriesDate"), text(file, "SeriesTime"))
    acquired = date_and_time(text(file, "AcquisitionDate"), text(file, "AcquisitionTime"))
    if series is None or acquired is None:
        raise _No("the time of the scan is not given")
    if series <= acquired:
        return series
    for said in texts(file, GE_SCAN)[:1]:
        scan = date_time(said)
        if scan is not None:
            return scan
    reference, duration = number(file, "FrameReferenceTime"), number(file, "ActualFrameDuration")
    if reference is None or duration is None or reference <= 0 or duration <= 0:
        raise _No("the series was made after the scan and does not give its time")
    decayed = math.log(2) / half_life * duration / 1000
    average = half_life / math.log(2) * math.log(decayed / -math.expm1(-decayed))
    return acquired + timedelta(seconds=average - reference / 1000)


def _injection(drug: Dataset, scan: datetime) -> datetime:
    """When the radiopharmaceutical was given: its date and time, or its time on the scan's day.

    A time alone that is later than the scan's is of the day before.
    """
    given = date_time(text(drug, "RadiopharmaceuticalStartDateTime"))
    if given is None:
        given = date_and_time(f"{scan:%Y%m%d}", text(drug, "RadiopharmaceuticalStartTime"))
        if given is None:
            raise _No("the time of injection is not given")
        if given > scan:
            given -= DAY
    if not timedelta(0) <= scan - given <= LONGEST_UPTAKE:
        raise _No("the time of injection does not go with the time of the scan")
    return given
