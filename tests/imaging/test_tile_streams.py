"""Many tiles in one body: bit for bit those asked for one by one, in order, and what is missing is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from readingroom.errors import NoSuchTile, SliceOutOfRange
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.tile_streams import TileStreams
from readingroom.values import Plane, Rescale, SeriesRef, StudyId, TileAddress
from tests.imaging.arrange import Held, frame, stack
from tests.streamed import Streamed, streamed

REF = SeriesRef(StudyId("study"), 0)
FRAMES = 40


class Shelf:
    """Opens one volume; `before` happens each time."""

    def __init__(self, volume: Held) -> None:
        self.volume = volume
        self.before = lambda: None

    async def open(self, _ref: SeriesRef, _stack: int) -> Held:
        self.before()
        return self.volume


def held(rows: int = 300, columns: int = 200, **differing: object) -> Held:
    """Frames of noise, each with a rescale and a padding of its own."""
    shape = (FRAMES, rows, columns) if differing.get("samples", 1) == 1 else (FRAMES, rows, columns, 3)
    dtype = str(differing.get("dtype", "uint16"))
    if dtype == "float32":
        array = np.random.default_rng(7).normal(100, 50, shape).astype(dtype)
    else:
        array = np.random.default_rng(7).integers(0, np.iinfo(dtype).max, shape, dtype)
    color = differing.get("samples", 1) == 3
    frames = tuple(
        frame(rescale=Rescale(1.5, float(-i)), padding=None if color else (0, i), number=i)
        for i in range(FRAMES)
    )
    return Held(stack(frames, rows, columns, **differing), array)


@pytest.fixture
async def shelf() -> Shelf:
    return Shelf(held())


@pytest.fixture
async def renderer(shelf: Shelf) -> AsyncIterator[Renderer]:
    renderer = Renderer(shelf)
    yield renderer
    await renderer.close()


@pytest.fixture
def streams(shelf: Shelf, renderer: Renderer) -> TileStreams:
    return TileStreams(renderer, shelf)


async def preview(streams: TileStreams, around: int | None = None, *wanted: range) -> Streamed:
    listed = await streams.preview(REF, 0, around, wanted)
    return streamed(b"".join([piece async for piece in streams.body(listed, "identity")]))


@pytest.mark.parametrize(
    "differing",
    [
        {},
        {"dtype": "int16"},
        {"dtype": "uint8", "inverted": True},
        {"dtype": "float32"},
        {"dtype": "uint8", "samples": 3},
    ],
    ids=str,
)
async def test_the_preview_is_every_frames_own_tile_of_that_level(
    shelf: Shelf, renderer: Renderer, streams: TileStreams, differing: dict[str, object]
):
    shelf.volume = held(**differing)
    found = await preview(streams)
    assert (found.frames, found.asked, found.missing) == (FRAMES, FRAMES, [])
    assert set(found.tiles) == set(range(FRAMES))
    for index, tile in found.tiles.items():
        at = TileAddress(0, Plane.ACQUISITION, index, found.level, 0, 0)
        assert tile == await renderer.values_tile(REF, at, "identity")


async def test_it_begins_where_people_look(streams: TileStreams):
    assert (await preview(streams)).order[:3] == [20, 21, 19]
    assert (await preview(streams, 0)).order == list(range(FRAMES))


async def test_only_what_is_wanted_comes(streams: TileStreams):
    found = await preview(streams, 11, range(3), range(10, 13))
    assert found.order == [11, 12, 10, 2, 1, 0]
    assert found.asked == 6


async def test_what_is_not_read_yet_is_named_and_what_is_damaged_is_left_out(
    shelf: Shelf, streams: TileStreams
):
    shelf.volume.ready = set(range(10, 30))
    shelf.volume.damaged = {15}
    found = await preview(streams, 20)
    assert set(found.tiles) == set(range(10, 30)) - {15}
    assert sorted(found.missing or []) == [*range(10), *range(30, 40)]


async def test_a_slice_that_is_read_meanwhile_comes_too(shelf: Shelf, streams: TileStreams):
    shelf.volume = held(3000, 1400)  # one frame at a time
    shelf.volume.ready = {20}
    opened = iter(range(1000))
    shelf.before = lambda: shelf.volume.ready.add(next(opened))
    found = await preview(streams, 0)
    assert set(range(FRAMES)) == set(found.tiles)


async def test_whoever_goes_stops_the_reading(shelf: Shelf, streams: TileStreams):
    shelf.volume = held(3000, 1400)  # one frame at a time
    body = streams.body(await streams.preview(REF, 0, 0, ()), "zstd")
    for _ in range(4):  # the head, and three pieces
        await anext(body)
    await body.aclose()
    await asyncio.sleep(0)
    assert shelf.volume.asked == [0, 1, 2]


async def test_a_range_comes_in_its_own_direction(renderer: Renderer, streams: TileStreams):
    listed = await streams.range(REF, 0, 0, range(12, 8, -1))
    found = streamed(b"".join([piece async for piece in streams.body(listed, "identity")]))
    assert (found.order, found.level, found.missing) == ([12, 11, 10, 9], 0, [])
    at = TileAddress(0, Plane.ACQUISITION, 9, 0, 0, 0)
    assert found.tiles[9] == await renderer.values_tile(REF, at, "identity")


@pytest.mark.parametrize(
    ("level", "wanted", "refusal"),
    [
        (0, range(FRAMES - 1, FRAMES + 1), SliceOutOfRange),
        (0, range(33), NoSuchTile),
        (9, range(2), NoSuchTile),
    ],
)
async def test_a_range_that_is_none_is_refused(
    streams: TileStreams, level: int, wanted: range, refusal: type[Exception]
):
    with pytest.raises(refusal):
        await streams.range(REF, 0, level, wanted)


async def test_ranges_are_of_levels_at_which_a_frame_is_one_tile(shelf: Shelf, streams: TileStreams):
    shelf.volume = held(600, 200)
    with pytest.raises(NoSuchTile):
        await streams.range(REF, 0, 0, range(2))
    assert (await streams.range(REF, 0, 1, range(2))).frames == (0, 1)


async def test_values_that_only_the_server_draws_have_no_preview(shelf: Shelf, streams: TileStreams):
    shelf.volume = held(values=False)
    with pytest.raises(NoSuchTile):
        await streams.preview(REF, 0, None, ())
