"""Headers of imported files into studies, series and stacks: what belongs together, in which order. Pure.

Nothing is merged that differs in frame of reference, shape, bits, orientation, spacing, echo, b-value, kind
of picture or moment; what lies twice at one place becomes phases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from readingroom.imaging.headers import FileHeader, FrameHeader
from readingroom.imaging.index import Frame, Orientation, Series, Stack, StackKind
from readingroom.imaging.regularity import SAME_PLACE_MM, depths, judge

ORIENTATION_TOLERANCE = 1e-3
"""Largest difference of a direction cosine inside one stack: 0.06 degrees."""
SPACING_TOLERANCE = 1e-3
"""Largest relative difference of pixel spacing inside one stack."""
LEAST_TO_IGNORE = 3
"""A label that differs in every one of so many pictures (or more) means no group."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file's header with the names it has: ours (`file`), its base name before (`source`), its SHA-256."""

    header: FileHeader
    file: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """One frame of one file."""

    of: ImportedFile
    frame: FrameHeader
    number: int

    @property
    def order(self) -> tuple[int, float, int, str, int]:
        """The order among pictures at one place, or without any place."""
        header = self.of.header
        return (
            header.acquisition_number or 0,
            self.frame.moment,
            header.instance_number or 0,
            self.of.source,
            self.number,
        )


def split_studies(files: Iterable[ImportedFile]) -> list[list[ImportedFile]]:
    """Files of one study and patient together; two patients never share a study, whatever its UID says."""
    return list(_grouped(files, _study_key).values())


def split_series(files: Iterable[ImportedFile]) -> tuple[Series, ...]:
    """The series of one study, by series number."""
    made = []
    for members in _grouped(files, lambda file: file.header.series_uid).values():
        members, note = _one_frame_of_reference(members)
        first = members[0].header
        made.append(
            Series(
                series_uid=first.series_uid,
                modality=first.modality,
                number=first.series_number,
                description=first.series_description,
                date=first.series_date or first.study_date,
                body_part=first.body_part,
                stacks=tuple(replace(stack, reason=stack.reason + note) for stack in _stacks(members)),
            )
        )
    made.sort(key=lambda series: (series.number is None, series.number or 0, series.series_uid))
    return tuple(made)


def _study_key(file: ImportedFile) -> tuple[str, str, str]:
    header = file.header
    name = "".join(char for char in header.patient_name.casefold() if char.isalnum())
    return (header.study_uid, header.patient_id.strip(), name)


def _one_frame_of_reference(files: list[ImportedFile]) -> tuple[list[ImportedFile], str]:
    """Some de-identifiers give every picture a frame of reference of its own; such ones separate nothing."""
    uids = {file.header.frame_of_reference_uid for file in files}
    if len(uids) != len(files) or len(files) < LEAST_TO_IGNORE or None in uids:
        return files, ""
    uid = files[0].header.frame_of_reference_uid
    alike = [replace(file, header=replace(file.header, frame_of_reference_uid=uid)) for file in files]
    return alike, "; each had a frame of reference of its own, taken as one"


def _stacks(files: Sequence[ImportedFile]) -> list[Stack]:
    pictures = [
        _Picture(file, frame, number) for file in files for number, frame in enumerate(file.header.frames)
    ]
    made = []
    for alike in _grouped(pictures, _form).values():
        for parallel in _cluster(alike):
            for group in _labeled(parallel, lambda p: (p.frame.echo, p.frame.diffusion, p.frame.part)):
                made += _moments(group)
    made.sort(key=lambda stack: stack[0])
    return [stack for _, stack in made]


def _form(picture: _Picture) -> Hashable:
    """What two pictures must have exactly in common to share an array and a place in the patient."""
    header = picture.of.header
    lone = picture.frame.position_mm is None and len(header.frames) > 1
    return (
        header.localizer,
        header.frame_of_reference_uid,
        (header.rows, header.columns, header.dtype, header.bits_stored),
        (header.photometric, header.inverted, header.modality_lut, picture.frame.rescale.unit),
        picture.frame.position_mm is None,
        header.pixel_aspect if picture.frame.spacing_mm is None else None,
        picture.of.file if lone else None,  # a cine without places is a stack of its own
    )


def _cluster(pictures: list[_Picture]) -> list[list[_Picture]]:
    """Pictures of one orientation and pixel spacing, within tolerance of the first of each cluster."""
    clusters: list[list[_Picture]] = []
    for picture in pictures:
        for cluster in clusters:
            if _parallel(cluster[0].frame, picture.frame):
                cluster.append(picture)
                break
        else:
            clusters.append([picture])
    return clusters


def _parallel(a: FrameHeader, b: FrameHeader) -> bool:
    return _close(a.orientation, b.orientation, ORIENTATION_TOLERANCE, relative=False) and _close(
        a.spacing_mm, b.spacing_mm, SPACING_TOLERANCE, relative=True
    )


def _close(
    a: tuple[float, ...] | None, b: tuple[float, ...] | None, tolerance: float, *, relative: bool
) -> bool:
    if a is None or b is None:
        return a is b
    return all(abs(x - y) <= tolerance * (abs(x) if relative else 1.0) for x, y in zip(a, b, strict=True))


def _labeled(pictures: list[_Picture], label: Callable[[_Picture], Key]) -> list[list[_Picture]]:
    """Pictures by label; a label that differs wherever the place differs separates nothing and is ignored."""
    groups = _grouped(pictures, label)
    if len(groups) == len(pictures) >= LEAST_TO_IGNORE and len(_places(pictures)) == len(pictures):
        return [pictures]
    return list(groups.values())


def _moments(pictures: list[_Picture]) -> list[tuple[tuple[object, ...], Stack]]:
    """Stacks of pictures that differ only in place and moment: one each moment, or a cine at one place."""
    places = _places(pictures)
    if len(places) == 1 and len(pictures) > 1:
        by_time = sorted(pictures, key=lambda p: (_as_number(p.frame.temporal), *p.order))
        return [_stack(by_time, "")]
    made = []
    for group in _labeled(pictures, lambda picture: picture.frame.temporal):
        phases = _phases(group)
        for number, phase in enumerate(phases, 1):
            made.append(_stack(phase, f"phase {number} of {len(phases)}: " if len(phases) > 1 else ""))
    return made


def _phases(pictures: list[_Picture]) -> list[list[_Picture]]:
    """No two pictures of one phase share a place: by acquisition when that is enough, else by rank."""
    places = _places(pictures)
    if all(len(place) == 1 for place in places):
        return [[place[0] for place in places]]
    by_acquisition = _grouped(pictures, lambda picture: picture.of.header.acquisition_number)
    if len(by_acquisition) > 1:
        split = [_places(group) for _, group in sorted(by_acquisition.items(), key=lambda item: item[0] or 0)]
        if all(len(place) == 1 for group in split for place in group):
            return [[place[0] for place in group] for group in split]
    most = max(len(place) for place in places)
    return [[place[rank] for place in places if len(place) > rank] for rank in range(most)]


def _places(pictures: list[_Picture]) -> list[list[_Picture]]:
    """Pictures at one depth together, in order along the normal; without places each alone, by number."""
    orientation = pictures[0].frame.orientation
    positions = [p.frame.position_mm for p in pictures if p.frame.position_mm is not None]
    if orientation is None or len(positions) != len(pictures):
        return [[picture] for picture in sorted(pictures, key=_number_order)]
    along = depths(positions, orientation)
    ordered = sorted(zip(along.tolist(), pictures, strict=True), key=lambda pair: (pair[0], pair[1].order))
    places: list[list[_Picture]] = []
    last = float("-inf")
    for depth, picture in ordered:
        if depth - last <= SAME_PLACE_MM:
            places[-1].append(picture)
        else:
            places.append([picture])
            last = depth
    return [sorted(place, key=lambda picture: picture.order) for place in places]


def _number_order(picture: _Picture) -> tuple[int, str, int]:
    return (picture.of.header.instance_number or 0, picture.of.source, picture.number)


def _stack(pictures: list[_Picture], phase: str) -> tuple[tuple[object, ...], Stack]:
    """The stack with what it is sorted by: pictures proper before localizers, then the file's own numbers."""
    first = pictures[0]
    header, frame = first.of.header, first.frame
    kind, reason, spacing = _judged(pictures)
    numbers = [p.of.header.instance_number for p in pictures if p.of.header.instance_number is not None]
    integers = header.dtype in ("uint8", "uint16", "int16")
    stack = Stack(
        kind=kind,
        reason=phase + reason,
        rows=header.rows,
        columns=header.columns,
        dtype=header.dtype,
        bits_stored=header.bits_stored,
        photometric=header.photometric,
        inverted=header.inverted,
        orientation=frame.orientation,
        spacing_mm=frame.spacing_mm,
        slice_spacing_mm=spacing,
        frame_of_reference_uid=header.frame_of_reference_uid,
        unit=frame.rescale.unit,
        modality_lut=header.modality_lut,
        values=integers,
        mpr=kind == "volume",
        lossy=any(picture.of.header.lossy for picture in pictures),
        frames=tuple(_frame(picture) for picture in pictures),
        pixel_aspect=header.pixel_aspect if frame.spacing_mm is None else None,
    )
    return (header.localizer, min(numbers, default=1 << 62), first.number, first.of.source, phase), stack


def _judged(pictures: list[_Picture]) -> tuple[StackKind, str, float | None]:
    """Kind, reason and usual gap of pictures in order."""
    first = pictures[0].frame
    count = len(pictures)
    placed: Orientation | None = first.orientation if first.position_mm is not None else None
    if count == 1:
        return "image", first.complaint or "one picture", None
    if placed is None:
        if len(pictures[0].of.header.frames) > 1:
            return "cine", f"{count} frames of one file: {first.complaint}", None
        return "stack", f"in the order of their numbers: {first.complaint}", None
    positions = [p.frame.position_mm for p in pictures if p.frame.position_mm is not None]
    if len(_places(pictures)) == 1:
        return "cine", f"{count} pictures at one place", None
    verdict = judge(positions, placed)
    if verdict.shape == "regular" and first.spacing_mm is None:
        return "stack", first.complaint, verdict.slice_spacing_mm
    return "volume" if verdict.shape == "regular" else "stack", verdict.reason, verdict.slice_spacing_mm


def _frame(picture: _Picture) -> Frame:
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
    )


def _as_number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return 0.0


Item = TypeVar("Item")


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
