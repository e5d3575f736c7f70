"""Which stored values are padding and no picture, as a file says it. Decode process only."""

from __future__ import annotations

from pydicom.dataset import Dataset

from readingroom.imaging.reading.elements import values
from readingroom.imaging.reading.pixel_format import PixelFormat
from readingroom.imaging.stored import padding_value


def padding_range(data: Dataset, pixel_format: PixelFormat) -> tuple[int, int] | None:
    """Stored values that are not picture, as a closed range. Source: PS3.3 C.7.5.1.1.2."""
    low = _padding(data, "PixelPaddingValue", pixel_format)
    if low is None or pixel_format.is_float or pixel_format.is_color:
        return None
    high = _padding(data, "PixelPaddingRangeLimit", pixel_format)
    return (low, low) if high is None else (min(low, high), max(low, high))


def _padding(data: Dataset, keyword: str, pixel_format: PixelFormat) -> int | None:
    for value in values(data, keyword)[:1]:
        if isinstance(value, bytes):
            value = int.from_bytes(value[:2], "little")
        if isinstance(value, int):
            return padding_value(value, pixel_format.bits_stored, pixel_format.signed)
    return None
