"""Queries of the places of words: spans and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.search.drawing import Several, Since
from tests.conformance.search.options import ANALYZERS, BOOSTED

SPANS: Mapping[str, Any] = {
    "span_near": {"clauses": Several("$span", 2, 3), "slop": range(6), "in_order?7": (True, False), **BOOSTED},
    "span_gap": {
        "span_near": {
            "clauses": [{"span_term": {"t": "$word"}}, {"span_gap": {"t": range(1, 4)}}, {"span_term": {"t": "$word"}}],
            "slop": range(4),
            "in_order": True,
        }
    },
    "span_or": {"clauses": Several("$span", 1, 3), **BOOSTED},
    "span_first": {"match": "$span", "end": range(1, 8), **BOOSTED},
    "span_not": {
        "include": "$span",
        "exclude": "$span",
        "...apart?5": ({"pre": 1}, {"post": 2}, {"dist": 1}),
        **BOOSTED,
    },
    "span_containing": {
        "big": {"span_near": {"clauses": Several("$span_term", 2, 2), "slop": 6, "in_order": False}},
        "little": "$span_term",
        **BOOSTED,
    },
    "span_within": {
        "big": {"span_near": {"clauses": Several("$span_term", 2, 2), "slop": 6, "in_order": True}},
        "little": "$span_term",
        **BOOSTED,
    },
    "span_multi": {
        "match": (
            {"prefix": {"t": {"value": "$start", "rewrite?": ("top_terms_3", "scoring_boolean")}}},
            {"wildcard": {"t": "$start*"}},
            {"fuzzy": {"t": "$misspelt"}},
            {"regexp": {"t": "$start.*"}},
        ),
        **BOOSTED,
    },
    "field_masking_span": {"query": {"span_term": {"u": "$word"}}, "field": "t", **BOOSTED},
}

INTERVALS = (
    {
        "match": {
            "query": "$words",
            "max_gaps?": (-1, 0, 3),
            "ordered?": (True, False),
            "analyzer?1": ANALYZERS,
            "use_field?1": ("u", "tv"),
            "filter?": "$interval_filter",
        }
    },
    {"prefix": {"prefix": "$start", "use_field?1": "u"}},
    {"wildcard": {"pattern": ("$start*", "*$start")}},
    {"fuzzy": {"term": "$misspelt", "fuzziness?": (1, "AUTO"), "transpositions?2": False, "prefix_length?2": 1}},
    Since({"regexp": {"pattern": "$start.*"}}, (8, 16)),
    Since({"range": {"gte": "a", "lt": "$word"}}, (8, 16)),
    {"any_of": {"intervals": Several("$small_interval", 1, 3), "filter?": "$interval_filter"}},
    {
        "all_of": {
            "intervals": Several("$small_interval", 2, 3),
            "max_gaps?": (0, 5),
            "ordered?": (True, False),
            "filter?": "$interval_filter",
        }
    },
)

FILTERS = (
    "containing",
    "contained_by",
    "not_containing",
    "not_contained_by",
    "overlapping",
    "not_overlapping",
    "before",
    "after",
)
