"""The random_sampler aggregation: a share of all documents, drawn by chance, and estimates for all of what it shows.

Docs: search-aggregations-random-sampler-aggregation. Source: answers of 8.19.21.
Differs: without ``shard_seed`` Elasticsearch draws by a number made of the shard's index, which has a random id; here it is made of names.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.errors.named import Status
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Builder, SourceAggregator
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.geometric import drawn
from esmock.search.aggs.internal import Internal, Rendering, Results, Sample, SingleBucket
from esmock.search.aggs.kinds import DATE, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.metrics import MaxAgg, MinAgg
from esmock.search.aggs.nested import descend
from esmock.xcontent import object_parser as o
from esmock.xcontent.java_order import java_hash
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
        if ctx.is_final and self.drawn["probability"] < 1.0:
            joined.results = Sample(self.drawn["probability"]).results(joined.results)
        return joined  # type: ignore[no-any-return]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {**self.drawn, **super().content(rendering)}


class RandomSamplerAggregator(SingleBucketAggregator):
    """Takes the documents that are drawn."""

    builder: RandomSamplerAgg
    result = RandomSampler

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if all(map(_wants_nothing, self.subs.members)):
            return
        if self._reads_ends():
            # ES: least and greatest values stand in the index, and no document is looked at
            self.subs.collect(leaf, docs, owners)
            return
        taken = drawn_of(self.builder, leaf, self.ctx)
        if taken is not None:
            docs, owners = leaf.some(docs, owners, taken[docs])
        if len(docs):
            self.collect_bucket(leaf, docs, owners)

    def _reads_ends(self) -> bool:
        """Whether a search for all documents asks only for least and greatest numbers."""
        if self.ctx.query is not None and self.ctx.query.name != "match_all":
            return False
        if any(one.nested for one in self.ctx.mapping.all_objects().values()):
            return False
        return all(isinstance(one.builder, MinAgg | MaxAgg) and _is_point(one) for one in self.subs.members)

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
        super().configure(ctx, parent)
        if self.probability < 1.0:
            for one in _all_below(self):
                _check_thresholds(one)

    def drawn(self, ctx: ShardContext) -> dict[str, Json]:
        """How the documents were drawn; a seed that is not given is the search's time."""
        from esmock.search.query.random_score import seed_of

        shard_seed = {} if self.shard_seed is None else {"shard_seed": self.shard_seed}
        return {"seed": seed_of({"seed": self.seed}, ctx.shard), **shard_seed, "probability": self.probability}


def _check_thresholds(one: Any) -> None:
    """Refuse least counts, which a sample cannot keep. Raises Status."""
    shard = None
    limits = getattr(one, "thresholds", None)
    least = getattr(one, "min_doc_count", 0) if limits is None else limits.min_doc_count
    if limits is not None:
        shard = limits.shard_min_doc_count
    if max(least, shard or 0) > 1:
        more = "" if shard is None else f" and min_shard_doc_count, provided [{shard}],"
        raise Status(
            f"aggregation [{one.agg_name}] is within a sampling context; min_doc_count, provided [{least}],{more} cannot be greater than 1",
            status=400,
        )


def _wants_nothing(one: Any) -> bool:
    return one.ends_segments or (one.builder.is_metric and isinstance(one, SourceAggregator) and one.source.is_empty)


def _is_point(one: Any) -> bool:
    source = one.source
    plain = source.field is not None and source.config.missing is None and source.config.script is None
    return plain and source.kind in (NUMBER, DATE) and bool(source.field.is_indexed)


def drawn_of(builder: RandomSamplerAgg, leaf: Leaf, ctx: ShardContext) -> Array | None:
    """bool[documents of a segment]: which are drawn; None: all."""
    if builder.probability is None or builder.probability >= 1.0:
        return None
    shard_seed = java_hash(f"{ctx.index}/{ctx.shard.number}") if builder.shard_seed is None else builder.shard_seed
    seed = builder.drawn(ctx)["seed"] ^ shard_seed
    return leaf.cached(("drawn", builder.probability, seed), lambda: _drawn(leaf, ctx, builder.probability, seed))  # type: ignore[no-any-return]


def drawn_below(builder: Builder, leaf: Leaf, ctx: ShardContext) -> Array | None:
    """The same where a sampler stands around an aggregation."""
    above: Builder | None = builder
    while above is not None:
        if isinstance(above, RandomSamplerAgg):
            return drawn_of(above, leaf, ctx)
        above = above.parent
    return None


def _drawn(leaf: Leaf, ctx: ShardContext, probability: Any, seed: int) -> Array:
    """Lucene numbers nested documents too, each before the one it is in."""
    inner = np.zeros(leaf.n_docs, np.int64)
    for path, found in ctx.mapping.all_objects().items():
        below = descend(leaf, path) if found.nested else None
        if below is not None:
            inner += np.bincount(below.parents, minlength=leaf.n_docs)
    places = np.cumsum(inner + 1) - 1
    n = int(places[-1]) + 1 if leaf.n_docs else 0
    taken = np.zeros(n, bool)
    taken[drawn(n, probability, seed)] = True
    return taken[places]


def _all_below(builder: Builder) -> list[Builder]:
    return [inner for one in builder.subs.aggregations for inner in (one, *_all_below(one))]


AGGREGATIONS = (RandomSamplerAgg,)
