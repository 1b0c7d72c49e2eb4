"""The requests of every endpoint: what they ask, and how many of each there are in a round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.conformance.search.beside import CAPABLE, METRICS, PAGED, SCROLLED, TEMPLATE, VALIDATED, VECTORS_OF_TERMS
from tests.conformance.search.drawing import Draw, Json, Several, Since
from tests.conformance.search.highlighting import HIGHLIGHTED, HIGHLIGHTS
from tests.conformance.search.hits import (
    AGGREGATIONS,
    ANY,
    BASE,
    COLLAPSE,
    DOCVALUES,
    FIELDS,
    INNER,
    OPTIONS,
    PARAMETERS,
    RESCORE,
    RUNTIME,
    SOURCE,
)
from tests.conformance.search.queries import SLOTS as QUERY_SLOTS
from tests.conformance.search.retrieving import NEAREST, RETRIEVERS, VECTOR_RETRIEVERS
from tests.conformance.search.sorting import SORTABLE, SORTS
from tests.conformance.search.suggesting import SUGGESTIONS


class Family(NamedTuple):
    """Requests of one kind.

    Args:
        weight: how many of them in a round.
        then: requests that follow, as method, path and body; ``{{name}}`` stands for a part of the answer before.
    """

    weight: int
    method: str
    path: str
    body: Any
    then: tuple[tuple[str, str, Any], ...] = ()


FAMILIES: Mapping[str, Family] = {
    "queries": Family(
        12,
        "POST",
        "/$index/_search$dfs",
        {"query": "$query", "_source": False, "size": (5, 10, 30), "track_total_hits?1": True},
    ),
    "parameters": Family(
        2, "POST", "/$index/_search?$parameter", {"query": "$query", "_source?": SOURCE, "sort?2": SORTS}
    ),
    "options": Family(2, "POST", "/$index/_search", {**BASE, **OPTIONS}),
    "sort": Family(
        3,
        "POST",
        "/$index/_search",
        {
            **BASE,
            "sort": SORTS,
            "track_scores?2": True,
            "from?1": 2,
            "search_after?2": Several((1, "a", "2020-01-01", 3.5, None, True), 1, 2),
        },
    ),
    "fields": Family(
        3,
        "POST",
        "/$index/_search",
        {
            "query": ({"match_all": {}}, "$query"),
            "size": 3,
            "_source": SOURCE,
            "...asked": (
                {"fields": Several(FIELDS)},
                {"docvalue_fields": Several(DOCVALUES)},
                {"stored_fields": ("_none_", "*", Several("$any"), "kstored")},
                {"fields": [{"field": "*", "include_unmapped": Since(True, (7, 13))}]},
                {
                    "script_fields": {
                        "s": {"script": "doc['l'].size() == 0 ? null : doc['l'].value + 1", "ignore_failure?": True}
                    }
                },
                {**RUNTIME, "fields": ["rk", "nope"]},
            ),
        },
    ),
    "highlight": Family(
        4, "POST", "/$index/_search", {**BASE, "query": ("$query", "$texts_query"), "highlight": HIGHLIGHTS}
    ),
    "collapse": Family(
        2,
        "POST",
        "/$index/_search",
        {**BASE, "collapse": COLLAPSE, "sort?4": SORTS, "from?2": 2, "rescore?1": RESCORE},
    ),
    "rescore": Family(
        2,
        "POST",
        "/$index/_search",
        {
            **BASE,
            "rescore": (RESCORE, Several(RESCORE, 2, 2)),
            "explain?1": True,
            "min_score?1": 0.5,
            "sort?1": (["_score"], ["l"]),
        },
    ),
    "inner_hits": Family(2, "POST", "/$index/_search", {**BASE, "query": "$with_inner_hits"}),
    "suggest": Family(
        4,
        "POST",
        "/$index/_search$typed",
        {
            "suggest": {"first": SUGGESTIONS, "second?": SUGGESTIONS, "text?2": "$misspelt"},
            "...hits?": {"query": "$query", "size": 1, "_source": False},
        },
    ),
    "profile": Family(
        1,
        "POST",
        "/one/_search",
        {
            "query": "$query",
            "size": (0, 3),
            "_source": False,
            "profile": True,
            "sort?2": "l",
            "aggs?2": AGGREGATIONS,
            "rescore?1": RESCORE,
            "collapse?1": {"field": "k"},
            "post_filter?1": "$query",
        },
    ),
    "validate": Family(1, "POST", "/$index/_validate/query?$validated", {"query": "$query"}),
    "explain": Family(1, "POST", "/$single/_explain/$id", {"query": "$query"}),
    "explained_hits": Family(
        1, "POST", "/$single/_search$dfs", {"query": "$query", "size": (1, 3), "_source": False, "explain": True}
    ),
    "named": Family(
        1,
        "POST",
        "/$index/_search$named",
        {
            "query": {
                "bool": {
                    "must": [{"match": {"t": {"query": "$words", "_name": "a"}}}],
                    "should": [
                        {"term": {"k": {"value": "$key", "_name": "b"}}},
                        {"bool": {"should": ["$query"], "_name": "d"}},
                    ],
                    "filter?5": [{"exists": {"field": "u", "_name": "f"}}],
                }
            },
            "_source": False,
            "size": 5,
        },
    ),
    "field_caps": Family(
        2,
        "POST",
        "/$index/_field_caps?$capable",
        (None, {"index_filter": "$query"}, Since({"runtime_mappings": {"rr": {"type": "keyword"}}}, (7, 12))),
    ),
    "termvectors": Family(2, "POST", "/$single/_termvectors/$any_number", VECTORS_OF_TERMS),
    "termvectors_of": Family(
        1,
        "POST",
        "/$single/_termvectors",
        {**VECTORS_OF_TERMS, "doc": {"t": "$words $words", "k": "$key", "tv?": "$words"}},
    ),
    "mtermvectors": Family(
        1,
        "POST",
        "/_mtermvectors",
        {
            "docs": [
                {"_index": "$single", "_id": "$any_number", **VECTORS_OF_TERMS},
                {"_index": "one", "doc": {"tv": "$words"}, "term_statistics": True},
            ]
        },
    ),
    "count": Family(1, "POST", "/$index/_count$counted", {"query": "$query"}),
    "rank_eval": Family(
        1,
        "POST",
        "/$index/_rank_eval",
        {
            "requests": [
                {
                    "id": name,
                    "request": {"query": "$query", "size?": 5},
                    "ratings": Several({"_index": "$single", "_id": "$any_number", "rating": range(4)}, 5, 5),
                }
                for name in ("x", "y")
            ],
            "metric": METRICS,
        },
    ),
    "template": Family(1, "POST", "/$index/_search/template", TEMPLATE),
    "render": Family(1, "POST", "/_render/template", TEMPLATE),
    "msearch": Family(
        1,
        "POST",
        "/_msearch$msearched",
        [
            {
                "index": "$index",
                "preference?1": "_local",
                "search_type?2": "dfs_query_then_fetch",
                "ignore_unavailable?": True,
            },
            BASE,
            {"index": ("$index", "nope", ["one", "other"])},
            {**BASE, "sort?": SORTS},
        ],
    ),
    "msearch_template": Family(
        1,
        "POST",
        "/_msearch/template",
        [{"index": "$index"}, TEMPLATE, {"index": "one"}, {"id": "none", "params": {}}],
    ),
    "search_shards": Family(1, "GET", "/$index/_search_shards$sharded", None),
    "terms_enum": Family(
        1,
        "POST",
        "/$index/_terms_enum",
        Since(
            {
                "field": ("k", "ks", "t.raw", "t", "l", "ip", "nope", "alk", "o.x", "_index", "kstored", "flat.a"),
                "string?7": "$start",
                "size?": (1, 3),
                "case_insensitive?": True,
                "search_after?2": "b",
                "index_filter?2": "$query",
                "timeout?1": "1s",
            },
            (7, 14),
        ),
    ),
    "async": Family(
        1,
        "POST",
        "/$index/_async_search?wait_for_completion_timeout=10s",
        {**BASE, "sort?": SORTS, "aggs?": AGGREGATIONS},
    ),
    "scroll": Family(
        1,
        "POST",
        "/$index/_search?scroll=1m",
        {
            "query": "$query",
            "size": range(1, 9),
            "_source": False,
            "sort?": SORTS,
            "slice?2": {"id": 1, "max": range(2, 4)},
        },
        SCROLLED,
    ),
    "point_in_time": Family(1, "POST", "/$index/_pit?keep_alive=1m", None, PAGED),
    "retrievers": Family(
        2,
        "POST",
        "/$index/_search",
        Since(
            {
                "retriever": RETRIEVERS,
                "size": (1, 3, 10),
                "_source": False,
                "aggs?1": AGGREGATIONS,
                "highlight?1": {"fields": {"t": {}}},
                "explain?1": True,
                "from?1": 1,
            },
            (8, 14),
        ),
    ),
    "vector_retrievers": Family(
        2,
        "POST",
        "/vectors/_search",
        Since(
            {"retriever": VECTOR_RETRIEVERS, "size": (1, 3, 10), "_source": False, "from?1": 1, "explain?1": True},
            (8, 14),
        ),
    ),
    "knn": Family(
        2,
        "POST",
        "/vectors/_search",
        Since(
            {
                "knn": (NEAREST, Several(NEAREST, 2, 2)),
                "query?": {"match": {"t": "$words"}},
                "_source": False,
                "size?": (1, 20),
                "sort?1": ["l"],
                "explain?1": True,
                "aggs?1": AGGREGATIONS[0],
                "fields?1": ["k"],
                "collapse?1": {"field": "k"},
                "rescore?1": {"query": {"rescore_query": {"match": {"t": "$word"}}}},
            },
            (8, 12),
        ),
    ),
    "rank": Family(
        1,
        "POST",
        "/vectors/_search",
        Since(
            {
                "query": {"match": {"t": "$words"}},
                "knn": NEAREST,
                "rank": {"rrf": {"rank_constant?": 20, "rank_window_size?": 30}},
                "_source": False,
            },
            (8, 8),
        ),
    ),
}

SLOTS: Mapping[str, Any] = {
    **QUERY_SLOTS,
    "index": ("one", "one", "one", "five", "five", "one,five", "both", "both", "*", "other,one", "filtered"),
    "single": ("one", "five"),
    "dfs": ("", "", "?search_type=dfs_query_then_fetch"),
    "typed": ("", "", "?typed_keys=true"),
    "named": ("", Since("?include_named_queries_score=true", (8, 8))),
    "counted": ("", "?terminate_after=2", "?min_score=1", "?q=t:$start", "?routing=a"),
    "msearched": ("", "?rest_total_hits_as_int=true", "?typed_keys=true", "?max_concurrent_searches=1"),
    "totals": ("", "?rest_total_hits_as_int=true"),
    "sharded": ("", "?routing=a", "?preference=_shards:0", "?local=true"),
    "parameter": PARAMETERS,
    "validated": VALIDATED,
    "capable": CAPABLE,
    "sortable": SORTABLE,
    "number": ("l", "i", "f", "d", "hf", "ls"),
    "any": ANY,
    "highlighted": HIGHLIGHTED,
    "highlighter": ("unified", "plain"),
    "texts_query": (
        {"match": {"$text": "$words"}},
        {"match_phrase": {"$text": {"query": "$words", "slop": 2}}},
        {"multi_match": {"query": "$words", "fields": ["t", "tv", "tp", "u"]}},
        {"query_string": {"query": "$start*", "fields": ["t", "tv"]}},
    ),
    "with_inner_hits": (
        {
            "nested": {
                "path": "n",
                "query": "$nested_query",
                "inner_hits": {"name?": ("h", "h2"), "ignore_unmapped?1": True, **INNER},
                "score_mode?": ("sum", "none"),
            }
        },
        {
            "bool": {
                "must": [{"nested": {"path": "n", "query": "$nested_query", "inner_hits": INNER}}],
                "should": ["$query"],
            }
        },
        {
            "nested": {
                "path": "n",
                "query": {
                    "nested": {"path": "n.m", "query": {"range": {"n.m.y": {"gte": 1}}}, "inner_hits": {"size?": 1}}
                },
                "inner_hits": {},
            }
        },
        {"has_child": {"type": "child", "query": ("$query", {"match_all": {}}), "inner_hits": INNER}},
        {"has_parent": {"parent_type": "parent", "query": {"match_all": {}}, "inner_hits": INNER}},
    ),
}


def requests(name: str, draw: Draw) -> Iterator[tuple[str, str, Json]]:
    """One request of a family and what follows: method, path, body (a list: lines)."""
    family = FAMILIES[name]
    for method, path, body in ((family.method, family.path, family.body), *family.then):
        draw.depth = 0
        yield method, draw.one(path), draw.one(body)


def round_of(draw: Draw) -> list[str]:
    """The families of one round, shuffled; those that the version has."""
    names = [
        name
        for name, family in FAMILIES.items()
        if not isinstance(family.body, Since) or family.body.first <= draw.version < family.body.last
        for _ in range(family.weight)
    ]
    draw.r.shuffle(names)
    return names
