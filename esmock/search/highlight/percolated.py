"""Highlighting the documents that a hit's stored query matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.search.highlight.phase import Highlighter
from esmock.search.query.percolate import stored_queries
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.search.fetch import FetchedHit
    from esmock.search.highlight.request import HighlightRequest
    from esmock.search.query.percolate import PercolateBound
    from esmock.search.result import Hit


def add_percolated(request: HighlightRequest, hit: Hit, percolations: Sequence[PercolateBound], out: FetchedHit) -> None:
    """Add the fragments of the matched documents; where there are several, names begin with the document's place."""
    found: dict[str, Any] = dict(out.highlight or {})
    for one in percolations:
        shard, memory = one.memory.shard, one.memory.segment
        for slot in one.slots(hit.leaf.segment, hit.doc):
            query = stored_queries(hit.leaf.segment, one.path, shard)[hit.doc]
            fragments = Highlighter(request, query, shard).of(memory.sources()[slot], None, memory.docs[slot], (memory, slot))
            prefix = [] if len(percolations) == 1 or one.label is None else [one.label]
            prefix += [str(slot)] if memory.n_docs > 1 else []
            for name, texts in (fragments or {}).items():
                found["_".join([*prefix, name])] = texts
    out.highlight = {name: found[name] for name in hash_order(found)} if found else None
