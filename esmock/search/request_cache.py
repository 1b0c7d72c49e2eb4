"""The shard request cache: searches without hits that are asked again while nothing has changed.

Docs: shard-request-cache. Differs: an answer is kept whole, not shard by shard, and beside the first shard's reader, so that a refresh
that publishes another reader leaves it behind.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.xcontent.json_writer import Decimals, RawJson, dumps

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.search.shard_target import ShardTarget
    from esmock.store.reader import Reader

_MOST = 128
_CHANGING = (b"now", b"script", b"random", b"seed")
"""What may give another answer the next time, wherever it stands in a body."""


def cache_key(content: bytes, *asked: Any, parameters: Any) -> tuple[Any, ...] | None:
    """What a search is remembered by; None: it is not remembered.

    Args:
        content: the body as sent.
        asked: what else it is read by.
        parameters: the request's parameters as text.
    """
    if any(word in content for word in _CHANGING):
        return None
    return content, *asked, tuple(sorted(parameters.items()))


@dataclass(frozen=True, slots=True)
class _Origin:
    """What an answer depends on besides the request."""

    parts: list[Any]
    max_buckets: int

    @classmethod
    def of(cls, targets: Sequence[ShardTarget], max_buckets: int) -> _Origin:
        parts = ((one.reader, one.mapping, one.settings, one.alias_filters) for one in targets)
        return cls([part for of_target in parts for part in of_target], max_buckets)

    def is_still(self, now: _Origin) -> bool:
        """Whether the shards are the same, and nothing has changed in them."""
        if len(self.parts) != len(now.parts) or self.max_buckets != now.max_buckets:
            return False
        return all(
            mine is theirs or (isinstance(mine, tuple) and mine == theirs) for mine, theirs in zip(self.parts, now.parts, strict=True)
        )


class RequestCache:
    """Answers by key, each with the readers and mappings it came from; the oldest are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, tuple[_Origin, SearchResult]] = OrderedDict()

    @staticmethod
    def of(reader: Reader) -> RequestCache:
        """The cache beside a reader, where answers of searches stand whose first shard it is."""
        found: RequestCache = reader.cached("request cache", RequestCache)
        return found

    def __contains__(self, key: Any) -> bool:
        return key in self._kept

    def get(self, key: Any, targets: Sequence[ShardTarget], max_buckets: int) -> SearchResult | None:
        """The answer of the same search over the same shards; lent until the next one, with its own ``took_ms``."""
        known = self._kept.get(key)
        if known is None or not known[0].is_still(_Origin.of(targets, max_buckets)):
            return None
        self._kept.move_to_end(key)
        known[1].targets = list(targets)
        return known[1]

    def put(self, key: Any, targets: Sequence[ShardTarget], max_buckets: int, result: SearchResult, decimals: Decimals) -> None:
        """Remember a complete answer, its aggregations as text."""
        if result.failures or result.timed_out:
            return
        if result.aggregations is not None:
            result.aggregations = RawJson(dumps(result.aggregations, decimals))
        self._kept[key] = (_Origin.of(targets, max_buckets), replace(result, shards=[], results=None, targets=list(targets)))
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
