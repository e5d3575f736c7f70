"""The phantom chest in other transfer syntaxes, all lossless, one file a slice."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pydicom
from openjpeg.utils import encode_array
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

SYNTAXES = {"JPEG-LS": JPEGLSLossless, "JPEG 2000": JPEG2000Lossless, "RLE": RLELossless}
PLUGINS = {"JPEG-LS": "pyjpegls", "RLE": "pydicom"}
DISTINCT = 30
"""So many slices are encoded; the others have the pixels of one of them."""
CORES = 2


def write(plain: Path, out: Path, name: str) -> None:
    """The uncompressed series in `plain`, in the syntax of that name, into `out`."""
    out.mkdir(parents=True)
    files = sorted(plain.iterdir())
    with ProcessPoolExecutor(CORES) as processes:
        step = -(-len(files) // DISTINCT)
        frames = list(processes.map(_encoded, files[::step], [name] * len(files)))
    for number, file in enumerate(files):
        dataset = pydicom.dcmread(file)
        dataset.file_meta.TransferSyntaxUID = SYNTAXES[name]
        dataset.PixelData = encapsulate([frames[number % len(frames)]])
        dataset["PixelData"].VR = "OB"
        dataset.save_as(out / file.name, enforce_file_format=True)


def _encoded(file: Path, name: str) -> bytes:
    dataset = pydicom.dcmread(file)
    if name == "JPEG 2000":  # pydicom's own way to this encoder asks for a package more
        return encode_array(dataset.pixel_array, bits_stored=dataset.BitsStored)
    dataset.compress(SYNTAXES[name], encoding_plugin=PLUGINS[name])
    return get_frame(dataset.PixelData, 0, number_of_frames=1)
