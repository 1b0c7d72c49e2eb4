"""Documents and mappings are refused, accepted and printed as real servers did.

Evidence: recordings of 7.10.2 and 8.19.21 (fixtures/recorded/*/documents.json, made by record_search.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from esmock.analysis.index_analysis import plain_analysis
from esmock.errors import ApiError
from esmock.mapping.mapping import Mapping
from esmock.version import behaviour
from esmock.xcontent import json_writer

Json = Any

RECORDED = Path(__file__).parents[3] / "fixtures" / "recorded"
VERSIONS = ("7.10.2", "8.19.21")


@cache
def corpus() -> Json:
    return json.loads((RECORDED / "document_cases.json").read_text())


def cases(family: str) -> list[Any]:
    out = []
    for version in VERSIONS:
        recorded = json.loads((RECORDED / version / "documents.json").read_text())[family]
        given = corpus()[family]
        assert len(recorded) == len(given)
        for one, answer in zip(given, recorded, strict=True):
            out.append(pytest.param(version, one, answer, id=f"{version}-{json.dumps(one)[-70:]}"))
    return out


def mapping(version: str, body: Json) -> Mapping:
    flags = behaviour(version)
    return Mapping.parse(body, plain_analysis(flags), flags)


def outcome(act: Callable[[], Json]) -> Json:
    """What an action gives, or the body of its error."""
    try:
        return act()
    except ApiError as error:
        return json.loads(json_writer.dumps(error.body()))


@pytest.mark.parametrize(("version", "text", "answer"), cases("documents"))
def test_a_document_is_taken_or_refused_as_recorded(version: str, text: str, answer: Json) -> None:
    def act() -> str:
        mapping(version, corpus()["mappings"]).parse_document(text.encode(), "x")
        return "ok"

    assert json.dumps(outcome(act)) == json.dumps(answer)


@pytest.mark.parametrize(("version", "case", "answer"), cases("dynamic"))
def test_new_fields_are_mapped_as_recorded(version: str, case: Json, answer: Json) -> None:
    body, text = case
    found = outcome(lambda: mapping(version, body).parse_document(text.encode(), "x").mapping.to_json())
    assert json.dumps(found) == json.dumps(answer)


@pytest.mark.parametrize(("version", "case", "answer"), cases("merges"))
def test_a_mapping_is_merged_or_refused_as_recorded(version: str, case: Json, answer: Json) -> None:
    body, change = case
    found = outcome(lambda: mapping(version, body).merge(change).to_json())
    assert json.dumps(found) == json.dumps(answer)


def test_a_document_without_new_fields_keeps_the_mapping() -> None:
    before = mapping("7.10.2", {"properties": {"n": {"type": "integer"}}})
    assert before.parse_document(b'{"n":1}', "1").mapping is before


def test_a_merge_that_changes_nothing_keeps_the_mapping() -> None:
    before = mapping("7.10.2", {"properties": {"n": {"type": "integer"}}})
    assert before.merge({"properties": {"n": {"type": "integer"}}}) is before
