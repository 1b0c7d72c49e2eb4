"""Parsing of ``aggs`` and the life of aggregations in a search: collect on shards, reduce, render.

Docs: search-aggregations. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import re
from typing import Any

from esmock.errors import NamedObjectNotFound, Parsing
from esmock.search.aggs.builder import Factories
from esmock.search.aggs.collecting import ShardContext, SubAggregators
from esmock.search.aggs.internal import (
    Internal,
    ReduceContext,
    Results,
    reduce_results,
)
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.pipeline.tree import PipelineTree, check_pipelines
from esmock.search.aggs.registry import types
from esmock.xcontent import located
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any

_NAME = re.compile(r"[^\[\]>]+\Z")


def parse_level(body: Json, ctx: Reading) -> Factories:
    """The aggregations of one level. Raises Parsing, XContentParse, IllegalArgument as Elasticsearch words them."""
    out = Factories()
    for name, definition in body.items():
        if not _NAME.match(name):
            raise Parsing(
                f"Invalid aggregation name [{name}]. Aggregation names can contain any character except '[', ']', and '>'",
                located.at_name(body, name),
            )
        if not isinstance(definition, dict):
            raise Parsing(
                f"Aggregation definition for [{name} starts with a [{located.token(definition)}], expected a [START_OBJECT].",
                located.at_value(body, name),
            )
        out.add(_parse_one(name, definition, ctx))
    return out


def _parse_one(name: str, definition: dict[str, Json], ctx: Reading) -> Any:
    builder: Any = None
    subs: Factories | None = None
    meta: Json = None
    for key, value in definition.items():
        if not isinstance(value, dict):
            raise Parsing(
                f"Expected [START_OBJECT] under [{key}], but got a [{located.token(value)}] in [{name}]",
                located.at_value(definition, key),
            )
        if key == "meta":
            meta = value
        elif key in ("aggs", "aggregations"):
            if subs is not None:
                raise Parsing(
                    f"Found two sub aggregation definitions under [{name}]", located.at_value(definition, key)
                )
            subs = parse_level(value, ctx)
        elif builder is not None:
            raise Parsing(
                f"Found two aggregation type definitions in [{name}]: [{builder.name}] and [{key}]",
                located.at_value(definition, key),
            )
        else:
            builder = _builder(name, key, definition, ctx)
    if builder is None:
        raise Parsing(f"Missing definition for aggregation [{name}]", located.at_end(definition))
    if meta is not None:
        builder.meta = located.copy_plain(meta)
    if subs is not None:
        builder.set_subs(subs, ctx.behaviour)
    return builder


def _builder(name: str, key: str, definition: dict[str, Json], ctx: Reading) -> Any:
    table = types(ctx.behaviour)
    cls = table.get(key)
    if cls is None:
        at = located.at_value(definition, key)
        if not ctx.behaviour.fields_suggested:
            raise NamedObjectNotFound(f"unable to parse BaseAggregationBuilder with name [{key}]: parser not found", at)
        cause = NamedObjectNotFound(f"unknown field [{key}]", at)
        raise Parsing(f"Unknown aggregation type [{key}]{suggestion(key, table)}", at, cause=cause)
    found = cls.parse(name, definition[key], ctx)
    found.behaviour = ctx.behaviour
    return found


class Aggregations:
    """The aggregations of one search.

    Use: ``collector(shard)`` on every shard, ``collect`` per segment, ``result()``; then ``reduce_tree`` over the shards' results.
    """

    __slots__ = ("factories",)

    def __init__(self, factories: Factories) -> None:
        self.factories = factories

    def check(self) -> None:
        """Refuse pipelines that stand in the wrong place, once all has been read. Raises ActionRequestValidation."""
        check_pipelines(self.factories)

    def __bool__(self) -> bool:
        return bool(self.factories)

    def collector(self, shard: Any, query: Any = None) -> Collector:
        """The aggregators of one shard, for a search's query as parsed. Raises IllegalArgument for fields that cannot be aggregated."""
        return Collector(self.factories, ShardContext(shard, query))

    def reduce_tree(self, partials: list[Results], ctx: ReduceContext) -> Results:
        """The shards' results joined, pipelines applied.

        Args:
            partials: one ``Collector.result()`` per shard.

        Raises:
            TooManyBuckets, AggregationExecution, IllegalArgument: errors of the reduction.
        """
        results = reduce_results(partials, ctx, keeps_single=True)
        if not ctx.is_final:
            return results
        return PipelineTree.of(self.factories).apply_below(results, ctx, top=True)


class Collector:
    """The aggregators of one shard at work."""

    __slots__ = ("_aggregators", "_base", "_globals", "_number", "ctx")

    def __init__(self, factories: Factories, ctx: ShardContext) -> None:
        self.ctx = ctx
        for one in factories.aggregations:
            one.configure(ctx, None)
        self._aggregators = SubAggregators(factories, ctx, None)
        self._globals = [one for one in self._aggregators.members if one.is_global]
        self._number = 0
        self._base = 0

    @property
    def needs_scores(self) -> bool:
        """Whether ``collect`` wants scores."""
        return self._aggregators.needs_scores

    @property
    def has_global(self) -> bool:
        """Whether ``collect_all`` must be called with every live document of each segment."""
        return bool(self._globals)

    def collect(self, segment: Any, docs: Array, scores: Array | None = None, *, live: Array | None = None) -> None:
        """Take the matching documents of one segment.

        Args:
            segment: has ``column(path)``.
            docs: int[n], ascending document ordinals.
            scores: float32[n_docs of the segment] or None.
            live: int[m], all live documents of the segment, for the global aggregation; None: all.
        """
        import numpy as np

        leaf = Leaf(segment, self._number, scores)
        leaf.base = self._base
        self._number += 1
        self._base += leaf.n_docs
        docs = np.asarray(docs, np.int64)
        seen = leaf.in_one_bucket(docs) if len(docs) else None
        everything = Leaf(segment, leaf.number, np.ones(leaf.n_docs, np.float32)) if self._globals else leaf
        everything.base = leaf.base
        for one in self._aggregators.collecting:
            if not one.is_global:
                if seen is not None:
                    one.collect(leaf, *seen)
                continue
            # a global aggregation sees all documents as a search for all of them would
            taken = np.arange(leaf.n_docs) if live is None else np.asarray(live, np.int64)
            if len(taken):
                one.collect(everything, taken, np.zeros(len(taken), np.int64))

    def result(self) -> Results:
        """The shard's partial result."""
        self._aggregators.finish()
        return self._aggregators.build([0])[0]


def parse_aggregations(body: Json, ctx: Reading) -> Aggregations:
    """Read the value of ``aggs``.

    Raises:
        Parsing, XContentParse, IllegalArgument, AggregationInitialization: with Elasticsearch's texts and positions.
    """
    return Aggregations(parse_level(body, Reading(ctx.behaviour, ctx.warn)))


__all__ = ["Aggregations", "Collector", "Internal", "parse_aggregations"]
