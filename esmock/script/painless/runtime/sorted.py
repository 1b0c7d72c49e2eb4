"""SortedSet, NavigableSet, SortedMap and NavigableMap.

Differs: the parts that headMap, subSet, descendingMap and their like return are copies; in Java they are views.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import Entry, FrozenEntry, JavaIterator, TreeMap, TreeSet
from esmock.script.painless.runtime.ordering import compare


def _keys(values: Any) -> list[Any]:
    return values.ordered_keys() if isinstance(values, TreeMap) else values.ordered()  # type: ignore[no-any-return]


def _order(values: Any) -> Callable[[Any, Any], int]:
    return values.comparator or compare


def _nearest(test: Callable[[int], bool], *, last: bool) -> Callable[[Any, Any], Any]:
    """The key next to a given one, on the side that ``test`` of the comparison allows, or None."""

    def find(values: Any, key: Any) -> Any:
        order = _order(values)
        found = [one for one in _keys(values) if test(order(one, key))]
        return (found[-1] if last else found[0]) if found else None

    return find


_floor = _nearest(lambda order: order <= 0, last=True)
_lower = _nearest(lambda order: order < 0, last=True)
_ceiling = _nearest(lambda order: order >= 0, last=False)
_higher = _nearest(lambda order: order > 0, last=False)


def _first(values: Any, at: int = 0) -> Any:
    if not len(values):
        raise t.NoSuchElement(None)
    return _keys(values)[at]


def _last(values: Any) -> Any:
    return _first(values, -1)


def _poll(at: int) -> Callable[[Any], Any]:
    def poll(values: Any) -> Any:
        if not len(values):
            return None
        key = _keys(values)[at]
        if isinstance(values, TreeMap):
            return FrozenEntry(key, values.pop(key))
        del values.items[key]
        return key

    return poll


def _entry(find: Callable[..., Any]) -> Callable[..., Entry | None]:
    """The entry of the key that ``find`` gives."""

    def entry(values: Any, *key: Any) -> Entry | None:
        found = find(values, *key) if len(values) else None
        return None if found is None else FrozenEntry(found, values[found])

    return entry


def _like(values: Any, keys: list[Any], comparator: Any) -> Any:
    if isinstance(values, TreeMap):
        return TreeMap({key: values[key] for key in keys}, comparator)
    return TreeSet(keys, comparator)


def _part(values: Any, low: Any, high: Any) -> Any:
    """The part between two bounds, each (key, inclusive) or None. Raises IllegalArgument when they are crossed."""
    order = _order(values)
    for bound in (low, high):
        if bound is not None:
            order(bound[0], bound[0])
    if low is not None and high is not None and order(low[0], high[0]) > 0:
        raise t.IllegalArgument("fromKey > toKey")

    def within(key: Any) -> bool:
        if low is not None and order(key, low[0]) < (0 if low[1] else 1):
            return False
        return high is None or order(key, high[0]) <= (0 if high[1] else -1)

    return _like(values, [key for key in _keys(values) if within(key)], values.comparator)


def _head(values: Any, high: Any, inclusive: bool = False) -> Any:
    return _part(values, None, (high, inclusive))


def _tail(values: Any, low: Any, inclusive: bool = True) -> Any:
    return _part(values, (low, inclusive), None)


def _sub(values: Any, *bounds: Any) -> Any:
    if len(bounds) == 2:
        return _part(values, (bounds[0], True), (bounds[1], False))
    return _part(values, bounds[:2], bounds[2:])


def _descending(values: Any) -> Any:
    order = _order(values)
    return _like(values, _keys(values), lambda a, b: order(b, a))


METHODS: dict[str, Any] = {
    "SortedSet.first/0": _first,
    "SortedSet.last/0": _last,
    "SortedMap.firstKey/0": _first,
    "SortedMap.lastKey/0": _last,
    "NavigableSet.floor/1": _floor,
    "NavigableSet.lower/1": _lower,
    "NavigableSet.ceiling/1": _ceiling,
    "NavigableSet.higher/1": _higher,
    "NavigableSet.pollFirst/0": _poll(0),
    "NavigableSet.pollLast/0": _poll(-1),
    "NavigableSet.descendingSet/0": _descending,
    "NavigableSet.descendingIterator/0": lambda v: JavaIterator(_keys(v)[::-1]),
    "NavigableMap.descendingMap/0": _descending,
    "NavigableMap.descendingKeySet/0": lambda v: TreeSet(v.ordered_keys(), _descending(v).comparator),
    "NavigableMap.navigableKeySet/0": lambda v: TreeSet(v.ordered_keys(), v.comparator),
    "NavigableMap.firstEntry/0": _entry(_first),
    "NavigableMap.lastEntry/0": _entry(_last),
    "NavigableMap.pollFirstEntry/0": _poll(0),
    "NavigableMap.pollLastEntry/0": _poll(-1),
}
for _name, _find in (("floor", _floor), ("lower", _lower), ("ceiling", _ceiling), ("higher", _higher)):
    METHODS |= {f"NavigableMap.{_name}Key/1": _find, f"NavigableMap.{_name}Entry/1": _entry(_find)}
for _kind in ("Set", "Map"):
    METHODS |= {
        f"Sorted{_kind}.comparator/0": lambda v: v.comparator,
        f"Sorted{_kind}.head{_kind}/1": _head,
        f"Sorted{_kind}.tail{_kind}/1": _tail,
        f"Sorted{_kind}.sub{_kind}/2": _sub,
        f"Navigable{_kind}.head{_kind}/2": _head,
        f"Navigable{_kind}.tail{_kind}/2": _tail,
        f"Navigable{_kind}.sub{_kind}/4": _sub,
    }
