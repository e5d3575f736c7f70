"""P3: the values tile beside HTJ2K and JPEG-LS: bytes, seconds to encode, whether every value comes back.

The pictures are whole frames that never were lossy (a lossy past compresses absurdly well): the phantom's
and, where the project's test data are (tests/imaging/dicoms.py), CT, MR, CR, XA, mammography and color
ultrasound.
The rivals come from imagecodecs (OpenJPH, CharLS); see rivals.py.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from readingroom.imaging import encode, kernels, phantom
from readingroom.values import Plane, Rescale, TileAddress
from tests.bench import rivals
from tests.imaging.dicoms import DATA, NO_DATA
from tests.imaging.test_encode import decode

RUNS = 15
BYTES_AIM = 1.0
TIME_AIM = 1 / 3
SINGLES = {
    "CT 512": "CT1_UNC.dcm",
    "CT 512 noisier": "19001231-076.dcm",
    "MR 512": "MR1_UNC.dcm",
    "MR 240": "IM-0001-0004-0001.dcm",
    "CR 1760": "RG3_JPLL.dcm",
    "XA 1024": "XA1_JPLL.dcm",
    "MG 3062": "GH133.dcm",
    "US color": "US1_UNCR.dcm",
}
MEANING = encode.TileMeaning(Rescale(), None, False)
AT = TileAddress(0, Plane.ACQUISITION, 0)

IMAGECODECS = """
import json, statistics, sys, time
import imagecodecs, numpy as np
def measured(encode, decode, pixels, runs):
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        body = encode(pixels)
        taken.append(time.perf_counter() - started)
    exact = bool(np.array_equal(decode(body).reshape(pixels.shape), pixels))
    return {"bytes": len(body), "seconds": statistics.median(taken), "exact": exact}
found = {}
for path in sys.argv[2:]:
    pixels, runs = np.load(path), int(sys.argv[1])
    low = int(pixels.min())
    unsigned = (pixels.astype(np.int32) - low).astype(np.uint16) if pixels.dtype.kind == "i" else pixels
    found[path] = {
        "HTJ2K": measured(imagecodecs.htj2k_encode, imagecodecs.htj2k_decode, pixels, runs),
        "JPEG-LS": measured(imagecodecs.jpegls_encode, imagecodecs.jpegls_decode, unsigned, runs),
    }
print(json.dumps(found))
"""


def ours(pixels: NDArray[Any]) -> dict[str, Any]:
    """Bytes, seconds on one thread, and whether every value comes back, as the page would decode it."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        body = encode.values_tile(pixels, MEANING, AT)
        sent = encode.compress(body, "zstd")
        taken.append(time.perf_counter() - started)
    exact = bool(np.array_equal(decode(body), pixels))
    return {"bytes": len(sent), "seconds": statistics.median(taken), "exact": exact}


def pictures(scratch: Path) -> dict[str, NDArray[Any]]:
    """Stored values by a name to print."""
    phantom.write_chest(scratch / "chest", slices=3, rows=512, columns=512)
    files = {"phantom": sorted((scratch / "chest").iterdir())[1]}
    if DATA.is_dir():
        files |= {name: DATA / "singles" / file for name, file in SINGLES.items()}
    else:
        print(f"  only the phantom: {NO_DATA}")
    return {name: np.ascontiguousarray(pydicom.dcmread(file).pixel_array) for name, file in files.items()}


def report() -> dict[str, Any]:
    """Print the figures; give them for bench.json."""
    kernels.warm()
    print(f"\nP3  values tile of a whole frame, residual planes and zstd, one thread, median of {RUNS} runs:")
    why = rivals.missing("imagecodecs")
    with TemporaryDirectory(prefix="readingroom-bench-") as temporary:
        scratch = Path(temporary)
        found = pictures(scratch)
        paths = {name: str(scratch / f"{number}.npy") for number, name in enumerate(found)}
        for name, pixels in found.items():
            np.save(paths[name], pixels)
        theirs = {} if why else rivals.run(IMAGECODECS, str(RUNS), *paths.values())
        figures = {
            name: {"values tile": ours(pixels), **theirs.get(paths[name], {})}
            for name, pixels in found.items()
        }
    print(
        "                    raw kB    kB    ms  exact   HTJ2K kB    ms  bytes   time"
        "  JPEG-LS kB    ms  bytes"
    )
    for name, codecs in figures.items():
        mine = codecs["values tile"]
        line = f"  {name:15} {found[name].nbytes / 1e3:8.0f} {mine['bytes'] / 1e3:6.0f}"
        line += f" {mine['seconds'] * 1e3:5.2f}  {'yes' if mine['exact'] else 'NO'}"
        for rival, width in (("HTJ2K", 13), ("JPEG-LS", 12)):
            if rival in codecs:
                its = codecs[rival]
                line += f" {its['bytes'] / 1e3:{width}.0f} {its['seconds'] * 1e3:5.2f}"
                line += f"  {mine['bytes'] / its['bytes']:5.2f}"
                line += f"  {mine['seconds'] / its['seconds']:5.2f}" if rival == "HTJ2K" else ""
        print(line)
    print(f"  aim: bytes <= {BYTES_AIM} of HTJ2K, time <= {TIME_AIM:.2f} of HTJ2K, exact everywhere")
    if why:
        print(f"  HTJ2K and JPEG-LS: {why}")
    return figures
