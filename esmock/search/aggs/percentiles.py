"""Quantiles: percentiles, percentile_ranks, median_absolute_deviation.

Docs: search-aggregations-metrics-percentile-aggregation. Source: recordings of 7.10.2 and 8.19.21.
Differs: every value is kept, as the digest of 8.x does below 2,000; that of 7.x joins some of more than 200 (``tree_digest``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.internal import Internal, MultiValue, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kinds import HISTOGRAM, NUMBER, NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.parse import is_8
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.summaries import repeated
from esmock.search.aggs.tree_digest import TreeDigest
from esmock.search.aggs.whole import kept_samples
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any

MOST_JOINED = 10_000
"""Of more values all are kept: Elasticsearch would join them by chance."""

DEFAULT_PERCENTS = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0]


def quantile(values: Array, q: float, *, sorting: bool) -> float:
    """The value at a quantile.

    Args:
        values: float64[n], ascending.
        sorting: interpolate between ranks (8.x), not between the centres of equal weights (7.x).
    """
    n = len(values)
    if not n:
        return math.nan
    if sorting:
        index = q * (n - 1)
        low = math.floor(index)
        if low + 1 >= n:
            return float(values[-1])
        first, second = float(values[low]), float(values[low + 1])
        return first + (index - low) * (second - first)
    if n == 1:
        return float(values[0])
    index = q * n
    if index < 0.5:
        first = float(values[0])
        return (first * index + first * (0.5 - index)) / 0.5
    place = math.floor(index - 0.5)
    if place >= n - 1:
        return float(values[-1])
    before = index - (place + 0.5)
    return _weighted(float(values[place]), 1.0 - before, float(values[place + 1]), before)


def _weighted(one: float, one_weight: float, other: float, other_weight: float) -> float:
    """The mean of two ascending numbers, kept between them."""
    mean = (one * one_weight + other * other_weight) / (one_weight + other_weight)
    return max(one, min(mean, other))


def rank(values: Array, value: float, *, reaches_last: bool) -> float:
    """The share of values at or below one, 0 to 1.

    Args:
        reaches_last: the last value has a right half too (8.x); in 7.x what lies nearer to it than to the one before counts as above all.
    """
    n = len(values)
    if not n:
        return math.nan
    if reaches_last and not values[0] <= value <= values[-1]:
        return float(value > values[-1])
    if reaches_last and value in (values[0], values[-1]):
        # half of the values at an end lie before it
        before, equal = int(np.searchsorted(values, value, "left")), int((values == value).sum())
        return equal / 2.0 / n if not before else (n - equal / 2.0) / n
    if n == 1:
        return int(np.searchsorted(values, value, "right")) / n
    rights = np.diff(values) / 2
    if reaches_last:
        rights = np.append(rights, rights[-1])
    lefts = np.concatenate([rights[:1], rights[:-1]])
    found = np.flatnonzero(value < values[: len(rights)] + rights)
    if not len(found):
        return 1.0
    place = int(found[0])
    low, high = float(values[place] - lefts[place]), float(values[place] + rights[place])
    if low == high:
        return place / n
    return max((place + (value - low) / (high - low)) / n, 0.0)


def joined(samples: list[Any]) -> Any:
    """What several shards kept, together."""
    digest = next((one for one in samples if isinstance(one, TreeDigest)), None)
    if digest is None:
        return np.sort(np.concatenate(samples))
    out = TreeDigest(digest.compression)
    for one in samples:
        rows = zip(one.means, one.counts, strict=True) if isinstance(one, TreeDigest) else ((value, 1) for value in one.tolist())
        for mean, count in rows:
            out.add(mean, count)
    return out


class SampleAggregator(SourceAggregator):
    """Keeps all values of each owner."""

    is_ordered_by_value: ClassVar[bool] = True
    """Whether the order of documents does not matter."""

    def prepare(self) -> None:
        self.owners: list[Array] = []
        self.values: list[Array] = []
        self.is_sorted = False
        self.sorted: tuple[Array, Array] | None = None
        self.parts: list[tuple[Leaf, Array, Array]] = []
        self.in_order: tuple[Array, Array] | None = None

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        self.parts.append((leaf, docs, owners))
        pair = leaf.pair(docs, owners) if self.is_ordered_by_value else None
        key = self.source.kept_key("samples")
        if pair is None or not pair.is_whole or key is None:
            owner, values = self._sampled(leaf, docs, owners)
        else:
            self.is_sorted = not self.owners
            owner, values = kept_samples(leaf, pair, key, lambda: _sorted(*self._sampled(leaf, docs, owners)))
        self.owners.append(owner)
        self.values.append(values)

    def _sampled(self, leaf: Leaf, docs: Array, owners: Array) -> tuple[Array, Array]:
        if self.source.kind == HISTOGRAM:
            positions, numbers = repeated(self.source, leaf, docs)
        else:
            positions, numbers = self.source.floats(leaf, docs).of(docs)
        if self.is_ordered_by_value and bool(np.isnan(numbers).any()):
            raise IllegalArgument("Cannot add NaN")
        return owners[positions], numbers

    def digests(self, owners: Sequence[int], compression: float) -> list[Array | TreeDigest]:
        """``samples``, as the digest of 7.x has those that are so many that it joins some."""
        out: list[Array | TreeDigest] = []
        for owner, values in zip(owners, self.samples(owners), strict=True):
            if not 2 * compression <= len(values) <= MOST_JOINED:
                out.append(values)
                continue
            out.append(TreeDigest.of(self._met(owner).tolist(), compression))
        return out

    def _met(self, owner: int) -> Array:
        """float64[n] of one owner, in the order of documents."""
        if self.in_order is None:
            parts = [self._sampled(*part) for part in self.parts]
            owners, values = (np.concatenate([one[place] for one in parts]) for place in (0, 1))
            order = np.argsort(owners, kind="stable")
            self.in_order = owners[order], values[order]
        owners, values = self.in_order
        return values[np.searchsorted(owners, owner, "left") : np.searchsorted(owners, owner, "right")]

    def samples(self, owners: Sequence[int]) -> list[Array]:
        """float64[n] of each owner, ascending."""
        if self.sorted is None:
            owner = np.concatenate(self.owners) if self.owners else np.zeros(0, np.int64)
            values = np.concatenate(self.values) if self.values else np.zeros(0)
            self.sorted = (owner, values) if self.is_sorted and len(self.owners) == 1 else _sorted(owner, values)
        sorted_owners, values = self.sorted
        wanted = np.asarray(owners, np.int64)
        starts, ends = np.searchsorted(sorted_owners, wanted, "left"), np.searchsorted(sorted_owners, wanted, "right")
        return [values[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _sorted(owner: Array, values: Array) -> tuple[Array, Array]:
    """Owners ascending, and the values of each."""
    if len(owner) and (owner == owner[0]).all():
        return owner, np.sort(values)
    order = np.lexsort((values, owner))
    return owner[order], values[order]


class Percentiles(MultiValue):
    type, java = "tdigest_percentiles", "InternalTDigestPercentiles"
    __slots__ = ("keyed", "keys", "sorting", "values")

    def __init__(
        self, name: str, meta: Json, format: Any, values: Array, keys: list[float], keyed: bool, sorting: bool
    ) -> None:
        super().__init__(name, meta, format)
        self.values, self.keys, self.keyed, self.sorting = values, keys, keyed, sorting

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        values = joined([one.values for one in results])
        return type(self)(self.name, self.meta, self.format, values, self.keys, self.keyed, self.sorting)

    def at(self, key: float) -> float:
        """The value of one key."""
        if isinstance(self.values, TreeDigest):
            return self.values.quantile(key / 100.0)
        return quantile(self.values, key / 100.0, sorting=self.sorting)

    def number(self, name: str) -> float:
        return self.at(p.double(name))

    def default_metric(self) -> str | None:
        return p.text(self.keys[0]) if len(self.keys) == 1 else None

    def content(self, rendering: Rendering) -> dict[str, Json]:
        keyed: dict[str, Json] = {}
        listed: list[Json] = []
        for key in self.keys:
            value = self.at(key)
            shown = None if math.isnan(value) else value
            text = p.text(key)
            as_string = None if self.format is None or shown is None else self.format.print(value)
            keyed[text] = shown
            if as_string is not None:
                keyed[text + "_as_string"] = as_string
            listed.append({"key": key, "value": shown, **({} if as_string is None else {"value_as_string": as_string})})
        return {"values": keyed if self.keyed else listed}


class PercentileRanks(Percentiles):
    type, java = "tdigest_percentile_ranks", "InternalTDigestPercentileRanks"
    __slots__ = ()

    def at(self, key: float) -> float:
        if isinstance(self.values, TreeDigest):
            return self.values.rank(key) * 100.0
        return rank(self.values, key, reaches_last=self.sorting) * 100.0


class PercentilesAggregator(SampleAggregator):
    sort_kind = "multi_value"
    result: ClassVar[type[Percentiles]] = Percentiles

    def has_metric(self, name: str) -> bool:
        try:
            return p.double(name) in self.builder.keys  # type: ignore[attr-defined]
        except Exception:
            return False

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder: Any = self.builder
        sorting = self.ctx.behaviour.major >= 8 and not (builder.is_accurate and self.result is Percentiles)
        return [
            self.result(self.name, builder.meta, self.source.format, values, builder.keys, builder.keyed, sorting)
            for values in (self.samples(owners) if sorting else self.digests(owners, builder.compression))
        ]


class PercentileRanksAggregator(PercentilesAggregator):
    result = PercentileRanks


class HdrPercentiles(Percentiles):
    """``values`` is an Hdr."""

    type, java = "hdr_percentiles", "InternalHDRPercentiles"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        merged = self.values.merged([one.values for one in results])
        return type(self)(self.name, self.meta, self.format, merged, self.keys, self.keyed, self.sorting)

    def at(self, key: float) -> float:
        return float(self.values.value_at(key))


class HdrPercentileRanks(HdrPercentiles):
    type, java = "hdr_percentile_ranks", "InternalHDRPercentileRanks"
    __slots__ = ()

    def at(self, key: float) -> float:
        return float(self.values.rank_of(key))


class HdrPercentilesAggregator(PercentilesAggregator):
    """Values are recorded in the order of documents."""

    result = HdrPercentiles
    is_ordered_by_value = False

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        super().collect(leaf, docs, owners)
        below = np.flatnonzero(self.values[-1] < 0) if self.values else np.zeros(0, np.int64)
        if len(below):
            first = int(below[0])
            self.values[-1], owners = self.values[-1][: first + 1], self.owners[-1][: first + 1]
            self.owners[-1] = owners
            self.samples([int(owners[-1])])

    def digests(self, owners: Sequence[int], compression: float) -> list[Any]:
        return self.samples(owners)

    def samples(self, owners: Sequence[int]) -> list[Any]:
        from esmock.search.aggs.hdr import Hdr

        owner = np.concatenate(self.owners) if self.owners else np.zeros(0, np.int64)
        values = np.concatenate(self.values) if self.values else np.zeros(0)
        order = np.argsort(owner, kind="stable")
        owner, values = owner[order], values[order]
        out = []
        for one in owners:
            state = Hdr(self.builder.hdr)  # type: ignore[attr-defined]
            state.record(values[np.searchsorted(owner, one, "left") : np.searchsorted(owner, one, "right")])
            out.append(state)
        return out


class HdrPercentileRanksAggregator(HdrPercentilesAggregator):
    result = HdrPercentileRanks


class Deviation(SingleValue):
    type, java = "median_absolute_deviation", "InternalMedianAbsoluteDeviation"
    __slots__ = ("sorting", "values")

    def __init__(self, name: str, meta: Json, format: Any, values: Array, sorting: bool) -> None:
        super().__init__(name, meta, format)
        self.values, self.sorting = values, sorting

    def value(self) -> float:
        if not len(self.values):
            return math.nan
        if isinstance(self.values, TreeDigest):
            return self.values.deviations().quantile(0.5)
        median = quantile(self.values, 0.5, sorting=self.sorting)
        return quantile(np.sort(np.abs(self.values - median)), 0.5, sorting=self.sorting)

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        values = joined([one.values for one in results])
        return Deviation(self.name, self.meta, self.format, values, self.sorting)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        if not len(self.values):
            return {"value": None}
        return {"value": self.value(), **self.as_string(self.value())}


class DeviationAggregator(SampleAggregator):
    builder: DeviationAgg
    sort_kind = "single_value"

    def build(self, owners: Sequence[int]) -> list[Internal]:
        sorting = self.ctx.behaviour.major >= 8 and not self.builder.is_accurate
        return [
            Deviation(self.name, self.builder.meta, self.source.format, values, sorting)
            for values in (self.samples(owners) if sorting else self.digests(owners, self.builder.compression))
        ]


def _check_digits(digits: int) -> int:
    if not 0 <= digits <= 5:
        raise IllegalArgument("[numberOfSignificantValueDigits] must be between 0 and 5")
    return digits


def _check_compression(compression: float) -> float:
    if compression < 0:
        raise IllegalArgument(f"[compression] must be greater than or equal to 0. Found [{p.text(compression)}]")
    return compression


def _read_hint(name: str) -> str:
    """``execution_hint`` of a digest (8.x). Raises IllegalArgument."""
    hint = name.lower()
    if hint not in ("default", "high_accuracy"):
        raise IllegalArgument(f"Invalid execution_hint [{name}], valid values are [default, high_accuracy]")
    return hint


_HINT = o.string("execution_hint", then=_read_hint, in_version=is_8)
_HDR = Parser(
    "hdr",
    o.integer("number_of_significant_value_digits", then=_check_digits),
    build=lambda given: given.get("number_of_significant_value_digits", 3),
)
_DIGEST = Parser("tdigest", o.real("compression", then=_check_compression), _HINT)
_COMMON = (
    o.boolean("keyed"),
    o.object_("tdigest", _DIGEST, argument=True, deprecated=("TDigest", "TDIGEST")),
    o.object_("hdr", _HDR, argument=True, deprecated=("HDR",)),
)


class QuantileBuilder(SourceBuilder):
    """``percentiles`` and ``percentile_ranks``: the keys are a constructor argument, and so is the method."""

    is_metric = True
    kinds = (*NUMERIC, HISTOGRAM)
    keys_field: ClassVar[str]
    keyed = True
    hdr: int | None = None
    tdigest: Mapping[str, Any] = {}

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> QuantileBuilder:
        out = cls(agg_name)
        out.behaviour = ctx.behaviour
        out.setup(cls.parser.parse(body, ctx, out.setter_checks(), out.build), ctx)
        return out

    def build(self, given: dict[str, Any]) -> dict[str, Any]:
        """The fields. Raises IllegalArgument for keys and methods that it refuses."""
        self.check_keys(given.get(self.keys_field))
        if "hdr" in given and "tdigest" in given:
            raise IllegalArgument("Only one percentiles method should be declared.")
        return given

    def check_keys(self, keys: list[float] | None) -> None:
        """Refuse keys. Raises IllegalArgument."""

    @property
    def compression(self) -> float:
        """Of the digest."""
        return float(self.tdigest.get("compression", 100.0))

    @property
    def is_accurate(self) -> bool:
        """Whether the digest of old is asked for (8.x)."""
        return self.tdigest.get("execution_hint") == "high_accuracy"

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.keys = sorted(given.pop(self.keys_field, None) or DEFAULT_PERCENTS)
        super().setup(given, ctx)


class PercentilesAgg(QuantileBuilder):
    name, aggregator, keys_field = "percentiles", PercentilesAggregator, "percents"
    parser = Parser("percentiles", *source_fields(), *_COMMON, o.reals("percents", argument=True), one_of=(("field", "script"),))

    def create(self, ctx: Any, parent: Any) -> Any:
        return (PercentilesAggregator if self.hdr is None else HdrPercentilesAggregator)(self, ctx, parent)

    def check_keys(self, keys: list[float] | None) -> None:
        if keys is None:
            return
        if not keys:
            raise IllegalArgument(f"[percents] must not be empty: [{self.agg_name}]")
        for one in keys:
            if not 0.0 <= one <= 100.0:
                raise IllegalArgument(f"percent must be in [0,100], got [{p.text(one)}]: [{self.agg_name}]")
        twice = [one for one, following in pairwise(sorted(keys)) if one == following]
        if twice and self.behaviour.major >= 8:
            raise IllegalArgument(f"percent [{p.text(twice[0])}] has been specified twice: [{self.agg_name}]")


class PercentileRanksAgg(QuantileBuilder):
    name, aggregator, keys_field = "percentile_ranks", PercentileRanksAggregator, "values"
    parser = Parser("percentile_ranks", *source_fields(), *_COMMON, o.reals("values", argument=True), one_of=(("field", "script"),))

    def create(self, ctx: Any, parent: Any) -> Any:
        return (PercentileRanksAggregator if self.hdr is None else HdrPercentileRanksAggregator)(self, ctx, parent)

    def check_keys(self, keys: list[float] | None) -> None:
        if keys is None:
            raise IllegalArgument(f"[values] must not be null: [{self.agg_name}]")
        if not keys:
            raise IllegalArgument(f"[values] must not be an empty array: [{self.agg_name}]")


class DeviationAgg(SourceBuilder):
    name, aggregator, is_metric = "median_absolute_deviation", DeviationAggregator, True
    kinds = (NUMBER,)
    parser = Parser("median_absolute_deviation", *source_fields(), o.real("compression"), _HINT)
    compression = 1000.0
    execution_hint = "default"

    @property
    def is_accurate(self) -> bool:
        """Whether the digest of old is asked for (8.x)."""
        return self.execution_hint == "high_accuracy"

    def checks(self) -> dict[str, Any]:
        return {"compression": self._check_compression}

    def _check_compression(self, compression: float) -> None:
        if compression <= 0:
            raise IllegalArgument(
                f"[compression] must be greater than 0. Found [{p.text(compression)}] in [{self.agg_name}]"
            )


AGGREGATIONS = (PercentilesAgg, PercentileRanksAgg, DeviationAgg)
