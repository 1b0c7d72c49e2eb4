"""Highlighters. Evidence: answers of a real 7.10.2 to the same documents and requests."""

from __future__ import annotations

from typing import Any

import pytest

LONG = "Lorem ipsum " * 30 + "quick brown " + "dolor sit amet " * 20 + "fox brown quick"


@pytest.fixture
def ask(raw: Any) -> Any:
    server = raw("7.10.2")
    vectors = {"type": "text", "term_vector": "with_positions_offsets"}
    fields = {"b": {"type": "text", "fields": {"v": vectors}}, "k": {"type": "keyword"}}
    server.json("PUT /h", {"settings": {"number_of_shards": 1}, "mappings": {"properties": fields}})
    server.json("PUT /h/_doc/1", {"b": ["one quick value", "second brown value with fox", "third value"], "k": "a"})
    server.json("PUT /h/_doc/2", {"b": 'nothing here at all but a <b>tag</b> & quick "quote"', "k": "b"})
    server.json("PUT /h/_doc/3", {"b": LONG, "k": "c"})
    server.json("POST /h/_refresh")

    def run(highlight: Any, field: str = "b") -> list[Any]:
        query = {"match": {field: "quick brown fox"}}
        found = server.json("POST /h/_search", {"query": query, "sort": "k", "highlight": highlight})
        return [hit["highlight"][field] for hit in found["hits"]["hits"]]

    return run


def test_unified_cuts_long_sentences_around_rare_terms(ask: Any) -> None:
    assert ask({"fields": {"b": {"number_of_fragments": 2}}})[2] == [
        "sit amet dolor sit amet dolor sit amet dolor sit amet dolor sit amet dolor sit amet dolor sit amet <em>fox</em>",
        "<em>brown</em> <em>quick</em>",
    ]


def test_unified_marks_each_value_on_its_own(ask: Any) -> None:
    assert ask({"fields": {"b": {}}})[0] == ["one <em>quick</em> value", "second <em>brown</em> value with <em>fox</em>"]


def test_unified_orders_by_score(ask: Any) -> None:
    assert ask({"fields": {"b": {}}, "order": "score", "fragment_size": 50})[2] == [
        "<em>brown</em> <em>quick</em>",
        "amet dolor sit amet dolor sit amet dolor sit amet <em>fox</em>",
        "<em>brown</em> dolor sit amet dolor sit amet dolor sit amet",
        "ipsum Lorem ipsum Lorem ipsum Lorem ipsum Lorem ipsum <em>quick</em>",
    ]


def test_fragments_of_eighteen_characters_grow_to_whole_words(ask: Any) -> None:
    assert ask({"fields": {"b": {"fragment_size": 18}}})[1:] == [
        ["but a <b>tag</b> & <em>quick</em>"],
        [
            "ipsum Lorem ipsum <em>quick</em>", "<em>brown</em> dolor sit amet", "amet dolor sit amet <em>fox</em>",
            "<em>brown</em> <em>quick</em>",
        ],
    ]


def test_fvh_scans_for_boundaries(ask: Any) -> None:
    highlight = {"type": "fvh", "fields": {"b.v": {"fragment_size": 18}}}
    assert ask(highlight, "b.v")[1:] == [
        ['<b>tag</b> & <em>quick</em> "quote"'],
        ["ipsum <em>quick</em> <em>brown</em> dolor", "amet <em>fox</em> <em>brown</em> quick"],
    ]


def test_fvh_by_score_reads_on_into_the_next_value(ask: Any) -> None:
    highlight = {"type": "fvh", "fields": {"b.v": {}}, "order": "score", "fragment_size": 50}
    assert ask(highlight, "b.v")[0] == ["second <em>brown</em> value with <em>fox</em>", "one <em>quick</em> value second"]


@pytest.mark.parametrize(
    ("highlight", "reason"),
    [
        ({"fields": 3}, "fields doesn't support values of type: VALUE_NUMBER"),
        ({"fragment_offset": 3}, "unknown field [fragment_offset] did you mean any of [fragment_size, fragmenter]?"),
        ({"pre_tags": ["a"]}, "pre_tags are set but post_tags are not set"),
    ],
)
def test_highlight_errors_are_worded_as_recorded(raw: Any, highlight: Any, reason: str) -> None:
    server = raw("7.10.2")
    found = server.json("POST /_search", {"highlight": highlight})
    assert found["status"] == 400
    assert found["error"]["reason"].endswith(reason)
