"""Small DICOM files in color for tests, and every way to compress their pixels that can be had here."""

from __future__ import annotations

import io
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from tests.imaging.dicoms import picture, write

Array = npt.NDArray[Any]


def colors(rows: int = 34, columns: int = 40, step: int = 5) -> Array:
    """RGB uint8 [rows, columns, 3] that tells rows, columns and channels apart."""
    row, column = np.mgrid[:rows, :columns]
    channels = [row * step, column * step, 255 - (row + column) * step // 2]
    return np.stack(channels, axis=-1).astype(np.uint8)


def color_picture(pixels: Array, data: bytes | None = None, **changes: Any) -> Dataset:
    """A color file of samples [rows, columns, 3]; `data` replaces what lies in Pixel Data."""
    bits = 8 * pixels.dtype.itemsize
    form = {
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "RescaleSlope": None,
        "RescaleIntercept": None,
        "PixelData": padded(pixels.tobytes() if data is None else data),
    }
    left_out = [name for name in changes if name in form and form[name] is not None and changes[name] is None]
    said = {name: value for name, value in (form | changes).items() if name not in left_out}
    ds = picture(pixels=pixels[..., 0], **said)
    for name in left_out:
        if name in ds:
            delattr(ds, name)
    return ds


def gray_form(samples: Array) -> dict[str, int]:
    """The elements that describe gray samples which use all bits of their words."""
    bits = 8 * samples.dtype.itemsize
    return {"BitsAllocated": bits, "BitsStored": bits, "HighBit": bits - 1}


def palette_picture(
    indices: Array,
    tables: Sequence[bytes],
    descriptor: Sequence[int],
    *,
    segmented: bool = False,
    **changes: Any,
) -> Dataset:
    """A PALETTE COLOR file: `tables` are the red, green and blue data as they lie in the file."""
    bits = 8 * indices.dtype.itemsize
    form = {
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelData": padded(indices.tobytes()),
    }
    ds = picture(
        pixels=indices,
        **(
            {"PhotometricInterpretation": "PALETTE COLOR", "RescaleSlope": None, "RescaleIntercept": None}
            | form
            | changes
        ),
    )
    add_palette(ds, tables, descriptor, segmented=segmented)
    return ds


def add_palette(
    ds: Dataset, tables: Sequence[bytes], descriptor: Sequence[int], *, segmented: bool = False
) -> None:
    """Put the three tables and their descriptors into a file."""
    for place, table in enumerate(tables):
        ds.add_new(0x00281101 + place, "SS" if min(descriptor) < 0 else "US", list(descriptor))
        ds.add_new((0x00281221 if segmented else 0x00281201) + place, "OW", padded(table))


def padded(data: bytes) -> bytes:
    """Of even length, as every element is."""
    return data + b"\0" * (len(data) % 2)


async def decoded_colors(pool: DecodePool, path: Path) -> tuple[FileHeader, Array]:
    """Header and all frames, [frames, rows, columns, 3] for color, by way of a decode process."""
    (header,) = await pool.headers([path])
    assert isinstance(header, FileHeader), header
    channels = (3,) if header.samples == 3 else ()
    frames = np.zeros((len(header.frames), header.rows, header.columns, *channels), header.dtype)
    results = await pool.decode(path, range(len(frames)), list(frames))
    assert results == [None] * len(frames), results
    return header, frames


def run_lengths(samples: Array) -> bytes:
    """One RLE frame of literal runs, a segment for each byte of each sample. Source: PS3.5 Annex G."""
    big = samples.astype(samples.dtype.newbyteorder(">"))
    planes = [
        big[..., channel].tobytes()[byte :: samples.dtype.itemsize]
        for channel in range(samples.shape[-1])
        for byte in range(samples.dtype.itemsize)
    ]
    segments = [
        padded(
            b"".join(
                bytes([len(part) - 1]) + part
                for part in (plane[i : i + 128] for i in range(0, len(plane), 128))
            )
        )
        for plane in planes
    ]
    starts = [64 + sum(map(len, segments[:place])) for place in range(len(segments))]
    return struct.pack("<16I", len(segments), *starts, *[0] * (15 - len(segments))) + b"".join(segments)


def jpeg(
    samples: Array,
    *,
    space: str = "YCbCr",
    quality: int = 100,
    subsampling: int = 0,
    progressive: bool = False,
) -> bytes:
    """A baseline JPEG of RGB samples, or a progressive one; `space` RGB keeps them and says so (Adobe)."""
    from PIL import Image

    form = {"quality": quality, "subsampling": subsampling, "progressive": progressive}
    body = io.BytesIO()
    Image.fromarray(samples).save(body, "JPEG", keep_rgb=space == "RGB", **form)
    return body.getvalue()


def without_markers(stream: bytes) -> bytes:
    """The same JPEG that says nothing of its colors: without JFIF and Adobe, components called 0, 1, 2."""
    at, kept = 2, [stream[:2]]
    while stream[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", stream, at + 2)
        marker, part = stream[at + 1], bytearray(stream[at : at + 2 + length])
        if marker == 0xC0:
            part[10::3] = bytes(range(part[9]))
        if marker not in (0xE0, 0xEE):
            kept.append(bytes(part))
        at += 2 + length
    scan = bytearray(stream[at:])
    scan[5 : 5 + 2 * scan[4] : 2] = bytes(range(scan[4]))
    return b"".join(kept) + bytes(scan)


def jpeg_lossless(samples: Array, syntax: str, photometric: str = "RGB") -> bytes:
    """A JPEG of process 14, which GDCM makes of a file."""
    import gdcm

    with tempfile.TemporaryDirectory() as folder:
        plain, packed = str(Path(folder) / "plain"), str(Path(folder) / "packed")
        if samples.ndim == 3:
            write(Path(plain), color_picture(samples, PhotometricInterpretation=photometric))
        else:
            write(Path(plain), picture(pixels=samples, **gray_form(samples)))
        reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
        reader.SetFileName(plain)
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(packed)
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        stream: bytes = next(generate_frames(dcmread(packed).PixelData, number_of_frames=1))
        return stream


def jpeg_ls(samples: Array, *, lossy_error: int = 0, interleave: int = 2) -> bytes:
    """A JPEG-LS stream, interleaved by line (1) or by sample (2)."""
    import jpeg_ls as charls

    stream: bytes = bytes(
        charls.encode_pixel_data(
            samples.tobytes(),
            lossy_error=lossy_error,
            interleave_mode=interleave if samples.ndim == 3 else 0,
            rows=samples.shape[0],
            columns=samples.shape[1],
            samples_per_pixel=samples.shape[2] if samples.ndim == 3 else 1,
            bits_stored=8 * samples.dtype.itemsize,
        )
    )
    return stream


def jpeg_2000(samples: Array, *, transform: bool = True, ratio: float | None = None) -> bytes:
    """A lossless JPEG 2000 codestream; `transform` mixes the components (RCT).

    With a `ratio` it is so many times smaller than the samples and has all of their bits.
    """
    from openjpeg.utils import encode_array

    color = samples.ndim == 3
    stream: bytes = encode_array(
        samples,
        photometric_interpretation=1 if color else 2,
        use_mct=transform and color,
        compression_ratios=[ratio] if ratio else None,
        bits_stored=8 * samples.dtype.itemsize if ratio else None,
    )
    return stream


def ybr_full(rgb: Array) -> Array:
    """YBR_FULL of RGB by the standard's equations, rounded. Source: PS3.3 C.7.6.3.1.2."""
    red, green, blue = (rgb[..., channel].astype(float) for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = [(blue - luma) / 1.772 + 128, (red - luma) / 1.402 + 128]
    return np.clip(np.floor(np.stack([luma, *chroma], axis=-1) + 0.5), 0, 255).astype(np.uint8)
