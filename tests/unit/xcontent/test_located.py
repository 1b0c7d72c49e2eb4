"""Positions. Evidence: places in recorded errors of 7.10.2 and 8.19.21, and the laziness they show."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.errors import ApiError, InputCoercion, JsonParse
from esmock.xcontent.json_reader import jackson_for
from esmock.xcontent.located import (
    NO_TOKENS,
    NeedsPositions,
    after,
    at_end,
    at_name,
    at_start,
    at_value,
    copy_plain,
    located,
    number_text,
    parser_error,
    token,
)

V7, V8 = jackson_for("7.10.2"), jackson_for("8.19.21")
BODY = b'{"a":{"b":[1,\n  "x"]},\n"\xc3\xa9":  null}'


def test_names_values_and_brackets_have_lines_and_byte_columns() -> None:
    body = located(BODY, V8)
    assert at_start(body) == (1, 1)
    assert at_name(body, "a") == (1, 2)
    assert at_value(body, "a") == (1, 6)
    assert at_value(body["a"], "b") == (1, 11)
    assert [at_value(body["a"]["b"], index) for index in (0, 1)] == [(1, 12), (2, 3)]
    assert at_end(body["a"]["b"]) == (2, 6)
    assert at_end(body["a"]) == (2, 7)
    assert at_name(body, "é") == (3, 1)
    assert at_value(body, "é") == (3, 8)
    assert at_end(body) == (3, 12)


def test_a_located_body_is_the_plain_one() -> None:
    plain = {"a": {"b": [1, "x"]}, "é": None}
    body = located(BODY, V8)
    assert body == plain
    assert copy_plain(body) == plain
    assert type(copy_plain(body)) is dict
    assert list(body.items()) == list(plain.items())
    assert ("a" in body, "z" in body, body.get("z"), len(body)) == (True, False, None, 2)


@pytest.mark.parametrize("place", [lambda: at_name({"a": 1}, "a"), lambda: at_value([1], 0), lambda: at_start({}), lambda: at_end([])])
def test_plain_bodies_ask_for_positions(place: Any) -> None:
    with pytest.raises(NeedsPositions):
        place()


def test_a_broken_text_gives_the_tree_up_to_the_error() -> None:
    body = located(b'{"foo":1,"query":{"match":{"a":tru', V8)
    entries = iter(body.items())
    assert [next(entries)[0], next(entries)[0]] == ["foo", "query"]
    with pytest.raises(ApiError) as caught:
        next(entries)
    with pytest.raises(ApiError):
        list(body["query"]["match"])
    assert caught.value.type == "x_content_parse_exception"
    assert body["foo"] == 1
    with pytest.raises(ApiError):
        body.get("size")
    with pytest.raises(ApiError):
        "size" in body  # noqa: B015


def test_a_broken_string_is_a_value_whose_text_is_not_there() -> None:
    body = located(b'{"foo":"x', V7)
    keys = iter(body)
    assert next(keys) == "foo"
    assert (token(body["foo"]), at_value(body, "foo")) == ("VALUE_STRING", (1, 8))
    with pytest.raises(JsonParse):
        next(keys)


def test_a_root_that_is_broken_at_once_raises_at_once() -> None:
    with pytest.raises(JsonParse):
        located(b"x", V7)
    assert located(b"  ", V7) is NO_TOKENS
    assert located(b"12", V7) == 12


def test_what_follows_the_body_is_known() -> None:
    assert after(located(b'{"size":0}{"size":1}', V8)) == ("START_OBJECT", (1, 11))
    assert after(located(b"{} ", V8)) is None
    assert after({}) is None
    with pytest.raises(ApiError):
        after(located(b"{} x", V8))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({}, "START_OBJECT"),
        ([], "START_ARRAY"),
        ("", "VALUE_STRING"),
        (1, "VALUE_NUMBER"),
        (1.5, "VALUE_NUMBER"),
        (True, "VALUE_BOOLEAN"),
        (None, "VALUE_NULL"),
        (NO_TOKENS, None),
    ],
)
def test_tokens_have_elasticsearch_s_names(value: Any, name: str | None) -> None:
    assert token(value) == name


def test_the_parser_s_own_errors_stand_behind_the_value() -> None:
    body = located(b'{"n":{"a":1},"size":99999999999}', V7)
    error = parser_error(body, "n", JsonParse, "x")
    assert error.reason == 'x\n at [Source: (byte[])"{"n":{"a":1},"size":99999999999}"; line: 1, column: 7]'
    assert number_text(body, "size") == "99999999999"
    error = parser_error(located(b'{"size":1e400}', V8), "size", InputCoercion, "y")
    assert (error.type, (error.reason or "")[:8]) == ("x_content_parse_exception", "[1:14] y")
