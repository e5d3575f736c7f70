"""A pile of pictures into a Stack of the index: what kind it is, why, and what holds for all of it. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.imaging.headers import LONGEST_MS, SHORTEST_MS
from readingroom.imaging.index import Frame, NamedLut, Stack, StackKind
from readingroom.imaging.lut_pool import LutPool
from readingroom.imaging.sorting.pictures import Picture, places
from readingroom.imaging.sorting.piles import Pile
from readingroom.imaging.sorting.regularity import Verdict, judge

DEFAULT_MS = 100.0
"""How long a frame of a motion is shown when nothing says it."""
SECTIONS = frozenset(("CT", "MR", "PT", "SEG", "RTDOSE", "OPT"))
"""Modalities whose frames, when nothing says that they are a motion, are slices."""
SUV_TOLERANCE = 1e-4
"""Relative difference of the factors of pictures that share one."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a pile is, in words; `verdict` when its places were judged, `times_ms` when it is a motion."""

    kind: StackKind
    reason: str
    verdict: Verdict | None = None
    times_ms: tuple[float, ...] = ()


def stack_of(pile: Pile) -> Stack:
    """The stack of a pile."""
    pictures = pile.pictures
    header, frame = pictures[0].of.header, pictures[0].frame
    kind = _kind(pictures)
    verdict = kind.verdict
    mpr = verdict is not None and verdict.bridged and frame.spacing_mm is not None
    pool, luts = _voi_luts(pictures)
    suv_bw, suv_note = _suv(pictures)
    in_patient = header.calibration in ("patient", "calibrated") and frame.spacing_mm is not None
    return Stack(
        kind=kind.kind,
        reason=pile.note + kind.reason,
        rows=header.rows,
        columns=header.columns,
        dtype=header.dtype,
        bits_stored=header.bits_stored,
        photometric=header.photometric,
        inverted=header.inverted,
        orientation=frame.orientation,
        spacing_mm=frame.spacing_mm,
        slice_spacing_mm=None if verdict is None else verdict.slice_spacing_mm,
        frame_of_reference_uid=header.frame_of_reference_uid,
        unit=frame.rescale.unit,
        modality_lut=header.modality_lut,
        values=True,
        mpr=mpr,
        lossy=any(picture.of.header.lossy for picture in pictures),
        frames=tuple(_frame(picture, named) for picture, named in zip(pictures, luts, strict=True)),
        pixel_aspect=header.pixel_aspect if frame.spacing_mm is None else None,
        samples=header.samples,
        voi_luts=pool,
        palette=header.palette,
        calibration=header.calibration,
        measured_spacing_mm=frame.spacing_mm if in_patient else header.measured_spacing_mm,
        regions=header.regions,
        suv_bw=suv_bw,
        suv_note=suv_note,
        frame_times_ms=kind.times_ms,
        mpr_note=verdict.note if mpr and verdict is not None else "",
    )


def _kind(pictures: Sequence[Picture]) -> _Kind:
    header, first = pictures[0].of.header, pictures[0].frame
    count = len(pictures)
    if count == 1:
        return _Kind("image", first.complaint or "one picture")
    positions = [p.frame.position_mm for p in pictures if p.frame.position_mm is not None]
    if first.orientation is None or len(positions) != count:
        if len(header.frames) == 1:
            return _Kind("stack", f"in the order of their numbers: {first.complaint}")
        if header.views:
            return _Kind("stack", f"{count} views in one file: {first.complaint}")
        if header.modality in SECTIONS and _times(pictures) is None:
            return _Kind("stack", f"{count} frames in the order of their file: {first.complaint}")
        return _motion(pictures, f"{count} frames of one file", first.complaint)
    if len(places(pictures)) == 1:
        return _motion(pictures, f"{count} pictures at one place", "")
    verdict = judge(positions, first.orientation)
    if verdict.shape == "regular" and first.spacing_mm is not None:
        return _Kind("volume", verdict.reason, verdict)
    reason = verdict.reason if verdict.shape != "regular" else first.complaint
    if verdict.gaps_mm is not None and verdict.shape in ("gapped", "irregular") and not verdict.bridged:
        reason += "; a gap too wide for other planes"
    return _Kind("stack", reason, verdict)


def _motion(pictures: Sequence[Picture], what: str, complaint: str) -> _Kind:
    times = _times(pictures)
    if times is None:
        played = f"the file gives no frame times: played at {1000 / DEFAULT_MS:g} pictures a second"
        reason = "; ".join(filter(None, (f"{what}: {complaint}".removesuffix(": "), played)))
        return _Kind("cine", reason, times_ms=(DEFAULT_MS,) * len(pictures))
    return _Kind("cine", f"{what}, {1000 / statistics.median(times):.3g} a second", times_ms=times)


def _times(pictures: Sequence[Picture]) -> tuple[float, ...] | None:
    """How long each picture is shown, in ms: what it says itself, else what lies between their moments."""
    said = [picture.frame.time_ms for picture in pictures if picture.frame.time_ms is not None]
    if len(said) == len(pictures):
        return tuple(said)
    moments = [picture.frame.moment_ms for picture in pictures if picture.frame.moment_ms is not None]
    if len(moments) != len(pictures):
        return None
    between = [after - before for before, after in zip(moments, moments[1:], strict=False)]
    if not all(SHORTEST_MS <= time <= LONGEST_MS for time in between):
        return None
    return (*between, statistics.median(between))


def _suv(pictures: Sequence[Picture]) -> tuple[float | None, str]:
    """One factor for all pictures, or why there is none."""
    headers = [picture.of.header for picture in pictures]
    notes = [header.suv_note for header in headers if header.suv_note]
    factors = [header.suv_bw for header in headers if header.suv_bw is not None]
    if notes or len(factors) != len(headers):
        return None, notes[0] if notes else ""
    if max(factors) - min(factors) > SUV_TOLERANCE * max(factors):
        return None, "No SUV: dose, weight or times differ among its pictures."
    return factors[0], ""


def _voi_luts(pictures: Sequence[Picture]) -> tuple[tuple[NamedLut, ...], list[tuple[int, ...]]]:
    """The tables of all pictures, each once, and for each picture the places of its own among them."""
    pool = LutPool()
    known: dict[tuple[str, int], int | None] = {}  # hashing a table for every picture that names it is slow
    named = []
    for picture in pictures:
        for index in picture.frame.voi_luts:
            if (picture.of.file, index) not in known:
                known[picture.of.file, index] = pool.place(picture.of.header.voi_luts[index])
        own = (known[picture.of.file, index] for index in picture.frame.voi_luts)
        named.append(tuple(place for place in own if place is not None))
    return pool.luts, named


def _frame(picture: Picture, voi_luts: tuple[int, ...]) -> Frame:
    frame = picture.frame
    return Frame(
        file=picture.of.file,
        source=picture.of.source,
        frame=picture.number,
        position_mm=frame.position_mm,
        rescale=frame.rescale,
        padding=picture.of.header.padding,
        windows=frame.windows,
        sha256=picture.of.sha256,
        offset=frame.offset,
        voi_luts=voi_luts,
        overlay=frame.overlay,
    )
