"""Buckets of filters and of each two of them: adjacency_matrix.

Docs: search-aggregations-bucket-adjacency-matrix-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from esmock.errors import ArrayIndexOutOfBounds, IllegalArgument, IllegalState
from esmock.search.aggs.buckets import BucketAggregator
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.filters import FiltersBucket, match_of
from esmock.search.aggs.internal import Internal, MultiBucket, ReduceContext, Rendering, reduce_results, results_body
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import by_key
from esmock.search.aggs.parse import read_query
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class AdjacencyMatrix(MultiBucket):
    type, java = "adjacency_matrix", "InternalAdjacencyMatrix"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        groups = by_key(results)
        buckets = []
        for key in sorted(groups):
            count = sum(one.doc_count for one in groups[key])
            if count:
                below = reduce_results([one.results for one in groups[key]], ctx)
                buckets.append(FiltersBucket(key, count, below))
        ctx.add_buckets(len(buckets))
        return AdjacencyMatrix(self.name, self.meta, buckets)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {
            "buckets": [
                {"key": one.key, "doc_count": one.doc_count, **results_body(one.results, rendering)}
                for one in self.buckets
            ]
        }


class AdjacencyAggregator(BucketAggregator):
    builder: AdjacencyAgg

    def __init__(self, builder: AdjacencyAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.matches = [match_of(ctx, query, parent) for _, query in builder.filters]
        names = [name for name, _ in builder.filters]
        self.texts = [*names, *(builder.separator.join(pair) for pair in combinations(names, 2))]

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        masks = leaf.cached(("matrix", id(self)), lambda: [match(leaf.segment) for match in self.matches])
        taken = [mask[docs] for mask in masks]
        for place, mask in enumerate([*taken, *(one & other for one, other in combinations(taken, 2))]):
            if mask.any():
                self.collect_keys(leaf, docs[mask], owners[mask], np.full(int(mask.sum()), place, np.int64))

    @property
    def asks_who_was_first(self) -> bool:
        return bool(self.subs) and self.ctx.behaviour.owners_unchecked

    def build(self, owners: Sequence[int]) -> list[Internal]:
        chosen = [sorted(self.ords.of(owner).items()) for owner in owners]
        numbers = [number for one in chosen for _, number in one]
        counts, below = iter(self.counts.get(numbers).tolist()), iter(self.results_of(self._mixed(owners, numbers)))
        return [
            AdjacencyMatrix(
                self.name,
                self.builder.meta,
                [FiltersBucket(self.texts[place], next(counts), next(below)) for place, _ in one],
            )
            for one in chosen
        ]

    def _mixed(self, owners: Sequence[int], numbers: list[int]) -> list[int]:
        """The buckets whose results are shown below some buckets.

        ES: results are built by the numbers of the owners, as many as there are owners, and shown in the order in which these are
        asked for (recording of 7.10.2).

        Raises:
            ArrayIndexOutOfBounds: there are not as many.
        """
        if not self.asks_who_was_first or self.parent is None:
            return numbers
        asked = self.parent.as_built(owners)
        names = sorted(zip(self.parent.java_numbers(asked), asked, strict=True))
        built = [number for name, owner in names if name < len(owners) for _, number in sorted(self.ords.of(owner).items())]
        shown = [number for owner in asked for _, number in sorted(self.ords.of(owner).items())]
        if len(built) < len(shown):
            raise ArrayIndexOutOfBounds(f"Index {len(built)} out of bounds for length {len(built)}")
        instead = dict(zip(shown, built, strict=False))
        return [instead[number] for number in numbers]


class AdjacencyAgg(Builder):
    name, aggregator = "adjacency_matrix", AdjacencyAggregator
    parser = Parser("adjacency_matrix", o.named_objects("filters", read_query, ordered=False), o.string("separator"))

    def queries(self) -> list[Any]:
        return [query for _, query in self.filters]

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        filters = sorted(given.get("filters") or [], key=lambda one: one[0])
        if not filters:
            raise IllegalState(f"[{self.agg_name}] is missing : filters parameter")
        self.filters: list[tuple[str, Any]] = filters
        self.separator: str = given.get("separator", "&")

    def create(self, ctx: ShardContext, parent: Aggregator | None) -> Aggregator:
        limit = 100
        if len(self.filters) > limit:
            raise IllegalArgument(
                f"Number of filters is too large, must be less than or equal to: [{limit}] but was [{len(self.filters)}]."
                "This limit can be set by changing the [index.max_adjacency_matrix_filters] index level setting."
            )
        return super().create(ctx, parent)


AGGREGATIONS = (AdjacencyAgg,)
