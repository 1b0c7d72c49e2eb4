"""The order in which Java's hash tables hand out their keys: Elasticsearch prints many maps in it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

__all__ = [
    "capacity_for", "computed_order", "grown_order", "hash_code", "hash_map", "hash_order", "hash_ordered", "java_hash",
    "sized_order", "table_size", "trie_order",
]  # fmt: skip

_TEXT = frozenset((str,))
Key = TypeVar("Key")
Value = TypeVar("Value")


@functools.lru_cache(maxsize=4096)
def java_hash(text: str) -> int:
    """``String.hashCode`` as an unsigned 32 bit number, over UTF-16 units."""
    code = 0
    if text.isascii():
        for char in text:
            code = (31 * code + ord(char)) & 0xFFFFFFFF
        return code
    units = text.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        code = (31 * code + units[at] + (units[at + 1] << 8)) & 0xFFFFFFFF
    return code


def hash_code(value: Any) -> int:
    """``hashCode`` of a string, a long, a list or a map of these, as an unsigned 32 bit number."""
    if isinstance(value, str):
        return java_hash(value)
    if isinstance(value, int):
        return (value ^ (value >> 32)) & 0xFFFFFFFF
    if isinstance(value, Mapping):
        return sum(hash_code(key) ^ hash_code(one) for key, one in value.items()) & 0xFFFFFFFF
    code = 1
    for one in value:
        code = (31 * code + hash_code(one)) & 0xFFFFFFFF
    return code


def table_size(n_keys: int, capacity: int = 16) -> int:
    """Buckets of a ``HashMap`` made with ``capacity`` after it took so many keys, at the usual load factor."""
    size = 1 << (capacity - 1).bit_length() if capacity > 1 else 1
    while n_keys > int(size * 0.75):
        size <<= 1
    return size


def capacity_for(n_keys: int) -> int:
    """The capacity with which Java makes a map for so many keys, which then need no larger table."""
    return n_keys + 1 if n_keys < 3 else int(n_keys / 0.75 + 1)


def hash_order(keys: Iterable[Key], capacity: int = 16) -> list[Key]:
    """Keys in the order of a ``HashMap`` or ``HashSet``; ties keep the order of insertion.

    Args:
        keys: strings, longs, or lists that stand for an object's hashed fields.
        capacity: as given to the constructor; 16 is Java's default.
    """
    listed = tuple(keys)
    size = table_size(len(listed), capacity)
    if _TEXT.issuperset(map(type, listed)):
        return list(_order_of_names(listed, size))  # type: ignore[arg-type]
    return _by_bucket(list(listed), size)


def sized_order(keys: Iterable[Key]) -> list[Key]:
    """Keys in the order of a ``HashMap`` that was made for their number."""
    listed = list(keys)
    return hash_order(listed, capacity_for(len(listed)))


def hash_map(found: Mapping[Key, Value], order: Callable[[Iterable[Key]], list[Key]] = hash_order) -> dict[Key, Value]:
    """A map in the order of a ``HashMap``, its values as they are."""
    return {key: found[key] for key in order(found)}


@functools.lru_cache(maxsize=2048)
def _order_of_names(names: tuple[str, ...], size: int) -> tuple[str, ...]:
    """Documents of one kind have the same names again and again."""
    return tuple(_by_bucket(list(names), size))


def ordered_by_hash(found: Iterable[Value], code: Callable[[Value], int]) -> list[Value]:
    """Values in the order of a ``HashMap`` whose keys hash to ``code``; ties keep the order of insertion."""
    listed = list(found)
    size = table_size(len(listed))
    return sorted(listed, key=lambda one: (code(one) ^ (code(one) >> 16)) & (size - 1))


def _by_bucket(keys: list[Key], size: int) -> list[Key]:
    def bucket(key: Key) -> int:
        code = hash_code(key)
        return (code ^ (code >> 16)) & (size - 1)

    return sorted(keys, key=bucket)


def grown_order(keys: Iterable[Key]) -> list[Key]:
    """Keys in the order of a ``HashMap`` that is copied each time before it takes one more: that of parts of the cluster state.

    Source: templates and pipelines of 7.10.2 and 8.19.21.
    """
    listed = list(keys)
    return hash_order(listed, capacity_for(len(listed) - 1))


def computed_order(keys: Iterable[Key], capacity: int = 16) -> list[Key]:
    """Keys in the order of a ``HashMap`` that took them by ``computeIfAbsent``: a new key stands before those of its bucket, and
    the table grows before the key behind the limit is taken, or one of the keys is met again.

    Source: names of sibling aggregations that share buckets, recorded on 7.10.2.
    """
    size = table_size(0, capacity)
    taken: list[Key] = []
    known: set[Key] = set()
    for key in keys:
        if len(taken) > int(size * 0.75):
            taken = _last_first(taken, size)[::-1]
            size <<= 1
        if key in known:
            continue
        known.add(key)
        taken.append(key)
    return _last_first(taken, size)


def _last_first(keys: list[Key], size: int) -> list[Key]:
    backwards = keys[::-1]

    def bucket(key: Key) -> int:
        code = hash_code(key)
        return (code ^ (code >> 16)) & (size - 1)

    backwards.sort(key=bucket)
    return backwards


def trie_order(keys: Iterable[str]) -> list[str]:
    """Keys in the order of Elasticsearch's copy-on-write hash map: six bits of the hash at a time, level by level.

    Source: names of fields that share buckets, recorded on 7.10.2.
    """
    out: list[str] = []
    levels: list[tuple[list[str], int]] = [(list(keys), 0)]
    for node, shift in levels:
        slots: dict[int, list[str]] = {}
        for key in node:
            slots.setdefault(java_hash(key) >> shift & 63, []).append(key)
        for _, inside in sorted(slots.items()):
            if len(inside) == 1 or shift >= 30:
                out.extend(inside)
            else:
                levels.append((inside, shift + 6))
    return out


def hash_ordered(value: Any) -> Any:
    """A tree whose objects went through Java's hash maps."""
    if isinstance(value, dict):
        return {key: hash_ordered(value[key]) for key in hash_order(value)}
    if isinstance(value, list):
        return [hash_ordered(one) for one in value]
    return value
