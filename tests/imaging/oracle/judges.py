"""Who says what a picture should look like: DCMTK, or the standard's formula where it cannot draw."""

from __future__ import annotations

import importlib.util
import os
import shutil
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
from numpy.typing import NDArray

from readingroom.imaging.index import Frame, Stack
from readingroom.values import VoiFunction, VoiWindow

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("READINGROOM_TEST_DATA", ROOT / "../shared/data")).resolve()
ORACLE = Path(os.environ.get("READINGROOM_ORACLE", ROOT / "../shared/tools/oracle.py")).resolve()

SAME_PIXELS = {"liver_rle.dcm": "liver.dcm"}
"""Files no second decoder here can read, and the uncompressed file they were made from."""

Picture = NDArray[np.int64]


def missing() -> str:
    """Why the oracle cannot be asked here; empty when it can."""
    if not DATA.is_dir():
        return f"no test data at {DATA} (READINGROOM_TEST_DATA)"
    if not ORACLE.is_file():
        return f"no oracle at {ORACLE} (READINGROOM_ORACLE)"
    tools = [tool for tool in ("dcm2pnm", "dcmj2pnm", "dcml2pnm", "gdcmconv") if shutil.which(tool) is None]
    return f"not installed: {', '.join(tools)} (Debian: dcmtk, libgdcm-tools)" if tools else ""


def oracle() -> ModuleType:
    """The independent renderer."""
    spec = importlib.util.spec_from_file_location("oracle", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def singles() -> list[Path]:
    """Every single file of the test data."""
    return sorted((DATA / "singles").glob("*"))


def volumes() -> list[Path]:
    """Every volume's folder of the test data."""
    return sorted(path for path in (DATA / "volumes").glob("*") if path.is_dir())


def color(file: Path, frame: Frame) -> tuple[Picture, str]:
    """The RGB picture [y, x, 3] of a frame of a color file. Raises RuntimeError when nobody can draw it."""
    return oracle().render(str(file), None, frame.frame + 1).astype(int), "DCMTK"


def gray(file: Path, frame: Frame, stack: Stack, voi: VoiWindow) -> tuple[Picture, str]:
    """The gray levels [y, x] that should be, and who says so. Raises RuntimeError when nobody can."""
    file = file.with_name(SAME_PIXELS.get(file.name, file.name))
    judge = oracle()
    if voi.lut is not None:
        place = frame.voi_luts.index(voi.lut) + 1
        return judge.render(str(file), None, frame.frame + 1, voi_lut=place).astype(int), "DCMTK"
    formula = judge.exact_linear if voi.function is VoiFunction.LINEAR_EXACT else judge.linear
    if voi.function is not VoiFunction.LINEAR_EXACT and not _is_dose(file):
        function = "sigmoid" if voi.function is VoiFunction.SIGMOID else "linear"
        try:
            levels = judge.render(str(file), (voi.center, voi.width), frame.frame + 1, function=function)
        except RuntimeError:
            assert function == "linear", "there is no formula for a sigmoid that DCMTK cannot draw"
        else:
            return levels.astype(int), "DCMTK"
    modality = stored(file, frame, stack) * frame.rescale.slope + frame.rescale.intercept
    level = formula(modality, voi.center, voi.width)
    return np.floor((255 - level if stack.inverted else level) + 0.5).astype(int), "formula"


def _is_dose(file: Path) -> bool:
    """Whether the values are scaled to a dose (PS3.3 C.8.8.3), which DCMTK does not do."""
    return bool(pydicom.dcmread(file, stop_before_pixels=True).get("Modality") == "RTDOSE")


def supplemental(file: Path, frame: Frame, stack: Stack, levels: Picture) -> Picture:
    """Gray levels [y, x] with the colors of a supplemental palette over them: [y, x, 3].

    From the file's own tables of 16 bits, of which the upper 8 are shown. Source: PS3.3 C.7.6.19, C.7.9.
    """
    values = stored(file, frame, stack).astype(int)
    header = pydicom.dcmread(file, stop_before_pixels=True)
    count, first, bits = header.RedPaletteColorLookupTableDescriptor
    assert bits == 16
    colors = [
        np.frombuffer(header[f"{name}PaletteColorLookupTableData"].value, "<u2")[:count] >> 8
        for name in ("Red", "Green", "Blue")
    ]
    entries = np.stack(colors, axis=1)[np.clip(values - first, 0, count - 1)]
    return np.where((values >= first)[:, :, np.newaxis], entries, levels[:, :, np.newaxis]).astype(int)


def padding(file: Path, frame: Frame, stack: Stack) -> NDArray[np.bool_]:
    """Which pixels [y, x] are no picture."""
    if frame.padding is None:
        return np.zeros((stack.rows, stack.columns), bool)
    values = stored(file, frame, stack)
    return np.asarray((values >= frame.padding[0]) & (values <= frame.padding[1]))


def stored(file: Path, frame: Frame, stack: Stack) -> NDArray[np.float64]:
    """The stored values as pydicom's own decoder sees them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = pydicom.dcmread(file).pixel_array
    return np.asarray(values.reshape(-1, stack.rows, stack.columns)[frame.frame].astype(float))
