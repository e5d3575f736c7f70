"""Pictures of a series into piles: what belongs together, one picture at a place, in order. Pure.

Nothing is put together that differs in frame of reference, shape, bits, colors, orientation, spacing, echo,
b-value, kind of picture or time point; what lies twice at one place becomes phases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from readingroom.imaging.headers import FileHeader, FrameHeader
from readingroom.imaging.sorting.pictures import ImportedFile, Key, Picture, grouped, places
from readingroom.imaging.sorting.regularity import sideways

ORIENTATION_TOLERANCE = 1e-3
"""Largest difference of a direction cosine inside one pile: 0.06 degrees."""
SPACING_TOLERANCE = 1e-3
"""Largest relative difference of pixel spacing inside one pile."""
BESIDE_MM = 0.1
"""Pictures at one depth that lie farther apart do not lie on each other."""
PARTS_LIMIT = 16
LEAST_TO_IGNORE = 3
"""A label that differs in every one of so many pictures (or more) means no group."""


@dataclass(frozen=True, slots=True)
class Pile:
    """Pictures that belong together, in order; `note` says which of several alike they are."""

    pictures: tuple[Picture, ...]
    note: str = ""


def piles_of(files: Sequence[ImportedFile]) -> list[Pile]:
    """The piles of one series, in no order of their own."""
    made: list[Pile] = []
    for members in grouped(files, lambda file: _file_form(file.header)).values():
        pictures = [
            Picture(file, frame, number)
            for file in members
            for number, frame in enumerate(file.header.frames)
        ]
        for alike in grouped(pictures, _frame_form).values():
            made += _piles(alike)
    return made


def _piles(alike: list[Picture]) -> list[Pile]:
    """The piles of pictures of one form."""
    made: list[Pile] = []
    for parallel in _cluster(alike):
        groups = _labeled(parallel, lambda p: (p.frame.echo, p.frame.diffusion, p.frame.part))
        for group in groups:
            note = _told(group[0].frame, [other[0].frame for other in groups])
            made += [replace(pile, note=note + pile.note) for pile in _moments(group)]
    return made


def _file_form(header: FileHeader) -> Hashable:
    """What two files must have exactly in common for their pictures to share an array."""
    return (
        header.frame_of_reference_uid,
        (header.rows, header.columns, header.samples, header.dtype, header.bits_stored),
        (header.photometric, header.inverted, header.modality_lut, header.palette),
        (header.calibration, header.regions),
    )


def _frame_form(picture: Picture) -> Hashable:
    """What two pictures of such files must have exactly in common besides."""
    header, frame = picture.of.header, picture.frame
    lone = frame.position_mm is None and len(header.frames) > 1
    return (
        frame.localizer,
        frame.rescale.unit,
        frame.position_mm is None,
        (header.pixel_aspect, header.measured_spacing_mm) if frame.spacing_mm is None else None,
        picture.of.file if lone else None,  # a cine without places is a pile of its own
    )


def _cluster(pictures: list[Picture]) -> list[list[Picture]]:
    """Pictures of one orientation and pixel spacing, within tolerance of the first of each cluster."""
    clusters: list[list[Picture]] = []
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


def _told(frame: FrameHeader, others: Sequence[FrameHeader]) -> str:
    """What sets a group apart from the others beside it, as the start of a reason."""
    told = []
    if frame.echo and len({other.echo for other in others}) > 1:
        told.append(f"echo {frame.echo.rpartition('/')[2]}")
    if frame.diffusion and len({other.diffusion for other in others}) > 1:
        told.append(f"b {frame.diffusion}")
    return "".join(f"{word}: " for word in told)


def _labeled(pictures: list[Picture], label: Callable[[Picture], Key]) -> list[list[Picture]]:
    """Pictures by label; a label that differs wherever the place differs separates nothing and is ignored."""
    groups = grouped(pictures, label)
    if len(groups) == len(pictures) >= LEAST_TO_IGNORE and len(places(pictures)) == len(pictures):
        return [pictures]
    return list(groups.values())


def _moments(pictures: list[Picture]) -> list[Pile]:
    """Piles of pictures that differ only in place and moment: one each moment, or one at one place."""
    first = pictures[0]
    if first.frame.position_mm is None and len(first.of.header.frames) > 1:
        return [Pile(tuple(pictures))]
    if len(pictures) > 1 and len(places(pictures)) == 1 and len(_beside(pictures)) == 1:
        return [Pile(tuple(sorted(pictures, key=lambda p: (_as_number(p.frame.temporal), *p.order))))]
    made: list[Pile] = []
    groups = _labeled(pictures, lambda picture: picture.frame.temporal)
    groups.sort(key=lambda group: _as_number(group[0].frame.temporal))
    for number, group in enumerate(groups, 1):
        note = f"time point {number} of {len(groups)}: " if len(groups) > 1 else ""
        made += [replace(pile, note=note + pile.note) for pile in _phases(group)]
    return made


def _phases(pictures: list[Picture]) -> list[Pile]:
    """No two pictures of one phase share a place.

    They are told apart by what a file says of them, if that is enough; else by their numbers, if these run
    through one phase after the other; else by their order at each place.
    """
    found = places(pictures)
    most = max(len(place) for place in found)
    if most == 1:
        return [Pile(tuple(place[0] for place in found))]
    labels: tuple[tuple[str, Callable[[Picture], Hashable]], ...] = (
        ("direction", lambda p: p.frame.direction),
        ("phase", lambda p: p.frame.dimensions),
        ("phase", lambda p: p.of.header.acquisition_number or 0),
        ("phase", lambda p: (p.frame.direction, p.frame.dimensions, p.of.header.acquisition_number or 0)),
    )
    beside = _beside(pictures)
    if _separates(beside, most, len(pictures)):
        return _numbered("part", beside)
    for name, label in labels:
        groups = list(grouped(pictures, label).values())
        if _separates(groups, most, len(pictures)):
            return _numbered(name, groups)
    runs = _runs(pictures)
    through = max(len(run) for run in runs) == len(found)  # or a single picture too many would cut one in two
    if through and len(runs) == most and _separates(runs, most, len(pictures)):
        return _numbered("phase", runs)
    ranks = [[place[rank] for place in found if len(place) > rank] for rank in range(most)]
    doubt = "" if len({len(rank) for rank in ranks}) == 1 else "told apart by nothing but their order, "
    return [replace(pile, note=doubt + pile.note) for pile in _numbered("phase", ranks)]


def _separates(groups: Sequence[list[Picture]], most: int, count: int) -> bool:
    """Whether groups hold one picture a place, and are not merely many."""
    if len(groups) < 2 or (len(groups) != most and len(groups) * LEAST_TO_IGNORE > count):
        return False
    return all(len(place) == 1 for group in groups for place in places(group))


def _numbered(name: str, groups: Sequence[list[Picture]]) -> list[Pile]:
    ordered = sorted(groups, key=lambda group: min(picture.order for picture in group))
    return [
        Pile(tuple(place[0] for place in places(group)), f"{name} {number} of {len(groups)}: ")
        for number, group in enumerate(ordered, 1)
    ]


def _runs(pictures: list[Picture]) -> list[list[Picture]]:
    """Pictures by number, cut wherever a place comes again."""
    where = {id(picture): depth for depth, place in enumerate(places(pictures)) for picture in place}
    runs: list[list[Picture]] = []
    seen: set[int] = set()
    for picture in sorted(pictures, key=lambda picture: picture.number_order):
        place = where[id(picture)]
        if not runs or place in seen:
            runs.append([])
            seen = set()
        seen.add(place)
        runs[-1].append(picture)
    return runs


def _beside(pictures: list[Picture]) -> list[list[Picture]]:
    """Pictures by where their corner lies beside the normal; one group when that is not known.

    More than PARTS_LIMIT places are no parts: then each picture is alone.
    """
    orientation = pictures[0].frame.orientation
    positions = [p.frame.position_mm for p in pictures if p.frame.position_mm is not None]
    if orientation is None or len(positions) != len(pictures):
        return [pictures]
    groups: list[list[Picture]] = []
    corners = np.empty((PARTS_LIMIT, 3))
    for picture, corner in zip(pictures, sideways(positions, orientation), strict=True):
        near = np.linalg.norm(corners[: len(groups)] - corner, axis=1) <= BESIDE_MM
        if near.any():
            groups[int(near.argmax())].append(picture)
        elif len(groups) < PARTS_LIMIT:
            corners[len(groups)] = corner
            groups.append([picture])
        else:
            return [[picture] for picture in pictures]
    return groups


def _as_number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return 0.0
