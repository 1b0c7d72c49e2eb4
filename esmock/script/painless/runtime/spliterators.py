"""java.util's Spliterator: a way through elements that can be split."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import (
    FixedList,
    JavaIterator,
    JavaSet,
    LinkedList,
    MapView,
    elements,
)

DISTINCT, SORTED, ORDERED, SIZED, NONNULL, IMMUTABLE, CONCURRENT, SUBSIZED = 1, 4, 16, 64, 256, 1024, 4096, 16384


class Spliterator:
    """The elements from ``at`` on, with what is known of them as bits."""

    java_class = "java.util.Spliterators.ArraySpliterator"
    java_parents = ("java.util.Spliterator",)

    def __init__(self, items: list[Any], traits: int, size: int | None = None) -> None:
        self.items, self.traits, self.at = items, traits, 0
        self._size = size

    def j_characteristics(self) -> int:
        return self.traits

    def j_hasCharacteristics(self, traits: int) -> bool:
        return self.traits & traits == traits

    def j_estimateSize(self) -> int:
        return len(self.items) - self.at if self._size is None else self._size

    def j_getExactSizeIfKnown(self) -> int:
        return self.j_estimateSize() if self.traits & SIZED else -1

    def j_getComparator(self) -> Any:
        if self.traits & SORTED:
            return None
        raise t.IllegalState(None)

    def j_tryAdvance(self, consumer: Any) -> bool:
        if consumer is None:
            raise t.NullPointer(None)
        if self.at >= len(self.items):
            return False
        self.at += 1
        consumer(self.items[self.at - 1])
        return True

    def j_forEachRemaining(self, consumer: Any) -> None:
        while self.j_tryAdvance(consumer):
            pass

    def j_trySplit(self) -> Any:
        middle = (self.at + len(self.items)) // 2
        if middle <= self.at:
            return None
        first = type(self)(self.items[self.at : middle], self.traits)
        self.at = middle
        return first


class IntSpliterator(Spliterator):
    java_parents = ("java.util.Spliterator.OfInt",)


class LongSpliterator(Spliterator):
    java_parents = ("java.util.Spliterator.OfLong",)


class DoubleSpliterator(Spliterator):
    java_parents = ("java.util.Spliterator.OfDouble",)


_KINDS = {"int": IntSpliterator, "long": LongSpliterator, "double": DoubleSpliterator, "object": Spliterator}


def of_stream(kind: str, items: list[Any]) -> Spliterator:
    return _KINDS[kind](items, ORDERED | SIZED | SUBSIZED)


def of_collection(values: Any, traits: int | None = None) -> Spliterator:
    """Collection.spliterator, or Spliterators.spliterator with more that is known."""
    items = list(elements(values) or ())
    if traits is not None:
        return Spliterator(items, traits | SIZED | SUBSIZED)
    if isinstance(values, LinkedList):
        return Spliterator(items, ORDERED | SIZED | SUBSIZED)
    if isinstance(values, JavaSet | MapView):
        return Spliterator(items, SIZED | DISTINCT)
    if isinstance(values, FixedList):
        return Spliterator(items, ORDERED | SIZED | SUBSIZED)
    return Spliterator(items, ORDERED | SIZED | SUBSIZED)


def of_iterator(iterator: Any, *known: int) -> Spliterator:
    """Of an iterator: (size, traits), or the traits alone when the size is not known."""
    items = list(iterator)
    if len(known) == 2:
        return Spliterator(items, known[1] | SIZED | SUBSIZED, known[0])
    return Spliterator(items, known[0] & ~(SIZED | SUBSIZED), (1 << 63) - 1)


def _iterator(spliterator: Spliterator) -> JavaIterator:
    rest = spliterator.items[spliterator.at :]
    spliterator.at = len(spliterator.items)
    return JavaIterator(rest)


METHODS: dict[str, Any] = {
    "Iterable.spliterator/0": of_collection,
    "Collection.spliterator/0": of_collection,
}
STATICS: dict[str, Any] = {
    f"Spliterators.empty{name}Spliterator/0": lambda kind=kind: kind([], SIZED | SUBSIZED)
    for name, kind in (
        ("", Spliterator), ("Int", IntSpliterator), ("Long", LongSpliterator), ("Double", DoubleSpliterator)
    )
} | {
    "Spliterators.iterator/1": _iterator,
    "Spliterators.spliterator/2": of_collection,
    "Spliterators.spliterator/3": of_iterator,
    "Spliterators.spliteratorUnknownSize/2": of_iterator,
}
CONSTANTS: dict[str, Any] = {
    f"Spliterator.{name}": globals()[name]
    for name in ("CONCURRENT", "DISTINCT", "IMMUTABLE", "NONNULL", "ORDERED", "SIZED", "SORTED", "SUBSIZED")
}
