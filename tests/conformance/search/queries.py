"""Any query, with every option it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.search import words
from tests.conformance.search.compounds import COMPOUNDS, FUNCTIONS
from tests.conformance.search.corpus import TABLES, TEXT_FIELDS
from tests.conformance.search.drawing import Draw, Json, Since
from tests.conformance.search.full_text import TEXTS
from tests.conformance.search.options import BOOSTED
from tests.conformance.search.positional import FILTERS, INTERVALS, SPANS
from tests.conformance.search.term_level import TERMS

_MOST_DEEP = 3

ENTRIES_WITHIN = ("match_values", "ranges", "span_gap")
"""Entries that name their query themselves."""


def _query_of(kinds: Mapping[str, Any], draw: Draw) -> Json:
    known = [
        name
        for name, table in kinds.items()
        if not isinstance(table, Since) or table.first <= draw.version < table.last
    ]
    name = draw.r.choice(known)
    body = draw.one(kinds[name])
    return body if name in ENTRIES_WITHIN else {name: body}


def query(draw: Draw) -> Json:
    """Any query; compounds hold others, not too deep."""
    chance = draw.r.random()
    if draw.depth >= _MOST_DEEP or chance < 0.45:
        return _query_of(TEXTS if draw.r.random() < 0.5 else TERMS, draw)
    if chance < 0.55:
        return span(draw)
    draw.depth += 1
    found = _query_of(COMPOUNDS, draw)
    draw.depth -= 1
    return found


def span(draw: Draw) -> Json:
    """A span query."""
    if draw.depth >= _MOST_DEEP or draw.r.random() < 0.3:
        return draw.one("$span_term")
    draw.depth += 1
    found = _query_of(SPANS, draw)
    draw.depth -= 1
    return found


SLOTS: Mapping[str, Any] = {
    **TABLES,
    "word": words.word,
    "words": words.words,
    "stem": words.stem,
    "start": words.start,
    "misspelt": words.misspelt,
    "id": ("$any_number", "$any_number", "late$digit", "parent$digit", "none"),
    "any_number": lambda draw: str(draw.r.randrange(60)),
    "text": TEXT_FIELDS,
    "matched": (*TEXT_FIELDS, "t", "al", "stored", "short", "plain", "gap", "typed", "data", "t.raw", "nope"),
    "exact": (
        {"k": "$key"},
        {"ks": {"value": "$key", **BOOSTED}},
        {"t": "$word"},
        {"en": {"value": "$word", **BOOSTED}},
        {"l": range(20)},
        {"b": (True, "false")},
        {"ip": ("10.0.0.0/29", "10.0.0.1", "2001:db8::1")},
        {"date": ("2015-01-01", "2016||/M")},
        {"f": 1.5},
        {"hf": 1.25},
        {"ir": 5},
        {"o.x": "$key"},
        {"t.raw": "$word"},
        {"_id": "$id"},
        {"nope": 1},
        {"al": "$word"},
        {"alk": "$key"},
        {"i": {"value": range(20), **BOOSTED}},
        {"nanos": "2019-01-11"},
        {"_index": "one"},
        {"flat.a": "$key"},
    ),
    "exact_field": ("k", "ks", "alk", "kstored", "o.x", "t.raw"),
    "patterned": ("t", "k", "u", "en", "t.raw", "ks", "tp", "al", "white"),
    "ranged": ("l", "ls", "i", "f", "d", "hf", "o.y"),
    "bounds": {"gte?5": (0, 2.5, 3, -2), "gt?2": (1, 4), "lt?4": (6, 9.75, 2**40), "lte?4": (7, 15, 30), **BOOSTED},
    "nested_query": (
        {"match": {"n.t": "$words"}},
        {"term": {"n.a": {"value": ("x", "y"), "_name?2": "inner"}}},
        {"range": {"n.x": {"gte": range(8)}}},
        {"match_all": {}},
        {"exists": {"field": "n.a"}},
        {"bool": {"must": [{"match": {"n.t": "$words"}}], "filter": [{"range": {"n.x": {"gte": 3}}}]}},
        {"bool": {"must_not": [{"term": {"n.a": "x"}}]}},
        {"nested": {"path": "n.m", "query": {"range": {"n.m.y": {"gte": range(4)}}}, "score_mode?": ("sum", "max")}},
    ),
    "function": FUNCTIONS,
    "interval": INTERVALS,
    "small_interval": INTERVALS[:4],
    "interval_filter": {"$filter_kind": "$small_interval"},
    "filter_kind": FILTERS,
    "query": query,
    "span": span,
    "span_term": ({"span_term": {"t": "$common"}}, {"span_term": {"t": {"value": "$common", **BOOSTED}}}),
    "common": words.common,
}
