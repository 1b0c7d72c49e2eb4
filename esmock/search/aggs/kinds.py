"""Kinds of values, and the fields that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.mapping import fielddata
from esmock.mapping.metadata_fields import OF_TIME_SERIES
from esmock.mapping.metadata_terms import VERSION_COLUMN_SINCE
from esmock.search.aggs.formats import (
    BooleanFormat,
    DateFormat,
    DecimalFormat,
    Format,
    IpFormat,
    NoTerms,
    SeriesFormat,
    VersionFormat,
)

if TYPE_CHECKING:
    from esmock.search.aggs.collecting import ShardContext
    from esmock.search.aggs.source import Source
    from esmock.search.query.shard import ShardSearch

Json = Any
Array = Any

NUMBER, DATE, BOOLEAN, BYTES, IP, GEO, RANGE, HISTOGRAM, AGGREGATE_METRIC = (
    "number",
    "date",
    "boolean",
    "bytes",
    "ip",
    "geo",
    "range",
    "histogram",
    "aggregate_metric",
)
SHAPE, POINT = "shape", "point"
"""Values on a plane, which are named as their types."""
SUMMARIES = (HISTOGRAM, AGGREGATE_METRIC)
NUMERIC = (NUMBER, DATE, BOOLEAN)
ANY = (NUMBER, DATE, BOOLEAN, BYTES, IP, GEO, RANGE)

_NUMBER_TYPES = frozenset(
    {
        "byte",
        "short",
        "integer",
        "long",
        "float",
        "double",
        "half_float",
        "scaled_float",
        "unsigned_long",
        "token_count",
        "_seq_no",
        "_version",
        "_doc_count",
        "murmur3",
    }
)
VALUE_TYPES = {
    "string": BYTES,
    "long": NUMBER,
    "double": NUMBER,
    "number": NUMBER,
    "date": DATE,
    "ip": IP,
    "boolean": BOOLEAN,
    "numeric": NUMBER,
    "float": NUMBER,
    "integer": NUMBER,
    "short": NUMBER,
    "byte": NUMBER,
}
VALUE_TYPE_TEXTS = {
    **dict.fromkeys(("byte", "short", "integer", "long", "number", "numeric"), "byte|short|integer|long"),
    **dict.fromkeys(("float", "double"), "float|double"),
    "string": "string",
}
"""How errors name a ``value_type``, where not by itself."""


class MetaField:
    """A metadata field: every document has one value, unless ``no_columns`` tells why none can be read."""

    def __init__(self, name: str, no_columns: str | None = None) -> None:
        self.path = self.name = self.type_name = name
        self.no_columns = no_columns


def field_of(ctx: ShardContext, path: str) -> Any:
    """The field of a path, aliases followed; None when unmapped."""
    if path in ("_index", "_id", "_type", "_seq_no", "_tier") or (path == "_version" and ctx.shard.behaviour.has(VERSION_COLUMN_SINCE)):
        return MetaField(path)
    if path == "_index_mode" and ctx.shard.identity(path) is not None:
        return MetaField(path)
    if path in ("_source", "_field_names", "_version"):
        return MetaField(path, fielddata.not_supported(path, path))
    found = ctx.shard.field(path)
    if found is not None and found.is_alias:
        found = ctx.mapping.field(found.target)
    return found


def kind_of(found: Any) -> str:
    """The kind of a field's values."""
    name = found.name
    if name in _NUMBER_TYPES:
        return NUMBER
    if name in ("date", "date_nanos"):
        return DATE
    if name == "geo_point":
        return GEO
    if name == "aggregate_metric_double":
        return AGGREGATE_METRIC
    if name.endswith("_range"):
        return RANGE
    return name if name in (BOOLEAN, IP, HISTOGRAM, POINT) or getattr(found, "column_kind", None) == "shape" else BYTES


def check_fielddata(found: Any, kind: str, shard: ShardSearch) -> None:
    """Refuse what has no values to aggregate. Raises IllegalArgument."""
    refused = getattr(found, "no_columns", None)
    if refused is not None and refused.startswith(("Fielddata", "match_only_text", "[rank_feature")):
        raise IllegalArgument(refused)
    if isinstance(found, MetaField) or (kind == RANGE and found.has_doc_values):
        return
    refused = getattr(found, "no_aggregations", None)
    if refused is not None:
        raise IllegalArgument(refused)
    if found.is_text:
        if found.has("fielddata") and found.get("fielddata"):
            shard.load_fielddata(found.path, is_uninverted=True)
            return
        raise IllegalArgument(fielddata.disabled(found, shard.index, shard.behaviour))
    if not found.has_doc_values:
        raise IllegalArgument(fielddata.unsupported(found))


def make_format(source: Source) -> Format | None:
    """The format of a source's values; None: raw."""
    config = source.config
    kind = source.kind if source.field is None else kind_of(source.field)
    if source.kind == BYTES and (kind in (DATE, BOOLEAN) or (kind == NUMBER and config.format is not None)):
        return NoTerms()
    if kind == DATE or (kind == RANGE and source.field is not None and source.field.name == "date_range"):
        from esmock.mapping.dates.formatter import DEFAULT_NANOS, date_formatter

        pattern = config.format
        if pattern == "":
            raise IllegalArgument("No date pattern provided")
        if pattern is None:
            pattern = (
                str(source.field.get("format")) if source.field is not None and source.field.has("format") else None
            )
        is_default_of_nanos = (
            pattern in (None, "None", DEFAULT_NANOS) and source.field is not None and source.field.name == "date_nanos"
        )
        if is_default_of_nanos or pattern in (None, "None"):
            pattern = "strict_date_optional_time_nanos" if is_default_of_nanos else None
        from esmock.search.aggs.formats import DEFAULT_DATE

        date_formatter(pattern or DEFAULT_DATE)
        reads = (DEFAULT_NANOS if source.ctx.behaviour.format_of_nanos else DEFAULT_DATE) if is_default_of_nanos else None
        locale = str(source.field.get("locale")) if source.field is not None and source.field.has("locale") else ""
        return DateFormat(pattern or DEFAULT_DATE, config.zone, reads, source.ctx.behaviour.negative_epochs, locale)
    if kind == BOOLEAN:
        _no_custom(source, "boolean")
        return BooleanFormat()
    if kind == IP:
        _no_custom(source, "ip")
        return IpFormat()
    if kind == NUMBER:
        if config.zone is not None and source.field is not None:
            raise IllegalArgument(
                f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom time zones"
            )
        return DecimalFormat(config.format, source.ctx.behaviour.major >= 8) if config.format is not None else None
    _no_custom(source, kind)
    if source.field is not None and source.field.name == "version":
        return VersionFormat()
    if source.field is not None and source.field.name in OF_TIME_SERIES:
        return SeriesFormat()
    return None


def _no_custom(source: Source, _kind: str) -> None:
    if source.field is None:
        return
    if source.config.format is not None:
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom formats"
        )
    if source.config.zone is not None:
        raise IllegalArgument(
            f"Field [{source.field.path}] of type [{source.field.type_name}] does not support custom time zones"
        )
