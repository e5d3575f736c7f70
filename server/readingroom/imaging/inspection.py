"""What an import would make of a path, as plain JSON values. Reads; keeps nothing."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from readingroom.errors import NothingToShow
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.gathering import gather
from readingroom.imaging.importing import sort_out
from readingroom.imaging.index import RefusedFile, Series, Stack
from readingroom.imaging.split import split_series, split_studies
from readingroom.imaging.text import clean


async def inspect(path: Path, pool: DecodePool) -> dict[str, Any]:
    """`{"series": [...], "refused": [...]}` as `readingroom inspect --json` prints it.

    Raises NotFound, BadArchive, TooLarge; NothingToShow only for an empty folder: refused files are told.
    """
    with tempfile.TemporaryDirectory(prefix="readingroom-") as scratch:
        found, refused = await asyncio.to_thread(
            gather, path, Path(scratch), ArchiveLimits(), lambda done, total: None
        )
        if not found and not refused:
            raise NothingToShow(path=clean(path.name) or "this place", advice="The folder is empty.")
        hashes = await asyncio.to_thread(lambda: [_sha256(file.path) for file in found])
        headers = await pool.headers([file.path for file in found])
    files, left_out = sort_out(found, zip(hashes, headers, strict=True))
    refused += left_out
    series = [one for study in split_studies(files) for one in split_series(study)]
    return {"series": [_series(one) for one in series], "refused": [_refused(one) for one in refused]}


def table(found: dict[str, Any]) -> str:
    """The same for people: a line a stack, then a line a file that was left out."""
    lines = []
    for series in found["series"]:
        lines.append(" ".join(filter(None, (series["modality"], series["description"]))) or "series")
        for number, stack in enumerate(series["stacks"]):
            shape = " × ".join(str(length) for length in stack["shape"])
            lines.append(f"  {number}  {stack['kind']:6}  {shape:18}  {stack['reason']}")
    if found["refused"]:
        lines.append(f"left out: {len(found['refused'])}")
    lines += [f"  {refused['file']}: {refused['reason']}" for refused in found["refused"]]
    return "\n".join(lines)


def _series(series: Series) -> dict[str, Any]:
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "description": series.description,
        "stacks": [_stack(stack) for stack in series.stacks],
    }


def _stack(stack: Stack) -> dict[str, Any]:
    first = stack.frames[0]
    spacing = None if stack.spacing_mm is None else [stack.slice_spacing_mm, *stack.spacing_mm]
    return {
        "kind": stack.kind,
        "reason": stack.reason,
        "shape": [len(stack.frames), stack.rows, stack.columns],
        "spacing_mm": spacing,
        "orientation": None if stack.orientation is None else list(stack.orientation),
        "origin_mm": None if first.position_mm is None else list(first.position_mm),
        "files": [frame.source for frame in stack.frames],
        "mpr": stack.mpr,
    }


def _refused(refused: RefusedFile) -> dict[str, str]:
    return {"file": refused.file, "code": refused.code, "reason": refused.reason}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
