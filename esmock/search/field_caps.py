"""What fields can be used for, over several indices. Docs: search-field-caps.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.mapping.mapping import wildcard
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.series_id import is_time_series
from esmock.xcontent.java_order import computed_order, hash_order, sized_order

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.state.gate import Gate
    from esmock.state.index import Index
    from esmock.store.segment import Segment
    from esmock.version import Behaviour

Json = Any

FILTERS = ("+metadata", "-metadata", "-nested", "-multifield", "-parent")

_METADATA = (
    # name, type, searchable, aggregatable, since, until
    ("_doc_count", "integer", False, False, (7, 11), (99, 0)),
    ("_data_stream_timestamp", "_data_stream_timestamp", False, False, (7, 13), (99, 0)),
    ("_feature", "_feature", False, False, (7, 0), (8, 0)),
    ("_field_names", "_field_names", True, False, (7, 0), (99, 0)),
    ("_id", "_id", True, True, (7, 0), (8, 0)),
    ("_id", "_id", True, False, (8, 0), (99, 0)),
    ("_ignored", "_ignored", True, False, (7, 0), (8, 15)),
    ("_ignored", "_ignored", True, True, (8, 15), (99, 0)),
    ("_ignored_source", "_ignored_source", False, False, (8, 15), (99, 0)),
    ("_index", "_index", True, True, (7, 0), (99, 0)),
    ("_index_mode", "_index_mode", True, True, (8, 17), (99, 0)),
    ("_nested_path", "_nested_path", True, False, (8, 0), (99, 0)),
    ("_routing", "_routing", True, False, (7, 0), (99, 0)),
    ("_seq_no", "_seq_no", True, True, (7, 0), (99, 0)),
    ("_source", "_source", False, False, (7, 0), (99, 0)),
    ("_tier", "keyword", True, True, (7, 13), (99, 0)),
    ("_type", "_type", True, True, (7, 0), (8, 0)),
    ("_version", "_version", False, False, (7, 0), (7, 14)),
    ("_version", "_version", False, True, (7, 14), (99, 0)),
)

_OTHERWISE = {
    # What some types say of themselves whatever their parameters: searchable, aggregatable.
    "binary": (False, None),
    "completion": (True, False),
    "dense_vector": (None, False),
    "percolator": (False, False),
    "rank_feature": (True, False),
    "rank_features": (False, False),
    "search_as_you_type": (True, False),
    "sparse_vector": (True, False),
}
_UNMAPPED = "unmapped"
_LEAVES = ("text", "match_only_text", "keyword", "date", "boolean", "ip", "long", "integer", "short", "byte", "double", "float")
"""Types of which nothing is left in segments where they are neither indexed nor kept in columns."""
_EVER_FILLED = ("_id", "_index", "_index_mode", "_seq_no", "_source", "_tier", "_version")


@dataclass(frozen=True, slots=True)
class Caps:
    """What one index says of one field."""

    type: str
    searchable: bool
    aggregatable: bool
    metadata: bool = False
    meta: Any = None
    is_dimension: bool = False
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class FieldCapsRequest:
    """What was asked.

    Attributes:
        filters: of ``FILTERS``.
        types: families to which the answer is confined; empty: all.
        runtime: fields that the request defines, over those of the mappings.
    """

    fields: tuple[str, ...]
    include_unmapped: bool = False
    filters: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    include_empty: bool = True
    runtime: Json = None


def field_caps(
    request: FieldCapsRequest, indices: Sequence[Index], behaviour: Behaviour, gate: Gate | None = None
) -> dict[str, Json]:
    """The answer over the indices that remained, of the fields that the gate lets through."""
    merged: dict[str, dict[str, _Merged]] = {}
    asked: list[str] = []
    names = [index.name for index in indices]
    for index in indices:
        found = _index_caps(request, index, behaviour, gate)
        for path in hash_order(found):
            asked.append(path)
            caps = found[path]
            by_type = merged.setdefault(path, {})
            by_type.setdefault(caps.type, _Merged(caps)).add(index.name, caps)
    if request.include_unmapped:
        for by_type in merged.values():
            having = {name for one in by_type.values() for name in one.indices}
            rest = [name for name in names if name not in having]
            if rest:
                missing = Caps(_UNMAPPED, False, False)
                by_type[_UNMAPPED] = _Merged(missing, rest)
    fields: dict[str, Json] = {}
    order = sized_order if behaviour.sized_field_caps else hash_order
    for path in order(computed_order(asked)):
        by_type = merged[path]
        several = len(by_type) > 1
        kinds = order([*computed_order(kind for kind in by_type if kind != _UNMAPPED), *by_type.keys() & {_UNMAPPED}])
        fields[path] = {kind: by_type[kind].to_json(several, behaviour) for kind in kinds}
    return {"indices": names, "fields": fields}


@dataclass(slots=True)
class _Merged:
    """One type of one field over the indices that have it so."""

    first: Caps
    indices: list[str] = field(default_factory=list)
    unsearchable: list[str] = field(default_factory=list)
    unaggregatable: list[str] = field(default_factory=list)
    meta: dict[str, set[str]] = field(default_factory=dict)

    def add(self, index: str, caps: Caps) -> None:
        self.indices.append(index)
        if not caps.searchable:
            self.unsearchable.append(index)
        if not caps.aggregatable:
            self.unaggregatable.append(index)
        for key, value in (caps.meta or {}).items():
            self.meta.setdefault(key, set()).add(value)

    def to_json(self, several: bool, behaviour: Behaviour) -> dict[str, Json]:
        caps = self.first
        out: dict[str, Json] = {"type": caps.type}
        if behaviour.metadata_field_caps:
            out["metadata_field"] = caps.metadata
        out["searchable"] = caps.type != _UNMAPPED and not self.unsearchable
        out["aggregatable"] = caps.type != _UNMAPPED and not self.unaggregatable
        if caps.is_dimension:
            out["time_series_dimension"] = True
        if caps.metric is not None:
            out["time_series_metric"] = caps.metric
        if several:
            out["indices"] = sorted(self.indices)
        for key, some in (("non_searchable_indices", self.unsearchable), ("non_aggregatable_indices", self.unaggregatable)):
            if some and len(some) < len(self.indices):
                out[key] = sorted(some)
        if self.meta:
            out["meta"] = {key: sorted(self.meta[key]) for key in sorted(self.meta)}
        return out


def _index_caps(request: FieldCapsRequest, index: Index, behaviour: Behaviour, gate: Gate | None) -> dict[str, Caps]:
    mapping = index.mapping
    if index.type_name is None and not mapping.to_json():
        # ES: before the first mapping or document there are no fields at all
        return {}
    out: dict[str, Caps] = {}
    tests = [wildcard(one) for one in request.fields]
    runtime = dict(_runtime_fields({**mapping.runtime, **(request.runtime or {})}))
    for path, caps in runtime.items():
        if gate is not None and not gate.shown(index, {path: None}):
            continue
        if any(test(path) for test in tests) and _wanted(request, path, caps, mapping, None):
            out[path] = caps
    fields = {path: (caps, source) for path, caps, source in _all_fields(mapping, behaviour)}
    for path in _asked_for(request.fields, fields):
        caps, source = fields[path]
        if path in runtime or (gate is not None and not gate.shown(index, {path if source is None else source.path: None})):
            continue
        if not _wanted(request, path, caps, mapping, source):
            continue
        if request.include_empty or _is_filled(index, path, source):
            out[path] = caps
            _add_parents(request, path, mapping, out)
    return out


def _asked_for(patterns: Iterable[str], fields: Collection[str]) -> list[str]:
    """The fields that patterns name, as the set that takes them pattern by pattern hands them out.

    From 8.x on the fields are gone through instead: what falls together in a map then comes in an order that each start of a node
    draws anew.
    """
    found: dict[str, None] = {}
    for pattern in hash_order(dict.fromkeys(patterns)):
        found |= dict.fromkeys(hash_order(filter(wildcard(pattern), fields)) if "*" in pattern else [pattern])
    return [path for path in hash_order(found) if path in fields]


def _add_parents(request: FieldCapsRequest, path: str, mapping: Mapping, out: dict[str, Caps]) -> None:
    """The objects around a field come right behind the first of their fields."""
    if "-parent" in request.filters:
        return
    for name, caps in _parents(path, mapping):
        if not ("-nested" in request.filters and caps.type == "nested"):
            out.setdefault(name, caps)


def metadata_fields(behaviour: Behaviour) -> dict[str, Caps]:
    """The metadata fields of a version."""
    return {
        name: Caps(kind, searchable, aggregatable, metadata=True)
        for name, kind, searchable, aggregatable, since, until in _METADATA
        if behaviour.has(since) and not behaviour.has(until)
    }


def _all_fields(mapping: Mapping, behaviour: Behaviour) -> Iterator[tuple[str, Caps, Field | None]]:
    for name, caps in metadata_fields(behaviour).items():
        yield name, caps, None
    for name in OF_TIME_SERIES if is_time_series(mapping.context.settings) else ():
        yield name, Caps(name, False, True, metadata=True), None
    for path, one in mapping.fields():
        yield path, _caps(one, behaviour), one
        yield from _shadows(path, one)


def _runtime_fields(nodes: dict[str, Json]) -> Iterator[tuple[str, Caps]]:
    if nodes:
        from esmock.mapping.runtime import parse_runtime_fields

        for path, one in parse_runtime_fields(nodes).items():
            if one.type != "composite":
                yield path, Caps(one.type, one.lookup is None, one.lookup is None)


def _caps(one: Field, behaviour: Behaviour) -> Caps:
    searchable = one.is_indexed or (behaviour.searches_doc_values and one.has_doc_values and not one.is_text)
    aggregatable = bool(one.get("fielddata")) if one.has("fielddata") else one.has_doc_values and not one.lacks_columns
    fixed = _OTHERWISE.get(one.name, (None, None))
    return Caps(
        one.family or one.name,
        searchable if fixed[0] is None else fixed[0],
        aggregatable if fixed[1] is None else fixed[1],
        meta=one.get("meta") if one.has("meta") else None,
        is_dimension=bool(one.given.get("time_series_dimension") or one.given.get("time_series_dimensions")),
        metric=one.given.get("time_series_metric") if one.name != "geo_point" else None,  # ES: positions are not told
    )


def _shadows(path: str, one: Field) -> Iterator[tuple[str, Caps, Field | None]]:
    """The fields that a type adds without being asked."""
    if one.name == "join":
        yield "_parent_join", Caps("parent_join", False, False), one
        for parent in one.get("relations"):
            yield f"{path}#{parent}", Caps("parent", True, True), one


def _wanted(request: FieldCapsRequest, path: str, caps: Caps, mapping: Mapping, source: Field | None) -> bool:
    if request.types and caps.type not in request.types:
        return False
    for one in request.filters:
        if one == "+metadata" and not caps.metadata:
            return False
        if one == "-metadata" and caps.metadata:
            return False
        if one == "-multifield" and source is not None and source.source_path != source.path and path == source.path:
            return False
        if one == "-nested" and mapping.nested_parent(path) is not None:
            return False
    return True


def _parents(path: str, mapping: Mapping) -> Iterator[tuple[str, Caps]]:
    """The objects around a field, by its own name, innermost first."""
    path = mapping.full_name(path)
    parts = path.split(".")
    around = [".".join(parts[:n]) for n in range(1, len(parts))]
    flat = next((one for one in around if (held := mapping.object(one)) is not None and held.is_flat), None)
    for one in reversed(around):
        found = mapping.object(one)
        if found is not None:
            yield one, Caps("nested" if found.nested else "object", False, False)
        elif flat is not None and len(one) > len(flat) and mapping.field(one) is None:
            # ES: what stands before a dot and is no field counts as an object, also where there are none.
            yield one, Caps("object", False, False)


def _is_filled(index: Index, path: str, source: Field | None) -> bool:
    """Whether any document holds the field."""
    if source is None:
        return path in _EVER_FILLED or (path in _FILLED_BY and _FILLED_BY[path](index))
    from esmock.search.query.shard import is_filled, view

    if source.name in _LEAVES and not (source.is_indexed or source.has_doc_values or source.is_stored):
        return False
    scope = index.mapping.nested_parent(source.path)
    return any(is_filled(view(segment, index.mapping, scope), source.path) for segment in _segments(index))


def _segments(index: Index) -> Iterator[Segment]:
    return (leaf.segment for shard in index.shards for leaf in shard.open_reader())


def _has_routing(index: Index) -> bool:
    return any(doc.routing is not None for segment in _segments(index) for doc in segment.docs)


def _has_ignored(index: Index) -> bool:
    from esmock.store.ignored import ignored_fields

    return any(ignored_fields(doc) for segment in _segments(index) for doc in segment.docs)


def _has_nested(index: Index) -> bool:
    return any(len(segment.nested(path)) for segment in _segments(index) for path in index.mapping.nested_paths)


def _has_norms(one: Field) -> bool:
    return one.is_text and bool(one.get("norms"))


def _has_names(index: Index) -> bool:
    """Only the names of fields that show in no other way are kept."""
    hidden = [
        (path, one)
        for path, one in index.mapping.all_fields().items()
        if one.is_indexed and not one.is_alias and not one.has_doc_values and not _has_norms(one) and one.name not in _OWN_NAMES
    ]
    return any(_is_filled(index, path, one) for path, one in hidden)


_FILLED_BY = {"_routing": _has_routing, "_ignored": _has_ignored, "_nested_path": _has_nested, "_field_names": _has_names}
_OWN_NAMES = ("dense_vector", "rank_feature", "rank_features")
