"""The static methods of Collections and Arrays."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import array_copy, kind_text, new_array
from esmock.script.painless.runtime.collections import add_all, contains, list_get, sort
from esmock.script.painless.runtime.containers import (
    MAX_SIZE,
    FixedList,
    FrozenList,
    FrozenMap,
    FrozenSet,
    JavaIterator,
    JavaSet,
    LinkedHashSet,
    ListIterator,
    TreeMap,
    TreeSet,
    elements,
)
from esmock.script.painless.runtime.ordering import compare, sort_key
from esmock.script.painless.runtime.values import (
    HashMap,
    JavaArray,
    equal,
    hash_code,
    hashable,
    map_keys,
    to_text,
    wrap_int,
)


def _extreme(values: Any, comparator: Any = None, *, last: bool) -> Any:
    items = sorted(elements(values), key=sort_key(comparator))
    if not items:
        if hasattr(type(values), "at"):
            values.at(0)  # doc values refuse
        raise t.NoSuchElement(None)
    return items[-1 if last else 0]


def _shuffle(values: list[Any], source: Any = None) -> None:
    """Collections.shuffle; with java.util.Random its very order."""
    if source is None:
        random.shuffle(values)
        return
    for size in range(len(values), 1, -1):
        _swap(values, size - 1, source.j_nextInt(size))


def _sorted_array(values: list[Any], *args: Any) -> None:
    if len(args) >= 2:
        start, end = _array_range(values, args[0], args[1])
        values[start:end] = sorted(values[start:end], key=sort_key(args[2] if len(args) > 2 else None))
    else:
        sort(values, *args)


def _array_range(values: list[Any], start: int, end: int) -> tuple[int, int]:
    if start > end:
        raise t.IllegalArgument(f"fromIndex({start}) > toIndex({end})")
    for at in (start, end):
        if not 0 <= at <= len(values):
            raise t.ArrayIndexOutOfBounds(f"Array index out of range: {at}")
    return start, end


def _array_stream(values: JavaArray, *bounds: int) -> Any:
    from esmock.script.painless.runtime.streams import Stream

    kind = values.component if values.component in ("int", "long", "double") else "object"
    return Stream(list(values[slice(*bounds)] if bounds else values), kind)


def _frequency(values: Any, value: Any) -> int:
    return sum(equal(value, item) for item in elements(values))


def _search(values: list[Any], key: Any, comparator: Any = None) -> int:
    order: Callable[[Any, Any], int] = comparator or compare
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        found = order(values[middle], key)
        if found < 0:
            low = middle + 1
        elif found > 0:
            high = middle - 1
        else:
            return middle
    return -(low + 1)


def _swap(values: list[Any], a: int, b: int) -> None:
    first = list_get(values, a)
    values[a], values[b] = list_get(values, b), first


def _copies(count: int, value: Any) -> FrozenList:
    if count < 0:
        raise t.IllegalArgument(f"List length = {count}")
    if count > MAX_SIZE:
        raise t.OutOfMemory("Java heap space")
    return FrozenList([value] * count)


def _copy(target: list[Any], source: list[Any]) -> None:
    if len(source) > len(target):
        raise t.IndexOutOfBounds("Source does not fit in dest")
    target[: len(source)] = source


def _sub_list_at(values: list[Any], part: list[Any], *, last: bool) -> int:
    starts = range(len(values) - len(part) + 1)
    matching = (at for at in (reversed(starts) if last else starts) if all(map(equal, values[at:], part)))
    return next(matching, -1)


def _replace_all(values: list[Any], old: Any, new: Any) -> bool:
    places = [at for at, item in enumerate(values) if equal(item, old)]
    for at in places:
        values[at] = new
    return bool(places)


def _set_from_map(values: Any) -> JavaSet:
    if values:
        raise t.IllegalArgument("Map is non-empty")
    kinds: dict[type, type[JavaSet]] = {HashMap: JavaSet, TreeMap: TreeSet}
    return kinds.get(type(values), LinkedHashSet)()


def _rotate(values: list[Any], distance: int) -> None:
    if values:
        at = -distance % len(values)
        values[:] = values[at:] + values[:at]


def _resized(values: JavaArray, start: int, end: int) -> JavaArray:
    if end > MAX_SIZE:
        raise t.OutOfMemory("Java heap space")
    default = new_array(values.component, 1)[0]
    return JavaArray(values.component, [*values[start:end], *[default] * (end - max(len(values), start))])


def _copy_of(values: JavaArray, size: int) -> JavaArray:
    if size < 0:
        raise t.NegativeArraySize(str(size))
    return _resized(values, 0, size)


def _copy_of_range(values: JavaArray, start: int, end: int) -> JavaArray:
    if start > end:
        raise t.IllegalArgument(f"{start} > {end}")
    if not 0 <= start <= len(values):
        raise t.ArrayIndexOutOfBounds(
            f"arraycopy: last source index {start + min(len(values) - start, end - start)} out of bounds for "
            f"{kind_text(values)}[{len(values)}]"
        )
    return _resized(values, start, end)


def _array_text(values: Any) -> str:
    return "null" if values is None else "[" + ", ".join(map(to_text, values)) + "]"


def _deep_text(values: Any) -> str:
    if values is None:
        return "null"
    return "[" + ", ".join(_deep_text(v) if isinstance(v, JavaArray) else to_text(v) for v in values) + "]"


def _same_arrays(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(map(equal, a, b))


def deep_equal(a: Any, b: Any) -> bool:
    """Objects.deepEquals: arrays by their items."""
    if isinstance(a, JavaArray) and isinstance(b, JavaArray):
        return a.component == b.component and len(a) == len(b) and all(map(deep_equal, a, b))
    return equal(a, b)


def _deep_hash(values: Any) -> int:
    if values is None:
        return 0
    code = 1
    for item in values:
        code = 31 * code + (_deep_hash(item) if isinstance(item, JavaArray) else hash_code(item))
    return wrap_int(code)


def _frozen_map(values: Any) -> FrozenMap:
    return FrozenMap((key, values[key]) for key in map_keys(values))


STATICS: dict[str, Any] = {
    "Collections.emptyList/0": FrozenList,
    "Collections.emptyMap/0": FrozenMap,
    "Collections.emptySet/0": FrozenSet,
    "Collections.emptySortedSet/0": TreeSet,
    "Collections.emptyNavigableSet/0": TreeSet,
    "Collections.emptySortedMap/0": TreeMap,
    "Collections.emptyNavigableMap/0": TreeMap,
    "Collections.emptyIterator/0": lambda: JavaIterator([]),
    "Collections.emptyListIterator/0": lambda: ListIterator([]),
    "Collections.emptyEnumeration/0": lambda: JavaIterator([]),
    "Collections.enumeration/1": JavaIterator,
    "Collections.list/1": list,
    "Collections.singletonList/1": lambda v: FrozenList([v]),
    "Collections.singleton/1": lambda v: FrozenSet([v]),
    "Collections.singletonMap/2": lambda k, v: FrozenMap({hashable(k): v}),
    "Collections.unmodifiableList/1": FrozenList,
    "Collections.unmodifiableMap/1": _frozen_map,
    "Collections.unmodifiableSet/1": FrozenSet,
    "Collections.unmodifiableSortedSet/1": FrozenSet,
    "Collections.unmodifiableNavigableSet/1": FrozenSet,
    "Collections.unmodifiableSortedMap/1": _frozen_map,
    "Collections.unmodifiableNavigableMap/1": _frozen_map,
    "Collections.unmodifiableCollection/1": lambda v: FrozenList(elements(v)),
    "Collections.nCopies/2": _copies,
    "Collections.sort/1": sort,
    "Collections.sort/2": sort,
    "Collections.reverse/1": lambda v: v.reverse(),
    "Collections.shuffle/1": _shuffle,
    "Collections.shuffle/2": _shuffle,
    "Collections.swap/3": _swap,
    "Collections.max/1": lambda v: _extreme(v, last=True),
    "Collections.max/2": lambda v, c: _extreme(v, c, last=True),
    "Collections.min/1": lambda v: _extreme(v, last=False),
    "Collections.min/2": lambda v, c: _extreme(v, c, last=False),
    "Collections.frequency/2": _frequency,
    "Collections.disjoint/2": lambda a, b: not any(contains(b, item) for item in elements(a)),
    "Collections.fill/2": lambda v, item: v.__setitem__(slice(None), [item] * len(v)),
    "Collections.addAll/2": add_all,
    "Collections.binarySearch/2": _search,
    "Collections.binarySearch/3": _search,
    "Collections.rotate/2": _rotate,
    "Collections.copy/2": _copy,
    "Collections.indexOfSubList/2": lambda v, part: _sub_list_at(v, part, last=False),
    "Collections.lastIndexOfSubList/2": lambda v, part: _sub_list_at(v, part, last=True),
    "Collections.replaceAll/3": _replace_all,
    "Collections.newSetFromMap/1": _set_from_map,
    "Arrays.asList/1": FixedList,
    "Arrays.sort/1": _sorted_array,
    "Arrays.sort/2": _sorted_array,
    "Arrays.sort/3": _sorted_array,
    "Arrays.sort/4": _sorted_array,
    "Arrays.fill/2": lambda v, item: v.__setitem__(slice(None), [item] * len(v)),
    "Arrays.toString/1": _array_text,
    "Arrays.stream/1": _array_stream,
    "Arrays.stream/3": _array_stream,
    "Arrays.equals/2": _same_arrays,
    "Arrays.hashCode/1": lambda v: 0 if v is None else hash_code(list(v)),
    "Arrays.copyOf/2": _copy_of,
    "Arrays.copyOfRange/3": _copy_of_range,
    "Arrays.binarySearch/2": _search,
    "Arrays.deepEquals/2": deep_equal,
    "Arrays.deepHashCode/1": _deep_hash,
    "Arrays.deepToString/1": _deep_text,
    "Objects.deepEquals/2": deep_equal,
    "System.arraycopy/5": array_copy,
}
CONSTANTS: dict[str, Any] = {
    "Collections.EMPTY_LIST": FrozenList(),
    "Collections.EMPTY_MAP": FrozenMap(),
    "Collections.EMPTY_SET": FrozenSet(),
}
