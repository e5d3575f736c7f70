"""A process killed (-9) while it fills a volume: what it left is never shown, and the next one fills anew."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import VolumeFiles
from readingroom.imaging.volumes import Volumes, volume_folder
from readingroom.values import SeriesRef
from tests.imaging.dicoms import numbers, write_series

SLICES = 40
EDGE = 64

FILL = """
import asyncio, sys
from pathlib import Path
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
root, study, enough = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
async def main():
    library = Library(root / "studies")
    async with DecodePool(1) as pool, Ingest(library, root / "cache", pool) as ingest:
        volume = await Volumes(library, root / "cache", ingest).open(SeriesRef(study, 0), 0)
        while volume.ready < enough:
            await asyncio.sleep(0)
        print("so far", flush=True)
        await volume.wait_complete()
asyncio.run(main())
"""


def pixels(index: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    return np.asarray(numbers(0, EDGE, EDGE) + np.uint16(index), dtype=np.uint16)


async def imported(tmp_path: Path, pool: DecodePool) -> tuple[Library, Study]:
    folder = tmp_path / "in"
    for index in range(SLICES):
        one = write_series(tmp_path / "one", 1, pixels=pixels(index), **place(index)) / "0.dcm"
        folder.mkdir(exist_ok=True)
        one.rename(folder / f"{index:02d}.dcm")
    library = Library(tmp_path / "studies")
    return library, (await import_path(folder, library, pool)).studies[0]


def place(index: int) -> dict[str, object]:
    return {
        "SOPInstanceUID": f"1.2.3.4.{index + 1}",
        "InstanceNumber": index + 1,
        "ImagePositionPatient": [-10.0, -20.0, 2.0 * index],
    }


@pytest.mark.parametrize("enough", [1, SLICES // 2, SLICES - 1])
async def test_a_filling_that_was_killed_is_not_shown_and_is_done_again(tmp_path: Path, enough: int) -> None:
    async with DecodePool(1) as pool:
        library, study = await imported(tmp_path, pool)
        ref = SeriesRef(study.id, 0)
        stack = study.series[0].stacks[0]
        last = library.original(study.id, stack.frames[0].file)
        kept = last.read_bytes()
        last.unlink()
        os.mkfifo(last)  # the filling can never end
        command = [sys.executable, "-c", FILL, str(tmp_path), study.id, str(enough)]
        with await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.PIPE, text=True) as filler:
            assert filler.stdout is not None
            assert await asyncio.to_thread(filler.stdout.readline) == "so far\n"
            filler.send_signal(signal.SIGKILL)
        last.unlink()
        last.write_bytes(kept)

        files = VolumeFiles(volume_folder(tmp_path / "cache", ref, 0), stack)
        voxels = files.folder / "voxels"
        assert voxels.exists()
        assert not files.is_complete()
        voxels.write_bytes(b"\xff" * voxels.stat().st_size)  # whatever a disk keeps of half-written pages
        async with Ingest(library, tmp_path / "cache", pool) as ingest:
            assert not voxels.exists()  # gone at the start
            volume = await Volumes(library, tmp_path / "cache", ingest).open(ref, 0)
            await volume.wait_complete()
            assert volume.ready == SLICES
            assert all(np.array_equal(volume.frame(index), pixels(index)) for index in range(SLICES))
