"""Buckets of nested documents: nested, reverse_nested.

Docs: search-aggregations-bucket-nested-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import AggregationExecution, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, SingleBucket
from esmock.search.aggs.leaf import Leaf
from esmock.xcontent import located
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class NestedResult(SingleBucket):
    type, java = "nested", "InternalNested"
    java_package = "bucket.nested"
    __slots__ = ()


class ReverseNestedResult(SingleBucket):
    type, java = "reverse_nested", "InternalReverseNested"
    java_package = "bucket.nested"
    __slots__ = ()


class NestedAggregator(SingleBucketAggregator):
    """Goes from documents to the nested documents below them."""

    result = NestedResult

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.is_mapped = is_nested(ctx, builder.path)
        super().__init__(builder, ctx, parent)

    @property
    def sort_kind(self) -> str:  # type: ignore[override]
        return "single_bucket" if self.is_mapped else "other"

    @property
    def scope(self) -> str | None:
        return self.builder.path if self.is_mapped else super().scope

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.is_mapped:
            return super().build(owners)
        return [self.result(self.name, self.builder.meta, 0, self.subs.empty()) for _ in owners]

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if not self.is_mapped:
            return
        inner = leaf.cached(("nested", self.builder.path), lambda: descend(leaf, self.builder.path))
        if inner is None:
            return
        starts = np.searchsorted(inner.parents, np.arange(leaf.n_docs + 1))
        first, counts = starts[docs], starts[docs + 1] - starts[docs]
        positions = np.repeat(np.arange(len(docs)), counts)
        offsets = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.collect_bucket(inner, np.repeat(first, counts) + offsets, owners[positions])


class ReverseNestedAggregator(SingleBucketAggregator):
    """Goes back to the documents around nested ones; each counts once per bucket."""

    result = ReverseNestedResult

    @property
    def scope(self) -> str | None:
        return self.builder.path

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        while leaf.parent is not None and leaf.path != self.builder.path:
            docs, leaf = leaf.parents[docs], leaf.parent
        if not len(docs):
            return
        order = np.lexsort((owners, docs))
        docs, owners = docs[order], owners[order]
        keep = np.ones(len(docs), bool)
        keep[1:] = (docs[1:] != docs[:-1]) | (owners[1:] != owners[:-1])
        self.collect_bucket(leaf, docs[keep], owners[keep])


def is_nested(ctx: ShardContext, path: str) -> bool:
    """Whether a path is mapped as nested."""
    found = ctx.mapping.object(path)
    return found is not None and bool(found.nested)


def descend(leaf: Leaf, path: str) -> Leaf | None:
    """The leaf of the nested documents of a path; their parents are numbered as ``leaf``'s documents."""
    inner = leaf.segment.nested(path)
    if not len(inner):
        return None
    parents, _ = inner.places_in(leaf.segment)
    scores = None if leaf.scores is None else leaf.scores[parents]
    return Leaf(inner, leaf.number, scores, leaf, parents, path)


def check_nested(ctx: ShardContext, path: str | None, aggregation: str) -> None:
    """Refuse an object that is not nested. Raises AggregationExecution (7.x; 8.x takes it for unmapped)."""
    if path is None or ctx.behaviour.major >= 8:
        return
    if ctx.mapping.object(path) is not None and not is_nested(ctx, path):
        raise AggregationExecution(f"[{aggregation}] nested path [{path}] is not nested")


class NestedAgg(Builder):
    name, aggregator = "nested", NestedAggregator
    hands_many_buckets = False
    path: str | None

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        check_nested(ctx, self.path, self.name)
        super().configure(ctx, parent)

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> NestedAgg:
        out = cls(agg_name)
        out.path = read_path(agg_name, body)
        if out.path is None:
            from esmock.errors import Parsing

            raise Parsing(f"Missing [path] field for nested aggregation [{agg_name}]", located.at_end(body))
        return out


class ReverseNestedAgg(Builder):
    name, aggregator = "reverse_nested", ReverseNestedAggregator
    hands_many_buckets = False
    java = "search.aggregations.bucket.nested.ReverseNested"
    path: str | None

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        above = parent
        while above is not None and above.name != "nested":
            above = above.parent
        if above is None:
            raise IllegalArgument(
                f"Reverse nested aggregation [{self.agg_name}] can only be used inside a [nested] aggregation"
            )
        check_nested(ctx, self.path, self.name)
        super().configure(ctx, parent)

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> ReverseNestedAgg:
        out = cls(agg_name)
        out.path = read_path(agg_name, body)
        return out


def read_path(agg_name: str, body: Json) -> str | None:
    """The ``path`` of a nested aggregation. Raises Parsing for anything else."""
    from esmock.errors import Parsing

    path = None
    for key, value in body.items():
        if isinstance(value, str) and key == "path":
            path = p.text(value)
        elif isinstance(value, str):
            raise Parsing(f"Unknown key for a VALUE_STRING in [{agg_name}]: [{key}].", located.at_value(body, key))
        else:
            raise Parsing(f"Unexpected token {located.token(value)} in [{agg_name}].", located.at_value(body, key))
    return path


AGGREGATIONS = (NestedAgg, ReverseNestedAgg)
