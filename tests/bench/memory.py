"""P13: what decoded volumes cost: bytes on the disk, and private memory of a process that has all open."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pydicom

from readingroom.imaging import phantom

STUDIES = 8
SLICES = 300
EDGE = 512
MANY_SLICES, MANY_EDGE = 3000, 128
DISK_AIM = 2.5
PRIVATE_AIM_MB = 600

OPEN = """
import asyncio, json, sys
from pathlib import Path
from readingroom.imaging import kernels
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
def private():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
async def main(data, sources):
    library = Library(data / "studies")
    kernels.warm()
    async with DecodePool() as pool, Ingest(library, data / "cache", pool) as ingest:
        for source in sources:
            await import_path(Path(source), library, pool, lambda _: None)
        volumes = Volumes(library, data / "cache", ingest)
        renderer = Renderer(volumes)
        before, voxels, kept = private(), 0, []
        for study in library.studies():
            volume = await volumes.open(SeriesRef(study.id, 0), 0)
            await volume.wait_complete()
            await renderer.thumbnail(SeriesRef(study.id, 0), 0)
            voxels += volume.array.nbytes
            kept.append((volume, int(volume.array.max())))
        after = private()
        await renderer.close()
    return {"before": before, "private": after, "voxels": voxels, "ready": sum(one.ready for one, _ in kept)}
print(json.dumps(asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))))
"""


def report() -> dict[str, Any]:
    """Print the figures; give them for bench.json."""
    with TemporaryDirectory(prefix="readingroom-bench-") as temporary:
        scratch = Path(temporary)
        phantom.write_chest(scratch / "0", slices=SLICES, rows=EDGE, columns=EDGE)
        for number in range(1, STUDIES):
            _copy(scratch / "0", scratch / str(number))
        several = _opened(scratch / "several", *(str(scratch / str(number)) for number in range(STUDIES)))
        disk = sum(one.stat().st_blocks * 512 for one in (scratch / "several").rglob("*")) / several["voxels"]
        phantom.write_chest(scratch / "many", slices=MANY_SLICES, rows=MANY_EDGE, columns=MANY_EDGE)
        started = time.perf_counter()
        many = _opened(scratch / "large", str(scratch / "many"))
        seconds = time.perf_counter() - started
    private, before = several["private"] / 1e6, several["before"] / 1e6
    print(f"\nP13  {STUDIES} studies of {SLICES} slices of {EDGE}x{EDGE} in one process:")
    print(f"  originals and cache on the disk / voxels      {disk:6.2f}   <= {DISK_AIM}")
    print(f"  private memory (RssAnon), MB                  {private:6.0f}   < {PRIVATE_AIM_MB}")
    print(f"  of it before the first was opened, MB         {before:6.0f}")
    print(f"  {MANY_SLICES} slices: imported and all shown, s       {seconds:6.1f}   {many['ready']} shown")
    return {"disk_ratio": disk, "private_mb": private, "before_mb": before, "many_s": seconds}


def _opened(data: Path, *sources: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(data), *sources], stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def _copy(source: Path, target: Path) -> None:
    """Another study with the same pixels."""
    target.mkdir()
    for file in source.iterdir():
        dataset = pydicom.dcmread(file)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            dataset[keyword].value += f".{target.name}"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(target / file.name, enforce_file_format=True)
