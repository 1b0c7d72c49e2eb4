"""java.util.stream over Python iterators."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from esmock.addition import as_a_stream
from esmock.script.painless.runtime import operators as o
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.collections import add
from esmock.script.painless.runtime.containers import JavaIterator, JavaSet
from esmock.script.painless.runtime.convert import boxed, number_as
from esmock.script.painless.runtime.limits import LOOP_MESSAGE
from esmock.script.painless.runtime.maps import put, put_first
from esmock.script.painless.runtime.objects import Optional, optional_of
from esmock.script.painless.runtime.ordering import compare, sort_key
from esmock.script.painless.runtime.strings import sequence_text
from esmock.script.painless.runtime.values import HashMap, JavaArray, hashable, to_text

STEP_LIMIT = 5_000_000
_OPTIONALS = {"int": "OptionalInt", "long": "OptionalLong", "double": "OptionalDouble", "object": "Optional"}


def limited(values: Iterable[Any]) -> Iterator[Any]:
    """The values, but not without end."""
    for count, value in enumerate(values):
        if count > STEP_LIMIT:
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
        return JavaIterator([self._box(item) for item in self._items()])

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
        return optional_of("OptionalDouble", SummaryStatistics(self.kind, items).j_getAverage() if items else None)

    def j_summaryStatistics(self) -> Any:
        return SummaryStatistics(self.kind, list(self._items()))


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
    """IntSummaryStatistics, LongSummaryStatistics, DoubleSummaryStatistics."""

    def __init__(self, kind: str, items: list[Any]) -> None:
        self.kind, self.items = kind, items

    @property
    def java_name(self) -> str:
        return f"{self.kind.capitalize()}SummaryStatistics"

    java_class = "java.util.SummaryStatistics"
    java_parents = ("java.util.DoubleSummaryStatistics",)

    def j_accept(self, value: Any) -> None:
        self.items.append(value)

    def j_getCount(self) -> int:
        return len(self.items)

    def j_getSum(self) -> Any:
        return as_a_stream(self.items) if self.kind == "double" else sum(self.items)

    def j_getMin(self) -> Any:
        empty = {"int": 2147483647, "long": (1 << 63) - 1, "double": float("inf")}
        return min(self.items, default=empty[self.kind])

    def j_getMax(self) -> Any:
        empty = {"int": -2147483648, "long": -(1 << 63), "double": float("-inf")}
        return max(self.items, default=empty[self.kind])

    def j_getAverage(self) -> float:
        return float(self.j_getSum()) / len(self.items) if self.items else 0.0

    def j_toString(self) -> str:
        if self.kind == "double":
            numbers = (self.j_getSum(), self.j_getMin(), self.j_getAverage(), self.j_getMax())
            total, low, mean, high = (f"{number:.6f}" for number in numbers)
        else:
            total, low, high = str(self.j_getSum()), str(self.j_getMin()), str(self.j_getMax())
            mean = f"{self.j_getAverage():.6f}"
        return f"{self.java_name}{{count={len(self.items)}, sum={total}, min={low}, average={mean}, max={high}}}"


class Collector:
    """java.util.stream.Collector: a function over an iterable."""

    java_class = "java.util.stream.Collector"

    def __init__(self, run: Callable[[Iterable[Any]], Any]) -> None:
        self.run = run


def _to_map(key: Any, value: Any, merge: Any = None, supplier: Any = HashMap) -> Collector:
    def run(items: Iterable[Any]) -> Any:
        out = supplier()
        for item in items:
            name, content = hashable(key(item)), value(item)
            if name in out:
                if merge is None:
                    raise t.IllegalState(
                        f"Duplicate key {to_text(name)} (attempted merging values {to_text(out[name])} and "
                        f"{to_text(content)})"
                    )
                content = merge(out[name], content)
            (put if merge is None else put_first)(out, name, content)
        return out

    return Collector(run)


def _grouping(key: Any, *args: Any) -> Collector:
    supplier, downstream = (HashMap, Collector(list))
    if len(args) == 1:
        downstream = args[0]
    elif len(args) == 2:
        supplier, downstream = args

    def run(items: Iterable[Any]) -> Any:
        groups: dict[Any, list[Any]] = {}
        for item in items:
            name = key(item)
            if name is None:
                raise t.NullPointer("element cannot be mapped to a null key")
            groups.setdefault(hashable(name), []).append(item)
        out = supplier()
        for name, members in groups.items():
            put_first(out, name, downstream.run(members))
        return out

    return Collector(run)


def _partitioning(test: Any, downstream: Any = None) -> Collector:
    def run(items: Iterable[Any]) -> Any:
        groups: dict[bool, list[Any]] = {False: [], True: []}
        for item in items:
            groups[bool(test(item))].append(item)
        finish = downstream.run if downstream is not None else list
        return {name: finish(members) for name, members in groups.items()}

    return Collector(run)


def _joining(separator: Any = "", prefix: Any = "", suffix: Any = "") -> Collector:
    parts = (to_text(separator), to_text(prefix), to_text(suffix))
    return Collector(lambda items: parts[1] + parts[0].join(map(sequence_text, items)) + parts[2])


def _reducing(*args: Any) -> Collector:
    if len(args) == 1:
        return Collector(lambda items: Stream(items).j_reduce(args[0]))
    identity, *rest = args
    function = rest[-1]
    mapper = rest[0] if len(rest) == 2 else (lambda item: item)

    def run(items: Iterable[Any]) -> Any:
        total = identity
        for item in items:
            total = function(total, mapper(item))
        return total

    return Collector(run)


def _numbers(kind: str, finish: str) -> Any:
    def maker(function: Any) -> Collector:
        def run(items: Iterable[Any]) -> Any:
            stream = Stream((number_as(function(item), kind) for item in items), kind)
            if finish == "average":
                return stream.j_average().j_orElse(0.0)
            if finish == "sum":
                return boxed(stream.j_sum(), kind)
            return stream.j_summaryStatistics()

        return Collector(run)

    return maker


def _collection(supplier: Any) -> Collector:
    def run(items: Iterable[Any]) -> Any:
        out = supplier()
        for item in items:
            add(out, item)
        return out

    return Collector(run)


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


def _count(items: Iterable[Any]) -> Any:
    return boxed(sum(1 for _ in items), "long")


METHODS: dict[str, Any] = {}
STATICS: dict[str, Any] = {
    "Stream.of/1": _of,
    "Stream.empty/0": lambda: Stream([]),
    "Stream.iterate/2": lambda seed, f: Stream(_iterate(seed, f)),
    "Stream.generate/1": lambda f: Stream(_generate(f)),
    "Stream.concat/2": _concat,
    "Collectors.toList/0": lambda: Collector(list),
    "Collectors.toSet/0": lambda: Collector(JavaSet),
    "Collectors.toMap/2": _to_map,
    "Collectors.toMap/3": _to_map,
    "Collectors.toMap/4": _to_map,
    "Collectors.toCollection/1": _collection,
    "Collectors.groupingBy/1": _grouping,
    "Collectors.groupingBy/2": _grouping,
    "Collectors.groupingBy/3": _grouping,
    "Collectors.partitioningBy/1": _partitioning,
    "Collectors.partitioningBy/2": _partitioning,
    "Collectors.joining/0": _joining,
    "Collectors.joining/1": _joining,
    "Collectors.joining/3": _joining,
    "Collectors.counting/0": lambda: Collector(_count),
    "Collectors.mapping/2": lambda f, down: Collector(lambda items: down.run([f(i) for i in items])),
    "Collectors.collectingAndThen/2": lambda down, f: Collector(lambda items: f(down.run(items))),
    "Collectors.reducing/1": _reducing,
    "Collectors.reducing/2": _reducing,
    "Collectors.reducing/3": _reducing,
    "Collectors.maxBy/1": lambda c: Collector(lambda items: Stream(items).j_max(c)),
    "Collectors.minBy/1": lambda c: Collector(lambda items: Stream(items).j_min(c)),
}
for _kind, _name in (("int", "Int"), ("long", "Long"), ("double", "Double")):
    STATICS |= {
        f"Collectors.averaging{_name}/1": _numbers(_kind, "average"),
        f"Collectors.summing{_name}/1": _numbers(_kind, "sum"),
        f"Collectors.summarizing{_name}/1": _numbers(_kind, "statistics"),
        f"{_name}Stream.of/1": lambda v, k=_kind: Stream(list(v) if isinstance(v, JavaArray) else [v], k),
        f"{_name}Stream.empty/0": lambda k=_kind: Stream([], k),
        f"{_name}Stream.iterate/2": lambda s, f, k=_kind: Stream(_iterate(s, f), k),
        f"{_name}Stream.generate/1": lambda f, k=_kind: Stream(_generate(f), k),
        f"{_name}Stream.concat/2": _concat,
        f"{_name}Stream.range/2": lambda a, b, k=_kind: Stream(range(a, b), k),
        f"{_name}Stream.rangeClosed/2": lambda a, b, k=_kind: Stream(range(a, b + 1), k),
    }
