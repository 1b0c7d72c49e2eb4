"""Queries around others, and functions of scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.search.drawing import Several
from tests.conformance.search.options import BOOSTED, LEAST, PLACE

COMPOUNDS: Mapping[str, Any] = {
    "bool": {
        "must?5": ("$query", Several("$query", 1, 3)),
        "should?6": Several("$query", 1, 4),
        "filter?4": Several("$query", 1, 2),
        "must_not?": Several("$query", 1, 2),
        "minimum_should_match?": LEAST,
        "adjust_pure_negative?1": False,
        **BOOSTED,
    },
    "boosting": {"positive": "$query", "negative": "$query", "negative_boost": (0.2, 0.5, 0), **BOOSTED},
    "constant_score": {"filter": "$query", **BOOSTED},
    "dis_max": {"queries": Several("$query", 1, 3), "tie_breaker?": (0.3, 0.7, 1), **BOOSTED},
    "nested": {
        "path": "n",
        "query": "$nested_query",
        "score_mode?7": ("avg", "sum", "min", "max", "none"),
        "ignore_unmapped?1": True,
        **BOOSTED,
    },
    "has_child": {
        "type": "child",
        "query": "$query",
        "score_mode?7": ("avg", "sum", "min", "max", "none"),
        "min_children?2": (1, 2),
        "max_children?2": (2, 3),
        "ignore_unmapped?1": True,
        **BOOSTED,
    },
    "has_parent": {"parent_type": "parent", "query": "$query", "score?5": (True, False), **BOOSTED},
    "function_score": (
        {
            "query?9": "$query",
            "functions": Several({"...function": "$function", "filter?": "$query", "weight?": (2, 0.5)}, 1, 3),
            "score_mode?6": ("multiply", "sum", "avg", "first", "max", "min"),
            "boost_mode?6": ("multiply", "replace", "sum", "avg", "max", "min"),
            "max_boost?2": (1.5, 4),
            "min_score?1": (0.5, 2),
            **BOOSTED,
        },
        {"query": "$query", "...function": "$function", "boost_mode?": ("sum", "replace")},
    ),
    "script_score": {
        "query": "$query",
        "script": (
            {"source": "_score * 2 + doc['l'].size()"},
            {"source": "Math.log(2 + _score)"},
            {"source": "_score / (params.a + 1)", "params": {"a": 3}},
            {"source": "saturation(_score, 2)"},
            {"source": "sigmoid(_score + 1, 2, 1)"},
            {"source": "randomScore(7, '_seq_no')"},
            "1",
        ),
        "min_score?1": 0.5,
        **BOOSTED,
    },
    "pinned": {"ids": Several("$id", 1, 3), "organic": "$query"},
}

_MODIFIERS = ("none", "log1p", "log2p", "ln1p", "ln2p", "square", "sqrt", "reciprocal")

_CURVES = (
    {
        "l": {"origin": (5, 0), "scale": (4, 10), "offset?": 1, "decay?": (0.3, 0.7)},
        "multi_value_mode?2": ("min", "max", "avg", "sum"),
    },
    {"ls": {"origin": 5, "scale": 4}, "multi_value_mode?6": ("min", "max", "avg", "sum")},
    {"date": {"origin": "2015-01-01", "scale": ("365d", "10d"), "offset?": "5d", "decay?": 0.4}},
    {"g": {"origin": PLACE, "scale": "2000km", "offset?": "100km"}},
)

FUNCTIONS = (
    {"weight": (2, 0.5, 7)},
    {
        "field_value_factor": {
            "field": ("l", "f", "i", "ls", "hf"),
            "missing": (1, 3),
            "factor?5": (0.5, 1.2),
            "modifier?6": _MODIFIERS,
        }
    },
    {"random_score": {"seed": range(1, 99), "field": ("_seq_no", "i", "k")}},
    {"gauss": _CURVES},
    {"exp": _CURVES},
    {"linear": _CURVES},
    {"script_score": {"script": ("_score + 1", "doc['l'].size() + 1.5")}},
)
