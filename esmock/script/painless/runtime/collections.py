"""What java.util's collections do, as functions keyed by Java method."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import out_of_bounds, refused
from esmock.script.painless.runtime.containers import (
    MAX_SIZE,
    ArrayDeque,
    Entry,
    FixedList,
    FrozenList,
    FrozenMap,
    FrozenSet,
    JavaIterator,
    JavaSet,
    LinkedHashSet,
    LinkedList,
    MapView,
    PriorityQueue,
    Stack,
    TreeMap,
    TreeSet,
    Vector,
    changeable,
    elements,
    frozen,
    remove,
)
from esmock.script.painless.runtime.ordering import compare, sort_key
from esmock.script.painless.runtime.values import HashMap, JavaArray, equal, hash_code, map_keys, to_text


def add(values: Any, value: Any) -> bool:
    """Collection.add."""
    if type(values) is list:
        if len(values) > MAX_SIZE:
            raise t.OutOfMemory("Java heap space")
        values.append(value)
        return True
    changeable(values)
    if isinstance(values, JavaSet):
        if isinstance(values, TreeSet):
            (values.comparator or compare)(value, next(iter(values.items), value))
        if value in values.items:
            return False
        values.items[value] = None
        return True
    if isinstance(values, PriorityQueue):
        values.insert_sorted(value)
        return True
    if not isinstance(values, list):
        raise t.UnsupportedOperation(None)
    values.append(value)
    return True


def add_all(values: Any, more: Any) -> bool:
    changed = False
    for item in list(elements(more) or ()):
        changed |= add(values, item)
    return changed


def contains(values: Any, value: Any) -> bool:
    if isinstance(values, JavaSet | MapView):
        return value in values
    return any(equal(value, item) for item in elements(values))


def remove_if(values: Any, test: Callable[[Any], bool]) -> bool:
    """Collection.removeIf; also behind removeAll and retainAll."""
    before = len(values)
    kept = [item for item in elements(values) if not test(item)]
    if len(kept) == before:
        return False
    changeable(values)
    if isinstance(values, JavaSet):
        values.items = dict.fromkeys(kept)
    elif isinstance(values, MapView):
        keep = {e.key if isinstance(e, Entry) else e for e in kept}
        if values.kind == "values":
            keep = {k for k in values.owner if any(values.owner[k] is v for v in kept)}
        for key in [k for k in values.owner if k not in keep]:
            del values.owner[key]
    else:
        values[:] = kept
    return True


def clear(values: Any) -> None:
    if not len(values):
        return
    changeable(values)
    (values.items if isinstance(values, JavaSet) else values.owner if isinstance(values, MapView) else values).clear()


def _bounds(values: list[Any], index: int, length: int) -> int:
    if not 0 <= index < length:
        is_linked = isinstance(values, LinkedList)
        raise t.IndexOutOfBounds(f"Index: {index}, Size: {length}" if is_linked else out_of_bounds(index, length))
    return index


def list_get(values: list[Any], index: int) -> Any:
    """List.get."""
    return values[_bounds(values, index, len(values))]


def list_set(values: list[Any], index: int, value: Any) -> Any:
    if frozen(values):
        raise refused(values)
    old = values[_bounds(values, index, len(values))]
    values[index] = value
    return old


def list_insert(values: list[Any], index: int, value: Any) -> None:
    changeable(values)
    if not 0 <= index <= len(values):
        raise t.IndexOutOfBounds(f"Index: {index}, Size: {len(values)}")
    values.insert(index, value)


def list_remove(values: list[Any], index: int) -> Any:
    changeable(values)
    return values.pop(_bounds(values, index, len(values)))


def _index_of(values: list[Any], value: Any) -> int:
    return next((at for at, item in enumerate(values) if equal(item, value)), -1)


def _last_index_of(values: list[Any], value: Any) -> int:
    return next((at for at in range(len(values) - 1, -1, -1) if equal(values[at], value)), -1)


def sort(values: list[Any], comparator: Any = None) -> None:
    if frozen(values):
        raise refused(values)
    ordered = sorted(values, key=sort_key(comparator))
    values[:] = ordered


def _sub_list(values: list[Any], start: int, end: int) -> list[Any]:
    if start < 0:
        raise t.IndexOutOfBounds(f"fromIndex = {start}")
    if end > len(values):
        raise t.IndexOutOfBounds(f"toIndex = {end}")
    if start > end:
        raise t.IllegalArgument(f"fromIndex({start}) > toIndex({end})")
    return values[start:end]


def _replace_all(values: list[Any], function: Any) -> None:
    values[:] = [function(item) for item in values]


def each(values: Any, consumer: Any) -> None:
    if isinstance(values, dict):
        for key in map_keys(values):
            consumer(key, values[key])
        return
    for item in list(elements(values)):
        consumer(item)


def navigate(values: Any, key: Any, test: Callable[[int], bool], *, last: bool) -> Any:
    order = values.comparator or compare
    found = [k for k in (values.ordered_keys() if isinstance(values, TreeMap) else values.ordered()) if test(order(k, key))]
    return (found[-1] if last else found[0]) if found else None


def first(values: Any) -> Any:
    if not len(values):
        raise t.NoSuchElement(None)
    return (values.ordered_keys() if isinstance(values, TreeMap) else elements(values))[0]


def last(values: Any) -> Any:
    if not len(values):
        raise t.NoSuchElement(None)
    return (values.ordered_keys() if isinstance(values, TreeMap) else elements(values))[-1]


def _pop(values: list[Any]) -> Any:
    if not values:
        raise t.EmptyStack(None)
    return values.pop()


def _peek(values: list[Any]) -> Any:
    if not values:
        raise t.EmptyStack(None)
    return values[-1]


def _push(values: list[Any], value: Any) -> Any:
    values.append(value)
    return value


def _poll(values: list[Any], at: int = 0) -> Any:
    return values.pop(at) if values else None


def _take(values: list[Any], at: int = 0) -> Any:
    if not values:
        raise t.NoSuchElement(None)
    return values.pop(at)


def _look(values: list[Any], at: int = 0) -> Any:
    if not values:
        raise t.NoSuchElement(None)
    return values[at]


def _stream(values: Any) -> Any:
    from esmock.script.painless.runtime.streams import Stream

    return Stream(list(elements(values)))


def _array(values: Any, *_: Any) -> JavaArray:
    return JavaArray("def", list(elements(values)))


def _offer_first(values: list[Any], value: Any) -> bool:
    values.insert(0, value)
    return True


METHODS: dict[str, Any] = {
    "Iterable.forEach/1": each,
    "Iterable.iterator/0": JavaIterator,
    "Iterable.asCollection/0": lambda v: v,
    "Iterable.asList/0": lambda v: v if isinstance(v, list) else list(elements(v)),
    "Collection.add/1": add,
    "Collection.addAll/1": add_all,
    "Collection.clear/0": clear,
    "Collection.contains/1": contains,
    "Collection.containsAll/1": lambda v, more: all(contains(v, item) for item in elements(more)),
    "Collection.isEmpty/0": lambda v: not len(v),
    "Collection.remove/1": remove,
    "Collection.removeAll/1": lambda v, more: remove_if(v, lambda item: contains(more, item)),
    "Collection.removeIf/1": remove_if,
    "Collection.retainAll/1": lambda v, more: remove_if(v, lambda item: not contains(more, item)),
    "Collection.size/0": len,
    "Collection.stream/0": _stream,
    "Collection.toArray/0": _array,
    "Collection.toArray/1": _array,
    "Set.remove/1": remove,
    "List.add/2": list_insert,
    "List.addAll/2": lambda v, at, more: v.__setitem__(slice(at, at), list(elements(more))) or bool(len(more)),
    "List.equals/1": equal,
    "List.hashCode/0": hash_code,
    "List.get/1": list_get,
    "List.getLength/0": len,
    "List.indexOf/1": _index_of,
    "List.lastIndexOf/1": _last_index_of,
    "List.listIterator/0": JavaIterator,
    "List.listIterator/1": JavaIterator,
    "List.remove/1": list_remove,
    "List.replaceAll/1": _replace_all,
    "List.set/2": list_set,
    "List.sort/1": sort,
    "List.subList/2": _sub_list,
    "Set.equals/1": equal,
    "Set.hashCode/0": hash_code,
    "ArrayList.trimToSize/0": lambda v: None,
    "ArrayList.clone/0": lambda v: list(v),
    "SortedSet.first/0": first,
    "SortedSet.last/0": last,
    "NavigableSet.floor/1": lambda v, k: navigate(v, k, lambda c: c <= 0, last=True),
    "NavigableSet.lower/1": lambda v, k: navigate(v, k, lambda c: c < 0, last=True),
    "NavigableSet.ceiling/1": lambda v, k: navigate(v, k, lambda c: c >= 0, last=False),
    "NavigableSet.higher/1": lambda v, k: navigate(v, k, lambda c: c > 0, last=False),
    "NavigableSet.pollFirst/0": lambda v: v.items.pop(x := first(v)) or x if len(v) else None,
    "NavigableSet.pollLast/0": lambda v: v.items.pop(x := last(v)) or x if len(v) else None,
    "Stack.push/1": _push,
    "Stack.pop/0": _pop,
    "Stack.peek/0": _peek,
    "Stack.empty/0": lambda v: not v,
    "Stack.search/1": lambda v, item: len(v) - found if (found := _last_index_of(v, item)) >= 0 else -1,
    "Queue.peek/0": lambda v: v[0] if v else None,
    "Queue.poll/0": _poll,
    "Queue.offer/1": add,
    "Queue.remove/0": _take,
    "Queue.element/0": _look,
    "Deque.addFirst/1": lambda v, item: v.insert(0, item),
    "Deque.addLast/1": lambda v, item: v.append(item),
    "Deque.offerFirst/1": _offer_first,
    "Deque.offerLast/1": add,
    "Deque.getFirst/0": _look,
    "Deque.getLast/0": lambda v: _look(v, -1),
    "Deque.peekFirst/0": lambda v: v[0] if v else None,
    "Deque.peekLast/0": lambda v: v[-1] if v else None,
    "Deque.pollFirst/0": _poll,
    "Deque.pollLast/0": lambda v: _poll(v, -1),
    "Deque.removeFirst/0": _take,
    "Deque.removeLast/0": lambda v: _take(v, -1),
    "Deque.push/1": lambda v, item: v.insert(0, item),
    "Deque.pop/0": _take,
    "Deque.descendingIterator/0": lambda v: JavaIterator(list(v)[::-1]),
}


def _extreme(values: Any, comparator: Any = None, *, last: bool) -> Any:
    items = sorted(elements(values), key=sort_key(comparator))
    if not items:
        raise t.NoSuchElement(None)
    return items[-1 if last else 0]


def _shuffle(values: list[Any], source: Any = None) -> None:
    random.shuffle(values)


def _sorted_array(values: list[Any], *args: Any) -> None:
    if len(args) >= 2:
        values[args[0] : args[1]] = sorted(values[args[0] : args[1]], key=sort_key(None))
    else:
        sort(values, *args)


def _array_stream(values: JavaArray) -> Any:
    from esmock.script.painless.runtime.streams import Stream

    kind = values.component if values.component in ("int", "long", "double") else "object"
    return Stream(list(values), kind)


def _frequency(values: Any, value: Any) -> int:
    return sum(equal(value, item) for item in elements(values))


def _search(values: list[Any], key: Any, *args: Any) -> int:
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        order = compare(values[middle], key)
        if order < 0:
            low = middle + 1
        elif order > 0:
            high = middle - 1
        else:
            return middle
    return -(low + 1)


STATICS: dict[str, Any] = {
    "Collections.emptyList/0": lambda: FrozenList(),
    "Collections.emptyMap/0": lambda: FrozenMap(),
    "Collections.emptySet/0": lambda: FrozenSet(),
    "Collections.singletonList/1": lambda v: FrozenList([v]),
    "Collections.singleton/1": lambda v: FrozenSet([v]),
    "Collections.singletonMap/2": lambda k, v: FrozenMap({k: v}),
    "Collections.unmodifiableList/1": FrozenList,
    "Collections.unmodifiableMap/1": lambda m: FrozenMap((k, m[k]) for k in map_keys(m)),
    "Collections.unmodifiableSet/1": FrozenSet,
    "Collections.unmodifiableCollection/1": lambda v: FrozenList(elements(v)),
    "Collections.nCopies/2": lambda n, v: FrozenList([v] * n),
    "Collections.sort/1": sort,
    "Collections.sort/2": sort,
    "Collections.reverse/1": lambda v: v.reverse(),
    "Collections.shuffle/1": _shuffle,
    "Collections.shuffle/2": _shuffle,
    "Collections.swap/3": lambda v, a, b: v.__setitem__(a, v[b]) if a == b else _swap(v, a, b),
    "Collections.max/1": lambda v: _extreme(v, last=True),
    "Collections.max/2": lambda v, c: _extreme(v, c, last=True),
    "Collections.min/1": lambda v: _extreme(v, last=False),
    "Collections.min/2": lambda v, c: _extreme(v, c, last=False),
    "Collections.frequency/2": _frequency,
    "Collections.disjoint/2": lambda a, b: not any(contains(b, item) for item in elements(a)),
    "Collections.fill/2": lambda v, item: v.__setitem__(slice(None), [item] * len(v)),
    "Collections.addAll/2": add_all,
    "Collections.binarySearch/2": _search,
    "Collections.rotate/2": lambda v, n: v.__setitem__(slice(None), v[-n % len(v) :] + v[: -n % len(v)]) if v else None,
    "Arrays.asList/1": FixedList,
    "Arrays.sort/1": _sorted_array,
    "Arrays.sort/2": _sorted_array,
    "Arrays.sort/3": _sorted_array,
    "Arrays.fill/2": lambda v, item: v.__setitem__(slice(None), [item] * len(v)),
    "Arrays.toString/1": lambda v: "null" if v is None else "[" + ", ".join(map(to_text, v)) + "]",
    "Arrays.stream/1": _array_stream,
    "Arrays.equals/2": lambda a, b: len(a) == len(b) and all(map(equal, a, b)),
    "Arrays.hashCode/1": lambda v: hash_code(list(v)),
    "Arrays.copyOf/2": lambda v, n: JavaArray(v.component, (list(v) + [_default(v)] * n)[:n]),
    "Arrays.copyOfRange/3": lambda v, a, b: JavaArray(v.component, (list(v) + [_default(v)] * b)[a:b]),
    "Arrays.binarySearch/2": _search,
}


def _swap(values: list[Any], a: int, b: int) -> None:
    values[a], values[b] = values[b], values[a]


def _default(values: JavaArray) -> Any:
    from esmock.script.painless.runtime.arrays import new_array

    return new_array(values.component, 1)[0]


def _items(values: Any) -> list[Any]:
    return list(elements(values))


def _copy_map(kind: Any) -> Any:
    return lambda values=None: kind((k, values[k]) for k in map_keys(values)) if isinstance(values, dict) else kind()


def _tree_map(source: Any = None) -> TreeMap:
    return TreeMap(source) if isinstance(source, dict) else TreeMap((), source)


def _tree_set(source: Any = None) -> TreeSet:
    return TreeSet((), source) if callable(source) else TreeSet(_items(source) if source is not None else ())


def _sized(kind: Any) -> Any:
    return lambda source=None, *_: kind(_items(source)) if source is not None and not isinstance(source, int) else kind()


def _queue(*args: Any) -> PriorityQueue:
    comparator = next((a for a in args if callable(a)), None)
    source = next((a for a in args if isinstance(a, list | JavaSet)), ())
    return PriorityQueue(_items(source) if source else (), comparator)


CONSTRUCTORS: dict[str, Any] = {}
for _name, _maker in (
    ("ArrayList", _sized(list)),
    ("LinkedList", _sized(LinkedList)),
    ("ArrayDeque", _sized(ArrayDeque)),
    ("Vector", _sized(Vector)),
    ("Stack", _sized(Stack)),
    ("HashSet", _sized(JavaSet)),
    ("LinkedHashSet", _sized(LinkedHashSet)),
    ("TreeSet", _tree_set),
    ("TreeMap", _tree_map),
    ("HashMap", _copy_map(HashMap)),
    ("LinkedHashMap", _copy_map(dict)),
    ("PriorityQueue", _queue),
):
    CONSTRUCTORS |= {f"{_name}/{_count_}": _maker for _count_ in (0, 1, 2)}
CONSTRUCTORS |= {
    "AbstractMap.SimpleEntry/2": Entry,
    "AbstractMap.SimpleImmutableEntry/2": Entry,
    "AbstractMap.SimpleEntry/1": lambda e: Entry(e.key, e.value),
}
CONSTANTS: dict[str, Any] = {
    "Collections.EMPTY_LIST": FrozenList(),
    "Collections.EMPTY_MAP": FrozenMap(),
    "Collections.EMPTY_SET": FrozenSet(),
}

