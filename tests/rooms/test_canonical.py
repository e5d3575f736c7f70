"""One value, one spelling."""

from __future__ import annotations

from readingroom.protocol import PaneView, ShownStack, WireWindow
from readingroom.rooms import canonical
from tests.rooms.people import arrow, create


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
