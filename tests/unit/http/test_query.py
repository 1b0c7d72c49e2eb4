"""Source: recordings of 7.10.2 and 8.19.21 (parameter and routing cases)."""

import pytest

from esmock.errors import BadParameter, IllegalArgument
from esmock.http.query import decode_segment, parse_query


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("%6Cogs", "logs"), ("a%2Cb", "a,b"), ("a+b", "a+b"), ("50%%", "50%"), ("%C3%A9", "é"), ("%ff", "\ufffd"), (";", ";")],
)
def test_segments_are_decoded(text, decoded):
    assert decode_segment(text) == decoded


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("%", "unterminated escape sequence at end of string: %"),
        ("%a", "partial escape sequence at end of string: %a"),
        ("%zz", "invalid escape sequence `%zz' at index 0 of: %zz"),
    ],
)
def test_bad_escapes_are_worded_as_in_java(text, reason):
    with pytest.raises(IllegalArgument) as raised:
        decode_segment(text)
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=x", {"x": ""}),
        ("&&a=1", {"a": "1"}),
        ("a=1#b=2", {"a": "1"}),
        ("a=x+y%20z", {"a": "x y z"}),
    ],
)
def test_query_strings(query, params):
    assert parse_query(query) == params


def test_a_bad_escape_in_the_query_keeps_the_java_text():
    with pytest.raises(BadParameter) as raised:
        parse_query("a=%")
    assert raised.value.body() == {
        "error": {
            "root_cause": [
                {
                    "type": "bad_parameter_exception",
                    "reason": "java.lang.IllegalArgumentException: unterminated escape sequence at end of string: %",
                }
            ],
            "type": "bad_parameter_exception",
            "reason": "java.lang.IllegalArgumentException: unterminated escape sequence at end of string: %",
            "caused_by": {
                "type": "illegal_argument_exception",
                "reason": "unterminated escape sequence at end of string: %",
            },
        },
        "status": 400,
    }
