"""Groups the equal buckets of several shards in the order in which Elasticsearch meets them.

Sums of decimals depend on the order of their terms. The reduction merges sorted lists with a heap, so which shard comes first differs
from key to key; this is that heap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any


def by_key(results: Sequence[Any]) -> dict[Any, list[Any]]:
    """The buckets of several results, equal keys together, in the order in which keys and results come."""
    groups: dict[Any, list[Any]] = {}
    for one in results:
        for bucket in one.buckets:
            groups.setdefault(bucket.key, []).append(bucket)
    return groups


def grouped(
    lists: Sequence[list[Any]],
    before: Callable[[Any, Any], bool],
    *,
    key: Callable[[Any], Any] = lambda bucket: bucket.key,
    removes_first: bool = False,
    joins: Callable[[Any], Any] = lambda head: head,
) -> list[list[Any]]:
    """The buckets of sorted lists, equal keys together.

    Args:
        lists: one per shard, sorted.
        before: whether one key comes before another.
        key: the key of a bucket.
        removes_first: a list is taken out of the heap and put back, instead of moved down (composite).
        joins: what keys of one group have in common; keys of a group follow each other.
    """
    lists = [one for one in lists if one]
    if len(lists) == 1:
        return [list(group) for _, group in groupby(lists[0], lambda bucket: joins(key(bucket)))]
    heap = _Heap(before)
    for one in lists:
        heap.add([key(one[0]), 0, one])
    out: list[list[Any]] = []
    last: Any = None
    while heap.items:
        top = heap.items[0]
        head, place, source = top
        group = joins(head)
        if not out or group != last:
            out.append([])
            last = group
        out[-1].append(source[place])
        has_more = place + 1 < len(source)
        if removes_first:
            heap.pop()
            if has_more:
                heap.add([key(source[place + 1]), place + 1, source])
        elif has_more:
            top[0], top[1] = key(source[place + 1]), place + 1
            heap.sink()
        else:
            heap.pop()
    return out


class _Heap:
    """A binary heap whose ties fall as in Lucene's."""

    def __init__(self, before: Callable[[Any, Any], bool]) -> None:
        self.before = before
        self.items: list[list[Any]] = []

    def add(self, item: list[Any]) -> None:
        items = self.items
        items.append(item)
        place = len(items) - 1
        while place > 0:
            above = (place - 1) >> 1
            if not self.before(item[0], items[above][0]):
                break
            items[place] = items[above]
            place = above
        items[place] = item

    def pop(self) -> None:
        last = self.items.pop()
        if self.items:
            self.items[0] = last
            self.sink()

    def sink(self) -> None:
        items, before = self.items, self.before
        place, node, n = 0, items[0], len(items)
        while True:
            child = 2 * place + 1
            if child + 1 < n and before(items[child + 1][0], items[child][0]):
                child += 1
            if child >= n or not before(items[child][0], node[0]):
                break
            items[place] = items[child]
            place = child
        items[place] = node
