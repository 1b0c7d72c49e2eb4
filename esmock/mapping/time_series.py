"""Dimensions and metrics of time series: what their fields must be. Docs: tsds. Source: asked of 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping as IndexMapping

_DEFAULT_LIMIT = 32_768
ROUTING_FORBIDDEN = "routing is forbidden on CRUD operations that target indices in [index.mode=time_series]"


def check_parameters(given: Mapping[str, Any]) -> None:
    """Refuse parameters that a dimension or a metric cannot have. Raises IllegalArgument."""
    for name in ("time_series_dimension", "time_series_dimensions"):
        if given.get(name) and not (given.get("index", True) and given.get("doc_values", True)):
            raise IllegalArgument(f"Field [{name}] requires that [index] and [doc_values] are true")
    is_dimension = given.get("time_series_dimension")
    if is_dimension and given.get("normalizer") is not None:
        raise IllegalArgument("Field [normalizer] cannot be set in conjunction with field [time_series_dimension]")
    if given.get("time_series_metric") is None:
        return
    if is_dimension:
        raise IllegalArgument("Field [time_series_dimension] cannot be set in conjunction with field [time_series_metric]")
    if not given.get("doc_values", True):
        raise IllegalArgument("Field [time_series_metric] requires that [doc_values] is true")


def _is_dimension(field: Field) -> bool:
    return bool(field.given.get("time_series_dimension") or field.given.get("time_series_dimensions"))


def check_dimensions(mapping: IndexMapping) -> None:
    """Refuse dimensions inside nested objects, and too many of them. Raises IllegalArgument."""
    paths = [path for path, field in mapping.all_fields().items() if _is_dimension(field)]
    for path in paths:
        if mapping.nested_parent(path) is not None:
            raise IllegalArgument(f"time_series_dimension can't be configured in nested field [{path}]")
    limit = mapping.context.limit("dimension_fields", _DEFAULT_LIMIT)
    if len(paths) > limit:
        raise IllegalArgument(f"Limit of total dimension fields [{limit}] has been exceeded")


_ALL = (
    "All fields that match routing_path must be configured with [time_series_dimension: true] or flattened fields with a list of "
    "dimensions in [time_series_dimensions] and without the [script] parameter."
)


def on_routing_path(settings: Mapping[str, Any], name: str) -> bool:
    """Whether documents of a time series are routed by a field."""
    if str(settings.get("index.mode")).lower() != "time_series":
        return False
    from esmock.mapping.mapping import wildcard

    patterns = settings.get("index.routing_path") or ()
    return any(wildcard(one)(name) for one in (patterns.split(",") if isinstance(patterns, str) else patterns))


def check_routing_path(mapping: IndexMapping) -> None:
    """Refuse a mapping in which documents are routed by anything but dimensions, or by a routing. Raises IllegalArgument."""
    settings = mapping.context.settings
    if str(settings.get("index.mode")).lower() != "time_series":
        return
    if mapping.routing_required:
        raise IllegalArgument(ROUTING_FORBIDDEN)
    patterns = settings.get("index.routing_path") or ()
    for name in patterns.split(",") if isinstance(patterns, str) else patterns:
        if mapping.object(name) is not None:
            raise IllegalArgument(f"All fields that match routing_path must be flattened fields. [{name}] was [object].")
    for path, field in mapping.all_fields().items():
        if not field.is_alias and not _is_dimension(field) and on_routing_path(settings, path):
            raise IllegalArgument(f"{_ALL} [{path}] was not a dimension.")
    for name, node in mapping.runtime.items():
        if on_routing_path(settings, name):
            raise IllegalArgument(f"{_ALL} [{name}] was a runtime [{node['type']}].")


def outside_of_index(mapping: IndexMapping, timestamp: Any) -> str | None:
    """What is wrong with a document's ``@timestamp`` in an index of a part of time; None: nothing."""
    from esmock.mapping.date import Date, instant_text

    settings, field = mapping.context.settings, mapping.own_field("@timestamp")
    if str(settings.get("index.mode")).lower() != "time_series" or not isinstance(field, Date):
        return None
    at = field.query_ns(timestamp, 0)
    for name, word, is_outside in (("start_time", "larger", int.__lt__), ("end_time", "smaller", int.__ge__)):
        bound = settings.get(f"index.time_series.{name}")
        if bound is None:
            continue
        limit = field.query_ns(bound, 0)
        if is_outside(at, limit):
            return f"time series index @timestamp value [{instant_text(at)}] must be {word} than {instant_text(limit)}"
    return None
