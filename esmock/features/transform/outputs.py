"""What fields a pivot writes: their types, and their values out of printed aggregations.

Source: the classes TransformAggregations, SchemaUtil and AggregationResultUtils, and the makers' YAML tests.
Differs: ``geo_bounds`` and ``geo_line`` answer 501.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from esmock.errors import Unsupported, Validation
from esmock.mapping.dates.formatter import DEFAULT, date_formatter
from esmock.xcontent.java_number import java_double

Json = Any
_SOURCE, _DYNAMIC = "_source", "_dynamic"
_TARGETS: Mapping[str, str] = {
    "avg": "double",
    "median_absolute_deviation": "double",
    "cardinality": "long",
    "value_count": "long",
    "max": _SOURCE,
    "min": _SOURCE,
    "sum": "double",
    "extended_stats": "double",
    "range": _DYNAMIC,
    "geo_bounds": "geo_shape",
    "geo_centroid": "geo_point",
    "geo_line": "geo_shape",
    "scripted_metric": _DYNAMIC,
    "weighted_avg": "double",
    "bucket_selector": _DYNAMIC,
    "bucket_script": _DYNAMIC,
    "percentiles": "double",
    "filter": "long",
    "terms": "flattened",
    "rare_terms": "flattened",
    "missing": "long",
    "top_metrics": _SOURCE,
    "stats": "double",
}
_NOT_BUILT = ("geo_bounds", "geo_line", "range", "extended_stats")
_INTEGERS = ("byte", "short", "integer", "long", "unsigned_long")
_NUMBERS = (*_INTEGERS, "half_float", "float", "double", "scaled_float")
_PERCENTS = (1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0)
_STATS = ("count", "min", "max", "avg", "sum")
_BESIDE = ("aggs", "aggregations", "meta")


@dataclass(frozen=True, slots=True)
class Output:
    """One field that an aggregation gives.

    Args:
        path: with the names of the aggregations around it.
        source: the field that it is computed from, where its type matters.
    """

    path: str
    kind: str
    source: str | None = None

    def mapped_type(self, types: Mapping[str, str]) -> str | None:
        """The type of the field; None: found by dynamic mapping.

        Args:
            types: of the source's fields.
        """
        target = _TARGETS[self.kind]
        if target == _SOURCE:
            found = types.get(self.source or "")
            return "float" if found == "scaled_float" else found
        return None if target == _DYNAMIC else target


def kind_of(aggregation: Json) -> str:
    """The name of an aggregation's type."""
    return next(name for name in aggregation if name not in _BESIDE)


def _children(aggregation: Json) -> Mapping[str, Json]:
    found: Mapping[str, Json] = aggregation.get("aggs") or aggregation.get("aggregations") or {}
    return found


def check_supported(aggregations: Mapping[str, Json]) -> None:
    """Refuse aggregations that no transform can keep. Raises Validation; Unsupported for some that esmock cannot."""
    for one in aggregations.values():
        kind = kind_of(one)
        if kind not in _TARGETS:
            raise Validation(f"Unsupported aggregation type [{kind}]")
        if kind in _NOT_BUILT:
            raise Unsupported(f"the aggregation [{kind}] in a transform")
        check_supported(_children(one))


def outputs(aggregations: Mapping[str, Json]) -> Iterator[Output]:
    """The fields that aggregations give."""
    for name, one in aggregations.items():
        kind = kind_of(one)
        body = one[kind] if isinstance(one[kind], dict) else {}
        if kind == "percentiles":
            for percent in body.get("percents", _PERCENTS):
                yield Output(f"{name}.{field_of_number(float(percent))}", kind)
        elif kind == "stats":
            for part in _STATS:
                yield Output(f"{name}.{part}", kind)
        elif kind == "top_metrics":
            for field in _metric_fields(body):
                yield Output(f"{name}.{field}", kind, field)
        elif "field" in body or not _children(one):
            yield Output(name, kind, body.get("field"))
        else:
            for inner in outputs(_children(one)):
                yield Output(f"{name}.{inner.path}", inner.kind, inner.source)


def _metric_fields(body: Json) -> list[str]:
    metrics = body.get("metrics") or []
    return [one["field"] for one in (metrics if isinstance(metrics, list) else [metrics])]


def field_of_number(number: float) -> str:
    """A number as part of a field's name: ``99_5``."""
    text = java_double(number)
    return text.removesuffix(".0").replace(".", "_")


def value(name: str, path: str, aggregation: Json, result: Json, types: Mapping[str, str]) -> Json:
    """What a document keeps of one aggregation of a bucket.

    Args:
        path: the field, with those around it.
        result: as printed.
        types: of the destination's fields.
    """
    kind = kind_of(aggregation)
    if kind == "percentiles":
        return _percentiles(result["values"])
    if kind == "stats":
        return {part: _whole(types.get(f"{path}.{part}"), result[part]) for part in _STATS if _is_number(result[part])}
    if kind == "top_metrics":
        first = result["top"][0]["metrics"] if result["top"] else {}
        return {field: _text(found) for field, found in first.items()}
    if kind == "geo_centroid":
        return result.get("location")
    if kind == "scripted_metric":
        return result["value"]
    if "buckets" in result:
        return {
            bucket.get("key_as_string", _key(bucket["key"])): _bucket(path, aggregation, bucket, types)
            for bucket in result["buckets"]
        }
    if "doc_count" in result:
        return _bucket(path, aggregation, result, types)
    return _single(result, types.get(path))


def _key(key: Json) -> str:
    return key if isinstance(key, str) else java_double(key) if isinstance(key, float) else str(key)


def _text(found: Json) -> Json:
    return found if found is None or isinstance(found, str) else _key(found)


def _bucket(path: str, aggregation: Json, bucket: Json, types: Mapping[str, str]) -> Json:
    children = _children(aggregation)
    if not children:
        return bucket["doc_count"]
    return {name: value(name, f"{path}.{name}", one, bucket[name], types) for name, one in children.items() if name in bucket}


def _single(result: Json, type_: str | None) -> Json:
    number = result.get("value")
    if not _is_number(number):
        return None
    shown = result.get("value_as_string")
    if type_ in _NUMBERS or shown is None or shown == java_double(float(number)):
        return _whole(type_, number)
    return shown


def _percentiles(values: Json) -> Json:
    pairs = values.items() if isinstance(values, dict) else ((one["key"], one["value"]) for one in values)
    return {field_of_number(float(percent)): found if _is_number(found) else None for percent, found in pairs if "_as_string" not in str(percent)}


def _is_number(number: Json) -> bool:
    return isinstance(number, int | float) and math.isfinite(number)


def _whole(type_: str | None, number: float) -> float:
    return int(number) if type_ in _INTEGERS else float(number)


def put(document: dict[str, Json], path: str, found: Json) -> None:
    """Set a field whose name may have dots."""
    *parents, last = path.split(".")
    for name in parents:
        document = document.setdefault(name, {})
    document[last] = found


def key_value(kind: str, key: Json, type_: str | None, *, dates_as_epoch: bool) -> Json:
    """A group's value as a document keeps it."""
    if kind == "geotile_grid":
        raise Unsupported("the group [geotile_grid] of a transform")
    if type_ in _NUMBERS and isinstance(key, float):
        return _whole(type_, key)
    if type_ in ("date", "date_nanos") and isinstance(key, int) and not dates_as_epoch:
        return date_formatter(DEFAULT).format_ms(key)
    return key
