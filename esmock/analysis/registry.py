"""All components by kind and name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from esmock.analysis import analyzers, char_filters
from esmock.analysis.filters import character, control, gram, marking, selection, stemming, synonym, word_delimiter
from esmock.analysis.tokenizers import gram as gram_tokenizers
from esmock.analysis.tokenizers import grammar, pattern, word
from esmock.families import table

CHAR_FILTERS = table(char_filters.FAMILY)
TOKENIZERS = table(word.FAMILY, gram_tokenizers.FAMILY, pattern.FAMILY, grammar.FAMILY)
FILTERS = table(
    character.FAMILY,
    control.FAMILY,
    gram.FAMILY,
    marking.FAMILY,
    selection.FAMILY,
    stemming.FAMILY,
    synonym.FAMILY,
    word_delimiter.FAMILY,
)
ANALYZERS = table(analyzers.FAMILY)

TABLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"char_filter": CHAR_FILTERS, "tokenizer": TOKENIZERS, "filter": FILTERS, "analyzer": ANALYZERS}
)

PREBUILT: Mapping[str, Mapping[str, tuple[str, dict[str, Any]]]] = MappingProxyType(
    {"char_filter": {}, "tokenizer": {}, "filter": {}, "analyzer": {}}
)
"""Ready parts whose name or settings are not those of a type's defaults: name to type and settings."""
