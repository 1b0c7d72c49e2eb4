"""Runtime fields: columns that scripts make when a search asks for them. Docs: runtime, runtime-mapping-fields (from 7.11).

A search lays its runtime fields over the mapping and the segments of each shard; queries, sorts, aggregations and fetches then read
them like any other column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument
from esmock.mapping.runtime import RuntimeField, parse_runtime_fields
from esmock.mapping.time_series import on_routing_path
from esmock.store.segment import Segment
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.mapping.lookup import Lookup
    from esmock.search.query.shard import ShardSearch
    from esmock.search.shard_target import Environment, ShardTarget
    from esmock.store.column import Column
    from esmock.store.nested import NestedSegment

Json = Any
MOST_VALUES = 100


def overlaid(target: ShardTarget, own: Json, environment: Environment) -> ShardTarget:
    """The shard with the runtime fields of its mapping and of the request laid over it.

    Args:
        own: the request's ``runtime_mappings``.

    Raises:
        MapperParsing, IllegalArgument: definitions that cannot be read.
    """
    if not own and not target.mapping.runtime:
        return target
    for name in own or ():
        if on_routing_path(target.settings, name):
            raise IllegalArgument(f"runtime fields may not match [routing_path] but [{name}] matched")
    wanted = {**parse_runtime_fields(target.mapping.runtime), **parse_runtime_fields(own or {})}
    if not wanted:
        return target
    mapping = target.mapping.with_runtime(
        # nothing of them is indexed, so their terms have no statistics and score alike
        {one.name: {"type": one.type, "index": False, **(one.options or {})} for one in wanted.values()}
    )
    shown = replace(target, mapping=mapping)
    columns = _Columns(shown, wanted, environment)
    views = [(RuntimeSegment(leaf.segment, columns), leaf.deleted) for leaf in target.reader]
    shown.reader = target.reader.over(views)
    return shown


class _Columns:
    """Makes the columns of one shard's runtime fields."""

    def __init__(self, target: ShardTarget, wanted: dict[str, RuntimeField], environment: Environment) -> None:
        self._target, self.wanted, self._environment = target, wanted, environment

    def field(self, path: str) -> Any:
        return self._target.mapping.field(path)

    def build(self, segment: RuntimeSegment, path: str) -> Column:
        """A field's column. Raises ApiError: what its script throws."""
        from esmock.store.column import column_of

        runtime, field = self.wanted[path], self.field(path)
        if runtime.lookup is not None:
            return column_of(field, [[] for _ in range(segment.n_docs)])
        if runtime.script is None:
            from esmock.mapping.values import raw_values

            whole = field.takes_arrays
            per_doc = [_lenient(field, raw_values(source, path, whole=whole)) for source in segment.sources()]
        else:
            emitted = segment.cached(("emitted", path, runtime.name), lambda: self._emitted(segment, runtime))
            per_doc = [_converted(field, runtime, values) for values in emitted]
        return column_of(field, per_doc)

    def _emitted(self, segment: RuntimeSegment, runtime: RuntimeField) -> list[list[Any]]:
        from esmock.script.doc_values import Doc
        from esmock.script.script import Script
        from esmock.script.search_params import SearchParams
        from esmock.search.binding import shard_search
        from esmock.search.doc_lookup import SegmentDocs, compile_script
        from esmock.search.request import SearchRequest

        script = Script.parse({"script": runtime.script}, "script", Reading(self._environment.behaviour))
        shard: ShardSearch = shard_search(SearchRequest(self._environment.behaviour), self._target, self._environment)
        kind = "composite" if runtime.part is not None else runtime.type
        program = compile_script(shard, script, f"{kind}_field").program
        doc = Doc(SegmentDocs(shard, segment))
        given = {"doc": doc, "params": SearchParams(script.params, doc, "runtime-field")}
        values = [given.get(name) for name in program.names]
        out: list[list[Any]] = []
        for at in range(segment.n_docs):
            doc.doc = at
            program.emitted.clear()
            program.start()
            try:
                program.execute(*values)
            except program.THROWN as thrown:
                if not runtime.is_lenient:
                    raise program.failure(thrown) from thrown
                program.emitted.clear()
            out.append(_of_part(runtime, program.emitted))
        return out


def _of_part(runtime: RuntimeField, emitted: list[Any]) -> list[Any]:
    if runtime.part is None:
        found = list(emitted)
    else:
        found = [value for name, value in emitted if name == runtime.part]
    if len(found) > MOST_VALUES:
        raise IllegalArgument(
            f"Runtime field [{runtime.name}] is emitting [{len(found)}] values while the maximum number of values allowed is "
            f"[{MOST_VALUES}]"
        )
    return found


def _converted(field: Any, runtime: RuntimeField, values: list[Any]) -> list[Any]:
    if not values:
        return []
    if runtime.type == "date" and all(isinstance(value, int) for value in values):
        return [int(value) for value in values]
    if runtime.type == "keyword":
        from esmock.script.painless.runtime.values import to_text

        return list(field.column_values([to_text(value) for value in values]))
    if runtime.type == "geo_point":
        values = [{"lat": one[0], "lon": one[1]} if isinstance(one, tuple) else one for one in values]
    if runtime.type in ("long", "double"):
        return [int(value) if runtime.type == "long" else float(value) for value in values]
    return list(field.column_values(values))


def _lenient(field: Any, values: list[Any]) -> list[Any]:
    """Values of a source as the type has them; those that it cannot read are left out."""
    out: list[Any] = []
    for value in values:
        try:
            out.extend(field.column_values([value]))
        except (ApiError, ValueError, TypeError):
            continue
    return out


class RuntimeSegment(Segment):
    """A segment with runtime fields over it; what it builds of them is its own, everything else is shared."""

    def __init__(self, base: Segment, columns: _Columns) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._columns = columns
        self._own: dict[Any, Any] = {}

    @property
    def base(self) -> Segment:
        return self._base

    @property
    def runtime_names(self) -> tuple[str, ...]:
        """Full names of the runtime fields."""
        return tuple(self._columns.wanted)

    @property
    def lookups(self) -> dict[str, Lookup]:
        """The fields that show parts of documents of other indices."""
        return {name: one.lookup for name, one in self._columns.wanted.items() if one.lookup is not None}

    def cached(self, key: Any, build: Callable[[], Any]) -> Any:
        if not any(part in self._columns.wanted for part in key if isinstance(part, str)):
            return super().cached(key, build)
        if key not in self._own:
            self._own[key] = build()
        return self._own[key]

    def column(self, path: str) -> Column:
        if path in self._columns.wanted:
            found: Column = self.cached(("column", path), lambda: self._columns.build(self, path))
            return found
        return super().column(path)

    def nested(self, path: str) -> NestedSegment:
        # they are kept for other searches: the segment around them is the one that all share
        return self._base.nested(path)

    def field(self, path: str) -> Any:
        return self._columns.field(path) if path in self._columns.wanted else super().field(path)


def fetched(pattern: str, form: str | None, segment: Any, doc: int) -> dict[str, list[Json]]:
    """The values of the runtime fields that a pattern of ``fields`` names, for one document."""
    if not isinstance(segment, RuntimeSegment):
        return {}
    from esmock.mapping.mapping import wildcard

    matches = wildcard(pattern)
    out: dict[str, list[Json]] = {}
    for name in segment.runtime_names:
        if not matches(name) or name in segment.lookups:
            continue
        column, field = segment.column(name), segment.field(name)
        values = column.values[int(column.starts[doc]) : int(column.starts[doc + 1])].tolist()
        if column.dictionary is not None:
            values = [column.dictionary[ordinal] for ordinal in values]
        if field.name == "geo_point":
            values = [{"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]} for lat, lon in values]
            out[name] = [{"coordinates": one["coordinates"], "type": "Point"} for one in values]
        elif values:
            out[name] = [field.format_value(value, form) for value in values]
        if not out.get(name):
            out.pop(name, None)
    return out
