"""Values tiles and window tables as files, for the page's decoder and windowing tests to read.

`python -m tests.imaging.make_fixtures` writes them again; test_fixtures.py holds the code to them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from readingroom.imaging import encode, window
from readingroom.imaging.index import LookupTable
from readingroom.values import Plane, Rescale, TileAddress, VoiFunction, VoiWindow

WIRE = Path(__file__).parents[1] / "wire"
TILES = WIRE / "values_tiles"
LUTS = WIRE / "window_luts"

STEEP = LookupTable(-5, 12, tuple(min(4095, 7 * i * i) for i in range(40)))
FALLING = LookupTable(100, 8, tuple(255 - 3 * i for i in range(80)))
"""VOI LUTs: 40 entries of 12 bits for modality values from -5, 80 of 8 bits from 100."""

LINEAR, EXACT, SIGMOID = VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT, VoiFunction.SIGMOID


def tiles() -> dict[str, dict[str, Any]]:
    """Every tile fixture by name."""
    ramp = [[(7 * x * x + 31 * y) % 256 for x in range(7)] for y in range(5)]
    extremes = [[0, 65535, 1, 65534], [32768, 32767, 0, 65535], [12, 4095, 256, 255]]
    floats = [
        [0.0, -0.0, 1.5, math.nan],
        [3.4e38, 1e-45, -2.25, 0.1],
        [math.nan, -1e-20, 65504.0, 16777217.0],
    ]
    colors = [[[(40 * x + y) % 256, 255 - 50 * x, 7 * x * y] for x in range(5)] for y in range(3)]
    signed = [[-32768, 32767, 0], [-1, 1, -2000], [-2000, -2000, 1024], [100, -100, 32767]]
    return {
        "u8": _tile("uint8", ramp, Rescale(), None, False, TileAddress(0, Plane.ACQUISITION, 0)),
        "u8_inverted": _tile("uint8", [[0, 255, 128]], Rescale(0.5, 2.0), None, True, _at(3, 1, 0, 0)),
        "u16": _tile("uint16", extremes, Rescale(1.0, -1024.0), None, False, _at(199, 0, 2, 1)),
        "u16_padding_range": _tile("uint16", extremes, Rescale(), (65000, 65535), True, _at(1, 2, 0, 0)),
        "i16_padding": _tile(
            "int16", signed, Rescale(2.5, -7.25), (-2000, -2000), False, _at(70000, 0, 0, 3)
        ),
        "i16_one_pixel": _tile("int16", [[-5]], Rescale(), None, False, _at(0, 0, 0, 0)),
        "f32": _tile("float32", floats, Rescale(), None, False, _at(3, 0, 1, 0)),
        "f32_inverted": _tile("float32", [[math.nan, -1.0]], Rescale(), None, True, _at(0, 1, 0, 0)),
        "rgb8": _tile("uint8", colors, Rescale(), None, False, _at(5, 2, 0, 1)),
        "rgb8_one_pixel": _tile("uint8", [[[255, 0, 128]]], Rescale(), None, False, _at(0, 0, 0, 0)),
    }


def luts() -> dict[str, dict[str, Any]]:
    """Every window table fixture by name."""
    hu = Rescale(1.0, -1024.0)
    return {
        "linear_soft_tissue": _lut("int16", hu, None, False, VoiWindow(40, 400)),
        "linear_inverted": _lut("int16", hu, None, True, VoiWindow(40, 400)),
        "linear_padding": _lut("int16", hu, (-2000, -2000), False, VoiWindow(-600, 1500)),
        "linear_inverted_padding_range": _lut(
            "uint16", Rescale(), (60000, 65535), True, VoiWindow(2048, 4096)
        ),
        "linear_width_1": _lut("uint16", Rescale(), None, False, VoiWindow(100, 1)),
        "linear_width_2": _lut("uint8", Rescale(), None, False, VoiWindow(128, 2)),
        "linear_fractional_center": _lut("uint16", Rescale(), None, False, VoiWindow(512.3, 1023.7)),
        "linear_slope_2_5": _lut("int16", Rescale(2.5, -7.25), None, False, VoiWindow(300, 1800)),
        "linear_small_slope": _lut("uint16", Rescale(0.0017, 0.3), None, False, VoiWindow(50.5, 80.25)),
        "linear_negative_slope": _lut("int16", Rescale(-1.0, 10.0), None, False, VoiWindow(0, 500)),
        "linear_u8": _lut("uint8", Rescale(), None, False, VoiWindow(127.5, 256)),
        "exact": _lut("int16", hu, None, False, VoiWindow(40, 400, EXACT)),
        "exact_width_1": _lut("uint16", Rescale(), None, False, VoiWindow(100, 1, EXACT)),
        "exact_width_below_1": _lut("uint16", Rescale(0.0001, 0), None, False, VoiWindow(0.5, 0.25, EXACT)),
        "exact_inverted": _lut("uint8", Rescale(), (0, 0), True, VoiWindow(100.5, 77, EXACT)),
        "sigmoid": _lut("int16", hu, None, False, VoiWindow(40, 400, SIGMOID)),
        "sigmoid_inverted_padding": _lut("int16", hu, (-32768, -1500), True, VoiWindow(40, 400, SIGMOID)),
        "sigmoid_narrow": _lut("uint16", Rescale(), None, False, VoiWindow(30000, 0.01, SIGMOID)),
        "voi_lut": _lut("int16", hu, None, False, _over(STEEP), STEEP),
        "voi_lut_u8": _lut("uint8", Rescale(), None, False, _over(FALLING), FALLING),
        "voi_lut_slope_2_5": _lut("int16", Rescale(2.5, -7.25), None, False, _over(STEEP), STEEP),
        "voi_lut_small_slope": _lut("uint16", Rescale(0.01, -0.5), None, False, _over(STEEP), STEEP),
        "voi_lut_negative_slope": _lut("int16", Rescale(-0.5, 120.0), None, False, _over(FALLING), FALLING),
        "voi_lut_inverted": _lut("uint16", Rescale(), None, True, _over(FALLING), FALLING),
        "voi_lut_inverted_padding": _lut("int16", hu, (-2000, -1500), True, _over(STEEP), STEEP),
    }


def text(fixture: dict[str, Any]) -> str:
    """A fixture as its file holds it: one line a key."""
    lines = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in fixture.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _at(index: int, level: int, column: int, row: int) -> TileAddress:
    return TileAddress(0, Plane.ACQUISITION, index, level, column, row)


def _over(table: LookupTable) -> VoiWindow:
    """The linear window over a table's domain, as a stack offers it."""
    return VoiWindow(table.first + len(table.values) / 2, len(table.values), lut=0)


def _tile(
    dtype: str,
    values: list[Any],
    rescale: Rescale,
    padding: tuple[int, int] | None,
    inverted: bool,
    at: TileAddress,
) -> dict[str, Any]:
    stored = np.array(values, dtype)
    body = encode.values_tile(stored, encode.TileMeaning(rescale, padding, inverted), at)
    return {
        "dtype": dtype if stored.ndim == 2 else "rgb8",
        "width": stored.shape[1],
        "height": stored.shape[0],
        "slope": rescale.slope,
        "intercept": rescale.intercept,
        "padding": list(padding) if padding else None,
        "inverted": inverted,
        "level": at.level,
        "column": at.column,
        "row": at.row,
        "frame": at.index,
        "values": [None if value != value else value for value in stored.ravel().tolist()],
        "body": base64.b64encode(body).decode(),
    }


def _lut(
    dtype: str,
    rescale: Rescale,
    padding: tuple[int, int] | None,
    inverted: bool,
    voi: VoiWindow,
    lut: LookupTable | None = None,
) -> dict[str, Any]:
    levels = window.levels_of(lut) if lut else None
    table = window.table(dtype, rescale, padding, inverted, levels or voi)
    limits, mask = np.iinfo(dtype), table.size - 1
    slope, middle = rescale.slope, (voi.center - rescale.intercept) / rescale.slope
    near = [middle + part * voi.width / slope for part in (-0.6, -0.5, -0.25, -0.01, 0, 0.1, 0.25, 0.5, 0.6)]
    asked = {0, int(limits.min), int(limits.max), *(padding or ()), *(round(value) for value in near)}
    asked |= {round(middle) - 1, round(middle) + 1}
    samples = sorted(value for value in asked if limits.min <= value <= limits.max)
    return {
        "dtype": dtype,
        "slope": rescale.slope,
        "intercept": rescale.intercept,
        "padding": list(padding) if padding else None,
        "inverted": inverted,
        **({"lut": {"first": levels.first, "levels": levels.bytes.tolist()}} if levels else {}),
        "window": {"center": voi.center, "width": voi.width, "function": voi.function.value},
        "lut_sha256": hashlib.sha256(table.tobytes()).hexdigest(),
        "samples": [[value, int(table[value & mask])] for value in samples],
    }


def main() -> None:
    for folder, fixtures in ((TILES, tiles()), (LUTS, luts())):
        folder.mkdir(parents=True, exist_ok=True)
        for name, fixture in fixtures.items():
            (folder / f"{name}.json").write_text(text(fixture))


if __name__ == "__main__":
    main()
