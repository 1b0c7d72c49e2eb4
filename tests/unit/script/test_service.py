"""Requests, limits and tables of scripts, against recordings of 7.10.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esmock import errors
from esmock.script.context import contexts_json, languages_json
from esmock.script.execute import ExecuteRequest, execute
from esmock.script.script import Script
from esmock.script.service import ScriptService
from esmock.version import behaviour
from esmock.xcontent.jackson import jackson_for
from esmock.xcontent.located import located
from esmock.xcontent.value_reader import Reading

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded" / "7.10.2"
OLD = behaviour("7.10.2")
UNLIMITED = {"script.disable_max_compilations_rate": "true"}


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("request_", recorded("painless_execute")["requests"], ids=lambda one: one["body"])
def test_execute_answers_as_recorded(request_: dict[str, Any]) -> None:
    service = ScriptService(OLD, UNLIMITED, {})
    body = located(request_["body"].encode(), jackson_for(OLD))
    try:
        answer = execute(service, ExecuteRequest.parse(body, Reading(OLD)))
    except errors.ApiError as error:
        answer = error.body()
    assert answer == request_["response"]


def test_the_tables_of_contexts_and_languages_are_the_recorded_ones() -> None:
    tables = recorded("script_context")
    assert contexts_json(OLD) == tables["contexts"]
    assert languages_json(OLD) == tables["languages"]


@pytest.mark.parametrize(("version", "of_modules"), [("7.17.29", 2), ("8.19.21", 3)])
def test_later_contexts_are_the_recorded_ones(version: str, of_modules: int) -> None:
    """The engines asked lack Painless and the analysis module, on 8.19.21 also the aggregations module, with their contexts."""
    path = Path(__file__).parents[3] / "fixtures" / "recorded" / version / "script_context.json"
    expected = json.loads(path.read_text("utf-8"))["contexts"]
    told = contexts_json(behaviour(version))["contexts"]
    names = {one["name"] for one in expected}
    assert [one for one in told if one["name"] in names] == expected
    assert len(told) - len(expected) == of_modules


def test_the_76th_compilation_in_five_minutes_is_refused() -> None:
    """Recorded: 75 pass, then this error."""
    now = [0]
    service = ScriptService(OLD, {}, {}, now_ms=lambda: now[0])
    for number in range(75):
        service.compile(f"return {number}", "painless_test")
    with pytest.raises(errors.GeneralScript) as raised:
        service.compile("return 'x'", "painless_test")
    reason = (
        "[script] Too many dynamic script compilations within, max: [75/5m]; please use indexed, or scripts with "
        "parameters instead; this limit can be changed by the [script.context.painless_test.max_compilations_rate] setting"
    )
    assert raised.value.body() == {
        "error": {
            "root_cause": [
                {
                    "type": "circuit_breaking_exception",
                    "reason": reason,
                    "bytes_wanted": 0,
                    "bytes_limit": 0,
                    "durability": "TRANSIENT",
                }
            ],
            "type": "general_script_exception",
            "reason": "Failed to compile inline script [return 'x'] using lang [painless]",
            "caused_by": {
                "type": "circuit_breaking_exception",
                "reason": reason,
                "bytes_wanted": 0,
                "bytes_limit": 0,
                "durability": "TRANSIENT",
            },
        },
        "status": 500,
    }
    assert service.compile("return 3", "painless_test").run(params={}) == 3
    now[0] += 4000
    assert service.compile("return 'x'", "painless_test").run(params={}) == "x"


def test_a_script_longer_than_the_setting_is_refused() -> None:
    service = ScriptService(OLD, UNLIMITED | {"script.max_size_in_bytes": "5"}, {})
    with pytest.raises(errors.IllegalArgument) as raised:
        service.compile("return 1", "painless_test")
    assert raised.value.reason == (
        "exceeded max allowed inline script size in bytes [5] with size [8] for script [return 1]"
    )


def test_a_stored_script_compiles_and_a_missing_one_is_named() -> None:
    service = ScriptService(OLD, UNLIMITED, {"a": {"lang": "painless", "source": "params.x * 2"}})
    assert service.compile(Script("a", None, True), "painless_test").run(params={"x": 4}) == 8
    with pytest.raises(errors.ResourceNotFound) as raised:
        service.compile(Script("b", None, True), "painless_test")
    assert raised.value.reason == "unable to find script [b] in cluster state"


def test_the_same_source_is_compiled_once() -> None:
    service = ScriptService(OLD, UNLIMITED, {})
    first = service.compile("1 + 1", "painless_test")
    assert service.compile("1 + 1", "painless_test") is first
    assert service.compilations == 1


@pytest.mark.unverified
def test_disabled_regexes_do_not_compile() -> None:
    service = ScriptService(OLD, UNLIMITED | {"script.painless.regex.enabled": "false"}, {})
    with pytest.raises(errors.Script) as raised:
        service.compile("/a/.matcher('a').find()", "painless_test")
    assert raised.value.reason == "compile error"


@pytest.mark.unverified
def test_an_update_script_changes_the_context_in_place() -> None:
    service = ScriptService(OLD, UNLIMITED, {})
    ctx = {"_source": {"counter": 1, "tags": ["a"]}, "op": "index"}
    script = service.compile(
        "ctx._source.counter += params.by; ctx._source.tags.add('b'); if (ctx._source.counter > 2) { ctx.op = 'none' }",
        "update",
    )
    script.run(ctx=ctx, params={"by": 4})
    assert ctx == {"_source": {"counter": 5, "tags": ["a", "b"]}, "op": "none"}


@pytest.mark.unverified
def test_contexts_without_documents_know_no_fields_api() -> None:
    service = ScriptService(behaviour("8.19.21"), UNLIMITED, {})
    with pytest.raises(errors.Script):
        service.compile("$('a', 0) == 1", "processor_conditional")
