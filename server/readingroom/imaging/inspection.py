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
from readingroom.imaging.index import RefusedFile, Series, Stack
from readingroom.imaging.intake import sort_out
from readingroom.imaging.plain import to_plain
from readingroom.imaging.sorting.split import split_series, split_studies
from readingroom.imaging.text import clean
from readingroom.values import VoiWindow


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


def _series(series: Series) -> dict[str, Any]:
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "number": series.number,
        "description": series.description,
        "body_part": series.body_part,
        "stacks": [_stack(stack) for stack in series.stacks],
    }


def _stack(stack: Stack) -> dict[str, Any]:
    """`shape` is [pictures, rows, columns]; `spacing_mm` [between pictures, between rows, between columns].

    Windows are the first picture's.
    """
    first = stack.frames[0]
    spacing = None if stack.spacing_mm is None else [stack.slice_spacing_mm, *stack.spacing_mm]
    return {
        "kind": stack.kind,
        "reason": stack.reason,
        "shape": [len(stack.frames), stack.rows, stack.columns],
        "spacing_mm": spacing,
        "orientation": to_plain(stack.orientation),
        "origin_mm": to_plain(first.position_mm),
        "files": [frame.source for frame in stack.frames],
        "mpr": stack.mpr,
        "mpr_note": stack.mpr_note,
        "samples": stack.samples,
        "photometric": stack.photometric,
        "bits_stored": stack.bits_stored,
        "unit": stack.unit,
        "windows": [{"explanation": voi.explanation, **_window(voi.window)} for voi in first.windows],
        "voi_luts": [lut.explanation for lut in stack.voi_luts],
        "calibration": stack.calibration,
        "measured_spacing_mm": to_plain(stack.measured_spacing_mm),
        "pixel_aspect": to_plain(stack.pixel_aspect),
        "frame_times_ms": to_plain(stack.frame_times_ms),
        "suv_bw": stack.suv_bw,
        "suv_note": stack.suv_note,
        "overlays": any(frame.overlay for frame in stack.frames),
        "lossy": stack.lossy,
    }


def _window(window: VoiWindow) -> dict[str, Any]:
    return {"center": window.center, "width": window.width, "function": str(window.function)}


def _refused(refused: RefusedFile) -> dict[str, str]:
    return {"file": refused.file, "code": refused.code, "reason": refused.reason}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
