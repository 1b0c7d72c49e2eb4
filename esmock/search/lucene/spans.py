"""Span queries in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.search.lucene.explanation import Explanation
from esmock.search.lucene.node import Boolean, Boost, Leaf, Lucene, binding
from esmock.search.query.rewrite import most_terms
from esmock.search.query.spans import FieldMaskingSpan

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch


_KINDS = {
    "span_term": "SpanTermQuery", "span_near": "SpanNearQuery", "span_or": "SpanOrQuery", "span_first": "SpanFirstQuery",
    "span_not": "SpanNotQuery", "span_containing": "SpanContainingQuery", "span_within": "SpanWithinQuery",
    "field_masking_span": "FieldMaskingSpanQuery", "span_field_masking": "FieldMaskingSpanQuery",
    "span_multi": "SpanMultiTermQueryWrapper",
}  # fmt: skip


_RUN = (("spanOr(", "SpanOrQuery"), ("SpanMatchNoDocsQuery(", "SpanMatchNoDocsQuery"))
"""What patterns become, by its words."""


def span(query: Any, shard: ShardSearch) -> Lucene:
    """Any span query; patterns in it are rewritten to their terms."""
    if isinstance(query, FieldMaskingSpan):
        # ES: a mask that is not within another span query is none, as explanations tell
        made = Leaf(_KINDS[type(query).name], _words(query, shard), bind=binding(query))
        made.explained = partial(_explained_mask, query.query)
        return made
    kind, words, run = _KINDS[type(query).name], _words(query, shard), _words(query, shard, is_run=True)
    if words == run:
        return Leaf(kind, words)
    kind_run = kind if type(query).name != "span_multi" else next((name for start, name in _RUN if run.startswith(start)), "SpanTermQuery")
    return Leaf(kind, words, becomes=Leaf(kind_run, run, bind=binding(query)))


def _explained_mask(masked: Any, explainer: Any, segment: Any, doc: int, boost: Any) -> Explanation:
    found: Explanation = explainer.of(explainer.made(masked), segment, doc, boost)
    return found


def _words(query: Any, shard: ShardSearch, *, is_run: bool = False) -> str:
    """The text of a query, or of what is run in its place. Raises Unsupported."""
    name = getattr(type(query), "name", "span_gap")

    def inner(*queries: Any) -> str:
        return ", ".join(_words(one, shard, is_run=is_run) for one in queries)

    if name == "span_gap":
        return f"SpanGap(:{query.width})"
    if name == "span_term":
        one = shard.field(query.field)
        if one is None and shard.behaviour.lucene_nine:
            return f'SpanMatchNoDocsQuery("unmapped field: {query.field}")'
        return f"{query.field}:{query.value if one is None else one.term(query.value)}"
    if name == "span_near":
        return f"spanNear([{inner(*query.clauses)}], {query.slop}, {'true' if query.in_order else 'false'})"
    if name == "span_or":
        return f"spanOr([{inner(*query.clauses)}])"
    if name == "span_first":
        return f"spanFirst({inner(query.match)}, {query.end})"
    if name == "span_not":
        pre, post = (query.pre, query.post) if query.dist is None else (query.dist, query.dist)
        return f"spanNot({inner(query.include, query.exclude)}, {pre}, {post})"
    if name in ("span_containing", "span_within"):
        shown = "SpanContaining" if name == "span_containing" else "SpanWithin"
        return f"{shown}({inner(query.big, query.little)})"
    if name in ("field_masking_span", "span_field_masking"):
        return f"mask({inner(query.query)}) as {query.field}"
    if name == "span_multi":
        return _multi(query, shard, is_run=is_run)
    raise Unsupported(f"Lucene's words for the query [{name}]")


def _multi(query: Any, shard: ShardSearch, *, is_run: bool) -> str:
    """A pattern, or the terms that have its form."""
    from esmock.search.lucene.describe import describe

    begun = query.begun(shard)
    if begun is not None:
        return f"mask({begun.path}:{begun.term}) as {begun.field}"
    rewrite = getattr(query.match, "rewrite", None)
    made = describe(query.pattern(), shard)
    expanded = (made.expands_to or made.becomes) if isinstance(made, Leaf) else None
    found = expanded.parts() if isinstance(expanded, Boolean) else []
    if is_run and expanded is not None and not found:
        # ES: the best terms are joined though there are none
        takes_best = type(query.match).name == "fuzzy" or str(rewrite).startswith("top_terms_")
        return "spanOr([])" if takes_best else f'SpanMatchNoDocsQuery("no expansion found for {made.text()}")'
    if not is_run or not found:
        return f"SpanMultiTermQueryWrapper({made.text()})"
    terms = [(one.inner if isinstance(one, Boost) else one).text() for one in found][: most_terms(rewrite)]
    return terms[0] if len(terms) == 1 and type(query.match).name != "fuzzy" else f"spanOr([{', '.join(terms)}])"
