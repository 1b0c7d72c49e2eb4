"""Markdown pages, and AsciiDoc pages whose line ends were lost.

Source: pages of the 9.x documentation (Markdown); a page of the 7.0 reference that was handed over as one line.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from esmock.conformance.snippets.convert import Conversion, convert
from esmock.conformance.snippets.era import ERAS, detect
from esmock.conformance.snippets.setups import Block, Setups

SETUPS = Setups({"started": Block("  - do:\n      indices.refresh: {}\n", "setups.yml", 1)})


def converted(path: str, page: str) -> Conversion:
    return convert(path, dedent(page).lstrip("\n"), setups=SETUPS, strict=True)


def steps(found: Conversion) -> list[str]:
    """The YAML without the headers and the names of tests, blanks squeezed."""
    rows = [" ".join(row.split()) for section in found.sections for row in section.yaml().splitlines()[2:]]
    header = {"- skip:", "features:", "- xpack"} | {f"- {word}" for word in ["default_shards", "warnings"]}
    return [row for row in rows if row and row not in header and not row.startswith("- stash_")]


@pytest.mark.parametrize(
    ("path", "text", "era"),
    [
        ("a.md", "", "E9"),
        ("a.mdx", "", "E8"),
        ("a.asciidoc", "[source,console]\n----\nGET /\n----\n", "E8"),
        ("a.asciidoc", "[source,js]\n----\nGET /\n----\n// CONSOLE\n", "E7"),
        ("a.asciidoc", '[testenv="basic"]\n', "E7"),
    ],
)
def test_the_era_follows_from_suffix_and_spelling(path: str, text: str, era: str) -> None:
    assert detect(path, text) is ERAS[era]


def test_a_markdown_fence_in_a_list_is_moved_to_the_left() -> None:
    found = converted(
        "page.md",
        """
        1. First:

            ```console
            PUT /plants/_doc/1
            {
              "label": "Fern" <1>
            }
            ```

            %  TEST[skip_shard_failures]
            1. a label
        """,
    )
    assert steps(found) == [
        "- do:",
        "raw:",
        "method: PUT",
        'path: "plants/_doc/1"',
        "body: |",
        "{",
        '"label": "Fern"',
        "}",
    ]
    assert found.sections[0].name == "line_3"


@pytest.mark.parametrize(
    "mark",
    ["% {}", "// {}", "<!-- {} -->", "{{/* {} */}}", "  %{}"],
    ids=["percent", "slashes", "html", "mdx", "indented"],
)
def test_markdown_takes_directives_in_every_kind_of_comment(mark: str) -> None:
    page = f"```console\nGET /nope\n```\n\n{mark.format('TEST[catch:missing setup:started]')}\n"
    assert steps(converted("page.md", page)) == [
        "# Named setup started",
        "- do:",
        "indices.refresh: {}",
        "- do:",
        "catch: missing",
        "raw:",
        "method: GET",
        'path: "nope"',
        "- is_false: _shards.failures",
    ]


def test_a_markdown_response_is_compared_with_the_request_above() -> None:
    found = converted(
        "page.md",
        """
        ```console
        GET /
        ```
        ```console-result
        { "tagline": "x" }
        ```
        % TESTRESPONSE[s/"x"/$body.$_path/]
        """,
    )
    assert steps(found)[-3:] == ["- match:", "$body:", '{ "tagline": $body.$_path }']


def test_other_markdown_fences_are_left_alone() -> None:
    found = converted(
        "page.md", "```json\n{}\n```\n\n```\nplain\n```\n\n~~~js\nGET /\n~~~\n\n````console\nGET /\n```\n````\n"
    )
    assert [section.name for section in found.sections] == ["line_13"]
    assert found.errors == ()


LINES = """
[testenv="basic"]
=== Stop

Text with `code`:

[source,js]
--------------------------------------------------
POST _rollup/job/sensor/_stop
--------------------------------------------------
// CONSOLE
// TEST[setup:started]

It answers:

[source,js]
----
{
  "stopped": true
}
----
// TESTRESPONSE

Several:

[source,js]
----
PUT /a?refresh
{ "s": "GET /no { [", "n": [ { "x": 1 } ] }

# a comment
POST /_bulk
{ "index": {} }
{ "x": 1 }
GET /a/_search
----
// CONSOLE
// TEST[catch:/no [a-z] such/ s/PUT/POST/]
// TEST[s/\\[1\\]/[2]/]

End of it.
"""


def test_a_page_without_line_ends_becomes_the_same_steps() -> None:
    flat = " ".join(LINES.split())
    found = converted("page.txt", flat)
    whole = converted("page.asciidoc", LINES)

    def compact(rows: list[str]) -> str:
        return " ".join(rows).replace("{ ", "{").replace(" }", "}").replace("# a comment ", "")

    assert compact(steps(found)) == compact(steps(whole))
    assert [flat[int(section.name.removeprefix("column_")) - 1 :][:4] for section in found.sections] == ["----", "----"]


def test_an_error_in_a_page_without_line_ends_names_the_column() -> None:
    flat = "Text [source,console] ---- GET /a ---- // TEST[wrong] more"
    found = convert("page.txt", flat)
    assert [(error.line, error.column, flat[error.column - 1 :][:7]) for error in found.errors] == [(1, 40, "// TEST")]
    assert str(found.errors[0]).startswith("page.txt:1:40: TEST, column 9: unknown option [wrong]")
