"""The ip_prefix aggregation: addresses by the network that they are in.

Docs: search-aggregations-bucket-ipprefix-aggregation. Source: recordings of 8.19.21.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import IP
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import by_key
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.values import once_per_document
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any


class IpPrefix(MultiBucket):
    """Keys are numbers of 128 bits."""

    type, java = "ip_prefix", "InternalIpPrefix"
    __slots__ = ("definition",)

    def __init__(self, name: str, meta: Json, buckets: list[Any], definition: IpPrefixAgg) -> None:
        super().__init__(name, meta, buckets)
        self.definition = definition

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        groups = by_key(results)
        buckets = []
        for key in sorted(groups):
            group = groups[key]
            count = sum(one.doc_count for one in group)
            if count >= self.definition.min_doc_count or not ctx.is_final:
                below = reduce_results([one.results for one in group], ctx)
                buckets.append(Bucket(key, count, below))
        ctx.add_buckets(len(buckets))
        return IpPrefix(self.name, self.meta, buckets, self.definition)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        definition = self.definition
        rows = [(self._shown(one.key), self._body(one, rendering)) for one in self.buckets]
        if definition.keyed:
            return {"buckets": dict(rows)}
        return {"buckets": [{"key": key, **body} for key, body in rows]}

    def _shown(self, key: int) -> str:
        definition = self.definition
        address = ipaddress.IPv6Address(key) if definition.is_ipv6 else ipaddress.IPv4Address(key & 0xFFFFFFFF)
        return f"{address}/{definition.prefix_length}" if definition.append_prefix_length else str(address)

    def _body(self, bucket: Any, rendering: Rendering) -> dict[str, Json]:
        definition = self.definition
        out: dict[str, Json] = {}
        if not definition.is_ipv6:
            out["netmask"] = str(ipaddress.IPv4Address(definition.mask))
        out |= {
            "doc_count": bucket.doc_count,
            "is_ipv6": definition.is_ipv6,
            "prefix_length": definition.prefix_length,
        }
        return {**out, **results_body(bucket.results, rendering)}


class IpPrefixAggregator(SourceBuckets):
    builds_at_once = False
    builder: IpPrefixAgg

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        networks = [int(term, 16) & self.builder.mask for term in values.dictionary]
        distinct = sorted(set(networks))
        places = {network: place for place, network in enumerate(distinct)}
        table = np.array([places[one] for one in networks], np.int64)
        positions, ordinals = values.of(docs)
        positions, keys = once_per_document(positions, table[ordinals] if len(ordinals) else ordinals)
        self.collect_ordinals(leaf, docs[positions], owners[positions], keys, distinct)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        out: list[Internal] = []
        for owner in owners:
            known = sorted(self.ords.of(int(owner)).items())
            numbers = [number for _, number in known]
            rows = zip(known, self.counts.get(numbers).tolist(), self.results_of(numbers), strict=True)
            buckets = [Bucket(key, count, results) for (key, _), count, results in rows]
            out.append(IpPrefix(self.name, self.builder.meta, buckets, self.builder))
        return out


class IpPrefixAgg(SourceBuilder):
    name, aggregator = "ip_prefix", IpPrefixAggregator
    since = (8, 1)
    kinds = (IP,)
    default_kind = IP
    parser = Parser(
        "ip_prefix",
        *source_fields(scripts=False),
        o.integer("prefix_length"),
        o.boolean("is_ipv6"),
        o.boolean("append_prefix_length"),
        o.boolean("keyed"),
        o.long_("min_doc_count"),
    )
    prefix_length = -1
    is_ipv6 = False
    append_prefix_length = False
    keyed = False
    min_doc_count = 1

    @property
    def width(self) -> int:
        return 128 if self.is_ipv6 else 32

    @property
    def mask(self) -> int:
        """The bits of the network; of an IPv4 address the last four bytes count, whatever stands before."""
        return ((1 << self.prefix_length) - 1) << (self.width - self.prefix_length)

    def checks(self) -> dict[str, Any]:
        return {"prefix_length": self._check_least, "min_doc_count": self._check_min_doc_count}

    def _check_least(self, length: int) -> None:
        if length < 0:
            raise IllegalArgument(f"[prefix_length] must be in range [0, 32] while value is [{length}]")

    def _check_min_doc_count(self, count: int) -> None:
        if count < 1:
            raise IllegalArgument(f"[min_doc_count] must be in range [1, 2147483647] while value is [{count}]")

    def configure(self, ctx: ShardContext, parent: Any) -> None:
        self.resolve(ctx)
        if not 0 <= self.prefix_length <= self.width:
            raise IllegalArgument(
                f"[prefix_length] must be in range [0, {self.width}] while value is [{self.prefix_length}]"
            )
        super().configure(ctx, parent)


AGGREGATIONS = (IpPrefixAgg,)
