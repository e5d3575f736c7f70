"""Workers and their parent: what a worker asks for is filled by the parent, and seen by every worker."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from readingroom.errors import NoSuchSeries, NoSuchStudy
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes, volume_folder
from readingroom.ingest_socket import RemoteIngest, answering
from readingroom.values import SeriesRef, StudyId
from tests.imaging.dicoms import numbers, picture, write, write_series

COLORS = np.stack([numbers() % 251, numbers() % 7, 255 - numbers() % 200], axis=-1).astype(np.uint8)
COLOR = {
    "pixels": COLORS[..., 0],
    "SamplesPerPixel": 3,
    "PhotometricInterpretation": "RGB",
    "PlanarConfiguration": 0,
    "BitsAllocated": 8,
    "BitsStored": 8,
    "HighBit": 7,
    "PixelData": COLORS.tobytes(),
}
OVERLAY = np.arange(48).reshape(6, 8) % 5 == 0


@asynccontextmanager
async def two_workers(
    root: Path, pool: DecodePool, most_bytes: int | None = None
) -> AsyncIterator[tuple[Volumes, Volumes]]:
    library, cache, socket = Library(root / "studies"), root / "cache", root / "run" / "ingest.sock"
    async with Ingest(library, cache, pool, most_bytes) as ingest, answering(ingest, socket):
        workers = Volumes(library, cache, RemoteIngest(socket)), Volumes(library, cache, RemoteIngest(socket))
        yield workers
        for worker in workers:
            worker.close()


def wait_for_filler(folder: Path) -> None:
    """Whoever fills holds the lock to the end."""
    with (folder / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


async def imported(root: Path, pool: DecodePool, source: Path) -> Study:
    return (await import_path(source, Library(root / "studies"), pool)).studies[0]


async def test_colors_come_from_the_parent_to_both_workers(tmp_path: Path):
    async with DecodePool(1) as pool:
        study = await imported(tmp_path, pool, write(tmp_path / "color", picture(**COLOR)))
        async with two_workers(tmp_path, pool) as workers:
            ref = SeriesRef(study.id, 0)
            one, two = await asyncio.gather(*(worker.open(ref, 0) for worker in workers))
            assert one.generation == two.generation
            for volume in (one, two):
                await volume.wait_complete()
                assert np.array_equal(volume.frame(0), COLORS)


async def test_hundreds_who_ask_at_once_all_get_the_same_volume(tmp_path: Path):
    async with DecodePool(1) as pool:
        study = await imported(tmp_path, pool, write_series(tmp_path / "in", 3))
        async with two_workers(tmp_path, pool) as (worker, _):
            ref = SeriesRef(study.id, 0)
            volumes = await asyncio.gather(*(worker.open(ref, 0) for _ in range(500)))
            assert {volume.generation for volume in volumes} == {volumes[0].generation}
            await volumes[0].wait_complete()
            assert np.array_equal(volumes[0].frame(2), numbers(2))


async def test_five_hundred_questions_at_once_are_all_answered(tmp_path: Path):
    async with DecodePool(1) as pool:
        study = await imported(tmp_path, pool, write_series(tmp_path / "in", 1))
        async with two_workers(tmp_path, pool):
            asker = RemoteIngest(tmp_path / "run" / "ingest.sock")
            await asyncio.gather(*(asker.request(SeriesRef(study.id, 0), 0) for _ in range(500)))


async def test_overlays_come_from_the_parent_beside_pixels_that_were_copied(tmp_path: Path):
    dataset = picture()
    dataset.add_new((0x6000, 0x0010), "US", OVERLAY.shape[0])
    dataset.add_new((0x6000, 0x0011), "US", OVERLAY.shape[1])
    dataset.add_new((0x6000, 0x0040), "CS", "G")
    dataset.add_new((0x6000, 0x0050), "SS", [1, 1])
    dataset.add_new((0x6000, 0x0100), "US", 1)
    dataset.add_new((0x6000, 0x0102), "US", 0)
    dataset.add_new((0x6000, 0x3000), "OW", np.packbits(OVERLAY, bitorder="little").tobytes())
    folder = tmp_path / "in"
    write(write_series(folder, 2) / "0.dcm", dataset)
    async with DecodePool(1) as pool:
        study = await imported(tmp_path, pool, folder)
        frames = study.series[0].stacks[0].frames
        assert [frame.overlay for frame in frames] == [True, False]
        assert frames[0].offset is not None
        async with two_workers(tmp_path, pool) as workers:
            for worker in workers:
                volume = await worker.open(SeriesRef(study.id, 0), 0)
                await volume.wait_complete()
                assert np.array_equal(volume.frame(0), numbers(0))
                assert np.array_equal(volume.overlay(0), np.packbits(OVERLAY, axis=1))
                assert not volume.overlay(1).any()


async def test_the_parent_keeps_its_bound_for_all_workers(tmp_path: Path):
    async with DecodePool(1) as pool:
        studies = [
            await imported(
                tmp_path,
                pool,
                write_series(tmp_path / f"in{number}", 3, StudyInstanceUID=f"1.2.{number}"),
            )
            for number in range(3)
        ]
        folders = [volume_folder(tmp_path / "cache", SeriesRef(study.id, 0), 0) for study in studies]
        async with two_workers(tmp_path, pool, most_bytes=1) as (one, two):
            looked_at = await one.open(SeriesRef(studies[0].id, 0), 0)
            for study, folder in zip(studies[1:], folders[1:], strict=True):
                volume = await two.open(SeriesRef(study.id, 0), 0)
                await volume.wait_complete()
                await asyncio.to_thread(wait_for_filler, folder)
                del volume
                two.close()
            assert [folder.exists() for folder in folders] == [True, False, True]
            assert np.array_equal(await looked_at.wait_frame(1), numbers(1))


async def test_the_parents_refusals_arrive_by_their_names(tmp_path: Path):
    async with DecodePool(1) as pool:
        study = await imported(tmp_path, pool, write_series(tmp_path / "in", 3))
        async with two_workers(tmp_path, pool) as _:
            asking = RemoteIngest(tmp_path / "run" / "ingest.sock")
            with pytest.raises(NoSuchSeries):
                await asking.request(SeriesRef(study.id, 7), 0)
            with pytest.raises(NoSuchStudy):
                await asking.request(SeriesRef(StudyId("nobody"), 0), 0)
