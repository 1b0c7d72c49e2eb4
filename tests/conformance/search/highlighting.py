"""Highlighters with every option."""

from __future__ import annotations

from tests.conformance.search.corpus import TEXT_FIELDS
from tests.conformance.search.drawing import Since

_TAGS = (
    {"pre_tags": ["<b>"], "post_tags": ["</b>"]},
    {"tags_schema": "styled"},
    {"pre_tags": ["<1>", "<2>"], "post_tags": ["</1>", "</2>"]},
)

_FRAGMENTS = {
    "number_of_fragments?": (0, 1, 2, 3),
    "fragment_size?": (0, 15, 30, 100),
    "no_match_size?": (0, 20),
    "order?": ("score", "none"),
    "require_field_match?": (True, False),
    "encoder?1": ("html", "default"),
    "...tags?2": _TAGS,
    "highlight_query?2": "$query",
    "max_analyzed_offset?1": Since(40, (7, 12)),
}

HIGHLIGHTED = (*TEXT_FIELDS, "stored", "data", "short", "gap", "typed", "t.raw", "k", "n.t", "t*", "*", "al", "l")

_EACH = {
    "number_of_fragments?2": (0, 2),
    "fragment_size?2": (10, 50),
    "highlight_query?2": "$query",
    "matched_fields?1": Since(["t", "u"], (8, 12)),
}

_FVH = {
    "number_of_fragments?": (0, 1, 2),
    "fragment_offset?2": (0, 3),
    "phrase_limit?2": (2, 256),
    "matched_fields?": (["tv"], ["tv", "t"], ["tv", "en"]),
    "boundary_chars?2": " .",
    "boundary_max_scan?2": (5, 20),
    "force_source?1": True,
}

HIGHLIGHTS = (
    {
        "...all": _FRAGMENTS,
        "boundary_scanner?": ("sentence", "word"),
        "boundary_scanner_locale?1": "en-US",
        "fields": {"$highlighted": _EACH, "$highlighted?5": {}},
    },
    {"...all": _FRAGMENTS, "type": "unified", "fields": [{"$highlighted": _EACH}, {"$highlighted": {}}]},
    {
        "...all": _FRAGMENTS,
        "type": "plain",
        "fragmenter?": ("simple", "span"),
        "fields": {"$highlighted": {"number_of_fragments?2": 2, "fragmenter?2": "span"}},
    },
    {"...all": _FRAGMENTS, "type": "fvh", "boundary_scanner?": ("chars", "sentence", "word"), "fields": {"tv": _FVH}},
    {"fields": {"t": {"type": "$highlighter"}, "tv": {"type": "$highlighter"}, "u": {}}},
)
