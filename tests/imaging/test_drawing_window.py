"""`render --window`: what is taken as a window, and what is refused."""

from __future__ import annotations

import pytest

from readingroom.errors import BadWindow
from readingroom.imaging import drawing
from readingroom.values import VoiFunction, VoiWindow

EXACT, SIGMOID = VoiFunction.LINEAR_EXACT, VoiFunction.SIGMOID


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40,400", VoiWindow(40, 400)),
        (" -600 , 1500.5 ", VoiWindow(-600, 1500.5)),
        ("40,400,linear-exact", VoiWindow(40, 400, EXACT)),
        ("0.5,0.1,Linear_Exact", VoiWindow(0.5, 0.1, EXACT)),
        ("1e3,2e3,sigmoid", VoiWindow(1000, 2000, SIGMOID)),
    ],
)
def test_a_window_is_read_from_text(text: str, expected: VoiWindow):
    assert drawing.parse_window(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "40",
        "40;400",
        "a,b",
        "40,0",
        "40,0.5",
        "40,-1,sigmoid",
        "nan,400",
        "40,inf",
        "1,2,cubic",
        "1,2,3,4",
    ],
)
def test_a_window_that_cannot_be_applied_is_refused(text: str):
    with pytest.raises(BadWindow):
        drawing.parse_window(text)
