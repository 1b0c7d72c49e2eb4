"""The JSON of one hit, in answers and in top_hits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    from esmock.search.fetch import FetchedHit

Json = Any
UNKNOWN = (-2, 0)
"""Sequence number and primary term of a document whose index does not keep them."""


def hit(one: FetchedHit, *, typed: bool, total_as_int: bool = False) -> dict[str, Json]:
    """One hit.

    Args:
        total_as_int: totals of its inner hits are numbers (``rest_total_hits_as_int``).
    """
    out: dict[str, Json] = {}
    if one.shard is not None:
        out["_shard"], out["_node"] = one.shard, one.node
    out["_index"] = one.index
    if one.shows_id:
        if typed:
            out["_type"] = one.type
        out["_id"] = one.doc.doc_id
    elif typed:
        out["_type"] = one.type
    if one.nested is not None:
        out["_nested"] = one.nested
    if one.version:
        out["_version"] = one.doc.version
    if one.seq_no:
        out["_seq_no"], out["_primary_term"] = UNKNOWN if one.doc.mapping.context.lacks_seq_nos else (one.doc.seq_no, one.doc.primary_term)
    out["_score"] = None if one.score is None else F32(one.score)
    metadata: dict[str, Json] = {}
    if one.doc.routing is not None and one.shows_stored and one.nested is None:
        metadata["_routing"] = one.doc.routing
    if one.ignored:
        metadata["_ignored"] = list(one.ignored)
    out |= metadata if typed else dict(sorted(metadata.items()))
    if one.source is not None:
        out["_source"] = one.source
    if one.fields:
        out["fields"] = one.fields
    if one.ignored_values:
        out["ignored_field_values"] = one.ignored_values
    if one.highlight is not None:
        out["highlight"] = one.highlight
    if one.sort is not None:
        out["sort"] = one.sort
    if one.matched_queries:
        out["matched_queries"] = one.matched_queries
    if one.explanation is not None:
        out["_explanation"] = one.explanation
    if one.inner_hits:
        out["inner_hits"] = {name: {"hits": inner(page, typed, total_as_int)} for name, page in one.inner_hits.items()}
    return out


def inner(page: Any, typed: bool, total_as_int: bool) -> dict[str, Json]:
    """``hits`` of inner hits."""
    return {
        "total": page.total if total_as_int else {"value": page.total, "relation": page.relation},
        "max_score": None if page.max_score is None else F32(page.max_score),
        "hits": [hit(one, typed=typed, total_as_int=total_as_int) for one in page.hits],
    }
