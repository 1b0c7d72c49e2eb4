"""The shard request cache: searches without hits that are asked again while nothing has changed.

Docs: shard-request-cache. Differs: an answer is kept whole, not shard by shard, and beside the first shard's reader, so that a refresh
that publishes another reader leaves it behind.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.xcontent.json_writer import Decimals, RawJson, dumps

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.search.shard_target import ShardTarget

_MOST = 128
_CHANGING = (b"now", b"script", b"random", b"seed")
"""What may give another answer the next time, wherever it stands in a body."""


def cache_key(content: bytes | None, parameters: Any, *, size: int, wanted: bool | None) -> tuple[Any, ...] | None:
    """What a search is remembered by; None: it is not remembered.

    Args:
        content: the body as sent.
        parameters: the request's parameters as text.
        wanted: ``request_cache``.
    """
    if size != 0 or wanted is False or content is None or any(word in content for word in _CHANGING):
        return None
    return content, tuple(sorted(parameters.items()))


class RequestCache:
    """Answers by key, each with the readers and mappings it came from; the oldest are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, tuple[list[Any], SearchResult]] = OrderedDict()

    @staticmethod
    def of(targets: Sequence[ShardTarget]) -> RequestCache:
        """The cache beside the first shard's reader."""
        found: RequestCache = targets[0].reader.cached("request cache", RequestCache)
        return found

    def get(self, key: Any, targets: Sequence[ShardTarget]) -> SearchResult | None:
        """The answer of the same search over the same shards."""
        known = self._kept.get(key)
        if known is None or not _same(known[0], _origin(targets)):
            return None
        self._kept.move_to_end(key)
        return replace(known[1], targets=list(targets))

    def put(self, key: Any, targets: Sequence[ShardTarget], result: SearchResult, decimals: Decimals) -> None:
        """Remember a complete answer, its aggregations as text."""
        if result.failures or result.timed_out:
            return
        if result.aggregations is not None:
            result.aggregations = RawJson(dumps(result.aggregations, decimals))
        self._kept[key] = (_origin(targets), replace(result, shards=[], targets=list(targets)))
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)


def _origin(targets: Sequence[ShardTarget]) -> list[Any]:
    return [one for target in targets for one in (target.reader, target.mapping, target.alias_filters)]


def _same(one: list[Any], other: list[Any]) -> bool:
    if len(one) != len(other):
        return False
    return all(mine is theirs or (isinstance(mine, tuple) and mine == theirs) for mine, theirs in zip(one, other, strict=True))
