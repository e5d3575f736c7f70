"""One value, one spelling."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from readingroom.errors import BadRequest
from readingroom.protocol import Mark, PaneView, ShownStack, Text, WireWindow
from readingroom.rooms import canonical
from tests.rooms.people import arrow, create, place


def test_keys_are_sorted_and_numbers_have_one_spelling():  # R12
    window = WireWindow(center=40.0, width=1e3)
    assert canonical.dumps(window) == b'{"center":40,"function":"LINEAR","lut":null,"width":1000}'


def test_only_carried_view_fields_are_written():
    change = PaneView(shown=ShownStack(series="chest"))
    assert canonical.dumps(change, sparse=True) == b'{"shown":{"mode":"stack","series":"chest","stack":0}}'


def test_what_is_left_out_and_what_is_said_as_default_hash_alike():  # R2
    said = create("mark-1-0123456789", arrow(label="")).command
    left_out = type(said).model_validate_json(said.model_dump_json(exclude_defaults=False, exclude={"kind"}))
    assert canonical.payload_hash(canonical.dumps(said)) == canonical.payload_hash(canonical.dumps(left_out))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.integers(-(10**7), 10**7)
)
def test_what_holds_no_floats_is_spelled_as_rfc_8785_spells_it(text: str, x_um: int):  # R12
    mark = Mark(series="chest", shape=Text(at=place(x_um), text=text))
    assert canonical.dumps(mark) == rfc8785.dumps(mark.model_dump(mode="json"))


@given(st.floats(-1e12, 1e12), st.floats(1, 1e12))
def test_floats_have_the_spelling_of_rfc_8785(center: float, width: float):  # R12
    window = WireWindow(center=center, width=width)
    assert canonical.dumps(window) == rfc8785.dumps(window.model_dump(mode="json"))


@given(st.recursive(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9), st.lists))
def test_any_float_has_the_spelling_of_rfc_8785(plain: object):  # R12
    assert canonical.spelled({"x": plain}) == rfc8785.dumps({"x": plain})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_cannot_be_written_down(number: float):
    with pytest.raises(BadRequest):
        canonical.spelled([1.5, number])


def test_a_lone_surrogate_cannot_be_written_down():
    with pytest.raises(BadRequest):
        canonical.dumps(Mark.model_construct(series="\ud800"))
