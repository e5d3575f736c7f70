"""Per-frame facts: where each frame is, how its numbers are meant, what sets it apart, how long it is shown.

Functional groups of enhanced objects first, then the file's own elements. Decode process only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydicom.dataset import Dataset

from readingroom.imaging.headers import FrameHeader
from readingroom.imaging.index import NamedLut
from readingroom.imaging.reading import frame_labels
from readingroom.imaging.reading.frame_grays import VoiLuts, rescale_of, windows_of
from readingroom.imaging.reading.frame_places import frame_places
from readingroom.imaging.reading.frame_times import frame_times, moment_ms
from readingroom.imaging.reading.functional_groups import functional_groups
from readingroom.values import Rescale


def frame_headers(
    file: Dataset,
    count: int,
    offsets: Sequence[int] | None = None,
    *,
    overlays: Sequence[bool] | None = None,
    stored: tuple[float, float] | None = (0, 0xFFFF),
    unit: str | None = None,
    big_endian: bool = False,
) -> tuple[tuple[FrameHeader, ...], tuple[NamedLut, ...]]:
    """One FrameHeader for each of `count` frames, and the VOI LUTs that they name by their places.

    `offsets` as in FrameHeader.offset; `overlays` says which frames have one. `stored` is the range of the
    values that a rescale makes modality values of; None for color, which has neither rescale nor windows.
    `unit` is that of a Modality LUT, which makes them instead.
    Raises BadHeader when a rescale says nothing (slope 0 or not a number) or frames are not described.
    """
    groups, enhanced = functional_groups(file, count)
    places = frame_places(groups, enhanced)
    times = frame_times(file, groups)
    wanted = frame_labels.other_dimensions(file) if enhanced else []
    temporal = frame_labels.temporal_labels(file, groups)
    luts = VoiLuts(big_endian=big_endian)
    made: list[FrameHeader] = []
    for index, (frame, place) in enumerate(zip(groups, places, strict=True)):
        if made and not enhanced:  # only its place and time are its own
            said = made[0]
        else:
            rescale = rescale_of(frame) if stored is not None and unit is None else Rescale(unit=unit or "")
            said = FrameHeader(
                position_mm=None,
                orientation=None,
                spacing_mm=None,
                complaint="",
                rescale=rescale,
                windows=() if stored is None else windows_of(frame),
                offset=None,
                echo=frame_labels.echo_of(frame),
                temporal=temporal[index],
                diffusion=frame_labels.diffusion_of(frame),
                part=frame_labels.part_of(frame),
                moment=frame_labels.moment_of(frame),
                voi_luts=() if stored is None else luts.of(frame, _lowest(rescale, stored)),
                localizer=frame_labels.is_localizer(frame),
                direction=frame_labels.direction_of(frame),
                dimensions=frame_labels.dimensions_of(frame, wanted),
                moment_ms=moment_ms(frame),
            )
        made.append(
            replace(
                said,
                position_mm=place.position_mm,
                orientation=place.orientation,
                spacing_mm=place.spacing_mm,
                complaint=place.complaint,
                offset=offsets[index] if offsets is not None else None,
                overlay=overlays[index] if overlays is not None else False,
                time_ms=times[index],
            )
        )
    return _with_vectors(file, made), luts.luts


def _with_vectors(file: Dataset, frames: list[FrameHeader]) -> tuple[FrameHeader, ...]:
    """The same with what nuclear medicine says of its frames in vectors of the file."""
    parts = frame_labels.vector_labels(file, frame_labels.PART_VECTORS, len(frames))
    moments = frame_labels.vector_labels(file, frame_labels.TIME_VECTORS, len(frames))
    if not parts[0] and not moments[0]:
        return tuple(frames)
    return tuple(
        replace(frame, part=f"{frame.part}|{part}", temporal=moment or frame.temporal)
        for frame, part, moment in zip(frames, parts, moments, strict=True)
    )


def _lowest(rescale: Rescale, stored: tuple[float, float]) -> float:
    return min(value * rescale.slope + rescale.intercept for value in stored)
