"""Every step kind with an example that passes and one that fails, and the numbered cases of the format.

Source: behaviour of the Java runner (eras 5, 7, 8, 9) as described from its source.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from esmock.conformance import document
from esmock.conformance.dialect import E5, E7, E9, Dialect
from esmock.conformance.facts import Facts
from esmock.conformance.place import LoadError
from esmock.conformance.session import Response, Session
from esmock.conformance.steps import STEPS, execute, parse_steps
from esmock.conformance.target import Answer


def session_with(response: Any, stash: dict[str, Any] | None = None, dialect: Dialect = E9) -> Session:
    """A session after one call; ``response`` is a tree, a text, or an Answer to a HEAD."""
    session = Session(target=None, dialect=dialect, facts=Facts(None, (9, 5, 3)))  # type: ignore[arg-type]
    if isinstance(response, Answer):
        session.response = Response.read("HEAD", response)
    else:
        kind = "text/plain" if isinstance(response, str) else "application/json"
        content = response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
        session.response = Response.read("GET", Answer(200, (("Content-Type", kind),), content.encode()))
    session.stash.values |= stash or {}
    session.stash["body"] = session.response.body
    return session


def outcome(response: Any, steps: str, stash: dict[str, Any] | None = None, dialect: Dialect = E9) -> str:
    """``pass``, ``fail`` or ``error`` of a flow-style list of steps."""
    found = parse_steps(document.parse(f"[{steps}]", "case.yml")[0], dialect)
    failures = execute(found, session_with(response, stash, dialect))
    return failures[0].kind if failures else "pass"


NUMBERED = [
    ("1", {"a": 1}, "match: {a: 1.0}", "pass"),
    ("2", {"a": 1}, "match: {'': {a: 1.0}}", "fail"),
    ("3", {"a": "1"}, "match: {a: 1}", "fail"),
    ("4", {"a": [1, 2]}, "match: {a: [2, 1]}", "fail"),
    ("5", {"a": {"x": 1, "y": 2}}, "match: {a: {y: 2, x: 1}}", "pass"),
    ("6", {"a": {"x": 1, "y": 2}}, "match: {a: {x: 1}}", "fail"),
    ("7", {"a": {"x": None}}, "match: {a: {}}", "fail"),
    ("8", {}, "match: {a: null}", "pass"),
    ("9", {"a": "foo bar"}, 'match: {a: "/o b/"}', "fail"),
    ("10", {"a": "foo bar"}, 'match: {a: "/o\\\\ b/"}', "pass"),
    ("11", {"a": 12}, 'match: {a: "/12/"}', "fail"),
    ("12", {"a": "//"}, 'match: {a: "//"}', "pass"),
    ("13", {"a": ["/x/"]}, 'match: {a: ["/./"]}', "fail"),
    ("14", {"a.b": {"c": 1}}, "match: {a\\.b.c: 1}", "pass"),
    ("15", {"a": [{"b": 1}]}, "match: {a.0.b: 1}", "pass"),
    ("16", {"a": []}, "is_false: a.0", "error"),
    ("17", {"a": 1}, "is_false: a.b", "error"),
    ("18", {}, "is_false: a.b.c", "pass"),
    ("19a", {"a": 0}, "is_false: a", "pass"),
    ("19b", {"a": 0.0}, "is_false: a", "fail"),
    ("20a", {"a": []}, "is_true: a", "pass"),
    ("20b", {"a": {}}, "is_true: a", "pass"),
    ("21", {"a": "False"}, "is_false: a", "pass"),
    ("22", {"a": 5000000000}, "gt: {a: 1}", "pass"),
    ("23", {"a": 5}, "gt: {a: 0.5}", "fail"),
    ("24", {"a": "b"}, "gt: {a: a}", "pass"),
    ("25", {"a": "x😀"}, "length: {a: 3}", "pass"),
    ("26", {"a": None}, "length: {a: 0}", "error"),
    ("27", {"a": {"k1": {}}}, "set: {a._arbitrary_key_: k}, match: {$k: k1}", "pass"),
    ("28", {"id": 7}, "set: {id: i}, match: {id: $i}", "pass"),
    ("29", {"id": 7, "l": [7]}, "set: {id: i}, match: {l: [$i]}", "fail"),
    ("30", {"id": 7, "l": {"x": [7]}}, "set: {id: i}, match: {l: {x: [$i]}}", "pass"),
    ("31", {"id": 7}, "match: {id: $nope}", "error"),
    ("34", {"k": {"n.1": {"x": 3}}}, "match: {$body: {k: {n.1: {x: $body.$_path}}}}", "pass"),
    ("35", {"k": None}, "match: {$body: {k: $body.$_path}}", "error"),
    ("36", "a\n", 'match: {$body: "a\\n"}', "pass"),
    ("37", "a\n", "match: {'': \"a\\n\"}", "fail"),
    ("38", Answer(404, (), b""), "is_false: ''", "pass"),
    ("39", [{"a": 1}], "match: {0.a: 1}", "pass"),
    ("40", {"l": [{"a": 1, "b": 2}]}, "contains: {l: {a: 1}}", "pass"),
    ("41", {"s": "abc"}, "contains: {s: b}", "pass"),
    ("42", {"l": ["a"]}, "contains: {l: a}", "fail"),
    ("43", {"l": [1, 2.0]}, "matches_in_any_order: {l: [2, 1.0]}", "pass"),
    ("44", {"d": 0.30000000000000004}, "close_to: {d: {value: 0.3, error: 0.0001}}", "pass"),
]


@pytest.mark.parametrize(("response", "steps", "expected"), [pytest.param(*c[1:], id=c[0]) for c in NUMBERED])
def test_numbered_case_of_the_format(response: Any, steps: str, expected: str) -> None:
    assert outcome(response, steps) == expected


def test_case_8_fails_in_the_oldest_era() -> None:
    assert outcome({}, "match: {a: null}", dialect=E5) == "fail"


def test_case_22_fails_in_the_oldest_era() -> None:
    assert outcome({"a": 5000000000}, "gt: {a: 1}", dialect=E5) == "fail"


def test_case_32_an_embedded_mark_is_filled_in() -> None:
    assert outcome({"a": "v7"}, 'match: {a: "v${i}"}', {"i": 7}) == "pass"
    assert outcome({"a": "v8"}, 'match: {a: "v${i}"}', {"i": 7}) == "fail"


def test_case_33_an_escaped_mark_is_kept_in_newer_eras() -> None:
    assert outcome({"a": "${i}"}, "match: {a: '\\${i}'}", {"i": 7}) == "pass"
    assert outcome({"a": "${i}"}, "match: {a: '\\${i}'}", {"i": 7}, E7) == "fail"


EXAMPLES = {
    "match": ({"a": 1}, "match: {a: 1}", "match: {a: 2}"),
    "is_true": ({"a": 1, "b": 0}, "is_true: a", "is_true: b"),
    "is_false": ({"a": 1, "b": 0}, "is_false: b", "is_false: a"),
    "gt": ({"a": 2}, "gt: {a: 1}", "gt: {a: 2}"),
    "gte": ({"a": 2}, "gte: {a: 2}", "gte: {a: 3}"),
    "lt": ({"a": 2}, "lt: {a: 3}", "lt: {a: 2}"),
    "lte": ({"a": 2}, "lte: {a: 2}", "lte: {a: 1}"),
    "length": ({"a": [1, 2]}, "length: {a: 2}", "length: {a: 1}"),
    "contains": ({"a": [{"b": 1}]}, "contains: {a: {b: 1}}", "contains: {a: {b: 2}}"),
    "close_to": (
        {"a": 1.5},
        "close_to: {a: {value: 1, error: 0.5}}",
        "close_to: {a: {value: 1, error: 0.4}}",
    ),
    "is_after": (
        {"a": "2023-05-25T12:30:00.001Z"},
        "is_after: {a: '2023-05-25T12:30:00Z'}",
        "is_after: {a: '2023-05-25T12:30:00.001Z'}",
    ),
    "exists": ({"a": {}}, "exists: a", "exists: b"),
    "not_exists": ({"a": {}}, "not_exists: b", "not_exists: a"),
    "matches_in_any_order": (
        {"a": ["x", "y"]},
        "matches_in_any_order: {a: [y, /x/]}",
        "matches_in_any_order: {a: [x, x]}",
    ),
    "set": ({"a": 1}, "set: {a: n}, match: {$n: 1}", "set: {a: n}, match: {$n: 2}"),
    "transform_and_set": (
        {"id": "u", "key": "p"},
        "transform_and_set: {n: '#base64EncodeCredentials(id,key)'}, match: {$n: dTpw}",
        "transform_and_set: {n: '#base64EncodeCredentials(key,id)'}, match: {$n: dTpw}",
    ),
    "eventually": ({"a": 1}, "eventually: [match: {a: 1}]", "eventually: [match: {a: 2}]"),
}
WITH_A_SERVER = {"do", "compare_analyzers"}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_step_kind_passes_and_fails(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(STEPS["eventually"], "patience_s", 0.02)
    response, passing, failing = EXAMPLES[kind]
    assert outcome(response, passing) == "pass"
    assert outcome(response, failing) == "fail"


def test_no_step_kind_is_without_examples() -> None:
    assert EXAMPLES.keys() | WITH_A_SERVER == STEPS.keys()


@pytest.mark.parametrize(
    ("response", "step", "expected"),
    [
        ({"a": 1}, "match: {a: true}", "fail"),
        ({"a": True}, "match: {a: 1}", "fail"),
        ({"a": True}, "match: {a: true}", "pass"),
        ({"a": -0.0}, "match: {'': {a: 0.0}}", "fail"),
        ({"a": 123456789012345678901}, "match: {a: 123456789012345678901}", "pass"),
        ({"a": 9007199254740993}, "match: {a: 9007199254740992.0}", "pass"),
        ({"a": []}, "match: {a: {}}", "fail"),
        ({"a": "x"}, "match: {a: ['x']}", "fail"),
        ({"a": None}, "match: {a: ''}", "fail"),
        ({"a": ""}, "match: {a: ''}", "pass"),
        ({"a": "a\nb"}, "match: {a: /^b/}", "fail"),
        ({"a": "a\nb"}, "match: {a: /a.b/}", "fail"),
        ({"a": "no"}, "is_true: a", "pass"),
        ({"a": "FALSE"}, "is_true: a", "fail"),
        ({"a": None}, "is_false: a", "pass"),
        ({"a": None}, "exists: a", "fail"),
        ({"a": 1}, "gt: {a: 5000000000}", "fail"),
        ({"a": 5000000000}, "lt: {a: 6000000000}", "pass"),
        ({"a": 2.5}, "gt: {a: 2.4}", "pass"),
        ({"a": {}}, "gt: {a: 1}", "fail"),
        ({}, "gt: {a: 1}", "fail"),
        ({"a": True}, "gt: {a: false}", "pass"),
        ({"a": {"x": 1, "y": 2}}, "length: {a: '2'}", "pass"),
        ({"a": 12}, "length: {a: 2}", "error"),
        ({"l": [{"a": 1}]}, "contains: {l: {a: 1.0}}", "fail"),
        ({"l": [{"a": 1}]}, "contains: {l: {a: 1, b: 2}}", "fail"),
        ({"d": "0.3"}, "close_to: {d: {value: 0.3, error: 0.1}}", "fail"),
        ({"d": 0.3}, "close_to: {d: {value: $nope, error: 0.1}}", "error"),
        ({"a": "2023-05-25T12:30:00+00:00"}, "is_after: {a: '2023-05-24T12:30:00Z'}", "fail"),
        ({"l": [1, 2]}, "matches_in_any_order: {l: [1]}", "fail"),
        ({"l": 1}, "matches_in_any_order: {l: [1]}", "fail"),
        ({"l": 1}, "matches_in_any_order: {l: 1.0}", "pass"),
        ({"l": ["ab", "a"]}, "matches_in_any_order: {l: [/a/, ab]}", "fail"),
        ({"a": {}}, "set: {a._arbitrary_key_: k}", "error"),
        ({"a": {"_arbitrary_key_": 1}}, "set: {a._arbitrary_key_: k}", "error"),
        ({"a": 1}, "set: {b: n}, is_true: $n", "error"),
        ({"a": 1}, "set: {$body.a: n}, is_true: $n", "error"),
        ({"a": 1}, "set: {'': n}, match: {$n.a: 1}", "pass"),
        ({"n": {"k1": {"v": 3}}}, "set: {n._arbitrary_key_: k}, match: {n.$k.v: 3}", "pass"),
        ({"n": {"k1": {"v": 3}}}, "set: {n._arbitrary_key_: k}, match: {n: {$k: {v: 3}}}", "pass"),
        ({"a": "x"}, "transform_and_set: {n: '#base64Encode(u)'}, match: {$n: dQ==}", "pass"),
        ({"a": "x"}, "transform_and_set: {n: plain}, match: {$n: plain}", "pass"),
        ({"a": "x"}, "match: {$: x}", "error"),
        ("text", "is_false: a.b", "pass"),
        ("text", "match: {$body: /ex/}", "pass"),
        (Answer(200, (), b""), "is_true: ''", "pass"),
        (Answer(404, (), b""), "is_true: ''", "fail"),
    ],
)
def test_edges_of_assertions(response: Any, step: str, expected: str) -> None:
    assert outcome(response, step) == expected


def test_a_step_before_any_response_is_an_error() -> None:
    steps = parse_steps(document.parse("[is_false: a]", "case.yml")[0])
    session = Session(target=None, facts=Facts(None, (9, 5, 3)))  # type: ignore[arg-type]
    assert [str(failure) for failure in execute(steps, session)] == [
        "case.yml:1: is_false [a]: there is no response yet"
    ]


def test_the_first_failure_ends_a_list_of_steps_unless_all_are_wanted() -> None:
    steps = parse_steps(document.parse("- match: {a: 2}\n- match: {a: 1}\n- match: {a: 3}\n", "case.yml")[0])
    assert [f.at.line for f in execute(steps, session_with({"a": 1}))] == [1]
    assert [f.at.line for f in execute(steps, session_with({"a": 1}), collect=True)] == [1, 3]


def test_a_failure_shows_both_sides_and_the_place_of_each_difference() -> None:
    steps = parse_steps(document.parse("- match: {a: {b: [1, 2], c: x}}\n", "case.yml")[0])
    (failure,) = execute(steps, session_with({"a": {"b": [1, 2.0], "d": True}}))
    assert str(failure) == (
        "case.yml:1: match [a]: b.1: expected 2 (int) but was 2.0 (double); "
        "c: expected 'x' (string) but the key is missing; d: unexpected key with true (boolean)"
    )
    assert failure.expected == {"b": [1, 2], "c": "x"}
    assert failure.actual == {"b": [1, 2.0], "d": True}


def test_expected_values_survive_a_run_with_marks() -> None:
    steps = parse_steps(document.parse("- match: {a: {b: $i}}\n", "case.yml")[0])
    assert execute(steps, session_with({"a": {"b": 1}}, {"i": 1})) == []
    assert execute(steps, session_with({"a": {"b": 2}}, {"i": 2})) == []


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("matches: {a: 1}", "unknown step [matches]"),
        ("match: {a: 1, b: 2}", "[match] must have exactly one key, found a, b"),
        ("match: {}", "[match] must have exactly one key, found none"),
        ("match: a", "[match] must be a mapping"),
        ("is_true: {a: 1}", "[is_true] must be a path"),
        ("length: {a: x}", "[length] must be an integer but is [x]"),
        ("length: {a: 1.0}", "[length] must be an integer but is [1.0]"),
        ("close_to: {a: {value: 1}}", "[close_to] must have exactly the keys [value] and [error]"),
        ("close_to: {a: {value: 1, error: x}}", "[error] of [close_to] must be a number"),
        ("set: {}", "[set] must set at least one value"),
        ("skip: {features: x}", "unknown step [skip]"),
        (
            "compare_analyzers: {index: x}",
            "[compare_analyzers] must have exactly the keys [index], [first] and [second]",
        ),
        ("{match: {a: 1}, is_true: b}", "[step] must have exactly one key, found match, is_true"),
        ("do: null", "[do] must be a mapping with an API call; is it properly indented?"),
        ("do: {}", "client call section is mandatory within a do section"),
        ("do: {catch: missing}", "client call section is mandatory within a do section"),
        ("do: {search: null}", "[search] is neither a known key of [do] nor an API call with parameters"),
        ("do: {expect: missing}", "[expect] is neither a known key of [do] nor an API call with parameters"),
        ("do: {search: {index: {a: b}}}", "the parameter [index] must be a scalar or a list"),
        ("do: {warnings: text, search: {}}", "[warnings] must be a list of strings"),
        (
            "do: {warnings: [a], allowed_warnings: [a], search: {}}",
            "the warning ['a'] is both expected and allowed",
        ),
        ("do: {node_selector: {name: x}, search: {}}", "unknown key [name] of [node_selector]"),
        ("do: {search: {body: '[1]'}}", "a body may only hold JSON objects"),
        ('do: {search: {body: \'{"a": 1, "a": 2}\'}}', "duplicate key [a]"),
        ("do: {search: {body: 1}}", "a body must be a mapping, a string of JSON objects, or a list of them"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_place(step: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        parse_steps(document.parse(f"- {step}\n", "case.yml", first_line=41)[0])
    assert str(caught.value) == f"case.yml:41: {message}"


def test_a_call_beside_an_empty_do_is_read_in_the_oldest_era_only() -> None:
    node = document.parse("- do:\n  indices.refresh: {}\n", "case.yml")[0]
    (step,) = parse_steps(node, E5)
    assert (step.name, step.call.name) == ("do", "indices.refresh")
    with pytest.raises(LoadError, match="exactly one key, found do, indices"):
        parse_steps(node, E9)


def test_compare_analyzers_passes_for_equal_tokens_and_fails_for_others(scripted: Any, answered: Any) -> None:
    (step,) = parse_steps(document.parse("- compare_analyzers: {index: x, first: a, second: b}\n", "case.yml")[0])
    one, two = {"tokens": [{"token": "x", "position": 0}]}, {"tokens": [{"token": "x", "position": 1}]}
    same = scripted(answered(one), answered(one))
    assert execute([step], Session(same, facts=Facts(same, (9, 5, 3)))) == []
    assert same.lines == ["POST /x/_analyze", "POST /x/_analyze"]
    asked = [json.loads(request.body) for request in same.sent]
    assert [body["analyzer"] for body in asked] == ["a", "b"]
    assert asked[0]["text"] == asked[1]["text"]
    assert len(asked[0]["text"]) == 100
    other = scripted(answered(one), answered(two))
    (failure,) = execute([step], Session(other, facts=Facts(other, (9, 5, 3))))
    assert (failure.kind, failure.step) == ("fail", "compare_analyzers")
    refused = scripted(answered({"error": "x"}, 400))
    (failure,) = execute([step], Session(refused, facts=Facts(refused, (9, 5, 3))))
    assert failure.kind == "error"
