"""Running whole cases.

Source: behaviour of the Java runner's ESClientYamlSuiteTestCase.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esmock.conformance.apispec import bundled
from esmock.conformance.dialect import E9, Dialect
from esmock.conformance.facts import Facts
from esmock.conformance.runner import Result, Runner, blacklisted, runner_for
from esmock.conformance.suite import cases_of, parse_suite

FULL = """\
setup:
  - do: {indices.create: {index: i}}
  - set: {id: one}
---
teardown:
  - do: {indices.delete: {index: i}}
---
test:
  - do: {search: {}}
  - match: {a: 1}
  - match: {b: 1}
"""


class Broom:
    """Counts how often it cleans."""

    def __init__(self, *problems: str) -> None:
        self.problems, self.times = list(problems), 0

    def clean(self) -> list[str]:
        self.times += 1
        return self.problems


def run(target: Any, source: str, dialect: Dialect = E9, **options: Any) -> Result:
    (case,) = cases_of(parse_suite(source, "f.yml", "api/f"))
    return Runner(target, Facts(target, (9, 5, 3)), bundled("9.5.3"), dialect, **options).run(case)


def test_setup_body_and_teardown_run_in_order_then_the_server_is_cleaned(scripted: Any, answered: Any) -> None:
    target, broom = scripted(answered({"id": 1}), answered({"a": 1, "b": 1}), answered({})), Broom()
    result = run(target, FULL, cleaner=broom)
    assert (result.id, result.outcome, result.calls, broom.times) == ("api/f/test", "pass", 3, 1)
    assert [line.partition("?")[0] for line in target.lines] == ["PUT /i", "GET /_search", "DELETE /i"]


def test_a_failing_body_still_has_its_teardown_and_cleanup(scripted: Any, answered: Any) -> None:
    target, broom = scripted(answered({"id": 1}), answered({"a": 2, "b": 2}), answered({})), Broom()
    result = run(target, FULL, cleaner=broom)
    assert [str(failure) for failure in result.failures] == [
        "f.yml:10: match [a]: root: expected 1 (int) but was 2 (int)"
    ]
    assert (result.outcome, len(target.lines), broom.times) == ("fail", 3, 1)
    assert result.exchange is not None
    assert result.exchange[0].target.startswith("/_search")


def test_a_failing_setup_ends_the_test_but_not_the_cleanup(scripted: Any, answered: Any) -> None:
    target, broom = scripted(answered({"error": "x"}, 400)), Broom()
    result = run(target, FULL, cleaner=broom)
    assert (result.outcome, len(target.lines), broom.times) == ("fail", 1, 1)
    assert result.failures[0].at.line == 2


def test_failures_can_be_collected(scripted: Any, answered: Any) -> None:
    answers = (answered({"error": "x"}, 400), answered({"a": 2, "b": 2}), answered({"error": "y"}, 500))
    result = run(scripted(*answers), FULL, collect_failures=True)
    assert [failure.at.line for failure in result.failures] == [2, 10, 11, 6]


def test_a_failing_teardown_fails_the_test(scripted: Any, answered: Any) -> None:
    result = run(scripted(answered({"id": 1}), answered({"a": 1, "b": 1}), answered({}, 500)), FULL)
    assert [failure.at.line for failure in result.failures] == [6]


def test_a_failing_cleanup_fails_the_test(scripted: Any, answered: Any) -> None:
    target = scripted(answered({"id": 1}), answered({"a": 1, "b": 1}), answered({}))
    result = run(target, FULL, cleaner=Broom("DELETE /*: 500"))
    assert [str(failure) for failure in result.failures] == ["f.yml:8: cleanup: DELETE /*: 500"]


def test_the_stash_and_the_response_of_the_setup_are_forgotten(scripted: Any, answered: Any) -> None:
    source = "setup:\n  - do: {search: {}}\n  - set: {a: n}\n---\nt:\n  - match: {$n: 1}\n"
    assert run(scripted(answered({"a": 1})), source).outcome == "fail"
    source = "setup:\n  - do: {search: {}}\n---\nt:\n  - match: {a: 1}\n"
    result = run(scripted(answered({"a": 1})), source)
    assert result.failures[0].reason == "there is no response yet"


def test_the_teardown_sees_the_stash_of_the_body(scripted: Any, answered: Any) -> None:
    source = "teardown:\n  - do: {indices.delete: {index: $n}}\n---\nt:\n  - do: {search: {}}\n  - set: {a: n}\n"
    target = scripted(answered({"a": "x"}), answered({}))
    assert run(target, source).outcome == "pass"
    assert target.lines[1].startswith("DELETE /x")


def test_a_skipped_case_sends_nothing_and_says_why(scripted: Any) -> None:
    source = "setup:\n  - skip: {features: always_skip}\n  - do: {search: {}}\n---\nt:\n  - do: {search: {}}\n"
    target, broom = scripted(), Broom()
    result = run(target, source, cleaner=broom)
    assert (result.outcome, result.reason) == ("skip", "feature [always_skip] is not supported")
    assert (target.lines, broom.times) == ([], 0)


def test_case_58_an_unknown_feature_skips(scripted: Any) -> None:
    assert run(scripted(), "t:\n  - skip: {features: no_such_feature}\n  - do: {search: {}}\n").outcome == "skip"


def test_a_test_without_steps_fails(scripted: Any) -> None:
    result = run(scripted(), "t: []\n")
    assert [str(failure) for failure in result.failures] == ["f.yml:1: run: the test has no executable steps"]
    assert run(scripted(), "t:\n  - skip: {features: always_skip}\n").outcome == "skip"


def test_files_that_are_not_for_a_stack_are_skipped(scripted: Any) -> None:
    source = "requires: {serverless: true, stack: false}\n---\nt:\n  - do: {search: {}}\n"
    assert run(scripted(), source).outcome == "skip"


def test_a_server_that_is_gone_fails_the_test(scripted: Any) -> None:
    result = run(scripted(), "t:\n  - do: {search: {}}\n")
    assert (result.outcome, result.failures[0].kind) == ("fail", "error")


def test_raw_is_only_known_when_allowed(scripted: Any, answered: Any) -> None:
    source = "t:\n  - do: {raw: {method: GET, path: x}}\n"
    assert run(scripted(answered({})), source).failures[0].reason == (
        "rest api [raw] doesn't exist in the API description"
    )
    assert run(scripted(answered({})), source, raw=True).outcome == "pass"
    assert run(scripted(answered({})), source, replace(E9, sibling_calls=True)).outcome == "pass"


def test_blacklisted_cases_are_skipped(scripted: Any) -> None:
    result = run(scripted(), "t:\n  - do: {search: {}}\n", blacklist=("f/t",))
    assert (result.outcome, result.reason) == ("skip", "blacklisted")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("api/10_x/Some test, here", True),
        ("Some test, here", True),
        ("10_x/*", True),
        ("api/*", False),
        ("api/*/*", True),
        ("test, here", False),
        (r"Some test\, here", True),
        ("api/10.x/Some.*", True),
        ("*", True),
    ],
)
def test_blacklist_patterns_match_whole_suffixes(pattern: str, expected: bool) -> None:
    assert blacklisted("api/10_x/Some test, here", [pattern]) is expected


def test_a_blank_pattern_is_an_error() -> None:
    with pytest.raises(ValueError, match="blank pattern"):
        blacklisted("a/b/c", [" "])


def test_a_runner_fits_the_version_that_the_server_tells(scripted: Any, answered: Any) -> None:
    nodes = {"nodes": {"n": {"version": "7.10.2"}}}
    runner = runner_for(scripted(paths={"GET /_nodes/http": answered(nodes)}))
    assert runner.dialect.name == "E7"
    assert runner.api is bundled("7.10.2")
    main = {"version": {"number": "9.5.3"}}
    runner = runner_for(scripted(paths={"GET /_nodes": answered({}, 404), "GET /": answered(main)}))
    assert runner.dialect.name == "E9"
    assert runner.api is bundled("9.5.3")
