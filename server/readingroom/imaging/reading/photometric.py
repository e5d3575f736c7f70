"""Photometric Interpretation: what goes with which samples and codec, and what decoded samples then are.

Decode process only.
"""

from __future__ import annotations

from readingroom.errors import BadHeader, UnsupportedPicture
from readingroom.imaging.reading.codestream import Codestream
from readingroom.imaging.reading.color import Space
from readingroom.imaging.reading.dicom_file import DicomFile
from readingroom.imaging.reading.elements import integer, text
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.reading.transfer_syntaxes import Codec

GRAYS = ("MONOCHROME1", "MONOCHROME2")
_PLAIN = {"RGB", "YBR_FULL", "PALETTE COLOR"}
_JPEG = {*_PLAIN, "YBR_FULL_422"}
COLORS: dict[Codec, set[str]] = {
    "native": {*_PLAIN, "YBR_FULL_422", "YBR_PARTIAL_422"},
    "rle": {*_PLAIN, "YBR_FULL_422"},
    "pillow": _JPEG,
    "gdcm": _JPEG,
    "jpegls": _PLAIN,
    "openjpeg": {*_PLAIN, "YBR_RCT", "YBR_ICT"},
}
"""Color Photometric Interpretations that are read, by codec. Source: PS3.3 C.7.6.3.1.2, PS3.5 8.2."""
UNREAD = ("RGB", "YBR", "PALETTE", "HSV", "ARGB", "CMYK")
"""How the names of those begin that exist and are refused where they are not in COLORS."""
_WITH_COMPONENTS: tuple[Codec, ...] = ("pillow", "gdcm", "jpegls", "openjpeg")
"""Codecs whose pictures say themselves how many components they have."""


def samples_and_meaning(file: DicomFile) -> tuple[int, str]:
    """Samples a pixel and Photometric Interpretation, which must go together. Source: PS3.3 C.7.6.3.1.1-2."""
    samples = integer(file.dataset, "SamplesPerPixel") or 1
    photometric = text(file.dataset, "PhotometricInterpretation").upper()
    codec = file.syntax.codec
    assert codec is not None, "open_dicom refuses what has no codec"
    if samples == 1 and photometric.startswith("YBR") and codec in _WITH_COMPONENTS:
        # A gray JPEG under the name of the JPEGs around it; check_codestream sees that it is gray.
        return 1, "MONOCHROME2"
    if photometric not in GRAYS and photometric not in COLORS[codec]:
        if not photometric.startswith(UNREAD):
            raise BadHeader(reason="its Photometric Interpretation is missing or unknown")
        raise UnsupportedPicture(reason=f"it is {photometric} in {file.syntax.name}")
    expected = 1 if photometric in (*GRAYS, "PALETTE COLOR") else 3
    if samples != expected:
        raise BadHeader(reason=f"it is {photometric} and has {samples} samples a pixel instead of {expected}")
    return samples, photometric


def check_samples(file: DicomFile, form: PixelFormat) -> None:
    """Raises UnsupportedPicture or BadHeader for samples of color that are not what they can be."""
    if form.photometric == "PALETTE COLOR" and file.syntax.lossy == "always":
        raise UnsupportedPicture(reason=f"its palette's numbers were changed by {file.syntax.name}")
    if form.samples == 1:
        return
    if form.signed or form.bits_allocated == 1:
        raise UnsupportedPicture(reason="its colors are signed numbers or single bits")
    if form.photometric.startswith(("YBR_FULL", "YBR_PARTIAL")) and form.bits_stored != 8:
        raise UnsupportedPicture(reason=f"it is {form.photometric} of {form.bits_stored} bits instead of 8")
    if file.syntax.codec == "gdcm" and file.syntax.lossy == "always" and form.bits_stored != 8:
        raise UnsupportedPicture(reason=f"its colors have {form.bits_stored} bits in {file.syntax.name}")
    if form.is_subsampled and file.syntax.codec == "native":
        if form.planar != 0:
            raise BadHeader(reason="its colors are shared by neighbors and yet come plane by plane")
        if form.columns % 2:
            raise BadHeader(
                reason=f"its colors are shared by pairs of pixels and it has {form.columns} columns"
            )


def color_space(pixel_format: PixelFormat, found: Codestream | None) -> Space:
    """What the three samples of a decoded frame are; `found` is what a compressed one says of itself.

    A JPEG's own word (JFIF, Adobe, component names, halved chroma) goes before the header's, as every JPEG
    decoder has it. JPEG 2000 undoes its own transformation, so what it transforms must have been RGB.
    Raises BadHeader when the two contradict each other and nothing tells which is right.
    Source: PS3.3 C.7.6.3.1.2, PS3.5 8.2.1, 8.2.4.
    """
    photometric = pixel_format.photometric
    if found is not None and found.space:
        return found.space
    if photometric in ("YBR_RCT", "YBR_ICT"):
        if found is None or not found.transformed:
            raise BadHeader(reason=f"it says {photometric}, and its picture is not transformed that way")
        return "RGB"
    if photometric == "YBR_PARTIAL_422":
        return "YBR_PARTIAL"
    if photometric.startswith("YBR"):
        if found is not None and found.transformed:
            raise BadHeader(reason=f"it says {photometric}, and its picture is transformed like one of RGB")
        return "YBR"
    return "RGB"
