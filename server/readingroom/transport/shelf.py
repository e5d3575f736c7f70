"""What a room has open of the library, in the wire's words: imaging's values in, protocol messages out."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

from readingroom.errors import NoSuchSeries, SliceDamaged
from readingroom.imaging.auto_window import windows_of
from readingroom.imaging.geometry import center_mm, extent_mm, nearest_frame
from readingroom.imaging.index import NamedVoi, Series, Stack, Study
from readingroom.imaging.levels import level_count
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.protocol import (
    WINDOW_LIMIT,
    FieldOfView,
    Identity,
    ImagePlace,
    NamedWindow,
    PaneView,
    PatientPlace,
    Place,
    SeriesInfo,
    ShownStack,
    StackInfo,
    WireWindow,
)
from readingroom.protocol.base import UM_LIMIT
from readingroom.values import TILE_EDGE, PatientPoint, RoomId, SeriesKey, SeriesRef


class Shelf:
    """Series as a room shows them."""

    def __init__(self, *, library: Library, volumes: Volumes, pseudonyms: Pseudonyms) -> None:
        self._library = library
        self._volumes = volumes
        self._pseudonyms = pseudonyms

    async def series(self, key: SeriesKey, ref: SeriesRef, *, identity: bool) -> SeriesInfo:
        """One open series. `identity`: whether the asker may know whose pictures these are."""
        study = await asyncio.to_thread(self._library.study, ref.study)
        series = study.series[ref.series]
        stacks = [await self._stack(ref, number, stack) for number, stack in enumerate(series.stacks)]
        return SeriesInfo(
            series=key,
            modality=series.modality,
            number=series.number,
            description=series.description,
            date=series.date if identity else "",
            body_part=series.body_part,
            stacks=stacks,
            refused=len(study.refused),
            identity=identity_of(study) if identity else None,
        )

    async def check_stack(self, ref: SeriesRef, stack: int) -> None:
        """Whether the series has such a stack: a room knows its series, not how many stacks they have.

        Raises NoSuchSeries.
        """
        series = await asyncio.to_thread(self._library.series, ref)
        if stack >= len(series.stacks):
            raise NoSuchSeries()

    async def patient(self, ref: SeriesRef) -> str:
        """The opaque name of the patient a series is of. Raises NoSuchStudy, NoSuchSeries."""
        study = await asyncio.to_thread(self._library.study, ref.study)
        if ref.series >= len(study.series):
            raise NoSuchSeries()
        return self.patient_of(study)

    def patient_of(self, study: Study) -> str:
        """One name for one patient, by ID and birth date; a study that says no ID is nobody else's."""
        if not study.patient_id:
            return self._pseudonyms.of(f"study {study.study_uid}")
        return self._pseudonyms.of(f"patient {study.birth_date} {study.patient_id}")

    async def opening_view(self, key: SeriesKey, ref: SeriesRef) -> PaneView:
        """The first view of a series: its middle frame, whole, in its first window (color has none)."""
        series = await asyncio.to_thread(self._library.series, ref)
        number = main_stack(series)
        stack = series.stacks[number]
        index = len(stack.frames) // 2
        extent = extent_mm(stack)
        center = center_mm(stack, index)
        if (
            center is not None
            and extent is not None
            and stack.frame_of_reference_uid is not None
            # A file may claim to be anywhere, and of any size.
            and max(map(abs, (*center, *extent))) * 1000 < UM_LIMIT
            and min(extent) * 1000 >= 1
        ):
            point = PatientPoint.from_mm(*center)
            place: Place = PatientPlace(
                frame_of_reference=self._pseudonyms.of(stack.frame_of_reference_uid),
                point_um=(point.x_um, point.y_um, point.z_um),
            )
            field = FieldOfView(width=round(extent[0] * 1000), height=round(extent[1] * 1000))
        else:
            place = ImagePlace(frame=index, point_milli=(stack.columns * 500, stack.rows * 500))
            field = FieldOfView(width=stack.columns * 1000, height=stack.rows * 1000)
        volume = await self._volumes.open(ref, number)
        with suppress(SliceDamaged):
            await volume.wait_frame(index)  # the automatic window is chosen from this frame
        windows = _sendable(await asyncio.to_thread(windows_of, volume))
        return PaneView(
            shown=ShownStack(series=key, stack=number),
            place=place,
            field=field,
            window=_window(windows[0]).window if windows else None,
        )

    async def wait_for_middle(self, ref: SeriesRef, number: int) -> None:
        """Until the middle frame of a stack can be shown, or cannot be at all. Raises NoSuchSeries."""
        series = await asyncio.to_thread(self._library.series, ref)
        volume = await self._volumes.open(ref, number)
        with suppress(SliceDamaged):
            await volume.wait_frame(len(series.stacks[number].frames) // 2)

    async def first_picture(
        self, room: RoomId, opened: Mapping[SeriesKey, SeriesRef], pane: PaneView | None
    ) -> str | None:
        """The address of a display tile that shows all of the frame a pane shows now, 512 pixels or fewer."""
        if pane is None or pane.shown is None:
            return None
        ref = opened.get(SeriesKey(pane.shown.series))
        if ref is None:
            return None
        series = await asyncio.to_thread(self._library.series, ref)
        if pane.shown.stack >= len(series.stacks):  # a room knows its series, not how many stacks they have
            return None
        stack = series.stacks[pane.shown.stack]
        shown = f"/api/rooms/{room}/series/{pane.shown.series}/{pane.shown.stack}"
        tile = f"{shown}/display/{_frame_at(stack, pane.place)}/{level_of_one_tile(stack)}/0/0"
        if stack.samples == 3:
            return tile
        return None if pane.window is None else f"{tile}?{_query(pane.window)}"

    async def _stack(self, ref: SeriesRef, number: int, stack: Stack) -> StackInfo:
        volume = await self._volumes.open(ref, number)
        return await asyncio.to_thread(self._info, stack, volume)

    def _info(self, stack: Stack, volume: Volume) -> StackInfo:
        """In a thread: it reads pixels and the volume's files."""
        positions = [frame.position_mm for frame in stack.frames]
        placed = (
            stack.orientation is not None
            and stack.spacing_mm is not None
            and stack.frame_of_reference_uid is not None
            and None not in positions
        )
        return StackInfo(
            kind=stack.kind,
            reason=stack.reason,
            frames=len(stack.frames),
            rows=stack.rows,
            columns=stack.columns,
            level_count=level_count(stack.rows, stack.columns),
            orientation=stack.orientation if placed else None,
            positions_mm=[position for position in positions if position is not None] if placed else None,
            spacing_mm=stack.spacing_mm,
            pixel_aspect=stack.pixel_aspect,
            slice_spacing_mm=stack.slice_spacing_mm,
            frame_of_reference=(
                self._pseudonyms.of(stack.frame_of_reference_uid)
                if placed and stack.frame_of_reference_uid is not None
                else None
            ),
            unit=stack.unit,
            inverted=stack.inverted,
            values=stack.values,
            lossy=stack.lossy,
            windows=[_window(named) for named in _sendable(windows_of(volume))],
            ready=volume.ready,
            complete=volume.complete,
            damaged=sorted(volume.damaged),
            samples=3 if stack.samples == 3 else 1,
            palette=stack.palette is not None,
            overlays=any(frame.overlay for frame in stack.frames),
            calibration=stack.calibration,
            measured_spacing_mm=stack.measured_spacing_mm,
            mpr=stack.mpr,
            mpr_note=stack.mpr_note,
            suv_bw=stack.suv_bw,
            frame_times_ms=list(stack.frame_times_ms),
        )


def main_stack(series: Series) -> int:
    """The stack a series opens with: the one of most frames, the earlier of equals."""
    return max(range(len(series.stacks)), key=lambda number: (len(series.stacks[number].frames), -number))


def _frame_at(stack: Stack, place: Place | None) -> int:
    """The frame a place lies on; the middle one where it says none."""
    match place:
        case ImagePlace(frame=frame) if frame < len(stack.frames):
            return frame
        case PatientPlace(point_um=(x, y, z)):
            return nearest_frame(stack, (x / 1000, y / 1000, z / 1000))
        case _:
            return len(stack.frames) // 2


def level_of_one_tile(stack: Stack) -> int:
    """The finest level at which a whole frame is one tile."""
    return max(0, math.ceil(math.log2(max(stack.rows, stack.columns) / TILE_EDGE)))


def _query(window: WireWindow) -> str:
    """A window as the address of a display tile names it."""
    query = {"c": window.center, "w": window.width, "f": window.function}
    return urlencode(query if window.lut is None else {**query, "lut": window.lut})


def _window(named: NamedVoi) -> NamedWindow:
    window = named.window
    return NamedWindow(
        explanation=named.explanation,
        window=WireWindow(center=window.center, width=window.width, function=window.function, lut=window.lut),
    )


def _sendable(windows: tuple[NamedVoi, ...]) -> tuple[NamedVoi, ...]:
    """Without those of numbers that the wire does not carry."""
    return tuple(
        named for named in windows if max(abs(named.window.center), named.window.width) <= WINDOW_LIMIT
    )


def identity_of(study: Study) -> Identity:
    """Whose pictures a study holds."""
    return Identity(
        patient_name=study.patient_name,
        patient_id=study.patient_id,
        birth_date=study.birth_date,
        study_date=study.date,
    )
