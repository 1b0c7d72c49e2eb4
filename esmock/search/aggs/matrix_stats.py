"""The matrix_stats aggregation: moments of several fields and how they vary together.

Docs: search-aggregations-matrix-stats-aggregation. Source: recordings of 7.10.2; the update formulas are those of Pébay,
"Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments" (2008).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Parsing
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering
from esmock.search.aggs.kinds import NUMBER, NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.source import not_numeric
from esmock.search.aggs.source_config import SourceConfig
from esmock.xcontent import located
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any
Pair = tuple[str, str]


@dataclass(slots=True)
class Moments:
    """Running sums of one owner.

    Attributes:
        count: documents that have all fields.
        counts: the same by field, which differ where a shard lacks one.
        means, squares, cubes, fourths: by field; the last three are sums of powers of the distance to the mean.
        products: by pair of fields, sums of products of the distances.
    """

    count: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    means: dict[str, float] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=dict)
    cubes: dict[str, float] = field(default_factory=dict)
    fourths: dict[str, float] = field(default_factory=dict)
    products: dict[Pair, float] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: dict[str, Array]) -> Moments:
        """From the values of every field, document by document in order; the order counts in the last digits."""
        out = cls()
        number = len(next(iter(columns.values())))
        out.count = number
        out.counts = dict.fromkeys(columns, number)
        n = np.arange(1.0, number + 1)
        deltas: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for name, values in columns.items():
                sums = np.cumsum(values)
                deltas[name] = values * n - sums
                out.sums[name] = float(sums[-1])
                out._powers(name, values, n)
            rest = list(columns)
            for name in columns:
                rest.remove(name)
                for other in rest:
                    terms = 1.0 / (n[1:] * (n[1:] - 1.0)) * deltas[name][1:] * deltas[other][1:]
                    out.products[name, other] = float(np.cumsum(terms)[-1]) if number > 1 else 0.0
        return out

    def _powers(self, name: str, values: Array, n: Array) -> None:
        means = _running_means(values)
        before = means[:-1]
        n = n[1:]
        distance = values[1:] - before
        step = distance / n
        squares_added = step * distance * (n - 1)
        squares = np.cumsum(np.concatenate([[0.0], squares_added]))
        cubes = np.cumsum(np.concatenate([[0.0], squares_added * step * (n - 2) - 3 * step * squares[:-1]]))
        step2 = step * step
        fourths_added = squares_added * step2 * (n * n - 3 * n + 3) + 6 * step2 * squares[:-1] - 4 * step * cubes[:-1]
        self.means[name] = float(means[-1])
        self.squares[name] = float(squares[-1])
        self.cubes[name] = float(cubes[-1])
        self.fourths[name] = float(np.cumsum(np.concatenate([[0.0], fourths_added]))[-1])

    def merged(self, other: Moments) -> Moments:
        """Both together."""
        if not self.count or not other.count:
            return self if self.count else other
        self._check_names(other)
        a, b = float(self.count), float(other.count)
        total = a + b
        out = self._copied(self.count + other.count)
        for name in other.means:
            out.counts[name] = self.counts[name] + other.counts[name]
            delta = other.means[name] - self.means[name]
            out.sums[name] = self.sums[name] + other.sums[name]
            out.means[name] = (a * self.means[name] + b * other.means[name]) / total
            d2 = delta * delta
            squares, theirs = self.squares[name], other.squares[name]
            out.squares[name] = squares + theirs + d2 * a * b / total
            cubes = self.cubes[name] + other.cubes[name] + delta * d2 * a * b * (a - b) / (total * total)
            out.cubes[name] = cubes + 3.0 * delta * (a * theirs - b * squares) / total
            fourths = self.fourths[name] + other.fourths[name]
            fourths += d2 * d2 * a * b * (a * a - a * b + b * b) / (total * total * total)
            out.fourths[name] = (
                fourths
                + 6.0 * d2 * (a * a * theirs + b * b * squares) / (total * total)
                + 4.0 * delta * (a * other.cubes[name] - b * self.cubes[name]) / total
            )
        # ES: here the distances of the means come from the sums, above from the running means
        distances = {name: other.sums[name] / b - self.sums[name] / a for name in other.sums}
        for (name, fellow), product in self.products.items():
            if name not in other.means:
                continue
            added = a * b / total * distances[name] * distances[fellow]
            out.products[name, fellow] = product + (other.products[name, fellow] + added)
        return out


    def computed(self) -> Moments:
        """Skewness, kurtosis, variances and covariances in place of the sums that they are made of."""
        out = self._copied(self.count)
        for name, squares in self.squares.items():
            out.squares[name] = _divided(squares, self.count - 1.0)
            out.cubes[name] = _divided(math.sqrt(self.count) * self.cubes[name], _three_halves(squares))
            out.fourths[name] = _divided(self.count * self.fourths[name], squares * squares)
        for pair, product in self.products.items():
            out.products[pair] = _divided(product, self.count - 1.0)
        return out

    def _copied(self, count: int) -> Moments:
        parts = (self.counts, self.sums, self.means, self.squares, self.cubes, self.fourths, self.products)
        return Moments(count, *(dict(one) for one in parts))  # type: ignore[arg-type]

    def _check_names(self, other: Moments) -> None:
        """Refuse to add what has other fields; fewer will do while their products are not asked for. Raises NullPointer."""
        null = 'Cannot invoke "{}" because the return value of "java.util.HashMap.get(Object)" is null'
        if any(name not in self.means for name in other.means):
            raise NullPointer(null.format("java.lang.Double.doubleValue()"))
        for name, fellow in self.products:
            if name in other.means and (name, fellow) not in other.products:
                has_some = any(name == first for first, _ in other.products)
                raise NullPointer(null.format("java.lang.Double.doubleValue()" if has_some else "java.util.HashMap.get(Object)"))


def _running_means(values: Array) -> Array:
    """The mean of the first value, the first two ...; each comes from the one before, so this is a loop."""
    out = values.tolist()
    mean = out[0]
    for place in range(1, len(out)):
        mean += (out[place] - mean) / (place + 1)
        out[place] = mean
    return np.array(out)


class MatrixStats(Internal):
    """Moments; after the final reduction, what is computed of them.

    ES: what is computed takes the place of the sums, and is taken for them where buckets are joined once more (recording of 7.10.2).
    """

    type, java = "matrix_stats", "InternalMatrixStats"
    must_reduce_alone = True
    __slots__ = ("moments",)

    def __init__(self, name: str, meta: Json, moments: Moments) -> None:
        super().__init__(name, meta)
        self.moments = moments

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        moments = Moments()
        for one in results:
            moments = moments.merged(one.moments)
        return MatrixStats(self.name, self.meta, moments.computed() if ctx.is_final else moments)

    def _covariance(self, one: str, other: str) -> float:
        if one == other:
            return self.moments.squares[one]
        products = self.moments.products
        return products[one, other] if (one, other) in products else products[other, one]

    def _correlation(self, one: str, other: str) -> float:
        if one == other:
            return 1.0
        scale = _root(self.moments.squares[one]) * _root(self.moments.squares[other])
        return _divided(self._covariance(one, other), scale)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        moments = self.moments
        if not moments.count:
            return {"doc_count": 0}
        names = hash_order(moments.means)
        fields = [
            {
                "name": name,
                "count": moments.counts[name],
                "mean": moments.means[name],
                "variance": moments.squares[name],
                "skewness": moments.cubes[name],
                "kurtosis": moments.fourths[name],
                "covariance": {one: self._covariance(name, one) for one in names},
                "correlation": {one: self._correlation(name, one) for one in names},
            }
            for name in names
        ]
        return {"doc_count": moments.count, "fields": fields}


def _root(number: float) -> float:
    return math.sqrt(number) if number >= 0 else math.nan


def _three_halves(number: float) -> float:
    """The power 1.5, rounded correctly, which the C library's is not always."""
    exact = Decimal(number)
    return float(exact * exact.sqrt(Context(prec=60)))


def _divided(one: float, other: float) -> float:
    if other:
        return one / other
    return math.nan if one == 0 or one != one else math.copysign(math.inf, one)


_MODES = {"min": np.minimum, "max": np.maximum, "sum": np.add}


class MatrixStatsAggregator(Aggregator):
    """Takes the documents that have all the fields."""

    builder: MatrixStatsAgg

    def __init__(self, builder: MatrixStatsAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        configs = {
            name: SourceConfig(field=name, missing=builder.missing.get(name), format=builder.format)
            for name in hash_order(builder.fields)
        }
        found = {name: one.configured(ctx, NUMBER) for name, one in configs.items()}
        for source in found.values():
            if source.kind not in NUMERIC:
                raise not_numeric(source, f"aggregation {self.name}")
        # ES: the order of a hash map made for their number, which the last digits of the products show (recording of 7.10.2)
        mapped = [name for name, source in found.items() if not source.is_empty]
        self.sources = {name: found[name] for name in hash_order(mapped, capacity=len(mapped))}
        self.owners: list[Array] = []
        self.columns: dict[str, list[Array]] = {name: [] for name in self.sources}

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if not self.sources:
            return
        loaded = {name: source.floats(leaf, docs) for name, source in self.sources.items()}
        keep = np.ones(len(docs), bool)
        for values in loaded.values():
            keep &= values.has(docs)
        docs = docs[keep]
        if not len(docs):
            return
        self.owners.append(owners[keep])
        for name, values in loaded.items():
            self.columns[name].append(self._single(values, docs))

    def _single(self, values: Any, docs: Array) -> Array:
        """One value of each document, by the mode."""
        positions, numbers = values.of(docs)
        if len(positions) == len(docs):
            return numbers
        starts = np.flatnonzero(np.diff(positions, prepend=-1))
        mode = self.builder.mode
        if mode in _MODES:
            return _MODES[mode].reduceat(numbers, starts)
        counts = np.diff(np.append(starts, len(numbers)))
        if mode == "avg":
            return np.add.reduceat(numbers, starts) / counts
        low, high = numbers[starts + (counts - 1) // 2], numbers[starts + counts // 2]
        return (low + high) / 2

    def build(self, owners: Sequence[int]) -> list[Internal]:
        name, meta = self.name, self.builder.meta
        if not self.owners:
            return [MatrixStats(name, meta, Moments()) for _ in owners]
        owner = np.concatenate(self.owners)
        columns = {key: np.concatenate(parts) for key, parts in self.columns.items()}
        order = np.argsort(owner, kind="stable")
        owner = owner[order]
        out: list[Internal] = []
        for one in owners:
            mine = order[np.searchsorted(owner, one, "left") : np.searchsorted(owner, one, "right")]
            moments = Moments.of({key: values[mine] for key, values in columns.items()}) if len(mine) else Moments()
            out.append(MatrixStats(name, meta, moments))
        return out


class MatrixStatsAgg(Builder):
    name, aggregator, is_metric = "matrix_stats", MatrixStatsAggregator, True
    java = "search.aggregations.matrix.stats.MatrixStats"
    format: str | None = None
    mode = "avg"

    def __init__(self, agg_name: str) -> None:
        super().__init__(agg_name)
        self.fields: list[str] = []
        self.missing: dict[str, Json] = {}

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> MatrixStatsAgg:
        out = cls(agg_name)
        for key, value in body.items():
            if not out._take(key, value, body):
                is_scripting = key in ("value_type", "script") and isinstance(value, str)
                more = " Multi-field aggregations do not support scripts." if is_scripting else ""
                raise Parsing(
                    f"Unexpected token {located.token(value)} [{key}] in [{agg_name}].{more}", located.at_value(body, key)
                )
        return out

    def _take(self, key: str, value: Json, body: Json) -> bool:
        if key == "fields" and isinstance(value, str | list):
            given = value if isinstance(value, list) else [value]
            for one in given:
                if not isinstance(one, str):
                    raise Parsing(
                        f"Unexpected token {located.token(one)} [{key}] in [{self.agg_name}].",
                        located.at_value(given, given.index(one)),
                    )
            self.fields = list(given)
        elif key == "missing" and isinstance(value, dict):
            self.missing = dict(value)
        elif key == "format" and isinstance(value, str):
            self.format = value
        elif key == "mode" and isinstance(value, str):
            if value.lower() not in ("min", "max", "sum", "avg", "median"):
                raise IllegalArgument(f"Illegal sort mode: {value}")
            self.mode = value.lower()
        else:
            return False
        return True


AGGREGATIONS = (MatrixStatsAgg,)
