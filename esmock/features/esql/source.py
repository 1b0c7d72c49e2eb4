"""The rows that a query begins with: documents of indices, field by field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IndexNotFound, Security
from esmock.features.esql.block import Block, array, joined, of_rows, starts_of
from esmock.features.esql.functions.registry import functions
from esmock.features.esql.page import Load, Page
from esmock.features.esql.scope import Attribute, Scope
from esmock.features.esql.tree import Call, Name

if TYPE_CHECKING:
    from esmock.features.esql.functions.function import Evaluation
    from esmock.mapping.field import Field
    from esmock.search.shard_target import Environment, ShardTarget
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.store.reader import Leaf

Json = Any
_TYPES = {
    "byte": "integer", "short": "integer", "integer": "integer", "long": "long", "float": "double", "half_float": "double",
    "scaled_float": "double", "double": "double", "keyword": "keyword", "constant_keyword": "keyword", "wildcard": "keyword", "text": "text",
    "match_only_text": "text", "semantic_text": "text", "boolean": "boolean", "date": "datetime", "date_nanos": "date_nanos", "ip": "ip",
    "version": "version", "unsigned_long": "unsigned_long", "geo_point": "geo_point", "point": "cartesian_point",
}  # fmt: skip
"""The type of a field to that of its column; others cannot be used."""
_CONFLICTING = {"date": "datetime"}
"""What a type is called where it differs from that of another index."""
METADATA_TYPES = {
    "_index": "keyword", "_id": "keyword", "_version": "long", "_source": "_source", "_score": "double", "_ignored": "keyword",
    "_index_mode": "keyword", "_tsid": "_tsid",
}  # fmt: skip
ACTION = "indices:data/read/esql"


@dataclass(slots=True)
class Source:
    """Documents of some indices, in order of their shards.

    Args:
        parts: shards with their segments; ``bases`` are the places of the segments' first documents among all.
    """

    targets: list[ShardTarget]
    environment: Environment
    parts: list[tuple[ShardTarget, Leaf]] = field(default_factory=list)
    bases: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))

    @classmethod
    def of(cls, targets: list[ShardTarget], environment: Environment) -> Source:
        """All segments of some shards."""
        parts = [(target, leaf) for target in targets for leaf in target.reader]
        return cls(targets, environment, parts, starts_of(np.array([leaf.segment.n_docs for _, leaf in parts], np.int64)))

    def live_docs(self) -> np.ndarray:
        """int64[n]: the documents that live."""
        found = [leaf.live_docs() + base for (_, leaf), base in zip(self.parts, self.bases.tolist(), strict=False)]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def by_segment(self, docs: np.ndarray, read: Callable[[ShardTarget, Leaf, np.ndarray], Block], kind: str) -> Block:
        """A block of some documents, read segment by segment.

        Args:
            read: the documents of a segment (int64[n], places in it) to their values.
        """
        owners = np.searchsorted(self.bases, docs, "right") - 1
        blocks, rows = [], []
        for at in np.unique(owners).tolist():
            mine = np.flatnonzero(owners == at)
            target, leaf = self.parts[at]
            blocks.append(read(target, leaf, docs[mine] - self.bases[at]))
            rows.append(mine)
        if not blocks:
            return of_rows(kind, [])
        order = np.empty(len(docs), np.int64)
        order[np.concatenate(rows)] = np.arange(len(docs))
        return joined(blocks).take(order)

    def matching(self, query: Json, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of some documents a query finds, and their scores (float32).

        Raises:
            ApiError: as the query does.
        """
        from esmock.search.binding import bind_query, shard_search
        from esmock.search.query.base import ParseContext
        from esmock.search.query.parse import parse_query

        context = ParseContext(self.environment.behaviour, self.environment.warn)
        parsed = parse_query({"query": query}, "query", context)
        match = np.zeros(int(self.bases[-1]), bool)
        score = np.zeros(int(self.bases[-1]), np.float32)
        bound = {id(target): bind_query(parsed, shard_search(None, target, self.environment), True) for target in self.targets}
        for (target, leaf), base in zip(self.parts, self.bases.tolist(), strict=False):
            hits = bound[id(target)].match(leaf.segment)
            span = slice(base, base + leaf.segment.n_docs)
            match[span] = hits.match
            if hits.score is not None:
                score[span] = hits.score
        return match[docs], score[docs]


def open_source(cluster: Cluster, names: Sequence[str], warn: Callable[[str], None]) -> tuple[Source, list[Index]]:
    """The documents of indices, and the indices. Raises IndexNotFound, and as ``resolve``."""
    from esmock.search.asked_shards import shard_targets
    from esmock.search.service import environment
    from esmock.state.blocks import check_blocks
    from esmock.state.gate import narrowed
    from esmock.state.resolve import OPEN, resolve

    wanted = [one.strip() for name in names for one in name.split(",")]
    try:
        wanted = narrowed(cluster, ACTION, wanted, OPEN)
    except Security:
        raise IndexNotFound(",".join(wanted)) from None  # ES: who may not read an index is told that there is none
    indices = resolve(cluster, wanted, OPEN)
    if not indices and not any("*" in one for one in wanted):
        raise IndexNotFound(",".join(wanted))
    check_blocks(cluster, indices, "read")
    targets = shard_targets(cluster, indices, wanted)
    return Source.of(targets, environment(cluster, warn=warn)), indices


def scope_of(cluster: Cluster, indices: Sequence[Index]) -> Scope:
    """The columns that indices have: what all their fields come to, by name."""
    kinds: dict[str, dict[str, list[str]]] = {}
    for index in indices:
        nested = index.mapping.nested_paths
        for path, one in index.mapping.fields():
            inside = any(path.startswith(f"{outer}.") for outer in nested)
            if path.startswith("_") or inside or (cluster.gate is not None and not cluster.gate.shown(index, {path: None})):
                continue
            kinds.setdefault(path, {}).setdefault(one.name, []).append(index.name)
    scope: Scope = {}
    for path in sorted(kinds):
        found = kinds[path]
        types = {_TYPES.get(kind, "unsupported") for kind in found}
        if len(types) > 1:
            named = {_CONFLICTING.get(kind, kind): names for kind, names in found.items()}
            scope[path] = Attribute("unsupported", is_field=True, originals=tuple(sorted(named)), conflicts=named, types=tuple(types))
        else:
            kind = types.pop()
            scope[path] = Attribute(kind, is_field=True, originals=tuple(sorted(found)) if kind == "unsupported" else ())
    return scope


def column_type(one: Field) -> str:
    """The type of a field's column."""
    return _TYPES.get(one.name, "unsupported")


def converted(source: Source, page: Page, call: Call, run: Evaluation) -> Block:
    """A field that has other types in other indices, made values of one type by a function."""
    name = call.arguments[0]
    assert isinstance(name, Name)
    assert page.docs is not None
    evaluate = functions()[call.name].evaluate

    def read(target: ShardTarget, leaf: Leaf, places: np.ndarray) -> Block:
        one = target.mapping.field(name.name)
        if one is None:
            return of_rows(call.type, [[]] * len(places))
        kind = column_type(one)
        typed = Call(call.name, [Name(name.name, at=name.at, text=name.text, type=kind)], at=call.at, text=call.text, type=call.type)
        return evaluate(run, typed, [_values(target, leaf.segment, name.name, kind, places)])

    return source.by_segment(page.docs, read, call.type)


def page_of(source: Source, scope: Scope, metadata: Sequence[str]) -> Page:
    """All rows, no field read yet."""
    docs = source.live_docs()
    columns: dict[str, Block | Load] = {name: partial(_read, source, name, one.type) for name, one in scope.items() if one.is_field}
    for name in metadata:
        columns[name] = partial(_read_metadata, source, name)
    return Page(len(docs), columns, docs)


def _read(source: Source, path: str, kind: str, docs: np.ndarray) -> Block:
    return source.by_segment(docs, lambda target, leaf, places: _values(target, leaf.segment, path, kind, places), kind)


def _values(target: ShardTarget, segment: Any, path: str, kind: str, places: np.ndarray) -> Block:
    one = target.mapping.field(path)
    if one is None or kind == "unsupported":
        return of_rows(kind, [[]] * len(places))
    if one.is_text or kind == "geo_point" or not one.has_doc_values:
        return _from_source(segment, one, kind, places)
    column = segment.column(one.path)
    found = Block(kind, column.values, column.starts).take(places)
    return Block(kind, _as(kind, found.values, column.dictionary, one), found.starts)


def _as(kind: str, values: np.ndarray, dictionary: list[str] | None, one: Field) -> np.ndarray:
    """Values of a column as a block keeps them."""
    if dictionary is not None:
        terms = [bytes.fromhex(term) for term in dictionary] if kind == "ip" else dictionary
        return array(kind, terms)[values] if dictionary else array(kind, [])
    if kind == "geo_point":
        return array(kind, [(lon, lat) for lat, lon in values.tolist()])
    if kind == "unsigned_long":
        return array(kind, [int(one.format_value(value)) for value in values.tolist()])
    if kind == "cartesian_point":
        return array(kind, [(x, y) for y, x in values.tolist()])
    return array(kind, values)


def _from_source(segment: Any, one: Field, kind: str, places: np.ndarray) -> Block:
    """Fields without a column, texts and points: as the source has them."""
    rows, _ = segment.values(one.path)
    return of_rows(kind, (values_of(one, kind, rows[place]) for place in places.tolist()))


def values_of(one: Field, kind: str, given: Sequence[Json]) -> Sequence[Json]:
    """Values of a source as a column of a type has them: points as they were sent, not rounded as doc values are."""
    present = [value for value in given if value is not None]
    if kind == "geo_point":
        return one.fetched_points(present)  # type: ignore[attr-defined, no-any-return]
    if kind in ("text", "keyword"):
        return [str(value).lower() if isinstance(value, bool) else str(value) for value in present]
    found = one.column_values(present)
    return [bytes.fromhex(value) for value in found] if kind == "ip" else found


def _read_metadata(source: Source, name: str, docs: np.ndarray) -> Block:
    kind = METADATA_TYPES[name]

    def read(target: ShardTarget, leaf: Leaf, places: np.ndarray) -> Block:
        segment = leaf.segment
        if name == "_index":
            return of_rows(kind, [[target.index]] * len(places))
        if name == "_index_mode":
            return of_rows(kind, [[target.settings.get("index.mode", "standard")]] * len(places))
        if name == "_id":
            return of_rows(kind, ([segment.doc_ids[place]] for place in places.tolist()))
        if name == "_version":
            return of_rows(kind, ([segment.versions[place]] for place in places.tolist()))
        if name == "_score":
            return of_rows(kind, [[0.0]] * len(places))
        if name == "_source":
            return of_rows(kind, ([segment.docs[place].visible_source] for place in places.tolist()))
        return of_rows(kind, [[]] * len(places))

    return source.by_segment(docs, read, kind)
