"""How many buckets of terms there may be, and of how many documents at least.

Docs: search-aggregations-bucket-terms-aggregation, "Size", "Minimum document count". Source: recordings of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from esmock.errors import IllegalArgument
from esmock.search.aggs.order import Order
from esmock.xcontent import object_parser as o


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many buckets, of how many documents at least."""

    size: int = 10
    shard_size: int = -1
    min_doc_count: int = 1
    shard_min_doc_count: int = 0
    covers_size: bool = True
    """Whether shards hand on at least ``size`` buckets."""

    def settled(self, order: Order) -> Thresholds:
        """With the shard's size."""
        shard_size = self.shard_size
        if shard_size < 0:
            shard_size = self.size if order.is_key_order else min(int(self.size * 1.5 + 10), 0x7FFFFFFF)
        return replace(self, shard_size=max(shard_size, self.size) if self.covers_size else shard_size)

    def capped(self) -> Thresholds:
        """With the shard's minimum no higher than the whole's, as terms have it (recordings of 7.10.2 and 8.19.21)."""
        return replace(self, shard_min_doc_count=min(self.shard_min_doc_count, self.min_doc_count))


THRESHOLD_FIELDS = (o.integer("shard_size"), o.long_("min_doc_count"), o.long_("shard_min_doc_count"), o.integer("size"))


def threshold_checks(agg_name: str, *, before_zero: str = " ") -> dict[str, Any]:
    """Checks of the fields that take only positive numbers; ``before_zero``: the space in the error of ``shard_size``."""

    def positive(field: str, low: int) -> Any:
        def check(value: int) -> None:
            if value < low:
                space = before_zero if field == "shardSize" else " "
                word = f"greater than{space}0" if low == 1 else "greater than or equal to 0"
                raise IllegalArgument(f"[{field}] must be {word}. Found [{value}] in [{agg_name}]")

        return check

    return {
        "size": positive("size", 1),
        "shard_size": positive("shardSize", 1),
        "min_doc_count": positive("minDocCount", 0),
        "shard_min_doc_count": positive("shardMinDocCount", 0),
    }
