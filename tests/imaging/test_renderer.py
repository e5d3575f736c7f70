"""The renderer: right pixels in every body, one render per key, a bounded cache, refusals passed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import simplejpeg
import zstandard

from readingroom.errors import BadWindow, NoSuchTile, SliceDamaged, SliceNotReady, SliceOutOfRange, TooFast
from readingroom.imaging import encode, levels
from readingroom.imaging.index import LookupTable, NamedLut, NamedVoi, Palette
from readingroom.imaging.renderer import Renderer
from readingroom.values import Plane, Rescale, SeriesRef, StudyId, TileAddress, VoiWindow
from tests.imaging.arrange import Held, frame, stack
from tests.imaging.test_encode import decode

REF = SeriesRef(StudyId("study"), 0)
WINDOW = VoiWindow(300, 600)


class Shelf:
    """Opens one volume, once the gate is open."""

    def __init__(self, volume: Held) -> None:
        self.volume = volume
        self.opened = 0
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self, ref: SeriesRef, number: int) -> Held:
        self.opened += 1
        self.asked.set()
        await self.gate.wait()
        return self.volume


def ramp(**differing: object) -> Held:
    """Five frames of 600 rows and 530 columns: value = 100 * frame + column."""
    array = (np.arange(5)[:, None, None] * 100 + np.arange(530)[None, None, :]).astype(np.uint16)
    array = np.repeat(array, 600, axis=1)
    frames = tuple(frame(rescale=Rescale(1.0, -float(i)), number=i) for i in range(5))
    return Held(stack(frames, 600, 530, **differing), array)


def tile(index: int, level: int = 0, column: int = 0, row: int = 0) -> TileAddress:
    return TileAddress(0, Plane.ACQUISITION, index, level, column, row)


@pytest.fixture
async def shelf() -> Shelf:
    return Shelf(ramp())


@pytest.fixture
async def renderer(shelf: Shelf) -> AsyncIterator[Renderer]:
    made = Renderer(shelf)
    yield made
    await made.close()


async def test_a_values_tile_holds_the_stored_values_of_its_rectangle(renderer: Renderer, shelf: Shelf):
    body = await renderer.values_tile(REF, tile(2, 0, 1, 1), "identity")
    assert np.array_equal(decode(body), shelf.volume.array[2, 512:600, 512:530])
    assert np.frombuffer(body, "<f8", 2, 16).tolist() == [1.0, -2.0]  # the rescale of its own frame


async def test_a_values_tile_of_level_1_holds_means(renderer: Renderer):
    body = await renderer.values_tile(REF, tile(1, 1), "zstd")
    values = decode(zstandard.ZstdDecompressor().decompress(body))
    assert values.shape == (300, 265)
    assert values[0, :3].tolist() == [101, 103, 105]  # 100.5 and so on, halves upwards


async def test_a_display_tile_is_windowed_under_the_rescale_of_its_frame(renderer: Renderer):
    body = await renderer.display_tile(REF, tile(4), WINDOW)
    gray = simplejpeg.decode_jpeg(body, colorspace="GRAY")[:, :, 0].astype(float)
    expected = (400 - 4 + np.arange(512) - 299.5) / 599 * 255 + 127.5
    assert gray.shape == (512, 512)
    assert np.abs(gray - np.clip(expected, 0, 255)).max() <= 3


async def test_everybody_who_asks_meanwhile_gets_the_one_render(renderer: Renderer, shelf: Shelf):
    bodies = await asyncio.gather(*(renderer.display_tile(REF, tile(1), WINDOW) for _ in range(50)))
    assert len(set(bodies)) == 1
    assert shelf.opened == 1
    assert shelf.volume.asked == [1]


async def test_a_finished_body_comes_from_the_cache(renderer: Renderer, shelf: Shelf):
    for _ in range(3):
        await renderer.values_tile(REF, tile(1), "zstd")
    assert shelf.opened == 1


async def test_another_window_is_another_picture(renderer: Renderer, shelf: Shelf):
    first = await renderer.display_tile(REF, tile(1), WINDOW)
    second = await renderer.display_tile(REF, tile(1), VoiWindow(0, 100))
    assert first != second
    assert shelf.opened == 2


async def test_the_render_goes_on_when_the_first_asker_is_gone(renderer: Renderer, shelf: Shelf):
    shelf.gate.clear()
    first = asyncio.create_task(renderer.values_tile(REF, tile(1), "br"))
    await shelf.asked.wait()
    second = asyncio.create_task(renderer.values_tile(REF, tile(1), "br"))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    shelf.gate.set()
    assert await second == await renderer.values_tile(REF, tile(1), "br")
    assert shelf.opened == 1


async def test_a_slice_not_ready_is_refused_and_asked_again(renderer: Renderer, shelf: Shelf):
    shelf.volume.ready.clear()
    with pytest.raises(SliceNotReady):
        await renderer.values_tile(REF, tile(1), "zstd")
    shelf.volume.ready.add(1)
    assert await renderer.values_tile(REF, tile(1), "zstd")


@pytest.mark.parametrize(
    ("at", "refusal"),
    [(tile(5), SliceOutOfRange), (tile(0, 9), NoSuchTile), (tile(0, 0, 2), NoSuchTile)],
)
async def test_what_does_not_exist_is_refused(renderer: Renderer, at: TileAddress, refusal: type[Exception]):
    with pytest.raises(refusal):
        await renderer.values_tile(REF, at, "zstd")
    with pytest.raises(refusal):
        await renderer.display_tile(REF, at, WINDOW)


async def test_values_the_screen_cannot_window_are_drawn_by_the_server_alone():
    volume = ramp(values=False, dtype="float32")
    volume.array = volume.array.astype(np.float32)
    made = Renderer(Shelf(volume))
    with pytest.raises(NoSuchTile):
        await made.values_tile(REF, tile(0), "zstd")
    assert await made.display_tile(REF, tile(0), WINDOW)
    await made.close()


async def asked(volume: Held, at: TileAddress, window: VoiWindow | None = None) -> tuple[bytes, np.ndarray]:
    """The values tile and the decoded display tile of an address."""
    made = Renderer(Shelf(volume))
    body = await made.values_tile(REF, at, "identity")
    picture = await made.display_tile(REF, at, window, quality=100)
    await made.close()
    return body, simplejpeg.decode_jpeg(picture, colorspace="RGB").astype(int)


def color() -> Held:
    """One frame of 70 rows and 130 columns, colors changing slowly in three different directions."""
    y, x = np.mgrid[:70, :130]
    array = np.stack([x, 2 * y, 100 + (x + y) // 2], axis=2).astype(np.uint8)[None]
    return Held(stack((frame(),), 70, 130, dtype="uint8", samples=3), array)


@pytest.mark.parametrize("level", [0, 1])
async def test_color_comes_in_both_kinds_of_tile_without_a_window(level: int):
    volume = color()
    expected = levels.reduce(volume.array[0], level, None)
    body, picture = await asked(volume, tile(0, level))
    assert body[4] == encode.COLOR
    assert np.array_equal(decode(body), expected)
    assert np.abs(picture - expected).max() <= 6


@pytest.mark.parametrize("dtype", ["uint32", "int32", "float32"])
async def test_values_of_32_bits_come_in_modality_units_with_padding_as_no_number(dtype: str):
    array = np.arange(24, dtype=dtype).reshape(1, 4, 6)
    shown = frame(rescale=Rescale(0.25, -1.0), padding=(0, 1))
    body, _ = await asked(Held(stack((shown,), 4, 6, dtype=dtype), array), tile(0), WINDOW)
    values = decode(body)
    assert values.dtype == np.float32
    assert np.frombuffer(body, "<f8", 2, 16).tolist() == [1.0, 0.0]
    assert body[5] & encode.HAS_PADDING == 0
    assert np.isnan(values.ravel()[:2]).all()
    assert values.ravel()[2:].tolist() == (np.arange(2, 24) * 0.25 - 1).tolist()


async def test_labels_with_a_palette_are_picked_and_not_mixed():
    labels = np.tile(np.array([[100, 0], [0, 0]], np.uint16), (40, 40))[None]
    palette = Palette(100, (255,), (0,), (0,))
    body, picture = await asked(Held(stack((frame(),), 80, 80, palette=palette), labels), tile(0, 1), WINDOW)
    assert (decode(body) == 100).all()  # a mean would be 25, which is no label
    assert np.abs(picture - [255, 0, 0]).max() <= 4


async def test_a_voi_lut_is_applied_in_a_display_tile():
    array = np.repeat(np.array([[10, 11, 12]], np.uint16), 16, axis=1).repeat(16, axis=0)[None]
    tables = (NamedLut("", LookupTable(10, 8, (200, 100, 0))),)
    _, picture = await asked(
        Held(stack((frame(),), 16, 48, voi_luts=tables), array), tile(0), VoiWindow(1, 1, lut=0)
    )
    assert np.abs(picture[8, [8, 24, 40], 0] - [200, 100, 0]).max() <= 3


@pytest.mark.parametrize("window", [None, VoiWindow(1, 1, lut=0)])
async def test_a_window_that_is_not_there_is_refused(renderer: Renderer, window: VoiWindow | None):
    with pytest.raises(BadWindow):
        await renderer.display_tile(REF, tile(0), window)


async def test_a_picture_of_25_million_pixels_comes_in_tiles_that_meet():
    y, x = np.ogrid[:5001, :4999]
    array = ((x * 7 + y * 13) % 4001).astype(np.uint16)[None]
    made = Renderer(Shelf(Held(stack((frame(padding=(0, 0)),), 5001, 4999), array)))
    whole = levels.reduce(array[0], 2, (0, 0))
    for row in range(3):
        for column in range(3):
            values = decode(await made.values_tile(REF, tile(0, 2, column, row), "identity"))
            part = whole[512 * row : 512 * (row + 1), 512 * column : 512 * (column + 1)]
            assert np.array_equal(values, part)
    coarse = decode(await made.values_tile(REF, tile(0, 4), "identity"))
    assert np.array_equal(coarse, levels.reduce(array[0], 4, (0, 0)))
    await made.close()


async def test_the_cache_is_bounded_in_bytes(shelf: Shelf):
    body = await _measure(shelf)
    made = Renderer(shelf, cache_bytes=4 * body)
    for index in (0, 1, 2, 3, 4, 0):  # the fifth pushes out the first
        await made.values_tile(REF, tile(index), "identity")
    assert shelf.volume.asked.count(0) == 3  # once by _measure, twice here
    await made.close()


async def _measure(shelf: Shelf) -> int:
    made = Renderer(shelf)
    body = await made.values_tile(REF, tile(0), "identity")
    await made.close()
    return len(body)


async def test_more_than_the_bound_of_waiting_renders_is_refused(shelf: Shelf):
    made = Renderer(shelf, most_running=2)
    shelf.gate.clear()
    waiting = [asyncio.create_task(made.values_tile(REF, tile(index), "zstd")) for index in (0, 1)]
    await shelf.asked.wait()
    with pytest.raises(TooFast):
        await made.values_tile(REF, tile(2), "zstd")
    shelf.gate.set()
    await asyncio.gather(*waiting)
    await made.close()


async def test_closing_ends_what_is_waiting(shelf: Shelf):
    made = Renderer(shelf)
    shelf.gate.clear()
    asked = asyncio.create_task(made.values_tile(REF, tile(0), "zstd"))
    await shelf.asked.wait()
    await made.close()
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_a_thumbnail_is_the_middle_frame_in_its_own_window():
    volume = ramp()
    windowed = frame(windows=(NamedVoi("", VoiWindow(465, 532)),), rescale=Rescale(), number=2)
    frames = (*volume.stack.frames[:2], windowed, *volume.stack.frames[3:])
    made = Renderer(Shelf(Held(stack(frames, 600, 530), volume.array)))
    gray = simplejpeg.decode_jpeg(await made.thumbnail(REF, 0), colorspace="GRAY")[:, :, 0]
    await made.close()
    assert gray.shape == (128, 113)  # 600 x 530
    assert np.abs(gray[64] - np.linspace(0, 255, 113)).max() < 6


async def test_a_thumbnail_shows_pixels_that_are_not_square_in_true_proportions():
    volume = ramp(spacing_mm=(0.5, 1.0))
    made = Renderer(Shelf(volume))
    gray = simplejpeg.decode_jpeg(await made.thumbnail(REF, 0), colorspace="GRAY")
    await made.close()
    assert gray.shape[:2] == (72, 128)  # 300 mm x 530 mm


async def test_a_damaged_middle_frame_leaves_the_thumbnail_to_its_neighbor(renderer: Renderer, shelf: Shelf):
    shelf.volume.damaged = {2}
    assert await renderer.thumbnail(REF, 0)
    assert shelf.volume.asked == [2, 1]


async def test_a_stack_of_damaged_frames_has_no_thumbnail(renderer: Renderer, shelf: Shelf):
    shelf.volume.damaged = set(range(5))
    with pytest.raises(SliceDamaged):
        await renderer.thumbnail(REF, 0)


async def test_a_thumbnail_in_color_is_in_color_and_in_true_proportions():
    made = Renderer(Shelf(color()))
    picture = simplejpeg.decode_jpeg(await made.thumbnail(REF, 0), colorspace="RGB").astype(int)
    await made.close()
    assert picture.shape == (69, 128, 3)  # 70 x 130
    assert np.abs(picture[34, [10, 117]] - [[10, 69, 122], [119, 69, 176]]).max() <= 8


async def test_a_thumbnail_without_a_window_begins_with_the_files_voi_lut():
    tables = (NamedLut("", LookupTable(0, 8, (200,) * 2)),)
    shown = frame(voi_luts=(0,))
    made = Renderer(Shelf(Held(stack((shown,), 64, 64, voi_luts=tables), np.zeros((1, 64, 64), np.uint16))))
    gray = simplejpeg.decode_jpeg(await made.thumbnail(REF, 0), colorspace="GRAY")
    await made.close()
    assert np.abs(gray.astype(int) - 200).max() <= 2


async def test_what_lies_beside_the_tiles_is_kept_too(shelf: Shelf):
    shelf.volume.stack = stack((frame(),), 4, 4, palette=Palette(7, (1,), (2,), (3,)))
    made = Renderer(shelf)
    bodies = {await made.palette(REF, 0, encoding) for encoding in ("identity", "identity", "zstd")}
    await made.close()
    assert len(bodies) == 2
    assert shelf.opened == 2
