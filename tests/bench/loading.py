"""P12: 300 slices in four syntaxes: seconds to the first picture and to the verified volume, beside rivals.

The rivals are pydicom's plain loop (one thread, the best plugin here) and, where there is one (rivals.py),
SimpleITK's series reader. Files are warm in the page cache; every figure is a median.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pydicom

from readingroom.imaging import kernels, phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.volumes import Volumes
from readingroom.values import Plane, SeriesRef, TileAddress, VoiWindow
from tests.bench import recoded, rivals

SLICES = 300
EDGE = 512
RUNS = 3
FIRST_PICTURE_AIM_S = 0.15
RATIO_AIMS = {"uncompressed": 1.0} | dict.fromkeys(recoded.SYNTAXES, 0.6)

SIMPLE_ITK = """
import json, sys, time
import SimpleITK as sitk
sitk.ProcessObject.SetGlobalWarningDisplay(False)
taken = []
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(sys.argv[1]))
    image = reader.Execute()
    taken.append(time.perf_counter() - started)
print(json.dumps({"seconds": sorted(taken)[len(taken) // 2]}))
"""


@dataclass(frozen=True, slots=True)
class Loading:
    """Seconds. First picture and volume count from the end of the import. None: not measured."""

    imported: float
    first_picture: float
    volume: float
    reopened: float
    pydicom: float
    simple_itk: float | None


def plain_loop(folder: Path) -> tuple[float, int]:
    """Seconds until the stack lies in order of position, and the sum of its modality values."""
    started = time.perf_counter()
    slices = []
    for path in sorted(folder.iterdir()):
        dataset = pydicom.dcmread(path)
        slices.append((float(dataset.ImagePositionPatient[2]), dataset.pixel_array))
    stacked = np.stack([pixels for _, pixels in sorted(slices, key=lambda pair: pair[0])])
    return time.perf_counter() - started, int(stacked.sum(dtype=np.int64))


async def ours(folder: Path, data: Path, pool: DecodePool) -> tuple[float, float, float, float, int]:
    """Seconds: the import; from its end to the first JPEG, and to the complete volume; and from a new start

    over the same cache to a picture. Then the sum of the stored values.
    """
    library = Library(data / "studies")
    started = time.perf_counter()
    result = await import_path(folder, library, pool, lambda _: None)
    imported = time.perf_counter()
    ref = SeriesRef(result.studies[0].id, 0)
    async with Ingest(library, data / "cache", pool) as ingest:
        volumes = Volumes(library, data / "cache", ingest)
        first = await _first_picture(volumes, ref)
        volume = await volumes.open(ref, 0)
        await volume.wait_complete()
        complete = time.perf_counter()
        total = int(volume.array.sum(dtype=np.int64))
        if volume.ready != SLICES:
            raise RuntimeError(f"{SLICES - volume.ready} slices are damaged")
        volumes.close()
    async with Ingest(library, data / "cache", pool) as ingest:
        again = time.perf_counter()
        reopened = await _first_picture(Volumes(library, data / "cache", ingest), ref)
    return imported - started, first - imported, complete - imported, reopened - again, total


async def _first_picture(volumes: Volumes, ref: SeriesRef) -> float:
    """When the middle slice is a JPEG."""
    renderer = Renderer(volumes)
    volume = await volumes.open(ref, 0)
    middle = len(volume.stack.frames) // 2
    await volume.wait_frame(middle)
    await renderer.display_tile(ref, TileAddress(0, Plane.ACQUISITION, middle), VoiWindow(40, 400))
    made = time.perf_counter()
    await renderer.close()
    return made


async def measure(source: Path, scratch: Path) -> Loading:
    """The medians of some runs, each in a fresh library."""
    mine, plain = [], []
    async with DecodePool() as pool:
        await pool.warm()
        for number in range(RUNS):
            *seconds, total = await ours(source, scratch / f"data-{source.name}-{number}", pool)
            mine.append(seconds)
            taken, expected = plain_loop(source)
            plain.append(taken)
            if total != expected:
                raise RuntimeError("the volume is not what pydicom reads")
    itk = None if rivals.missing("SimpleITK") else rivals.run(SIMPLE_ITK, str(source), str(RUNS))["seconds"]
    medians = [statistics.median(column) for column in zip(*mine, strict=True)]
    return Loading(*medians, statistics.median(plain), itk)


def report() -> dict[str, Any]:
    """Print the figures; give them for bench.json."""
    kernels.warm()
    print(f"\nP12  {SLICES} slices of {EDGE}x{EDGE}, median of {RUNS} runs, seconds:")
    print(
        "               import  picture  volume  reopened   pydicom  SimpleITK"
        "   volume/pydicom  volume/SimpleITK  aim"
    )
    figures = {}
    with TemporaryDirectory(prefix="readingroom-bench-") as temporary:
        scratch = Path(temporary)
        plain = scratch / "uncompressed"
        phantom.write_chest(plain, slices=SLICES, rows=EDGE, columns=EDGE)
        for name, aim in RATIO_AIMS.items():
            if name != "uncompressed":
                recoded.write(plain, scratch / name, name)
            one = figures[name] = asyncio.run(measure(scratch / name, scratch))
            itk = "        -" if one.simple_itk is None else f"{one.simple_itk:9.3f}"
            ratio = "     -" if one.simple_itk is None else f"{one.volume / one.simple_itk:6.2f}"
            print(
                f"  {name:12} {one.imported:6.3f}  {one.first_picture:7.3f} {one.volume:7.3f}"
                f"  {one.reopened:8.3f}  {one.pydicom:8.3f}  {itk}"
                f"           {one.volume / one.pydicom:6.2f}            {ratio}  <= {aim}"
            )
    print(f"  aim of the first picture: <= {FIRST_PICTURE_AIM_S} s")
    if why := rivals.missing("SimpleITK"):
        print(f"  {why}")
    return {name: asdict(one) for name, one in figures.items()}
