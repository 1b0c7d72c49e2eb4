"""java.util's maps: what their methods do to Python dicts."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import refused
from esmock.script.painless.runtime.collections import each
from esmock.script.painless.runtime.containers import (
    Entry,
    JavaIterator,
    MapView,
    TreeMap,
    frozen,
)
from esmock.script.painless.runtime.ordering import compare
from esmock.script.painless.runtime.values import HashMap, equal, hash_code, hashable, map_keys


def put(values: Any, key: Any, value: Any) -> Any:
    """Map.put."""
    if frozen(values):
        raise refused(values, "put")
    if isinstance(values, TreeMap) and values.comparator is None:
        compare(key, next(iter(values), key))
    old = get(values, key) if not hasattr(values, "replaced") else values.replaced(key)
    try:
        values[key] = value
    except TypeError:
        values[hashable(key)] = value
    return old


def get(values: Any, key: Any, default: Any = None) -> Any:
    """Map.get and Map.getOrDefault: any object may be a key."""
    try:
        return values.get(key, default)
    except TypeError:
        return values.get(hashable(key), default)


def _view(values: Any, kind: str) -> MapView:
    """The keys, values or entries. Raises UnsupportedOperation for a map that cannot tell how many it has."""
    len(values)
    return MapView(values, kind)


def _has(values: Any, key: Any) -> bool:
    return hashable(key) in values


def _put_all(values: Any, more: Any) -> None:
    if isinstance(values, HashMap) and not values:
        values.presized(len(more))
    for key in map_keys(more):
        put(values, key, more[key])


def _put_if_absent(values: Any, key: Any, value: Any) -> Any:
    old = get(values, key)
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
    key = hashable(key)
    new = function(key, values.get(key))
    if new is None:
        values.pop(key, None)
    else:
        put_first(values, key, new)
    return new


def _compute_if_absent(values: Any, key: Any, function: Any) -> Any:
    key = hashable(key)
    if values.get(key) is None:
        new = function(key)
        if new is not None:
            put_first(values, key, new)
        return new
    return values[key]


def _compute_if_present(values: Any, key: Any, function: Any) -> Any:
    return _compute(values, key, function) if get(values, key) is not None else None


def _merge(values: Any, key: Any, value: Any, function: Any) -> Any:
    if value is None:
        raise t.NullPointer(None)
    key = hashable(key)
    old = values.get(key)
    new = value if old is None else function(old, value)
    if new is None:
        values.pop(key, None)
    else:
        put_first(values, key, new)
    return new


def _map_remove(values: Any, key: Any) -> Any:
    if frozen(values):
        raise refused(values, "remove")
    return values.pop(hashable(key), None)


def _map_remove_pair(values: Any, key: Any, value: Any) -> bool:
    key = hashable(key)
    if key in values and equal(values[key], value):
        del values[key]
        return True
    return False


def _map_replace(values: Any, key: Any, value: Any) -> Any:
    return put(values, key, value) if _has(values, key) else None


def _replace_pair(values: Any, key: Any, old: Any, new: Any) -> bool:
    if not _has(values, key) or not equal(get(values, key), old):
        return False
    put(values, key, new)
    return True


def _clone(values: Any) -> Any:
    if isinstance(values, TreeMap):
        return TreeMap(values, values.comparator)
    copied = type(values)((key, values[key]) for key in map_keys(values))
    return copied.presized(len(values)) if isinstance(copied, HashMap) else copied


def _map_replace_all(values: Any, function: Any) -> None:
    for key in map_keys(values):
        values[key] = function(key, values[key])


def _same_kind(values: Any) -> Any:
    """A copy of the same class."""
    return type(values)((key, values[key]) for key in map_keys(values))


METHODS: dict[str, Any] = {
    "Map.equals/1": equal,
    "Map.hashCode/0": hash_code,
    "Map.clear/0": lambda v: v.clear(),
    "Map.compute/2": _compute,
    "Map.computeIfAbsent/2": _compute_if_absent,
    "Map.computeIfPresent/2": _compute_if_present,
    "Map.containsKey/1": _has,
    "Map.containsValue/1": lambda v, value: any(equal(value, item) for item in v.values()),
    "Map.entrySet/0": lambda v: _view(v, "entries"),
    "Map.forEach/1": each,
    "Dictionary.get/1": get,
    "Dictionary.put/2": put,
    "Dictionary.remove/1": _map_remove,
    "Dictionary.size/0": len,
    "Dictionary.isEmpty/0": lambda table: not table,
    "Dictionary.keys/0": lambda table: JavaIterator(map_keys(table)),
    "Dictionary.elements/0": lambda table: JavaIterator([table[key] for key in map_keys(table)]),
    "Hashtable.clone/0": _same_kind,
    "IdentityHashMap.clone/0": _same_kind,
    "Map.get/1": get,
    "Map.getOrDefault/2": get,
    "Map.isEmpty/0": lambda v: not len(v),
    "Map.keySet/0": lambda v: _view(v, "keys"),
    "Map.merge/3": _merge,
    "Map.put/2": put,
    "Map.putAll/1": _put_all,
    "Map.putIfAbsent/2": _put_if_absent,
    "Map.remove/1": _map_remove,
    "Map.remove/2": _map_remove_pair,
    "Map.replace/2": _map_replace,
    "Map.replace/3": _replace_pair,
    "Map.replaceAll/1": _map_replace_all,
    "Map.size/0": len,
    "Map.values/0": lambda v: _view(v, "values"),
    "HashMap.clone/0": _clone,
    "TreeMap.clone/0": _clone,
    "Map.Entry.getKey/0": Entry.j_getKey,
    "Map.Entry.getValue/0": Entry.j_getValue,
    "Map.Entry.setValue/1": Entry.j_setValue,
}
