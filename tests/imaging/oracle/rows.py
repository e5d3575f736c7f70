"""Comparisons as lines of a table: a file or slice, the greatest difference, or why there is none."""

from __future__ import annotations

import asyncio
import gzip
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pydicom

from readingroom.errors import NothingToShow, ReadingRoomError
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, Drawn, Sketchbook, sketchbook
from readingroom.imaging.index import Frame, Stack
from readingroom.imaging.inspection import inspect
from readingroom.values import VoiFunction, VoiWindow
from tests.imaging.oracle import judges

ALLOWED = {"lossless gray": 1, "lossy gray": 3, "color": 3}
"""Gray levels a picture may differ: DCMTK truncates where we round; lossy decoders differ by nature."""

LOSSY = {
    "1.2.840.10008.1.2.4.50": "JPEG Baseline",
    "1.2.840.10008.1.2.4.51": "JPEG Extended",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
}
"""Transfer syntaxes that two sound decoders may decode differently: the DCT and the irreversible wavelet."""


@dataclass(frozen=True)
class Row:
    """One line of the table. `of` is the file or folder it belongs to, `outcome` what became of it."""

    of: str
    name: str
    what: str
    outcome: str
    kind: str = ""
    difference: int | None = None

    @property
    def good(self) -> bool:
        return self.difference is None or self.difference <= ALLOWED[self.kind]

    def __str__(self) -> str:
        verdict = "-" if self.difference is None else f"{self.difference:3d} of {ALLOWED[self.kind]}"
        mark = "" if self.good else "  <-- WRONG"
        return f"{self.name:34} {self.what:42} {verdict:>9}  {self.outcome}{mark}"


async def single_rows(pool: DecodePool, path: Path) -> list[Row]:
    """A row per compared frame of one file: at most three of them; or one row with its refusal."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = _plain(path, Path(scratch))
        try:
            async with sketchbook(path, pool) as book:
                return [row async for row in _rows(book, lambda frame: plain, path.name, limit=3)]
        except NothingToShow:
            return [Row(path.name, path.name, _kind(plain), await _refusal(path, pool))]
        except ReadingRoomError as refusal:
            return [Row(path.name, path.name, _kind(plain), f"{refusal.code}: {refusal}")]


async def volume_rows(pool: DecodePool, folder: Path, limit: int | None) -> list[Row]:
    """A row per slice of a volume, or for `limit` of them: first, last and evenly between."""
    async with sketchbook(folder, pool) as book:
        return [row async for row in _rows(book, lambda frame: folder / frame.source, folder.name, limit)]


async def _rows(
    book: Sketchbook, file_of: Callable[[Frame], Path], of: str, limit: int | None
) -> AsyncIterator[Row]:
    for study in book.found.studies:
        for series in study.series:
            for number, stack in enumerate(series.stacks):
                for index in _some(len(stack.frames), limit):
                    frame = stack.frames[index]
                    file = file_of(frame)
                    name = of if len(stack.frames) == 1 else f"{of} #{index}"
                    row = Row(of, name, _kind(file), "")
                    asked = Asked(series=series.series_uid, stack=number, index=index)
                    if stack.samples == 3:
                        yield await _compare_color(book, asked, stack, file, row)
                    else:
                        yield await _compare_gray(book, asked, stack, file, row)


async def _compare_color(book: Sketchbook, asked: Asked, stack: Stack, file: Path, row: Row) -> Row:
    drawn = await book.draw(asked)
    try:
        expected, by = await asyncio.to_thread(judges.color, file, _frame(stack, asked))
    except RuntimeError:
        return replace(row, outcome="drawn in color; no second decoder here can")
    difference = _difference(drawn, expected, np.ones(expected.shape[:2], bool))
    return replace(row, outcome=f"{by}, in color", kind="color", difference=difference)


async def _compare_gray(book: Sketchbook, asked: Asked, stack: Stack, file: Path, row: Row) -> Row:
    own = await book.draw(asked)
    assert own.window is not None
    voi, frame = _comparable(own), _frame(stack, asked)
    drawn = own if voi == own.window else await book.draw(replace(asked, window=voi))
    row = replace(row, what=f"{row.what} {_function(voi)}" + (" inverted" if stack.inverted else ""))
    try:
        expected, by = await asyncio.to_thread(judges.gray, file, frame, stack, voi)
        picture = ~await asyncio.to_thread(judges.padding, file, frame, stack)
        if stack.palette is not None:
            expected = judges.supplemental(file, frame, stack, expected)
    except RuntimeError:  # pydicom's word, too, for pixels it cannot decode either
        return replace(row, outcome="drawn; no second decoder here can")
    kind = "lossy gray" if _lossy(file) else "lossless gray"
    if drawn.pixels[~picture].any():
        return replace(row, outcome="padding is not black", kind=kind, difference=255)
    outcome = f"{by}, {own.window_from} window {voi.center:g},{voi.width:g}"
    if not picture.all():
        outcome += f"; {np.count_nonzero(~picture)} padding pixels left out"
    return replace(row, outcome=outcome, kind=kind, difference=_difference(drawn, expected, picture))


def _difference(drawn: Drawn, expected: judges.Picture, picture: np.ndarray) -> int:
    if drawn.pixels.shape != expected.shape:
        return 255
    return int(np.abs(drawn.pixels.astype(int) - expected)[picture].max(initial=0))


def _frame(stack: Stack, asked: Asked) -> Frame:
    assert asked.index is not None
    return stack.frames[asked.index]


def _comparable(own: Drawn) -> VoiWindow:
    """The window of the file, or the automatic one, as LINEAR where that can be: DCMTK has it."""
    assert own.window is not None
    if own.window_from == "file" or own.window.width < 1:
        return own.window
    return VoiWindow(own.window.center, max(own.window.width, 1.0), VoiFunction.LINEAR)


def _plain(path: Path, scratch: Path) -> Path:
    """The same file as other programs read it: a gzipped one unpacked into `scratch`."""
    if path.suffix != ".gz":
        return path
    plain = scratch / path.stem
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    return plain


def _function(voi: VoiWindow) -> str:
    return voi.function if voi.lut is None else "VOI LUT"


def _kind(file: Path) -> str:
    header = _header(file)
    if header is None:
        return "?"
    syntax = header.file_meta.get("TransferSyntaxUID")
    name = syntax.name.split(" (")[0].split(",")[0] if syntax is not None else "?"
    return f"{header.get('PhotometricInterpretation', '-')} {name[:20]}"


def _lossy(file: Path) -> bool:
    header = _header(file)
    return header is not None and str(header.file_meta.TransferSyntaxUID) in LOSSY


def _header(file: Path) -> pydicom.Dataset | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pydicom.dcmread(file, stop_before_pixels=True)
    except Exception:  # a file that is no DICOM is one of the cases
        return None


async def _refusal(path: Path, pool: DecodePool) -> str:
    """Why nothing was imported, by the code and the sentence of each file that was left out."""
    refused = (await inspect(path, pool))["refused"]
    return "; ".join(f"{file['code']}: {file['reason']}" for file in refused)


def _some(count: int, limit: int | None) -> Sequence[int]:
    if limit is None or count <= limit:
        return range(count)
    return sorted({round(step * (count - 1) / (limit - 1)) for step in range(limit)})
