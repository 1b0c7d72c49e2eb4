"""Batches say of many values what the token streams say of each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esmock.analysis.analyzer import Analyzer
from esmock.analysis.batch import stream_batch
from esmock.analysis.index_analysis import IndexAnalysis
from esmock.analysis.token import TokenBatch
from esmock.version import behaviour

SEVEN = behaviour("7.10.2")
ANALYSIS = IndexAnalysis(
    {
        "index.analysis.filter.grams.type": "edge_ngram",
        "index.analysis.filter.grams.max_gram": "2",
        "index.analysis.analyzer.folded.tokenizer": "standard",
        "index.analysis.analyzer.folded.filter": ["lowercase", "asciifolding", "stop"],
        "index.analysis.analyzer.grams.tokenizer": "whitespace",
        "index.analysis.analyzer.grams.filter": ["grams"],
        "index.analysis.analyzer.html.tokenizer": "standard",
        "index.analysis.analyzer.html.char_filter": ["html_strip"],
    },
    SEVEN,
)
NAMES = ("standard", "simple", "whitespace", "stop", "english", "keyword", "pattern", "folded", "grams", "html")


def analyzer(name: str) -> Analyzer:
    found = ANALYSIS.analyzer(name)
    assert found is not None
    return found


def rows(batch: TokenBatch) -> list[list[tuple[str, int, int, int]]]:
    """Term, position, start and end of the tokens of each value."""
    assert batch.starts is not None
    assert batch.ends is not None
    flat = [
        (batch.terms[number], position, start, end)
        for number, position, start, end in zip(
            batch.ids.tolist(), batch.positions.tolist(), batch.starts.tolist(), batch.ends.tolist(), strict=True
        )
    ]
    bounds = np.concatenate(([0], np.cumsum(batch.counts))).tolist()
    return [flat[first:last] for first, last in pairwise(bounds)]


def test_stop_words_leave_gaps_and_end_positions_count_them() -> None:
    batch = analyzer("stop").batch(["the quick and the dead of", "", "of"], offsets=True)
    assert rows(batch) == [[("quick", 1, 4, 9), ("dead", 4, 18, 22)], [], []]
    assert batch.end_positions.tolist() == [6, 0, 1]


def test_terms_are_distinct_and_in_order_of_first_occurrence() -> None:
    batch = analyzer("standard").batch(["b A b", "a c"])
    assert batch.terms == ["b", "a", "c"]
    assert batch.ids.tolist() == [0, 1, 0, 1, 2]
    assert batch.ids.dtype == np.int32
    assert batch.starts is None


def test_different_tokens_may_become_one_term() -> None:
    batch = analyzer("english").batch(["foxes fox Fox's"])
    assert batch.terms == ["fox"]
    assert batch.positions.tolist() == [0, 1, 2]


def test_tokens_longer_than_the_limit_are_cut() -> None:
    batch = analyzer("standard").batch(["x" * 300, "y"], offsets=True)
    assert [(len(term), start, end) for term, _, start, end in rows(batch)[0]] == [(255, 0, 255), (45, 255, 300)]


def test_no_values_make_an_empty_batch() -> None:
    batch = analyzer("standard").batch([])
    assert (batch.terms, batch.ids.tolist(), batch.counts.tolist()) == ([], [], [])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(values=st.lists(st.text(st.sampled_from("ab1_.:,;'\" \t\n-THEthe\x1céß日😀"), max_size=12), max_size=5))
def test_a_batch_equals_the_streams(name: str, values: list[str]) -> None:
    one = analyzer(name)
    got = one.batch(values, offsets=True)
    expected = stream_batch(values, one.stream, offsets=True)
    assert rows(got) == rows(expected)
    assert got.end_positions.tolist() == expected.end_positions.tolist()
    assert got.terms == expected.terms
