"""What of JSON is taken."""

import pytest

from readingroom.transport import strict_json


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "[Infinity]",
        '{"a": -Infinity}',
        "[1e999]",
        "-1e999",
        '{"a": 1, "a": 2}',
        '{"__proto__": {}}',
        '{"a": {"__proto__": 1}}',
        "123456789012345678901",
        "[" * 100_000,
        "{",
        "",
        "[1] [2]",
    ],
)
def test_what_a_strict_reader_may_refuse_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        strict_json.loads(text)


def test_plain_json_is_taken_as_it_is():
    assert strict_json.loads('{"a": [1, -2.5, true, null, "ä"]}') == {"a": [1, -2.5, True, None, "ä"]}


def test_what_json_has_no_word_for_is_not_written():
    with pytest.raises(TypeError):
        strict_json.dumps({"a": b"bytes"})
