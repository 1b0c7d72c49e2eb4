"""Buckets by ranges of values: range, date_range, ip_range.

Docs: search-aggregations-bucket-range-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import bisect
import datetime as dt
import ipaddress
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument, IllegalState, Parsing, Unsupported, XContentParse
from esmock.mapping.exact import parse_ip
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import document_counts
from esmock.search.aggs.builder import Builder, SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.formats import DateFormat, Format, bare
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import BOOLEAN, DATE, HISTOGRAM, IP, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import NO_BUCKET, Growing
from esmock.search.aggs.source import Source
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.summaries import counted
from esmock.search.aggs.values import once_per_document
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


@dataclass(frozen=True, slots=True)
class Span:
    """One range, from inclusive, to exclusive; the ends as given and, on a shard, as numbers or addresses."""

    key: str | None
    low: Any
    high: Any


@dataclass(slots=True)
class RangeBucket(Bucket):
    low: Any = None
    high: Any = None


class Range(MultiBucket):
    """Docs: search-aggregations-bucket-range-aggregation."""

    type, java = "range", "InternalRange"
    __slots__ = ("format", "keyed")

    def __init__(self, name: str, meta: Json, buckets: list[Any], keyed: bool, format: Format | None) -> None:
        super().__init__(name, meta, buckets)
        self.keyed, self.format = keyed, format

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        for one in results:
            if len(one.buckets) != len(self.buckets):
                raise IllegalState(f"Expected [{len(self.buckets)}] buckets, but got [{len(one.buckets)}]")
        ctx.add_buckets(len(self.buckets))
        buckets = []
        for group in zip(*(one.buckets for one in results), strict=True):
            below = reduce_results([one.results for one in group], ctx)
            first = group[0]
            buckets.append(RangeBucket(first.key, sum(one.doc_count for one in group), below, first.low, first.high))
        return type(self)(self.name, self.meta, buckets, self.keyed, self.format)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if self.keyed:
            return {"buckets": {one.key: self._body(one, rendering) for one in self.buckets}}
        return {"buckets": [{"key": one.key, **self._body(one, rendering)} for one in self.buckets]}

    def _body(self, bucket: Any, rendering: Rendering) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for name, end in (("from", bucket.low), ("to", bucket.high)):
            out.update(self.end_body(name, end))
        return {**out, "doc_count": bucket.doc_count, **results_body(bucket.results, rendering)}

    def end_body(self, name: str, end: Any) -> dict[str, Json]:
        """One end as it is printed."""
        if not math.isfinite(end):
            return {}
        return {name: end} if self.format is None else {name: end, name + "_as_string": bare(self.format, end)}


class DateRange(Range):
    type, java = "date_range", "InternalDateRange"
    __slots__ = ()


class IpRange(Range):
    type, java = "ip_range", "InternalBinaryRange"
    __slots__ = ()

    def end_body(self, name: str, end: Any) -> dict[str, Json]:
        return {} if end is None else {name: self.format.print(end)}  # type: ignore[union-attr]


class RangeAggregator(SourceAggregator):
    """Buckets are numbered owner * ranges + range."""

    builder: RangeAgg
    result: ClassVar[type[Range]] = Range
    builds_unmapped: ClassVar[bool] = False
    """Whether the results below are those of buckets without documents where the field is not mapped, and not empty ones."""

    @property
    def hands_one_bucket(self) -> bool:
        return len(self.builder.ranges) == 1

    def prepare(self) -> None:
        self.counts = Growing(np.int64)
        self.spans = self.builder.spans(self.source, self.ctx)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        if self.source.kind == HISTOGRAM:
            self._collect_counted(*counted(self.source, leaf, docs), owners)
            return
        positions, values = self.source.floats(leaf, docs).of(docs)
        self.collect_spans(leaf, docs, owners, (positions[(values >= one.low) & (values < one.high)] for one in self.spans))

    def _collect_counted(self, positions: Array, values: Array, times: Array, owners: Array) -> None:
        """The values of histograms, each as often as it counts."""
        if self.subs:
            raise Unsupported("aggregations below buckets of histogram fields")
        for place, span in enumerate(self.spans):
            inside = (values >= span.low) & (values < span.high)
            if inside.any():
                numbers = owners[positions[inside]] * len(self.spans) + place
                n = int(numbers.max()) + 1
                self.counts.ensure(n)[:n] += np.bincount(numbers, weights=times[inside], minlength=n).astype(np.int64)

    def collect_spans(self, leaf: Leaf, docs: Array, owners: Array, inside: Iterable[Array]) -> None:
        """Documents of the ranges; ``inside``: their positions among ``docs``, range by range."""
        parts = []
        for place, positions in enumerate(inside):
            if len(positions):
                positions, _ = once_per_document(positions, np.zeros(len(positions), np.int64))
                numbers = owners[positions] * len(self.spans) + place
                n = int(numbers.max()) + 1
                taken = docs[positions]
                self.counts.ensure(n)[:n] += document_counts(leaf, taken, numbers, n)
                parts.append((taken, numbers))
        self.subs.collect_parts(leaf, parts)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        width = len(self.spans)
        numbers = [owner * width + place for owner in owners for place in range(width)]
        counts = iter(self.counts.get(numbers).tolist())
        is_empty = self.source.is_empty and not self.builds_unmapped
        below = iter([self.subs.empty() for _ in numbers] if is_empty else self.subs.build(numbers))
        out: list[Internal] = []
        for _ in owners:
            buckets = [RangeBucket(one.key, next(counts), next(below), one.low, one.high) for one in self.spans]
            out.append(self.result(self.name, self.builder.meta, buckets, self.builder.keyed, self.source.format))
        return out


class DateRangeAggregator(RangeAggregator):
    result = DateRange


class IpRangeAggregator(RangeAggregator):
    result = IpRange
    builds_unmapped = True

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        positions, ordinals = values.of(docs)
        terms = list(values.dictionary)
        lows = (0 if one.low is None else bisect.bisect_left(terms, one.low) for one in self.spans)
        highs = (len(terms) if one.high is None else bisect.bisect_left(terms, one.high) for one in self.spans)
        inside = (positions[(ordinals >= low) & (ordinals < high)] for low, high in zip(lows, highs, strict=True))
        self.collect_spans(leaf, docs, owners, inside)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if NO_BUCKET not in owners or self.ctx.behaviour.major >= 8:
            return super().build(owners)
        # ES: where nothing can be collected, there are no buckets at all (recording of 7.10.2)
        return [self.result(self.name, self.builder.meta, [], self.builder.keyed, self.source.format) for _ in owners]


_END = (*p.NUMBER, "VALUE_NULL")
_RANGE = {"from": _END, "to": _END, "key": p.NUMBER}


def _read_range(holder: Json, key: Key, reading: Reading) -> Span:
    body = holder[key]
    if not isinstance(body, dict):
        token, at = o.found_instead(holder, key)
        raise located.standing(XContentParse(f"[range] Expected START_OBJECT but was: {token}", at), at)
    found: dict[str, Any] = {}
    for name, value in body.items():
        kind = located.token(value)
        if name in _RANGE and kind not in _RANGE[name]:
            at = located.at_value(body, name)
            raise located.standing(XContentParse(f"[range] {name} doesn't support values of type: {kind}", at), at)
        if name not in _RANGE:
            reason = f"[range] unknown field [{name}]{suggestion(name, _RANGE)}"
            raise located.standing(XContentParse(reason, located.at_name(body, name)), located.at_value(body, name))
        found[name] = p.text(value) if name == "key" else value
    return Span(found.get("key"), found.get("from"), found.get("to"))


def _read_ip_range(holder: Json, at: Key, reading: Reading) -> Span:
    body = holder[at]
    if not isinstance(body, dict):
        raise Parsing(f"[ranges] must contain objects, but hit a {located.token(body)}", located.at_value(holder, at))
    found: dict[str, Any] = {}
    for key in body:
        if key not in ("from", "to", "key", "mask"):
            raise Parsing(f"Unexpected ip range parameter: [{key}]", located.at_value(body, key))
        found[key] = values.text(body, key, reading) if key == "key" else values.text_or_null(body, key, reading)
    for key in ("from", "to"):
        if found.get(key) is not None:
            parse_ip(found[key])
    mask = found.get("mask")
    if mask is None:
        return Span(found.get("key"), found.get("from"), found.get("to"))
    if "from" in found or "to" in found:
        raise IllegalArgument("[mask] cannot be combined with [from] and [to]")
    low, high = mask_ends(mask)
    return Span(found.get("key") or mask, low, high)


def mask_ends(mask: str) -> tuple[str | None, str | None]:
    """First address of a CIDR block and the one after its last. Raises IllegalArgument."""
    try:
        network = ipaddress.ip_network(mask, strict=False)
        if "/" not in mask:
            raise ValueError(mask)
    except ValueError:
        raise IllegalArgument(f"Expected [ip/prefix] but was [{mask}]") from None
    low, last = network.network_address, network.broadcast_address
    top = 2**32 - 1 if network.version == 4 else 2**128 - 1
    cls = type(low)
    if network.version == 4:
        after = str(cls(int(last) + 1)) if int(last) < top else "::1:0:0:0"
        return str(low), after
    return (None if int(low) == 0 else str(low)), (str(cls(int(last) + 1)) if int(last) < top else None)


_KEYED = o.boolean("keyed")
_RANGES = o.custom("ranges", p.OBJECT_ARRAY, values.objects_of(_read_range))


class RangeAgg(SourceBuilder):
    name, aggregator = "range", RangeAggregator
    kinds: ClassVar[tuple[str, ...]] = (NUMBER, DATE, BOOLEAN, HISTOGRAM)
    parser = Parser("range", *source_fields(), _KEYED, _RANGES)
    ranges: list[Span] = []
    keyed = False
    reads_numbers_as_text: ClassVar[bool] = False
    """Ends given as numbers are read by the format like text."""

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        self.spans(self.resolve(ctx), ctx)
        super().configure(ctx, parent)

    def spans(self, source: Source, ctx: ShardContext) -> list[Span]:
        """The ranges over a source, ascending. Raises IllegalArgument: there are none, or an end cannot be read."""
        if not self.ranges:
            raise IllegalArgument(f"No [ranges] specified for the [{self.agg_name}] aggregation")
        return sorted((self.settle(one, source.format, ctx) for one in self.ranges), key=self.sort_key)

    def sort_key(self, span: Span) -> Any:
        """What ranges are sorted by."""
        return span.low, span.high

    def settle(self, span: Span, format: Any, ctx: ShardContext) -> Span:
        """The ends as numbers, and the key."""
        low, high = self._end(span.low, -math.inf, format, ctx), self._end(span.high, math.inf, format, ctx)
        return Span(span.key if span.key is not None else f"{_shown(low, format)}-{_shown(high, format)}", low, high)

    def _end(self, value: Json, default: float, format: Any, ctx: ShardContext) -> float:
        if value is None:
            return default
        if not isinstance(value, str) and not self.reads_numbers_as_text:
            return float(value)
        value = value if isinstance(value, str) else str(int(value))
        if isinstance(format, DateFormat):
            return float(format.parse(value, now_ms=ctx.now_ms))
        return float(format.parse(value)) if format is not None else p.double(value)


def _shown(end: float, format: Any) -> str:
    if not math.isfinite(end):
        return "*"
    return p.text(end) if format is None else str(format.print(end))


def reads_epoch(format: DateFormat, text: str) -> bool:
    """Whether a text is read as milliseconds or seconds since the epoch."""
    from esmock.mapping.dates.formatter import EpochFormat, Unparsed, date_formatter

    for one in date_formatter(format.reads or format.pattern).formats:
        try:
            one.parse(text)
        except Unparsed:
            continue
        return isinstance(one, EpochFormat)
    return False


class DateRangeAgg(RangeAgg):
    name, aggregator = "date_range", DateRangeAggregator
    kinds = (DATE, NUMBER, BOOLEAN)
    over_dates = "Range or DateRange"
    default_kind = DATE
    reads_numbers_as_text = True

    def _end(self, value: Json, default: float, format: Any, ctx: ShardContext) -> float:
        end = super()._end(value, default, format, ctx)
        zone = getattr(format, "zone", None)
        if value is None or zone is None or not ctx.behaviour.date_ranges_shift_epochs or not reads_epoch(format, p.text(value)):
            return end
        # ES: milliseconds are taken for the zone's, as texts without a zone are (recording of 7.10.2)
        offset = dt.datetime.fromtimestamp(end / 1000, dt.UTC).replace(tzinfo=zone).utcoffset() or dt.timedelta()
        return end - offset.total_seconds() * 1000
    parser = Parser("date_range", *source_fields(zones=True), _KEYED, _RANGES)


class IpRangeAgg(RangeAgg):
    name, aggregator = "ip_range", IpRangeAggregator
    kinds = (IP,)
    default_kind = IP
    parser = Parser(
        "ip_range",
        *source_fields(scripts=False, formats=False),
        _KEYED,
        o.custom("ranges", p.OBJECT_ARRAY, values.array_of(_read_ip_range)),
    )

    def sort_key(self, span: Span) -> Any:
        return span.low or "", span.high or "~"

    def settle(self, span: Span, format: Any, ctx: ShardContext) -> Span:
        low, high = (None if end is None else format.parse(end) for end in (span.low, span.high))
        shown = ["*" if end is None else format.print(end) for end in (low, high)]
        return Span(span.key if span.key is not None else "-".join(shown), low, high)


AGGREGATIONS = (RangeAgg, DateRangeAgg, IpRangeAgg)
