"""What java.util's collections do, as functions keyed by Java method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import array_copy, out_of_bounds, refused
from esmock.script.painless.runtime.containers import (
    MAX_SIZE,
    ArrayDeque,
    Entry,
    FrozenEntry,
    Hashtable,
    JavaIterator,
    JavaSet,
    LinkedHashSet,
    LinkedList,
    ListIterator,
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
from esmock.script.painless.runtime.values import HashMap, JavaArray, equal, hash_code, hashable, map_keys


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
        value = hashable(value)
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
        return hashable(value) in values
    return any(equal(value, item) for item in elements(values))


def remove_if(values: Any, test: Callable[[Any], bool]) -> bool:
    """Collection.removeIf; also behind removeAll and retainAll."""
    before = len(values)
    kept = [item for item in list(elements(values)) if not test(item)]
    if len(values) != before:
        raise t.ConcurrentModification(None)
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
    own = getattr(type(values), "at", None)
    return values[_bounds(values, index, len(values))] if own is None else own(values, index)


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


def _insert_element(values: list[Any], value: Any, index: int) -> None:
    """Vector.insertElementAt. Raises ArrayIndexOutOfBounds."""
    if index > len(values):
        raise t.ArrayIndexOutOfBounds(f"{index} > {len(values)}")
    list_insert(values, index, value)


def list_remove(values: list[Any], index: int) -> Any:
    changeable(values)
    return values.pop(_bounds(values, index, len(values)))


def _index_of(values: list[Any], value: Any) -> int:
    return next((at for at, item in enumerate(values) if equal(item, value)), -1)


def _last_index_from(values: Any, wanted: Any, start: int) -> int:
    """Vector.lastIndexOf, from an index back. Raises IndexOutOfBounds."""
    if start >= len(values):
        raise t.IndexOutOfBounds(f"{start} >= {len(values)}")
    return next((at for at in range(start, -1, -1) if equal(values[at], wanted)), -1)


def _last_index_of(values: list[Any], value: Any) -> int:
    return next((at for at in range(len(values) - 1, -1, -1) if equal(values[at], value)), -1)


def sort(values: list[Any], comparator: Any = None) -> None:
    if frozen(values) and values:
        raise refused(values)
    size = len(values)
    ordered = sorted(values, key=sort_key(comparator))
    if len(values) != size:
        raise t.ConcurrentModification(None)
    values[:] = ordered


def _sub_list(values: list[Any], start: int, end: int) -> list[Any]:
    if start < 0:
        raise t.IndexOutOfBounds(f"fromIndex = {start}")
    if end > len(values):
        raise t.IndexOutOfBounds(f"toIndex = {end}")
    if start > end:
        raise t.IllegalArgument(f"fromIndex({start}) > toIndex({end})")
    return values[start:end]


def _insert_all(values: list[Any], index: int, more: Any) -> bool:
    changeable(values)
    if not 0 <= index <= len(values):
        raise t.IndexOutOfBounds(f"Index: {index}, Size: {len(values)}")
    values[index:index] = list(elements(more))
    return bool(len(more))


def _list_iterator(values: list[Any], index: int = 0) -> ListIterator:
    if not 0 <= index <= len(values):
        raise t.IndexOutOfBounds(f"Index: {index}" + ("" if frozen(values) else f", Size: {len(values)}"))
    return ListIterator(values, index)


def _clone(values: Any) -> Any:
    """The copy, of the same class and in the same order."""
    if isinstance(values, TreeSet):
        return TreeSet(values.items, values.comparator)
    return type(values)(values.items if isinstance(values, JavaSet) else values)


def _remove_occurrence(values: list[Any], at: int) -> bool:
    if at >= 0:
        del values[at]
    return at >= 0


def _each_remaining(iterator: Any, consumer: Any) -> None:
    while iterator.j_hasNext():
        consumer(iterator.j_next())


def _within(values: list[Any], index: int) -> int:
    """An index of a Vector. Raises ArrayIndexOutOfBounds."""
    if index >= len(values):
        raise t.ArrayIndexOutOfBounds(f"{index} >= {len(values)}")
    if index < 0:
        raise t.ArrayIndexOutOfBounds(f"Index {index} out of bounds for length {len(values)}")
    return index


def _place(values: list[Any], value: Any, index: int) -> None:
    list_set(values, _within(values, index), value)


def _remove_at(values: list[Any], index: int) -> None:
    if index < 0:
        raise t.ArrayIndexOutOfBounds(f"Array index out of range: {index}")
    list_remove(values, _within(values, index))


def _replace_all(values: list[Any], function: Any) -> None:
    values[:] = [function(item) for item in values]


def each(values: Any, consumer: Any) -> None:
    size = len(values) if isinstance(values, list | dict | JavaSet | MapView) else None
    if isinstance(values, dict):
        for key in map_keys(values):
            consumer(key, values.get(key))
    else:
        for item in list(elements(values)):
            consumer(item)
            if isinstance(values, list) and len(values) != size:
                break
    if size is not None and len(values) != size:
        raise t.ConcurrentModification(None)


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
    "List.addAll/2": _insert_all,
    "List.equals/1": equal,
    "List.hashCode/0": hash_code,
    "List.get/1": list_get,
    "List.getLength/0": len,
    "List.indexOf/1": _index_of,
    "List.lastIndexOf/1": _last_index_of,
    "List.listIterator/0": _list_iterator,
    "List.listIterator/1": _list_iterator,
    "List.remove/1": list_remove,
    "List.replaceAll/1": _replace_all,
    "List.set/2": list_set,
    "List.sort/1": sort,
    "List.subList/2": _sub_list,
    "Set.equals/1": equal,
    "Set.hashCode/0": hash_code,
    "ArrayList.trimToSize/0": lambda v: None,
    "ArrayList.clone/0": _clone,
    "ArrayDeque.clone/0": _clone,
    "HashSet.clone/0": _clone,
    "LinkedList.clone/0": _clone,
    "TreeSet.clone/0": _clone,
    "Vector.clone/0": _clone,
    "Vector.lastIndexOf/2": _last_index_from,
    "Vector.addElement/1": lambda v, item: v.append(item),
    "Vector.copyInto/1": lambda v, target: array_copy(v, 0, target, 0, len(v)),
    "Vector.elementAt/1": lambda v, at: list_get(v, _within(v, at)),
    "Vector.elements/0": JavaIterator,
    "Vector.firstElement/0": _look,
    "Vector.insertElementAt/2": _insert_element,
    "Vector.lastElement/0": lambda v: _look(v, -1),
    "Vector.removeAllElements/0": clear,
    "Vector.removeElement/1": remove,
    "Vector.removeElementAt/1": _remove_at,
    "Vector.setElementAt/2": _place,
    "Iterator.forEachRemaining/1": _each_remaining,
    "PrimitiveIterator.forEachRemaining/1": _each_remaining,
    "Deque.remove/1": remove,
    "Deque.removeFirstOccurrence/1": lambda v, item: _remove_occurrence(v, _index_of(v, item)),
    "Deque.removeLastOccurrence/1": lambda v, item: _remove_occurrence(v, _last_index_of(v, item)),
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


def _items(values: Any) -> list[Any]:
    return list(elements(values))


def _copy_map(kind: Any) -> Any:
    def copy(values: Any = None, *_: Any) -> Any:
        if not isinstance(values, dict):
            return kind()
        copied = kind((key, values[key]) for key in map_keys(values))
        return copied.presized(len(values)) if isinstance(copied, HashMap) else copied

    return copy


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
    ("IdentityHashMap", _copy_map(HashMap)),
    ("Hashtable", _copy_map(Hashtable)),
    ("LinkedHashMap", _copy_map(dict)),
    ("PriorityQueue", _queue),
):
    CONSTRUCTORS |= {f"{_name}/{_count_}": _maker for _count_ in (0, 1, 2)}
CONSTRUCTORS |= {
    "AbstractMap.SimpleEntry/2": Entry,
    "AbstractMap.SimpleImmutableEntry/2": FrozenEntry,
    "AbstractMap.SimpleImmutableEntry/1": lambda e: FrozenEntry(e.key, e.value),
    "AbstractMap.SimpleEntry/1": lambda e: Entry(e.key, e.value),
}
