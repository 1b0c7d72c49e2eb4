"""Cases of pages: collected, run against a scripted server, and shown when they fail.

Source: the stop-job answers of 6.8.23, recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from esmock.conformance.facts import Facts
from esmock.conformance.runner import Result
from esmock.conformance.snippets.case import Case, Options, collect, run
from esmock.conformance.snippets.display import failure_text
from esmock.conformance.snippets.page import PageError
from esmock.conformance.snippets.setups import Block, Setups
from esmock.conformance.snippets.substitution import Build

REASON = "Task for Rollup Job [does_not_exist] not found"
TRACE = f"ResourceNotFoundException[{REASON}]\n\tat ..."
PAGE = """\
If we stop a job which doesn't exist:

[source,js]
----
POST _rollup/job/does_not_exist/_stop
----
// CONSOLE
// TEST[catch:missing]

That is an error:

[source,js]
----
{
  "error": {
    "root_cause": [
      { "type": "resource_not_found_exception", "reason": "Task for Rollup Job [does_not_exist] not found",
        "stack_trace": ... }
    ],
    "type": "resource_not_found_exception",
    "reason": "Task for Rollup Job [does_not_exist] not found",
    "stack_trace": ...
  },
  "status": 404
}
----
// TESTRESPONSE[s/"stack_trace": \\.\\.\\./"stack_trace": $body.$_path/]
"""


def not_found() -> dict[str, Any]:
    cause = {"type": "resource_not_found_exception", "reason": REASON, "stack_trace": TRACE}
    return {"error": {"root_cause": [cause], **cause}, "status": 404}


def write(folder: Path, text: str, name: str = "page.asciidoc") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def outcome(case: Case, target: Any) -> Result:
    return run(case, target, facts=Facts(target, (6, 8, 23)), clean=False)


def test_a_page_passes_when_the_server_answers_as_it_says(tmp_path: Path, scripted: Any, answered: Any) -> None:
    write(tmp_path, PAGE)
    (case,) = collect(tmp_path)
    target = scripted(answered(not_found(), 404))
    assert outcome(case, target).outcome == "pass"
    assert (case.id, str(case.at)) == ("page.asciidoc/line_4", "page.asciidoc:4")
    assert target.lines == ["POST /_rollup/job/does_not_exist/_stop?error_trace=true"]


def wrong_answers() -> list[tuple[str, Any, int]]:
    """Answers that differ from the page in one place each."""
    out = []
    for name, path, value in (
        ("other status in the body", ("status",), 400),
        ("status as a float", ("status",), 404.0),
        ("status as text", ("status",), "404"),
        ("other type", ("error", "type"), "exception"),
        ("other reason in the root cause", ("error", "root_cause", 0, "reason"), "not found"),
        ("no stack trace", ("error", "stack_trace"), None),
        ("one more key", ("error", "index"), "x"),
    ):
        body: Any = not_found()
        place = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        out.append((name, body, 404))
    body = not_found()
    body["error"]["root_cause"].append(body["error"]["root_cause"][0])
    out.append(("two root causes", body, 404))
    out.append(("other HTTP status", not_found(), 400))
    out.append(("a success", {"stopped": True}, 200))
    return out


@pytest.mark.parametrize(
    ("body", "status"), [case[1:] for case in wrong_answers()], ids=[c[0] for c in wrong_answers()]
)
def test_a_page_with_one_wrong_value_fails(
    tmp_path: Path, scripted: Any, answered: Any, body: Any, status: int
) -> None:
    write(tmp_path, PAGE)
    (case,) = collect(tmp_path)
    assert outcome(case, scripted(answered(body, status))).outcome == "fail"


def test_a_failure_shows_page_line_request_and_both_sides(tmp_path: Path, scripted: Any, answered: Any) -> None:
    write(tmp_path, PAGE)
    (case,) = collect(tmp_path)
    body = not_found() | {"status": 400}
    shown = failure_text(outcome(case, scripted(answered(body, 404))), case, width=82)
    assert shown.split("\n") == [
        "FAIL page.asciidoc/line_4",
        "  page.asciidoc:13: the answer is not what the page shows: status: expected 404 (int) but was 400 (int)",
        "    request:  POST /_rollup/job/does_not_exist/_stop?error_trace=true   (page.asciidoc:5)",
        "    response: 404 application/json",
        "    expected                              | actual",
        "    ...                                   | ...",
        '        "reason": "Task for Rollup Job... |     "reason": "Task for Rollup Job ...',
        '        "stack_trace": "$body.$_path"     |     "stack_trace": "ResourceNotFoun...',
        "      }                                   |   }",
        '      "status": 404                       !   "status": 400',
        "    }                                     | }",
    ]


def test_a_failing_request_shows_the_answer(tmp_path: Path, scripted: Any, answered: Any) -> None:
    write(tmp_path, "[source,console]\n----\nGET /nope\n----\n")
    (case,) = collect(tmp_path)
    shown = failure_text(outcome(case, scripted(answered({"status": 404}, 404))), case, width=80)
    assert shown.split("\n") == [
        "FAIL page.asciidoc/line_2",
        "  page.asciidoc:3: do: expected 2xx status code but api [raw] returned [404] " + '{"status": 404}',
        "    request:  GET /nope?error_trace=true   (page.asciidoc:3)",
        "    response: 404 application/json",
        "      {",
        '        "status": 404',
        "      }",
    ]


def test_a_failing_setup_names_its_file_and_the_block_that_uses_it(
    tmp_path: Path, scripted: Any, answered: Any
) -> None:
    page = write(tmp_path, "[source,console]\n----\nGET /\n----\n// TEST[setup:plants]\n")
    steps = Block("  - do:\n      raw: {method: PUT, path: plants}\n", "setups.yml", 12)
    (case,) = collect(tmp_path, Options(setups=Setups({"plants": steps})))
    result = outcome(case, scripted(answered({}, 400)))
    shown = failure_text(result, case, width=80).split("\n")[1]
    assert shown.startswith("  setups.yml:12 ")
    assert "(named setup, used at page.asciidoc:2)" in shown
    assert page.name == "page.asciidoc"


def test_a_skipped_test_is_skipped_with_its_own_reason(tmp_path: Path, scripted: Any) -> None:
    write(tmp_path, "[source,console]\n----\nPOST /_shutdown\n----\n// TEST[skip:needs another cluster]\n")
    (case,) = collect(tmp_path)
    result = outcome(case, scripted())
    assert (result.outcome, result.reason) == ("skip", "needs another cluster")


def test_a_page_error_fails_the_test_it_belongs_to(tmp_path: Path, scripted: Any) -> None:
    write(tmp_path, "[source,console]\n----\nGET /\n----\n// TEST[foo]\n")
    (case,) = collect(tmp_path)
    result = outcome(case, scripted())
    assert result.outcome == "fail"
    assert str(result.failures[0]).startswith("page.asciidoc:5: page: TEST, column 9: unknown option [foo]")


def test_a_setup_section_runs_before_and_a_teardown_after_each_test(
    tmp_path: Path, scripted: Any, answered: Any
) -> None:
    block = "[source,console]\n----\n{}\n----\n"
    text = f"{block}// TESTSETUP\n\n{block}// TEARDOWN\n\n{block}\n{block}"
    for request in ("PUT /a", "DELETE /a", "GET /a", "HEAD /a"):
        text = text.replace("{}", request, 1)
    write(tmp_path, text)
    cases = collect(tmp_path)
    lines = []
    for case in cases:
        target = scripted(*[answered({})] * 3)
        assert outcome(case, target).outcome == "pass"
        lines.append([line.removesuffix("?error_trace=true") for line in target.lines])
    assert lines == [["PUT /a", "GET /a", "DELETE /a"], ["PUT /a", "HEAD /a", "DELETE /a"]]


def test_warnings_that_nobody_announced_fail_unless_they_are_allowed(
    tmp_path: Path, scripted: Any, answered: Any
) -> None:
    write(tmp_path, "[source,console]\n----\nGET /a\n----\n")
    header = (("Warning", '299 Elasticsearch-7.10.2-747e1cc71def077253878a59143c1f785afa92b9 "old"'),)
    outcomes = [
        outcome(collect(tmp_path, Options(allow_warnings=allowed))[0], scripted(answered({}, 200, header))).outcome
        for allowed in (False, True)
    ]
    assert outcomes == ["fail", "pass"]


def test_an_announced_warning_must_come_even_when_all_are_allowed(tmp_path: Path, scripted: Any, answered: Any) -> None:
    write(tmp_path, "[source,console]\n----\nGET /a\n----\n// TEST[warning:old]\n")
    (case,) = collect(tmp_path, Options(allow_warnings=True))
    assert outcome(case, scripted(answered({}))).outcome == "fail"


def test_pages_are_found_below_folders_and_excluded_ones_left_out(tmp_path: Path) -> None:
    block = "[source,console]\n----\nGET /\n----\n"
    for name in ("a/one.asciidoc", "a/two.adoc", "b/three.asciidoc", "README.asciidoc", "notes.rst"):
        write(tmp_path, block, name)
    write(tmp_path, " ".join(block.split()), "flat.txt")
    write(tmp_path, "```console\nGET /\n```\n", "four.md")
    found = collect(tmp_path, Options(setups=Setups(exclude=frozenset({"b/three.asciidoc"}))))
    assert [case.id for case in found] == [
        "a/one.asciidoc/line_2",
        "a/two.adoc/line_2",
        "flat.txt/column_18",
        "four.md/line_1",
    ]


def test_a_page_in_two_formats_side_by_side_is_an_error(tmp_path: Path) -> None:
    for name in ("page.asciidoc", "page.mdx"):
        write(tmp_path, "", name)
    with pytest.raises(PageError, match=r"page\.mdx: the same page is there as page\.asciidoc$"):
        collect(tmp_path)


def test_nothing_to_verify_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "[source,txt]\n----\nplain\n----\n")
    with pytest.raises(PageError) as caught:
        collect(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: nothing to verify: 1 pages with 1 code blocks, none of them a test; expected blocks of the "
        "language console, or js with // CONSOLE"
    )


def test_a_catch_that_is_no_yaml_text_is_an_error_at_its_request(tmp_path: Path) -> None:
    write(tmp_path, "[source,console]\n----\nGET /nope\n----\n// TEST[catch:/a: b/]\n")
    (case,) = collect(tmp_path)
    assert [(error.line, error.message[:45]) for error in case.errors] == [
        (3, "catch:/a: b/ cannot be written to YAML as it ")
    ]


@pytest.mark.parametrize(
    ("version", "jobs"),
    [
        ("6.8.23", ["interval: 1h", "include_type_name", "default number of shards"]),
        ("7.10.2", ["fixed_interval: 1h"]),
        ("9.5.3", ["fixed_interval: 1h", "rollup-usage", "will be removed in Elasticsearch 10.0"]),
    ],
)
def test_built_in_setups_have_the_forms_of_the_server(tmp_path: Path, version: str, jobs: list[str]) -> None:
    write(tmp_path, "[source,console]\n----\nGET /\n----\n// TEST[setup:sensor_rollup_job]\n")
    (case,) = collect(tmp_path, Options(build=Build(version)))
    text = case.section.yaml()
    marks = ("interval: 1h", "fixed_interval: 1h", "include_type_name", "default number of shards", "rollup-usage")
    found = [mark for mark in (*marks, "will be removed in Elasticsearch 10.0") if f" {mark}" in text]
    assert case.test is not None
    assert sorted(found) == sorted(mark for mark in jobs)
