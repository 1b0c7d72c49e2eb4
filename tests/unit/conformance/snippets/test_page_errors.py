"""Pages that cannot be read: what is said, and at which line; and pages that only look wrong.

Source: the documentation build of Elasticsearch 7.x and 8.13.
"""

from __future__ import annotations

import pytest

from esmock.conformance.snippets.convert import convert
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.page import PageError
from esmock.conformance.snippets.setups import Block, Setups

GARDEN = Setups({"garden": Block("  - do:\n      indices.refresh: {}\n", "setups.yml", 1)})
ONE = "[source,console]\n----\nGET /\n----\n"


def error_of(page: str, era: str = "E8", path: str = "page.asciidoc") -> tuple[int, str]:
    with pytest.raises(PageError) as caught:
        convert(path, page, era=ERAS[era], setups=GARDEN, strict=True)
    return caught.value.line, caught.value.message


def directive(text: str) -> str:
    return f"{ONE}// TEST[{text}]\n"


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        (
            '[source,console]\n----\nPUT /x\n{ "a": 1,\n\n  "b": 2 }\n----\n',
            6,
            'found [  "b": 2 }] after a blank line: a body may not hold blank lines; expected a request',
        ),
        (
            "----\nGET /\n----\n",
            1,
            "a block without a language: expected [source,language] on the line before (or a language after the fence)",
        ),
        (
            "[source,console]\n----\n\nGET /\n----\n",
            3,
            "a blank line at the start of the block: expected a request such as GET /index/_search",
        ),
        (directive("setup:meadow"), 2, "unknown setup [meadow]: expected one of garden"),
        (directive("continued"), 2, "continued on the first test of the page: expected a test above it"),
        (
            "[source,sh]\n----\nls\n----\n// NOTCONSOLE\n",
            2,
            "NOTCONSOLE on a shell block without curl: it is needless there",
        ),
        (
            f"{ONE}\n// TEST[continued]\n",
            6,
            "TEST without a block: expected it directly under the closing delimiter of a code block "
            "(no blank line between)",
        ),
        ("[source,json]\n----\n{}\n----\n", 2, "the language [json]: expected js"),
        ("[source,javascript]\n----\n{}\n----\n", 2, "the language [javascript]: expected js"),
        (directive("s/GET/$y/"), 5, "bad replacement in s/GET/$y/: illegal group reference"),
        (
            '[source,console]\n----\nPUT /x\n{ "a": """b }\n----\n',
            4,
            '""" is never closed: expected another """',
        ),
        (
            "[source,js]\n----\nGET /\n----\n// CONSOLE\n// NOTCONSOLE\n",
            6,
            "NOTCONSOLE on a block that already has CONSOLE: expected one of them, once",
        ),
        (
            "[source,js]\n----\n{}\n----\n// NOTCONSOLE\n// NOTCONSOLE\n",
            6,
            "NOTCONSOLE on a block that already has NOTCONSOLE: expected one of them, once",
        ),
        (
            '[source,console]\n----\n{ "a": 1 }\n----\n',
            3,
            'found [{ "a": 1 }]: expected a request such as GET /index/_search',
        ),
        (
            '[source,console]\n----\nPUT /x\n# with a body\n{ "a": 1 }\n----\n',
            5,
            'found [{ "a": 1 }] after a comment: a comment between request line and body cuts the body off',
        ),
        (
            f"{ONE}\n{ONE}// TESTSETUP\n",
            7,
            "TESTSETUP after another test: expected it on the page's first tested block",
        ),
        (
            f"{ONE}\n{ONE}// TEARDOWN\n",
            7,
            "TEARDOWN after a test: expected it first on the page, or directly after TESTSETUP",
        ),
        (
            "[source,js]\n----\nGET /\n----\n// CONSOLE\n",
            2,
            "js with CONSOLE is the old spelling: expected the language console",
        ),
        (
            "[source,console-result]\n----\n{}\n----\n",
            2,
            "a response before any test: expected a request block above it",
        ),
        (
            f"{ONE}// TESTSETUP\n\n[source,console-result]\n----\n{{}}\n----\n",
            8,
            "a response before any test: expected a request block above it",
        ),
        (
            "[source,console,id=x]\n----\nGET /\n----\n\n[source,console,id=x]\n----\nGET /\n----\n",
            7,
            "two tests named [x]: expected ids to be unique on the page",
        ),
        (
            f"{ONE}// TESTSETUP\n\n{ONE}// TEST[continued]\n",
            8,
            "continued directly after TESTSETUP: expected a test above it",
        ),
        (f"{ONE}\n{ONE}// TEST[continued skip:no]\n", 7, "continued together with skip: expected one of them"),
        ("[source,console]\n----\n----\n", 2, "the block is empty: expected a request such as GET /index/_search"),
        ("[source,console]\n----\n#\nGET /\n----\n", 3, "a line with nothing but #: expected a comment after it"),
        (directive("s/(/x/"), 5, None),
        ("// TESTSETUP\n", 1, None),
    ],
)
def test_a_malformed_page_is_an_error_with_its_line(page: str, line: int, message: str | None) -> None:
    found = error_of(page)
    assert found[0] == line
    assert message is None or found[1] == message


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("foo", "TEST, column 9: unknown option [foo]; expected catch:NAME or catch:/regex/, s/pattern/replacement/,"),
        (
            "continued  skip_shard_failures",
            "TEST, column 19: options are separated by one space, found more before [skip_shard_failures]; expected",
        ),
        (
            "setup:garden, setup:b",
            "TEST, column 9: an empty name in [setup:garden,]: expected names separated by a comma",
        ),
        ("continued,skip:x", "TEST, column 18: options are not separated by commas, found [,skip:x]; expected"),
        ("s/a/b", "TEST, column 9: unfinished substitution [s/a/b]; expected s/pattern/replacement/"),
    ],
)
def test_options_must_tile_the_bracket(options: str, complaint: str) -> None:
    line, message = error_of(directive(options))
    assert line in (2, 5)
    assert message.startswith(complaint)


def test_two_blocks_without_a_line_between_are_an_error() -> None:
    line, message = error_of(f"{ONE}{ONE}")
    assert line == 8
    assert message.startswith("a block without a language")


def test_an_empty_bracket_is_an_error_in_mdx_and_an_ordinary_line_in_asciidoc() -> None:
    assert error_of("```console\nGET /\n```\n{/* TEST[] */}\n", path="page.mdx") == (
        4,
        "TEST[] is empty: expected options between the brackets, or none",
    )
    assert "GET" in convert("page.asciidoc", directive("")).yaml()


def test_the_old_autosense_is_an_error() -> None:
    assert error_of("[source,js]\n----\nGET /\n----\n// AUTOSENSE\n", "E7") == (5, "AUTOSENSE was replaced by CONSOLE")


def test_a_response_that_is_no_json_is_an_error_in_7_x() -> None:
    page = f'{ONE}\n[source,console-result]\n----\n{{\n  "a": 1\n  ...\n}}\n----\n// TESTRESPONSE[s/x/y/]\n'
    line, message = error_of(page, "E7")
    assert line == 10
    assert message.startswith("the response is not JSON")


def test_an_unmarked_js_block_is_unconverted_but_no_error() -> None:
    found = convert("page.asciidoc", '[source,js]\n----\n{ "a": 1 }\n----\n', era=ERAS["E8"])
    assert (found.unconverted, found.errors, found.yaml()) == ((2,), (), "")


def test_an_unfinished_directive_word_is_an_ordinary_line_and_the_test_runs() -> None:
    found = convert("page.asciidoc", f"{ONE}// TEST [skip:x]\n", era=ERAS["E8"], strict=True)
    assert [section.skip for section in found.sections] == [None]


def test_a_warning_swallows_the_rest_of_its_line() -> None:
    found = convert("page.asciidoc", directive("warning:abc continued"), era=ERAS["E8"], strict=True)
    assert '         - "abc continued"\n' in found.yaml()


def test_a_substitution_that_matches_nothing_is_a_note() -> None:
    found = convert("page.asciidoc", directive("s/nowhere/x/"), era=ERAS["E8"], strict=True)
    assert [str(note) for note in found.notes] == [
        "page.asciidoc:5: s/nowhere/x/ matches nothing in the block of line 2"
    ]


def test_a_catch_that_nothing_takes_is_a_note() -> None:
    page = "[source,console]\n----\nGET /nope\n# not there\n----\n// TEST[catch:missing]\n"
    found = convert("page.asciidoc", page, era=ERAS["E8"], strict=True)
    assert [str(note) for note in found.notes] == [
        "page.asciidoc:2: no request takes catch:missing: a comment or steps end the block"
    ]


def test_a_wrong_block_voids_its_own_test_and_no_other() -> None:
    page = f"{ONE}// TEST[foo]\n\n{ONE}\n[source,console-result]\n----\n{{}}\n----\n// TESTRESPONSE[bar]\n\n{ONE}"
    found = convert("page.asciidoc", page, era=ERAS["E8"])
    assert [(section.name, [error.line for error in section.errors]) for section in found.sections] == [
        ("line_2", [5]),
        ("line_8", [16]),
        ("line_19", []),
    ]


def test_an_error_in_a_substituted_request_is_reported_at_the_line_it_came_from() -> None:
    page = "[source,console]\n----\nGET /a\n\nGET /b\n----\n// TEST[s/GET .b/nonsense/]\n"
    assert error_of(page)[0] == 5
