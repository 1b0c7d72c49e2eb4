"""The sources of a composite aggregation: how each makes keys of values.

Docs: search-aggregations-bucket-composite-aggregation, "Value sources". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import ElasticsearchParse, IllegalArgument, IllegalState, Parsing
from esmock.mapping.parameter import java_class
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.composite_result import Part
from esmock.search.aggs.date_histogram import INTERVAL_FIELDS, Intervals, read_offset
from esmock.search.aggs.formats import BooleanFormat, DateFormat, Format
from esmock.search.aggs.grids import in_box, read_bounds, read_tile_precision, tile_key, tile_keys, tile_text
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, GEO, IP, NUMBER, VALUE_TYPES
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.scripts import script_field
from esmock.search.aggs.source import Source
from esmock.search.aggs.source_config import ZONE
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent.java_number import to_long
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


class CompositeSource(SourceBuilder):
    """One of the sources; ``agg_name`` is its name in keys."""

    source_required = False
    ascending = True
    missing_bucket = False
    missing_order = "default"

    @property
    def nulls_first(self) -> bool:
        """Whether the bucket of documents without a value stands before all."""
        return self.ascending if self.missing_order == "default" else self.missing_order == "first"

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        given["ascending"] = given.pop("order", True)
        super().setup(given, ctx)

    def resolve(self, ctx: ShardContext) -> Source:
        if self.source.field is None and self.source.script is None:
            raise IllegalState("value source config is invalid; must have either a field or a script")
        if self.missing_order != "default" and not self.missing_bucket:
            raise IllegalArgument("missingOrder can only be set if missingBucket is true")
        return super().resolve(ctx)

    def key_format(self, source: Source) -> Format | None:
        """How keys are printed."""
        return None if self.source.format is None and source.kind in (DATE, BOOLEAN) else source.format

    def codes(self, leaf: Leaf, source: Source, docs: Array) -> tuple[list[Any], Array, Array]:
        """The distinct keys, and per document (starts) the places of its keys among them."""
        values = source.load(leaf, docs)
        if values.dictionary is not None:
            return list(values.dictionary), values.starts, values.values.astype(np.int64, copy=False)
        keys = self.keys(values.values, source)
        distinct, inverse = np.unique(keys, return_inverse=True)
        return distinct.tolist(), values.starts, inverse.reshape(-1)

    def keys(self, values: Array, source: Source) -> Array:
        """Values as keys."""
        return values

    def kept_key(self) -> tuple[Any, ...]:
        """What the keys depend on besides the values."""
        return (self.name,)

    def read_after(self, value: Json, part: Part, source: Source) -> Any:
        """A value of ``after`` as a key. Raises IllegalArgument, ElasticsearchParse, NumberFormat."""
        if source.kind in (IP, BYTES):
            if source.is_empty and source.ctx.behaviour.major >= 8:
                return value
            if not isinstance(value, str):
                raise IllegalArgument(f"invalid value, expected string, got {java_class(value).rpartition('.')[2]}")
            return source.format.parse(value) if source.kind == IP and source.format is not None else value
        # ES: numbers too are read as text where there is a format
        format = BooleanFormat() if part.is_boolean else part.format
        if isinstance(format, DateFormat) and value == "":
            raise ElasticsearchParse(f"cannot parse empty {'datetime' if source.ctx.behaviour.major >= 8 else 'date'}")
        is_tile = self.name == "geotile_grid" and isinstance(value, int | float) and not isinstance(value, bool)
        if format is not None and not is_tile:
            return format.parse(p.text(value))
        number = p.double(p.text(value))
        if not source.whole or self.name == "histogram":
            return number
        return to_long(number) if isinstance(value, float) or abs(number) >= 2**63 else p.long_(p.text(value))


def read_direction(value: str) -> bool:
    """Whether a source's order ascends. Raises IllegalArgument."""
    if value.lower() not in ("asc", "desc"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{value.upper()}")
    return value.lower() == "asc"


def _read_missing_order(value: str) -> str:
    if value.lower() not in ("first", "last", "default"):
        order = "org.elasticsearch.search.aggregations.bucket.composite.MissingOrder"
        raise IllegalArgument(f"No enum constant {order}.{value.upper()}")
    return value.lower()


def _value_type(name: str) -> str:
    if name not in VALUE_TYPES:
        raise IllegalArgument("[userValueTypeHint] must not be null")
    return name


_SOURCE_FIELDS = (
    o.string("field"),
    o.boolean("missing_bucket"),
    o.string("missing_order", then=_read_missing_order, in_version=lambda behaviour: behaviour.composite_missing_order),
    o.string("value_type", then=_value_type),
    o.string("order", then=read_direction),
    script_field("script"),
)


class TermsSource(CompositeSource):
    name = "terms"
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser = Parser("terms", *_SOURCE_FIELDS)


class HistogramSource(CompositeSource):
    name = "histogram"
    kinds = (NUMBER, DATE)
    parser = Parser("histogram", *_SOURCE_FIELDS, o.real("interval"))
    interval = 0.0

    def key_format(self, source: Source) -> Format | None:
        return source.format

    def checks(self) -> dict[str, Any]:
        return {"interval": self._check_interval}

    def _check_interval(self, interval: float) -> None:
        if interval <= 0:
            raise IllegalArgument("[interval] must be greater than 0 for [histogram] source")

    def keys(self, values: Array, source: Source) -> Array:
        # ES: a missing interval is zero and all keys are NaN (recording of 7.10.2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.floor(values.astype(np.float64) / self.interval) * self.interval

    def kept_key(self) -> tuple[Any, ...]:
        return (self.name, self.interval)


class DateHistogramSource(CompositeSource):
    name = "date_histogram"
    kinds = (DATE, NUMBER)
    default_kind = DATE
    intervals: Intervals
    offset = 0

    parser = Parser(
        "date_histogram", *_SOURCE_FIELDS, o.string("format"), o.custom("offset", p.NUMBER, read_offset), ZONE, *INTERVAL_FIELDS
    )

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> DateHistogramSource:
        out = cls(agg_name)
        out.intervals = Intervals()
        given = cls.parser.parse(body, ctx, out.intervals.setters(ctx))
        for name in ("calendar_interval", "fixed_interval", "interval"):
            given.pop(name, None)
        out.setup(given, ctx)
        return out

    def resolve(self, ctx: ShardContext) -> Source:
        self._rounding = self.intervals.settled().rounding(self.source.zone, self.offset)
        return super().resolve(ctx)

    def key_format(self, source: Source) -> Format | None:
        return None if self.source.format is None else source.format

    def keys(self, values: Array, source: Source) -> Array:
        return self._rounding.round(values.astype(np.int64))

    def kept_key(self) -> tuple[Any, ...]:
        return (self.name, self._rounding)


class TileFormat:
    """Tiles as keys."""

    def print(self, value: Any) -> str:
        return tile_text(value)

    def parse(self, text: str) -> int:
        return tile_key(text)


class GeotileSource(CompositeSource):
    name = "geotile_grid"
    kinds = (GEO,)
    default_kind = GEO
    precision = 7
    bounds: Any = None
    parser = Parser(
        "geotile_grid",
        *_SOURCE_FIELDS,
        o.custom("precision", p.NUMBER, read_tile_precision),
        o.custom("bounds", p.OBJECT, read_bounds),
    )

    def kept_key(self) -> tuple[Any, ...]:
        return (self.name, self.precision, self.bounds)

    def key_format(self, source: Source) -> Format | None:
        return TileFormat()

    def codes(self, leaf: Leaf, source: Source, docs: Array) -> tuple[list[Any], Array, Array]:
        values = source.load(leaf, docs)
        lats, lons, starts = values.values, values.other, values.starts
        if self.bounds is not None:
            inside = in_box(lats, lons, self.bounds)
            starts = np.concatenate([[0], np.cumsum(inside)])[starts]
            lats, lons = lats[inside], lons[inside]
        distinct, inverse = np.unique(tile_keys(lats, lons, self.precision), return_inverse=True)
        return distinct.tolist(), starts, inverse.reshape(-1)


SOURCES: tuple[type[CompositeSource], ...] = (TermsSource, HistogramSource, DateHistogramSource, GeotileSource)


def read_sources(holder: Json, key: Key, reading: Reading) -> list[CompositeSource]:
    """A Reader: the sources, in an array or alone."""
    body = holder[key]
    table = {one.name: one for one in SOURCES}
    out = []
    for place, one in enumerate(body) if isinstance(body, list) else [(0, body)]:
        if isinstance(one, list):
            raise located.standing(IllegalState(f"expected value but got [{located.token(one)}]"), located.at_value(body, place))
        if not isinstance(one, dict):
            _check_object(body, place)
        _check_named(one)
        for name, definition in one.items():
            _check_object(one, name)
            _check_named(definition)
            for kind, inner in definition.items():
                _check_object(definition, kind)
                cls = table.get(kind)
                if cls is None:
                    raise Parsing(f"invalid source type: {kind}", located.at_value(definition, kind))
                out.append(cls.parse(name, inner, reading))
    return out  # type: ignore[return-value]


def _check_named(body: Json) -> None:
    if not body:
        text = "Failed to parse object: expecting token of type [FIELD_NAME] but found [END_OBJECT]"
        raise Parsing(text, located.at_end(body))


def _check_object(holder: Json, key: Key) -> None:
    if not isinstance(holder[key], dict):
        text = f"Failed to parse object: expecting token of type [START_OBJECT] but found [{located.token(holder[key])}]"
        raise Parsing(text, located.at_value(holder, key))
