"""Rivals that are no dependency of ours: another Python runs them, and tells its seconds and bytes as JSON.

`READINGROOM_BENCH_PYTHON` names the interpreter of a throw-away environment, made for example by

    python3 -m venv RIVALS && RIVALS/bin/pip install SimpleITK vtk imagecodecs
    READINGROOM_BENCH_PYTHON=RIVALS/bin/python make bench

Without it, or without one of the packages, its figures are missing and the bench says so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

SETTING = "READINGROOM_BENCH_PYTHON"


@cache
def missing(package: str) -> str:
    """Why there are no figures of that package, in words; empty when there can be."""
    python = os.environ.get(SETTING)
    if not python:
        return f"{package} is not measured: {SETTING} is not set"
    tried = subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False)
    return f"{package} is not measured: {SETTING} has no such package" if tried.returncode else ""


def run_beside(module: str) -> Any:
    """A bench module of ours, which hands arrays to rivals, run by that Python with our packages in sight.

    It prints for people, and a last line of JSON, which is given.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [os.environ[SETTING], "-m", module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        last = ""
        for line in running.stdout:
            print(last, end="", flush=True)
            last = line
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return json.loads(last)


def run(script: str, *arguments: str) -> Any:
    """What the script prints as JSON. It shares no import with us."""
    python = os.environ[SETTING]
    done = subprocess.run([python, "-c", script, *arguments], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)
