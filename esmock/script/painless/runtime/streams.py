"""java.util.stream over Python iterators."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from esmock.addition import as_a_stream
from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaIterator
from esmock.script.painless.runtime.convert import boxed, number_as
from esmock.script.painless.runtime.formatting import format_text
from esmock.script.painless.runtime.limits import LOOP_MESSAGE
from esmock.script.painless.runtime.objects import Optional, optional_of
from esmock.script.painless.runtime.ordering import compare, sort_key
from esmock.script.painless.runtime.values import JavaArray, hashable

STEP_LIMIT = 5_000_000
_MOST_SECONDS = 5
_OPTIONALS = {"int": "OptionalInt", "long": "OptionalLong", "double": "OptionalDouble", "object": "Optional"}


def limited(values: Iterable[Any]) -> Iterator[Any]:
    """The values, but not without end."""
    until = time.monotonic() + _MOST_SECONDS
    for count, value in enumerate(values):
        if count > STEP_LIMIT or (count % 4096 == 4095 and time.monotonic() > until):
            raise t.PainlessError(LOOP_MESSAGE)
        yield value


_NOTHING: Any = object()


class Stream:
    """Stream, IntStream, LongStream or DoubleStream by ``kind``; primitives travel unboxed."""

    java_class = "java.util.stream.ReferencePipeline"
    java_parents = ("java.util.stream.Stream",)

    def __new__(cls, values: Iterable[Any] = (), kind: str = "object") -> Stream:
        chosen = {"int": IntStream, "long": LongStream, "double": DoubleStream}.get(kind, cls)
        return object.__new__(chosen)

    def __init__(self, values: Iterable[Any], kind: str = "object") -> None:
        self.values, self.kind = values, kind

    def _items(self) -> Iterator[Any]:
        values, self.values = self.values, None  # type: ignore[assignment]
        if values is None:
            raise t.IllegalState("stream has already been operated upon or closed")
        return limited(values)

    def java_elements(self) -> Any:
        return self._items()

    def _box(self, value: Any) -> Any:
        return boxed(value, self.kind)

    def _same(self, values: Iterable[Any]) -> Stream:
        return Stream(values, self.kind)

    def j_filter(self, test: Any) -> Stream:
        return self._same(item for item in self._items() if test(item))

    def j_map(self, function: Any) -> Stream:
        if self.kind == "object":
            return Stream(function(item) for item in self._items())
        return Stream((number_as(function(item), self.kind) for item in self._items()), self.kind)

    def _to(self, kind: str) -> Callable[[Any], Stream]:
        return lambda function: Stream((number_as(function(item), kind) for item in self._items()), kind)

    def j_mapToInt(self, function: Any) -> Stream:
        return self._to("int")(function)

    def j_mapToLong(self, function: Any) -> Stream:
        return self._to("long")(function)

    def j_mapToDouble(self, function: Any) -> Stream:
        return self._to("double")(function)

    def j_mapToObj(self, function: Any) -> Stream:
        return Stream(function(self._box(item)) for item in self._items())

    def j_asLongStream(self) -> Stream:
        return Stream(self._items(), "long")

    def j_asDoubleStream(self) -> Stream:
        return Stream(map(float, self._items()), "double")

    def j_boxed(self) -> Stream:
        return Stream(map(self._box, self._items()))

    def j_flatMap(self, function: Any) -> Stream:
        return self._same(inner for item in self._items() for inner in function(item)._items())

    def _flat_to(self, function: Any, kind: str) -> Stream:
        return Stream((inner for item in self._items() for inner in function(item)._items()), kind)

    def j_flatMapToInt(self, function: Any) -> Stream:
        return self._flat_to(function, "int")

    def j_flatMapToLong(self, function: Any) -> Stream:
        return self._flat_to(function, "long")

    def j_flatMapToDouble(self, function: Any) -> Stream:
        return self._flat_to(function, "double")

    def j_spliterator(self) -> Any:
        from esmock.script.painless.runtime.spliterators import of_stream

        return of_stream(self.kind, [self._box(item) for item in self._items()])

    def j_distinct(self) -> Stream:
        return self._same(dict.fromkeys(map(hashable, self._items())))

    def j_sorted(self, comparator: Any = None) -> Stream:
        def run(items: Iterator[Any]) -> Iterator[Any]:
            yield from sorted(items, key=sort_key(comparator or compare)) if self.kind == "object" else sorted(items)

        return self._same(run(self._items()))

    def j_limit(self, count: int) -> Stream:
        if count < 0:
            raise t.IllegalArgument(str(count))
        return self._same(itertools.islice(self._items(), count))

    def j_skip(self, count: int) -> Stream:
        if count < 0:
            raise t.IllegalArgument(str(count))
        return self._same(itertools.islice(self._items(), count, None))

    def j_peek(self, consumer: Any) -> Stream:
        def run(items: Iterable[Any]) -> Iterator[Any]:
            for item in items:
                consumer(item)
                yield item

        return self._same(run(self._items()))

    def j_parallel(self) -> Stream:
        return self

    j_sequential = j_unordered = j_onClose = j_parallel

    def j_isParallel(self) -> bool:
        return False

    def j_close(self) -> None:
        self.values = None  # type: ignore[assignment]

    def j_iterator(self) -> Any:
        return _ITERATORS[self.kind]([self._box(item) for item in self._items()])

    def j_forEach(self, consumer: Any) -> None:
        for item in self._items():
            consumer(item)

    j_forEachOrdered = j_forEach

    def j_anyMatch(self, test: Any) -> bool:
        return any(test(item) for item in self._items())

    def j_allMatch(self, test: Any) -> bool:
        return all(test(item) for item in self._items())

    def j_noneMatch(self, test: Any) -> bool:
        return not any(test(item) for item in self._items())

    def j_findFirst(self) -> Optional:
        return self._one(next(self._items(), _NOTHING))

    j_findAny = j_findFirst

    def j_count(self) -> int:
        return sum(1 for _ in self._items())

    def j_reduce(self, *args: Any) -> Any:
        if len(args) == 1:
            items = self._items()
            total = next(items, None)
            for item in items:
                total = args[0](total, item)
            return optional_of(_OPTIONALS[self.kind], total)
        total, function = args[:2]
        for item in self._items():
            total = function(total, item)
        return total

    def j_collect(self, *args: Any) -> Any:
        if len(args) == 1:
            return args[0].run(self._items())
        supplier, accumulator, _ = args
        out = supplier()
        for item in self._items():
            accumulator(out, item)
        return out

    def j_toArray(self, *_: Any) -> JavaArray:
        return JavaArray(self.kind if self.kind != "object" else "def", list(self._items()))

    def _one(self, item: Any) -> Optional:
        """The optional of an item. Raises NullPointer for null, as Java does."""
        if item is None:
            raise t.NullPointer(None)
        return optional_of(_OPTIONALS[self.kind], None if item is _NOTHING else item)

    def _extreme(self, comparator: Any, sign: int) -> Optional:
        if comparator is None:
            raise t.NullPointer(None)
        items = self._items()
        kept = next(items, _NOTHING)
        for item in items:
            if comparator(kept, item) * sign < 0:
                kept = item
        return self._one(kept)

    def j_max(self, comparator: Any = compare) -> Optional:
        return self._extreme(comparator, 1)

    def j_min(self, comparator: Any = compare) -> Optional:
        return self._extreme(comparator, -1)

    def j_sum(self) -> Any:
        if self.kind == "double":
            return as_a_stream(self._items())
        total = sum(self._items())
        return o.int32(total) if self.kind == "int" else o.int64(total)

    def j_average(self) -> Optional:
        items = list(self._items())
        total = as_a_stream(items) if self.kind == "double" else float(o.int64(sum(items)))
        return optional_of("OptionalDouble", total / len(items) if items else None)

    def j_summaryStatistics(self) -> Any:
        return _STATISTICS[self.kind](self._items())


class IntStream(Stream):
    java_class = "java.util.stream.IntPipeline"
    java_parents = ("java.util.stream.IntStream",)


class LongStream(Stream):
    java_class = "java.util.stream.LongPipeline"
    java_parents = ("java.util.stream.LongStream",)


class DoubleStream(Stream):
    java_class = "java.util.stream.DoublePipeline"
    java_parents = ("java.util.stream.DoubleStream",)


class SummaryStatistics:
    """What the three classes of statistics share."""

    java_class = "java.util.DoubleSummaryStatistics"
    kind = "double"
    empty: tuple[Any, Any] = (float("inf"), float("-inf"))

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self.items = list(items)

    def j_accept(self, value: Any) -> None:
        self.items.append(number_as(value, self.kind))

    def j_combine(self, other: Any) -> None:
        self.items.extend(other.items)

    def j_getCount(self) -> int:
        return len(self.items)

    def j_getSum(self) -> Any:
        return as_a_stream(self.items) if self.kind == "double" else o.int64(sum(self.items))

    def j_getMin(self) -> Any:
        return min(self.items, default=self.empty[0])

    def j_getMax(self) -> Any:
        return max(self.items, default=self.empty[1])

    def j_getAverage(self) -> float:
        return float(self.j_getSum()) / len(self.items) if self.items else 0.0

    def j_toString(self) -> str:
        name = self.java_class.rpartition(".")[2]
        numbers = (self.j_getSum(), self.j_getMin(), self.j_getAverage(), self.j_getMax())
        total, low, mean, high = (format_text("%f" if isinstance(one, float) else "%d", [one]) for one in numbers)
        return f"{name}{{count={len(self.items)}, sum={total}, min={low}, average={mean}, max={high}}}"


class IntSummaryStatistics(SummaryStatistics):
    java_class = "java.util.IntSummaryStatistics"
    kind, empty = "int", (2147483647, -2147483648)


class LongSummaryStatistics(SummaryStatistics):
    java_class = "java.util.LongSummaryStatistics"
    kind, empty = "long", ((1 << 63) - 1, -(1 << 63))


_STATISTICS = {"int": IntSummaryStatistics, "long": LongSummaryStatistics, "double": SummaryStatistics}


class StreamBuilder:
    """Stream.Builder and its primitive relatives."""

    java_class = "java.util.stream.Streams.StreamBuilderImpl"
    java_parents = ("java.util.stream.Stream.Builder",)

    def __init__(self, kind: str = "object") -> None:
        self.kind = kind
        self.items: list[Any] | None = []

    def j_accept(self, value: Any) -> None:
        if self.items is None:
            raise t.IllegalState(None)
        self.items.append(value)

    def j_add(self, value: Any) -> StreamBuilder:
        self.j_accept(value)
        return self

    def j_build(self) -> Stream:
        if self.items is None:
            raise t.IllegalState(None)
        items, self.items = self.items, None
        return Stream(items, self.kind)


class IntBuilder(StreamBuilder):
    java_parents = ("java.util.stream.IntStream.Builder",)


class LongBuilder(StreamBuilder):
    java_parents = ("java.util.stream.LongStream.Builder",)


class DoubleBuilder(StreamBuilder):
    java_parents = ("java.util.stream.DoubleStream.Builder",)


class PrimitiveIterator(JavaIterator):
    """PrimitiveIterator.OfInt and its relatives."""

    java_class = "java.util.Spliterators.2Adapter"
    java_parents = ("java.util.PrimitiveIterator.OfInt",)

    def j_nextInt(self) -> Any:
        return self.j_next()

    j_nextLong = j_nextDouble = j_nextInt

    def j_forEachRemaining(self, consumer: Any) -> None:
        while self.j_hasNext():
            consumer(self.j_next())


class LongIterator(PrimitiveIterator):
    java_class = "java.util.Spliterators.3Adapter"
    java_parents = ("java.util.PrimitiveIterator.OfLong",)


class DoubleIterator(PrimitiveIterator):
    java_class = "java.util.Spliterators.4Adapter"
    java_parents = ("java.util.PrimitiveIterator.OfDouble",)


_ITERATORS = {"int": PrimitiveIterator, "long": LongIterator, "double": DoubleIterator, "object": JavaIterator}


def _iterate(seed: Any, function: Any) -> Iterator[Any]:
    while True:
        yield seed
        seed = function(seed)


def _generate(supplier: Any) -> Iterator[Any]:
    while True:
        yield supplier()


def _of(values: Any) -> Stream:
    return Stream(list(values) if isinstance(values, JavaArray) else [values])


def _concat(a: Stream, b: Stream) -> Stream:
    return Stream(itertools.chain(a._items(), b._items()), a.kind)


CONSTRUCTORS: dict[str, Any] = {
    f"{one.java_class.rpartition('.')[2]}/0": one for one in _STATISTICS.values()
}
STATICS: dict[str, Any] = {
    "Stream.builder/0": StreamBuilder,
    "IntStream.builder/0": lambda: IntBuilder("int"),
    "LongStream.builder/0": lambda: LongBuilder("long"),
    "DoubleStream.builder/0": lambda: DoubleBuilder("double"),
    "Stream.of/1": _of,
    "Stream.empty/0": lambda: Stream([]),
    "Stream.iterate/2": lambda seed, f: Stream(_iterate(seed, f)),
    "Stream.generate/1": lambda f: Stream(_generate(f)),
    "Stream.concat/2": _concat,
}
for _kind, _name in (("int", "Int"), ("long", "Long"), ("double", "Double")):
    STATICS |= {
        f"{_name}Stream.of/1": lambda v, k=_kind: Stream(list(v) if isinstance(v, JavaArray) else [v], k),
        f"{_name}Stream.empty/0": lambda k=_kind: Stream([], k),
        f"{_name}Stream.iterate/2": lambda s, f, k=_kind: Stream(_iterate(s, f), k),
        f"{_name}Stream.generate/1": lambda f, k=_kind: Stream(_generate(f), k),
        f"{_name}Stream.concat/2": _concat,
        f"{_name}Stream.range/2": lambda a, b, k=_kind: Stream(range(a, b), k),
        f"{_name}Stream.rangeClosed/2": lambda a, b, k=_kind: Stream(range(a, b + 1), k),
    }
