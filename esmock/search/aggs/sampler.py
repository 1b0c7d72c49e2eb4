"""Buckets of the best documents of each shard: sampler, diversified_sampler.

Docs: search-aggregations-bucket-sampler-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Parsing
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Builder, SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, SingleBucket, misuse
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.source import missing_is_no_ordinal
from esmock.search.aggs.source_config import source_fields
from esmock.xcontent import located
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class SamplerResult(SingleBucket):
    type, java = "sampler", "InternalSampler"
    java_package = "bucket.sampler"
    __slots__ = ()


class UnmappedSampler(SamplerResult):
    """Of a field that does not exist: no aggregations below."""

    java = "UnmappedSampler"
    is_mapped = False
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return self

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"doc_count": 0}


class SamplerAggregator(SingleBucketAggregator):
    hands_one_bucket = False
    """Waits for all documents; those of equal scores count by their order."""

    defers = True
    result = SamplerResult

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        self.waiting: list[tuple[Leaf, Array, Array]] = []

    hands_on_late = False
    """Its documents are chosen late, but for all buckets."""

    @property
    def needs_scores(self) -> bool:
        return True

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if not self.is_waited_for:
            self._check()
        self.waiting.append((leaf, docs, owners))

    def _check(self) -> None:
        """Without aggregations below, only a sampler of an unmapped field is answered."""
        if not self.subs:
            raise misuse("Sampler aggregation must be used with child aggregations.", self.ctx.behaviour)

    def _check_size(self) -> None:
        if not self.builder.shard_size:
            raise IllegalArgument(
                "numHits must be > 0; please use TotalHitCountCollector if you just need the total hit count"
            )

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.is_waited_for and any(np.isin(one, owners).any() for _, _, one in self.waiting):
            # what nobody wants to know never comes so far
            self._check()
            self._check_size()
        return super().build(owners)

    def finish(self) -> None:
        if not self.is_waited_for and any(True for _ in self.ctx.shard.reader):
            self._check()
            if self.waiting:
                self._check_size()
        if self.waiting and self.builder.shard_size:
            scores = np.concatenate([_scores(leaf, docs) for leaf, docs, _ in self.waiting])
            owners = np.concatenate([one for _, _, one in self.waiting])
            keep = np.zeros(len(owners), bool)
            order = np.lexsort((-scores, owners))
            for rows in np.split(order, np.flatnonzero(np.diff(owners[order])) + 1):
                keep[self.best(rows)] = True
            first = 0
            for leaf, docs, some in self.waiting:
                mask = keep[first : first + len(docs)]
                first += len(docs)
                self.collect_bucket(leaf, docs[mask], some[mask])
        super().finish()

    def best(self, rows: Array) -> Array:
        """The documents to keep of one owner, of all of them from the best on."""
        return rows[: self.builder.shard_size]


def _scores(leaf: Leaf, docs: Array) -> Array:
    return np.ones(len(docs), np.float32) if leaf.scores is None else leaf.scores[docs]


class DiversifiedAggregator(SamplerAggregator):
    """Takes no more than some documents of each value."""

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.source = builder.resolve(ctx)
        if builder.execution_hint in (None, "global_ordinals"):
            self.source.load_ordinals()
        self.keys: list[Any] = []
        self.first: str | None = None
        super().__init__(builder, ctx, parent)

    @property
    def sort_kind(self) -> str:  # type: ignore[override]
        return "other" if self.source.is_empty else "single_bucket"

    def _check(self) -> None:
        if not self.source.is_empty:
            if self.source.kind == BYTES and self.source.missing is not None and self.source.script is None:
                raise missing_is_no_ordinal(self.ctx.behaviour)
            super()._check()

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        super().collect(leaf, docs, owners)
        values = self.source.load(leaf, docs)
        counts = np.diff(values.starts)[docs]
        if values.dictionary is not None and len(values.dictionary):
            least = values.dictionary[0]
            self.first = least if self.first is None else min(self.first, least)
        if len(counts) and counts.max() > 1:
            raise IllegalArgument("Sample diversifying key must be a single valued-field")
        for doc, count in zip(docs.tolist(), counts.tolist(), strict=True):
            # ES: decimals are cut (recording of 7.10.2)
            value = int(values.values[values.starts[doc]]) if count else None
            self.keys.append(
                None if value is None else values.dictionary[value] if values.dictionary is not None else value
            )

    def best(self, rows: Array) -> Array:
        builder: Any = self.builder
        seen: dict[Any, int] = {}
        out = []
        for row in rows.tolist():
            # ES: documents without a term share the place of the first term (recording of 7.10.2)
            key = self.keys[row]
            if key is None:
                key = 0 if self.first is None else self.first
            if seen.get(key, 0) < builder.max_docs_per_value:
                seen[key] = seen.get(key, 0) + 1
                out.append(row)
                if len(out) == builder.shard_size:
                    break
        return np.array(out, np.int64)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.source.is_empty:
            return [UnmappedSampler(self.name, self.builder.meta, 0, {}) for _ in owners]
        return super().build(owners)


class SamplerAgg(Builder):
    name, aggregator = "sampler", SamplerAggregator
    hands_many_buckets = False
    shard_size = 100

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> SamplerAgg:
        out = cls(agg_name)
        for key, value in body.items():
            if key != "shard_size" or isinstance(value, bool | str | dict | list) or value is None:
                raise Parsing(f'Unsupported property "{key}" for aggregation "{agg_name}', located.at_value(body, key))
            out.shard_size = values.integer(body, key)
        return out


class DiversifiedAgg(SourceBuilder):
    name, aggregator = "diversified_sampler", DiversifiedAggregator
    hands_many_buckets = False
    java = "search.aggregations.bucket.sampler.Diversified"
    kinds = (NUMBER, DATE, BOOLEAN, BYTES)
    default_kind = BYTES
    parser = Parser(
        "diversified_sampler",
        *source_fields(formats=False),
        o.integer("shard_size"),
        o.integer("max_docs_per_value"),
        o.string("execution_hint"),
    )
    shard_size = 100
    max_docs_per_value = 1
    execution_hint: str | None = None

    def checks(self) -> dict[str, Any]:
        return {"shard_size": self._not_negative("shardSize"), "max_docs_per_value": self._not_negative("maxDocsPerValue")}

    def _not_negative(self, name: str) -> Callable[[int], None]:
        def check(value: int) -> None:
            if value < 0:
                raise IllegalArgument(f"[{name}] must be greater than or equal to 0. Found [{value}] in [{self.agg_name}]")

        return check

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        super().configure(ctx, parent)
        hints = ("map", "bytes_hash", "global_ordinals")
        if self.resolve(ctx).kind == BYTES and self.execution_hint not in (None, *hints):
            raise IllegalArgument(f"Unknown `execution_hint`: [{self.execution_hint}], expected any of [{', '.join(hints)}]")


AGGREGATIONS = (SamplerAgg, DiversifiedAgg)
