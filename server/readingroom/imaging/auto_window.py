"""Which windows a stack offers: those of its file, the usual ones for CT, and one chosen from the values."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.errors import SliceDamaged, SliceNotReady
from readingroom.imaging import display, window
from readingroom.imaging.index import Frame, LookupTable, NamedVoi, Stack
from readingroom.imaging.volumes import Volume
from readingroom.values import VoiFunction, VoiWindow

AUTO = "Auto"
FROM_FILE = "From the file"
VOI_LUT = "VOI LUT"

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

SUV_TOPS = (5, 10, 15)
"""Where the usual windows of PET end, in g/ml; they begin at 0."""
LARGEST_VALUE = 1e11
"""What is larger, either way, is no measurement but a fill value, and no window goes there."""

MOST_VALUES = 1 << 20
"""Values that are enough to choose a window from; of more, every second, third … of each direction counts."""


def modality_values(stored: NDArray[Any], frame: Frame) -> NDArray[np.float64]:
    """The picture's values in modality units, one-dimensional, at most about MOST_VALUES, evenly chosen.

    Padding, what is no number and what is beyond LARGEST_VALUE is left out.
    """
    step = max(1, math.ceil(math.sqrt(stored.size / MOST_VALUES)))
    values = stored[(slice(None, None, step),) * stored.ndim].astype(np.float64).ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        modality = values * frame.rescale.slope + frame.rescale.intercept
        picture = np.abs(modality) <= LARGEST_VALUE
    if frame.padding is not None:
        picture &= (values < frame.padding[0]) | (values > frame.padding[1])
    return np.asarray(modality[picture])


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


def first(stack: Stack, frame: Frame, stored: NDArray[Any]) -> VoiWindow | None:
    """The window to begin with; None in color."""
    if stack.samples == 3:
        return None
    own = _of_file(stack, frame)
    return own[0].window if own else _CHOSEN.of(frame, stored)


def offered(stack: Stack, frame: Frame, auto: VoiWindow | None) -> tuple[NamedVoi, ...]:
    """What people may choose from; the first is the one to begin with. Color has none.

    The frame's own windows and VOI LUTs, or without any the automatic window (None while no value is known),
    come first; CT adds the usual ones, being what is in Hounsfield units, and PET those of SUV where its
    factor is known. A window is offered once, under its first name.
    """
    if stack.samples == 3:
        return ()
    own = _of_file(stack, frame)
    usual = (*(CT_WINDOWS if stack.unit == "HU" else ()), *_suv_windows(stack.suv_bw))
    chosen = () if auto is None else (NamedVoi(AUTO, auto),)
    windows: dict[VoiWindow, NamedVoi] = {}
    for named in (*own, *usual, *chosen) if own else (*chosen, *usual):
        windows.setdefault(named.window, named)
    return tuple(windows.values())


def _of_file(stack: Stack, frame: Frame) -> list[NamedVoi]:
    """The frame's own windows, then its VOI LUTs, each under its explanation or a name of ours.

    A VOI LUT of a window's name says what it is: files give both for the same look.
    """
    windows = [
        NamedVoi(named.explanation or _numbered(FROM_FILE, place, len(frame.windows)), named.window)
        for place, named in enumerate(frame.windows)
    ]
    taken = {named.explanation for named in windows}
    tables = []
    for place, lut in enumerate(frame.voi_luts):
        name = stack.voi_luts[lut].explanation or _numbered(VOI_LUT, place, len(frame.voi_luts))
        shown = f"{name} ({VOI_LUT})" if name in taken else name
        tables.append(NamedVoi(shown, over_domain(stack.voi_luts[lut].table, lut)))
    return windows + tables


def over_domain(table: LookupTable, lut: int) -> VoiWindow:
    """A VOI LUT as a window: by its place, with the linear window over the values it has entries for."""
    return VoiWindow(table.first + len(table.values) / 2, len(table.values), VoiFunction.LINEAR, lut)


def _suv_windows(suv_bw: float | None) -> tuple[NamedVoi, ...]:
    """From 0 to the usual standardized uptake values, in modality units of which each is `suv_bw` g/ml."""
    if suv_bw is None or not 1e-30 < suv_bw < 1e30:  # beyond lie broken headers
        return ()
    tops = ((top, top / suv_bw) for top in SUV_TOPS)
    return tuple(
        NamedVoi(f"SUV 0–{top}", window.rounded(VoiWindow(width / 2, width, VoiFunction.LINEAR_EXACT)))
        for top, width in tops
    )


def windows_of(volume: Volume) -> tuple[NamedVoi, ...]:
    """What a stack offers (`offered`), by the frame that stands for it. Call it in a thread: it reads pixels.

    Without the automatic window while that frame is being read or when none can be read.
    """
    stack, frames = volume.stack, volume.stack.frames
    if stack.samples == 3:
        return ()
    try:
        index, stored = display.middle(volume)
    except (SliceNotReady, SliceDamaged):
        return offered(stack, frames[len(frames) // 2], None)
    return offered(stack, frames[index], _CHOSEN.of(frames[index], stored))


class _Chosen:
    """Automatic windows by the contents they were computed from; the oldest is forgotten first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, int], VoiWindow] = {}

    def of(self, frame: Frame, stored: NDArray[Any]) -> VoiWindow:
        """As `of_frame`, computed once for the same contents."""
        key = (frame.sha256, frame.frame)
        chosen = self._windows.get(key)
        if chosen is None:
            chosen = of_frame(stored, frame)
            with self._lock:
                self._windows[key] = chosen
                if len(self._windows) > self._limit:
                    del self._windows[next(iter(self._windows))]
        return chosen


_CHOSEN = _Chosen(limit=4096)


def _numbered(name: str, place: int, count: int) -> str:
    return name if count == 1 else f"{name} {place + 1}"
