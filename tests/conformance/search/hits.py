"""What a search may ask of its hits, and the parameters of its URL."""

from __future__ import annotations

from tests.conformance.search.corpus import TEXT_FIELDS
from tests.conformance.search.drawing import Since
from tests.conformance.search.sorting import FORMATS, SORTABLE, SORTS

SOURCE = (
    False,
    False,
    True,
    ["k"],
    "o.*",
    {"includes": ["o.*", "t"], "excludes": "o.y"},
    {"excludes": ["t*", "u", "n", "c*"]},
    ["n.a", "date", "l*"],
    ["nope"],
)

ANY = (
    *TEXT_FIELDS,
    *SORTABLE,
    "stored",
    "typed",
    "typed._2gram",
    "n.a",
    "n.x",
    "n.t",
    "n",
    "o",
    "o.*",
    "g",
    "ir",
    "dr",
    "c",
    "cc",
    "nope",
    "_id",
    "_index",
    "_source",
    "_routing",
    "_ignored",
    "_seq_no",
    "_version",
    "p",
    "j",
    "al",
    "flat",
    "features",
    "t.*",
)

INNER = {
    "size?5": (0, 1, 2, 5),
    "from?2": 1,
    "sort?": SORTS,
    "_source?5": SOURCE,
    "docvalue_fields?2": (["l"], ["n.a", "n.x"]),
    "fields?2": (["k"], ["n.*"]),
    "version?2": True,
    "seq_no_primary_term?2": True,
    "explain?1": True,
    "highlight?2": {"fields": {"t": {}, "n.t": {}}},
    "stored_fields?1": ("_none_", ["kstored"]),
    "track_scores?1": True,
    "script_fields?1": {"s": {"script": "1 + 1"}},
}

FIELDS = (
    "$any",
    "$any",
    "*",
    {"field": "$any", "format?": (*FORMATS, "0.00", "wkt", "nope")},
    "o.*",
    "n.*",
    "k*",
    "*.a",
    {"field": "date", "format": FORMATS},
    {"field": "g", "format": ("wkt", "geojson")},
)

DOCVALUES = (
    "$any",
    "$sortable",
    {"field": "$sortable", "format?4": (*FORMATS, "0.00", "use_field_mapping")},
    "k*",
    {"field": "date", "format": FORMATS},
)

RESCORE = {
    "window_size?7": (1, 5, 50),
    "query": {
        "rescore_query": "$query",
        "query_weight?": (0.5, 2),
        "rescore_query_weight?": (2, 0.1),
        "score_mode?": ("total", "max", "min", "avg", "multiply"),
    },
}

AGGREGATIONS = (
    {"a": {"terms": {"field": "k"}}},
    {
        "a": {"max": {"field": "l"}},
        "b": {"histogram": {"field": "ls", "interval": 3}, "aggs": {"c": {"avg": {"field": "d"}}}},
    },
)

BASE = {"query": "$query", "_source": SOURCE, "size": (0, 1, 3, 5, 10, 20)}

RUNTIME = {
    "runtime_mappings": Since(
        {"rk": {"type": "keyword", "script": {"source": "emit('r' + doc['l'].size())"}}, "nope": {"type": "long"}},
        (7, 11),
    )
}

COLLAPSE = {
    "field": ("k", "ls", "i", "l", "b", "date", "ip", "alk", "kstored", "nope", "f", "t"),
    "inner_hits?5": (
        {"name": "best", **INNER, "collapse?2": {"field": "i"}},
        [{"name": "x", "size": 1}, {"name": "y", "sort": ["l"], "_source": False}],
    ),
    "max_concurrent_group_searches?1": 2,
}

OPTIONS = {
    "min_score?": (0.3, 1, 3),
    "terminate_after?2": (1, 3),
    "track_total_hits?": (True, False, 3),
    "post_filter?": "$query",
    "indices_boost?2": ([{"one": 2}], [{"both": 3}], [{"f*": 0.5}, {"one": 2}]),
    "version?2": True,
    "seq_no_primary_term?2": True,
    "timeout?2": ("1s", "10m"),
    "stats?1": ["g"],
    "slice?1": {"id": 0, "max": 2},
    "aggs?2": AGGREGATIONS,
    "explain?1": False,
    "from?2": (1, 5),
    "track_scores?2": True,
    "sort?2": SORTS,
    "profile?1": False,
}

PARAMETERS = (
    "search_type=dfs_query_then_fetch",
    "preference=_local",
    "rest_total_hits_as_int=true",
    "typed_keys=true",
    "batched_reduce_size=2",
    "pre_filter_shard_size=1",
    "ccs_minimize_roundtrips=true",
    "max_concurrent_shard_requests=1",
    "request_cache=true",
    "_source=false&size=1",
    "ignore_unavailable=true",
    "expand_wildcards=all",
    "allow_partial_search_results=false",
    "q=t:$start",
    "q=$start&df=u&default_operator=AND&analyzer=standard",
    "q=$start*&analyze_wildcard=true&lenient=true",
    "stored_fields=kstored,ls",
    "docvalue_fields=l,k",
    "track_scores=true&sort=l:desc",
    "terminate_after=2",
    "preference=_shards:0",
    "preference=xyz",
    "routing=a",
    "search_type=query_then_fetch",
    "_source_includes=t*,o.*&_source_excludes=tv",
    "version=true&seq_no_primary_term=true",
    "explain=true&size=1",
    "track_total_hits=2",
    "timeout=5s",
    "from=1&size=2",
    "filter_path=hits.hits._id,hits.total",
    "suggest_field=t&suggest_text=quik&suggest_mode=always&suggest_size=2",
    "allow_no_indices=false",
    "stats=a,b",
    "ignore_throttled=false",
    Since("include_named_queries_score=true", (8, 8)),
    Since("force_synthetic_source=true", (8, 4)),
    Since("min_compatible_shard_node=7.0.0", (7, 11), (8, 16)),
)
