"""Text whose terms all score alike. Docs: text, match-only text. Source: recordings of 7.17.29."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar

from esmock.mapping.parameter import Parameter, meta
from esmock.mapping.text import Text

FIXED = MappingProxyType(
    {
        "index": True, "norms": False, "index_options": "positions", "similarity": "boolean", "fielddata": False,
        "index_prefixes": None, "index_phrases": False, "term_vector": "no", "store": False,
    }
)
"""What a text field could choose."""


class MatchOnlyText(Text):
    """Text without frequencies and norms. ES: every query of it scores its boost."""

    name = "match_only_text"
    family = "text"
    parameters: ClassVar[tuple[Parameter, ...]] = (meta(),)
    scores_constant = True
    no_columns = "match_only_text fields do not support sorting and aggregations"
    __slots__ = ()

    def get(self, name: str) -> Any:
        return FIXED[name] if name in FIXED else super().get(name)

    def has(self, name: str) -> bool:
        return name in FIXED or super().has(name)


FIELDS = (MatchOnlyText,)
