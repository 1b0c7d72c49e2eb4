"""The documents of a downsampled index. Docs: downsampling; the makers' tests (downsample/10_basic) say what they hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from esmock.mapping.date import Date

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping as IndexMapping
    from esmock.state.index import Index

Json = Any
TIMESTAMP = "@timestamp"
METRICS = ("min", "max", "sum", "value_count")
_WHOLE = ("histogram", "aggregate_metric_double", "flattened")
_SETS = ("keyword", "constant_keyword", "wildcard", "ip", "version")
_LISTS = ("long", "integer", "short", "byte", "unsigned_long", "double", "float", "half_float", "scaled_float")


@dataclass(frozen=True, slots=True)
class Roles:
    """What the fields of a time series are for: paths, in the order of the mapping."""

    dimensions: tuple[str, ...]
    gauges: tuple[str, ...]
    counters: tuple[str, ...]
    labels: tuple[str, ...]


def roles_of(mapping: IndexMapping) -> Roles:
    """The roles that a mapping gives."""
    found: dict[str, list[str]] = {"dimension": [], "gauge": [], "counter": [], "label": []}
    for path, field in mapping.all_fields().items():
        if path != TIMESTAMP and mapping.nested_parent(path) is None:
            role = _role(mapping, path, field)
            if role is not None:
                found[role].append(path)
    return Roles(*(tuple(paths) for paths in found.values()))


def _role(mapping: IndexMapping, path: str, field: Field) -> str | None:
    if field.given.get("time_series_dimension") or field.given.get("time_series_dimensions"):
        return "dimension"
    metric = field.given.get("time_series_metric")
    if metric is not None:
        return str(metric)
    parent = path.rpartition(".")[0]
    if parent in mapping.all_fields():
        return None  # a multi-field has the values of the field above it
    subfields = (one for name, one in mapping.all_fields().items() if name.startswith(f"{path}."))
    holds_values = field.has_doc_values or field.type_name in _WHOLE or any(one.has_doc_values for one in subfields)
    return "label" if holds_values and field.type_name != "alias" else None


def summaries(index: Index, roles: Roles, interval_ms: int) -> Iterator[dict[str, Json]]:
    """The documents: series by series, each by time.

    A gauge becomes what all its values amount to; of a counter and of a label the last value stays, that of the latest document
    that has one.
    """
    clock = cast(Date, index.mapping.own_field(TIMESTAMP))
    buckets: dict[tuple[str, int], list[tuple[int, dict[str, Json]]]] = {}
    for doc in (doc for shard in index.shards for doc in shard.docs.values()):
        source = json.loads(doc.source)
        at_ms = clock.query_ns(source[TIMESTAMP], 0) // 1_000_000
        series = json.dumps([_values(source, path) for path in roles.dimensions])
        buckets.setdefault((series, at_ms // interval_ms * interval_ms), []).append((at_ms, source))
    for (_, start_ms), dated in sorted(buckets.items(), key=lambda one: one[0]):
        latest_first = [source for _, source in sorted(dated, key=lambda one: -one[0])]
        yield _summary(index.mapping, roles, clock.format_value(clock.to_unit(start_ms * 1_000_000)), latest_first)


def _summary(mapping: IndexMapping, roles: Roles, start: Json, sources: list[dict[str, Json]]) -> dict[str, Json]:
    out: dict[str, Json] = {TIMESTAMP: start, "_doc_count": sum(source.get("_doc_count", 1) for source in sources)}
    fields = mapping.all_fields()
    for path in sorted((*roles.dimensions, *roles.gauges, *roles.counters, *roles.labels)):
        if path in roles.gauges:
            gauge = _gauge(one for source in sources for one in _values(source, path))
            kept = [] if gauge is None else [gauge]
        else:
            given = next((values for values in (_values(source, path) for source in sources) if values), [])
            kept = _kept(fields[path], given)
        if kept:
            _put(out, path, kept[0] if len(kept) == 1 or path in roles.counters else kept)
    return out


def _gauge(values: Iterable[Json]) -> dict[str, Json] | None:
    """What values amount to; those of a downsampled index are sums already."""
    parts = [one if isinstance(one, Mapping) else dict.fromkeys(METRICS[:3], float(one)) | {"value_count": 1} for one in values]
    if not parts:
        return None
    folds: dict[str, Callable[[list[Json]], Json]] = {"min": min, "max": max, "sum": sum, "value_count": sum}
    given = {name: [one[name] for one in parts if name in one] for name in METRICS}
    return {name: folds[name](numbers) for name, numbers in given.items() if numbers}


def _kept(field: Field, values: list[Json]) -> list[Json]:
    """The values of a document as its columns hold them: sorted, texts once each."""
    if field.type_name in _SETS:
        return sorted({str(one) for one in values})
    return sorted(values, key=float) if field.type_name in _LISTS else values


def _values(source: Json, path: str) -> list[Json]:
    """The values at a path, which may be written with dots or as objects; nulls are none."""
    if source is None:
        return []
    if isinstance(source, list):
        return [value for one in source for value in _values(one, path)]
    if not path:
        return [source]
    if not isinstance(source, dict):
        return []
    parts = path.split(".")
    heads = (".".join(parts[:n]) for n in range(1, len(parts) + 1))
    return [value for head in heads if head in source for value in _values(source[head], path[len(head) + 1 :])]


def _put(out: dict[str, Json], path: str, value: Json) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        out = out.setdefault(parent, {})
    out[name] = value
