"""All components by kind and name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from esmock.analysis import analyzers, char_filters, languages
from esmock.analysis.filters import (
    character,
    compound,
    control,
    gram,
    graph,
    marking,
    min_hash,
    normalization,
    selection,
    stemming,
    synonym,
    word_delimiter,
)
from esmock.analysis.tokenizers import gram as gram_tokenizers
from esmock.analysis.tokenizers import grammar, pattern, thai, word
from esmock.families import table

CHAR_FILTERS = table(char_filters.FAMILY)
TOKENIZERS = table(word.FAMILY, gram_tokenizers.FAMILY, pattern.FAMILY, grammar.FAMILY, thai.FAMILY)
FILTERS = table(
    character.FAMILY,
    compound.FAMILY,
    control.FAMILY,
    gram.FAMILY,
    graph.FAMILY,
    marking.FAMILY,
    min_hash.FAMILY,
    normalization.FAMILY,
    selection.FAMILY,
    stemming.FAMILY,
    synonym.FAMILY,
    word_delimiter.FAMILY,
)
ANALYZERS = table(analyzers.FAMILY, languages.FAMILY)

TABLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"char_filter": CHAR_FILTERS, "tokenizer": TOKENIZERS, "filter": FILTERS, "analyzer": ANALYZERS}
)

_FRENCH = ["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"]

PREBUILT: Mapping[str, Mapping[str, tuple[str, dict[str, Any]]]] = MappingProxyType(
    {
        "char_filter": {"htmlStrip": ("html_strip", {})},
        "tokenizer": {"nGram": ("ngram", {}), "edgeNGram": ("edge_ngram", {})},
        "filter": {
            "edge_ngram": ("edge_ngram", {"min_gram": 1, "max_gram": 1}),
            "common_grams": ("common_grams", {"common_words": []}),
            "elision": ("elision", {"articles": _FRENCH, "articles_case": True}),
            "truncate": ("truncate", {"length": 10}),
        },
        "analyzer": {},
    }
)
"""Ready parts whose settings are not the defaults of their types: name to type and settings."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        old: f"The [{old}] token filter name was deprecated in 6.4 and cannot be used in new indices. Please change the filter"
        f" name to [{new}] instead."
        for old, new in (("nGram", "ngram"), ("edgeNGram", "edge_ngram"))
    }
)
"""Names of ready token filters that new indices may not use, and what Elasticsearch says."""

DEPRECATED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        # The misspelling is Elasticsearch's.
        ("char_filter", "htmlStrip"): "The [htmpStrip] char filter name is deprecated and will be removed in a future"
        " version. Please change the filter name to [html_strip] instead.",
        **{
            ("tokenizer", old): f"The [{old}] tokenizer name is deprecated and will be removed in a future version."
            f" Please change the tokenizer name to [{new}] instead."
            for old, new in (("nGram", "ngram"), ("edgeNGram", "edge_ngram"))
        },
    }
)
"""Kind and name of ready parts whose use is answered with a warning."""
