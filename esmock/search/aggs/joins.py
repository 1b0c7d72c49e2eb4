"""Buckets of the children or parents of documents: children, parent.

Docs: search-aggregations-bucket-children-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import NullPointer, Parsing
from esmock.search.aggs.buckets import SingleBucketAggregator
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.internal import Internal, SingleBucket
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.tokens import plain, read_tokens
from esmock.xcontent import located
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class ChildrenResult(SingleBucket):
    type, java = "children", "InternalChildren"
    java_package = "org.elasticsearch.join.aggregations"
    __slots__ = ()


class ParentResult(SingleBucket):
    type, java = "parent", "InternalParent"
    java_package = "org.elasticsearch.join.aggregations"
    __slots__ = ()


class JoinAggregator(SingleBucketAggregator):
    """Remembers the families of the documents it is given, and hands on their other members when all have been seen.

    Keys are ids of parents: a parent's own, a child's ``parent``.
    """

    starts_at_parents: ClassVar[bool]
    hands_one_bucket = False

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        from esmock.search.query.parent_child import join_field, load_ordinals

        self.field = join_field(ctx.shard)
        if self.field is not None:
            load_ordinals(ctx.shard, self.field)
        relations = {} if self.field is None else self.field.get("relations")
        self.parent_type = next((one for one, children in relations.items() if builder.child_type in children), None)
        super().__init__(builder, ctx, parent)
        self.keys: list[Array] = []
        self.owners: list[Array] = []

    @property
    def sort_kind(self) -> str:  # type: ignore[override]
        return "other" if self.parent_type is None else "single_bucket"

    @property
    def needs_scores(self) -> bool:
        return False

    def _members(self, leaf: Any, *, parents: bool) -> tuple[Array, Array]:
        """bool[n_docs]: who is a parent (child); str[n_docs]: their keys."""
        from esmock.search.query.parent_child import family

        assert self.field is not None
        found = family(leaf.segment, self.field.path)
        if parents:
            return found.names == self.parent_type, found.ids
        return found.names == self.builder.child_type, found.parents

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.parent_type is None:
            return
        members, keys = self._members(leaf, parents=self.starts_at_parents)
        keep = members[docs]
        self.keys.append(keys[docs[keep]])
        self.owners.append(owners[keep])

    def finish(self) -> None:
        if self.keys:
            keys, owners = np.concatenate(self.keys), np.concatenate(self.owners)
            order = np.lexsort((owners, keys))
            keys, owners = keys[order], owners[order]
            is_new = np.ones(len(keys), bool)
            is_new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
            self._collect_other_side(keys[is_new], owners[is_new])
        super().finish()

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.parent_type is not None:
            return super().build(owners)
        return [self.result(self.name, self.builder.meta, 0, self.subs.empty()) for _ in owners]

    def _collect_other_side(self, keys: Array, owners: Array) -> None:
        base = 0
        for number, one in enumerate(self.ctx.shard.reader):
            leaf = Leaf(one.segment, number, np.ones(len(one.segment), np.float32))
            leaf.base = base
            base += leaf.n_docs
            members, theirs = self._members(leaf, parents=not self.starts_at_parents)
            live = one.live()
            docs = np.flatnonzero(members if live is None else members & live)
            first = np.searchsorted(keys, theirs[docs], "left")
            counts = np.searchsorted(keys, theirs[docs], "right") - first
            places = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            self.collect_bucket(leaf, np.repeat(docs, counts), owners[np.repeat(first, counts) + places])


class ChildrenAggregator(JoinAggregator):
    result, starts_at_parents = ChildrenResult, True


class ParentAggregator(JoinAggregator):
    result, starts_at_parents = ParentResult, False


class ChildrenAgg(Builder):
    name: ClassVar[str] = "children"
    hands_many_buckets = False
    java = "join.aggregations.Children"
    aggregator: ClassVar[type[JoinAggregator]] = ChildrenAggregator
    child_type: str

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> ChildrenAgg:
        given = read_tokens(agg_name, body, ctx, {"VALUE_STRING": {"type": plain}})
        if "type" not in given:
            raise Parsing(f"Missing [child_type] field for {cls.name} aggregation [{agg_name}]", located.at_end(body))
        out = cls(agg_name)
        out.child_type = given["type"]
        return out


class ParentAgg(ChildrenAgg):
    name, aggregator = "parent", ParentAggregator
    java = "join.aggregations.Parent"

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        from esmock.search.query.parent_child import join_field

        if join_field(ctx.shard) is None:
            mapper = "org.elasticsearch.join.mapper.ParentJoinFieldMapper"
            raise NullPointer(
                f'Cannot invoke "{mapper}.getParentIdFieldMapper(String, boolean)" because "parentJoinFieldMapper" is null'
            )
        super().configure(ctx, parent)


AGGREGATIONS = (ChildrenAgg, ParentAgg)
