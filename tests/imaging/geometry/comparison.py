"""Our geometry of a folder beside that of pydicom positions and SimpleITK, as lines of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.index import Stack
from readingroom.imaging.sorting.pictures import ImportedFile
from readingroom.imaging.sorting.regularity import judge
from readingroom.imaging.sorting.split import split_series

SPACING_MM = 1e-3
ORIENTATION = 1e-4
SHEAR_DEGREES = 1e-3


@dataclass(frozen=True)
class Row:
    """One fact of one volume: theirs, ours, and how far they may be apart (0: equal)."""

    volume: str
    fact: str
    expected: Any
    found: Any
    tolerance: float = 0.0

    @property
    def good(self) -> bool:
        if not self.tolerance:
            return bool(self.expected == self.found)
        return bool(np.allclose(self.expected, self.found, rtol=0, atol=self.tolerance))

    def __str__(self) -> str:
        verdict = "equal" if self.good and not self.tolerance else f"within {self.tolerance:g}"
        told = f"{_short(self.expected):44} {_short(self.found):44}"
        return f"{self.volume:30} {self.fact:12} {told} {verdict if self.good else 'WRONG  <--'}"


async def stacks_of(folder: Path, pool: DecodePool) -> list[Stack]:
    """The stacks of the series in a folder, straight from its files' headers."""
    paths = _files(folder)
    headers = await pool.headers(paths)
    files = [
        ImportedFile(header, f"{number}.dcm", path.name, path.name)
        for number, (path, header) in enumerate(zip(paths, headers, strict=True))
        if isinstance(header, FileHeader)
    ]
    return [stack for series in split_series(files) for stack in series.stacks]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def rows(data: Path, pool: DecodePool) -> list[Row]:
    """Every fact of every volume that expected.json tells of."""
    told: dict[str, Any] = json.loads((data / "expected.json").read_text())
    found: list[Row] = []
    for name, volume in told.items():
        stacks = await stacks_of(data / "volumes" / name, pool)
        groups = [group for series in _list(volume["series"]) for group in _list(series["groups"])]
        found.append(Row(name, "stacks", len(groups), len(stacks)))
        for stack, group, sitk in zip(stacks, groups, _list(volume["sitk"]), strict=False):
            found += _rows(name, stack, group, sitk)
    return found


def _rows(name: str, stack: Stack, group: dict[str, Any], sitk: dict[str, Any]) -> Iterator[Row]:
    positions = [frame.position_mm for frame in stack.frames if frame.position_mm is not None]
    assert stack.orientation is not None
    verdict = judge(positions, stack.orientation)
    order = tuple(frame.source for frame in stack.frames)
    yield Row(name, "order", tuple(group["order_by_position"]), order)
    yield Row(name, "order, ITK", tuple(sitk["order"]), order)
    yield Row(name, "shape", group["shape_zyx"], [len(stack.frames), stack.rows, stack.columns])
    yield Row(name, "spacing", group["pixel_spacing_row_col"], stack.spacing_mm, SPACING_MM)
    gaps = [group["min_gap"], group["median_gap"], group["max_gap"]]
    yield Row(name, "gaps", gaps, verdict.gaps_mm, SPACING_MM)
    yield Row(name, "missing", _missing(group), list(verdict.missing_after))
    yield Row(name, "shear", group["shear_angle_deg"], verdict.tilt_degrees, SHEAR_DEGREES)
    yield Row(name, "uniform", group["uniform"], stack.kind == "volume")
    yield Row(name, "orientation", group["orientation"], stack.orientation, ORIENTATION)
    direction = np.reshape(sitk["direction"], (3, 3)).T
    yield Row(name, "normal, ITK", direction[2].tolist(), _normal(stack), ORIENTATION)
    yield Row(name, "origin, ITK", sitk["origin"], positions[0], SPACING_MM)
    if group["uniform"]:
        ours = [stack.slice_spacing_mm, *(stack.spacing_mm or ())]
        yield Row(name, "voxel, ITK", sitk["spacing_xyz"][::-1], ours, SPACING_MM)


def _missing(group: dict[str, Any]) -> list[int]:
    """Where pictures are missing. The other tool lists there only gaps of another size than the rest."""
    return list(group["missing_or_irregular_after_index"])


def _normal(stack: Stack) -> list[float]:
    assert stack.orientation is not None
    normal = np.cross(stack.orientation[:3], stack.orientation[3:])
    return [float(cosine) for cosine in normal / np.linalg.norm(normal)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _short(value: Any) -> str:
    if isinstance(value, str | bool | int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Sequence) and len(value) > 6:
        return f"{len(value)}: {value[0]} … {value[-1]}"
    return ", ".join(_short(one) for one in value) if isinstance(value, Sequence) else str(value)
