"""How much of an index each field takes (``_disk_usage``).

Source: answers of 8.19.21. Differs: which field has which structures is exact, their sizes are estimates.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from esmock.search.query.term_level import exists_mask
from esmock.state import stats
from esmock.xcontent.units import print_byte_size

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.state.index import Index
    from esmock.store.segment import Segment
    from esmock.version import Behaviour

Json = Any
_PARTS = ("inverted_index", "stored_fields", "doc_values", "points", "norms", "term_vectors", "knn_vectors")
_POINTS = frozenset(
    "byte short integer long unsigned_long float half_float double scaled_float date date_nanos ip geo_point token_count "
    "integer_range long_range float_range double_range date_range ip_range geo_shape shape".split()
)
_BYTES_PER_VALUE = 2
_LEAST = {"inverted_index": 10, "stored_fields": 13, "doc_values": 6, "points": 14, "norms": 6, "term_vectors": 20, "knn_vectors": 19}
_METADATA: dict[str, tuple[str, ...]] = {
    "_id": ("inverted_index", "stored_fields"), "_primary_term": (), "_seq_no": ("points",), "_source": ("stored_fields",), "_version": (),
}


def index_disk_usage(index: Index, behaviour: Behaviour) -> dict[str, Json]:
    """The section of one index."""
    fields: dict[str, Counter[str]] = {}
    for shard in index.shards:
        for segment, _ in shard.views:
            _add_segment(fields, index, segment)
    everything = Counter[str]()
    for one in fields.values():
        everything.update(one)
    size = sum(stats.store_size(shard, behaviour) for shard in index.shards)
    return {
        **_twin("store_size", size),
        "all_fields": _shown(everything),
        "fields": {name: _shown(fields[name]) for name in sorted(fields)},
    }


def _add_segment(fields: dict[str, Counter[str]], index: Index, segment: Segment) -> None:
    n_docs = segment.n_docs
    for name, parts in _METADATA.items():
        found = fields.setdefault(name, Counter())
        found.update({part: _LEAST[part] + _BYTES_PER_VALUE * n_docs for part in parts})
    fields["_source"]["stored_fields"] += segment.source_bytes // 2
    if index.mapping.nested_paths:
        fields.setdefault("_nested_path", Counter())["inverted_index"] += _LEAST["inverted_index"] + n_docs
        fields["_primary_term"]["doc_values"] += _LEAST["doc_values"]
    for path, field in index.mapping.all_fields().items():
        if field.is_alias:
            continue
        parent = index.mapping.nested_parent(path)
        n_values = int(exists_mask(segment if parent is None else segment.nested(parent), [path]).sum())
        if not n_values:
            continue
        for part in _parts(field):
            fields.setdefault(path, Counter())[part] += _LEAST[part] + _BYTES_PER_VALUE * n_values
        if field.name == "dense_vector":
            fields.setdefault(f"{path}._magnitude", Counter())["doc_values"] += _LEAST["doc_values"]
        if field.name == "flattened":
            fields.setdefault(f"{path}._keyed", Counter()).update(inverted_index=12, doc_values=16)
        if field.is_indexed and not field.has_doc_values and field.name != "dense_vector" and not _has_norms(field):
            fields.setdefault("_field_names", Counter())["inverted_index"] += _LEAST["inverted_index"]


def _parts(field: Field) -> list[str]:
    """The structures that a field with values has."""
    if field.name == "dense_vector":
        return ["knn_vectors" if field.get("index") else "doc_values"]
    out = []
    if field.is_indexed:
        out.append("points" if field.name in _POINTS else "inverted_index")
    if field.is_stored:
        out.append("stored_fields")
    if field.has_doc_values:
        out.append("doc_values")
    if _has_norms(field):
        out.append("norms")
    if field.has("term_vector") and field.get("term_vector") != "no":
        out.append("term_vectors")
    return out


def _has_norms(field: Field) -> bool:
    return field.name == "completion" or (field.is_text and field.has("norms") and bool(field.get("norms")))


def _twin(name: str, size: int) -> dict[str, Json]:
    return {name: print_byte_size(size), f"{name}_in_bytes": size}


def _shown(one: Counter[str]) -> dict[str, Json]:
    out: dict[str, Json] = _twin("total", sum(one.values()))
    for part in _PARTS:
        out |= {part: _twin("total", one[part])} if part == "inverted_index" else _twin(part, one[part])
    return out
