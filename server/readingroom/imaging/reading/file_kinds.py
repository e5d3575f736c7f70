"""What a DICOM file is in plain words, by its SOP Class or else its Modality. A table. Source: PS3.4 B.5."""

from __future__ import annotations

import re
from typing import Final

STORAGE: Final = "1.2.840.10008.5.1.4.1.1."

_WITHOUT_PICTURE: Final = {
    "4.2": "an MR spectroscopy",
    "9.1.1": "an ECG waveform",
    "9.1.2": "an ECG waveform",
    "9.1.3": "an ECG waveform",
    "9.1.4": "an ECG waveform",
    "9.2.1": "a hemodynamic waveform",
    "9.3.1": "a cardiac electrophysiology waveform",
    "9.4.": "a sound recording",
    "9.7.": "an EEG, EMG or EOG waveform",
    "9.": "a waveform",
    "10": "a lookup table",
    "11": "a lookup table",
    "11.1": "a presentation state (GSPS)",
    "11.": "a presentation state",
    "66": "raw data of a scanner",
    "66.1": "a registration",
    "66.2": "a set of fiducials",
    "66.3": "a deformable registration",
    "66.5": "a surface segmentation",
    "66.6": "a set of nerve fiber tracts",
    "67": "a real world value mapping",
    "68.": "a surface scan",
    "77.1.5.3": "a stereometric relationship",
    "78.": "an eye measurement",
    "79.1": "an eye measurement",
    "80.1": "an eye measurement",
    "88.40": "a procedure log",
    "88.50": "a computer-aided detection report",
    "88.59": "a key object selection",
    "88.65": "a computer-aided detection report",
    "88.67": "a radiation dose report",
    "88.68": "a radiation dose report",
    "88.69": "a computer-aided detection report",
    "88.73": "a radiation dose report",
    "88.76": "a radiation dose report",
    "88.": "a structured report",
    "90.1": "a content assessment",
    "91.1": "a set of microscopy annotations",
    "104.1": "an encapsulated PDF",
    "104.2": "an encapsulated CDA document",
    "104.3": "an encapsulated 3-D model (STL)",
    "104.4": "an encapsulated 3-D model (OBJ)",
    "104.5": "the materials of a 3-D model (MTL)",
    "131": "a structured display",
    "200.": "an imaging protocol",
    "201.1": "an inventory",
    "481.3": "an RT structure set",
    "481.4": "an RT treatment record",
    "481.5": "an RT plan",
    "481.6": "an RT treatment record",
    "481.7": "an RT treatment record",
    "481.8": "an RT ion plan",
    "481.9": "an RT treatment record",
    "481.10": "an RT physician's intent",
    "481.11": "RT segment annotations",
    **{f"481.{number}": "an RT radiation plan" for number in (12, 13, 14, 15, 21, 22, 25)},
    **{f"481.{number}": "an RT treatment record" for number in (16, 17, 18, 19, 20)},
    "1.2.840.10008.1.3.10": "a DICOMDIR, the list of the files on a disc",
    "1.2.840.10008.5.1.4.38.1": "a hanging protocol",
    "1.2.840.10008.5.1.4.39.1": "a color palette",
    "1.2.840.10008.5.1.4.43.1": "an implant template",
    "1.2.840.10008.5.1.4.44.1": "an implant template",
    "1.2.840.10008.5.1.4.45.1": "an implant template",
    "1.3.12.2.1107.5.9.1": "private data of a Siemens scanner",
}
"""SOP Classes that have no picture, less STORAGE; one that ends in a dot stands for all that begin so."""

_PICTURES: Final = {
    "1": "a computed radiography",
    "1.1": "a digital X-ray",
    "1.1.": "a digital X-ray",
    "1.2": "a mammography",
    "1.2.": "a mammography",
    "1.3": "an intraoral X-ray",
    "1.3.": "an intraoral X-ray",
    "2": "a CT image",
    "2.": "a CT image",
    "3.": "an ultrasound clip",
    "4": "an MR image",
    "4.": "an MR image",
    "6.": "an ultrasound image",
    "7": "a secondary capture",
    "7.": "a secondary capture",
    "12.": "an X-ray angiography",
    "13.1.": "a breast tomosynthesis",
    "20": "a nuclear medicine image",
    "30": "a parametric map",
    "66.4": "a segmentation",
    "77.1.": "a photograph or video",
    "128": "a PET image",
    "128.": "a PET image",
    "130": "a PET image",
    "481.1": "an RT image",
    "481.2": "an RT dose",
}

_MODALITIES: Final = {
    "SR": "a structured report",
    "KO": "a key object selection",
    "PR": "a presentation state",
    "DOC": "an encapsulated document",
    "M3D": "an encapsulated 3-D model",
    "RTSTRUCT": "an RT structure set",
    "RTPLAN": "an RT plan",
    "RTRECORD": "an RT treatment record",
    "ECG": "an ECG waveform",
    "EEG": "an EEG waveform",
    "HD": "a hemodynamic waveform",
    "EPS": "a cardiac electrophysiology waveform",
    "RESP": "a respiratory waveform",
    "AU": "a sound recording",
    "REG": "a registration",
    "FID": "a set of fiducials",
    "RWV": "a real world value mapping",
    "PLAN": "a plan",
    "ANN": "a set of annotations",
}
"""Modalities under which no picture is stored. Source: PS3.3 C.7.3.1.1.1."""

_SOP_CLASS = re.compile(rb"\x08\x00\x16\x00(?:UI)?[\x00-\x40]{2}(?:\x00\x00)?([0-9.]{5,64})")


def without_picture(sop_class: str) -> str | None:
    """What a file of this SOP Class is, when its class has no picture."""
    return _find(_WITHOUT_PICTURE, sop_class)


def kind(sop_class: str, modality: str = "") -> str | None:
    """What a file is by its SOP Class, or else by its Modality; None when neither is known."""
    return without_picture(sop_class) or _find(_PICTURES, sop_class) or _MODALITIES.get(modality)


def sop_class_in(start: bytes) -> str:
    """The SOP Class found little-endian in the first bytes of a file nothing else is known of; or ''."""
    found = _SOP_CLASS.search(start)
    return "" if found is None else found[1].decode("ascii")


def _find(table: dict[str, str], sop_class: str) -> str | None:
    if not sop_class.startswith(STORAGE):
        return table.get(sop_class) if sop_class.count(".") > 4 else None
    name = sop_class.removeprefix(STORAGE)
    while name:
        if name in table:
            return table[name]
        above, dot, _ = name.rstrip(".").rpartition(".")
        name = above + dot
    return None
