"""Rivals that are no dependency of ours: another Python runs them, and tells its seconds and bytes as JSON.

`READINGROOM_BENCH_PYTHON` names the interpreter of a throw-away environment, made for example by

    python3 -m venv /tmp/rivals && /tmp/rivals/bin/pip install SimpleITK imagecodecs
    READINGROOM_BENCH_PYTHON=/tmp/rivals/bin/python make bench

Without it, or without one of the packages, its figures are missing and the bench says so.
"""

from __future__ import annotations

import json
import os
import subprocess
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


def run(script: str, *arguments: str) -> Any:
    """What the script prints as JSON. It shares no import with us."""
    python = os.environ[SETTING]
    done = subprocess.run([python, "-c", script, *arguments], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)
