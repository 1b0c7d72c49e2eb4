"""Whether a query could match nested objects, or documents that are not nested in some path: Elasticsearch keeps them out.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from esmock.search.lucene.node import FILTER, MUST, SHOULD, Boolean, Boost, Constant, Joined, Leaf, Lucene

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping

_BY_FIELD = ("TermQuery", "TermInSetQuery", "PointRangeQuery", "IndexOrDocValuesQuery")
"""Queries of which the field decides; of any other one everything is thought possible."""


def may_match_nested(made: Lucene, mapping: Mapping) -> bool:
    """Whether nested objects could match."""
    return _may(made, lambda path: path.startswith("_") or mapping.nested_parent(path) is not None)


def may_match_others(made: Lucene, nested_path: str, mapping: Mapping) -> bool:
    """Whether anything could match but the objects of a nested path."""

    def by_field(path: str) -> bool:
        return path.startswith("_") or (mapping.field(path) is not None and mapping.nested_parent(path) != nested_path)

    return _may(made, by_field, is_inside=True)


def _may(made: Lucene, by_field: Callable[[str], bool], *, is_inside: bool = False) -> bool:
    if isinstance(made, Boost | Constant):
        return _may(made.inner, by_field, is_inside=is_inside)
    if isinstance(made, Boolean):
        required = made.of(MUST) + made.of(FILTER)
        if required:
            return all(_may(one, by_field, is_inside=is_inside) for one in required)
        return any(_may(one, by_field, is_inside=is_inside) for one in made.of(SHOULD))
    if isinstance(made, Joined):
        return is_inside or made.is_nested
    if made.kind == "MatchNoDocsQuery":
        return False
    if isinstance(made, Leaf) and (made.kind in _BY_FIELD or made.path is not None) and not made.may_be_nested:
        return by_field(made.path or made.words.partition(":")[0])
    return True
