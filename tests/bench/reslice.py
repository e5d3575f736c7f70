"""Planes and slabs beside VTK and SimpleITK: ratios of time, greatest difference. One thread each.

Both are no dependencies of ours; where READINGROOM_BENCH_PYTHON has them (rivals.py), this module runs there.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from readingroom.imaging import kernels, phantom
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.plane_renderer import PlaneRenderer
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.cutting.turned_copies import TurnedCopies
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.tiles import Region
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import Plane, SeriesRef, TileAddress
from tests.bench import rivals
from tests.imaging.dicoms import DATA

VOLUMES = ("demo_ct_chest_lidc0314", "demo_mr_brain_t1_studyforrest")
OBLIQUE = Aim(Plane.OBLIQUE, (0.35, 0.3, 0.89))
SAMPLES = 21
EDGE = 512
TILES = 40
RUNS = 12


def milliseconds(*rivals: Callable[[], Any]) -> list[float]:
    """Of each the least of some runs, in turns, so that whatever else the machine does meets all of them."""
    for work in rivals:
        work()
    taken: list[list[float]] = [[] for _ in rivals]
    for _ in range(RUNS):
        for work, times in zip(rivals, taken, strict=True):
            started = time.perf_counter()
            work()
            times.append(time.perf_counter() - started)
    return [1000 * min(times) for times in taken]


async def tile_milliseconds(tile: Callable[[int], Awaitable[bytes]], count: int) -> float:
    """The median of distinct tiles, after one that warms up."""
    await tile(count // 2)
    taken = []
    for index in np.linspace(count * 0.2, count * 0.8, TILES).astype(int):
        started = time.perf_counter()
        await tile(int(index))
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)


class Oblique:
    """One oblique plane of at most EDGE x EDGE pixels through a volume's middle, ours and the rivals'."""

    def __init__(self, volume: Volume) -> None:
        self.block = Block(volume)
        self.grid = self.block.grid
        self.voxels = np.ascontiguousarray(volume.array)
        self.shown: ParallelPlanes = through(volume.stack, OBLIQUE)
        rows, columns = min(EDGE, self.shown.rows), min(EDGE, self.shown.columns)
        top, left = (self.shown.rows - rows) // 2, (self.shown.columns - columns) // 2
        self.region = Region(0, top, top + rows, left, left + columns)
        self.size = (rows, columns)
        spacing = self.shown.spacing_mm[0]
        self.right, self.down = np.array(self.shown.right), np.array(self.shown.down)
        self.along = np.array(self.shown.step_mm)
        middle = self.shown.corner_mm(self.shown.index)
        self.corner = middle + spacing * (top * self.down + left * self.right)
        self.spacing = spacing

    def ours(self, samples: int, projection: Projection = Projection.MIP) -> np.ndarray:
        slab = Slab(self.shown.step_length_mm * (samples - 1), projection)
        return self.block.values(self.shown, self.shown.index, self.region, slab)[0]

    def inside(self, samples: int) -> np.ndarray:
        """Pixels all of whose samples have voxels on all sides, none of them padding."""
        i, j = np.mgrid[: self.size[0], : self.size[1]][..., np.newaxis]
        places = self.corner + self.spacing * (i * self.down + j * self.right)
        frame = self.block.stack.frames[0]
        padded = np.zeros(self.voxels.shape, bool)
        if frame.padding is not None:
            padded = (self.voxels >= frame.padding[0]) & (self.voxels <= frame.padding[1])
        good = np.ones(self.size, bool)
        limit = np.array(self.voxels.shape) - 1
        for k in range(-(samples // 2), samples // 2 + 1):
            indices = self.grid.indices(places + k * self.along)
            good &= ((indices >= 0) & (indices < limit)).all(axis=-1)
            low = np.clip(np.floor(indices).astype(int), 0, limit - 1)
            for corner in np.ndindex(2, 2, 2):
                good &= ~padded[tuple(np.moveaxis(low + corner, -1, 0))]
        return good

    def vtk(self, vtk: Any, samples: int) -> Callable[[], np.ndarray]:
        """The same plane by vtkImageReslice, in voxel indices."""
        numpy_support = importlib.import_module("vtk.util.numpy_support")
        vtk.vtkMultiThreader.SetGlobalMaximumNumberOfThreads(1)
        vtk.vtkSMPTools.Initialize(1)
        slices, rows, columns = self.voxels.shape
        image = vtk.vtkImageData()
        image.SetDimensions(columns, rows, slices)
        image.GetPointData().SetScalars(numpy_support.numpy_to_vtk(self.voxels.ravel(), deep=False))
        matrix = vtk.vtkMatrix4x4()
        vectors = (
            *(
                self.grid.steps(one)
                for one in (self.spacing * self.right, self.spacing * self.down, self.along)
            ),
            self.grid.indices(self.corner),
        )
        for column, vector in enumerate(vectors):
            for row, part in enumerate(vector[::-1]):
                matrix.SetElement(row, column, float(part))
        reslice = vtk.vtkImageReslice()
        reslice.SetInputData(image)
        reslice.SetOutputDimensionality(2)
        reslice.SetInterpolationModeToLinear()
        reslice.SetNumberOfThreads(1)
        reslice.SetResliceAxes(matrix)
        reslice.SetOutputSpacing(1, 1, 1)
        reslice.SetOutputOrigin(0, 0, 0)
        reslice.SetOutputExtent(0, self.size[1] - 1, 0, self.size[0] - 1, 0, 0)
        if samples > 1:
            reslice.SetSlabModeToMax()
            reslice.SetSlabNumberOfSlices(samples)

        def run() -> np.ndarray:
            reslice.Modified()
            reslice.Update()
            scalars = reslice.GetOutput().GetPointData().GetScalars()
            return np.asarray(numpy_support.vtk_to_numpy(scalars)).reshape(self.size)

        return run

    def sitk(self, sitk: Any) -> Callable[[], np.ndarray]:
        """The same plane by SimpleITK's resampling, in the patient's mm."""
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
        image = sitk.GetImageFromArray(self.voxels)
        normal, column, row = (axis / np.linalg.norm(axis) for axis in self.grid.axes)
        image.SetSpacing([float(one) for one in self.grid.spacing_mm[::-1]])
        image.SetOrigin(self.grid.points_mm(np.zeros(3)).tolist())
        image.SetDirection(np.stack((row, column, normal), axis=1).ravel().tolist())
        resample = sitk.ResampleImageFilter()
        resample.SetSize((self.size[1], self.size[0], 1))
        resample.SetOutputOrigin(self.corner.tolist())
        resample.SetOutputSpacing((self.spacing,) * 3)
        view = np.cross(self.right, self.down)
        resample.SetOutputDirection(np.stack((self.right, self.down, view), axis=1).ravel().tolist())
        resample.SetInterpolator(sitk.sitkLinear)
        return lambda: np.asarray(sitk.GetArrayFromImage(resample.Execute(image))[0])


def beside(name: str) -> Any:
    """A rival, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


async def measure(folder: Path, pool: DecodePool) -> dict[str, float]:
    """Milliseconds and differences of one volume; printed as they come."""
    figures: dict[str, float] = {}
    with TemporaryDirectory(prefix="readingroom-bench-") as scratch:
        library, cache = Library(Path(scratch, "studies")), Path(scratch, "cache")
        found = await import_path(folder, library, pool, lambda _: None)
        series = SeriesRef(found.studies[0].id, 0)
        async with Ingest(library, cache, pool) as ingest:
            volumes = Volumes(library, cache, ingest)
            renderer = Renderer(volumes, cache_bytes=0)
            planes = PlaneRenderer(renderer, volumes, TurnedCopies(cache))
            volume = await volumes.open(series, 0)
            await volume.wait_complete()
            print(f"\n{folder.name}: {volume.array.shape} {volume.array.dtype}, {volume.stack.kind}")
            for plane in (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL):
                aim = Aim(plane)
                shown = await planes.planes(series, 0, aim)

                async def tile(index: int, aim: Aim = aim, plane: Plane = plane) -> bytes:
                    at = TileAddress(0, plane, index)
                    return await planes.values_tile(series, at, aim, Slab(), "zstd")

                per_tile = await tile_milliseconds(tile, shown.count)
                pixels = min(EDGE, shown.rows) * min(EDGE, shown.columns)
                figures[f"{plane.value}_tile_ms"] = per_tile
                print(
                    f"  {plane.value:9} {per_tile:7.2f} ms a tile, {pixels / per_tile / 1000:6.0f} Mpixel/s"
                )
            figures |= compared(Oblique(volume), volume.stack.frames[0].rescale.slope)
            await renderer.close()
            volumes.close()
    for plane in ("coronal", "sagittal"):
        print(f"  {plane} / axial {figures[f'{plane}_tile_ms'] / figures['axial_tile_ms']:.2f} (aim: 1.2)")
    return figures


def compared(oblique: Oblique, slope: float) -> dict[str, float]:
    """An oblique plane and a MIP, ours and the rivals', with the greatest difference in modality units."""
    figures: dict[str, float] = {}
    for key, samples, aim in (("oblique", 1, 0.5), ("oblique_mip", SAMPLES, 0.25)):
        others = {}
        if (vtk := beside("vtk")) is not None:
            others["vtk"] = oblique.vtk(vtk, samples)
        if samples == 1 and (sitk := beside("SimpleITK")) is not None:
            others["SimpleITK"] = oblique.sitk(sitk)
        mine, *theirs = milliseconds(lambda samples=samples: oblique.ours(samples), *others.values())
        figures[f"{key}_ms"] = mine
        print(f"  {key}, {samples} samples, {oblique.size[1]}x{oblique.size[0]}: {mine:.1f} ms")
        good = oblique.inside(samples)
        for (name, run), taken in zip(others.items(), theirs, strict=True):
            apart = np.abs(oblique.ours(samples).astype(float) - run())[good]
            most = float(apart.max(initial=0)) * slope
            figures |= {f"{key}_{name}_ms": taken, f"{key}_{name}_apart": most}
            print(
                f"    {name}: {taken:.1f} ms; ours / {name} {mine / taken:.2f} (aim: {aim} of vtk); "
                f"at most {most:.2f} apart in {good.sum()} pixels inside (aim: 1)"
            )
    return figures


async def measure_all() -> dict[str, Any]:
    kernels.warm()
    with TemporaryDirectory(prefix="readingroom-bench-") as scratch:
        folders = [DATA / "volumes" / name for name in VOLUMES if (DATA / "volumes" / name).is_dir()]
        if not folders:
            print("no real volumes (READINGROOM_TEST_DATA): the phantom stands in")
            folders = [Path(scratch, "phantom")]
            phantom.write_chest(folders[0], slices=200)
        async with DecodePool() as pool:
            return {folder.name: await measure(folder, pool) for folder in folders}


def report() -> dict[str, Any]:
    """Print the figures; give them for bench.json."""
    print("\nplanes and slabs, one thread each:")
    reasons = [reason for name in ("vtk", "SimpleITK") if (reason := rivals.missing(name))]
    if not reasons:
        figures: dict[str, Any] = rivals.run_beside(__name__)
        return figures
    print(*(f"  {reason}" for reason in reasons), sep="\n")
    return asyncio.run(measure_all())


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure_all())))
