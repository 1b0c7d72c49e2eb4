"""The composite aggregation: pages through the combinations of several sources.

Docs: search-aggregations-bucket-composite-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import bisect
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import BucketAggregator
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.cardinality import distinct_numbers
from esmock.search.aggs.collecting import Aggregator, Leaf, ShardContext
from esmock.search.aggs.date_histogram import DEPRECATED_INTERVAL, Intervals, read_offset
from esmock.search.aggs.formats import Format
from esmock.search.aggs.grids import read_bounds, read_tile_precision, tile_key, tile_keys, tile_text
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    reduce_results,
    results_body,
    too_many_buckets,
)
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, GEO, IP, NUMBER, NUMERIC
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.parse import BodyParser, Declared, ParseContext
from esmock.search.aggs.scripts import SCRIPT
from esmock.search.aggs.values import Source, source_fields
from esmock.xcontent import located

Json = Any
Array = Any
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What reduction and rendering need of one source."""

    name: str
    ascending: bool
    format: Format | None
    is_boolean: bool = False

    def print(self, value: Any) -> Json:
        if value is None:
            return None
        if self.is_boolean:
            return bool(value)
        return value if self.format is None else self.format.print(value)


@dataclass(slots=True)
class CompositeBucket(Bucket):
    shown: Any = None

    def key_text(self) -> str:
        return str(self.shown)


class Composite(MultiBucket):
    type, java = "composite", "InternalComposite"
    __slots__ = ("after_key", "parts", "size")

    def __init__(self, name: str, meta: Json, buckets: list[Any], parts: Sequence[Part], size: int) -> None:
        super().__init__(name, meta, buckets)
        self.parts, self.size = parts, size
        self.after_key = buckets[-1].shown if buckets else None

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        # A field that some shard lacks has its format on the others.
        columns = zip(*(one.parts for one in results), strict=True)
        parts = [
            next((part for part in column if part.format is not None or part.is_boolean), column[0])
            for column in columns
        ]
        distinct = sorted_keys(list({bucket.key: None for one in results for bucket in one.buckets}), parts)
        ranks = {key: rank for rank, key in enumerate(distinct)}
        groups = grouped(
            [one.buckets for one in results], operator.lt, key=lambda bucket: ranks[bucket.key], removes_first=True
        )
        groups = groups[: self.size]
        ctx.add_buckets(len(groups))
        buckets = []
        for group in groups:
            key = group[0].key
            below = reduce_results([one.results for one in group], ctx)
            buckets.append(CompositeBucket(key, sum(one.doc_count for one in group), below, shown_key(key, parts)))
        return Composite(self.name, self.meta, buckets, parts, self.size)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        buckets = [
            {"key": one.shown, "doc_count": one.doc_count, **results_body(one.results, rendering)}
            for one in self.buckets
        ]
        return {"buckets": buckets} if self.after_key is None else {"after_key": self.after_key, "buckets": buckets}


def shown_key(key: Key, parts: Sequence[Part]) -> dict[str, Json]:
    """A key as it is printed."""
    return {part.name: part.print(value) for part, value in zip(parts, key, strict=True)}


def sorted_keys(keys: list[Key], parts: Sequence[Part]) -> list[Key]:
    """Keys in the sources' order; null before everything, or behind when descending."""
    for place in reversed(range(len(parts))):

        def comparable(key: Key, place: int = place) -> tuple[Any, ...]:
            return (False,) if key[place] is None else (True, key[place])

        keys = sorted(keys, key=comparable, reverse=not parts[place].ascending)
    return keys


class CompositeAggregator(BucketAggregator):
    builder: CompositeAgg

    def __init__(self, builder: CompositeAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        limit = getattr(ctx.shard, "max_buckets", 65535)
        if builder.size > limit:
            raise too_many_buckets(limit, builder.size, ctx.shard.behaviour)
        self.sources = [one.resolve(ctx) for one in builder.sources]
        self.parts = [
            Part(one.agg_name, one.ascending, one.key_format(source), source.kind == BOOLEAN and one.name == "terms")
            for one, source in zip(builder.sources, self.sources, strict=True)
        ]
        self.after = self._after()

    def _after(self) -> Key | None:
        after = self.builder.after
        if after is None:
            return None
        out: list[Any] = []
        if len(after) != len(self.parts):
            raise IllegalArgument(f"[after] has {len(after)} value(s) but [sources] has {len(self.parts)}")
        for definition, part, source in zip(self.builder.sources, self.parts, self.sources, strict=True):
            if part.name not in after:
                raise IllegalArgument(f"Missing value for [after.{part.name}]")
            value = after[part.name]
            if value is None:
                if not definition.missing_bucket:
                    raise IllegalArgument("invalid value, expected string, got null")
                out.append(None)
            else:
                out.append(definition.read_after(value, part, source))
        return tuple(out)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        rows = np.arange(len(docs))
        codes = np.zeros(len(docs), np.int64)
        dictionaries: list[list[Any]] = []
        for definition, source in zip(self.builder.sources, self.sources, strict=True):
            load = lambda d=definition, s=source: d.codes(leaf, s, docs)  # type: ignore[misc]  # noqa: E731
            key = ("composite", *definition.kept_key(), *source.key)
            distinct, starts, places = load() if source.script else source.kept(leaf, key, load)
            rows, codes = _expanded(
                docs, rows, codes, starts, places, len(distinct) + 1, keep=definition.missing_bucket
            )
            dictionaries.append(distinct)
        if not len(rows):
            return
        if self.builder.size <= 0:
            # ES: a size of zero is not refused when it is read (recording of 7.10.2)
            raise NullPointer(
                'Cannot invoke "java.lang.Integer.intValue()" because the return value of "org.elasticsearch.search.aggregations.'
                'bucket.composite.CompositeValuesCollectorQueue.top()" is null'
            )
        found = self._best(distinct_numbers(codes), dictionaries)
        if not len(found):
            return
        places = np.minimum(np.searchsorted(found, codes), len(found) - 1)
        taken = found[places] == codes
        rows, places = rows[taken], places[taken]
        keys = [_decoded(code, dictionaries) for code in found.tolist()]
        if self.ctx.behaviour.major >= 8:
            # ES: 7.x counts a document once per repeated number (recordings of 7.10.2 and 8.19.21)
            rows, places = np.divmod(np.unique(rows * len(keys) + places), len(keys))
        self.collect_ordinals(leaf, docs[rows], owners[rows], places, keys)

    def _best(self, found: Array, dictionaries: list[list[Any]]) -> Array:
        """The codes of the first keys behind ``after``, ascending; no other key of a segment can be in the answer."""
        columns: list[Array] = []
        rest = found
        for distinct, part in zip(reversed(dictionaries), reversed(self.parts), strict=True):
            rest, digit = np.divmod(rest, len(distinct) + 1)
            columns.insert(0, digit if part.ascending else -digit)
        if self.after is not None:
            beyond, tied = np.zeros(len(found), bool), np.ones(len(found), bool)
            for value, distinct, part, column in zip(self.after, dictionaries, self.parts, columns, strict=True):
                place = _place(value, distinct) * (1 if part.ascending else -1)
                beyond |= tied & (column > place)
                tied &= column == place
            found, columns = found[beyond], [column[beyond] for column in columns]
        return np.sort(found[np.lexsort(columns[::-1])[: self.builder.size]])

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        chosen = []
        for owner in owners:
            known = self.ords.of(owner)
            keys = sorted_keys(list(known), self.parts)[: builder.size]
            chosen.append([(key, known[key]) for key in keys])
        numbers = [number for one in chosen for _, number in one]
        counts = iter(self.counts.get(numbers).tolist())
        below = iter(self.results_of(numbers))
        out: list[Internal] = []
        for one in chosen:
            buckets = [CompositeBucket(key, next(counts), next(below), shown_key(key, self.parts)) for key, _ in one]
            out.append(Composite(self.name, builder.meta, buckets, self.parts, builder.size))
        return out


_FACTORIES = {
    "diversified_sampler": "Diversified",
    "geo_distance": "GeoDistanceRange",
    "geohash_grid": "GeoHashGrid",
    "geotile_grid": "GeoTileGrid",
    "ip_range": "BinaryRange",
}
"""Classes that are not named after their aggregation (recording of 7.10.2)."""


def _factory(name: str) -> str:
    """Elasticsearch's class that makes an aggregation's collectors."""
    words = _FACTORIES.get(name) or "".join(part.capitalize() for part in name.split("_"))
    return words + ("AggregationFactory" if name == "composite" else "AggregatorFactory")


def _expanded(
    docs: Array, rows: Array, codes: Array, starts: Array, places: Array, width: int, *, keep: bool
) -> tuple[Array, Array]:
    """Combine rows with the values of one more source; ``keep`` keeps documents without any (code 0)."""
    from esmock.search.aggs.collecting import pick

    positions, at = pick(starts, docs[rows])
    new_rows, new_codes = rows[positions], codes[positions] * width + places[at] + 1
    if keep:
        lacking = np.flatnonzero(starts[docs[rows] + 1] == starts[docs[rows]])
        new_rows = np.concatenate([new_rows, rows[lacking]])
        new_codes = np.concatenate([new_codes, codes[lacking] * width])
        order = np.argsort(new_rows, kind="stable")
        new_rows, new_codes = new_rows[order], new_codes[order]
    return new_rows, new_codes


def _place(value: Any, distinct: list[Any]) -> float:
    """The digit of a value in codes; between two digits where no document has it."""
    if value is None:
        return 0.0
    place = bisect.bisect_left(distinct, value)
    is_there = place < len(distinct) and distinct[place] == value
    return place + 1.0 if is_there else place + 0.5


def _decoded(code: int, dictionaries: list[list[Any]]) -> Key:
    out = []
    for distinct in reversed(dictionaries):
        code, place = divmod(code, len(distinct) + 1)
        out.append(distinct[place - 1] if place else None)
    return tuple(reversed(out))


class CompositeSource(SourceBuilder):
    """One of the sources; ``agg_name`` is its name in keys."""

    source_required = False
    ascending = True
    missing_bucket = False

    def setup(self, given: dict[str, Any], ctx: ParseContext) -> None:
        if "field" not in given and "script" not in given:
            from esmock.search.aggs.parse import required

            required("field", "script", given=given, behaviour=ctx.behaviour)
        given["ascending"] = given.pop("order", True)
        super().setup(given, ctx)

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
        """A value of ``after`` as a key. Raises IllegalArgument."""
        if source.kind == IP:
            return source.format.parse(str(value))  # type: ignore[union-attr]
        if source.kind == BYTES:
            return p.text(value)
        if part.is_boolean:
            return int(value) if not isinstance(value, str) else int(value == "true")
        if part.format is not None and isinstance(value, str):
            return part.format.parse(value)
        return int(p.long_(value)) if source.whole and self.name != "histogram" else p.double(value)


def read_direction(value: str) -> bool:
    """Whether a source's order ascends. Raises IllegalArgument."""
    if value.lower() not in ("asc", "desc"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{value.upper()}")
    return value.lower() == "asc"


_SOURCE_FIELDS = {
    "field": Declared(p.STRING, p.text),
    "missing_bucket": Declared(p.BOOLEAN, p.boolean),
    "value_type": Declared(p.STRING, p.text),
    "order": Declared(p.STRING, lambda value: read_direction(p.text(value))),
    "script": SCRIPT,
}


class TermsSource(CompositeSource):
    name = "terms"
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser = BodyParser("terms", _SOURCE_FIELDS)


class HistogramSource(CompositeSource):
    name = "histogram"
    kinds = NUMERIC
    parser = BodyParser("histogram", {**_SOURCE_FIELDS, "interval": Declared(p.NUMBER, p.double)})
    interval = 0.0

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

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: ParseContext) -> DateHistogramSource:
        out = cls(agg_name)
        out.intervals = Intervals()

        def legacy(value: Json) -> None:
            out.intervals.legacy(value)
            ctx.warn(DEPRECATED_INTERVAL)

        fields = {
            **_SOURCE_FIELDS,
            "format": Declared(p.STRING, p.text),
            "offset": Declared(p.NUMBER, read_offset),
            "time_zone": source_fields(zones=True)["time_zone"],
            "calendar_interval": Declared(p.STRING, lambda value: out.intervals.calendar(p.text(value))),
            "fixed_interval": Declared(p.STRING, lambda value: out.intervals.fixed(p.text(value))),
        }
        if ctx.behaviour.major < 8:
            fields["interval"] = Declared(("VALUE_STRING", "VALUE_NUMBER"), legacy)
        given = BodyParser("date_histogram", fields).parse(body, ctx)
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
    parser = BodyParser(
        "geotile_grid",
        {
            **_SOURCE_FIELDS,
            "precision": Declared(p.NUMBER, read_tile_precision),
            "bounds": Declared(p.OBJECT, read_bounds),
        },
    )

    def kept_key(self) -> tuple[Any, ...]:
        return (self.name, self.precision)

    def key_format(self, source: Source) -> Format | None:
        return TileFormat()

    def codes(self, leaf: Leaf, source: Source, docs: Array) -> tuple[list[Any], Array, Array]:
        if self.bounds is not None:
            raise Unsupported("bounds of a geotile_grid source")
        values = source.load(leaf, docs)
        distinct, inverse = np.unique(tile_keys(values.values, values.other, self.precision), return_inverse=True)
        return distinct.tolist(), values.starts, inverse.reshape(-1)


SOURCES: tuple[type[CompositeSource], ...] = (TermsSource, HistogramSource, DateHistogramSource, GeotileSource)


def _read_sources(body: Json, ctx: ParseContext) -> list[CompositeSource]:
    table = {one.name: one for one in SOURCES}
    out = []
    for one in body if isinstance(body, list) else [body]:
        for name, definition in one.items():
            for kind, inner in definition.items():
                cls = table.get(kind)
                if cls is None:
                    from esmock.errors import Parsing

                    raise Parsing(f"invalid source type: {kind}", located.at_value(definition, kind))
                out.append(cls.parse(name, inner, ctx))
    return out  # type: ignore[return-value]


class CompositeAgg(Builder):
    name, aggregator = "composite", CompositeAggregator
    parser: ClassVar[BodyParser] = BodyParser(
        "composite",
        {
            "sources": Declared(p.OBJECT_ARRAY, _read_sources, in_context=True),
            "size": Declared(p.NUMBER, p.integer),
            "after": Declared(p.OBJECT, lambda value: located.copy_plain(value)),
        },
    )

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        allowed = ("nested", "filter") if ctx.behaviour.composite_below_filter else ("nested",)
        above = parent
        while above is not None and above.name in allowed:
            above = above.parent
        if above is not None:
            raise IllegalArgument(
                f"[composite] aggregation cannot be used with a parent aggregation of type: [{_factory(above.name)}]"
            )
        for one in self.sources:
            one.resolve(ctx)
        super().configure(ctx, parent)

    def setup(self, given: dict[str, Any], ctx: ParseContext) -> None:
        p.required_all(["sources"], given)
        self.sources: list[Any] = given["sources"]
        if not self.sources:
            raise IllegalArgument("Composite [sources] cannot be null or empty")
        names = [one.agg_name for one in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise IllegalArgument(f"Composite source names must be unique, found duplicates: [{','.join(twice)}]")
        self.size: int = given.get("size", 10)
        self.after: dict[str, Json] | None = given.get("after")


AGGREGATIONS = (CompositeAgg,)
