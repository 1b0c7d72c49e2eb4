"""The engine finds what a naive matcher finds, and any split into segments answers alike."""

from __future__ import annotations

from typing import Any

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


def bools(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    clauses = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {}, optional={"must": clauses, "filter": clauses, "should": clauses, "must_not": clauses}
    ).map(lambda body: {"bool": body})


queries = st.recursive(leaves, bools, max_leaves=6)


def has_text(source: Json) -> Json:
    """ES: a text of no words has no norms, so ``exists`` does not see it; the reference does not know of this."""
    texts_ = source.get("t")
    many = texts_ if isinstance(texts_, list) else [texts_]
    return {**source, "t": [one for one in many if one]} if texts_ is not None else source


@settings(max_examples=60, deadline=None)
@given(st.lists(documents, min_size=1, max_size=12), queries, st.integers(1, 5))
def test_hits_are_those_of_the_reference(sources: list[Json], query: Json, n_segments: int) -> None:
    sources = [has_text(one) for one in sources]
    docs = [(str(number), one) for number, one in enumerate(sources)]
    engine = Engine("7.10.2", MAPPING, docs, n_segments=n_segments)
    found = engine.ids(query, size=100, sort=["_doc"])
    assert found == [doc_id for doc_id, source in docs if matches(query, source)]


@settings(max_examples=40, deadline=None)
@given(st.lists(documents, min_size=1, max_size=12), queries, st.integers(2, 6))
def test_segments_change_neither_scores_nor_order(sources: list[Json], query: Json, n_segments: int) -> None:
    docs = [(str(number), one) for number, one in enumerate(sources)]
    body = {"query": query, "size": 100}
    whole = Engine("7.10.2", MAPPING, docs).search(body)
    assert Engine("7.10.2", MAPPING, docs, n_segments=n_segments).search(body) == whole
