"""The cache keeps below its bound: the longest unused goes first, never what somebody looks at."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from readingroom.errors import DiskFull, SliceDamaged, SliceNotReady
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.eviction import Eviction
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import DAMAGED, READY, VolumeFiles
from readingroom.imaging.volumes import Volume, Volumes, volume_folder
from readingroom.values import SeriesRef
from tests.imaging.dicoms import encapsulated, numbers, picture, run_lengths, write, write_series

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLICES = 5
EDGE = 64
PIXELS = numbers(3, EDGE, EDGE)
VOXEL_BYTES = SLICES * EDGE * EDGE * 2


async def studies_of(count: int, library: Library, pool: DecodePool, tmp_path: Path) -> list[Study]:
    """Studies alike in size; every pixel of study number n is n higher than PIXELS."""
    found = []
    for number in range(count):
        source = write_series(
            tmp_path / f"in{number}",
            SLICES,
            pixels=PIXELS + np.uint16(number),
            StudyInstanceUID=f"1.2.{number}",
            SeriesInstanceUID=f"1.2.{number}.4",
        )
        found += (await import_path(source, library, pool)).studies
    return found


class Desk:
    """One process's view of a cache with a bound: what it opens, and what lies on the disk."""

    def __init__(self, library: Library, cache: Path, ingest: Ingest, held_seconds: float = 3600) -> None:
        self.library, self.cache, self.ingest = library, cache, ingest
        self.volumes = Volumes(library, cache, ingest, held_seconds=held_seconds)

    async def open(self, study: Study) -> Volume:
        """Opened and filled to the end, its complete mark included."""
        volume = await self.volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        await asyncio.to_thread(wait_for_filler, files_of(self.library, self.cache, study))
        return volume

    async def look(self, study: Study) -> None:
        """Opened, filled, and let go at once: as if it had not been asked for in a long time."""
        gone = unmapped(await self.open(study))
        self.volumes.close()
        await gone.wait()

    def kept(self, studies: Sequence[Study]) -> list[int]:
        """Which of them are on the disk whole."""
        files = [files_of(self.library, self.cache, study) for study in studies]
        return [number for number, one in enumerate(files) if one.is_complete()]


def files_of(library: Library, cache: Path, study: Study) -> VolumeFiles:
    ref = SeriesRef(study.id, 0)
    return VolumeFiles(volume_folder(cache, ref, 0), library.series(ref).stacks[0])


def unmapped(volume: Volume) -> asyncio.Event:
    """Set when the last array of its map is gone."""
    gone = asyncio.Event()
    weakref.finalize(volume.array, asyncio.get_running_loop().call_soon_threadsafe, gone.set).atexit = False
    return gone


def wait_for_filler(files: VolumeFiles) -> None:
    """Whoever fills holds the lock to the end."""
    with (files.folder / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def room_for(count: int, library: Library, study: Study) -> int:
    """A bound that so many of these volumes keep, and no more."""
    each = files_of(library, Path(), study).disk_bytes
    return count * each + each // 2


async def test_the_longest_unused_goes_first(library: Library, pool: DecodePool, tmp_path: Path) -> None:
    studies = await studies_of(4, library, pool, tmp_path)
    bound = room_for(3, library, studies[0])
    async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        for number in (0, 1, 2, 0, 3):  # 0 is looked at again
            await desk.look(studies[number])
        assert desk.kept(studies) == [0, 2, 3]


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def test_whatever_is_opened_the_disk_stays_below_the_bound(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(8, library, pool, tmp_path)
    bound = room_for(2, library, studies[0])
    async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        for study in studies:
            await desk.look(study)
            assert VOXEL_BYTES < on_disk(tmp_path / "cache") <= bound
        assert desk.kept(studies) == [6, 7]


async def test_what_was_removed_is_decoded_again_when_it_is_asked_for(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(2, library, pool, tmp_path)
    bound = room_for(1, library, studies[0])
    async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        for number in (0, 1, 0):
            await desk.look(studies[number])
            assert desk.kept(studies) == [number]
        volume = await desk.open(studies[0])
        assert all(np.array_equal(volume.frame(index), PIXELS) for index in range(SLICES))


async def test_what_somebody_looks_at_stays_even_above_the_bound_until_he_is_done(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(3, library, pool, tmp_path)
    bound = room_for(1, library, studies[0])
    async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
        reader, other = (Desk(library, tmp_path / "cache", ingest) for _ in range(2))
        looked_at = await reader.open(studies[0])
        await other.look(studies[1])
        assert other.kept(studies) == [0, 1]
        assert np.array_equal(looked_at.frame(0), PIXELS)
        assert (await reader.open(studies[0])).generation == looked_at.generation
        gone = unmapped(looked_at)
        del looked_at
        reader.volumes.close()
        await gone.wait()
        await other.look(studies[2])
        assert other.kept(studies) == [2]


async def test_a_process_lets_go_of_what_nobody_asks_it_for(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(2, library, pool, tmp_path)
    bound = room_for(1, library, studies[0])
    async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest, held_seconds=0.01)
        await unmapped(await desk.open(studies[0])).wait()
        await desk.look(studies[1])
        assert desk.kept(studies) == [1]


async def test_a_volume_larger_than_the_bound_is_served(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(2, library, pool, tmp_path)
    async with Ingest(library, tmp_path / "cache", pool, VOXEL_BYTES // 2) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        for number in range(2):
            volume = await desk.open(studies[number])
            assert np.array_equal(volume.frame(2), PIXELS + np.uint16(number))
            del volume
            await desk.look(studies[number])
        assert desk.kept(studies) == [1]


HOLD = """
import asyncio, sys
from pathlib import Path
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
root, study = Path(sys.argv[1]), sys.argv[2]
async def main():
    library = Library(root / "studies")
    async with DecodePool(1) as pool, Ingest(library, root / "cache", pool, int(sys.argv[3])) as ingest:
        volume = await Volumes(library, root / "cache", ingest).open(SeriesRef(study, 0), 0)
        await volume.wait_complete()
        print("looking", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(main())
"""


async def test_what_another_process_looks_at_stays_until_it_dies(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(3, library, pool, tmp_path)
    bound = room_for(1, library, studies[0])
    command = [sys.executable, "-c", HOLD, str(tmp_path), studies[0].id, str(bound)]
    pipe = subprocess.PIPE
    with await asyncio.to_thread(subprocess.Popen, command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == "looking\n"
        async with Ingest(library, tmp_path / "cache", pool, bound) as ingest:
            desk = Desk(library, tmp_path / "cache", ingest)
            await desk.look(studies[1])
            assert desk.kept(studies) == [0, 1]
            other.send_signal(signal.SIGKILL)
            await asyncio.to_thread(other.wait)
            await desk.look(studies[2])
            assert desk.kept(studies) == [2]


async def test_the_start_removes_what_can_never_be_used_and_nothing_else(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    studies = await studies_of(5, library, pool, tmp_path)
    async with Ingest(library, cache, pool) as ingest:
        desk = Desk(library, cache, ingest)
        for study in studies:
            await desk.look(study)
    folders = [files_of(library, cache, study).folder for study in studies]
    _whole, gone, half, old, filled = folders
    shutil.rmtree(library.folder(studies[1].id))
    (half / "complete").unlink()
    (old / "complete").write_bytes((old / "complete").read_bytes().replace(b'"version":', b'"version":-'))
    (filled / "complete").unlink()
    lock = files_of(library, cache, studies[4]).try_lock()  # somebody is filling it
    assert lock is not None
    (cache / "notes" / "0-0").mkdir(parents=True)
    (cache / "notes" / "0-0" / "mine").touch()
    (half / "foreign").touch()
    originals = sorted(path for path in library.root.rglob("*") if path.is_file())

    async with Ingest(library, cache, pool):
        assert [(folder / "voxels").exists() for folder in folders] == [True, False, False, False, True]
    os.close(lock)
    assert not gone.parent.exists()
    assert not old.parent.exists()
    assert (half / "foreign").exists()
    assert (cache / "notes" / "0-0" / "mine").exists()
    assert sorted(path for path in library.root.rglob("*") if path.is_file()) == originals


async def test_the_start_brings_a_cache_below_a_bound_that_was_lowered(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(3, library, pool, tmp_path)
    async with Ingest(library, tmp_path / "cache", pool) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        for study in studies:
            await desk.look(study)
        assert desk.kept(studies) == [0, 1, 2]
    async with Ingest(library, tmp_path / "cache", pool, room_for(1, library, studies[0])):
        assert desk.kept(studies) == [2]


async def test_without_a_setting_the_bound_is_a_share_of_the_disk(tmp_path: Path) -> None:
    size = shutil.disk_usage(tmp_path).total
    assert Eviction(tmp_path / "not there yet").most_bytes == min(size // 4, 50 << 30)


async def test_who_asks_for_more_than_the_disk_has_removes_nothing(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    studies = await studies_of(1, library, pool, tmp_path)
    async with Ingest(library, tmp_path / "cache", pool) as ingest:
        desk = Desk(library, tmp_path / "cache", ingest)
        await desk.look(studies[0])
        with pytest.raises(DiskFull), ingest.eviction.room_for(1 << 60):
            pytest.fail("there is no such disk")
        assert desk.kept(studies) == [0]


@pytest.mark.parametrize("whole", [False, True], ids=["one slice looked at", "all slices looked at"])
async def test_a_slice_that_rotted_on_the_disk_is_not_shown_but_decoded_again(
    library: Library, pool: DecodePool, tmp_path: Path, whole: bool
) -> None:
    studies = await studies_of(1, library, pool, tmp_path)
    cache = tmp_path / "cache"
    async with Ingest(library, cache, pool) as ingest:
        await Desk(library, cache, ingest).look(studies[0])
        voxels = files_of(library, cache, studies[0]).folder / "voxels"
        with voxels.open("r+b") as file:
            file.seek(VOXEL_BYTES // 2)  # in the middle slice
            file.write(b"\xff")
        desk = Desk(library, cache, ingest)
        spoiled = await desk.volumes.open(SeriesRef(studies[0].id, 0), 0)
        assert np.array_equal(spoiled.frame(0), PIXELS)
        with pytest.raises(SliceNotReady):
            spoiled.array.max() if whole else spoiled.frame(SLICES // 2)
        with pytest.raises(SliceNotReady):
            await spoiled.wait_complete()
        mended = await desk.open(studies[0])
        assert mended is not spoiled
        assert np.array_equal(mended.array, np.stack([PIXELS] * SLICES))


@pytest.mark.parametrize("since", ["it was filled", "it was complete"])
async def test_voxels_written_over_under_a_running_server_are_never_shown(
    library: Library, pool: DecodePool, tmp_path: Path, since: str
) -> None:
    """Also in slices that were looked at before, and in a volume that has been mapped since it was filled."""
    studies = await studies_of(1, library, pool, tmp_path)
    cache = tmp_path / "cache"
    async with Ingest(library, cache, pool) as ingest:
        desk = Desk(library, cache, ingest)
        await desk.open(studies[0])
        if since == "it was complete":
            shown = await desk.volumes.open(SeriesRef(studies[0].id, 0), 0)
            assert np.array_equal(shown.array, np.stack([PIXELS] * SLICES))
            assert await desk.volumes.open(SeriesRef(studies[0].id, 0), 0) is shown
        voxels = files_of(library, cache, studies[0]).folder / "voxels"
        with voxels.open("r+b") as file:
            file.seek(VOXEL_BYTES // 2)
            file.write(b"\xff")
        later = await desk.volumes.open(SeriesRef(studies[0].id, 0), 0)
        with pytest.raises(SliceNotReady):
            later.frame(SLICES // 2)
        mended = await desk.open(studies[0])
        assert np.array_equal(mended.array, np.stack([PIXELS] * SLICES))


async def test_a_damaged_slice_whose_byte_says_ready_is_not_shown(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    folder = write_series(tmp_path / "damaged", 3, pixels=PIXELS)
    data = encapsulated([run_lengths(PIXELS)[:70] + b"\0\0"])
    write(folder / "1.dcm", picture(1, pixels=PIXELS, syntax=RLELossless, PixelData=data))
    study = (await import_path(folder, library, pool)).studies[0]
    cache = tmp_path / "cache"
    async with Ingest(library, cache, pool) as ingest:
        await Desk(library, cache, ingest).look(study)
        ready = files_of(library, cache, study).folder / "ready"
        assert ready.read_bytes() == bytes([READY, DAMAGED, READY])
        ready.write_bytes(bytes([READY] * 3))
        volume = await Desk(library, cache, ingest).volumes.open(SeriesRef(study.id, 0), 0)
        with pytest.raises(SliceNotReady):
            volume.frame(1)
        again = await Desk(library, cache, ingest).open(study)
        with pytest.raises(SliceDamaged):
            again.frame(1)


@pytest.mark.parametrize("name", ["voxels", "ready", "complete"])
async def test_files_cut_short_are_filled_again(
    library: Library, pool: DecodePool, tmp_path: Path, name: str
) -> None:
    studies = await studies_of(1, library, pool, tmp_path)
    cache = tmp_path / "cache"
    async with Ingest(library, cache, pool) as ingest:
        await Desk(library, cache, ingest).look(studies[0])
        file = files_of(library, cache, studies[0]).folder / name
        os.truncate(file, file.stat().st_size - 1)
        volume = await Desk(library, cache, ingest).open(studies[0])
        assert np.array_equal(volume.array, np.stack([PIXELS] * SLICES))


@pytest.mark.parametrize("mark", [b"", b"[]", b"7", b"{}", b'{"crc32": 7}', b'{"crc32": [1, 2, 3, 4, 5]}'])
async def test_a_mark_that_says_nothing_is_no_mark(
    library: Library, pool: DecodePool, tmp_path: Path, mark: bytes
) -> None:
    studies = await studies_of(1, library, pool, tmp_path)
    cache = tmp_path / "cache"
    async with Ingest(library, cache, pool) as ingest:
        await Desk(library, cache, ingest).look(studies[0])
        (files_of(library, cache, studies[0]).folder / "complete").write_bytes(mark)
    async with Ingest(library, cache, pool) as ingest:
        volume = await Desk(library, cache, ingest).open(studies[0])
        assert np.array_equal(volume.array, np.stack([PIXELS] * SLICES))


SMALL_DISK = """
import asyncio, subprocess, sys
from pathlib import Path
from readingroom.errors import DiskFull
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
root, size, studies = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
cache = root / "disk"
cache.mkdir()
if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(cache)]).returncode:
    sys.exit("no mount")
async def opened(library, pool, study):
    async with Ingest(library, cache, pool, 1 << 40) as ingest:
        volumes = Volumes(library, cache, ingest)
        volume = await volumes.open(SeriesRef(study, 0), 0)
        await volume.wait_complete()
        while not (cache / study / "0-0" / "complete").exists():  # its filler still has it mapped
            await asyncio.sleep(0.01)
        volumes.close()
        return str(volume.ready)
async def main():
    library = Library(root / "studies")
    async with DecodePool(1) as pool:
        for study in studies:
            try:
                said = await opened(library, pool, study)
            except DiskFull as full:
                said = str(full)
            print(said, [(cache / one / "0-0" / "voxels").exists() for one in studies], flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize(("volumes", "expected"), [(1.5, ["[True, False]", "[False, True]"]), (0.5, None)])
async def test_a_full_disk_first_costs_the_longest_unused_and_is_then_said(
    library: Library, pool: DecodePool, tmp_path: Path, volumes: float, expected: list[str] | None
) -> None:
    studies = await studies_of(2, library, pool, tmp_path)
    size = int(volumes * files_of(library, Path(), studies[0]).disk_bytes)
    if shutil.which("unshare") is None:
        pytest.skip("a small disk of one's own needs unshare")
    command = ["unshare", "--mount", "--map-root-user", sys.executable, "-c", SMALL_DISK, str(tmp_path)]
    command += [str(size), *(study.id for study in studies)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    if "no mount" in done.stderr or "unshare failed" in done.stderr:
        pytest.skip("a small disk of one's own may not be mounted here")
    refused = "There is not enough room on the disk: 1 MiB are needed. [False, False]"
    lines = [f"{SLICES} {kept}" for kept in expected] if expected else [refused, refused]
    assert (done.stdout.splitlines(), done.stderr) == (lines, "")
