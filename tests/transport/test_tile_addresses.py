"""What is asked of a tile, before anything is rendered."""

import pytest

from readingroom.errors import BadRequest, NoSuchTile
from readingroom.transport.encodings import negotiate
from readingroom.transport.numbers import finite, natural


@pytest.mark.parametrize(
    "text", ["-1", "1.0", "1e3", "NaN", "9223372036854775808", "0x10", "", " 1", "١", "%2F", "1\n"]
)
def test_only_plain_numbers_are_in_an_address(text: str):
    with pytest.raises(NoSuchTile):
        natural(text)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-Infinity", "", None, "forty", "٣", "1_0", "0x10", "1e999", "9" * 401]
)
def test_a_window_is_made_of_finite_numbers(text: str | None):
    with pytest.raises(BadRequest):
        finite("c", text)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("zstd;q=0, br;q=0.0, gzip;q=0.5", "gzip"),
        ("identity", "identity"),
        ("", "identity"),
        ("GZIP", "gzip"),
    ],
)
def test_the_best_encoding_a_browser_takes(accepted: str, chosen: str):
    assert negotiate(accepted) == chosen
