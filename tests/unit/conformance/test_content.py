"""Bodies on the wire.

Source: behaviour of the Java runner's client; content types of Elasticsearch.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance import content
from esmock.conformance.content import ContentError


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", "json"),
        ("application/json; charset=UTF-8", "json"),
        ("application/vnd.elasticsearch+json;compatible-with=8", "json"),
        ("Application/YAML", "yaml"),
        ("application/cbor", "cbor"),
        ("application/smile", "smile"),
        ("text/plain", None),
        ("application/vnd.mapbox-vector-tile", None),
        ("", None),
        (None, None),
    ],
)
def test_formats(content_type: str | None, expected: str | None) -> None:
    assert content.format_of(content_type) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n", []),
        ('{"a": 1}', [{"a": 1}]),
        ('{"a": 1}\n{"b": 2.0}\n', [{"a": 1}, {"b": 2.0}]),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('// x\n{"a": /* y { */ "// no /* comment"} // z', [{"a": "// no /* comment"}]),
        ('{"a": "\\"// x"}', [{"a": '"// x'}]),
    ],
)
def test_a_text_is_a_stream_of_objects(text: str, expected: list[Any]) -> None:
    assert content.json_stream(text) == expected


@pytest.mark.parametrize("text", ["1", "[]", "{", '{"a": 1, "a": 1}', "{a: 1}", "{} x", '{"a": NaN}', '{"a": 1,}'])
def test_what_is_no_stream_of_objects(text: str) -> None:
    with pytest.raises(ContentError):
        content.json_stream(text)


def test_bodies_are_written_alone_or_as_lines() -> None:
    assert content.write([{"a": "é", "b": [1, 1.0, None]}]) == '{"a":"é","b":[1,1.0,null]}'.encode()
    assert content.write([{"a": 1}, {}]) == b'{"a":1}\n{}\n'
    with pytest.raises(ContentError):
        content.write([{}, {}], "yaml")
    with pytest.raises(ContentError):
        content.write([{}], "smile")


def test_integers_and_doubles_stay_apart() -> None:
    found = content.parse(b'{"a": 1, "b": 1.0, "c": 1E2, "d": 123456789012345678901}', "json")
    assert [type(value) for value in found.values()] == [int, float, float, int]


@pytest.mark.parametrize("body", [b"1", b'"x"', b"{", b'{"a":1,"a":2}', b"{} {}", b"\xff", b"Infinity"])
def test_a_malformed_answer_is_refused(body: bytes) -> None:
    with pytest.raises(ContentError):
        content.parse(body, "json")
    with pytest.raises(ContentError):
        content.parse(b"{}", "smile")
