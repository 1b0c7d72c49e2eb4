"""Buckets by queries: filter, filters, adjacency_matrix, global, missing.

Docs: search-aggregations-bucket. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing
from esmock.search.aggs.buckets import SingleBucketAggregator, document_counts
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    SingleBucket,
    misuse,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import ANY, BYTES
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.owners import Growing
from esmock.search.aggs.parse import read_query
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import located
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any


class FilterResult(SingleBucket):
    type, java = "filter", "InternalFilter"
    java_package = "bucket.filter"
    __slots__ = ()


class MissingResult(SingleBucket):
    type, java = "missing", "InternalMissing"
    java_package = "bucket.missing"
    __slots__ = ()


class GlobalResult(SingleBucket):
    type, java = "global", "InternalGlobal"
    java_package = "bucket.global"
    __slots__ = ()


def match_of(ctx: ShardContext, query: Any, parent: Aggregator | None) -> Any:
    """Segment -> bool[n_docs] of a parsed query, bound inside the nested object that the parents have gone to."""
    bound = query.bind(ctx.shard_in(parent.scope if parent is not None else None), False)
    return lambda segment: bound.match(segment).match


class FilterAggregator(SingleBucketAggregator):
    result = FilterResult

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.match = match_of(ctx, builder.query, parent)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        mask = leaf.cached(("filter", id(self)), lambda: self.match(leaf.segment))[docs]
        self.collect_bucket(leaf, *leaf.some(docs, owners, mask))


class GlobalAggregator(SingleBucketAggregator):
    result = GlobalResult
    is_global = True

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        if parent is not None:
            raise misuse(
                f"Aggregation [{parent.name}] cannot have a global sub-aggregation [{builder.agg_name}]. Global aggregations can only be defined "
                "as top level aggregations",
                ctx.behaviour,
            )
        super().__init__(builder, ctx, parent)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        self.collect_bucket(leaf, docs, owners)


class MissingAggregator(SingleBucketAggregator):
    result = MissingResult

    def __init__(self, builder: MissingAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.source = builder.resolve(ctx)
        self.source.read_longs()
        super().__init__(builder, ctx, parent)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if not self.source.is_empty:
            docs, owners = leaf.some(docs, owners, ~self.source.load(leaf, docs).has(docs))
        self.collect_bucket(leaf, docs, owners)


class FiltersBucket(Bucket):
    __slots__ = ()


class Filters(MultiBucket):
    """Docs: search-aggregations-bucket-filters-aggregation."""

    type, java = "filters", "InternalFilters"
    __slots__ = ("keyed",)

    def __init__(self, name: str, meta: Json, buckets: list[Any], keyed: bool) -> None:
        super().__init__(name, meta, buckets)
        self.keyed = keyed

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        ctx.add_buckets(len(self.buckets))
        buckets = []
        for group in zip(*(one.buckets for one in results), strict=True):
            below = reduce_results([one.results for one in group], ctx)
            buckets.append(FiltersBucket(group[0].key, sum(one.doc_count for one in group), below))
        return Filters(self.name, self.meta, buckets, self.keyed)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        bodies = [{"doc_count": one.doc_count, **results_body(one.results, rendering)} for one in self.buckets]
        if not self.keyed:
            return {"buckets": bodies}
        return {"buckets": {one.key: body for one, body in zip(self.buckets, bodies, strict=True)}}


class FiltersAggregator(Aggregator):
    """Buckets are numbered owner * (filters + 1) + filter."""

    builder: FiltersAgg

    def __init__(self, builder: FiltersAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.matches = [match_of(ctx, query, parent) for _, query in builder.filters]
        self.width = len(self.matches) + (builder.other_key is not None)
        self.counts = Growing(np.int64)

    @property
    def hands_one_bucket(self) -> bool:
        return len(self.builder.filters) + (self.builder.other_key is not None) == 1

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        masks = leaf.cached(("filters", id(self)), lambda: [match(leaf.segment) for match in self.matches])
        taken = [mask[docs] for mask in masks]
        if self.builder.other_key is not None:
            taken.append(~np.logical_or.reduce(taken) if taken else np.ones(len(docs), bool))
        self.subs.collect_parts(leaf, [self._counted(leaf, docs, owners, one, place) for place, one in enumerate(taken)])

    def _counted(self, leaf: Leaf, docs: Array, owners: Array, taken: Array, place: int) -> tuple[Array, Array]:
        """The documents of one filter and their buckets, counted."""
        docs, numbers = leaf.some(docs, owners, taken, lambda owners: owners * self.width + place)
        if len(docs):
            n = int(numbers.max()) + 1
            self.counts.ensure(n)[:n] += document_counts(leaf, docs, numbers, n)
        return docs, numbers

    def build(self, owners: Sequence[int]) -> list[Internal]:
        keys = [key for key, _ in self.builder.filters]
        if self.builder.other_key is not None:
            keys.append(self.builder.other_key)
        numbers = [owner * self.width + place for owner in owners for place in range(self.width)]
        counts = iter(self.counts.get(numbers).tolist())
        below = iter(self.subs.build(numbers))
        out: list[Internal] = []
        for _ in owners:
            buckets = [FiltersBucket(key, next(counts), next(below)) for key in keys]
            out.append(Filters(self.name, self.builder.meta, buckets, self.builder.keyed))
        return out


class FilterAgg(Builder):
    name, aggregator = "filter", FilterAggregator
    hands_many_buckets = False
    query: Any

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> FilterAgg:
        out = cls(agg_name)
        out.query = read_query({"filter": body}, "filter", ctx)
        return out

    def queries(self) -> list[Any]:
        return [self.query]


class FiltersAgg(Builder):
    name, aggregator = "filters", FiltersAggregator
    filters: list[tuple[str, Any]]
    keyed = True
    other_key: str | None = None

    def queries(self) -> list[Any]:
        return [query for _, query in self.filters]

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> FiltersAgg:
        out = cls(agg_name)
        filters: list[tuple[str, Any]] | None = None
        other_bucket: bool | None = None
        other_key: str | None = None
        for key, value in body.items():
            if key == "other_bucket" and isinstance(value, bool):
                other_bucket = value
            elif key == "other_bucket_key" and isinstance(value, str):
                other_key = value
            elif key == "filters" and isinstance(value, dict):
                out.keyed = True
                filters = [(name, _read_filter(value, name, ctx)) for name in value]
            elif key == "filters" and isinstance(value, list):
                out.keyed = False
                filters = [(str(place), _read_filter(value, place, ctx)) for place in range(len(value))]
            else:
                raise _unexpected(agg_name, key, value, body)
        if not filters:
            raise IllegalArgument("[filters] cannot be empty.")
        if other_bucket or (other_bucket is None and other_key is not None):
            out.other_key = "_other_" if other_key is None else other_key
        out.filters = sorted(filters, key=lambda one: one[0]) if out.keyed else filters
        return out


def _read_filter(holder: Json, key: Key, ctx: Reading) -> Any:
    if not isinstance(holder[key], dict):
        _, at = located.token_behind(holder, key)
        raise Parsing("[_na] query malformed, must start with start_object", at)
    return read_query(holder, key, ctx)


def _unexpected(agg_name: str, key: str, value: Json, body: Json) -> Parsing:
    return Parsing(f"Unknown key for a {located.token(value)} in [{agg_name}]: [{key}].", located.at_value(body, key))


class GlobalAgg(Builder):
    name, aggregator = "global", GlobalAggregator
    hands_many_buckets = False

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> GlobalAgg:
        for key, value in body.items():
            # ES: only the first token is read here; what follows is taken for the definition around it
            found = f"Expected [FIELD_NAME] under a [START_OBJECT], but got a [{located.token(value)}] in [{agg_name}]"
            raise Parsing(found, located.at_value(body, key))
        return cls(agg_name)


class MissingAgg(SourceBuilder):
    name, aggregator = "missing", MissingAggregator
    hands_many_buckets = False
    kinds = ANY
    default_kind = BYTES
    parser = Parser("missing", *source_fields())


AGGREGATIONS = (FilterAgg, FiltersAgg, GlobalAgg, MissingAgg)
