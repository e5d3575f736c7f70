"""One value, one spelling; texts made safe."""

from __future__ import annotations

import pytest

from readingroom.errors import BadRequest, BadWindow, TooLarge
from readingroom.protocol import Arrow, ImagePlace, Mark, PaneView, ShownStack, WireWindow
from readingroom.rooms import canonical, texts
from tests.rooms.people import arrow, create, place, words


def test_keys_are_sorted_and_numbers_have_one_spelling():  # R12
    window = WireWindow(center=40.0, width=1e3)
    assert canonical.dumps(window) == b'{"center":40,"function":"LINEAR","lut":null,"width":1000}'


def test_a_window_has_seven_significant_digits():  # R12
    assert canonical.rounded(WireWindow(center=0.1 + 0.2, width=1234.56789)) == WireWindow(
        center=0.3, width=1234.568
    )


def test_a_window_the_standard_does_not_allow_is_refused():
    with pytest.raises(BadWindow):
        canonical.rounded(WireWindow(center=40, width=0.5))


def test_a_view_command_that_changes_nothing_is_refused():
    with pytest.raises(BadRequest):
        canonical.settled_view(PaneView())


def test_only_carried_view_fields_are_written():
    change = PaneView(shown=ShownStack(series="chest"))
    assert canonical.dumps(change, sparse=True) == b'{"shown":{"mode":"stack","series":"chest","stack":0}}'


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
    settled = canonical.settled(create("mark-1-0123456789", words(typed)).command)
    assert settled.mark.shape.text == kept


@pytest.mark.parametrize(
    "typed",
    ["\u202e\u200f", "\u200d\u200c", "\ufe0f", "\u3164", "\u2800 \u2800", "\u2063\u00ad", "\u0301", "\u00a0"],
)
def test_a_text_without_a_visible_character_is_refused(typed: str):
    with pytest.raises(BadRequest):
        canonical.settled(create("mark-1-0123456789", words(typed)).command)
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
            canonical.settled(create("mark-1-0123456789", mark).command)


def test_what_is_left_out_and_what_is_said_as_default_hash_alike():  # R2
    said = create("mark-1-0123456789", arrow(label="")).command
    left_out = type(said).model_validate_json(said.model_dump_json(exclude_defaults=False, exclude={"kind"}))
    assert canonical.payload_hash(canonical.dumps(said)) == canonical.payload_hash(canonical.dumps(left_out))
