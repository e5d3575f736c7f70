"""What `inspect` found, for people: a block a series, a line a stack, then what was left out. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

NARROWEST = 48
"""Columns below which lines are no longer made shorter."""
NAMED = 6
"""Files left out for one reason that are named."""
CALIBRATIONS = {
    "calibrated": "lengths calibrated",
    "detector": "lengths at the detector, not calibrated",
    "film": "lengths on the film",
    "regions": "lengths in its ultrasound regions",
    "none": "no lengths: measured in pixels",
}


def table(found: dict[str, Any], width: int = 100) -> str:
    """The answer of `inspection.inspect` in lines of at most `width` columns. No UIDs, no patient."""
    width = max(width, NARROWEST)
    blocks = [_series(series, width) for series in found["series"]]
    if found["refused"]:
        blocks.append(_left_out(found["refused"], width))
    return "\n\n".join("\n".join(block) for block in blocks)


def _series(series: dict[str, Any], width: int) -> list[str]:
    number = "" if series["number"] is None else f"{series['number']}"
    words = (number, series["modality"], series["description"], series["body_part"])
    head = "Series " + "  ".join(word for word in words if word)
    lines = textwrap.wrap(head.rstrip(), width, subsequent_indent="  ")
    rows = [(stack["kind"], _size(stack), _spacing(stack)) for stack in series["stacks"]]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for stack, row in zip(series["stacks"], rows, strict=True):
        cells = "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True))
        lines += _wrapped("  " + cells, _notes(stack), width)
    return lines


def _size(stack: dict[str, Any]) -> str:
    count, rows, columns = stack["shape"]
    return f"{count} × {rows} × {columns}"


def _spacing(stack: dict[str, Any]) -> str:
    """Across, down, and from picture to picture, as a technician says it."""
    if stack["spacing_mm"] is None:
        return "-"
    between, down, across = stack["spacing_mm"]
    return " × ".join(f"{step:.4g}" for step in (across, down, between) if step is not None) + " mm"


def _notes(stack: dict[str, Any]) -> list[str]:
    """The reason, and whatever a reader must know before he trusts the picture."""
    notes = [stack["reason"]]
    if stack["samples"] == 3:
        notes.append("color")
    if stack["lossy"]:
        notes.append("lossy")
    if stack["overlays"]:
        notes.append("overlays")
    if stack["voi_luts"]:
        count = len(stack["voi_luts"])
        notes.append("1 VOI LUT" if count == 1 else f"{count} VOI LUTs")
    if stack["calibration"] in CALIBRATIONS:
        notes.append(CALIBRATIONS[stack["calibration"]])
    if stack["suv_bw"] is not None:
        notes.append("SUV")
    if stack["suv_note"]:
        notes.append(stack["suv_note"].removesuffix("."))
    if stack["mpr_note"]:
        notes.append(f"MPR: {stack['mpr_note']}")
    return notes


def _wrapped(cells: str, notes: Sequence[str], width: int) -> Iterator[str]:
    """Cells and notes on one line while they fit; else the notes below, indented."""
    told = "; ".join(notes)
    if len(cells) + 2 + len(told) <= width:
        yield f"{cells}  {told}"
        return
    yield from textwrap.wrap(cells.rstrip(), width, subsequent_indent="    ")
    yield from textwrap.wrap(told, width, initial_indent="      ", subsequent_indent="      ")


def _left_out(refused: Sequence[dict[str, str]], width: int) -> list[str]:
    """The files that were left out, by reason, the most frequent first."""
    by_reason: dict[str, list[str]] = {}
    for file in refused:
        by_reason.setdefault(file["reason"], []).append(file["file"])
    lines = [f"Left out: {len(refused)} file{'' if len(refused) == 1 else 's'}"]
    for reason, files in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        lines += textwrap.wrap(
            f"{len(files)} × {reason}", width, initial_indent="  ", subsequent_indent="    "
        )
        named = ", ".join(files[:NAMED])
        if len(files) > NAMED:
            named += f" and {len(files) - NAMED} more"
        lines += textwrap.wrap(named, width, initial_indent="      ", subsequent_indent="      ")
    return lines
