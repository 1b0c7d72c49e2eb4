"""filter_path. Evidence: recordings of 7.10.2 and 8.19.21 (C120 to C126, F1 to F26)."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.version import behaviour
from esmock.xcontent.filter_path import NOTHING, apply
from esmock.xcontent.json_writer import RawJson

ANSWER = {
    "took": 0,
    "timed_out": False,
    "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
    "hits": {"total": {"value": 5, "relation": "eq"}, "max_score": None, "hits": []},
}
HITS = {
    "hits": {
        "hits": [
            {"_id": "1", "_source": RawJson(b'{"author":"a1","n":1}'), "sort": [1]},
            {"_id": "2", "_source": RawJson(b'{"author":"a2","n":2}'), "sort": [2]},
        ]
    }
}
OLD, NEW = behaviour("7.10.2"), behaviour("8.19.21")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hits.total,-hits.total.relation", {"hits": {"total": {"value": 5}}}),
        ("hits.total,-hits.total", {}),
        ("**.total", {"_shards": {"total": 1}, "hits": {"total": {"value": 5, "relation": "eq"}}}),
        ("*.total", {"_shards": {"total": 1}, "hits": {"total": {"value": 5, "relation": "eq"}}}),
        ("hi?s", {}),
        ("**", ANSWER),
        ("", ANSWER),
        (" hits.total , ", {"hits": {"total": {"value": 5, "relation": "eq"}}}),
        ("hits.hits", {"hits": {"hits": []}}),
        ("h*s.t*", {"hits": {"total": {"value": 5, "relation": "eq"}}}),
        ("hits.total.value.x", {}),
        ("hits..total", {}),
        (".hits", {}),
        ("_shards.*,-_shards.s*", {"_shards": {"total": 1, "failed": 0}}),
    ],
)
def test_what_a_filter_leaves_of_a_search_answer(text: str, expected: Any) -> None:
    for version in (OLD, NEW):
        assert apply(ANSWER, text, version) == expected


def test_exclusion_leaves_what_was_empty_from_8_15_on() -> None:
    left = {"took": 0, "timed_out": False, "_shards": {"successful": 1, "skipped": 0, "failed": 0}}
    assert apply(ANSWER, "-**.total", OLD) == {**left, "hits": {"max_score": None}}
    assert apply(ANSWER, "-**.total", NEW) == {**left, "hits": {"max_score": None, "hits": []}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hits.hits._source.n", {"hits": {"hits": [{"_source": {"n": 1}}, {"_source": {"n": 2}}]}}),
        ("**.n", {"hits": {"hits": [{"_source": {"n": 1}}, {"_source": {"n": 2}}]}}),
        ("hits.**.n", {"hits": {"hits": [{"_source": {"n": 1}}, {"_source": {"n": 2}}]}}),
        ("**.hits._id", {"hits": {"hits": [{"_id": "1"}, {"_id": "2"}]}}),
        ("hits.hits.sort", {"hits": {"hits": [{"sort": [1]}, {"sort": [2]}]}}),
        ("-hits.hits._source,-hits.hits._id", {"hits": {"hits": [{"sort": [1]}, {"sort": [2]}]}}),
        ("-hits.hits._source,-hits.hits._id,-hits.hits.sort", {}),
    ],
)
def test_filters_reach_through_arrays_and_into_sources(text: str, expected: Any) -> None:
    assert apply(HITS, text, OLD) == expected


def test_everything_kept_is_read_anew() -> None:
    assert apply({"_source": RawJson(b'{ "a" : 1e3 }')}, "_source", NEW) == {"_source": {"a": 1000.0}}


def test_a_key_with_dots_is_one_key() -> None:
    body = [{"docs.count": "5"}]
    assert apply(body, "docs\\.count", OLD) == [{"docs.count": "5"}]
    assert apply(body, "docs.count", OLD) is NOTHING


def test_nothing_left_of_a_root_array_is_nothing_and_of_an_object_braces() -> None:
    assert apply([{"a": 1}], "nothing", OLD) is NOTHING
    assert apply({"a": 1}, "nothing", OLD) == {}
