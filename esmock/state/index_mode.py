"""The setting ``index.mode`` and the settings that only go with one of its values. Docs: tsds, logs-data-stream.

Source: asked of 8.19.21.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from esmock.errors import IllegalArgument, MapperParsing, Unsupported
from esmock.mapping.metadata_fields import check_source_wanted

MODES = ("standard", "time_series", "logsdb", "lookup")
OF_TIME_SERIES = ("index.routing_path", "index.time_series.start_time", "index.time_series.end_time")
LOOKUP_SHARDS = 1
_NOT_WITH_TIME_SERIES = (
    "index.routing_partition_size", "index.sort.field", "index.sort.mode", "index.sort.missing", "index.sort.order",
)  # fmt: skip
_TIMESTAMPS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"time_series": {"type": "date"}, "logsdb": {"type": "date", "ignore_malformed": "false"}}
)
"""What ``@timestamp`` is in indices of a mode, where nothing else is said."""


_LATE_MODES = ("columnar", "logsdb_columnar", "vectordb_document")
"""Modes of 9.5."""


def check_mode(settings: Mapping[str, Any], *, is_backing: bool, knows_columns: bool) -> None:
    """Refuse a mode that there is not, and settings that do not go with the mode.

    Args:
        settings: the flat settings of a new index.
        knows_columns: the version has the modes of 9.5.
        is_backing: the index is made for a data stream, whose routing path comes from its dimensions.

    Raises:
        IllegalArgument: as Elasticsearch words it.
    """
    mode = str(settings.get("index.mode") or "standard").lower()
    if mode in _LATE_MODES and knows_columns:
        raise Unsupported(f"[index.mode] [{mode}]")
    if mode not in MODES:
        raise IllegalArgument(f"No enum constant org.elasticsearch.index.IndexMode.{mode.upper()}")
    if mode == "time_series":
        if not settings.get("index.routing_path") and not is_backing:
            raise IllegalArgument("[index.mode=time_series] requires a non-empty [index.routing_path]")
        check_bounds(settings)
        for name in _NOT_WITH_TIME_SERIES:
            if settings.get(name) is not None:
                raise IllegalArgument(f"[index.mode=time_series] is incompatible with [{name}]")
        return
    for name in OF_TIME_SERIES:
        if settings.get(name) is not None:
            raise IllegalArgument(f"[{name}] requires [index.mode=time_series]")
    shards = int(settings.get("index.number_of_shards") or LOOKUP_SHARDS)
    if mode == "lookup" and shards != LOOKUP_SHARDS:
        raise IllegalArgument(
            f"index with [lookup] mode must have [index.number_of_shards] set to {LOOKUP_SHARDS} or unset; provided {shards}"
        )


def check_bounds(settings: Mapping[str, Any]) -> None:
    """Refuse a part of time that ends before it begins. Raises IllegalArgument."""
    from esmock.mapping.dates.formatter import date_formatter

    start, end = (settings.get(f"index.time_series.{name}") for name in ("start_time", "end_time"))
    if start is None or end is None:
        return
    formatter = date_formatter("strict_date_optional_time")
    if formatter.parse_ns(str(end)) <= formatter.parse_ns(str(start)):
        raise IllegalArgument("index.time_series.end_time must be larger than index.time_series.start_time")


def with_timestamp(body: dict[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping of a new index, with the timestamp that its mode wants. Raises IllegalArgument, MapperParsing."""
    default = _TIMESTAMPS.get(str(settings.get("index.mode")).lower())
    properties = body.get("properties", {})
    if default is None or not isinstance(properties, dict):
        return body
    given = properties.get("@timestamp", {})
    if not isinstance(given, dict):
        return body
    if given.get("type", "date") not in ("date", "date_nanos"):
        raise IllegalArgument(
            f"data stream timestamp field [@timestamp] is of type [{given['type']}], but [date,date_nanos] is expected"
        )
    if str(settings.get("index.mapping.source.mode")).lower() == "disabled" and "_source" not in body:
        try:
            check_source_wanted(settings)
        except IllegalArgument as error:
            raise MapperParsing(f"Failed to parse mapping: {error.reason}", cause=error) from None
    timestamp = {**default, **given}
    return {**body, "_data_stream_timestamp": {"enabled": True}, "properties": {**properties, "@timestamp": timestamp}}
