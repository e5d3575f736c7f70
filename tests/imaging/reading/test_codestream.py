"""What a compressed picture says of itself is read from its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.imaging.reading import codestream
from tests.imaging.reading.color_dicoms import colors, jpeg, jpeg_2000, jpeg_ls, without_markers

RGB = colors()


@pytest.mark.parametrize(
    ("stream", "space", "subsampled"),
    [
        (jpeg(RGB), "YBR", False),  # JFIF
        (jpeg(RGB, subsampling=1), "YBR", True),
        (jpeg(RGB, space="RGB"), "RGB", False),  # Adobe, or components called R, G and B
        (without_markers(jpeg(RGB)), "", False),
        (without_markers(jpeg(RGB, subsampling=2)), "YBR", True),  # nobody halves the red of a picture
        (jpeg(RGB[..., 0].copy()), "", False),
        (jpeg_ls(RGB), "", False),
    ],
)
def test_a_jpeg_says_what_its_components_are(stream: bytes, space: str, subsampled: bool) -> None:
    found = codestream.jpeg(stream)
    assert found is not None
    assert (found.rows, found.columns, found.precision) == (*RGB.shape[:2], 8)
    assert (found.space, found.subsampled) == (space, subsampled)


def test_a_jpeg_that_says_two_things_says_nothing() -> None:
    said = jpeg(RGB, space="RGB")
    jfif = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    found = codestream.jpeg(said[:2] + jfif + said[2:])
    assert found is not None
    assert found.space == ""


def test_a_short_adobe_marker_says_nothing() -> None:
    plain = without_markers(jpeg(RGB))
    found = codestream.jpeg(plain[:2] + b"\xff\xee\x00\x0cAdobe\0\0\0\0\0" + plain[2:])
    assert found is not None
    assert found.space == ""


@pytest.mark.parametrize("transform", [True, False])
def test_a_jpeg_2000_says_whether_it_mixes_its_components(transform: bool) -> None:
    found = codestream.jpeg2000(jpeg_2000(RGB, transform=transform))
    assert found is not None
    assert (found.rows, found.columns, found.components) == RGB.shape
    assert (found.transformed, found.subsampled) == (transform, False)


@given(st.integers(0, 900), st.integers(0, 255), st.integers(0, 3000))
def test_damaged_beginnings_are_read_without_harm(place: int, byte: int, length: int) -> None:
    for read, stream in ((codestream.jpeg, jpeg(RGB)), (codestream.jpeg2000, jpeg_2000(RGB))):
        hurt = bytearray(stream[:length])
        if place < len(hurt):
            hurt[place] = byte
        found = read(bytes(hurt))
        assert found is None or 0 <= found.components < 1 << 16
