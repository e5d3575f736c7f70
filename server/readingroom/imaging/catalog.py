"""The library as a list to look through: newest first, found by words, a part at a time. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from readingroom.imaging.index import Study


@dataclass(frozen=True, slots=True)
class Found:
    """A part of what was found, and how much there is in all."""

    studies: tuple[Study, ...]
    total: int
    library: int


def look_up(studies: Iterable[Study], search: str, offset: int, limit: int) -> Found:
    """Studies in which every word of `search` is found, from the newest on; those without a date come last.

    Looked for in the patient's name and ID, dates as the file and as people write them, descriptions and
    modalities; capitals and accents make no difference.
    """
    everything = list(studies)
    words = _folded(search).split()
    found = [study for study in everything if _holds(study, words)] if words else everything
    found.sort(key=lambda study: (study.date.replace(".", ""), study.id), reverse=True)
    return Found(tuple(found[offset : offset + limit]), len(found), len(everything))


def modalities(study: Study) -> list[str]:
    """Each once, in the order of its series."""
    return list(dict.fromkeys(series.modality for series in study.series if series.modality))


def pictures(study: Study, number: int) -> int:
    """How many pictures a series has."""
    return sum(len(stack.frames) for stack in study.series[number].stacks)


def _holds(study: Study, words: list[str]) -> bool:
    told = _folded(
        " ".join(
            (
                study.patient_name.replace("^", " ").replace("=", " "),
                study.patient_id,
                *_spellings(study.date),
                *_spellings(study.birth_date),
                study.description,
                *(f"{series.description} {series.modality}" for series in study.series),
            )
        )
    )
    return all(word in told for word in words)


def _spellings(date: str) -> tuple[str, ...]:
    """20260310 also as 2026-03-10. Source: PS3.5 6.2 (DA)."""
    digits = date.replace(".", "")
    return (digits, f"{digits[:4]}-{digits[4:6]}-{digits[6:]}") if len(digits) == 8 else (date,)


def _folded(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parted if not unicodedata.combining(character))
