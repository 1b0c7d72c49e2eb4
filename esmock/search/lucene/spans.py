"""Span queries in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.search.lucene.node import Boolean, Boost, Leaf, Lucene

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch


def span(query: Any, shard: ShardSearch) -> Lucene:
    """Any span query."""
    name = type(query).name
    if name == "span_term":
        one = shard.field(query.field)
        return Leaf("SpanTermQuery", f"{query.field}:{query.value if one is None else one.term(query.value)}")
    if name == "span_multi":
        return _multi(query, shard)
    if name == "span_near":
        words = ", ".join(_inner(one, shard) for one in query.clauses)
        return Leaf("SpanNearQuery", f"spanNear([{words}], {query.slop}, {'true' if query.in_order else 'false'})")
    if name == "span_or":
        return Leaf("SpanOrQuery", f"spanOr([{', '.join(_inner(one, shard) for one in query.clauses)}])")
    if name == "span_first":
        return Leaf("SpanFirstQuery", f"spanFirst({_inner(query.match, shard)}, {query.end})")
    if name == "span_not":
        pre, post = (query.pre, query.post) if query.dist is None else (query.dist, query.dist)
        words = f"spanNot({_inner(query.include, shard)}, {_inner(query.exclude, shard)}, {pre}, {post})"
        return Leaf("SpanNotQuery", words)
    if name in ("span_containing", "span_within"):
        kind = "SpanContaining" if name == "span_containing" else "SpanWithin"
        return Leaf(f"{kind}Query", f"{kind}({_inner(query.big, shard)}, {_inner(query.little, shard)})")
    if name in ("field_masking_span", "span_field_masking"):
        words = _inner(query.query, shard)
        return Leaf("FieldMaskingSpanQuery", f"mask({words}) as {query.field}")
    raise Unsupported(f"Lucene's words for the query [{name}]")


def _inner(query: Any, shard: ShardSearch) -> str:
    if not hasattr(query, "boost"):
        return f"SpanGap(:{query.width})"
    return span(query, shard).text()


def _multi(query: Any, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.describe import describe

    made = describe(query.match, shard)
    found: list[Lucene] = []
    if isinstance(made, Leaf):
        expanded = made.expands_to or made.becomes
        found.extend(expanded.parts() if isinstance(expanded, Boolean) else [])
    words = [(one.inner if isinstance(one, Boost) else one).text() for one in found]
    becomes: Lucene | None = None
    if len(words) == 1:
        becomes = Leaf("SpanTermQuery", words[0])
    elif words:
        becomes = Leaf("SpanOrQuery", f"spanOr([{', '.join(words)}])")
    return Leaf("SpanMultiTermQueryWrapper", f"SpanMultiTermQueryWrapper({made.text()})", becomes=becomes)
