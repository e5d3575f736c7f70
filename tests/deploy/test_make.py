"""What stands behind `make`: finding a Python, running every stage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stages import Stage, run

ROOT = Path(__file__).resolve().parents[2]


def say(name: str, words: str, code: int = 0) -> Stage:
    return Stage(name, [sys.executable, "-c", f"import sys; print({words!r}); sys.exit({code})"])


def find_python(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "scripts" / "find-python")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_every_stage_runs_after_one_failed_and_the_whole_fails(capsys: pytest.CaptureFixture[str]):
    code = run(
        [say("lint", "a line too long", code=3), say("types", "fine")], say("pytest", "== 2 passed in 1 s ==")
    )
    told = capsys.readouterr().out
    assert code == 1
    assert "a line too long" in told
    assert "ok types" in told
    assert "FAILED: lint" in told
    assert told.splitlines()[-1] == "== 2 passed in 1 s =="


def test_all_stages_well_is_success(capsys: pytest.CaptureFixture[str]):
    assert run([say("lint", "fine")], say("pytest", "== 2 passed in 1 s ==")) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_named_python_is_taken():
    found = find_python(PYTHON=sys.executable, PATH=os.defpath)
    assert (found.returncode, found.stdout.strip()) == (0, sys.executable)


def test_without_a_python_one_sentence_says_what_to_do(tmp_path: Path):
    (tmp_path / "sh").symlink_to("/bin/sh")
    found = find_python(PATH=str(tmp_path))
    assert found.returncode == 1
    assert found.stderr.startswith("ReadingRoom needs Python 3.11 or newer")
    assert len(found.stderr.splitlines()) == 1
