"""YAML, CBOR and SMILE. Evidence: mappings with a `_meta` object, asked of 7.10.2, 7.17.29 and 8.19.21 in every format."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esmock.errors import ApiError
from esmock.server import Server
from esmock.version import behaviour
from esmock.xcontent import formats
from esmock.xcontent.json_writer import F32, RawJson
from esmock.xcontent.located import NO_TOKENS
from tests.wire import Wire

OLD, NEW = behaviour("7.10.2"), behaviour("8.19.21")

META = {
    "big": 10**20,
    "- x": 3,
    "f": [1.5, 1e10, -3, 2147483648, "s", None, True, [], {}, [1, [2]], [{"k": 1, "l": [3]}]],
    "keys": [{"k1": 1}, {"k1": 2}],
    "a: b": 4,
    "true": 2,
    "é": 'é\U0001f600\t"',
    "n": 1,
    "~": 5,
    "long": "word " * 20,
}
ANSWER = {"xc-s": {"mappings": {"_meta": META}}}

YAML_OLD = r"""---
xc-s:
  mappings:
    _meta:
      big: 100000000000000000000
      "- x": 3
      f:
      - 1.5
      - 1.0E10
      - -3
      - 2147483648
      - "s"
      - null
      - true
      - []
      - {}
      - - 1
        - - 2
      - - k: 1
          l:
          - 3
      keys:
      - k1: 1
      - k1: 2
      'a: b': 4
      "true": 2
      é: "é\U0001f600\t\""
      n: 1
      ~: 5
      long: "word word word word word word word word word word word word word word\
        \ word word word word word word "
"""
CBOR_NEW = bytes.fromhex(
    "bf6478632d73bf686d617070696e6773bf655f6d657461bf63626967c249056bc75e2d63100000632d20780361669ffb"
    "3ff8000000000000fb4202a05f20000000221a800000006173f6f59fffbfff9f019f02ffff9fbf616b01616c9f03ffff"
    "ffff646b6579739fbf626b3101ffbf626b3102ffff64613a20620464747275650262c3a968c3a9f09f98800922616e01"
    "617e05646c6f6e677864776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f72"
    "6420776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f72642077"
    "6f726420776f726420776f726420ffffffff"
)
SMILE = bytes.fromhex(
    "3a290a05fa8378632d73fa876d617070696e6773fa845f6d657461fa826269672689025a787571354610000000822d20"
    "78c68066f829003f7c0000000000000029004201280b7200000000c525200000008040732123f8f9fafbf8c2f8c4f9f9"
    "f8fa806bc2806cf8c6f9fbf9f9836b657973f8fa816b31c2fbfa49c4fbf983613a2062c88374727565c4c0c3a986c3a9"
    "f09f98800922806ec2807eca836c6f6e67e0776f726420776f726420776f726420776f726420776f726420776f726420"
    "776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f726420776f72"
    "6420776f726420776f726420776f726420776f726420fcfbfbfbfb"
)


def test_yaml_of_7_10_is_reproduced() -> None:
    assert formats.dump(ANSWER, "yaml", OLD).decode() == YAML_OLD


def test_newer_yaml_quotes_more_keys_and_writes_emojis_as_they_are() -> None:
    newer = YAML_OLD.replace("\\U0001f600", "\U0001f600").replace("      n: 1", '      "n": 1')
    newer = newer.replace("      ~: 5", '      "~": 5')
    assert formats.dump(ANSWER, "yaml", NEW).decode() == newer


def test_cbor_is_reproduced() -> None:
    assert formats.dump(ANSWER, "cbor", NEW) == CBOR_NEW
    long_form = CBOR_NEW.replace(bytes.fromhex("221a80000000"), bytes.fromhex("221b0000000080000000"))
    assert formats.dump(ANSWER, "cbor", OLD) == long_form


def test_smile_is_reproduced_with_its_shared_names() -> None:
    for version in (OLD, NEW):
        assert formats.dump(ANSWER, "smile", version) == SMILE


@pytest.mark.parametrize("kind", ["yaml", "cbor", "smile"])
def test_what_is_written_is_read_again(kind: str) -> None:
    for version in (OLD, NEW):
        assert formats.load(formats.dump(ANSWER, kind, version), kind, version) == ANSWER


def test_32_bit_values_keep_their_width_in_binary() -> None:
    """Evidence: recording C130e of 7.10.2."""
    score = {"hits": {"max_score": F32(0.10000000149011612)}}
    assert base64.b64encode(formats.dump(score, "cbor", OLD)) == b"v2RoaXRzv2ltYXhfc2NvcmX6PczMzf//"
    assert formats.dump(score, "yaml", OLD) == b"---\nhits:\n  max_score: 0.1\n"
    assert formats.load(formats.dump(score, "smile", OLD), "smile", OLD) == score


def test_raw_sources_are_read_for_other_formats() -> None:
    assert formats.dump({"_source": RawJson(b'{ "a" : 1e3 }')}, "yaml", NEW) == b"---\n_source:\n  a: 1000.0\n"


def test_empty_answers_in_yaml() -> None:
    """Evidence: `GET /nope*/_mapping?format=yaml` and `_cat/indices/nope*?format=yaml` of 7.10.2 and 8.19.21."""
    assert formats.dump({}, "yaml", OLD) == b"--- {}\n"
    assert formats.dump([], "yaml", OLD) == b"--- []\n"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("x" * 127, "x" * 127 + ": 1"),
        ("x" * 128, "? " + "x" * 128 + "\n: 1"),
        ("'q", "'''q': 1"),
        ("c #", "'c #': 1"),
        ("c#", "c#: 1"),
        ("? x", "'? x': 1"),
        ("?x", "?x: 1"),
        ("=", "=: 1"),
        ("<<", "<<: 1"),
        ("\ttab", '"\\ttab": 1'),
        ("1.5", '"1.5": 1'),
        (".a", '".a": 1'),
        ("+a", '"+a": 1'),
        ("yEs", "yEs: 1"),
        ("off", '"off": 1'),
        (" lead", "' lead': 1"),
        ("\\", "\\: 1"),
    ],
)
def test_keys_are_quoted_as_the_real_writers_quote_them(key: str, written: str) -> None:
    for version in (OLD, NEW):
        assert formats.dump({key: 1}, "yaml", version).decode() == f"---\n{written}\n"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a: 1\nb: [x, 1.5, ~, true]\n", {"a": 1, "b": ["x", 1.5, None, True]}),
        ("---\na: yes\nb: 0x1F\nc: 2020-01-01\nd: 1_000\n", {"a": "yes", "b": "0x1F", "c": "2020-01-01", "d": 1000}),
        ("a: &x 1\nb: *x\n", {"a": 1, "b": "x"}),
        ('a: "1"\nb: .inf\nc:\n', {"a": "1", "b": math.inf, "c": None}),
        ("a: 1\n---\nb: 2\n", {"a": 1}),
        ("", NO_TOKENS),
    ],
)
def test_yaml_scalars_are_resolved_as_jackson_resolves_them(text: str, tree: Any) -> None:
    result = formats.load(text.encode(), "yaml", NEW)
    assert result is tree if tree is NO_TOKENS else result == tree


def chain(data: bytes, kind: str, version: Any = OLD) -> list[tuple[str, str | None]]:
    with pytest.raises(ApiError) as caught:
        formats.load(data, kind, version, label="stream")
    return [(one.type, one.reason) for one in caught.value.chain()]


STREAM = "[Source: (org.elasticsearch.common.io.stream.InputStreamStreamInput); line: "


def test_yaml_errors_have_snakeyaml_s_words_and_marks() -> None:
    text = (
        "while scanning a quoted scalar\n in 'reader', line 1, column 4:\n    a: \"x\n       ^\n"
        "found unexpected end of stream\n in 'reader', line 1, column 6:\n    a: \"x\n         ^\n"
    )
    assert chain(b'a: "x', "yaml") == [
        ("marked_y_a_m_l_exception", f"{text}\n at {STREAM}1, column: 2]"),
        ("scanner_exception", text),
    ]
    text = (
        "while scanning for the next token\nfound character '\\t(TAB)' that cannot start any token. "
        "(Do not use \\t(TAB) for indentation)\n in 'reader', line 1, column 1:\n    \ta: 1\n    ^\n"
    )
    assert chain(b"\ta: 1", "yaml") == [
        ("marked_y_a_m_l_exception", f"{text}\n at {STREAM}1, column: 1]"),
        ("scanner_exception", text),
    ]


def test_duplicate_yaml_keys_are_refused() -> None:
    source = '[Source: (byte[])"a: 1\na: 2"; line: 2, column: 2]'
    assert chain(b"a: 1\na: 2", "yaml", NEW) == [
        ("x_content_parse_exception", f"[2:2] Duplicate field 'a'\n at {source}"),
        ("json_parse_exception", f"Duplicate field 'a'\n at {source}"),
    ]


@pytest.mark.parametrize(
    ("kind", "data", "error", "reason"),
    [
        ("cbor", b"\xff", "json_parse_exception", "Unexpected Break (0xFF) token in Root context\n at {}1]"),
        ("cbor", b"\xa1aa\x1c", "json_parse_exception", "Invalid CBOR value token (first byte): 0x1c\n at {}4]"),
        ("cbor", b"\xa1a\xff\x01", "json_parse_exception", "Invalid byte ff in Object name\n at {}3]"),
        ("cbor", b"\xa1a", "json_parse_exception", "Needed to read 1 bytes, missed 1 before end-of-input\n at {}2]"),
        (
            "smile",
            b":)\n\x05\xfaA\xc2\xfb",
            "json_parse_exception",
            "Invalid shared name reference 1; only got 0 names in buffer (invalid content)\n at {}6]",
        ),
        (
            "smile",
            b":)\n\x05\xfb",
            "json_parse_exception",
            "Invalid type marker byte 0xFB in value mode (would be END_OBJECT in key mode)\n at {}5]",
        ),
        ("smile", b":)", "json_e_o_f_exception", "Unexpected end-of-input in null\n at {}2]"),
    ],
)
def test_binary_errors_of_7_10_count_bytes(kind: str, data: bytes, error: str, reason: str) -> None:
    assert chain(data, kind) == [(error, reason.format(STREAM + "-1, column: "))]


TREES = st.dictionaries(
    st.text(max_size=70),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.floats(allow_nan=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=90),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=10,
    ),
    max_size=5,
)


@given(TREES)
def test_binary_formats_keep_every_tree(tree: Any) -> None:
    for kind in ("smile", "cbor"):
        assert formats.load(formats.dump(tree, kind, NEW), kind, NEW) == tree


BINARY_PLACES = [
    ("a16473697a658100", "Unknown key for a START_ARRAY in [size].", None),
    ("a1657175657279a164626f6f6ca1646d757374a163666f6fa0", "[-1:24] [bool] failed to parse field [must]", "unknown query [foo]"),
    (
        "a16461676773a16161a1657465726d73a2656669656c6461786473697a6563666f6f",
        "[-1:30] [terms] failed to parse field [size]",
        'For input string: "foo"',
    ),
    (
        "a16473697a651b000000174876e7ff",
        "Numeric value (99999999999) out of range of int\n at [Source: "
        "(org.elasticsearch.common.io.stream.InputStreamStreamInput); line: -1, column: 15]",
        None,
    ),
]


@pytest.mark.parametrize(("body", "reason", "cause"), BINARY_PLACES)
def test_places_in_cbor_are_offsets(body: str, reason: str, cause: str | None) -> None:
    """Evidence: the same searches sent to 7.10.2."""
    wire = Wire(Server(version="7.10.2"))
    status, _, answer = wire.request("POST", "/_search", [("content-type", "application/cbor"), ("accept", "application/json")], bytes.fromhex(body))
    error = json.loads(answer)["error"]
    assert (status, error["reason"], error.get("caused_by", {}).get("reason")) == (400, reason, cause)
    assert "line" not in error
