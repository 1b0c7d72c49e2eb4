"""The worst hit of the shards that have a whole page: what other shards need not go below.

Before 8.0 its sort values are formatted at once, which instants before 1970 in nanoseconds do not survive, those that stand for
missing ones among them. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, ResponseHandlerFailure
from esmock.search.merging import in_order

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.result import Hit, ShardResult
    from esmock.search.sort_key import SortKey


class BottomSort:
    """The worst hit so far."""

    def __init__(self, request: SearchRequest) -> None:
        self._size = request.page_start + request.page_size
        is_joined = request.collapse is None and not request.is_related
        self._is_kept = request.behaviour.major < 8 and bool(request.sort) and is_joined and request.page_size > 0
        self._bottom: Hit | None = None

    def consume(self, result: ShardResult) -> None:
        """Look at what a shard found. Raises ResponseHandlerFailure for values that cannot be formatted."""
        if not self._is_kept or not result.sort_keys or len(result.hits) != self._size:
            return
        bottom = result.hits[-1]
        if self._bottom is not None and in_order([self._bottom, bottom], result.sort_keys)[0] is not bottom:
            return
        for key, value in zip(result.sort_keys, bottom.sort_values, strict=True):
            _check(key, value)
        self._bottom = bottom


def _check(key: SortKey, value: Any) -> None:
    if not key.is_nanos or value is None or value >= 0:
        return
    reason = f"nanoseconds [{value}] are before the epoch in 1970 and cannot be processed in nanosecond resolution"
    raise ResponseHandlerFailure(f"java.lang.IllegalArgumentException: {reason}", cause=IllegalArgument(reason))
