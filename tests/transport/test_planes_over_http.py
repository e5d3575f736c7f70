"""Planes over real HTTP: their geometry and their pixels, checked against the phantom's own voxels."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from readingroom.imaging import phantom
from tests.transport.conftest import EDGE, SLICES, Standing
from tests.transport.test_tiles_over_http import shown, unpacked
from tests.transport.visitor import Visitor

GRID = phantom.Grid(SLICES, EDGE, EDGE)


def voxels() -> np.ndarray:
    """The current chest as stored, from the feet."""
    return np.stack([phantom.stored_slice(GRID, index) for index in range(SLICES)])


async def planes_of(visitor: Visitor, plane: str, query: str = "") -> tuple[str, dict[str, Any]]:
    path, _ = await shown(visitor)
    geometry = await visitor.json(f"{path}/planes/{plane}{query}")
    return f"{path}/planes/{plane}", geometry


async def values(visitor: Visitor, path: str) -> np.ndarray:
    response = await visitor.get(path, **{"Accept-Encoding": "identity"})
    assert response.status == 200, await response.text()
    return unpacked(await response.read())


async def test_the_anatomical_planes_of_a_volume_are_its_voxels(doctor: Visitor):
    stored = voxels()
    for plane, index, expected in (
        ("axial", 4, stored[4]),
        ("coronal", 30, stored[::-1, 30]),
        ("sagittal", 41, stored[::-1, :, 41]),
    ):
        path, geometry = await planes_of(doctor, plane)
        assert (geometry["rows"], geometry["columns"]) == expected.shape
        assert geometry["native"]
        assert np.array_equal(await values(doctor, f"{path}/values/{index}/0/0/0"), expected)


async def test_the_geometry_says_where_pixels_lie_in_the_patient(doctor: Visitor):
    _, geometry = await planes_of(doctor, "coronal", "?point=0,40,0")
    (dz, dy, dx), (x, y, z) = GRID.spacing_mm, GRID.origin_mm
    assert geometry["sides"] == {"left": "R", "right": "L", "top": "H", "bottom": "F"}
    assert geometry["first_mm"] == pytest.approx([x, y, z + (SLICES - 1) * dz])
    assert geometry["spacing_mm"] == pytest.approx([dz, dx])
    assert geometry["index"] == round((40 - y) / dy)
    assert geometry["step_mm"] == pytest.approx([0, dy, 0])


async def test_a_slab_is_the_greatest_of_its_voxels(doctor: Visitor):
    path, geometry = await planes_of(doctor, "coronal")
    tile = f"{path}/values/30/0/0/0?projection=mip&slab_mm={4 * geometry['step_mm'][1]}"
    assert np.array_equal(await values(doctor, tile), voxels()[::-1, 28:33].max(axis=1))


async def test_an_oblique_plane_holds_what_lies_between_the_voxels(doctor: Visitor):
    point = phantom.TRUTHS.aorta.center.to_mm()
    query = f"normal=0.5,0.3,0.8&point={','.join(map(str, point))}"
    path, geometry = await planes_of(doctor, "oblique", f"?{query}")
    assert not geometry["native"]
    i, j = np.mgrid[: geometry["rows"], : geometry["columns"]][..., np.newaxis]
    corner = np.array(geometry["first_mm"]) + geometry["index"] * np.array(geometry["step_mm"])
    assert np.dot(np.array(point) - corner, geometry["step_mm"]) == pytest.approx(0, abs=1e-6)
    down, right = (np.array(geometry[side]) for side in ("down", "right"))
    places = corner + i * down * geometry["spacing_mm"][0] + j * right * geometry["spacing_mm"][1]
    expected = between_voxels((places - GRID.origin_mm)[..., ::-1] / GRID.spacing_mm)
    plane = await values(doctor, f"{path}/values/{geometry['index']}/0/0/0?{query}")
    known = ~np.isnan(expected)
    assert known.sum() > 500
    assert np.abs(plane - expected)[known].max() <= 0.51


def between_voxels(indices: np.ndarray) -> np.ndarray:
    """Trilinear in plain numpy; NaN where not all eight neighbors are picture."""
    stored = np.where(voxels() == phantom.PADDING_STORED, np.nan, voxels())
    inside = ((indices >= 0) & (indices < np.array(stored.shape) - 1)).all(axis=-1)
    low = np.where(inside[..., np.newaxis], np.floor(indices), 0).astype(int)
    part = indices - low
    total = np.zeros(inside.shape)
    for corner in np.ndindex(2, 2, 2):
        weight = np.where(corner, part, 1 - part).prod(axis=-1)
        total += weight * stored[tuple(np.moveaxis(low + corner, -1, 0))]
    return np.where(inside, total, np.nan)


async def test_equal_directions_are_one_picture(doctor: Visitor):
    path, _ = await planes_of(doctor, "oblique", "?normal=1,2,3")
    first = await values(doctor, f"{path}/values/9/0/0/0?normal=1,2,3")
    second = await values(doctor, f"{path}/values/9/0/0/0?normal=2,4,6")
    assert np.array_equal(first, second)


async def test_a_display_tile_is_a_jpeg_of_the_plane(doctor: Visitor):
    path, geometry = await planes_of(doctor, "sagittal")
    response = await doctor.get(f"{path}/display/20/0/0/0?c=40&w=400")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(await response.read())).size == (geometry["columns"], geometry["rows"])


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ("diagonal", 400, "BAD_REQUEST"),
        ("acquisition", 400, "BAD_REQUEST"),
        ("oblique", 400, "BAD_REQUEST"),
        ("axial?normal=0,0,1", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,0", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0", 400, "BAD_REQUEST"),
        ("oblique?normal=nan,0,1", 400, "BAD_REQUEST"),
        ("oblique?normal=1e308,1e308,1e308", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,1,1", 400, "BAD_REQUEST"),
        ("oblique?normal=a,b,c", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,1&up=0,0,1", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,1&point=0,0,9000", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,1&point=0,0,1e12", 400, "BAD_REQUEST"),
        ("oblique?normal=0,0,1&point=0,0,inf", 400, "BAD_REQUEST"),
        ("coronal/values/64/0/0/0", 400, "SLICE_OUT_OF_RANGE"),
        ("coronal/values/-1/0/0/0", 400, "NO_SUCH_TILE"),
        ("coronal/values/0/7/0/0", 400, "NO_SUCH_TILE"),
        ("coronal/values/0/0/1/0", 400, "NO_SUCH_TILE"),
        ("coronal/values/0/0/0/0?slab_mm=-1", 400, "BAD_REQUEST"),
        ("coronal/values/0/0/0/0?slab_mm=inf", 400, "BAD_REQUEST"),
        ("coronal/values/0/0/0/0?slab_mm=1e300", 400, "BAD_REQUEST"),
        ("coronal/values/0/0/0/0?slab_mm=5&projection=sum", 400, "BAD_REQUEST"),
        ("coronal/display/0/0/0/0?c=1&w=nan", 400, "BAD_REQUEST"),
        ("coronal/display/0/0/0/0", 400, "BAD_WINDOW"),
    ],
)
async def test_what_is_asked_wrongly_is_refused_in_words(doctor: Visitor, asked: str, status: int, code: str):
    path, _ = await shown(doctor)
    response = await doctor.get(f"{path}/planes/{asked}")
    assert (response.status, (await response.json())["error"]["code"]) == (status, code)


async def test_who_is_not_a_member_sees_no_plane(standing: Standing, doctor: Visitor):
    path, _ = await shown(doctor)
    async with Visitor.at(standing.url) as stranger:
        for address in (f"{path}/planes/axial", f"{path}/planes/axial/values/0/0/0/0"):
            assert (await stranger.get(address)).status == 401


async def test_a_series_or_stack_that_is_not_open_has_no_planes(doctor: Visitor):
    path, _ = await shown(doctor)
    room = f"/api/rooms/{doctor.room}/series"
    for address in (f"{room}/another/0/planes/axial", f"{path[:-1]}7/planes/axial"):
        assert (await doctor.get(address)).status == 404


async def test_many_planes_at_once_leave_frames_reachable(doctor: Visitor):
    path, _ = await shown(doctor)
    slabs = [
        doctor.get(f"{path}/planes/oblique/values/{i}/0/0/0?normal=1,{i},1&slab_mm=200") for i in range(20)
    ]
    answers = await asyncio.gather(*slabs, doctor.get(f"{path}/values/3/0/0/0"))
    assert [answer.status for answer in answers] == [200] * 21
