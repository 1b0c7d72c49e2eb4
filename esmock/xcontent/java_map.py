"""The order in which Java's hash maps give their keys, where answers show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = Any


def _spread(key: str) -> int:
    code = 0
    for unit in _units(key):
        code = (31 * code + unit) & 0xFFFFFFFF
    return code ^ (code >> 16)


def _units(text: str) -> Iterable[int]:
    if text.isascii():
        return text.encode()
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[at] | raw[at + 1] << 8 for at in range(0, len(raw), 2)]


def map_order(keys: Iterable[str], *, is_sized: bool = False, expected: int | None = None) -> list[str]:
    """The keys in the order of a HashMap that they were put into in this order.

    Args:
        is_sized: the map was made for their number; otherwise it grew from 16 buckets.
        expected: it was made for this number.
    """
    names = list(keys)
    buckets = 16
    if is_sized or expected is not None:
        size = len(names) if expected is None else expected
        wanted = size + 1 if size < 3 else int(size / 0.75 + 1)
        buckets = 1
        while buckets < wanted:
            buckets *= 2
    while len(names) > buckets * 3 // 4 and not is_sized and expected is None:
        buckets *= 2
    return sorted(names, key=lambda name: _spread(name) & (buckets - 1))


def as_hash_map(tree: Json) -> Json:
    """A tree whose objects are ordered as Java's hash maps, at every level."""
    if isinstance(tree, dict):
        return {key: as_hash_map(tree[key]) for key in map_order(tree)}
    if isinstance(tree, list):
        return [as_hash_map(one) for one in tree]
    return tree
