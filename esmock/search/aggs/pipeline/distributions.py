"""Pipelines that hold the counts of buckets against a distribution: bucket_count_ks_test, bucket_correlation.

Docs: search-aggregations-bucket-count-ks-test-aggregation, search-aggregations-bucket-correlation-aggregation. Source: the published source
of BucketCountKSTestAggregator and CountCorrelationFunction; no engine that could be asked runs them.
Differs: which points are drawn where there are fewer documents than points is chance in Elasticsearch; here it is the same each time.
"""

from __future__ import annotations

import bisect
import math
import random
from dataclasses import dataclass
from typing import Any

from esmock.addition import in_order
from esmock.errors import AggregationExecution, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, Results
from esmock.search.aggs.paths import flat, parse_path
from esmock.search.aggs.pipeline.results import SimpleValue
from esmock.search.aggs.pipeline.siblings import SiblingPipeline
from esmock.search.aggs.pipeline.tree import INSERT_ZEROS, sub_value
from esmock.search.aggs.tokens import gap_policy
from esmock.xcontent import object_parser as o
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any

ALTERNATIVES = ("less", "greater", "two_sided")
_ROUNDS = 20
_LEAST_DOCUMENTS = 23


def _upper_tail() -> list[float]:
    return [0.1 * (i - 1) + 0.05 / i + 0.1 * j / i for i in range(1, 11) for j in range(i)]


def _uniform() -> list[float]:
    n = len(_upper_tail())
    interval = 1.0 / (n + 1)
    out = [interval]
    while len(out) < n:
        out.append(out[-1] + interval)
    return out


SAMPLING = {"upper_tail": _upper_tail, "lower_tail": lambda: [1 - one for one in _upper_tail()], "uniform": _uniform}
"""The points of a distribution that are looked at, by ``sampling_method``."""


def cumulated(values: list[float]) -> list[float]:
    """Running sums."""
    out: list[float] = []
    for one in values:
        out.append(one + (out[-1] if out else 0.0))
    return out


def _interpolated(xs: list[float], x: float) -> float:
    """The place of a value among ascending ones, counted from one."""
    at = min(max(bisect.bisect_right(xs, x), 1), len(xs) - 1)
    return ((x - xs[at - 1]) * (at + 1) + (xs[at] - x) * at) / (xs[at] - xs[at - 1])


def _statistic(xa: list[float], xb: list[float], alternative: str) -> float:
    """The greatest distance between two ascending samples' distributions, on one side or both."""

    def distance(ia: int, ib: int) -> float:
        a, b = ia / len(xa), ib / len(xb)
        return abs(b - a) if alternative == "two_sided" else max(b - a, 0.0) if alternative == "less" else max(a - b, 0.0)

    ia, ib = (1, 0) if xa[0] < xb[0] else (0, 1)
    found = 0.0
    while ia < len(xa) and ib < len(xb):
        found = max(found, distance(ia, ib))
        step_a, step_b = xa[ia] <= xb[ib], xb[ib] <= xa[ia]
        ia, ib = ia + step_a, ib + step_b
    return max(found, distance(ia, ib))


def exact_p(statistic: float, n: int, m: int) -> float:
    """The chance that two samples of one distribution lie at least so far apart (Kolmogorov, Smirnov): paths within a band, counted."""
    limit = math.ceil((statistic - 1e-12) * n * m)
    row = [float(k * n < limit) for k in range(1, m + 1)]
    last = 0.0
    for i in range(1, n + 1):
        last = float(i * m < limit)
        for j in range(m):
            last = row[j] = (last + row[j]) if abs(i * m - (j + 1) * n) < limit else 0.0
    return 1.0 - last / _binomial(n + m, m)


def _binomial(n: int, k: int) -> float:
    if n < 67:
        return float(math.comb(n, k))
    out = 1.0
    for i in range(1, k + 1):
        out *= (n - k + i) / i
    return math.floor(out + 0.5)


def _p_values(fx: list[float], fy: list[float], points: list[float], alternatives: list[str]) -> dict[str, float]:
    x, y = (sorted(_interpolated(one, point) for point in points) for one in (fx, fy))
    n, m = len(x), len(y)
    out = {}
    for one in alternatives:
        statistic = _statistic(x, y, one)
        if one == "two_sided":
            out[one] = exact_p(statistic, n, m)
            continue
        # Hodges 1958, equation 5.3
        z = math.sqrt(n * m / (n + m)) * statistic
        correction = (n + 2 * m) / math.sqrt(n * m * (n + m))
        out[one] = min(1.0, max(math.exp(-2 * z**2 - 2 * z * correction / 3.0), 0.0))
    return out


def ks_test(fractions: list[float], counts: list[int], values: list[float], alternatives: list[str], method: str) -> dict[str, float]:
    """P-values by alternative; NaN where the data say nothing.

    Args:
        fractions: [n], the distribution expected, zero first.
        counts: [n], documents of the buckets, zero first.
        values: [n], what is compared, zero first.
    """
    points = SAMPLING[method]()
    n_samples = min(sum(counts), len(points))
    fx, fy = cumulated(values), cumulated(fractions)
    if fx[-1] <= 0 or fy[-1] <= 0 or n_samples < _LEAST_DOCUMENTS:
        return dict.fromkeys(alternatives, math.nan)
    fx, fy = ([one / many[-1] for one in many] for many in (fx, fy))
    if n_samples >= len(points):
        return _p_values(fx, fy, points, alternatives)
    drawn = random.Random(n_samples)
    # ES: the first round counts as it is, of the others the logarithm does
    totals = _p_values(fx, fy, drawn.sample(points, n_samples), alternatives)
    for _ in range(_ROUNDS - 1):
        for name, value in _p_values(fx, fy, drawn.sample(points, n_samples), alternatives).items():
            totals[name] += math.log(value) if value else 0.0
    return {name: min(1.0, max(math.exp(total / _ROUNDS), 0.0)) for name, total in totals.items()}


class KSTest(Internal):
    """P-values by alternative."""

    type, java = "bucket_count_ks_test", "InternalKSTestAggregation"
    __slots__ = ("values",)

    def __init__(self, name: str, meta: Json, values: dict[str, float]) -> None:
        super().__init__(name, meta)
        self.values = values

    def content(self, rendering: Rendering) -> dict[str, Json]:
        shown = {name: "NaN" if math.isnan(value) else value for name, value in self.values.items()}
        return hash_ordered(shown)  # type: ignore[no-any-return]

    def property(self, path: list[str]) -> Any:
        if not path:
            return self
        if len(path) == 1 and path[0] in self.values:
            return self.values[path[0]]
        raise IllegalArgument(f"unknown property [{', '.join(path)}] for {self.type} aggregation [{self.name}]")


class CountPipeline(SiblingPipeline):
    """Reads the counts of the buckets beside it; gaps count as zero."""

    parser: Parser
    since = (7, 14)
    wants_counts: str

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> CountPipeline:
        out = cls(agg_name)
        out.behaviour = ctx.behaviour
        given = cls.parser.parse(body, ctx, build=out.build)
        out.paths = [given["buckets_path"]]
        return out

    def build(self, given: dict[str, Any]) -> dict[str, Any]:
        """Keep the fields, which are given back. Raises IllegalArgument."""
        if given.get("gap_policy", INSERT_ZEROS) != INSERT_ZEROS:
            raise IllegalArgument("only [gap_policy] of [insert_zeros] is supported")
        return given

    def faults(self, siblings: Factories, parent: Any) -> list[str]:
        wrong = [] if self.paths[0].endswith("_count") else [f"buckets_path {self.wants_counts}"]
        return [*super().faults(siblings, parent), *wrong]

    def counted(self, results: Results) -> tuple[list[int], list[float]]:
        """Documents and values of the buckets. Raises AggregationExecution: there are none."""
        result: Any = results.get(parse_path(self.paths[0])[0].name)
        if result is None:
            raise AggregationExecution(f"unable to find valid bucket values in bucket path [{self.paths[0]}] for agg [{self.agg_name}]")
        steps = flat(self.paths[0])[1:]
        values = []
        for bucket in result.buckets:
            value = sub_value(result, bucket, steps, INSERT_ZEROS, self.behaviour)
            if value is None or math.isnan(value):
                where = f"for path [{self.paths[0]}] in bucket [{bucket.key_text()}]"
                raise AggregationExecution(f"missing or invalid bucket value found {where}")
            values.append(value)
        return [bucket.doc_count for bucket in result.buckets], values


_PATH = o.string("buckets_path", required=True)
_GAPS = o.custom("gap_policy", p.STRING, gap_policy, argument=True)


def _read_alternatives(names: list[str]) -> list[str]:
    for name in names:
        if name.lower() not in ALTERNATIVES:
            raise IllegalArgument(f"No enum constant org.elasticsearch.xpack.ml.aggs.kstest.Alternative.{name.upper()}")
    return [one for one in ALTERNATIVES if one in {name.lower() for name in names}]


def _read_method(name: str) -> str:
    if name.lower() not in SAMPLING:
        raise IllegalArgument(f"Unrecognized sampling_method [{name.lower()}]")
    return name.lower()


class BucketCountKSTest(CountPipeline):
    name = "bucket_count_ks_test"
    wants_counts = "[bucket_count_ks_test] requires that buckets_path points to bucket [_count]"
    parser = Parser(
        name,
        _PATH,
        o.reals("fractions", argument=True),
        o.strings("alternative", argument=True),
        _GAPS,
        o.string("sampling_method", then=_read_method, argument=True),
    )

    def build(self, given: dict[str, Any]) -> dict[str, Any]:
        alternatives = given.get("alternative", ALTERNATIVES)
        if not alternatives:
            raise IllegalArgument(f"[alternative] must not be empty for aggregation [{self.agg_name}]")
        self.alternatives = _read_alternatives(alternatives)
        self.fractions: list[float] | None = given.get("fractions")
        self.method: str = given.get("sampling_method", "upper_tail")
        return super().build(given)

    def over(self, results: Results, ctx: ReduceContext) -> Internal:
        counts, values = self.counted(results)
        fractions = self.fractions if self.fractions is not None else [1.0 / len(counts)] * len(counts)
        found = ks_test([0.0, *fractions], [0, *counts], [0.0, *values], self.alternatives, self.method)
        return KSTest(self.agg_name, self.meta, found)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What counts are correlated with: values expected, their weights (None: alike) and the documents behind them."""

    expectations: list[float]
    fractions: list[float] | None
    doc_count: int

    @classmethod
    def of(cls, given: dict[str, Any]) -> Indicator:
        """From the parsed fields. Raises IllegalArgument."""
        out = cls(given["expectations"], given.get("fractions"), given["doc_count"])
        if out.fractions is not None and len(out.fractions) != len(out.expectations):
            raise IllegalArgument("[expectations] and [fractions] must have the same length")
        if out.doc_count <= 0:
            raise IllegalArgument("[doc_count] must be a positive value")
        if len(out.expectations) < 2:
            raise IllegalArgument("[expectations] must have a length of at least 2")
        return out

    @property
    def weights(self) -> list[float]:
        """The share of each value."""
        n = len(self.expectations)
        return [1.0 / n] * n if self.fractions is None else self.fractions

    def moments(self) -> tuple[float, float]:
        """Mean and variance."""
        values, n = self.expectations, len(self.expectations)
        if self.fractions is None:
            mean = in_order(values) / n
            return mean, math.sqrt(in_order((one - mean) ** 2 for one in values) / n) ** 2
        mean = in_order(one * weight for one, weight in zip(values, self.fractions, strict=True))
        return mean, in_order((one - mean) ** 2 * weight for one, weight in zip(values, self.fractions, strict=True))

    def correlation(self, counts: list[float]) -> float:
        """Pearson's, approximated, with the counts of a part of the documents. Raises AggregationExecution."""
        if len(counts) != len(self.expectations):
            raise AggregationExecution(
                f"value lengths do not match; indicator.expectations [{len(self.expectations)}] and number of buckets [{len(counts)}]. "
                "Unable to calculate correlation"
            )
        mean, variance = self.moments()
        total = in_order(counts)
        weight = total / self.doc_count
        if weight > 1.0:
            raise AggregationExecution(
                "doc_count of indicator must be larger than the total count of the correlating values indicator count "
                f"[{self.doc_count}] correlating value total count [{p.text(total)}]"
            )
        spread = (1 - weight) * weight * weight + weight * (1 - weight) * (1 - weight)
        covariance = 0.0
        for value, share, count in zip(self.expectations, self.weights, counts, strict=True):
            off = value - mean
            covariance = covariance - (self.doc_count * share - count) * off * weight + count * off * (1 - weight)
        covariance /= self.doc_count
        return covariance / math.sqrt(variance * spread) if variance * spread else math.nan


_INDICATOR = Parser(
    "correlative_value",
    o.reals("expectations", required=True),
    o.long_("doc_count", required=True),
    o.reals("fractions", argument=True),
    build=Indicator.of,
)
_COUNT_CORRELATION = Parser(
    "count_correlation_function", o.object_("indicator", _INDICATOR, required=True), build=lambda given: given["indicator"]
)
_FUNCTION = Parser("function", o.object_("count_correlation", _COUNT_CORRELATION, required=True), build=lambda given: given["count_correlation"])


class BucketCorrelation(CountPipeline):
    name = "bucket_correlation"
    parser = Parser(name, _PATH, o.object_("function", _FUNCTION, required=True), _GAPS)
    indicator: Indicator

    @property
    def wants_counts(self) -> str:  # type: ignore[override]
        return f"count correlation requires that bucket_path points to bucket [_count] for agg [{self.agg_name}]"

    def build(self, given: dict[str, Any]) -> dict[str, Any]:
        self.indicator = given["function"]
        return super().build(given)

    def over(self, results: Results, ctx: ReduceContext) -> Internal:
        counts, values = self.counted(results)
        if sum(counts) <= 0:
            raise IllegalArgument("[doc_count] must be a positive value")
        return SimpleValue(self.agg_name, self.meta, self.indicator.correlation(values), None)


PIPELINES = (BucketCountKSTest, BucketCorrelation)
