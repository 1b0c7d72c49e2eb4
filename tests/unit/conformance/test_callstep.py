"""The ``do`` step: what is sent, and which answers pass.

Source: behaviour of the Java runner (eras 5 to 9) as described from its source; the numbers are cases of the format.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance import document
from esmock.conformance.apispec import bundled
from esmock.conformance.dialect import E5, E7, E8, E9, Dialect, announced_only
from esmock.conformance.facts import Facts
from esmock.conformance.session import Mismatch, Session
from esmock.conformance.steps import execute, parse_steps
from esmock.conformance.target import Answer

WARNING = '299 Elasticsearch-7.10.2-747e1cc71def077253878a59143c1f785afa92b9 "{}"'


def do(
    target: Any, steps: str, dialect: Dialect = E9, api: str = "9.5.3", version: tuple[int, int, int] = (9, 5, 3)
) -> list[Mismatch]:
    """Run steps, written as YAML, against a scripted server."""
    found = parse_steps(document.parse(steps, "case.yml")[0], dialect)
    return execute(found, Session(target, bundled(api), dialect, facts=Facts(target, version)))


@pytest.fixture
def check(scripted: Any, answered: Any) -> Any:
    """``pass``, ``fail`` or ``error`` of one ``do`` for one answer."""

    def run(step: str, body: Any = None, status: int = 200, warnings: tuple[str, ...] = (), **options: Any) -> str:
        headers = tuple(("Warning", text) for text in warnings)
        failures = do(scripted(answered(body, status, headers)), f"- do: {step}\n", **options)
        return failures[0].kind if failures else "pass"

    return run


SEARCH = "{search: {}}"
GET = "{get: {index: i, id: '1'}}"


def test_case_45_catch_request_refuses_400_except_in_the_oldest_era(check: Any) -> None:
    assert check("{catch: request, search: {}}", {}, 400) == "fail"
    assert check("{catch: request, search: {}}", {}, 400, dialect=E5) == "pass"


def test_case_46_catch_request_accepts_503(check: Any) -> None:
    assert check("{catch: request, search: {}}", {}, 503) == "pass"


def test_case_47_a_regex_is_found_in_the_text_form_of_the_error(check: Any) -> None:
    body = {"error": {"type": "t", "reason": "no x"}}
    assert check("{catch: '/type=t, reason=no/', search: {}}", body, 404) == "pass"
    assert check("{catch: '/type=t, reason=yes/', search: {}}", body, 404) == "fail"


def test_case_48_a_regex_needs_an_error_in_the_body(check: Any) -> None:
    assert check("{catch: /404/, search: {}}", {"status": 404}, 404) == "fail"


def test_case_49_catch_fails_when_the_call_succeeds(check: Any) -> None:
    assert check("{catch: missing, search: {}}", {}) == "fail"


def test_case_50_an_unannounced_warning_fails(check: Any) -> None:
    assert check(SEARCH, {}, warnings=(WARNING.format("old"),)) == "fail"
    assert check(SEARCH, {}) == "pass"


def test_case_51_catch_param_sends_nothing(scripted: Any) -> None:
    target = scripted()
    assert do(target, "- do: {catch: param, search: {nope: 1}}\n") == []
    assert target.lines == []


def sent(target: Any, steps: str, **options: Any) -> list[str]:
    assert do(target, steps, **options) == []
    return target.lines


def test_case_52_a_list_parameter_is_joined_with_commas(scripted: Any, answered: Any) -> None:
    lines = sent(scripted(answered({})), "- do: {search: {index: [a, b]}}\n")
    assert lines == ["GET /a,b/_search?error_trace=true"]


def test_case_53_an_unknown_parameter_is_an_error_and_nothing_is_sent(scripted: Any) -> None:
    target = scripted()
    (failure,) = do(target, "- do: {search: {nope: 1}}\n")
    assert (failure.kind, failure.reason) == ("error", "unknown parameter(s) ['nope'] of [search] api")
    assert target.lines == []


def test_case_54_several_bodies_are_lines_that_each_end(scripted: Any, answered: Any) -> None:
    target = scripted(answered({}))
    steps = '- do:\n    bulk:\n      body: |\n        {"index": {"_index": "i"}}\n        {"f": 1.0}\n'
    assert do(target, steps) == []
    assert target.sent[0].body == b'{"index":{"_index":"i"}}\n{"f":1.0}\n'
    assert dict(target.sent[0].headers) == {"Content-Type": "application/json"}


def test_case_55_one_body_has_no_final_newline(scripted: Any, answered: Any) -> None:
    target = scripted(answered({}))
    assert do(target, "- do: {index: {index: i, id: '1', body: '{\"f\": 1}\n'}}\n") == []
    assert target.sent[0].body == b'{"f":1}'


WORDS = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "missing": 404,
    "request_timeout": 408,
    "conflict": 409,
    "gone": 410,
    "unavailable": 503,
}


@pytest.mark.parametrize("word", WORDS)
def test_a_catch_word_wants_its_own_status(word: str, check: Any) -> None:
    step = f"{{catch: {word}, search: {{}}}}"
    assert check(step, {}, WORDS[word]) == "pass"
    assert check(step, {}, 500) == "fail"
    assert check(step, {}, 400 if word != "bad_request" else 404) == "fail"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, "fail"), (401, "fail"), (410, "fail"), (413, "pass"), (429, "pass"), (500, "pass"), (503, "pass")],
)
def test_catch_request_wants_a_status_without_a_name(status: int, expected: str, check: Any) -> None:
    assert check("{catch: request, search: {}}", {}, status) == expected


def test_gone_is_a_word_since_8_only(check: Any) -> None:
    assert check("{catch: gone, search: {}}", {}, 410, dialect=E8) == "pass"
    assert check("{catch: gone, search: {}}", {}, 410, dialect=E7) == "error"
    assert check("{catch: request, search: {}}", {}, 410, dialect=E7) == "pass"


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("word", ["nonsense", "//", "Missing", "404"])
def test_an_unknown_catch_word_is_an_error_whatever_happens(word: str, status: int, check: Any) -> None:
    assert check(f"{{catch: '{word}', search: {{}}}}", {}, status) == "error"


def test_a_bare_exception_word_wants_that_error(check: Any) -> None:
    step = "{catch: resource_not_found_exception, search: {}}"
    assert check(step, {"error": {"type": "resource_not_found_exception", "reason": "x"}}, 404) == "pass"
    assert check(step, {"error": {"type": "index_not_found_exception", "reason": "x"}}, 404) == "fail"
    assert check(step, {}) == "fail"


def test_a_regex_that_java_refuses_is_an_error(check: Any) -> None:
    assert check("{catch: '/[unclosed/', search: {}}", {"error": "x"}, 404) == "error"


def test_whitespace_counts_in_a_catch_regex(check: Any) -> None:
    assert check("{catch: '/no x/', search: {}}", {"error": {"reason": "no x"}}, 404) == "pass"
    assert check("{catch: '/no x/', search: {}}", {"error": {"reason": "nox"}}, 404) == "fail"


def test_without_catch_every_error_fails(check: Any) -> None:
    for status in (300, 400, 404, 500):
        assert check(GET, {}, status) == "fail"
    assert check(GET, {}, 201) == "pass"


def test_a_missing_head_is_a_success(scripted: Any, answered: Any) -> None:
    steps = "- do: {exists: {index: i, id: '1'}}\n- is_false: ''\n"
    assert do(scripted(answered(None, 404)), steps) == []
    (failure,) = do(scripted(answered(None, 200)), steps)
    assert (failure.step, failure.kind) == ("is_false", "fail")


def test_ignored_statuses_are_successes_and_never_sent(scripted: Any, answered: Any) -> None:
    lines = sent(scripted(answered({}, 404)), "- do: {get: {index: i, id: '1', ignore: [404, 405]}}\n")
    assert lines == ["GET /i/_doc/1?error_trace=true"]
    assert len(do(scripted(answered({}, 409)), "- do: {get: {index: i, id: '1', ignore: 404}}\n")) == 1
    (failure,) = do(scripted(), "- do: {get: {index: i, id: '1', ignore: x}}\n")
    assert failure.kind == "error"


def test_catch_fails_on_an_ignored_status(check: Any) -> None:
    assert check("{catch: missing, get: {index: i, id: '1', ignore: 404}}", {}, 404) == "fail"


def test_a_success_needs_the_product_header_since_7_14(scripted: Any) -> None:
    bare = Answer(200, (("content-type", "application/json"),), b"{}")
    assert len(do(scripted(bare), "- do: {search: {}}\n", version=(7, 14, 0))) == 1
    assert do(scripted(bare), "- do: {search: {}}\n", version=(7, 13, 4)) == []


def test_texts_are_sent_as_they_are_written(scripted: Any, answered: Any) -> None:
    lines = sent(scripted(answered({})), "- do: {search: {index: 007, timeout: 1.0, pretty: yes, human: ~}}\n")
    assert lines == ["GET /007/_search?timeout=1.0&pretty=yes&error_trace=true"]


def test_error_trace_can_be_chosen(scripted: Any, answered: Any) -> None:
    step = "- do: {search: {error_trace: false}}\n"
    assert sent(scripted(answered({})), step) == ["GET /_search"]
    assert sent(scripted(answered({})), step, dialect=E7) == ["GET /_search?error_trace=false"]
    assert sent(scripted(answered({})), "- do: {search: {}}\n", dialect=E5) == ["GET /_search"]


def test_marks_are_filled_into_parameters_headers_and_bodies(scripted: Any, answered: Any) -> None:
    target = scripted(answered({"id": 7, "name": "n"}), answered({}))
    steps = """
- do: {search: {}}
- set: {id: i, name: n}
- do:
    headers: {X-Opaque-Id: 'me ${i}'}
    index: {index: 'x-${n}', id: $i, body: {'$n': {list: ['${i}', $i]}}}
"""
    assert do(target, steps) == []
    assert target.lines[1] == "POST /x-n/_doc/7?error_trace=true"
    assert target.sent[1].body == b'{"n":{"list":["7",7]}}'
    assert dict(target.sent[1].headers)["X-Opaque-Id"] == "me 7"


def test_a_mark_without_value_is_an_error_and_nothing_is_sent(scripted: Any) -> None:
    target = scripted()
    (failure,) = do(target, "- do: {get: {index: i, id: $nope}}\n")
    assert (failure.kind, target.lines) == ("error", [])


def test_keys_are_resolved_since_6(scripted: Any, answered: Any) -> None:
    target = scripted(answered({"n": "k"}), answered({}))
    steps = "- do: {search: {}}\n- set: {n: n}\n- do: {index: {index: i, id: '1', body: {$n: $n}}}\n"
    assert do(target, steps, dialect=E5) == []
    assert target.sent[1].body == b'{"$n":"k"}'


def test_two_keys_that_become_one_are_an_error(scripted: Any, answered: Any) -> None:
    steps = "- do: {search: {}}\n- set: {n: n}\n- do: {index: {index: i, body: {$n: 1, k: 2}}}\n"
    (failure,) = do(scripted(answered({"n": "k"})), steps)
    assert (failure.kind, failure.at.line) == ("error", 3)


def test_after_a_caught_error_its_body_is_the_response(scripted: Any, answered: Any) -> None:
    steps = "- do: {catch: missing, search: {}}\n- match: {status: 404}\n- match: {$body.status: 404}\n"
    assert do(scripted(answered({"error": "x", "status": 404}, 404)), steps) == []


def test_warnings_are_not_looked_at_after_an_error(check: Any) -> None:
    step = "{catch: missing, warnings: [never], search: {}}"
    assert check(step, {"error": "x"}, 404, warnings=(WARNING.format("old"),)) == "pass"


def test_announced_warnings_must_come_once_each(check: Any) -> None:
    step = "{warnings: [old], search: {}}"
    assert check(step, {}, warnings=(WARNING.format("old"),)) == "pass"
    assert check(step, {}) == "fail"
    assert check(step, {}, warnings=(WARNING.format("old"), WARNING.format("old"))) == "fail"
    assert check(step, {}, warnings=(WARNING.format("other"),)) == "fail"


def test_the_other_lists_of_warnings(check: Any) -> None:
    header = (WARNING.format("field [a] is old"),)
    assert check("{warnings_regex: ['field .a. is \\w+'], search: {}}", {}, warnings=header) == "pass"
    assert check("{warnings_regex: ['is old'], search: {}}", {}, warnings=header) == "fail"
    assert check("{warnings_regex: ['.*old'], search: {}}", {}) == "fail"
    assert check("{allowed_warnings: ['field [a] is old'], search: {}}", {}, warnings=header) == "pass"
    assert check("{allowed_warnings: ['field [a] is old'], search: {}}", {}) == "pass"
    assert check("{allowed_warnings: ['field [b] is old'], search: {}}", {}, warnings=header) == "fail"
    assert check("{allowed_warnings_regex: ['field .*'], search: {}}", {}, warnings=header) == "pass"
    assert check("{allowed_warnings_regex: ['field'], search: {}}", {}, warnings=header) == "fail"


def test_types_removal_is_forgiven_in_suites_of_7(check: Any) -> None:
    """Evidence: without it 120 of the core tests of 7.10.2 fail on a real 7.10.2."""
    header = (WARNING.format("[types removal] Types are deprecated."),)
    assert check(SEARCH, {}, warnings=header, dialect=E7) == "pass"
    assert check(SEARCH, {}, warnings=header, dialect=E8) == "fail"


def test_steps_without_lists_may_be_left_unchecked(check: Any) -> None:
    header, lax = (WARNING.format("old"),), announced_only(E7)
    assert check(SEARCH, {}, warnings=header, dialect=lax) == "pass"
    assert check("{warnings: [new], search: {}}", {}, warnings=header, dialect=lax) == "fail"
    assert check("{warnings: [old], search: {}}", {}, dialect=lax) == "fail"


def test_node_selectors_choose_the_node_or_fail(scripted: Any, answered: Any) -> None:
    node = {"nodes": {"n": {"version": "9.5.3", "attributes": {"testattr": "test"}}}}
    for selector, expected in (
        ("{version: current}", []),
        ("{version: ' - 9.9.9'}", []),
        ("{version: original}", ["error"]),
        ("{version: ' - 8.9.9'}", ["error"]),
        ("{attribute: {testattr: test}}", []),
        ("{attribute: {testattr: other}}", ["error"]),
    ):
        target = scripted(answered({}), paths={"GET /_nodes/_local": answered(node)})
        failures = do(target, f"- do: {{node_selector: {selector}, search: {{}}}}\n")
        assert [failure.kind for failure in failures] == expected


def test_the_content_type_header_chooses_the_format_of_the_body(scripted: Any, answered: Any) -> None:
    target = scripted(answered({}))
    step = "- do: {headers: {content-type: application/yaml}, index: {index: i, body: {a: x}}}\n"
    assert do(target, step) == []
    assert target.sent[0].body == b'---\n{"a": "x"}\n'
    assert dict(target.sent[0].headers) == {"content-type": "application/yaml"}
    (failure,) = do(scripted(), step.replace("yaml}", "smile}"))
    assert failure.kind == "error"


def test_headers_of_a_step_are_stashed_since_8(scripted: Any, answered: Any) -> None:
    steps = "- do: {headers: {A: b}, search: {}}\n- match: {$request_headers: {A: b}}\n"
    assert do(scripted(answered({})), steps, dialect=E8) == []
    assert [failure.kind for failure in do(scripted(answered({})), steps, dialect=E7)] == ["error"]


def test_raw_takes_method_and_path_and_sends_the_rest_as_query(scripted: Any, answered: Any) -> None:
    step = '- do: {raw: {method: POST, path: "%3Ci%3E/_doc", refresh: "a b", body: {a: 1}}}\n'
    target = scripted(answered({}))
    assert do(target, step) == []
    assert target.lines == ["POST /%3Ci%3E/_doc?refresh=a+b&error_trace=true"]
    for path in ("a b", "<a>", "a%2", "{a}"):
        (failure,) = do(scripted(), f'- do: {{raw: {{method: GET, path: "{path}"}}}}\n')
        assert failure.kind == "error"
    (failure,) = do(scripted(), "- do: {raw: {path: x}}\n")
    assert failure.reason == "[raw] needs method and path"


def test_the_oldest_era_creates_by_index(scripted: Any, answered: Any) -> None:
    lines = sent(
        scripted(answered({}), answered({})),
        "- do: {index: {index: i, id: '1', body: {}}}\n- do: {index: {index: i, body: {}}}\n",
        dialect=E5,
    )
    assert lines == ["PUT /i/_doc/1", "POST /i/_doc"]


def test_an_answer_that_cannot_be_parsed_is_an_error(scripted: Any) -> None:
    for body in (b'{"a": 1, "a": 2}', b"{", b"1", b'{"a": NaN}', b"\xff{}"):
        headers = (("X-elastic-product", "Elasticsearch"), ("Content-Type", "application/json"))
        (failure,) = do(scripted(Answer(200, headers, body)), "- do: {search: {}}\n")
        assert failure.kind == "error"


def test_an_empty_text_is_a_text(scripted: Any, answered: Any) -> None:
    """Evidence: cat answers of a real 7.10.2 without rows, matched against an empty regex in its own tests."""
    steps = "- do: {cat.indices: {}}\n- match: {$body: ''}\n"
    assert do(scripted(answered("")), steps) == []


def test_an_answer_in_yaml_or_cbor_is_parsed(scripted: Any) -> None:
    cbor2 = pytest.importorskip("cbor2")
    steps = "- do: {search: {}}\n- match: {'': {a: [1, 1.5, x]}}\n"
    for kind, body in (("yaml", b"---\na:\n- 1\n- 1.5\n- x\n"), ("cbor", cbor2.dumps({"a": [1, 1.5, "x"]}))):
        headers = (("X-elastic-product", "Elasticsearch"), ("Content-Type", f"application/{kind}"))
        assert do(scripted(Answer(200, headers, body)), steps) == []


def test_the_last_of_several_calls_wins(scripted: Any, answered: Any) -> None:
    assert sent(scripted(answered({})), "- do: {search: {}, count: {}}\n") == ["POST /_count?error_trace=true"]
