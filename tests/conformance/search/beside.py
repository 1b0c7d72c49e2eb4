"""Bodies and parameters of the endpoints beside ``_search``."""

from __future__ import annotations

from tests.conformance.search.corpus import KEYS
from tests.conformance.search.drawing import Sample, Since
from tests.conformance.search.sorting import SORTS

METRICS = (
    {"precision": {"k?": (1, 5), "relevant_rating_threshold?": (1, 2), "ignore_unlabeled?": (True, False)}},
    {"recall": {"k?": 3, "relevant_rating_threshold?": 1}},
    {"mean_reciprocal_rank": {"k?": 3, "relevant_rating_threshold?": 2}},
    {"dcg": {"k?": 3, "normalize?": True}},
    {"expected_reciprocal_rank": {"maximum_relevance": 3, "k?": 3, "unknown_doc_rating?": 1}},
)

VECTORS_OF_TERMS = {
    "offsets?2": False,
    "positions?2": False,
    "payloads?2": False,
    "term_statistics?": True,
    "field_statistics?2": False,
    "filter?": (
        {"max_num_terms": 3},
        {"min_term_freq": 1, "min_doc_freq": 2},
        {"max_word_length": 4, "min_word_length": 2},
        {"max_doc_freq": 9, "max_term_freq": 4},
    ),
    "per_field_analyzer?1": {"t": "keyword"},
    "fields?": (["t"], ["tv", "t"], ["k"], ["nope"], ["t*"]),
}

VALIDATED = (
    "explain=true",
    "rewrite=true&explain=true",
    "rewrite=true",
    "all_shards=true&explain=true",
    "",
    "q=t:$start&explain=true",
    "q=$start:$start",
)

CAPABLE = (
    "fields=$any",
    "fields=$any,$any",
    "fields=*",
    "fields=k*,o*",
    "fields=n.*",
    "fields=_*",
    "fields=$any&include_unmapped=true",
    Since("fields=*&filters=-metadata", (8, 2)),
    Since("fields=*&types=keyword,long", (8, 2)),
    Since("fields=*&filters=-nested,-multifield", (8, 2)),
    Since("fields=*&include_empty_fields=false", (8, 13)),
)

_TEMPLATES = (
    {"query": {"match": {"t": "{{x}}"}}, "size": "{{n}}", "_source": False},
    '{"query":{"terms":{"k":{{#toJson}}l{{/toJson}}}},"size":{{n}}{{^n}}3{{/n}}}',
    '{"query":{"match":{"t":"{{#join}}l{{/join}}"}},"_source":["k"]}',
    '{"query":{"bool":{"should":[{{#l}}{"term":{"k":"{{.}}"}},{{/l}}{"match_none":{}}]}}}',
    '{"query":{"prefix":{"t":"{{#url}}{{x}}{{/url}}"}}}',
)

TEMPLATE = {
    "source": _TEMPLATES,
    "params": {"x": "$word", "n": range(5), "l": Sample(KEYS)},
    "explain?1": True,
    "profile?1": False,
}

SCROLLED = (
    ("POST", "/_search/scroll", {"scroll_id": "{{_scroll_id}}", "scroll?5": "1m"}),
    ("POST", "/_search/scroll$totals", {"scroll_id": "{{_scroll_id}}", "scroll": "30s"}),
    ("DELETE", "/_search/scroll", {"scroll_id": ["{{_scroll_id}}"]}),
)

PAGED = (
    (
        "POST",
        "/_search",
        {
            "query": "$query",
            "size": range(1, 9),
            "_source": False,
            "sort": (["l"], ["_shard_doc"], [{"_shard_doc": "desc"}], ["k", "i"], SORTS),
            "search_after?": ([3, 5], [3]),
            "slice?2": {"id": 0, "max": 2},
            "pit": {"id": "{{id}}", "keep_alive?": "2m"},
        },
    ),
)
