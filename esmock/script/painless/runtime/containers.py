"""The classes of java.util's collections. Lists are Python lists, maps Python dicts, with a Java class where behaviour differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.arrays import refused
from esmock.script.painless.runtime.ordering import sort_key
from esmock.script.painless.runtime.values import (
    bucket_order,
    equal,
    hash_code,
    hashable,
    map_keys,
    to_text,
    wrap_int,
)

MAX_SIZE = 20_000_000


class LinkedList(list[Any]):
    java_class = "java.util.LinkedList"


class ArrayDeque(list[Any]):
    java_class = "java.util.ArrayDeque"


class Vector(list[Any]):
    java_class = "java.util.Vector"


class Stack(Vector):
    java_class = "java.util.Stack"


class FixedList(list[Any]):
    """Arrays.asList: items can be replaced, the size is fixed."""

    java_class = "java.util.Arrays.ArrayList"
    java_parents = ("java.util.AbstractList",)
    fixed = True


class FrozenList(list[Any]):
    """An unmodifiable list."""

    java_class = "java.util.Collections.UnmodifiableList"
    java_parents = ("java.util.List",)
    frozen = True
    fixed = True


class PriorityQueue(list[Any]):
    """Kept sorted: polls like a heap; its text shows sorted order."""

    java_class = "java.util.PriorityQueue"

    def __init__(self, values: Iterable[Any] = (), comparator: Any = None) -> None:
        super().__init__(sorted(values, key=sort_key(comparator)))
        self.comparator = comparator

    def insert_sorted(self, value: Any) -> None:
        self.append(value)
        self.sort(key=sort_key(self.comparator))


class FrozenMap(dict[Any, Any]):
    """An unmodifiable map."""

    java_class = "java.util.Collections.UnmodifiableMap"
    java_parents = ("java.util.Map",)
    frozen = True
    refusal_lines = MappingProxyType({"put": 1505, "remove": 1508})


class TreeMap(dict[Any, Any]):
    """A map in the order of its keys."""

    java_class = "java.util.TreeMap"

    def __init__(self, values: Any = (), comparator: Any = None) -> None:
        super().__init__(values)
        self.comparator = comparator

    def ordered_keys(self) -> list[Any]:
        return sorted(super().__iter__(), key=sort_key(self.comparator))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.ordered_keys())

    def items(self) -> Any:
        return [(key, self[key]) for key in self.ordered_keys()]


class Hashtable(dict[Any, Any]):
    """java.util.Hashtable: its order is that of its buckets, from the last, the youngest first."""

    java_class = "java.util.Hashtable"

    def ordered_keys(self) -> list[Any]:
        size = 11
        while len(self) > size * 0.75:
            size = size * 2 + 1
        keys = list(super().__iter__())[::-1]
        return sorted(keys, key=lambda key: -((hash_code(key) & 0x7FFFFFFF) % size))


class JavaSet:
    """HashSet, LinkedHashSet and TreeSet by ``order``."""

    java_class = "java.util.HashSet"

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.items: dict[Any, None] = dict.fromkeys(map(hashable, values))

    def ordered(self) -> list[Any]:
        return bucket_order(list(self.items), len(self.items))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.ordered())

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, value: Any) -> bool:
        return value in self.items

    def j_toString(self) -> str:
        return "[" + ", ".join(map(to_text, self.ordered())) + "]"

    def j_equals(self, other: Any) -> bool:
        found = elements(other) if isinstance(other, JavaSet | MapView) else None
        return found is not None and len(found) == len(self) and all(item in self.items for item in found)

    def j_hashCode(self) -> int:
        return wrap_int(sum(map(hash_code, self.items)))


class LinkedHashSet(JavaSet):
    java_class = "java.util.LinkedHashSet"

    def ordered(self) -> list[Any]:
        return list(self.items)


class TreeSet(JavaSet):
    java_class = "java.util.TreeSet"

    def __init__(self, values: Iterable[Any] = (), comparator: Any = None) -> None:
        super().__init__(values)
        self.comparator = comparator

    def ordered(self) -> list[Any]:
        return sorted(self.items, key=sort_key(self.comparator))


class FrozenSet(JavaSet):
    java_class = "java.util.Collections.UnmodifiableSet"
    java_parents = ("java.util.Set",)
    frozen = True

    def ordered(self) -> list[Any]:
        return list(self.items)


class Entry:
    """Map.Entry, writing through to its map."""

    java_class = "java.util.AbstractMap.SimpleEntry"
    __slots__ = ("key", "owner", "value")

    def __init__(self, key: Any, value: Any, owner: Any = None) -> None:
        self.key, self.value, self.owner = key, value, owner

    def j_getKey(self) -> Any:
        return self.key

    def j_getValue(self) -> Any:
        return self.value

    def j_setValue(self, value: Any) -> Any:
        old, self.value = self.value, value
        if self.owner is not None:
            self.owner[self.key] = value
        return old

    def j_toString(self) -> str:
        return f"{to_text(self.key)}={to_text(self.value)}"

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Entry) and equal(self.key, other.key) and equal(self.value, other.value)

    def j_hashCode(self) -> int:
        return hash_code(self.key) ^ hash_code(self.value)


class FrozenEntry(Entry):
    """AbstractMap.SimpleImmutableEntry."""

    java_class = "java.util.AbstractMap.SimpleImmutableEntry"
    __slots__ = ()

    def j_setValue(self, value: Any) -> Any:
        raise t.UnsupportedOperation(None)


class Node(Entry):
    """An entry of a HashMap."""

    __slots__ = ()
    java_class = "java.util.HashMap.Node"
    java_parents = ("java.util.Map.Entry",)


class LinkedEntry(Node):
    """An entry of a LinkedHashMap."""

    __slots__ = ()
    java_class = "java.util.LinkedHashMap.Entry"


class TreeEntry(Node):
    """An entry of a TreeMap."""

    __slots__ = ()
    java_class = "java.util.TreeMap.Entry"


class MapView:
    """keySet, values and entrySet: live views of a map."""

    def __init__(self, owner: Any, kind: str) -> None:
        self.owner, self.kind = owner, kind

    java_class = "java.util.HashMap.View"
    java_parents = ("java.util.Set",)

    def __len__(self) -> int:
        return len(self.owner)

    def ordered(self) -> list[Any]:
        keys = map_keys(self.owner)
        if self.kind == "keys":
            return keys
        if self.kind == "values":
            return [self.owner[key] for key in keys]
        kinds: dict[type, type[Entry]] = {dict: LinkedEntry, TreeMap: TreeEntry}
        kind = kinds.get(type(self.owner), Node)
        return [kind(key, self.owner[key], self.owner) for key in keys]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.ordered())

    def __contains__(self, value: Any) -> bool:
        if self.kind == "keys":
            return value in self.owner
        return any(equal(value, item) for item in self.ordered())

    def j_toString(self) -> str:
        return "[" + ", ".join(map(to_text, self.ordered())) + "]"

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, JavaSet | MapView) and len(other) == len(self) and all(v in other for v in self)

    def j_hashCode(self) -> int:
        return wrap_int(sum(map(hash_code, self.ordered())))


class JavaIterator:
    """Iterator over a snapshot, removing from its source."""

    java_class = "java.util.Iterator"
    java_parents = ("java.util.Enumeration",)

    def __init__(self, source: Any, at: int = 0) -> None:
        self.source, self.items, self.at = source, list(elements(source) or ()), at
        self._size = self._source_size()
        self.given: int | None = None
        """Where the item is that was given last; None when it is gone or there was none."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items[self.at :])

    def j_hasNext(self) -> bool:
        return self.at < len(self.items)

    j_hasMoreElements = j_hasNext

    def j_next(self) -> Any:
        self._check()
        if self.at >= len(self.items):
            raise t.NoSuchElement(None)
        self.at += 1
        self.given = self.at - 1
        return self.items[self.given]

    j_nextElement = j_next

    def _source_size(self) -> int:
        return len(self.source) if isinstance(self.source, list | JavaSet | MapView) else 0

    def _check(self) -> None:
        """Raises ConcurrentModification where others have added to the source or taken from it."""
        if self._source_size() != self._size:
            raise t.ConcurrentModification(None)

    def _last(self) -> int:
        if self.given is None:
            raise t.IllegalState(None)
        return self.given

    def j_remove(self) -> None:
        changeable(self.source)
        at = self._last()
        self._check()
        item = self.items.pop(at)
        if isinstance(self.source, list):
            del self.source[at]
        elif isinstance(self.source, MapView):
            del self.source.owner[item.key if isinstance(item, Entry) else item]
        else:
            remove(self.source, item)
        self.at, self.given = at, None
        self._size = self._source_size()


class ListIterator(JavaIterator):
    """An iterator of a list, that also goes back and changes."""

    java_class = "java.util.ListIterator"

    def j_hasPrevious(self) -> bool:
        return self.at > 0

    def j_previous(self) -> Any:
        if self.at == 0:
            raise t.NoSuchElement(None)
        self.at -= 1
        self.given = self.at
        return self.items[self.at]

    def j_nextIndex(self) -> int:
        return self.at

    def j_previousIndex(self) -> int:
        return self.at - 1

    def j_set(self, value: Any) -> None:
        if frozen(self.source):
            raise t.UnsupportedOperation(None)
        self.items[self._last()] = value
        self.source[self._last()] = value

    def j_add(self, value: Any) -> None:
        changeable(self.source)
        self.items.insert(self.at, value)
        self.source.insert(self.at, value)
        self._size = self._source_size()
        self.at += 1
        self.given = None


def elements(values: Any) -> Any:
    """The items of anything that can be iterated, in Java's order; None for other things."""
    if isinstance(values, list):
        return values
    if isinstance(values, JavaSet | MapView):
        return values.ordered()
    if isinstance(values, JavaIterator):
        return values
    for base in type(values).__mro__:
        own = base.__dict__.get("java_elements")
        if own is not None:
            return own(values)
    return None


def unchanged(values: Any, items: Any) -> Any:
    """The items as a loop meets them. Raises ConcurrentModification where the loop adds to them or takes some away."""
    if isinstance(values, list):
        return _unchanged_list(values)
    if isinstance(values, JavaSet | MapView):
        return _unchanged_keys(values, items)
    return items


def _unchanged_list(values: list[Any]) -> Iterator[Any]:
    size, at = len(values), 0
    while at != len(values):
        if len(values) != size:
            raise t.ConcurrentModification(None)
        yield values[at]
        at += 1


def _unchanged_keys(values: Any, items: list[Any]) -> Iterator[Any]:
    for item in items:
        if len(values) != len(items):
            raise t.ConcurrentModification(None)
        yield item


def frozen(values: Any) -> bool:
    return any("frozen" in base.__dict__ for base in type(values).__mro__)


def changeable(values: Any) -> Any:
    """The collection itself. Raises UnsupportedOperation for those of fixed size."""
    if frozen(values) or "fixed" in type(values).__dict__:
        raise refused(values)
    return values


def remove(values: Any, value: Any) -> bool:
    """Collection.remove of an object."""
    changeable(values)
    if isinstance(values, JavaSet):
        return values.items.pop(value, values) is None
    if isinstance(values, MapView):
        return values.owner.pop(value, values) is not values
    for at, item in enumerate(values):
        if equal(item, value):
            del values[at]
            return True
    return False
