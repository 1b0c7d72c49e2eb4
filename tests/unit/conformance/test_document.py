"""YAML as the Java runner reads it.

Source: behaviour of SnakeYAML and Jackson, compared with PyYAML.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from esmock.conformance import document
from esmock.conformance.document import Mapping, Scalar
from esmock.conformance.place import LoadError


def value(source: str) -> Any:
    (node,) = document.parse(source, "f.yml")
    return document.value(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("0", 0),
        ("0123", 83),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("08", "08"),
        ("123456789012345678901", 123456789012345678901),
        ("1.0", 1.0),
        ("1e5", 1e5),
        ("1.0E10", 1e10),
        ("1.5e3", 1500.0),
        ("1.", 1.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("12:30:45", "12:30:45"),
        ("190:20:30.15", "190:20:30.15"),
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
        ("7.10.2", "7.10.2"),
        ("yes", True),
        ("Off", False),
        ("TRUE", True),
        ("y", "y"),
        ("tRue", "tRue"),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("=", "="),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("_", "_"),
        ("0x_", "0x_"),
    ],
)
def test_scalars_are_typed_like_java(text: str, expected: Any) -> None:
    found = value(f"k: {text}\n")["k"]
    assert found == expected
    assert type(found) is type(expected)


def test_nan_is_a_float() -> None:
    assert math.isnan(value("k: .NaN\n")["k"])


def test_an_empty_value_is_null_and_a_block_is_text() -> None:
    assert value("a:\nb: |\n  1\nc: >\n  x\n  y\n") == {"a": None, "b": "1\n", "c": "x y\n"}


def test_keys_are_text() -> None:
    assert value("{1: a, true: b, 2020-01-01: c, 0.5: d, <<: e, ~: f}") == {
        "1": "a",
        "true": "b",
        "2020-01-01": "c",
        "0.5": "d",
        "<<": "e",
        "~": "f",
    }


def test_the_spelling_is_kept_beside_the_value() -> None:
    (node,) = document.parse("k: 1.0\n", "f.yml", first_line=10)
    assert isinstance(node, Mapping)
    scalar = node.entries[0].node
    assert isinstance(scalar, Scalar)
    assert (scalar.text, scalar.value, str(scalar.at)) == ("1.0", 1.0, "f.yml:10")


def test_documents_follow_each_other() -> None:
    assert [document.value(node) for node in document.parse("---\na: 1\n---\nb: 2\n", "f.yml")] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yml:3: duplicate key [a]"),
        ("a: {b: 1, b: 1}\n", "f.yml:1: duplicate key [b]"),
        ("a: &x 1\n", "f.yml:1: anchors and aliases are not part of the test format"),
        ("a: !!str 1\n", "f.yml:1: the tag [tag:yaml.org,2002:str] is not part of the test format"),
        ("? [a]\n: 1\n", "f.yml:1: a key must be a scalar"),
        ("a: 1\n b: 2\n", "f.yml:2: not YAML: mapping values are not allowed here"),
    ],
)
def test_what_the_format_forbids_has_a_place(source: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        document.parse(source, "f.yml")
    assert str(caught.value) == message
