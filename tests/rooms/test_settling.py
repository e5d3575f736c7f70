"""Commands made ready to be kept: texts made safe, places and windows checked."""

from __future__ import annotations

import pytest

from readingroom.errors import BadRequest, BadWindow, TooLarge
from readingroom.protocol import (
    Arrow,
    Camera,
    ImagePlace,
    KeyImageAdd,
    Mark,
    PaneView,
    ViewCommand,
    WireWindow,
)
from readingroom.rooms import canonical, settling, texts
from tests.rooms.people import create, place, words


def test_a_window_has_seven_significant_digits():  # R12
    assert settling.rounded(WireWindow(center=0.1 + 0.2, width=1234.56789)) == WireWindow(
        center=0.3, width=1234.568
    )


def test_a_window_the_standard_does_not_allow_is_refused():
    with pytest.raises(BadWindow):
        settling.rounded(WireWindow(center=40, width=0.5))


def test_a_view_command_that_changes_nothing_is_refused():
    with pytest.raises(BadRequest):
        settling.settled_view(ViewCommand(fence=1, change=PaneView()))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  nodule \x00\x1b[31m", "nodule   [31m"),
        ("left\u202eright", "leftright"),
        ("e\u0301", "\u00e9"),
        ("<img onerror=alert(1)>", "<img onerror=alert(1)>"),
        ("a\r\nb", "a\nb"),
        ("soft\u00adly \U000e0041\u2060joined", "softly joined"),
        ("\u200d \u0645\u06cc\u200c\u0631\u0648\u0645 \u200c", "\u0645\u06cc\u200c\u0631\u0648\u0645"),
        ("\U0001f468\u200d\U0001f4bb", "\U0001f468\u200d\U0001f4bb"),
    ],
)
def test_text_keeps_its_words_and_loses_what_hides_or_turns_them(typed: str, kept: str):  # R12
    settled = settling.settled(create("mark-1-0123456789", words(typed)).command)
    assert settled.mark.shape.text == kept


@pytest.mark.parametrize(
    "typed",
    ["\u202e\u200f", "\u200d\u200c", "\ufe0f", "\u3164", "\u2800 \u2800", "\u2063\u00ad", "\u0301", "\u00a0"],
)
def test_a_text_without_a_visible_character_is_refused(typed: str):
    with pytest.raises(BadRequest):
        settling.settled(create("mark-1-0123456789", words(typed)).command)
    with pytest.raises(BadRequest):
        texts.name(typed)


def test_a_name_is_one_line_and_bounded():
    assert texts.name("  Maria\n\tLopez ") == "Maria Lopez"
    with pytest.raises(BadRequest):
        texts.name("\u2066\u2069")
    with pytest.raises(TooLarge):
        texts.name("x" * 61)


def test_both_ends_of_an_arrow_lie_in_one_frame_of_reference():  # R4
    elsewhere = Mark(series="chest", shape=Arrow(tail=place(), head=place(0, "for2")))
    mixed = Mark(series="chest", shape=Arrow(tail=place(), head=ImagePlace(frame=0, point_milli=(1, 1))))
    for mark in (elsewhere, mixed):
        with pytest.raises(BadRequest):
            settling.settled(create("mark-1-0123456789", mark).command)


def test_a_camera_that_is_no_right_angle_is_refused():
    upright = Camera(right=(600_000, 800_000, 0), down=(0, 0, -1_000_000))
    assert settling.settled_pane(PaneView(camera=upright)).camera == upright
    for down in ((600_000, 800_000, 0), (0, 0, -900_000), (0, 0, 0)):
        with pytest.raises(BadRequest):
            settling.settled_pane(PaneView(camera=Camera(right=(600_000, 800_000, 0), down=down)))


def test_a_layout_alone_is_a_view_command():
    command = ViewCommand(fence=1, change=PaneView(), layout="2x2")
    assert settling.settled_view(command) == command


def test_a_key_image_without_a_series_is_refused():
    with pytest.raises(BadRequest):
        settling.settled(KeyImageAdd(id="image-1-012345678", view=PaneView()))


def test_measured_values_stand_in_the_log_and_not_in_what_was_sent():  # R13
    sent = create("mark-1-0123456789").command
    logged = settling.logged(sent, settling.Added(unmeasurable="it lies outside"), epoch="e")
    assert logged.mark.unmeasurable == "it lies outside"
    assert canonical.dumps(sent) != canonical.dumps(logged)
