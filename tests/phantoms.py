"""Small phantoms for other tests, each written once per session. Places and densities: `phantom.truth()`."""

from __future__ import annotations

from pathlib import Path

import pytest

from readingroom.imaging import phantom

_written: dict[Path, Path] = {}


def small_chest(tmp_path_factory: pytest.TempPathFactory, *, prior: bool = False) -> Path:
    """A folder of 24 slices of 96 x 96. Read it only; copy it to change it."""
    return small_study(tmp_path_factory) / ("prior" if prior else "current")


def small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `current` and `prior`, 24 slices of 96 x 96 each. Read it only."""
    session = tmp_path_factory.getbasetemp()
    if session not in _written:
        _written[session] = tmp_path_factory.mktemp("study")
        phantom.write_study(_written[session], slices=24, rows=96, columns=96)
    return _written[session]
