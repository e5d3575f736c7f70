"""Behind the sandbox a process reads, allocates and answers, and can do nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.reading import sandbox
from readingroom.imaging.reading.system_calls import AUDIT_ARCHITECTURES, NUMBERS
from tests.imaging.dicoms import picture, write

NEEDED = {"read", "list", "allocate", "own limits", "signal itself", "import"}


def tried(folder: Path, *words: str) -> dict[str, Any]:
    (folder / "there").write_text("what was there")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        command = [sys.executable, "-m", "tests.imaging.reading.confined", str(folder), port, *words]
        here = Path(__file__).parents[3]
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_confined_process_reads_and_nothing_else(tmp_path: Path) -> None:
    answer = tried(tmp_path)
    if "seccomp" not in answer["protections"]:
        pytest.skip("this kernel has no seccomp for us")
    assert set(answer["could"]) == NEEDED
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("there", "what was there")]


def test_the_same_process_could_do_it_all_in_the_open(tmp_path: Path) -> None:
    could = set(tried(tmp_path, "open")["could"])
    assert {"connect", "write", "create", "rename", "run", "fork", "thread", "memory file"} <= could


async def test_a_decode_process_says_what_holds_it_and_the_kernel_agrees(tmp_path: Path) -> None:
    async with DecodePool(1) as pool:
        assert pool.protections == ()
        await pool.headers([write(tmp_path / "a.dcm", picture())])
        assert "limits" in pool.protections
        if "seccomp" not in pool.protections:
            pytest.skip("this kernel has no seccomp for us")
        (pid,) = pool.pids
        status = await asyncio.to_thread(Path(f"/proc/{pid}/status").read_text)
    said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert said["NoNewPrivs"] == "1"
    assert said["Seccomp"] == "2"  # by a filter


@pytest.mark.parametrize("machine", AUDIT_ARCHITECTURES)
def test_every_jump_of_the_filter_ends_at_a_verdict(machine: str) -> None:
    pid = 4711
    code = sandbox.program(machine, pid)
    number = {name: of[machine] for name, of in NUMBERS.items() if machine in of}
    assert verdict(code, machine, number["socket"]) == "error 1"
    assert verdict(code, machine, number["execve"]) == "error 1"
    assert verdict(code, machine, number["clone3"]) == "error 38"
    assert verdict(code, machine, number["openat"], 0, 0, 0) == "allowed"
    for flags in (1, 2, 0o100, 0o1000, 0o2001):
        assert verdict(code, machine, number["openat"], 0, 0, flags) == "error 1"
    assert verdict(code, machine, number["tgkill"], pid) == "allowed"
    assert verdict(code, machine, number["tgkill"], pid + 1) == "error 1"
    assert verdict(code, machine, number["prlimit64"], 0) == "allowed"
    assert verdict(code, machine, number["prlimit64"], pid + 1) == "error 1"
    assert verdict(code, machine, number["ioctl"], 3, 0x5412) == "error 1"
    assert verdict(code, machine, number["ioctl"], 3, 0x541C) == "error 1"
    assert verdict(code, machine, number["ioctl"], 3, 0x5401) == "allowed"
    assert verdict(code, "another", number["openat"]) == "killed"
    mmap = {"x86_64": 9, "aarch64": 222}[machine]
    assert verdict(code, machine, mmap) == "allowed"


def test_calls_by_the_numbers_of_the_narrow_machine_are_killed() -> None:
    code = sandbox.program("x86_64", 1)
    assert verdict(code, "x86_64", 0x40000000 | NUMBERS["openat"]["x86_64"]) == "killed"


def verdict(code: bytes, machine: str, number: int, *arguments: int) -> str:
    """What the program says to a call: a small machine for the five instructions it uses."""
    words = [number, AUDIT_ARCHITECTURES.get(machine, 0), 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument, 0]
    at = loaded = 0
    while True:
        what, if_true, if_false, value = struct.unpack_from("=HBBI", code, 8 * at)
        at += 1
        match what:
            case 0x20:
                loaded = words[value // 4]
            case 0x15:
                at += if_true if loaded == value else if_false
            case 0x35:
                at += if_true if loaded >= value else if_false
            case 0x45:
                at += if_true if loaded & value else if_false
            case _:
                if value == 0x7FFF0000:
                    return "allowed"
                return "killed" if value == 0x80000000 else f"error {value & 0xFFFF}"
