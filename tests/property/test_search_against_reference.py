"""The engine finds what a naive matcher finds, and any split into segments answers alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.reference_search import matches
from tests.search_engine import Engine

Json = Any

MAPPING = {"properties": {"k": {"type": "keyword"}, "n": {"type": "integer"}, "t": {"type": "text"}}}

keys = st.sampled_from(["a", "ab", "b", "c"])
numbers = st.integers(-3, 3)
texts = st.lists(st.sampled_from(["red", "green", "blue", "fox"]), min_size=0, max_size=5).map(" ".join)


def one_or_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values, st.lists(values, max_size=3))


documents = st.fixed_dictionaries({}, optional={"k": one_or_many(keys), "n": one_or_many(numbers), "t": one_or_many(texts)})
leaves = st.one_of(
    st.just({"match_all": {}}),
    keys.map(lambda one: {"term": {"k": one}}),
    numbers.map(lambda one: {"term": {"n": one}}),
    st.lists(keys, min_size=1, max_size=3).map(lambda many: {"terms": {"k": many}}),
    st.tuples(numbers, numbers).map(lambda pair: {"range": {"n": {"gte": pair[0], "lt": pair[1]}}}),
    st.sampled_from(["k", "n", "t"]).map(lambda name: {"exists": {"field": name}}),
    st.sampled_from(["a", "b"]).map(lambda one: {"prefix": {"k": one}}),
    st.sampled_from(["red", "red fox", "blue green"]).map(lambda text: {"match": {"t": text}}),
    st.sampled_from(["red fox", "blue green blue", "fox fox"]).map(lambda text: {"match_phrase": {"t": text}}),
)


phrases = st.lists(st.sampled_from(["red", "green", "blue", "fox"]), min_size=1, max_size=3, unique=True).map(" ".join)
rules = st.recursive(
    st.one_of(
        st.fixed_dictionaries(
            {"query": phrases}, optional={"max_gaps": st.integers(1, 4), "ordered": st.booleans()}
        ).map(lambda body: {"match": body}),
        st.sampled_from(["r", "gre", "f"]).map(lambda text: {"prefix": {"prefix": text}}),
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda many: {"any_of": {"intervals": many}}),
    max_leaves=4,
)
by_script = {"source": "params.least", "params": {"least": 2}}
leaves = st.one_of(
    leaves,
    st.sampled_from(["a*", "?b", "*", "c?"]).map(lambda text: {"wildcard": {"k": text}}),
    st.sampled_from(["a.?", "[ab]+", "c|b"]).map(lambda text: {"regexp": {"k": text}}),
    st.sampled_from(["rde", "gren", "blues", "fix"]).map(lambda text: {"fuzzy": {"t": {"value": text, "fuzziness": 1}}}),
    phrases.map(lambda text: {"match": {"t": {"query": text, "operator": "and"}}}),
    phrases.map(lambda text: {"match": {"t": {"query": text, "minimum_should_match": 2 if " " in text else 1}}}),
    phrases.map(lambda text: {"multi_match": {"query": text, "fields": ["t", "k"]}}),
    st.sampled_from(["red gr", "fox r", "b"]).map(lambda text: {"match_bool_prefix": {"t": text}}),
    st.sampled_from(["red gr", "fox r", "b"]).map(lambda text: {"match_phrase_prefix": {"t": text}}),
    rules.map(lambda rule: {"intervals": {"t": rule}}),
    numbers.map(lambda one: {"script": {"script": {
        "source": "doc['n'].size() > 0 && doc['n'].value > params.limit", "params": {"limit": one},
    }}}),
    st.lists(keys, min_size=1, max_size=3).map(
        lambda many: {"terms_set": {"k": {"terms": many, "minimum_should_match_field": "n"}}}
    ),
    st.lists(keys, min_size=2, max_size=3).map(
        lambda many: {"terms_set": {"k": {"terms": many, "minimum_should_match_script": by_script}}}
    ),
)


def compounds(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Queries that hold others."""
    return st.one_of(
        bools(inner),
        inner.map(lambda one: {"constant_score": {"filter": one, "boost": 1.5}}),
        st.lists(inner, min_size=1, max_size=3).map(lambda many: {"dis_max": {"queries": many, "tie_breaker": 0.3}}),
        st.tuples(inner, inner).map(
            lambda pair: {"boosting": {"positive": pair[0], "negative": pair[1], "negative_boost": 0.5}}
        ),
        inner.map(lambda one: {"function_score": {"query": one, "weight": 2}}),
        inner.map(lambda one: {"script_score": {"query": one, "script": {"source": "_score * 2 + doc['n'].size()"}}}),
    )


def bools(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    clauses = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {}, optional={"must": clauses, "filter": clauses, "should": clauses, "must_not": clauses}
    ).map(lambda body: {"bool": body})


queries = st.recursive(leaves, compounds, max_leaves=6)


def has_text(source: Json) -> Json:
    """ES: a text of no words has no norms, so ``exists`` does not see it; the reference does not know of this."""
    texts_ = source.get("t")
    many = texts_ if isinstance(texts_, list) else [texts_]
    return {**source, "t": [one for one in many if one]} if texts_ is not None else source


@settings(max_examples=60)
@given(st.lists(documents, min_size=1, max_size=12), queries, st.integers(1, 5))
def test_hits_are_those_of_the_reference(sources: list[Json], query: Json, n_segments: int) -> None:
    sources = [has_text(one) for one in sources]
    docs = [(str(number), one) for number, one in enumerate(sources)]
    engine = Engine("7.10.2", MAPPING, docs, n_segments=n_segments)
    found = engine.ids(query, size=100, sort=["_doc"])
    assert found == [doc_id for doc_id, source in docs if matches(query, source)]


similar = st.lists(st.sampled_from(["red fox", "blue", "green green"]), min_size=1, max_size=2).map(
    lambda like: {"more_like_this": {"fields": ["t"], "like": like, "min_term_freq": 1, "min_doc_freq": 1}}
)


@settings(max_examples=40)
@given(st.lists(documents, min_size=1, max_size=12), st.one_of(queries, similar), st.integers(2, 6))
def test_segments_change_neither_scores_nor_order(sources: list[Json], query: Json, n_segments: int) -> None:
    docs = [(str(number), one) for number, one in enumerate(sources)]
    body = {"query": query, "size": 100}
    whole = Engine("7.10.2", MAPPING, docs).search(body)
    assert Engine("7.10.2", MAPPING, docs, n_segments=n_segments).search(body) == whole


def is_exact(query: Json) -> bool:
    """ES: the words that a fuzzy query or an unfinished phrase finds are scored by what one shard knows of them."""
    text = json.dumps(query)
    return '"fuzzy"' not in text and '"match_phrase_prefix"' not in text


@settings(max_examples=40)
@given(st.lists(documents, min_size=1, max_size=12), queries.filter(is_exact), st.integers(2, 4), st.integers(1, 3))
def test_shards_that_share_their_statistics_change_no_scores(
    sources: list[Json], query: Json, n_shards: int, n_segments: int
) -> None:
    docs = [(str(number), one) for number, one in enumerate(sources)]
    body = {"query": query, "size": 100}
    whole = Engine("7.10.2", MAPPING, docs).search(body)
    split = Engine("7.10.2", MAPPING, docs, n_segments=n_segments, n_shards=n_shards).search(body)
    assert _scores(split) == _scores(whole)


@pytest.mark.parametrize(("n_shards", "score"), [(1, 0.6931471), (2, 0.2876821)])
def test_an_unfinished_phrase_is_scored_by_what_one_shard_knows(n_shards: int, score: float) -> None:
    """Asked of 7.10.2 with ``dfs_query_then_fetch``: the documents lie on two shards where there are two."""
    docs = [("0", {"t": "blue"}), ("1", {"t": "red"})]
    engine = Engine("7.10.2", MAPPING, docs, n_shards=n_shards)
    assert _scores(engine.search({"query": {"match_phrase_prefix": {"t": "b"}}})) == {"0": score}


def _scores(answer: Json) -> dict[str, float]:
    return {hit["_id"]: hit["_score"] for hit in answer["hits"]["hits"]}
