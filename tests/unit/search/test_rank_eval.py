"""Metrics of ranking evaluation. Evidence: answers of a real 7.10.2 to hits rated (none, 1, 3) of documents rated 1, 3, 2."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.search.rank_eval import METRICS


@pytest.mark.parametrize(
    ("name", "options", "hits", "score", "details"),
    [
        ("precision", {}, [None, 1], 0.5, {"relevant_docs_retrieved": 1, "docs_retrieved": 2}),
        ("recall", {}, [None, 1], 0.3333333333333333, {"relevant_docs_retrieved": 1, "relevant_docs": 3}),
        ("mean_reciprocal_rank", {}, [None, 1, 3], 0.5, {"first_relevant": 2}),
        ("dcg", {}, [None, 1, 3], 4.130929753571458, {"dcg": 4.130929753571458, "unrated_docs": 1}),
        (
            "dcg", {"normalize": True}, [None, 1, 3], 0.43979798107993306,
            {
                "dcg": 4.130929753571458, "ideal_dcg": 9.392789260714371, "normalized_dcg": 0.43979798107993306, "unrated_docs": 1,
            },
        ),
        ("expected_reciprocal_rank", {"maximum_relevance": 3}, [None, 1, 3], 0.3177083333333333, {"unrated_docs": 1}),
    ],
)
def test_metrics_score_as_recorded(name: str, options: Any, hits: list[int | None], score: float, details: Any) -> None:
    found = METRICS[name].build(options).quality(hits, [1, 3, 2])
    assert found.score == score
    assert found.details == {name: details}
