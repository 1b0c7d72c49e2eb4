"""All components by kind and name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from esmock.analysis import analyzers
from esmock.analysis.filters import character, selection, stemming
from esmock.analysis.tokenizers import word
from esmock.families import table

CHAR_FILTERS = table()
TOKENIZERS = table(word.FAMILY)
FILTERS = table(character.FAMILY, selection.FAMILY, stemming.FAMILY)
ANALYZERS = table(analyzers.FAMILY)

TABLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"char_filter": CHAR_FILTERS, "tokenizer": TOKENIZERS, "filter": FILTERS, "analyzer": ANALYZERS}
)

PREBUILT: Mapping[str, Mapping[str, tuple[str, dict[str, Any]]]] = MappingProxyType(
    {"char_filter": {}, "tokenizer": {}, "filter": {}, "analyzer": {}}
)
"""Ready parts whose name or settings are not those of a type's defaults: name to type and settings."""
