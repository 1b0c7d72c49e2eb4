"""Queries of single values, patterns, places and what stands by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.search.corpus import KEYS
from tests.conformance.search.drawing import Sample, Several, Since
from tests.conformance.search.options import ACCURACY, BOOSTED, BOX, CASE, GEO, PLACE, REWRITES

TERMS: Mapping[str, Any] = {
    "term": ("$exact", "$exact", {"$exact_field": {"value": "$key", **CASE, **BOOSTED}}),
    "terms": (
        {"k": Sample(KEYS), **BOOSTED},
        {"t": Several("$word"), **BOOSTED},
        {"l": Several(range(20))},
        {"ip": ["10.0.0.1", "10.0.0.4/30"]},
        {"b": [True]},
        {"_id": Several("$id")},
        {"f": [1, 2.5]},
        {"date": ["2015-01-01", "2016||/y"]},
        {"k": {"index": "one", "id": "$id", "path": "ks"}},
        {"ks": Several("$key", 0, 0)},
    ),
    "terms_set": {"ks": {"terms": Sample(KEYS), "minimum_should_match_field": ("l", "i", "nope"), **BOOSTED}},
    "range": {"$ranged": "$bounds"},
    "ranges": {
        "range": (
            {
                "ir": {
                    "gte": range(10),
                    "lte": range(10, 20),
                    "relation?7": ("intersects", "within", "contains"),
                    **BOOSTED,
                }
            },
            {"dr": {"gte": "2020-01-03", "lt": "2020-02-02", "relation?7": ("INTERSECTS", "WITHIN", "CONTAINS")}},
            {
                "date": {
                    "gte?8": ("2012-03||/M", "2013"),
                    "lt?8": ("2018", "2016-05-05||+1y/d", "now"),
                    "time_zone?": ("+02:00", "Europe/Paris"),
                    "format?2": "yyyy||strict_date_optional_time",
                    **BOOSTED,
                }
            },
            {"nanos": {"gt": "2019-03-11", "lte": "2019-08", **BOOSTED}},
            {"ip": {"gte": "10.0.0.2", "lt": "10.0.0.7"}},
            {"k": {"gt": "alpha", "lte": "delta", **BOOSTED}},
            {"t": {"gte": "a", "lt": "q"}},
            {"f": {"from": 1.5, "to": 4, "include_lower": False}},
            {"o.y": {"gte": 2, "lte": None}},
        )
    },
    "exists": {
        "field": (
            "date",
            "t",
            "n",
            "k",
            "g",
            "ir",
            "nope",
            "o.*",
            "o",
            "t.raw",
            "_id",
            "flat",
            "plain",
            "features",
            "l*",
        ),
        **BOOSTED,
    },
    "prefix": {"$patterned": ("$start", {"value": "$start", "rewrite?2": REWRITES, **CASE, **BOOSTED})},
    "wildcard": {
        "$patterned": {
            "value": ("$start*", "*$start", "?$start*", "$start?*$start", "*"),
            "rewrite?2": REWRITES,
            **CASE,
            **BOOSTED,
        }
    },
    "regexp": {
        "$patterned": {
            "value": (
                "$start.*",
                ".*[aeiou]$start?",
                "($start|$start).+",
                "<1-30>",
                "~($start).*",
                "[a-f]{2,5}",
                "@",
                "br[^x]wn&b.*",
            ),
            "flags?2": ("ALL", "NONE", "INTERVAL", "COMPLEMENT|ANYSTRING"),
            "max_determinized_states?1": 5000,
            "rewrite?2": REWRITES,
            **CASE,
            **BOOSTED,
        }
    },
    "fuzzy": {
        "$patterned": (
            "$misspelt",
            {
                "value": "$misspelt",
                "...fuzzy?7": ACCURACY,
                "transpositions?2": False,
                "rewrite?2": REWRITES,
                **BOOSTED,
            },
        )
    },
    "ids": {"values": Several("$id", 1, 5), **BOOSTED},
    "type": Since({"value": "_doc"}, last=(8,)),
    "match_all": BOOSTED,
    "match_none": {},
    "parent_id": {"type": "child", "id": "parent$digit", **BOOSTED},
    "rank_feature": (
        {
            "field": "feature",
            "...function?8": (
                {"saturation": {"pivot?5": 8}},
                {"log": {"scaling_factor": 2}},
                {"sigmoid": {"pivot": 7, "exponent": 0.6}},
                {"linear": {}},
            ),
            **BOOSTED,
        },
        {"field": "features.$key_name"},
    ),
    "distance_feature": (
        {"field": "date", "origin": "2015-06-01", "pivot": ("100d", "3h"), **BOOSTED},
        {"field": "nanos", "origin": "2019-05-01", "pivot": "10d"},
        {"field": "g", "origin": PLACE, "pivot": "1000km", **BOOSTED},
    ),
    "geo_distance": {
        "distance": ("800km", "3000mi", 5000000),
        "g": PLACE,
        "distance_type?2": ("plane", "arc"),
        "unit?1": "m",
        **GEO,
        **BOOSTED,
    },
    "geo_bounding_box": {"g": BOX, "type?1": Since("indexed", last=(8,)), **GEO, **BOOSTED},
    "geo_polygon": Since({"g": {"points": [[-100, 50], "0,60", {"lat": -30, "lon": 20}]}, **GEO}, last=(9,)),
    "geo_shape": {
        "g": {
            "shape": {"type": "envelope", "coordinates": [[-80, 45], [60, -30]]},
            "relation?5": ("intersects", "disjoint", "within"),
        },
        **BOOSTED,
    },
    "percolate": {
        "field": "p",
        "...documents": (
            {"document": {"t": "$words brown", "l": range(20), "k": "$key"}},
            {"documents": Several({"t": "$words"}, 2, 3)},
            {"index": "one", "id": "$id"},
        ),
        "name?2": "kept",
        **BOOSTED,
    },
    "script": {
        "script": (
            "doc['l'].size() > 0 && doc['l'].value > 5",
            {"source": "doc['k'].size() != 0 && doc['k'].value == params.k", "params": {"k": "$key"}},
        )
    },
    "wrapper": {"query": "eyJ0ZXJtIjp7ImsiOiJhbHBoYSJ9fQ=="},
    "knn": Since(
        {
            "field": ("near", "angle", "flat", "bytes"),
            "query_vector": "$byte_vector",
            "k?8": range(1, 9),
            "num_candidates?8": range(10, 60),
            "similarity?2": (0.5, 20),
            "filter?": ({"term": {"k": "$key"}}, {"range": {"l": {"gte": 4}}}),
            **BOOSTED,
        },
        (8, 12),
    ),
}
