"""Any split of the documents into segments and shards answers alike, and as a naive reference counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from esmock.xcontent.json_writer import dumps
from tests.unit.search.aggs.searching import Documents

MAPPING = {"properties": {"k": {"type": "keyword"}, "n": {"type": "long"}}}
DOCS = st.lists(
    st.fixed_dictionaries(
        {
            "k": st.lists(st.sampled_from(["a", "b", "c", "ä"]), max_size=3),
            "n": st.lists(st.integers(-20, 20), max_size=3),
        }
    ),
    max_size=25,
)
AGGS = {
    "t": {
        "terms": {"field": "k", "size": 100},
        "aggs": {"s": {"sum": {"field": "n"}}, "st": {"stats": {"field": "n"}}},
    },
    "h": {"histogram": {"field": "n", "interval": 4}, "aggs": {"c": {"cardinality": {"field": "k"}}}},
    "p": {"percentiles": {"field": "n"}},
    "c": {
        "composite": {
            "size": 50,
            "sources": [{"k": {"terms": {"field": "k", "missing_bucket": True}}}, {"n": {"terms": {"field": "n"}}}],
        }
    },
}


def split(docs: list[Any], cuts: list[int], width: int) -> list[list[list[Any]]]:
    """Documents dealt over shards, each shard cut into two segments."""
    shards: list[list[Any]] = [[] for _ in range(width)]
    for place, doc in enumerate(docs):
        shards[(place + (cuts[place % len(cuts)] if cuts else 0)) % width].append(doc)
    return [[one[: len(one) // 2], one[len(one) // 2 :]] for one in shards]


@settings(max_examples=40)
@given(DOCS, st.lists(st.integers(0, 3), max_size=4), st.integers(1, 4))
def test_any_split_answers_alike(docs: list[Any], cuts: list[int], width: int) -> None:
    whole = Documents("7.10.2", MAPPING, [[docs]]).aggregate(AGGS)
    parts = Documents("7.10.2", MAPPING, split(docs, cuts, width)).aggregate(AGGS)
    assert dumps(parts) == dumps(whole)


@settings(max_examples=40)
@given(DOCS)
def test_terms_count_documents_once_per_term(docs: list[Any]) -> None:
    got = Documents("7.10.2", MAPPING, [[docs]]).aggregate({"t": AGGS["t"]})
    counted = Counter(term for doc in docs for term in set(doc["k"]))
    assert {bucket["key"]: bucket["doc_count"] for bucket in got["t"]["buckets"]} == dict(counted)
    for bucket in got["t"]["buckets"]:
        assert bucket["s"]["value"] == sum(sum(doc["n"]) for doc in docs if bucket["key"] in doc["k"])
