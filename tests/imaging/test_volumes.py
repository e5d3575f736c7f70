"""Volumes on disk: the right values, one filler across processes, nothing half after a crash."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from readingroom.errors import (
    DiskFull,
    FileRefused,
    NoSuchSeries,
    NoSuchStudy,
    SliceDamaged,
    SliceNotReady,
    SliceOutOfRange,
)
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.fill_order import outwards, plan
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import READY, Array, VolumeFiles
from readingroom.imaging.volumes import Volume, Volumes, volume_folder
from readingroom.values import SeriesRef, StudyId
from tests.imaging.arrange import frame, stack
from tests.imaging.dicoms import encapsulated, numbers, picture, run_lengths, write, write_series

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLICES = 7


@asynccontextmanager
async def opening(library: Library, cache: Path, pool: DecodePool) -> AsyncIterator[Volumes]:
    async with Ingest(library, cache, pool) as ingest:
        yield Volumes(library, cache, ingest)


async def imported(library: Library, pool: DecodePool, source: Path) -> Study:
    return (await import_path(source, library, pool)).studies[0]


def files_of(library: Library, cache: Path, study: Study) -> VolumeFiles:
    ref = SeriesRef(study.id, 0)
    return VolumeFiles(volume_folder(cache, ref, 0), library.series(ref).stacks[0])


async def finished(files: VolumeFiles) -> None:
    """Wait for the complete mark, which comes after the last slice."""

    def wait() -> None:
        with os.fdopen(os.open(files.folder / "lock", os.O_RDWR), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever fills holds it to the end

    await asyncio.to_thread(wait)
    assert files.is_complete()


def expect_all_slices(volume: Volume) -> None:
    assert volume.ready == SLICES
    for index in range(SLICES):
        assert np.array_equal(volume.frame(index), numbers(index))


async def test_uncompressed_slices_come_out_in_order(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        expect_all_slices(volume)
        assert volume.complete
        assert volume.damaged == {}
        assert not volume.frame(0).flags.writeable


async def test_compressed_slices_come_out_in_order(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for index in range(SLICES):
        data = encapsulated([run_lengths(numbers(index))])
        write(folder / f"{index}.dcm", picture(index, syntax=RLELossless, PixelData=data))
    study = await imported(library, pool, folder)
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        expect_all_slices(volume)


async def test_a_damaged_slice_is_said_and_the_others_are_shown(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    folder = write_series(tmp_path / "in", SLICES)
    broken = run_lengths(numbers(2))[:70] + b"\0\0"
    write(folder / "2.dcm", picture(2, syntax=RLELossless, PixelData=encapsulated([broken])))
    study = await imported(library, pool, folder)
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        assert (volume.ready, volume.complete, list(volume.damaged)) == (SLICES - 1, True, [2])
        with pytest.raises(SliceDamaged, match=f"Picture 3 of {SLICES} cannot be shown: the picture"):
            volume.frame(2)
        assert np.array_equal(volume.frame(3), numbers(3))


async def test_an_original_that_was_cut_after_its_import_is_damage_not_a_crash(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    first = study.series[0].stacks[0].frames[0]
    original = library.original(study.id, first.file)
    os.truncate(original, original.stat().st_size - 4)
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        assert list(volume.damaged) == [0]


async def test_a_slice_outside_is_refused(library: Library, pool: DecodePool, tmp_path: Path) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        for index in (-1, SLICES):
            with pytest.raises(SliceOutOfRange):
                volume.frame(index)
        with pytest.raises(NoSuchSeries):
            await volumes.open(SeriesRef(study.id, 0), 1)
        with pytest.raises(NoSuchSeries):
            await volumes.open(SeriesRef(study.id, 5), 0)
        with pytest.raises(NoSuchStudy):
            await volumes.open(SeriesRef(StudyId("nobody"), 0), 0)


async def test_many_who_ask_at_once_get_one_volume(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    async with opening(library, tmp_path / "cache", pool) as volumes:
        opened = await asyncio.gather(*(volumes.open(SeriesRef(study.id, 0), 0) for _ in range(20)))
        assert len({volume.generation for volume in opened}) == 1
        await opened[0].wait_complete()
        expect_all_slices(opened[-1])


class Counted(DecodePool):
    """Remembers which frames of which file it was asked for."""

    asked: list[tuple[str, int]]

    async def decode(
        self, path: Path, frames: Sequence[int], targets: Sequence[Array], *, sha256: str | None = None
    ) -> list[FileRefused | None]:
        self.asked += [(path.name, number) for number in frames]
        return await super().decode(path, frames, targets, sha256=sha256)


async def test_ten_who_ask_at_once_cost_one_decoding_of_each_slice(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for index in range(SLICES):
        data = encapsulated([run_lengths(numbers(index))])
        write(folder / f"{index}.dcm", picture(index, syntax=RLELossless, PixelData=data))
    async with Counted(2) as pool:
        pool.asked = []
        study = await imported(library, pool, folder)
        async with opening(library, tmp_path / "cache", pool) as volumes:
            opened = await asyncio.gather(*(volumes.open(SeriesRef(study.id, 0), 0) for _ in range(10)))
            await opened[0].wait_complete()
            expect_all_slices(opened[-1])
        files = {one.file for one in study.series[0].stacks[0].frames}
        assert sorted(pool.asked) == sorted((file, 0) for file in files)


async def test_what_is_complete_is_not_decoded_again(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    generations = []
    for _ in range(2):
        async with opening(library, tmp_path / "cache", pool) as volumes:
            volume = await volumes.open(SeriesRef(study.id, 0), 0)
            generations.append(volume.generation)
            await finished(files_of(library, tmp_path / "cache", study))
    assert generations[0] == generations[1]


async def test_what_other_bytes_were_decoded_from_is_discarded(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    files = files_of(library, tmp_path / "cache", study)
    async with opening(library, tmp_path / "cache", pool) as volumes:
        await volumes.open(SeriesRef(study.id, 0), 0)
        await finished(files)
    mark = files.folder / "complete"
    mark.write_bytes(mark.read_bytes().replace(b'"version":', b'"version":-'))
    assert not files.is_complete()
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
        expect_all_slices(volume)


HALF = """
import sys
from pathlib import Path
from readingroom.imaging.library import Library
from readingroom.imaging.volume_files import READY, VolumeFiles
from readingroom.imaging.volumes import volume_folder
from readingroom.values import SeriesRef
root, study = Path(sys.argv[1]), sys.argv[2]
ref = SeriesRef(study, 0)
files = VolumeFiles(volume_folder(root / "cache", ref, 0), Library(root / "studies").series(ref).stacks[0])
mapped = files.prepare(files.try_lock())
mapped.voxels[3] = 4095  # a value no slice has
mapped.ready[3] = READY
print("half", flush=True)
sys.stdin.read()
"""


async def test_what_a_killed_process_left_half_is_seen_while_it_lives_and_rebuilt_when_it_died(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    ref = SeriesRef(study.id, 0)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HALF, str(tmp_path), study.id]
    with await asyncio.to_thread(subprocess.Popen, command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == "half\n"
        async with opening(library, tmp_path / "cache", pool) as volumes:
            shared = await volumes.open(ref, 0)
            assert (shared.ready, shared.complete) == (1, False)
            assert shared.frame(3).max() == 4095
            with pytest.raises(SliceNotReady):
                shared.frame(0)
            other.send_signal(signal.SIGKILL)
            await asyncio.to_thread(other.wait)
            rebuilt = await volumes.open(ref, 0)
            assert rebuilt is not shared
            await rebuilt.wait_complete()
            expect_all_slices(rebuilt)


ASK = """
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
    async with DecodePool(1) as pool, Ingest(library, root / "cache", pool) as ingest:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        volume = await Volumes(library, root / "cache", ingest).open(SeriesRef(study, 0), 0)
        await volume.wait_complete()
        print(volume.generation, int(volume.array.sum()), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(main())
"""


async def test_two_processes_that_ask_at_once_share_one_ingest(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    command = [sys.executable, "-c", ASK, str(tmp_path), study.id]

    def ask_both() -> list[str]:
        pipe = subprocess.PIPE
        with (
            subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as one,
            subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as two,
        ):
            for wanted in ("ready", "go"):
                for process in (one, two):
                    assert process.stdin is not None
                    assert process.stdout is not None
                    if wanted == "ready":
                        assert process.stdout.readline() == "ready\n"
                    else:
                        process.stdin.write("go\n")
                        process.stdin.flush()
            return [process.stdout.readline() for process in (one, two) if process.stdout is not None]

    answers = await asyncio.to_thread(ask_both)
    total = sum(int(numbers(index).sum()) for index in range(SLICES))
    assert answers[0] == answers[1]
    assert answers[0].split()[1] == str(total)


async def test_a_full_disk_is_said_before_anything_is_promised(tmp_path: Path) -> None:
    huge = stack(tuple(frame() for _ in range(1000)), 1 << 20, 1 << 20)
    files = VolumeFiles(tmp_path / "cache", huge)
    lock = files.try_lock()
    assert lock is not None
    with pytest.raises(DiskFull):
        files.prepare(lock)
    os.close(lock)
    assert not files.is_prepared()
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["lock"]


async def test_files_of_another_shape_are_not_mapped(tmp_path: Path) -> None:
    small, large = (VolumeFiles(tmp_path, stack((frame(),) * n, 4, 4)) for n in (2, 3))
    lock = small.try_lock()
    assert lock is not None
    small.prepare(lock).ready[:] = READY
    os.close(lock)
    assert small.map().ready.tolist() == [READY, READY]
    with pytest.raises(FileNotFoundError):
        large.map()


async def test_a_damage_that_cannot_be_noted_leaves_the_slice_unshown_and_the_volume_incomplete(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    study = await imported(library, pool, write_series(tmp_path / "in", SLICES))
    changed = library.original(study.id, study.series[0].stacks[0].frames[2].file)
    cut = changed.read_bytes()[:-2]
    changed.unlink()
    os.mkfifo(changed)  # whoever fills waits here
    files = files_of(library, tmp_path / "cache", study)
    async with Ingest(library, tmp_path / "cache", pool) as ingest:
        volume = await Volumes(library, tmp_path / "cache", ingest).open(SeriesRef(study.id, 0), 0)
        (files.folder / "damaged").unlink()
        (files.folder / "damaged").mkdir()  # nothing can be written there
        await asyncio.to_thread(changed.write_bytes, cut)
        await volume.wait_complete()
        with pytest.raises(SliceDamaged):
            volume.frame(2)
        assert list(volume.damaged) == [2]
        assert volume.ready == SLICES - 1
    assert not files.is_complete()


async def test_an_overlay_that_cannot_be_read_costs_nothing_but_itself(
    library: Library, pool: DecodePool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = picture()
    for element, vr, value in (
        (0x0010, "US", 6),
        (0x0011, "US", 8),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", b"\xff" * 6),
    ):
        dataset.add_new((0x6000, element), vr, value)
    study = await imported(library, pool, write(tmp_path / "a", dataset))
    (only,) = study.series[0].stacks[0].frames
    assert only.overlay
    original = library.original(study.id, only.file)
    whole = original.read_bytes()
    original.unlink()
    os.mkfifo(original)

    def change_after_the_pixels() -> None:
        with original.open("wb") as pipe:
            original.unlink()
            original.write_bytes(whole[:-1])
            pipe.write(whole)

    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await asyncio.to_thread(change_after_the_pixels)
        await volume.wait_complete()
        assert np.array_equal(volume.frame(0), numbers())
        assert volume.damaged == {}
        assert not volume.overlay(0).any()
    assert "overlay left out" in caplog.messages


@pytest.mark.parametrize("frames", [1, 3], ids=["a file a slice", "three slices in one file"])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
async def test_slices_of_a_file_that_has_changed_are_refused_in_words(
    library: Library, pool: DecodePool, tmp_path: Path, frames: int, compressed: bool
) -> None:
    values = np.stack([numbers(index) for index in range(frames)])
    data = encapsulated([run_lengths(one) for one in values]) if compressed else values.tobytes()
    form = {"NumberOfFrames": frames, "PixelData": data}
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a", picture(pixels=values, **({"syntax": RLELossless} if compressed else {}), **form))
    study = await imported(library, pool, folder)
    (stack_there,) = study.series[0].stacks
    changed = library.original(study.id, stack_there.frames[0].file)
    whole = changed.read_bytes()
    name = whole.index(b"Roe^Jane")
    changed.write_bytes(whole[:name] + b"Roe^Joan" + whole[name + 8 :])
    async with opening(library, tmp_path / "cache", pool) as volumes:
        volume = await volumes.open(SeriesRef(study.id, 0), 0)
        await volume.wait_complete()
    assert volume.damaged == dict.fromkeys(range(frames), "the file has changed since it was imported")
    assert not volume.array.any()


async def test_copied_slices_of_one_file_come_together_since_they_are_hashed_together() -> None:
    one = stack(tuple(replace(frame(number=i), offset=1000 + 32 * i) for i in range(30)), 4, 4)
    assert [work.slices[:3] for work in plan(one)] == [(15, 16, 14)]
    each = stack(tuple(replace(frame(), file=f"{i}", offset=1000) for i in range(30)), 4, 4)
    assert [len(work.slices) for work in plan(each)] == [1, 8, 8, 8, 5]


async def test_the_middle_comes_first_then_outwards() -> None:
    assert outwards(5) == [2, 3, 1, 4, 0]
    assert outwards(1) == [0]
    works = list(plan(stack(tuple(frame(number=i) for i in range(30)), 4, 4)))
    assert works[0].slices == (15,)
    assert sorted(index for work in works for index in work.slices) == list(range(30))
