"""Which windows a stack offers: those of its file, the usual ones for CT, and one chosen from the values."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import SliceDamaged, SliceNotReady
from readingroom.imaging import display, window
from readingroom.imaging.index import Frame, NamedVoi
from readingroom.imaging.volumes import Volume
from readingroom.values import VoiFunction, VoiWindow

AUTO = "Auto"
FROM_FILE = "From the file"

CT_WINDOWS = (
    NamedVoi("Soft tissue", VoiWindow(40, 400)),
    NamedVoi("Lung", VoiWindow(-600, 1500)),
    NamedVoi("Bone", VoiWindow(480, 2500)),
    NamedVoi("Brain", VoiWindow(40, 80)),
    NamedVoi("Liver", VoiWindow(90, 150)),
    NamedVoi("Mediastinum", VoiWindow(50, 350)),
    NamedVoi("Stroke", VoiWindow(40, 40)),
    NamedVoi("Subdural", VoiWindow(75, 200)),
    NamedVoi("Angio", VoiWindow(300, 600)),
)
"""The usual presets of radiology viewers, in Hounsfield units."""


def modality_values(stored: NDArray[Any], frame: Frame) -> NDArray[np.float64]:
    """The picture's values in modality units, one-dimensional; padding and what is not finite left out."""
    values = stored.astype(np.float64).ravel()
    picture = np.isfinite(values)
    if frame.padding is not None:
        picture &= (values < frame.padding[0]) | (values > frame.padding[1])
    return np.asarray(values[picture] * frame.rescale.slope + frame.rescale.intercept)


def of_values(modality: NDArray[np.float64]) -> VoiWindow:
    """From the 1st to the 99th percentile; where these coincide, from the least to the greatest value.

    LINEAR_EXACT, because it spreads values of any unit evenly, widths below 1 too. Of 7 significant digits,
    as on the wire. One single value lies in the middle of the window; none at all gives center 0 and width 1.
    """
    if modality.size == 0:
        return VoiWindow(0.0, 1.0, VoiFunction.LINEAR_EXACT)
    low, high = np.percentile(modality, (1, 99))
    if low == high:
        low, high = modality.min(), modality.max()
    width = float(high - low) or 1.0
    return window.rounded(VoiWindow(float(low + high) / 2, width, VoiFunction.LINEAR_EXACT))


def of_frame(stored: NDArray[Any], frame: Frame) -> VoiWindow:
    """The window chosen from one frame's values [y, x]."""
    return of_values(modality_values(stored, frame))


def offered(unit: str, frame: Frame, auto: VoiWindow | None) -> tuple[NamedVoi, ...]:
    """What people may choose from; the first is the one to begin with.

    The frame's own windows, or without any the automatic one (None while no value is known), come first; CT
    adds the usual ones, being what is in Hounsfield units. A window is offered once, under its first name.
    """
    own = [
        NamedVoi(named.explanation or _numbered(FROM_FILE, place, len(frame.windows)), named.window)
        for place, named in enumerate(frame.windows)
    ]
    usual = CT_WINDOWS if unit == "HU" else ()
    chosen = () if auto is None else (NamedVoi(AUTO, auto),)
    windows: dict[VoiWindow, NamedVoi] = {}
    for named in (*own, *usual, *chosen) if own else (*chosen, *usual):
        windows.setdefault(named.window, named)
    return tuple(windows.values())


def windows_of(volume: Volume) -> tuple[NamedVoi, ...]:
    """What a stack offers (`offered`), by the frame that stands for it. Call it in a thread: it reads pixels.

    Without the automatic window while that frame is being read or when none can be read.
    """
    frames = volume.stack.frames
    try:
        index, stored = display.middle(volume)
    except (SliceNotReady, SliceDamaged):
        return offered(volume.stack.unit, frames[len(frames) // 2], None)
    return offered(volume.stack.unit, frames[index], _CHOSEN.of(frames[index], stored))


class _Chosen:
    """Automatic windows by the contents they were computed from; the oldest is forgotten first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, int], VoiWindow] = {}

    def of(self, frame: Frame, stored: NDArray[Any]) -> VoiWindow:
        """As `of_frame`, computed once for the same contents."""
        key = (frame.sha256, frame.frame)
        window = self._windows.get(key)
        if window is None:
            window = of_frame(stored, frame)
            with self._lock:
                self._windows[key] = window
                if len(self._windows) > self._limit:
                    del self._windows[next(iter(self._windows))]
        return window


_CHOSEN = _Chosen(limit=4096)


def _numbered(name: str, place: int, count: int) -> str:
    return name if count == 1 else f"{name} {place + 1}"
