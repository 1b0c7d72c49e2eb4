"""What 7.10.2 answered to the analysis cases (fixtures/recorded/7.10.2/analysis, made by fixtures/record_analysis.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from esmock.analysis.analyze import AnalyzeRequest, analyze
from esmock.analysis.environment import Environment
from esmock.analysis.filters.stemming import find_stem
from esmock.analysis.index_analysis import IndexAnalysis
from esmock.errors import ApiError, Unsupported
from esmock.version import behaviour

FOLDER = Path(__file__).parents[3] / "fixtures/recorded/7.10.2/analysis"
SEVEN = behaviour("7.10.2")

NEEDS_JAVA = {"thai"}
"""Names whose cases are refused with 501 where there is no Java."""


def exchanges(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["exchanges"]


def component(name: str, body: dict[str, Any]) -> str:
    """The part that a case is about."""
    key = {"analyzers": "analyzer", "tokenizers": "tokenizer", "filters": "filter", "char_filters": "char_filter"}[name]
    part = body[key]
    if isinstance(part, list):
        part = part[-1]
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)


def answer(analysis: IndexAnalysis, body: dict[str, Any]) -> Any:
    try:
        return analyze(AnalyzeRequest.of(body), analysis)
    except ApiError as error:
        return error.body()


def components() -> Iterator[tuple[str, str]]:
    for name in ("analyzers", "tokenizers", "filters", "char_filters"):
        for part in dict.fromkeys(component(name, one["body"]) for one in exchanges(name)):
            yield name, part


@pytest.fixture(scope="module")
def analysis() -> IndexAnalysis:
    return IndexAnalysis({}, SEVEN)


@pytest.mark.parametrize(("name", "part"), list(components()))
def test_tokens_are_those_of_the_recording(name: str, part: str, analysis: IndexAnalysis) -> None:
    cases = [one for one in exchanges(name) if component(name, one["body"]) == part]
    differing, refused = [], 0
    for case in cases:
        try:
            got = answer(analysis, case["body"])
        except Unsupported:
            refused += 1
            continue
        if json.dumps(got) != json.dumps(case["response"]):
            differing.append(case["body"])
    kind = json.loads(part)["type"] if part.startswith("{") else part
    if refused and kind in NEEDS_JAVA:
        pytest.skip("there is no Java, or JPype")
    assert not refused, f"{refused} of {len(cases)} refused"
    assert differing == []


@pytest.mark.parametrize("case", exchanges("dictionaries"), ids=lambda case: json.dumps(case["body"]["filter"])[:80])
def test_dictionaries_are_read_as_recorded(case: dict[str, Any]) -> None:
    config = FOLDER.parents[2] / "analysis_config"
    got = json.dumps(answer(IndexAnalysis({}, SEVEN, Environment(config)), case["body"]))
    assert got.replace(f"{config}/", "/usr/share/elasticsearch/config/") == json.dumps(case["response"])


@pytest.mark.parametrize("case", exchanges("analyze"), ids=lambda case: json.dumps(case["body"])[:60])
def test_the_analyze_api_answers_and_refuses_as_recorded(case: dict[str, Any], analysis: IndexAnalysis) -> None:
    if "[analyze_request]" in json.dumps(case["response"]):
        pytest.skip("the reader of the body refuses it before")
    assert json.dumps(answer(analysis, case["body"])) == json.dumps(case["response"])


def flat(values: dict[str, Any], prefix: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in values.items():
        out.update(flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value})
    return out


@pytest.mark.parametrize("case", exchanges("index_errors"), ids=lambda case: json.dumps(case["analysis"])[:60])
def test_settings_are_taken_or_refused_as_recorded(case: dict[str, Any]) -> None:
    settings = {"index.name": "esmock-analysis-x", **flat(case["analysis"], "index.analysis.")}
    if case["status"] == 200:
        assert IndexAnalysis(settings, SEVEN).default.name == "default"
        return
    with pytest.raises(ApiError) as caught:
        IndexAnalysis(settings, SEVEN)
    assert caught.value.body() == case["response"]


@pytest.mark.parametrize("case", exchanges("stemmers"), ids=lambda case: case["language"])
def test_stems_are_those_of_the_recording(case: dict[str, Any]) -> None:
    stem = find_stem(case["language"], SEVEN)
    wrong = {word: stem(word) for word, expected in case["stems"].items() if stem(word) != expected}
    assert wrong == {}
