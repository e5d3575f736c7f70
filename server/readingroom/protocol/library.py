"""The library as a host sees it: studies to look through, imports, and a room made of studies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from readingroom.protocol.base import Counter, DisplayName, Flag, Id, Index, Wire
from readingroom.protocol.series import Identity

PAGE_LIMIT = 200
"""Studies in one answer."""
OPENED_LIMIT = 8
"""Studies that a room is opened with."""
TOLD_LIMIT = 200
"""Files that are told by name of those an import left out."""


class StudiesQuery(Wire):
    """The query of `GET /api/studies`: words that all must be found, and which part of what is found."""

    search: Annotated[str, StringConstraints(max_length=200)] = ""
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT)] = 50


class StudySeries(Wire):
    """One series of a study. `number` is its place, as `series.open` names it; the file's is beside it."""

    number: Index
    series_number: int | None
    modality: str
    description: str
    pictures: Counter
    viewable: bool


class StudyInfo(Wire):
    """One study. `patient` is one opaque name for one patient; `refused` counts files that were left out."""

    study: Id
    patient: Id
    identity: Identity
    description: str
    modalities: list[str]
    series: list[StudySeries]
    refused: Counter


class ImportLimits(Wire):
    """What one import may bring."""

    files: Counter
    bytes: Counter


class StudyList(Wire):
    """`GET /api/studies`: newest first. `total` counts all that were found, `library` all there are."""

    studies: list[StudyInfo]
    total: Counter
    library: Counter
    limits: ImportLimits


class RoomRequest(Wire):
    """`POST /api/rooms`: a room with these studies in it, whose host the asker becomes; answers JoinAnswer.

    Studies of several patients are OTHER_PATIENT until `other_patient` says that this is meant.
    """

    studies: Annotated[list[Id], Field(min_length=1, max_length=OPENED_LIMIT)]
    name: DisplayName | None = None
    other_patient: Flag = False


class ImportReceived(Wire):
    """Everything has come."""

    kind: Literal["received"] = "received"
    files: Counter
    bytes: Counter


class ImportProgress(Wire):
    """`done` of `total` files: unpacked, then taken in, then read."""

    kind: Literal["progress"] = "progress"
    stage: Literal["unpacking", "copying", "reading"]
    done: Counter
    total: Counter


class LeftOut(Wire):
    """A file that was left out, by its base name, and why."""

    file: str
    code: str
    message: str


class ImportDone(Wire):
    """The end: studies that are in the library now (or were already), and what was left out of them."""

    kind: Literal["done"] = "done"
    studies: list[Id]
    series: Counter
    pictures: Counter
    left_out: Counter
    files: list[LeftOut]


class ImportRefused(Wire):
    """The end: nothing was imported."""

    kind: Literal["refused"] = "refused"
    code: str
    message: str
    left_out: Counter = 0
    files: list[LeftOut] = []


class ImportEvent(Wire):
    """One line of the answer to `POST /api/imports`."""

    event: Annotated[
        ImportReceived | ImportProgress | ImportDone | ImportRefused, Field(discriminator="kind")
    ]
