"""Retrievers, and searches among vectors."""

from __future__ import annotations

from tests.conformance.search.drawing import Several, Since
from tests.conformance.search.hits import RESCORE

_RETRIEVED = {
    "standard": {
        "query": "$query",
        "filter?": "$query",
        "min_score?2": 0.3,
        "sort?2": ["l", "_doc"],
        "collapse?2": {"field": "k"},
        "terminate_after?1": 5,
        "_name?1": "r",
        "search_after?1": [3, 1],
    }
}

NEAREST = {
    "field": ("near", "angle", "flat", "bytes"),
    "query_vector": "$byte_vector",
    "k": range(1, 12),
    "num_candidates": range(12, 50),
    "similarity?1": (0.5, 40),
    "filter?": {"term": {"k": "$key"}},
}

_ON_VECTORS = (
    {
        "standard": {
            "query": ({"match": {"t": "$words"}}, {"range": {"l": {"gte": 4}}}, {"term": {"k": "$key"}}),
            "filter?2": {"range": {"l": {"lte": 8}}},
        }
    },
    {"knn": NEAREST},
)

RETRIEVERS = (
    _RETRIEVED,
    Since({"rescorer": {"retriever": _RETRIEVED, "rescore": RESCORE, "min_score?2": 0.5}}, (8, 16)),
)

VECTOR_RETRIEVERS = (
    _ON_VECTORS[1],
    {
        "rrf": {
            "retrievers": Several(_ON_VECTORS, 2, 3),
            "rank_window_size?": (5, 20),
            "rank_constant?": (1, 20),
            "filter?2": {"term": {"k": "$key"}},
        }
    },
    {
        "linear": {
            "retrievers": Several(
                {"retriever": _ON_VECTORS, "weight?": (0.5, 2), "normalizer?": ("minmax", "none", "l2_norm")}, 2, 2
            ),
            "rank_window_size?": (5, 20),
        }
    },
    {
        "rescorer": {
            "retriever": _ON_VECTORS,
            "rescore": {"window_size": 10, "query": {"rescore_query": {"match": {"t": "$words"}}}},
        }
    },
    {"pinned": {"ids": ["3", "5"], "retriever": _ON_VECTORS, "rank_window_size?": 10}},
)
