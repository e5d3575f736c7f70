"""Decode processes: a crash, a hang or a bomb costs one file; the next one finds a process."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from readingroom.errors import DecodeFailed, DecodeLimit, FileChanged
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from tests.imaging.dicoms import COLUMNS, ROWS, numbers, picture, write


def fifo(path: Path) -> Path:
    """A file that never gives a byte: whoever opens it hangs."""
    os.mkfifo(path)
    return path


async def test_a_file_that_hangs_is_given_up_and_the_others_are_read(tmp_path: Path) -> None:
    good = [write(tmp_path / f"{i}.dcm", picture(i)) for i in range(3)]
    async with DecodePool(1, wall_seconds=0.5) as pool:
        first, hanging, *rest = await pool.headers([good[0], fifo(tmp_path / "pipe"), *good[1:]])
    assert isinstance(hanging, DecodeLimit)
    assert "longer than 0.5 s" in str(hanging)
    assert all(isinstance(header, FileHeader) for header in (first, *rest))


async def test_a_process_that_is_killed_costs_its_file_and_is_replaced(tmp_path: Path) -> None:
    good = write(tmp_path / "a.dcm", picture())
    async with DecodePool(1) as pool:
        await pool.warm()
        (pid,) = pool.pids
        asking = asyncio.create_task(pool.headers([fifo(tmp_path / "pipe"), good]))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        lost, found = await asking
        assert isinstance(lost, DecodeFailed)
        assert "SIGKILL" in str(lost)
        assert isinstance(found, FileHeader)
        assert pid not in pool.pids


async def test_frames_that_bring_a_process_down_together_are_tried_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", picture())
    targets = [np.zeros((ROWS, COLUMNS), np.uint16) for _ in range(2)]
    async with DecodePool(1) as pool:
        results = await pool.decode(path, [0, 7], targets)
    assert results[0] is None
    assert np.array_equal(targets[0], numbers())
    assert isinstance(results[1], DecodeFailed)


async def test_a_file_that_changed_since_its_import_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", picture())
    async with DecodePool(1) as pool:
        (refused,) = await pool.decode(path, [0], [np.zeros((ROWS, COLUMNS + 1), np.uint16)])
    assert isinstance(refused, FileChanged)


async def test_overlays_of_another_shape_than_the_file_has_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", picture())
    async with DecodePool(1) as pool:
        (refused,) = await pool.overlays(path, [0], [np.zeros((ROWS, COLUMNS), np.uint8)])
        fits = np.full((ROWS, -(-COLUMNS // 8)), 255, np.uint8)
        (taken,) = await pool.overlays(path, [0], [fits])
    assert isinstance(refused, FileChanged)
    assert taken is None
    assert not fits.any(), "a file without overlay"


async def test_more_than_the_shared_memory_holds_is_refused_before_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", picture())
    huge = np.lib.stride_tricks.as_strided(np.zeros(1, np.uint8), (1 << 16, (1 << 15) + 1), (0, 0))
    async with DecodePool(1) as pool:
        (refused,) = await pool.decode(path, [0], [huge])
        assert pool.pids == ()
    assert isinstance(refused, DecodeLimit)


async def test_more_requests_than_processes_wait_their_turn(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{i}.dcm", picture(i)) for i in range(6)]
    targets = [np.zeros((ROWS, COLUMNS), np.uint16) for _ in paths]
    async with DecodePool(2) as pool:
        await asyncio.gather(*(pool.decode(p, [0], [t]) for p, t in zip(paths, targets, strict=True)))
        assert len(pool.pids) == 2
    assert [int(target[0, 0]) for target in targets] == [100 * i for i in range(6)]


async def test_a_cancelled_request_leaves_the_pool_usable(tmp_path: Path) -> None:
    good = write(tmp_path / "a.dcm", picture())
    async with DecodePool(1) as pool:
        await pool.warm()
        asking = asyncio.create_task(pool.headers([fifo(tmp_path / "pipe")]))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        (found,) = await pool.headers([good])
    assert isinstance(found, FileHeader)


async def test_no_process_outlives_the_pool(tmp_path: Path) -> None:
    async with DecodePool(2) as pool:
        await pool.warm()
        pids = pool.pids
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_no_process_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from readingroom.imaging.decode_pool import DecodePool\n"
        "async def main():\n"
        "    async with DecodePool(1) as pool:\n"
        "        await pool.warm()\n"
        "        print(*pool.pids, flush=True)\n"
        "        await asyncio.to_thread(sys.stdin.read)\n"
        "asyncio.run(main())\n"
    )
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script]
    with await asyncio.to_thread(subprocess.Popen, command, stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdout is not None
        child = int(await asyncio.to_thread(parent.stdout.readline))
        watched = os.pidfd_open(child)
        parent.kill()
        gone, _, _ = await asyncio.to_thread(select.select, [watched], [], [], 10)
        os.close(watched)
    assert gone == [watched]


async def test_what_pydicom_warns_of_stays_in_the_process(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", picture(StudyDate="not a date", PatientID="x" * 100))
    async with DecodePool(1) as pool:
        with warnings.catch_warnings(record=True) as heard:
            (found,) = await pool.headers([path])
    assert isinstance(found, FileHeader)
    assert heard == []
