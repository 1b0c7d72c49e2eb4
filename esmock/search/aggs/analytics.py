"""Metrics of the analytics plugin: boxplot, string_stats, t_test.

Docs: search-aggregations-metrics-boxplot-aggregation, -string-stats-aggregation, -ttest-aggregation. Source: answers printed there;
the whiskers are Tukey's, the tests Student's and Welch's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder, SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, MultiValue, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kinds import BYTES, HISTOGRAM, NUMBER, NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.percentiles import SampleAggregator, quantile
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.student import two_sided
from esmock.search.aggs.values import Values
from esmock.search.aggs.weighted_avg import FILTERED_SOURCE, one_source
from esmock.xcontent import object_parser as o
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


class Boxplot(MultiValue):
    type, java = "boxplot", "InternalBoxplot"
    names: ClassVar[tuple[str, ...]] = ("min", "max", "q1", "q2", "q3", "lower", "upper")
    __slots__ = ("sorting", "values")

    def __init__(self, name: str, meta: Json, format: Any, values: Array, sorting: bool) -> None:
        super().__init__(name, meta, format)
        self.values, self.sorting = values, sorting

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        values = np.sort(np.concatenate([one.values for one in results]))
        return Boxplot(self.name, self.meta, self.format, values, self.sorting)

    def numbers(self) -> dict[str, float]:
        """The seven numbers; infinite and NaN where there are no values."""
        values = self.values
        if not len(values):
            return {"min": math.inf, "max": -math.inf, **dict.fromkeys(self.names[2:], math.nan)}
        q1, q2, q3 = (quantile(values, q, sorting=self.sorting) for q in (0.25, 0.5, 0.75))
        low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
        inside_low, inside_high = values[values > low], values[values <= high]
        return {
            "min": float(values[0]),
            "max": float(values[-1]),
            "q1": q1,
            "q2": q2,
            "q3": q3,
            "lower": float(inside_low[0]) if len(inside_low) else math.nan,
            "upper": float(inside_high[-1]) if len(inside_high) else float(values[-1]),
        }

    def number(self, name: str) -> float:
        if name not in self.names:
            raise IllegalArgument(f"Unknown value [{name}] in boxplot aggregation")
        return self.numbers()[name]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        numbers = self.numbers()
        if not rendering.behaviour.boxplot_whiskers:
            del numbers["lower"], numbers["upper"]
        out: dict[str, Json] = {name: one if math.isfinite(one) else p.text(one) for name, one in numbers.items()}
        if self.format is not None:
            out.update({name + "_as_string": self.format.print(one) for name, one in numbers.items()})
        return out


class BoxplotAggregator(SampleAggregator):
    sort_kind = "multi_value"

    def has_metric(self, name: str) -> bool:
        return name in Boxplot.names

    def build(self, owners: Sequence[int]) -> list[Internal]:
        sorting = self.ctx.behaviour.major >= 8
        name, meta, format = self.name, self.builder.meta, self.source.format
        return [Boxplot(name, meta, format, values, sorting) for values in self.samples(owners)]


class BoxplotAgg(SourceBuilder):
    name, aggregator, is_metric = "boxplot", BoxplotAggregator, True
    since = (7, 7)
    kinds = (NUMBER, HISTOGRAM)
    parser = Parser("boxplot", *source_fields(), o.real("compression"))
    compression = 100.0


class StringStats(MultiValue):
    type, java = "string_stats", "InternalStringStats"
    names: ClassVar[tuple[str, ...]] = ("count", "min_length", "max_length", "avg_length", "entropy")
    __slots__ = ("chars", "count", "longest", "shortest", "shows", "total")

    def __init__(
        self,
        name: str,
        meta: Json,
        format: Any,
        count: int,
        total: int,
        shortest: int,
        longest: int,
        chars: dict[str, int],
        shows: bool,
    ) -> None:
        super().__init__(name, meta, format)
        self.count, self.total, self.shortest, self.longest = count, total, shortest, longest
        self.chars, self.shows = chars, shows

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        chars: dict[str, int] = {}
        for one in results:
            for char, count in one.chars.items():
                chars[char] = chars.get(char, 0) + count
        return StringStats(
            self.name,
            self.meta,
            self.format,
            sum(one.count for one in results),
            sum(one.total for one in results),
            min(one.shortest for one in results),
            max(one.longest for one in results),
            chars,
            self.shows,
        )

    @property
    def entropy(self) -> float:
        """Shannon's, in bits per character."""
        out = 0.0
        for count in self.chars.values():
            share = count / self.total
            out -= share * math.log2(share)
        return out

    def number(self, name: str) -> float:
        if name not in self.names:
            raise IllegalArgument(f"Unknown value [{name}] in string stats aggregation")
        average = self.total / self.count if self.count else math.nan
        found = (self.count, self.shortest, self.longest, average, self.entropy)
        return float(found[self.names.index(name)])

    def content(self, rendering: Rendering) -> dict[str, Json]:
        out: dict[str, Json] = {"count": self.count}
        if self.count:
            out |= {"min_length": self.shortest, "max_length": self.longest, "avg_length": self.total / self.count}
        else:
            out |= {"min_length": None, "max_length": None, "avg_length": None}
        out["entropy"] = self.entropy
        if self.shows:
            ordered = sorted(hash_order(self.chars), key=lambda char: -self.chars[char])
            out["distribution"] = {char: self.chars[char] / self.total for char in ordered}
        return out


class StringStatsAggregator(SourceAggregator):
    builder: StringStatsAgg
    sort_kind = "multi_value"

    def prepare(self) -> None:
        self.found: dict[int, StringStats] = {}

    def has_metric(self, name: str) -> bool:
        return name in StringStats.names

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        positions, ordinals = values.of(docs)
        if not len(positions):
            return
        alphabet, table = self.source.kept(leaf, ("characters", *self.source.key), lambda: _characters(values))
        lengths = table.sum(axis=1)
        owner = owners[positions]
        for one in np.unique(owner).tolist():
            mine = ordinals[owner == one]
            counts = np.bincount(mine, minlength=len(table))
            used = lengths[np.flatnonzero(counts)]
            chars = counts @ table
            part = self._stats(
                len(mine),
                int(counts @ lengths),
                int(used.min()),
                int(used.max()),
                {char: count for char, count in zip(alphabet, chars.tolist(), strict=True) if count},
            )
            before = self.found.get(one)
            self.found[one] = part if before is None else before.reduce([before, part], None)  # type: ignore[assignment,arg-type]

    def _stats(self, count: int, total: int, shortest: int, longest: int, chars: dict[str, int]) -> StringStats:
        meta, shows = self.builder.meta, self.builder.show_distribution
        return StringStats(self.name, meta, None, count, total, shortest, longest, chars, shows)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        return [self.found.get(int(one)) or self._stats(0, 0, (1 << 31) - 1, -(1 << 31), {}) for one in owners]


def _characters(values: Values) -> tuple[list[str], Array]:
    """The UTF-16 units of a dictionary's terms, and int64[n_terms, n_units], how often each term has each."""
    units = [list(term.encode("utf-16-be", "surrogatepass")) for term in values.dictionary]
    texts = [[chr(one[at] << 8 | one[at + 1]) for at in range(0, len(one), 2)] for one in units]
    alphabet = sorted({char for text in texts for char in text})
    places = {char: place for place, char in enumerate(alphabet)}
    table = np.zeros((len(texts), len(alphabet)), np.int64)
    for row, text in enumerate(texts):
        np.add.at(table[row], [places[char] for char in text], 1)
    return alphabet, table


class StringStatsAgg(SourceBuilder):
    name, aggregator, is_metric = "string_stats", StringStatsAggregator, True
    since = (7, 6)
    kinds = (BYTES,)
    default_kind = BYTES
    parser = Parser("string_stats", *source_fields(), o.boolean("show_distribution"))
    show_distribution = False


Sums = tuple[int, float, float]
"""Number of values, their sum, the sum of their squares."""


class TTest(SingleValue):
    type, java = "t_test", "InternalTTest"
    __slots__ = ("kind", "sums", "tails")

    def __init__(self, name: str, meta: Json, format: Any, sums: list[Sums], kind: str, tails: int) -> None:
        super().__init__(name, meta, format)
        self.sums, self.kind, self.tails = sums, kind, tails

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        sums = [
            tuple(map(sum, zip(*column, strict=True))) for column in zip(*(one.sums for one in results), strict=True)
        ]
        return TTest(self.name, self.meta, self.format, sums, self.kind, self.tails)  # type: ignore[arg-type]

    def value(self) -> float:
        if self.kind == "paired":
            found = _paired(self.sums[0])
        else:
            found = (_welch if self.kind == "heteroscedastic" else _pooled)(self.sums[0], self.sums[1])
        if isinstance(found, float):
            return found
        t, freedom = found
        return two_sided(abs(t), freedom) / 2 * self.tails

    def content(self, rendering: Rendering) -> dict[str, Json]:
        value = self.value()
        return {"value": None} if math.isnan(value) else {"value": value, **self.as_string(value)}


def _variance(sums: Sums) -> float:
    count, total, squares = sums
    return max(0.0, (squares - total * total / count) / (count - 1))


def _paired(sums: Sums) -> tuple[float, float] | float:
    count, total, _ = sums
    if count < 2:
        return math.nan
    variance = _variance(sums)
    if not variance:
        return math.nan if total == 0 else 0.0
    return (total / count) / math.sqrt(variance / count), count - 1


def _pooled(one: Sums, other: Sums) -> tuple[float, float] | float:
    freedom = one[0] + other[0] - 2
    if one[0] < 2 or other[0] < 2:
        return math.nan
    variance = ((one[0] - 1) * _variance(one) + (other[0] - 1) * _variance(other)) / freedom
    difference = one[1] / one[0] - other[1] / other[0]
    if not variance:
        return math.nan if difference == 0 else 0.0
    return difference / math.sqrt(variance * (1.0 / one[0] + 1.0 / other[0])), freedom


def _welch(one: Sums, other: Sums) -> tuple[float, float] | float:
    if one[0] < 2 or other[0] < 2:
        return math.nan
    first, second = _variance(one) / one[0], _variance(other) / other[0]
    difference = one[1] / one[0] - other[1] / other[0]
    if not first + second:
        return math.nan if difference == 0 else 0.0
    freedom = (first + second) ** 2 / (first**2 / (one[0] - 1) + second**2 / (other[0] - 1))
    return difference / math.sqrt(first + second), freedom


class TTestAggregator(Aggregator):
    """Adds up both populations, or their differences."""

    builder: TTestAgg
    sort_kind = "single_value"

    def __init__(self, builder: TTestAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        from esmock.search.aggs.filters import match_of

        super().__init__(builder, ctx, parent)
        self.sources = [one.resolve(ctx, "t_test", NUMERIC, "number") for one, _ in builder.populations]
        self.matches = [None if query is None else match_of(ctx, query, parent) for _, query in builder.populations]
        self.sums: list[dict[int, Sums]] = [{}, {}]

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        loaded = [None if one.is_empty else one.floats(leaf, docs) for one in self.sources]
        if self.builder.type == "paired":
            if loaded[0] is None or loaded[1] is None:
                return
            both = loaded[0].has(docs) & loaded[1].has(docs)
            docs, owners = docs[both], owners[both]
            first, second = (one.values[one.starts[docs]] for one in loaded if one is not None)
            self._add(0, owners, first - second)
            return
        for place, (values, match) in enumerate(zip(loaded, self.matches, strict=True)):
            if values is None:
                continue
            mask = np.ones(len(docs), bool) if match is None else match(leaf.segment)[docs]
            positions, numbers = values.of(docs[mask])
            self._add(place, owners[mask][positions], numbers)

    def _add(self, place: int, owners: Array, numbers: Array) -> None:
        for owner in np.unique(owners).tolist():
            mine = numbers[owners == owner]
            count, total, squares = self.sums[place].get(owner, (0, 0.0, 0.0))
            self.sums[place][owner] = (
                count + len(mine),
                math.fsum([total, *mine.tolist()]),
                math.fsum([squares, *(mine * mine).tolist()]),
            )

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        out: list[Internal] = []
        for owner in owners:
            sums = [one.get(int(owner), (0, 0.0, 0.0)) for one in self.sums]
            out.append(TTest(self.name, builder.meta, self.sources[0].format, sums, builder.type, builder.tails))
        return out


def _read_population(body: Json, key: Key, reading: Reading) -> tuple[Any, Any]:
    given = FILTERED_SOURCE.read(body, key, reading)
    query = given.pop("filter", None)
    return one_source(given), query


def _read_type(value: str) -> str:
    if value.lower() not in ("paired", "homoscedastic", "heteroscedastic"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.xpack.analytics.ttest.TTestType.{value.upper()}")
    return value.lower()


def _read_tails(tails: int) -> int:
    if tails not in (1, 2):
        raise IllegalArgument(f"[tails] must be 1 or 2. Found [{tails}]")
    return tails


class TTestAgg(Builder):
    name, aggregator, is_metric = "t_test", TTestAggregator, True
    since = (7, 8)
    parser = Parser(
        "t_test",
        o.custom("a", p.OBJECT, _read_population),
        o.custom("b", p.OBJECT, _read_population),
        o.string("type", then=_read_type),
        o.integer("tails", then=_read_tails),
        o.string("format"),
    )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.type, self.tails = given.get("type", "heteroscedastic"), given.get("tails", 2)
        for name in ("a", "b"):
            if name not in given:
                raise IllegalArgument(f"Could not find field name [{name}] in multiValuesSource")
        self.populations = [given["a"], given["b"]]
        if self.type == "paired" and any(query is not None for _, query in self.populations):
            raise IllegalArgument("Paired t-test doesn't support filters")


AGGREGATIONS = (BoxplotAgg, StringStatsAgg, TTestAgg)
