"""Our pictures beside those of DCMTK: `python -m tests.imaging.oracle_table` prints the differences.

Every single image of the test data and every slice of its volumes is drawn by `render`'s own code and by the
oracle (READINGROOM_ORACLE, default ../shared/tools/oracle.py) in the same window. Pixels equal to padding are
left out, since DCMTK draws them as values. Where it cannot draw (LINEAR_EXACT, floats) the formula judges.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import shutil
import sys
import warnings
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom

from readingroom.errors import ReadingRoomError
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, Drawn, Sketchbook, sketchbook
from readingroom.imaging.index import Frame, Stack
from readingroom.values import VoiFunction, VoiWindow

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("READINGROOM_TEST_DATA", ROOT / "../shared/data")).resolve()
ORACLE = Path(os.environ.get("READINGROOM_ORACLE", ROOT / "../shared/tools/oracle.py")).resolve()

EXACT = 1
"""Gray levels a picture may differ: DCMTK truncates where we round."""
LOSSY = 3
"""The same for lossy JPEG and JPEG 2000, whose decoders round differently."""


def missing() -> str:
    """Why the oracle cannot be asked here; empty when it can."""
    if not DATA.is_dir():
        return f"no test data at {DATA} (READINGROOM_TEST_DATA)"
    if not ORACLE.is_file():
        return f"no oracle at {ORACLE} (READINGROOM_ORACLE)"
    tools = [tool for tool in ("dcm2pnm", "dcmj2pnm", "dcml2pnm", "gdcmconv") if shutil.which(tool) is None]
    return f"not installed: {', '.join(tools)} (Debian: dcmtk, libgdcm-tools)" if tools else ""


@dataclass(frozen=True)
class Row:
    """One line of the table: the greatest difference, or why there is none."""

    name: str
    what: str
    difference: int | None = None
    allowed: int = EXACT
    note: str = ""

    @property
    def good(self) -> bool:
        return self.difference is None or self.difference <= self.allowed

    def __str__(self) -> str:
        verdict = "-" if self.difference is None else f"{self.difference:3d} of {self.allowed}"
        mark = "" if self.good else "  <-- WRONG"
        return f"{self.name:34} {self.what:42} {verdict:>9}  {self.note}{mark}"


def oracle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("oracle", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def singles() -> list[Path]:
    """Every single file of the test data."""
    return sorted((DATA / "singles").glob("*"))


def volumes() -> list[Path]:
    """Every volume's folder of the test data."""
    return sorted(path for path in (DATA / "volumes").glob("*") if path.is_dir())


async def single_rows(pool: DecodePool, path: Path) -> list[Row]:
    """A row per compared frame of one file: at most three of them; or one row with its refusal."""
    try:
        async with sketchbook(path, pool) as book:
            if not book.found.studies:
                return [Row(path.name, _kind(path), note=_refusal(book))]
            return [row async for row in _rows(book, path, path.name, limit=3)]
    except ReadingRoomError as refusal:
        return [Row(path.name, _kind(path), note=f"{refusal.code}: {refusal}")]


async def volume_rows(pool: DecodePool, folder: Path, limit: int | None) -> list[Row]:
    """A row per slice of a volume, or for `limit` of them: first, last and evenly between."""
    async with sketchbook(folder, pool) as book:
        return [row async for row in _rows(book, folder, folder.name, limit)]


async def _rows(book: Sketchbook, path: Path, name: str, limit: int | None) -> AsyncIterator[Row]:
    for study in book.found.studies:
        for series in study.series:
            for number, stack in enumerate(series.stacks):
                for index in _some(len(stack.frames), limit):
                    asked = Asked(series=series.series_uid, stack=number, index=index)
                    frame = stack.frames[index]
                    file = path if path.name == frame.source else path / frame.source
                    label = name if len(stack.frames) == 1 else f"{name} #{index}"
                    yield await _compare(book, asked, stack, frame, file, label)


async def _compare(book: Sketchbook, asked: Asked, stack: Stack, frame: Frame, file: Path, name: str) -> Row:
    own = await book.draw(asked)
    voi = _comparable(own)
    drawn = own if voi == own.window else await book.draw(replace(asked, window=voi))
    header = pydicom.dcmread(file, stop_before_pixels=True)
    what = f"{_kind(file)} {voi.function}" + (" inverted" if stack.inverted else "")
    try:
        judge, by = await asyncio.to_thread(_judge, file, frame, stack, voi)
    except RuntimeError:  # pydicom's word for pixels it cannot decode either
        return Row(name, what, note="drawn, but nobody else here can")
    picture = ~_padding(file, frame, stack) if frame.padding else np.ones(judge.shape, bool)
    difference = np.abs(drawn.gray.astype(int) - judge)[picture]
    if drawn.gray[~picture].any():
        return Row(name, what, 255, note="padding is not black")
    note = f"{by}, {own.window_from} window {voi.center:g},{voi.width:g}"
    if not picture.all():
        note += f"; {np.count_nonzero(~picture)} padding pixels left out"
    return Row(name, what, int(difference.max(initial=0)), LOSSY if _lossy(header) else EXACT, note)


def _comparable(own: Drawn) -> VoiWindow:
    """The window of the file, or the automatic one as LINEAR, which DCMTK has."""
    if own.window_from == "file":
        return own.window
    return VoiWindow(own.window.center, max(own.window.width, 1.0), VoiFunction.LINEAR)


def _judge(file: Path, frame: Frame, stack: Stack, voi: VoiWindow) -> tuple[np.ndarray, str]:
    """The gray levels that should be, and who says so: DCMTK, or the formula where DCMTK has none."""
    judge = oracle()
    formula = judge.exact_linear if voi.function is VoiFunction.LINEAR_EXACT else judge.linear
    if voi.function is not VoiFunction.LINEAR_EXACT:
        function = "sigmoid" if voi.function is VoiFunction.SIGMOID else "linear"
        try:
            gray = judge.render(str(file), (voi.center, voi.width), frame.frame + 1, function=function)
        except RuntimeError:
            assert function == "linear", "there is no formula for a sigmoid that DCMTK cannot draw"
        else:
            return gray.astype(int), "DCMTK"
    modality = _stored(file, frame, stack) * frame.rescale.slope + frame.rescale.intercept
    level = formula(modality, voi.center, voi.width)
    return np.floor((255 - level if stack.inverted else level) + 0.5).astype(int), "formula"


def _padding(file: Path, frame: Frame, stack: Stack) -> np.ndarray:
    assert frame.padding is not None
    stored = _stored(file, frame, stack)
    return (stored >= frame.padding[0]) & (stored <= frame.padding[1])


def _stored(file: Path, frame: Frame, stack: Stack) -> np.ndarray:
    """The stored values as pydicom's own decoder sees them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = pydicom.dcmread(file).pixel_array
    return stored.reshape(-1, stack.rows, stack.columns)[frame.frame].astype(float)


def _kind(file: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = pydicom.dcmread(file, stop_before_pixels=True)
    except Exception:  # a file that is no DICOM is one of the cases
        return "?"
    syntax = header.file_meta.get("TransferSyntaxUID")
    name = syntax.name.split(" (")[0].split(",")[0] if syntax is not None else "?"
    return f"{header.get('PhotometricInterpretation', '-')} {name[:20]}"


def _lossy(header: pydicom.Dataset) -> bool:
    """Whether two sound decoders may differ: JPEG (DCT) and the irreversible JPEG 2000."""
    return str(header.file_meta.TransferSyntaxUID) in {
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.91",
    }


def _refusal(book: Sketchbook) -> str:
    return "; ".join(f"{refused.code}: {refused.reason}" for refused in book.found.refused)


def _some(count: int, limit: int | None) -> Sequence[int]:
    if limit is None or count <= limit:
        return range(count)
    return sorted({round(step * (count - 1) / (limit - 1)) for step in range(limit)})


async def _print(only: str) -> list[Row]:
    """Print a line per single picture and per volume; all rows behind them."""
    every: list[Row] = []
    async with DecodePool() as pool:
        for path in singles():
            if only in path.name:
                rows = await single_rows(pool, path)
                print(*rows, sep="\n", flush=True)
                every += rows
        for folder in volumes():
            if only in folder.name:
                rows = await volume_rows(pool, folder, None)
                worst = max(rows, key=lambda row: (not row.good, row.difference or 0))
                print(f"{worst}; worst of {len(rows)} slices", flush=True)
                every += rows
    return every


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("only", nargs="?", default="", help="part of a file's name")
    reason = missing()
    if reason:
        print(reason)
        return 2
    warnings.simplefilter("ignore")
    rows = asyncio.run(_print(arguments.parse_args().only))
    compared = [row.difference for row in rows if row.difference is not None]
    wrong = sum(not row.good for row in rows)
    print(
        f"{len(compared)} pictures compared, greatest difference {max(compared, default=0)}, {wrong} wrong."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
