"""Suggesters. Evidence: answers of a real 7.10.2 to the same documents and requests."""

from __future__ import annotations

from typing import Any

import pytest

TEXTS = (
    "Amsterdam meetup", "amsterdamned hello world", "rotterdam meetings", "the quick brown fox jumps over the lazy dog",
    "meet up in amsterdam",
)


@pytest.fixture
def ask(raw: Any) -> Any:
    server = raw("7.10.2")
    server.json("PUT /a", {"settings": {"number_of_shards": 1}, "mappings": {"properties": {"body": {"type": "text"}}}})
    for number, text in enumerate(TEXTS):
        server.json(f"PUT /a/_doc/{number}", {"body": text})
    server.json("POST /a/_refresh")
    return lambda suggest: server.json("POST /a/_search", {"size": 0, "suggest": suggest})


def test_term_suggester_offers_the_nearest_terms(ask: Any) -> None:
    found = ask({"t": {"text": "The Amsterdma meetpu", "term": {"field": "body"}}})
    assert found["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}
    assert found["suggest"] == {
        "t": [
            {"text": "the", "offset": 0, "length": 3, "options": []},
            {
                "text": "amsterdma", "offset": 4, "length": 9,
                "options": [{"text": "amsterdam", "score": 0.8888889, "freq": 2}],
            },
            {
                "text": "meetpu", "offset": 14, "length": 6,
                "options": [
                    {"text": "meetup", "score": 0.8333333, "freq": 1}, {"text": "meet", "score": 0.5, "freq": 1},
                ],
            },
        ]
    }


@pytest.mark.parametrize(
    ("distance", "options"),
    [
        ("ngram", [("meetup", 0.75), ("meet", 0.6666666)]),
        ("jaro_winkler", [("meetup", 0.96666664), ("meet", 0.93333334)]),
        ("damerau_levenshtein", [("meetup", 0.8333333), ("meet", 0.5)]),
        ("levenshtein", [("meet", 0.6666666), ("meetup", 0.6666666)]),
    ],
)
def test_string_distances_score_as_recorded(ask: Any, distance: str, options: list[tuple[str, float]]) -> None:
    term = {"field": "body", "max_edits": 2, "suggest_mode": "always", "string_distance": distance}
    found = ask({"t": {"text": "meetpu", "term": term}})["suggest"]["t"][0]["options"]
    assert [(one["text"], one["score"]) for one in found] == options


def test_phrase_suggester_scores_corrections(ask: Any) -> None:
    found = ask({"t": {"text": "noble prize amsterdma meetpu", "phrase": {"field": "body"}}})["suggest"]["t"]
    assert found == [
        {
            "text": "noble prize amsterdma meetpu", "offset": 0, "length": 28,
            "options": [
                {"text": "noble prize amsterdam meetup", "score": 0.0032932851},
                {"text": "noble prize amsterdam meet", "score": 0.0026380415},
                {"text": "noble prize amsterdam meetpu", "score": 0.0025799253},
                {"text": "noble prize amsterdma meetup", "score": 0.0021035795},
                {"text": "noble prize amsterdma meet", "score": 0.001685044},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("suggest", "kind", "reason"),
    [
        ({"t": {"text": "x"}}, "parse_exception", "missing suggestion object"),
        ({"t": "x"}, "illegal_argument_exception", "[suggest] does not support [t]"),
        ({"t": []}, "parsing_exception", "unexpected token [START_ARRAY] after [t]"),
        ({"t": {"text": "x", "foo": {}}}, "named_object_not_found_exception", "[1:48] unknown field [foo]"),
        ({"t": {"text": "x", "term": {}}}, "parse_exception", "the required field option [field] is missing"),
        ({"t": {"text": "x", "term": {"field": "body", "size": 0}}}, "illegal_argument_exception", "size must be positive"),
        (
            {"t": {"text": "x", "term": {"field": "body", "foo": 1}}}, "parsing_exception",
            "suggester[term] doesn't support field [foo]",
        ),
    ],
)
def test_suggest_errors_are_worded_as_recorded(ask: Any, suggest: Any, kind: str, reason: str) -> None:
    found = ask(suggest)["error"]
    if kind.startswith("named"):
        assert found["type"] == kind
        assert found["reason"].endswith(reason.partition(" ")[2])
    else:
        assert (found["type"], found["reason"]) == (kind, reason)
