"""Headers of imported files into studies, their series, and the stacks of each. Pure.

Which pictures belong together is `piles`, what a pile is `stacking`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from readingroom.imaging.index import Series, Stack
from readingroom.imaging.sorting.pictures import ImportedFile, grouped
from readingroom.imaging.sorting.piles import LEAST_TO_IGNORE, Pile, piles_of
from readingroom.imaging.sorting.stacking import stack_of


def split_studies(files: Iterable[ImportedFile]) -> list[list[ImportedFile]]:
    """Files of one study and patient together; two patients never share a study, whatever its UID says."""
    return list(grouped(files, _study_key).values())


def split_series(files: Iterable[ImportedFile]) -> tuple[Series, ...]:
    """The series of one study, by series number."""
    made = []
    for members in grouped(files, lambda file: file.header.series_uid).values():
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
    return [stack_of(pile) for pile in sorted(piles_of(files), key=_rank)]


def _rank(pile: Pile) -> tuple[bool, int]:
    """Pictures proper before localizers, then by the files' own numbers."""
    numbers = [p.of.header.instance_number for p in pile.pictures if p.of.header.instance_number is not None]
    return (pile.pictures[0].frame.localizer, min(numbers, default=1 << 62))
