"""What pages of other times are read as.

Source: the documentation builds of 5.0.0-alpha6, 7.x and 8.13; of 6.x only what its guide for authors says.
"""

from __future__ import annotations

import pytest

from esmock.conformance.snippets.convert import convert
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.page import PageError
from esmock.conformance.snippets.setups import Block, Setups

SETUPS = Setups({name: Block(f"  - do:\n      {name}: {{}}\n", "setups.yml", 1) for name in ("a", "b")})


def steps(page: str, era: str) -> list[str]:
    found = convert("page.asciidoc", page, era=ERAS[era], setups=SETUPS, strict=True)
    return [row.text for section in found.sections for row in section.rows]


def block(directive: str = "", request: str = "GET /", console: str = "// CONSOLE\n") -> str:
    return f"[source,js]\n----\n{request}\n----\n{console}{directive}"


def test_5_x_writes_no_header_and_a_skip_step_of_its_own() -> None:
    assert steps(block(), "E5")[0] == "  - do:"
    assert steps(block("// TEST[skip:too slow]\n"), "E5")[:4] == [
        "  - skip:",
        "      features: always_skip",
        "      reason: too slow",
        "  - do:",
    ]


@pytest.mark.parametrize(
    ("era", "path"),
    [("E5", "<l-{now/d}>/x"), ("E7", "%3Cl-%7Bnow/d%7D%3E/x"), ("E8", "%3Cl-{now/d}%3E/x")],
)
def test_each_time_encodes_other_characters_of_a_path(era: str, path: str) -> None:
    page = block(request="GET /<l-{now/d}>/x", console="// TEST\n")
    assert f'        path: "{path}"' in steps(page, era)


def test_7_x_encodes_braces_but_not_those_of_a_mark() -> None:
    page = block("// TEST[s/ID/\\${body.id}/]\n", request="GET /{x}/ID")
    assert '        path: "%7Bx%7D/${body.id}"' in steps(page, "E7")


def test_only_5_x_knows_no_path_mark() -> None:
    page = block() + '\n[source,js]\n----\n{ "a": 1 }\n----\n// TESTRESPONSE[s/1/$body.$_path/]\n'
    with pytest.raises(PageError, match="illegal group reference"):
        steps(page, "E5")
    assert '        { "a": $body.$_path }' in steps(page, "E7")


def test_several_setups_are_one_unknown_name_before_7_x() -> None:
    page = block("// TEST[setup:a,b]\n")
    for era in ("E5", "E6"):
        with pytest.raises(PageError, match=r"unknown setup \[a,b\]"):
            steps(page, era)
    assert [row for row in steps(page, "E7") if row in ("      a: {}", "      b: {}")] == ["      a: {}", "      b: {}"]


def test_the_word_cat_makes_a_regex_until_7_x_and_non_json_from_then_on() -> None:
    def page(word: str) -> str:
        return f"{block()}\n[source,js]\n----\na  b\n----\n// TESTRESPONSE[{word}]\n"

    for era, word in (("E6", "_cat"), ("E7", "_cat"), ("E7", "non_json")):
        assert steps(page(word), era)[-1] == r"        /a  \s+b\s*/"
    with pytest.raises(PageError, match=r"unknown option \[_cat\]"):
        steps(page("_cat").replace("// CONSOLE", "// TEST"), "E8")


def test_named_teardowns_and_roles_came_with_8_x() -> None:
    with pytest.raises(PageError, match=r"unknown option \[teardown:a\]"):
        steps(block("// TEST[teardown:a]\n"), "E7")
    page = "[source.role,console]\n----\nGET /\n----\n"
    assert '        path: ""' in steps(page, "E8")
    with pytest.raises(PageError, match="a block without a language"):
        steps(page, "E7")


def test_a_test_environment_asks_for_xpack_in_7_x() -> None:
    assert "        - xpack" in steps(f'[testenv="basic"]\n{block()}', "E7")
    with pytest.raises(PageError, match=r"testenv \[iron\]: expected one of basic, gold, platinum"):
        steps(f'[testenv="iron"]\n{block()}', "E7")


def test_only_8_x_drops_footnote_marks() -> None:
    page = block(request="GET /a[^1]/b", console="// TEST\n")
    assert '        path: "a/b"' in steps(page, "E8")
    assert '        path: "a[^1]/b"' in steps(page, "E7")


def test_8_x_takes_only_blanks_after_the_slashes() -> None:
    page = block(console="//\tTEST\n")
    assert '        path: ""' in steps(page, "E7")
    assert steps(page, "E8") == []
