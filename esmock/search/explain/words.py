"""Queries as Lucene writes them, where explanations quote them."""

from __future__ import annotations

from typing import Any

from esmock.errors import Unsupported


def query_words(bound: Any, query: Any) -> str:
    """A constant-score query in Lucene's notation. Raises Unsupported for those that are not known."""
    kind = type(bound).__name__
    if kind == "TextTerm":
        return f"{bound.path}:{bound.term}"
    if kind == "ColumnTerm":
        return f"{bound.path}:{bound.value}"
    if kind == "MatchEverything":
        return "*:*"
    if kind == "MatchNothing" and getattr(query, "field", None) and type(query).name == "term":
        return f"{query.field}:{query.value}"
    name = type(query).name if query is not None else ""
    if name == "constant_score":
        return f"ConstantScore({query_words(None, query.filter)})"
    if name == "terms":
        return "ConstantScore(" + " ".join(f"{query.field}:{value}" for value in sorted(map(str, query.values))) + ")"
    if name == "range" or (name == "term" and bound is not None and kind == "Constant"):
        return _range_words(query)
    if name == "term":
        return f"{query.field}:{query.value}"
    if name == "match":
        return f"{query.field}:{query.query}"
    if name == "match_all":
        return "*:*"
    if name == "prefix":
        return f"{query.field}:{query.value}*"
    if name == "wildcard":
        return f"{query.field}:{query.value}"
    if name == "regexp":
        return f"{query.field}:/{query.value}/"
    if name == "exists":
        return f"ConstantScore(DocValuesFieldExistsQuery [field={query.field}])"
    raise Unsupported(f"explanation of query [{name or kind}]")


def _range_words(query: Any) -> str:
    """A range of whole numbers, or one of them. Raises Unsupported for others."""
    value = getattr(query, "value", None)
    if type(value) is int:
        return f"{query.field}:[{value} TO {value}]"
    raise Unsupported(f"explanation of query [{type(query).name}]")
