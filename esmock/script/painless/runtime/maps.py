"""java.util's maps: what their methods do to Python dicts."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.arrays import refused
from esmock.script.painless.runtime.collections import each, first, last, navigate
from esmock.script.painless.runtime.containers import (
    Entry,
    MapView,
    TreeMap,
    frozen,
)
from esmock.script.painless.runtime.ordering import compare
from esmock.script.painless.runtime.values import HashMap, equal, hash_code, map_keys


def put(values: Any, key: Any, value: Any) -> Any:
    if frozen(values):
        raise refused(values)
    if isinstance(values, TreeMap) and values.comparator is None:
        compare(key, next(iter(values), key))
    old = values.get(key)
    values[key] = value
    return old


def _put_all(values: Any, more: Any) -> None:
    for key in map_keys(more):
        put(values, key, more[key])


def _put_if_absent(values: Any, key: Any, value: Any) -> Any:
    old = values.get(key)
    if old is None:
        put(values, key, value)
    return old


def put_first(values: Any, key: Any, value: Any) -> None:
    """How compute and merge put: a HashMap gets a new key ahead of others in its bucket.

    Differs: maps of more than 1,000 keys keep the order of insertion, where keys share a bucket.
    """
    if isinstance(values, HashMap) and key not in values and len(values) <= 1000:
        others = list(values.items())
        values.clear()
        values[key] = value
        values.update(others)
        return
    put(values, key, value)


def _compute(values: Any, key: Any, function: Any) -> Any:
    new = function(key, values.get(key))
    if new is None:
        values.pop(key, None)
    else:
        put_first(values, key, new)
    return new


def _compute_if_absent(values: Any, key: Any, function: Any) -> Any:
    if values.get(key) is None:
        new = function(key)
        if new is not None:
            put_first(values, key, new)
        return new
    return values[key]


def _compute_if_present(values: Any, key: Any, function: Any) -> Any:
    return _compute(values, key, function) if values.get(key) is not None else None


def _merge(values: Any, key: Any, value: Any, function: Any) -> Any:
    old = values.get(key)
    new = value if old is None else function(old, value)
    if new is None:
        values.pop(key, None)
    else:
        put_first(values, key, new)
    return new


def _map_remove(values: Any, key: Any) -> Any:
    if frozen(values):
        raise refused(values)
    return values.pop(key, None)


def _map_remove_pair(values: Any, key: Any, value: Any) -> bool:
    if key in values and equal(values[key], value):
        del values[key]
        return True
    return False


def _map_replace(values: Any, key: Any, value: Any) -> Any:
    return put(values, key, value) if key in values else None


def _map_replace_all(values: Any, function: Any) -> None:
    for key in map_keys(values):
        values[key] = function(key, values[key])


def _entry_at(values: Any, at: int) -> Any:
    keys = values.ordered_keys()
    return Entry(keys[at], values[keys[at]]) if keys else None


METHODS: dict[str, Any] = {
    "Map.equals/1": equal,
    "Map.hashCode/0": hash_code,
    "Map.clear/0": lambda v: v.clear(),
    "Map.compute/2": _compute,
    "Map.computeIfAbsent/2": _compute_if_absent,
    "Map.computeIfPresent/2": _compute_if_present,
    "Map.containsKey/1": lambda v, key: key in v,
    "Map.containsValue/1": lambda v, value: any(equal(value, item) for item in v.values()),
    "Map.entrySet/0": lambda v: MapView(v, "entries"),
    "Map.forEach/1": each,
    "Map.get/1": lambda v, key: v.get(key),
    "Map.getOrDefault/2": lambda v, key, default: v.get(key, default),
    "Map.isEmpty/0": lambda v: not len(v),
    "Map.keySet/0": lambda v: MapView(v, "keys"),
    "Map.merge/3": _merge,
    "Map.put/2": put,
    "Map.putAll/1": _put_all,
    "Map.putIfAbsent/2": _put_if_absent,
    "Map.remove/1": _map_remove,
    "Map.remove/2": _map_remove_pair,
    "Map.replace/2": _map_replace,
    "Map.replace/3": lambda v, key, old, new: key in v and equal(v[key], old) and (put(v, key, new) or True),
    "Map.replaceAll/1": _map_replace_all,
    "Map.size/0": len,
    "Map.values/0": lambda v: MapView(v, "values"),
    "HashMap.clone/0": lambda v: type(v)(v),
    "SortedMap.firstKey/0": first,
    "SortedMap.lastKey/0": last,
    "SortedMap.headMap/1": lambda v, k: TreeMap({x: v[x] for x in v if compare(x, k) < 0}, v.comparator),
    "SortedMap.tailMap/1": lambda v, k: TreeMap({x: v[x] for x in v if compare(x, k) >= 0}, v.comparator),
    "SortedMap.subMap/2": lambda v, a, b: TreeMap({x: v[x] for x in v if compare(x, a) >= 0 > compare(x, b)}),
    "NavigableMap.firstEntry/0": lambda v: _entry_at(v, 0),
    "NavigableMap.lastEntry/0": lambda v: _entry_at(v, -1),
    "NavigableMap.floorKey/1": lambda v, k: navigate(v, k, lambda c: c <= 0, last=True),
    "NavigableMap.lowerKey/1": lambda v, k: navigate(v, k, lambda c: c < 0, last=True),
    "NavigableMap.ceilingKey/1": lambda v, k: navigate(v, k, lambda c: c >= 0, last=False),
    "NavigableMap.higherKey/1": lambda v, k: navigate(v, k, lambda c: c > 0, last=False),
    "Map.Entry.getKey/0": Entry.j_getKey,
    "Map.Entry.getValue/0": Entry.j_getValue,
    "Map.Entry.setValue/1": Entry.j_setValue,
}
