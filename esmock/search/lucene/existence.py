"""Which documents have a field, in Lucene's words.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.lucene.expansion import expanded
from esmock.search.lucene.node import (
    SHOULD,
    Boolean,
    Constant,
    Leaf,
    Lucene,
    everything,
    field_exists,
    nothing,
    term,
)
from esmock.search.lucene.shown_terms import NONE, told
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch


def exists_on(shard: ShardSearch, name: str) -> Lucene:
    """Documents that have a field, or any field of an object."""
    one = shard.field(name)
    if one is None and (shard.identity(name) is not None or name == "_id"):
        return Constant(everything())
    if one is None and name in ("_seq_no", "_version"):
        return Constant(field_exists(shard, "DocValues", name))
    if name == "_ignored":
        made = Leaf("TermRangeQuery", "_ignored:[* TO *]", bind=field_exists(shard, "DocValues", name).bind)
        return Constant(field_exists(shard, "DocValues", name) if shard.behaviour.has((8, 15)) else made)
    if one is None:
        pattern = name if "*" in name else f"{name}.*"
        inside = hash_order([path for path, found in shard.mapping.fields(pattern) if found.source_path == path or pattern == name])
        if not inside:
            return nothing(NONE)
        found = [_exists(shard, shard.field(path)) for path in inside]
        if len(found) == 1:
            return Constant(found[0])
        return Constant(Boolean([(SHOULD, Constant(part) if pattern == name else part) for part in found]))
    return Constant(_exists(shard, one))


def _exists(shard: ShardSearch, one: Any) -> Lucene:
    if one.name in ("rank_feature", "rank_features"):
        return term("_feature", one.path)
    if hasattr(one, "searched"):
        return expanded(shard, one, told(one, "*"), lambda _text: True)
    if one.is_text and one.get("norms"):
        return _unless_everywhere(shard, one, field_exists(shard, "Norms", one.path))
    if one.has_doc_values or one.name == "geo_point":
        return _unless_everywhere(shard, one, field_exists(shard, "DocValues", one.path))
    return Leaf("TermQuery", f"_field_names:{one.path}", bind=field_exists(shard, "DocValues", one.path).bind)


def _unless_everywhere(shard: ShardSearch, one: Field, made: Leaf) -> Leaf:
    """What Lucene 9 rewrites where every document of every segment has the field, which terms or points tell it."""
    # what is kept of a deletion is a document without the field
    if shard.behaviour.lucene_nine and one.is_indexed and not shard.reader.n_tombstones:
        segments = list(shard.segments(one.path))
        if segments and all(_is_everywhere(segment, one.path) for segment in segments):
            made.becomes = everything()
    return made


def _is_everywhere(segment: Any, path: str) -> bool:
    from esmock.search.query.term_level import exists_mask

    stands_alone = segment.path is None and segment.n_docs > 0 and not segment.nested_counts()[-1]
    return stands_alone and bool(exists_mask(segment, [path]).all())
