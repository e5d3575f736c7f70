"""300 uncompressed slices: seconds to the first picture and to the volume, beside pydicom's plain loop."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

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

SLICES = 300
EDGE = 512
RUNS = 3


@dataclass(frozen=True, slots=True)
class Loading:
    """Seconds. The first two follow on the import; `plain` is the rival's volume."""

    imported: float
    first_picture: float
    volume: float
    plain_first: float
    plain: float


def plain_loop(folder: Path) -> tuple[float, float]:
    """Seconds until one slice, and until the stack in order of position."""
    started = time.perf_counter()
    slices = []
    first = 0.0
    for path in sorted(folder.iterdir()):
        dataset = pydicom.dcmread(path)
        slices.append((float(dataset.ImagePositionPatient[2]), dataset.pixel_array))
        first = first or time.perf_counter() - started
    np.stack([pixels for _, pixels in sorted(slices, key=lambda pair: pair[0])])
    return first, time.perf_counter() - started


async def ours(folder: Path, data: Path, pool: DecodePool) -> tuple[float, float, float]:
    """Seconds of the import, and from its end to the first JPEG and to the complete volume."""
    library = Library(data / "studies")
    started = time.perf_counter()
    result = await import_path(folder, library, pool, lambda _: None)
    imported = time.perf_counter()
    async with Ingest(library, data / "cache", pool) as ingest:
        volumes = Volumes(library, data / "cache", ingest)
        renderer = Renderer(volumes)
        ref = SeriesRef(result.studies[0].id, 0)
        volume = await volumes.open(ref, 0)
        middle = len(volume.stack.frames) // 2
        await volume.wait_frame(middle)
        await renderer.display_tile(ref, TileAddress(0, Plane.ACQUISITION, middle), VoiWindow(40, 400))
        first = time.perf_counter()
        await volume.wait_complete()
        complete = time.perf_counter()
        await renderer.close()
    return imported - started, first - imported, complete - imported


async def measure() -> Loading:
    """The median of some runs, each in a fresh library, the files warm in the page cache."""
    kernels.warm()
    with TemporaryDirectory(prefix="readingroom-bench-") as scratch:
        source = Path(scratch) / "chest"
        phantom.write_chest(source, slices=SLICES, rows=EDGE, columns=EDGE)
        runs = []
        async with DecodePool() as pool:
            await pool.warm()
            for number in range(RUNS):
                mine = await ours(source, Path(scratch) / f"data{number}", pool)
                runs.append((*mine, *plain_loop(source)))
    return Loading(*(statistics.median(column) for column in zip(*runs, strict=True)))


def report() -> dict[str, float]:
    """Print the figures; give them for bench.json."""
    loading = asyncio.run(measure())
    print(f"\n{SLICES} uncompressed slices of {EDGE}x{EDGE}, median of {RUNS} runs, seconds:")
    print(f"  import (copy, SHA-256, headers, fsync)      {loading.imported:7.3f}")
    print(f"  then to the first picture (JPEG)            {loading.first_picture:7.3f}")
    print(f"  then to the verified volume                 {loading.volume:7.3f}")
    print(f"  pydicom's plain loop, first slice decoded   {loading.plain_first:7.3f}")
    print(f"  pydicom's plain loop, stacked volume        {loading.plain:7.3f}")
    print(f"  volume / plain loop                         {loading.volume / loading.plain:7.2f}")
    return {
        "import_s": loading.imported,
        "first_picture_s": loading.first_picture,
        "volume_s": loading.volume,
        "pydicom_first_s": loading.plain_first,
        "pydicom_volume_s": loading.plain,
    }
