"""Scripts against recordings of 7.10.2 (fixtures/recorded/7.10.2: painless, mustache, expression)."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path
from typing import Any

import pytest

from esmock import errors
from esmock.script.context import BY_NAME
from esmock.script.execute import ExecuteRequest, execute
from esmock.script.expression.compiler import compile_expression
from esmock.script.mustache.template import compile_template
from esmock.script.service import ScriptService
from esmock.version import behaviour
from esmock.xcontent.value_reader import Reading

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded" / "7.10.2"

DIFFERENT = frozenset(
    (
        "def a = 1000; def b = 1000; a === b",
        "[1,2,3].stream().map((String x) -> x + 1).collect(Collectors.toList())",
        "params['y'] = [1]; params.y.add(2); params",
    )
)
"""Snippets that are known to be answered otherwise; strict both ways."""


def load(name: str, key: str) -> list[dict[str, Any]]:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))[key]


def without_java_frames(body: Any) -> Any:
    """Leave out the frames of Java's own classes: they name lines of one JDK."""
    if isinstance(body, dict):
        out = {key: without_java_frames(value) for key, value in body.items()}
        if "script_stack" in out:
            frames = out["script_stack"]
            out["script_stack"] = [f for f in frames if not re.match(r"(java\.base/|org\.elasticsearch\.|app//)", f)]
        return out
    return [without_java_frames(item) for item in body] if isinstance(body, list) else body


def without_addresses(body: Any) -> Any:
    """Identity hashes and the numbers of the JVM's local variables are one run's own."""
    text = re.sub(r"(node\.E\w+|\[?[A-Za-z.;]+)@[0-9a-f]{1,8}", r"\1@HASH", json.dumps(body))
    return json.loads(re.sub(r"<local\d+>", "<local>", text))


@pytest.fixture(scope="module")
def service() -> ScriptService:
    return ScriptService(behaviour("7.10.2"), {"script.disable_max_compilations_rate": "true"}, {})


def answer(service: ScriptService, snippet: dict[str, Any]) -> Any:
    body = {"script": {"source": snippet["source"], "params": snippet.get("params", {})}}
    try:
        request = ExecuteRequest.parse(body, Reading(behaviour("7.10.2")))
        return execute(service, request)
    except errors.ApiError as error:
        return error.body()


def test_painless_answers_as_recorded(service: ScriptService) -> None:
    snippets = load("painless", "snippets")
    assert len(snippets) >= 1000
    different = set()
    for snippet in snippets:
        expected = without_addresses(without_java_frames(snippet["response"]))
        if without_addresses(without_java_frames(answer(service, snippet))) != expected:
            different.add(snippet["source"])
    assert different - DIFFERENT == set()
    assert DIFFERENT - different == set()


def test_generated_snippets_answer_as_recorded(service: ScriptService) -> None:
    """1,400 snippets made by a generator: operators on pairs of types, casts, loops, lambdas, errors, the library."""
    wrong = []
    for snippet in load("painless_generated", "snippets"):
        expected = without_addresses(without_java_frames(snippet["response"]))
        same = without_addresses(without_java_frames(answer(service, snippet))) == expected
        if same == ("differs" in snippet):
            wrong.append(snippet["source"])
    assert not wrong, "\n".join(wrong)


def test_snippets_around_the_library_answer_as_recorded(service: ScriptService) -> None:
    """Calls of what the allow list has, with arguments by type; statements and expressions put together at random."""
    snippets = load("painless_library", "snippets")
    assert len(snippets) >= 1000
    wrong = []
    for snippet in snippets:
        if without_addresses(answer(service, snippet)) != without_addresses(snippet["response"]):
            wrong.append(snippet["source"])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("name", "least"), [("classes", 2000), ("library_calls", 1400), ("regex", 700)])
def test_calls_of_the_library_answer_as_recorded(service: ScriptService, name: str, least: int) -> None:
    """Snippets put together at random: calls of java.time, java.text and java.util with arguments by type; regular expressions."""
    snippets = json.loads(lzma.decompress((RECORDED / f"painless_{name}.json.xz").read_bytes()))["snippets"]
    assert len(snippets) >= least
    wrong = []
    for snippet in snippets:
        found = without_addresses(answer(service, snippet))
        if "error" in found:
            del found["error"]["root_cause"]
        if found != without_addresses(snippet["response"]):
            wrong.append(snippet["source"])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("template", load("mustache", "templates"), ids=lambda one: one["source"])
def test_mustache_renders_as_recorded(template: dict[str, Any]) -> None:
    try:
        answer = _tree(compile_template(template["source"], "application/json").run(params=template["params"]))
    except errors.Script as error:
        answer = error.body()
    assert answer == (template["response"] if "response" in template else _tree(template["rendered"]))


def _tree(text: str) -> Any:
    """The JSON, or the text where the template gave none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class OneDocument:
    """The columns of the document that the recording used."""

    def kind(self, field: str) -> str | None:
        if field == "t":
            raise errors.IllegalArgument("fielddata is off")
        return {"n": "long", "d": "double", "k": "keyword", "dt": "date", "g": "geo_point", "b": "boolean"}.get(field)

    def column(self, field: str) -> tuple[Any, Any]:
        import numpy as np

        values: dict[str, Any] = {
            "n": [1, 3],
            "d": [2.5],
            "dt": [1577934245678],
            "g": [[0.9999999823048711, 1.9999999646097422]],
            "b": [1],
        }
        return np.asarray(values[field]), np.asarray([0, len(values[field])])


@pytest.mark.parametrize("recorded", load("expression", "expressions"), ids=lambda one: one["source"])
def test_an_expression_gives_the_recorded_value(recorded: dict[str, Any]) -> None:
    import numpy as np

    failure: Any = None
    value = None
    try:
        found = compile_expression(recorded["source"], BY_NAME["field"]).bind(OneDocument(), {})()
        value = float(np.asarray(found, dtype=float).reshape(-1)[0])
    except errors.Script as error:
        failure = error.cause_body()
    if "doc['t']" in recorded["source"]:
        # the cause is the mapping's own error, which the column's owner words
        assert failure["script_stack"] == recorded["error"]["script_stack"]
        return
    assert failure == recorded.get("error")
    # rounded(12): haversin is approximated by tables in Lucene
    tolerance = 1e-12 if "haversin" in recorded["source"] else 1e-15
    assert value == (pytest.approx(recorded["value"], rel=tolerance) if failure is None else None)
