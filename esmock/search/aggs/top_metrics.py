"""The top_metrics aggregation: numbers of the documents that sort first.

Docs: search-aggregations-metrics-top-metrics. Source: answers printed there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.formats import bare
from esmock.search.aggs.internal import Internal, MultiValue, ReduceContext, Rendering
from esmock.search.aggs.kinds import NUMERIC
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.source import Source
from esmock.search.aggs.source_config import SourceConfig
from esmock.search.aggs.weighted_avg import read_source
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


@dataclass(frozen=True, slots=True)
class By:
    """What decides: a field, or the score."""

    field: str
    ascending: bool
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Top:
    """One document: its sort value and its metrics, with their formats."""

    rank: float
    sort: Json
    metrics: dict[str, Json]


class TopMetrics(MultiValue):
    type, java = "top_metrics", "InternalTopMetrics"
    __slots__ = ("ascending", "names", "size", "top")

    def __init__(self, name: str, meta: Json, top: list[Top], names: list[str], size: int, ascending: bool) -> None:
        super().__init__(name, meta)
        self.top, self.names, self.size, self.ascending = top, names, size, ascending

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        top = [one for result in results for one in result.top]
        top.sort(key=lambda one: one.rank if self.ascending else -one.rank)
        return TopMetrics(self.name, self.meta, top[: self.size], self.names, self.size, self.ascending)

    def number(self, name: str) -> float:
        if name not in self.names:
            raise IllegalArgument(f"path not supported for [{self.name}]: [{name}]")
        found = self.top[0].metrics[name] if self.top else None
        return float(found) if isinstance(found, int | float) else math.nan

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"top": [{"sort": [one.sort], "metrics": one.metrics} for one in self.top]}


class TopMetricsAggregator(Aggregator):
    builder: TopMetricsAgg
    sort_kind = "multi_value"

    def __init__(self, builder: TopMetricsAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        limit = int(getattr(ctx.shard, "settings", {}).get("index.top_metrics_max_size", 10))
        if builder.size > limit:
            raise IllegalArgument(
                f"[top_metrics.size] must not be more than [{limit}] but was [{builder.size}]. This limit can be set by changing the "
                "[index.top_metrics_max_size] index level setting."
            )
        by = builder.by
        config = SourceConfig(field=by.field, format=by.format)
        self.sort = None if by.field == "_score" else config.resolve(ctx, "top_metrics", NUMERIC, "number")
        self.metrics = {str(one.field): one.resolve(ctx, "top_metrics", NUMERIC, "number") for one in builder.metrics}
        self.parts: list[tuple[Leaf, Array, Array, Array]] = []

    def has_metric(self, name: str) -> bool:
        return name in self.metrics

    @property
    def needs_scores(self) -> bool:
        return self.sort is None

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.sort is None:
            scores = np.ones(leaf.n_docs, np.float32) if leaf.scores is None else leaf.scores
            self.parts.append((leaf, docs, owners, scores[docs].astype(np.float64)))
            return
        if self.sort.is_empty:
            return
        values = self.sort.floats(leaf, docs)
        has = values.has(docs)
        docs, owners = docs[has], owners[has]
        place = values.starts[docs] if self.builder.by.ascending else values.starts[docs + 1] - 1
        self.parts.append((leaf, docs, owners, values.values[place]))

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder = self.builder
        names = list(self.metrics)
        ascending = builder.by.ascending
        owner = np.concatenate([one[2] for one in self.parts]) if self.parts else np.zeros(0, np.int64)
        ranks = np.concatenate([one[3] for one in self.parts]) if self.parts else np.zeros(0)
        part = np.repeat(np.arange(len(self.parts)), [len(one[1]) for one in self.parts])
        docs = np.concatenate([one[1] for one in self.parts]) if self.parts else np.zeros(0, np.int64)
        order = np.lexsort((ranks if ascending else -ranks, owner))
        owner = owner[order]
        out: list[Internal] = []
        for one in owners:
            low = int(np.searchsorted(owner, one, "left"))
            mine = order[low : min(int(np.searchsorted(owner, one, "right")), low + builder.size)].tolist()
            top = [self._top(self.parts[part[at]][0], int(docs[at]), float(ranks[at])) for at in mine]
            out.append(TopMetrics(self.name, builder.meta, top, names, builder.size, ascending))
        return out

    def _top(self, leaf: Leaf, doc: int, rank: float) -> Top:
        metrics = {name: _first(source, leaf, doc) for name, source in self.metrics.items()}
        shown = rank if self.sort is None else _shown(self.sort, rank)
        return Top(rank, shown, metrics)


def _first(source: Source, leaf: Leaf, doc: int) -> Json:
    if source.is_empty:
        return None
    values = source.load(leaf, np.array([doc]))
    start = int(values.starts[doc])
    return None if values.starts[doc + 1] == start else _shown(source, values.values[start].item())


def _shown(source: Source, value: float) -> Json:
    if source.format is not None:
        return bare(source.format, int(value) if source.whole else value)
    return int(value) if source.whole else float(value)


def _read_sort(holder: Json, key: Key, reading: Reading) -> By:
    body = holder[key]
    entries = body if isinstance(body, list) else [body]
    if len(entries) != 1:
        raise IllegalArgument("only one field can be sorted by in [top_metrics]")
    one = entries[0]
    if isinstance(one, str):
        return By(one, one != "_score")
    if len(one) != 1:
        raise IllegalArgument("only one field can be sorted by in [top_metrics]")
    field, options = next(iter(one.items()))
    if field in ("_script", "_geo_distance"):
        raise Unsupported(f"top_metrics sorted by [{field}]")
    if isinstance(options, str):
        return By(field, options.lower() == "asc")
    unknown = set(options) - {"order", "format", "numeric_type", "unmapped_type", "mode", "missing"}
    if unknown or {"mode", "missing", "numeric_type"} & set(options):
        raise Unsupported(f"top_metrics with the sort options {sorted(options)}")
    return By(field, str(options.get("order", "asc")).lower() == "asc", options.get("format"))


class TopMetricsAgg(Builder):
    name, aggregator, is_metric = "top_metrics", TopMetricsAggregator, True
    since = (7, 7)
    parser = Parser(
        "top_metrics",
        o.custom("metrics", p.OBJECT_ARRAY, values.array_of(read_source), required=True),
        o.custom("sort", p.OBJECT_ARRAY_OR_STRING, _read_sort, required=True),
        o.integer("size"),
    )

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.metrics: list[SourceConfig] = given["metrics"]
        if not self.metrics:
            raise IllegalArgument("[metrics] must have at least one metric")
        self.by: By = given["sort"]
        self.size: int = given.get("size", 1)
        if self.size < 1:
            raise IllegalArgument(f"[size] must be more than 0 but was [{self.size}]")


AGGREGATIONS = (TopMetricsAgg,)
