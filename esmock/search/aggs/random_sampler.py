"""The random_sampler aggregation: a share of all documents, drawn by chance.

Docs: search-aggregations-random-sampler-aggregation. Source: answers of 8.19.21.
Differs: only all documents (``probability`` 1) can be asked for; which ones a smaller share takes depends in Elasticsearch on ids that
are made for each index, and its counts are multiplied.
"""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import IllegalArgument, Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Leaf, ShardContext
from esmock.search.aggs.internal import Internal, Rendering, Results, SingleBucket
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any

_NOT_SAMPLED = frozenset(
    "children diversified_sampler global ip_prefix missing nested parent reverse_nested sampler scripted_metric time_series "
    "variable_width_histogram".split()
)
"""Refused below. Of joins, scripts and time series no answer is known."""


class RandomSampler(SingleBucket):
    """Tells how it drew beside its bucket."""

    type, java = "random_sampler", "InternalRandomSampler"
    java_package = "bucket.sampler.random"
    __slots__ = ("drawn",)

    def __init__(self, name: str, meta: Json, doc_count: int, results: Results, drawn: dict[str, Json] | None = None) -> None:
        super().__init__(name, meta, doc_count, results)
        self.drawn = drawn or {}

    def with_results(self, results: Results) -> RandomSampler:
        return RandomSampler(self.name, self.meta, self.doc_count, results, self.drawn)

    def reduce(self, results: list[Any], ctx: Any) -> Internal:
        joined: Any = super().reduce(results, ctx)
        joined.drawn = self.drawn
        return joined  # type: ignore[no-any-return]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {**self.drawn, **super().content(rendering)}


class RandomSamplerAggregator(SingleBucketAggregator):
    """Takes every document."""

    builder: RandomSamplerAgg
    result = RandomSampler

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        self.collect_bucket(leaf, docs, owners)

    def build(self, owners: Any) -> list[Internal]:
        out = super().build(owners)
        for one in out:
            one.drawn = self.builder.drawn(self.ctx)  # type: ignore[attr-defined]
        return out


def read_probability(probability: float) -> float:
    """``probability``: to one half, or all. Raises IllegalArgument."""
    if probability <= 0.0:
        raise IllegalArgument(f"[probability] must be greater than 0.0, was [{p.text(probability)}]")
    if probability > 0.5 and probability != 1.0:
        raise IllegalArgument(f"[probability] must be between 0.0 and 0.5 or exactly 1.0, was [{p.text(probability)}]")
    return probability


class RandomSamplerAgg(Builder):
    name, aggregator = "random_sampler", RandomSamplerAggregator
    hands_many_buckets = False
    java = "search.aggregations.bucket.sampler.random.RandomSampler"
    since: ClassVar[int | tuple[int, int]] = (8, 2)
    parser = Parser(
        "random_sampler",
        o.real("probability", then=read_probability),
        o.integer("seed"),
        o.integer("shard_seed"),
    )
    seed: int | None = None
    shard_seed: int | None = None
    probability: float | None = None

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        for name, value in given.items():
            setattr(self, name, value)

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        title = f"[random_sampler] aggregation [{self.agg_name}]"
        if parent is not None:
            raise IllegalArgument(f"{title} cannot have a parent aggregation")
        if not self.subs.aggregations:
            raise IllegalArgument(f"{title} must have sub-aggregations")
        if self.probability is None:
            raise IllegalArgument(f"{title} must have [probability] set")
        for one in _all_below(self):
            if one.name in _NOT_SAMPLED:
                raise IllegalArgument(f"{title} does not support sampling [{one.name}] aggregation [{one.agg_name}]")
        if self.probability != 1.0:
            raise Unsupported("random_sampler with a probability below 1")
        super().configure(ctx, parent)

    def drawn(self, ctx: ShardContext) -> dict[str, Json]:
        """How the documents were drawn; a seed that is not given is the search's time."""
        from esmock.search.query.random_score import seed_of

        shard_seed = {} if self.shard_seed is None else {"shard_seed": self.shard_seed}
        return {"seed": seed_of({"seed": self.seed}, ctx.shard), **shard_seed, "probability": self.probability}


def _all_below(builder: Builder) -> list[Builder]:
    return [inner for one in builder.subs.aggregations for inner in (one, *_all_below(one))]


AGGREGATIONS = (RandomSamplerAgg,)
