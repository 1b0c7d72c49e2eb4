"""Writing JSON. Evidence: recordings of 7.10.2 and 8.19.21 (C129, C130, N1 to N5, V3, V5)."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esmock.xcontent.java_number import java_double
from esmock.xcontent.json_writer import BEFORE_JDK_19, F32, RawJson, dumps, dumps_pretty
from tests.unit.xcontent.recordings import recordings

SOURCE = (
    b'{ "a" : [ 1.0, 1e3 ,2.50,1E400, 100000000000000000000000, 1e10, 0.0001, 1E-7, -0.0, 1.10 ,'
    b'"\\u00e9\\/\\u0001\\t\\u007f\\u2028\\ud83d\\ude00" ],\n "b":{ } , "c":[ ],"n":null, "y":true}'
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": [True, None]}, '{"a":1,"b":[true,null]}'),
        ([1e10, 0.001, 1e-4, 1e7, 123.0], "[1.0E10,0.001,1.0E-4,1.0E7,123.0]"),
        ([12345678.0, 9.007199254740992e15, 0.1], "[1.2345678E7,9.007199254740992E15,0.1]"),
        ({"x": 1e10, "y": [1e-5], "z": -1e300}, '{"x":1.0E10,"y":[1.0E-5],"z":-1.0E300}'),
        ("1e10,:1e10,", '"1e10,:1e10,"'),
        (['a":1e10,"b', 1e10], '["a\\":1e10,\\"b",1.0E10]'),
        ({"a:1e10,": 1}, '{"a:1e10,":1}'),
        (["\\", 1e10, '\\"', 1e10], '["\\\\",1.0E10,"\\\\\\"",1.0E10]'),
        ([math.nan, math.inf, -math.inf, None], '["NaN","Infinity","-Infinity",null]'),
        ("\x01\x1f\n\\u001f", '"\\u0001\\u001F\\n\\\\u001f"'),
        ("é/\x7f\u2028", '"é/\x7f\u2028"'),
        ({"\U0001f600": "\U0001f600"}, '{"\\uD83D\\uDE00":"\\uD83D\\uDE00"}'),
        ("\ud83d", '"\\uD83D"'),
        (10**23, "100000000000000000000000"),
        ([F32(0.10000000149011612), F32(12345678.0), F32(math.nan)], '[0.1,1.2345678E7,"NaN"]'),
        (b"abc", '"YWJj"'),
        ((1, (2,)), "[1,[2]]"),
        (1e10, "1.0E10"),
        (0.5, "0.5"),
        ({}, "{}"),
    ],
)
def test_compact_output_is_what_elasticsearch_writes(value: Any, text: str) -> None:
    assert dumps(value) == text.encode()


def test_numpy_scalars_keep_their_width() -> None:
    values = [numpy.float32(0.1), numpy.float64(0.1), numpy.int64(4), numpy.float64(1e10), numpy.float64(math.inf)]
    assert dumps(values) == b'[0.1,0.1,4,1.0E10,"Infinity"]'
    assert dumps_pretty([numpy.float32(0.1)]) == b"[\n  0.1\n]\n"


def test_raw_sources_are_copied_byte_for_byte() -> None:
    assert dumps({"_source": RawJson(SOURCE)}) == b'{"_source":' + SOURCE + b"}"
    assert dumps([RawJson(b"1e3"), 1e10, RawJson(b"[ ]"), math.nan]) == b'[1e3,1.0E10,[ ],"NaN"]'


def test_under_pretty_raw_sources_are_read_and_written_anew() -> None:
    assert dumps_pretty({"_source": RawJson(SOURCE)}).decode() == (
        '{\n  "_source" : {\n    "a" : [\n      1.0,\n      1000.0,\n      2.5,\n      "Infinity",\n'
        "      100000000000000000000000,\n      1.0E10,\n      1.0E-4,\n      1.0E-7,\n      -0.0,\n      1.1,\n"
        '      "é/\\u0001\\t\x7f\u2028\\uD83D\\uDE00"\n    ],\n    "b" : { },\n    "c" : [ ],\n    "n" : null,\n'
        '    "y" : true\n  }\n}\n'
    )


def test_pretty_empties_keep_a_blank_and_end_with_a_newline() -> None:
    assert dumps_pretty({}) == b"{ }\n"
    assert dumps_pretty({"a": [], "b": {}}) == b'{\n  "a" : [ ],\n  "b" : { }\n}\n'


def test_older_javas_print_more_digits() -> None:
    values = [2e23, F32(9007199254740992.0), {"a": 1.5}]
    assert dumps(values, BEFORE_JDK_19) == b'[1.9999999999999998E23,9.0071993E15,{"a":1.5}]'
    assert dumps_pretty(2e23, BEFORE_JDK_19) == b"1.9999999999999998E23\n"


def test_recorded_answers_come_out_again(shared_dir: Path) -> None:
    """Every recorded JSON answer, read by the standard library, is written as it was."""
    checked = 0
    for one in recordings(shared_dir):
        text = one.response
        if not text.startswith(("{", "[")) or "_source" in one.path:
            continue
        try:
            tree = json.loads(text)
        except ValueError:
            continue
        written = dumps_pretty(tree) if text.endswith("\n") else dumps(tree)
        if "_source" in text and written.decode() != text:
            continue
        assert written.decode() == text, one.case
        checked += 1
    assert checked > 2000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_both_layouts_read_back_as_the_value(value: Any) -> None:
    assert json.loads(dumps(value)) == value
    assert json.loads(dumps_pretty(value)) == value


@given(st.integers(0, 2**64 - 1))
def test_every_double_has_java_s_form_wherever_it_stands(bits: int) -> None:
    value = struct.unpack("d", struct.pack("Q", bits))[0]
    text = java_double(value)
    expected = f'"{text}"' if text[-1] in "Ny" else text
    assert dumps([value, {"a": value}, ":1e10,"]) == f'[{expected},{{"a":{expected}}},":1e10,"]'.encode()
