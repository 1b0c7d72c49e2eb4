"""Warning headers.

Source: headers of real servers (7.10.2, 6.8.23); escaping rules of the server.
"""

from __future__ import annotations

import pytest

from esmock.conformance.dialect import E5, E8, E9
from esmock.conformance.header_warnings import Announced, escape, message, problems

HASH = "747e1cc71def077253878a59143c1f785afa92b9"


def header(text: str, tail: str = "") -> str:
    return f'299 Elasticsearch-7.10.2-{HASH} "{text}"{tail}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (header("old"), "old"),
        (header("old", ' "Mon, 25 Feb 2019 10:27:43 GMT"'), "old"),
        (header("[terms_lookup][1:84] Deprecated field [type] used"), "Deprecated field [type] used"),
        (header("[a] b"), "[a] b"),
        (header(r"say \"x\""), r"say \"x\""),
        ('299 Elasticsearch-8.0.0-rc2-SNAPSHOT-unknown "x"', "x"),
        ('299 Elasticsearch-6.8.23-4f67856 "x"', "x"),
        ("old", None),
        ('299 Elasticsearch-7.10-4f67856 "x"', None),
        ('299 Elasticsearch-7.10.2-4f6785 "x"', None),
        ('299 OpenSearch-3.8.0-4f67856 "x"', None),
        ('199 Elasticsearch-7.10.2-4f67856 "x"', None),
        (header("old", ' "yesterday"'), 'old" "yesterday'),  # no date: the text ends at the last quote
    ],
)
def test_the_text_of_a_header(value: str, expected: str | None) -> None:
    assert message(value) == expected


def test_messages_are_escaped_as_the_server_does() -> None:
    assert escape(r'a "b" \ 5% é ü 漢') == r"a \"b\" \\ 5%25 é ü %E6%BC%A2"


def test_announced_messages_are_compared_in_escaped_form() -> None:
    assert problems([header(r"say \"x\" 5%25")], Announced(expected=('say "x" 5%',)), E9) == []


def test_what_is_wrong_is_said() -> None:
    announced = Announced(expected=("a",), expected_regexes=("b.*",), allowed=("c",), allowed_regexes=("d.*",))
    assert problems([header(text) for text in ("a", "bb", "c", "c", "dd", "d")], announced, E9) == []
    assert problems([header("a"), header("a"), header("e"), "junk"], announced, E9) == [
        "unexpected warning: a",
        "unexpected warning: e",
        "malformed warning header: junk",
        "missing warning that matches /b.*/",
    ]
    assert problems([], Announced(expected=("a",)), E9) == ["missing warning: a"]


def test_the_oldest_era_compares_headers_as_they_are() -> None:
    assert problems(["plain text"], Announced(expected=("plain text",)), E5) == []
    assert problems([header("x")], Announced(expected=("x",)), E5) != []


def test_legacy_templates_need_no_announcement_since_8() -> None:
    text = header("Legacy index templates are deprecated in favor of composable templates.")
    assert problems([text], Announced(), E8) == []
