"""Reading JSON. Evidence: recordings of 7.10.2, 7.17.29 and 8.19.21."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from esmock.errors import ApiError, IllegalArgument, JsonEOF, JsonParse, StreamConstraints
from esmock.xcontent.json_reader import jackson_for, parse, wrap_syntax
from esmock.xcontent.located import NO_TOKENS
from tests.unit.xcontent.recordings import recordings

V7, V717, V8 = (jackson_for(version) for version in ("7.10.2", "7.17.29", "8.19.21"))
STREAM_710 = "[Source: (org.elasticsearch.common.io.stream.InputStreamStreamInput); "


def failure(data: bytes, jackson: Any = V8, **more: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        parse(data, jackson=jackson, **more)
    return caught.value


def test_every_recorded_syntax_error_is_reproduced(shared_dir: Path) -> None:
    checked = 0
    for one in recordings(shared_dir):
        if "at [Source" not in one.response or "_bulk" in one.path or "_msearch" in one.path or not one.request:
            continue
        kind, reason = one.innermost()
        if kind not in ("json_parse_exception", "json_e_o_f_exception") or "Current token" in reason:
            continue
        label = "stream" if "_search" in one.path or "_count" in one.path else "bytes"
        error = failure(one.request, jackson_for(one.version), label=label, extra=lambda token, at: AssertionError(token))
        assert (error.type, error.reason) == (kind, reason), (one.case, one.version)
        checked += 1
    assert checked > 90


@pytest.mark.parametrize(
    ("data", "tree"),
    [
        (b'{"a":1,"b":[true,null,"x"]}', {"a": 1, "b": [True, None, "x"]}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'/* c */ {"a": // d\n 1}', {"a": 1}),
        (b'{"a":"\\ud83d"}', {"a": "\ud83d"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b'{"a":100000000000000000000000}', {"a": 10**23}),
        (b'{"a":[1e3,2.50,-0.0,1E400]}', {"a": [1000.0, 2.5, -0.0, float("inf")]}),
        (b'{"a":"\\":1","b":2}', {"a": '":1', "b": 2}),
        (b'{"a" : {"a" : 1}}', {"a": {"a": 1}}),
        (b"[]", []),
        (b'"x"', "x"),
        (b"12 ", 12),
        (b"null", None),
    ],
)
def test_what_elasticsearch_accepts_is_read(data: bytes, tree: Any) -> None:
    for jackson in (V7, V717, V8):
        assert parse(data, jackson=jackson) == tree


def test_integers_and_decimals_keep_their_kind() -> None:
    tree = parse(b'{"i":1,"d":1.0,"e":1e2,"big":18446744073709551616}', jackson=V8)
    assert [type(value) for value in tree.values()] == [int, float, float, int]
    assert tree["big"] == 18446744073709551616


@pytest.mark.parametrize("data", [b"", b"  \n", b"/* c */"])
def test_a_blank_text_has_no_token(data: bytes) -> None:
    assert parse(data, jackson=V8) is NO_TOKENS


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":2}', b'{"b":[{"a":1,"a":2}]}', b'{ "a" : 1 , "a" : 2 }', b'{"a":"\\":","a":2}']
)
def test_duplicate_names_are_refused_at_every_depth(data: bytes) -> None:
    error = failure(data)
    assert isinstance(error, JsonParse)
    assert (error.reason or "").startswith("Duplicate field 'a'\n at [Source: (byte[])")


def test_what_follows_the_body_is_looked_at_only_on_request() -> None:
    assert parse(b'{"a":1} {"b":2}', jackson=V8) == {"a": 1}
    error = failure(b'{"a":1}\n {"b":2}', extra=lambda token, at: IllegalArgument(f"{token} {at}"))
    assert error.reason == "START_OBJECT (2, 2)"


def test_a_syntax_error_behind_the_body_wins_over_extra_data() -> None:
    error = failure(b'{"size":0} x', V7, label="stream", extra=lambda token, at: IllegalArgument(token))
    assert error.reason == (
        "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n"
        f" at {STREAM_710}line: 1, column: 13]"
    )


@pytest.mark.parametrize(
    ("data", "old", "late_seven", "eight"),
    [
        (b'{"a":-.5}', "in numeric value: expected digit (0-9) to follow minus sign", "expected a valid value", "1, column: 7]"),
        (b'{"a":+1}', "column: 8]", "JSON spec does not allow numbers to have plus signs", "column: 7]"),
    ],
)
def test_versions_word_numbers_differently(data: bytes, old: str, late_seven: str, eight: str) -> None:
    assert old in str(failure(data, V7))
    assert late_seven in str(failure(data, V717))
    assert eight in str(failure(data, V8))


def test_7_17_names_the_source_by_its_class() -> None:
    assert str(failure(b"{q", V717, label="stream")).endswith(
        " at [Source: (org.elasticsearch.common.io.stream.ByteBufferStreamInput); line: 1, column: 3]"
    )
    assert str(failure(b"{q", V717)).endswith(" at [Source: (ByteArrayInputStream); line: 1, column: 3]")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":I\rx}', "Unrecognized token 'I': was expecting"),
        (b'{"a$\xc3c"', "Invalid UTF-8 middle byte 0x6124c363"),
        (b'{"a":\xc3x}', "Unrecognized token '\xc3x'"),
        (b'{"a\xc3":1}', "Unexpected end-of-input in field name"),
        (b'{"', "Unexpected end-of-input: was expecting closing '\"' for name"),
        (b'{"a":\x011}', "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is allowed between tokens"),
        (b'/*\x01*/{}', "Illegal character ((CTRL-CHAR, code 1))"),
        (b"{} /", "Unexpected end-of-input in a comment"),
        (b'{"a":-I', "Unexpected end-of-input in a Number value"),
        (b'{"a":-', "Unexpected end-of-input in FIELD_NAME"),
        (b'{\xf0\x9f\x98\x80', "Unexpected character ('\uf600' (code 62976 / 0xf600)): was expecting double-quote"),
    ],
)
def test_rare_errors_have_the_parser_s_own_quirks(data: bytes, reason: str) -> None:
    """Evidence: texts mutated at random and sent to 7.10.2, 7.17.29 and 8.19.21."""
    for jackson in (V7, V717, V8):
        assert str(failure(data, jackson, extra=lambda token, at: IllegalArgument(token))).startswith(reason)


def test_8_shows_control_characters_as_escapes_and_7_10_as_they_are() -> None:
    assert '(byte[])"{\\u0001\\u0009\\u007F\n"' in str(failure(b"{\x01\t\x7f\n", V8))
    assert '(byte[])"{\x01\t\x7f\n"' in str(failure(b"{\x01\t\x7f\n", V7))


def test_the_shown_source_ends_after_500_bytes() -> None:
    assert str(failure(b"{q" + b"x" * 600)).endswith('xxx"[truncated 102 bytes]; line: 1, column: 2]')


def test_8_limits_depth_and_length_of_numbers() -> None:
    deep = b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"
    error = failure(deep)
    assert isinstance(error, StreamConstraints)
    assert error.reason == (
        "Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)"
    )
    assert parse(deep, jackson=V7)["a"] != []
    error = failure(b'{"a":' + b"1" * 1001 + b"}")
    assert error.reason == (
        "Number value length (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNumberLength()`)"
    )


def test_8_wraps_syntax_errors_and_7_does_not() -> None:
    bare = failure(b"{q", V7)
    assert wrap_syntax(bare, V7) is bare
    wrapped = wrap_syntax(failure(b"{q"), V8)
    assert wrapped.type == "x_content_parse_exception"
    assert wrapped.reason == f"[1:2] {wrapped.cause.reason}"  # type: ignore[union-attr]
    ended = wrap_syntax(failure(b'{"query":'), V8)
    assert (ended.type, ended.reason) == ("x_content_e_o_f_exception", "[1:10] Unexpected end of file")
    assert isinstance(ended.cause, JsonEOF)
    assert wrap_syntax(failure(b'{"size":0,'), V8).type == "x_content_parse_exception"
