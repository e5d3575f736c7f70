"""How the numbers of a frame are meant and shown: its rescale, windows and VOI LUTs. Decode process only."""

from __future__ import annotations

from pydicom.dataset import Dataset

from readingroom.errors import BadHeader, BadWindow
from readingroom.imaging.index import NamedLut, NamedVoi
from readingroom.imaging.lut_pool import LutPool
from readingroom.imaging.reading.elements import has, items, number, numbers, text
from readingroom.imaging.reading.functional_groups import FunctionalGroups
from readingroom.imaging.reading.lookup_tables import BrokenTable, lookup_table
from readingroom.imaging.text import clean
from readingroom.values import Rescale, VoiFunction, VoiWindow

WINDOWS_LIMIT = 16
LUTS_LIMIT = 16
"""Windows, and VOI LUTs, of one frame that are kept."""


def rescale_of(groups: FunctionalGroups) -> Rescale:
    """Source: PS3.3 C.11.1.1.2; without a Rescale Type a CT's unit is HU.

    Raises BadHeader when it says nothing (slope 0 or not a number).
    """
    holder = groups.either("PixelValueTransformationSequence", "RescaleSlope")
    slope, intercept = 1.0, 0.0
    if has(holder, "RescaleSlope") or has(holder, "RescaleIntercept"):
        found_slope = number(holder, "RescaleSlope") if has(holder, "RescaleSlope") else 1.0
        found_intercept = number(holder, "RescaleIntercept") if has(holder, "RescaleIntercept") else 0.0
        if not found_slope or found_intercept is None:
            raise BadHeader(reason="its Rescale Slope is 0 or not a number")
        slope, intercept = found_slope, found_intercept
    elif text(groups.file, "Modality") == "RTDOSE" and has(groups.file, "DoseGridScaling"):
        return _dose(groups.file)
    unit = text(holder, "RescaleType")
    written_out = "nsfield" in unit or "ndsfield" in unit  # Hounsfield, one way or the other
    unsaid = not unit and text(groups.file, "Modality") == "CT" and has(holder, "RescaleSlope")
    if written_out or unsaid:
        unit = "HU"
    elif not unit and text(groups.file, "Modality") == "PT":
        unit = text(groups.file, "Units").replace("NONE", "")  # PS3.3 C.8.9.1.1.3
    return Rescale(slope, intercept, "" if unit == "US" else unit)  # US: unspecified


def _dose(file: Dataset) -> Rescale:
    """Stored values to dose. Source: PS3.3 C.8.8.3."""
    scaling = number(file, "DoseGridScaling")
    if not scaling or scaling < 0:
        raise BadHeader(reason="its Dose Grid Scaling is not a positive number")
    units = text(file, "DoseUnits")
    return Rescale(scaling, 0.0, "Gy" if units == "GY" else units.lower())


def windows_of(groups: FunctionalGroups) -> tuple[NamedVoi, ...]:
    """Every usable window, in the file's order. Source: PS3.3 C.11.2."""
    holder = groups.either("FrameVOILUTSequence", "WindowCenter")
    centers, widths = numbers(holder, "WindowCenter") or [], numbers(holder, "WindowWidth") or []
    names = text(holder, "WindowCenterWidthExplanation").split("\\")
    try:
        function = VoiFunction(text(holder, "VOILUTFunction") or "LINEAR")
    except ValueError:
        function = VoiFunction.LINEAR
    found = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        try:
            window = VoiWindow(center, width, function)
        except BadWindow:
            continue
        found.append(NamedVoi(clean(names[index], 64) if index < len(names) else "", window))
    return tuple(found[:WINDOWS_LIMIT])


class VoiLuts:
    """The VOI LUTs of one file, each kept once. A broken one is left out: the picture has its windows."""

    def __init__(self, *, big_endian: bool) -> None:
        self._big_endian = big_endian
        self._pool = LutPool()
        self._read: dict[tuple[int, bool], tuple[int, ...]] = {}

    @property
    def luts(self) -> tuple[NamedLut, ...]:
        """Every table any frame named, in the order of their first naming."""
        return self._pool.luts

    def of(self, groups: FunctionalGroups, lowest: float) -> tuple[int, ...]:
        """The places in `luts` of a frame's tables; `lowest` is the least modality value it can have."""
        holder = groups.either("FrameVOILUTSequence", "VOILUTSequence")
        key = (id(holder), lowest < 0)
        if key not in self._read:
            self._read[key] = self._take(holder, lowest < 0)
        return self._read[key]

    def _take(self, holder: Dataset, negative: bool) -> tuple[int, ...]:
        places = []
        for item in items(holder, "VOILUTSequence")[:LUTS_LIMIT]:
            try:
                table = lookup_table(item, big_endian=self._big_endian, negative=negative)
            except BrokenTable:
                continue
            places.append(self._pool.place(NamedLut(clean(text(item, "LUTExplanation"), 64), table)))
        return tuple(place for place in places if place is not None)
