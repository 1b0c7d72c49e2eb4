"""The analyze API with an index. Source: answers of 7.10.2 and the YAML tests indices.analyze."""

from __future__ import annotations

import pytest

from esmock.analysis.analyze import AnalyzeRequest, analyze
from esmock.analysis.index_analysis import IndexAnalysis
from esmock.errors import ActionRequestValidation, IllegalArgument, IllegalState
from esmock.version import behaviour

SEVEN = behaviour("7.10.2")


def indexed(**settings: object) -> IndexAnalysis:
    return IndexAnalysis({f"index.analysis.{key}": value for key, value in settings.items()}, SEVEN)


def test_more_tokens_than_allowed_are_an_error() -> None:
    request = AnalyzeRequest.of({"analyzer": "standard", "text": "This should fail as it exceeds limit"})
    with pytest.raises(IllegalState) as caught:
        analyze(request, indexed(), index="test_1", max_token_count=3)
    assert caught.value.reason == (
        "The number of tokens produced by calling _analyze has exceeded the allowed maximum of [3]."
        " This limit can be set by changing the [index.analyze.max_token_count] index level setting."
    )


def test_an_index_without_that_analyzer_says_so() -> None:
    with pytest.raises(IllegalArgument) as caught:
        analyze(AnalyzeRequest.of({"analyzer": "nope", "text": "a"}), indexed(), index="i")
    assert caught.value.reason == "failed to find analyzer [nope]"


def test_a_normalizer_needs_an_index() -> None:
    with pytest.raises(ActionRequestValidation) as caught:
        analyze(AnalyzeRequest.of({"normalizer": "n", "text": "a"}), indexed())
    assert caught.value.reason == "Validation Failed: 1: index is required if normalizer is specified;"


def test_a_normalizer_of_the_index_yields_one_token() -> None:
    analysis = indexed(**{"normalizer.n.filter": ["lowercase", "asciifolding"]})
    body = analyze(AnalyzeRequest.of({"normalizer": "n", "text": "BÄR b"}), analysis, index="i")
    assert body == {"tokens": [{"token": "bar b", "start_offset": 0, "end_offset": 5, "type": "word", "position": 0}]}


def test_values_of_a_custom_analyzer_lie_its_gap_apart() -> None:
    analysis = indexed(**{"analyzer.a.tokenizer": "whitespace"})
    body = analyze(AnalyzeRequest.of({"analyzer": "a", "text": ["x", "y"]}), analysis, index="i")
    assert [(one["position"], one["start_offset"]) for one in body["tokens"]] == [(0, 0), (101, 2)]


@pytest.mark.parametrize(
    ("body", "second"),
    [
        ({"analyzer": "standard"}, 101),
        ({"analyzer": "p"}, 101),
        ({"analyzer": "c"}, 6),
        ({}, 101),
        ({"filter": ["lowercase"]}, 101),
    ],
)
def test_within_an_index_texts_lie_a_hundred_positions_apart(body: dict[str, object], second: int) -> None:
    analysis = indexed(
        **{
            "analyzer.p.type": "pattern",
            "analyzer.p.position_increment_gap": 7,
            "analyzer.c.tokenizer": "standard",
            "analyzer.c.position_increment_gap": 5,
        }
    )
    answer = analyze(AnalyzeRequest.of({**body, "text": ["a", "b"]}), analysis, index="i")
    assert [one["position"] for one in answer["tokens"]] == [0, second]


def test_a_filter_that_needs_settings_is_found_by_name_within_an_index() -> None:
    request = AnalyzeRequest.of({"tokenizer": "standard", "filter": ["synonym"], "text": "a"})
    with pytest.raises(IllegalArgument) as caught:
        analyze(request, indexed(), index="i")
    assert caught.value.reason == "synonym requires either `synonyms` or `synonyms_path` to be configured"


def test_scripts_of_conditions_come_from_outside() -> None:
    settings = {
        "index.analysis.filter.short.type": "condition",
        "index.analysis.filter.short.filter": ["uppercase"],
        "index.analysis.filter.short.script.source": "token.term.length() < 3",
        "index.analysis.analyzer.a.tokenizer": "whitespace",
        "index.analysis.analyzer.a.filter": ["short"],
    }
    analysis = IndexAnalysis(settings, SEVEN, compile_script=lambda source, lang: lambda token: len(token.term) < 3)
    found = analysis.analyzer("a")
    assert found is not None
    assert found.terms("ab abc c") == ["AB", "abc", "C"]


def test_old_names_of_types_are_deprecated() -> None:
    warnings: list[str] = []
    settings = {"index.analysis.filter.f.type": "nGram", "index.analysis.tokenizer.t.type": "nGram"}
    analysis = IndexAnalysis(settings, SEVEN, warn=warnings.append)
    assert warnings == [
        "The [nGram] tokenizer name is deprecated and will be removed in a future version."
        " Please change the tokenizer name to [ngram] instead.",
        "The [nGram] token filter name is deprecated and will be removed in a future version."
        " Please change the filter name to [ngram] instead.",
    ]
    with analysis.asked(warnings.append):
        analyze(AnalyzeRequest(text=["ab"], tokenizer="nGram"), analysis)
    assert warnings[2:] == warnings[:1]
