"""Turned copies: the same voxels, made once, bounded, gone with their volume."""

from __future__ import annotations

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from weakref import ref

import numpy as np
import pytest

from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.cutting.turned_copies import TurnedCopies
from readingroom.values import Plane
from tests.imaging.arrange import Held
from tests.imaging.cutting import blocks


def volume(seed: int = 0) -> Held:
    shown = blocks.regular()
    return Held(shown, np.random.default_rng(seed).integers(-99, 99, (15, 20, 24)).astype(np.int16))


SIZE = 15 * 20 * 24 * 2


def test_a_copy_is_the_volume_turned_and_leaves_no_file(tmp_path: Path):
    copies, one = TurnedCopies(tmp_path), volume()
    copy = copies.of(one)
    assert copy is not None
    assert np.array_equal(copy, one.array.transpose(2, 0, 1))
    assert copy.flags.c_contiguous
    assert not copy.flags.writeable
    assert list(tmp_path.iterdir()) == []
    assert copies.of(one) is copy


def test_the_longest_unused_copy_makes_room(tmp_path: Path):
    copies = TurnedCopies(tmp_path, limit_bytes=2 * SIZE)
    first, second, third = volume(1), volume(2), volume(3)
    kept = copies.of(first)
    dropped = copies.of(second)
    assert copies.of(first) is kept
    copies.of(third)
    assert copies.of(first) is kept
    assert copies.of(second) is not dropped


def test_a_volume_larger_than_the_room_is_not_copied(tmp_path: Path):
    assert TurnedCopies(tmp_path, limit_bytes=SIZE - 1).of(volume()) is None


def test_a_copy_goes_with_its_volume(tmp_path: Path):
    copies, one = TurnedCopies(tmp_path), volume()
    copy = ref(copies.of(one))
    gc.collect()
    assert copy() is not None
    del one
    gc.collect()
    assert copy() is None


def test_a_folder_that_cannot_be_written_costs_no_picture(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert TurnedCopies(tmp_path / "file").of(volume()) is None


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to let any file grow larger, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_on_the_disk_planes_are_the_same(tmp_path: Path):
    copies, one = TurnedCopies(tmp_path), volume()
    block = Block(one, turned=lambda: copies.of(one))
    shown = block.shown(Aim(Plane.SAGITTAL))
    with files_of_at_most(SIZE // 2):
        assert copies.of(one) is None
        values, _ = block.values(shown, 7, blocks.whole(shown), Slab())
        assert np.array_equal(values, one.array[::-1, :, 7])
        assert list(tmp_path.iterdir()) == []
    assert copies.of(one) is not None  # when there is room again


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux says what is mapped")
def test_a_dropped_copy_gives_its_place_on_the_disk_back(tmp_path: Path):
    copies, first, second = TurnedCopies(tmp_path, limit_bytes=SIZE), volume(1), volume(2)
    dropped = ref(copies.of(first))
    copies.of(second)
    gc.collect()
    assert dropped() is None
    assert bytes_of_nameless_files(tmp_path) == -(-SIZE // 4096) * 4096


def bytes_of_nameless_files(folder: Path) -> int:
    """What this process has mapped of files of a folder that are in no folder any more."""
    sizes = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        if str(folder) in line and line.endswith("(deleted)"):
            first, end = (int(part, 16) for part in line.split(maxsplit=1)[0].split("-"))
            sizes += end - first
    return sizes


def test_many_threads_get_the_one_copy_or_none(tmp_path: Path):
    copies, one = TurnedCopies(tmp_path), volume()
    ready, found = Barrier(8), []

    def ask() -> None:
        ready.wait()
        found.append(copies.of(one))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [copy for copy in found if copy is not None]
    assert made
    assert len({id(copy) for copy in made}) == 1
