"""java.util.stream's Collector and Collectors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.collections import add
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.convert import boxed, number_as
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.maps import put, put_first
from esmock.script.painless.runtime.streams import Stream
from esmock.script.painless.runtime.strings import sequence_text
from esmock.script.painless.runtime.values import HashMap, hashable, to_text


class Collector:
    """java.util.stream.Collector: a function over an iterable; taken apart, it gathers in a list and runs at the end."""

    java_class = "java.util.stream.Collectors.CollectorImpl"
    java_parents = ("java.util.stream.Collector",)

    def __init__(self, run: Callable[[Iterable[Any]], Any], *traits: str) -> None:
        self.run, self.traits = run, traits

    def j_supplier(self) -> Any:
        return list

    def j_accumulator(self) -> Any:
        return list.append

    def j_combiner(self) -> Any:
        return operator.add

    def j_finisher(self) -> Any:
        return self.run

    def j_characteristics(self) -> JavaSet:
        return JavaSet(CHARACTERISTICS[name] for name in self.traits)


class OwnCollector(Collector):
    """A collector of a script's own functions."""

    def __init__(self, supplier: Any, accumulator: Any, combiner: Any, *rest: Any) -> None:
        *finisher, traits = rest
        names = [one.name for one in traits] + ([] if finisher else ["IDENTITY_FINISH"])
        super().__init__(self._gathered, *names)
        self._parts = (supplier, accumulator, combiner, finisher[0] if finisher else _itself)

    def _gathered(self, items: Iterable[Any]) -> Any:
        supplier, accumulator, _, finisher = self._parts
        out = supplier()
        for item in items:
            accumulator(out, item)
        return finisher(out)

    def j_supplier(self) -> Any:
        return self._parts[0]

    def j_accumulator(self) -> Any:
        return self._parts[1]

    def j_combiner(self) -> Any:
        return self._parts[2]

    def j_finisher(self) -> Any:
        return self._parts[3]


def _itself(value: Any) -> Any:
    return value


class Characteristics(JavaEnum):
    java_class = "java.util.stream.Collector.Characteristics"
    __slots__ = ()


CHARACTERISTICS = constants_of(Characteristics, "CONCURRENT UNORDERED IDENTITY_FINISH")


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


def _count(items: Iterable[Any]) -> Any:
    return boxed(sum(1 for _ in items), "long")


STATICS: dict[str, Any] = {
    "Collectors.toList/0": lambda: Collector(list, "IDENTITY_FINISH"),
    "Collectors.toSet/0": lambda: Collector(JavaSet, "UNORDERED", "IDENTITY_FINISH"),
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
    "Collector.of/4": OwnCollector,
    "Collector.of/5": OwnCollector,
} | enum_statics(CHARACTERISTICS)
CONSTANTS: dict[str, Any] = enum_constants(CHARACTERISTICS)
for _kind in ("int", "long", "double"):
    _name = _kind.title()
    STATICS |= {
        f"Collectors.averaging{_name}/1": _numbers(_kind, "average"),
        f"Collectors.summing{_name}/1": _numbers(_kind, "sum"),
        f"Collectors.summarizing{_name}/1": _numbers(_kind, "statistics"),
    }
