"""The command line in unfriendly places: one sentence, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imaging.dicoms import picture, write, write_series


def run(*words: str | bytes | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "readingroom", *words]
    return subprocess.run(command, capture_output=True, env={**os.environ, **environment}, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes names that are no UTF-8")
def test_a_file_whose_name_is_no_utf8_is_inspected(tmp_path: Path):
    write(tmp_path / "0.dcm", picture())
    os.rename(tmp_path / "0.dcm", os.fsencode(tmp_path) + b"/\xff.dcm")
    result = run("inspect", tmp_path)
    assert b"Traceback" not in result.stderr
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes names that are no UTF-8")
def test_a_data_folder_whose_name_is_no_utf8_holds_studies_and_rooms(tmp_path: Path):
    scan = write_series(tmp_path / "scan")
    result = run("import", scan, "--room", "--data", os.fsencode(tmp_path) + b"/\xff")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count(b"/#") == 2


def test_an_interrupt_while_the_program_is_still_loading_ends_it_without_a_traceback(tmp_path: Path):
    words = [sys.executable, "-X", "importtime", "-m", "readingroom", "inspect", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as command:
        assert command.stderr is not None
        loading = next(line for line in command.stderr if b"llvmlite" in line)
        command.send_signal(signal.SIGINT)
        rest = command.stderr.read()
    assert loading
    assert b"Traceback" not in rest
    assert command.returncode == 130


def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path):
    write_series(tmp_path / "scan")
    words = [sys.executable, "-m", "readingroom", "inspect", str(tmp_path / "scan")]
    command = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(timeout=60) == 141


def test_a_terminal_that_knows_only_ascii_gets_the_table_too(tmp_path: Path):
    write_series(tmp_path / "scan")
    result = run("inspect", tmp_path / "scan", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert b"Traceback" not in result.stderr
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("import", "{scan}", "--data", "{file}"),
        ("demo", "{scan}", "--port", "0", "--data", "{file}"),
        ("render", "{scan}", "--out", "{file}/picture.png"),
        ("render", "{scan}", "--out", "{scan}"),
    ],
    ids=["import", "demo", "render below a file", "render onto a folder"],
)
def test_a_place_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path, words: tuple[str, ...]):
    scan, file = write_series(tmp_path / "scan"), tmp_path / "file"
    file.touch()
    result = run(*(word.format(scan=scan, file=file) for word in words))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith(b"readingroom: ")
    assert b"Traceback" not in result.stderr
