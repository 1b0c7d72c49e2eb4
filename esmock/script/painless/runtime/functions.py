"""Functional interfaces: a lambda is a Python callable, whatever interface it serves."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.ordering import compare
from esmock.script.painless.runtime.values import class_of, miscast

_CALLS = (
    "BiConsumer.accept/2 BiFunction.apply/2 BiPredicate.test/2 BooleanSupplier.getAsBoolean/0 Consumer.accept/1 "
    "DoubleBinaryOperator.applyAsDouble/2 DoubleConsumer.accept/1 DoubleFunction.apply/1 DoublePredicate.test/1 "
    "DoubleSupplier.getAsDouble/0 DoubleToIntFunction.applyAsInt/1 DoubleToLongFunction.applyAsLong/1 "
    "DoubleUnaryOperator.applyAsDouble/1 Function.apply/1 IntBinaryOperator.applyAsInt/2 IntConsumer.accept/1 "
    "IntFunction.apply/1 IntPredicate.test/1 IntSupplier.getAsInt/0 IntToDoubleFunction.applyAsDouble/1 "
    "IntToLongFunction.applyAsLong/1 IntUnaryOperator.applyAsInt/1 LongBinaryOperator.applyAsLong/2 "
    "LongConsumer.accept/1 LongFunction.apply/1 LongPredicate.test/1 LongSupplier.getAsLong/0 "
    "LongToDoubleFunction.applyAsDouble/1 LongToIntFunction.applyAsInt/1 LongUnaryOperator.applyAsLong/1 "
    "ObjDoubleConsumer.accept/2 ObjIntConsumer.accept/2 ObjLongConsumer.accept/2 Predicate.test/1 Supplier.get/0 "
    "ToDoubleBiFunction.applyAsDouble/2 ToDoubleFunction.applyAsDouble/1 ToIntBiFunction.applyAsInt/2 "
    "ToIntFunction.applyAsInt/1 ToLongBiFunction.applyAsLong/2 ToLongFunction.applyAsLong/1 Comparator.compare/2"
).split()


def _call(function: Any, *arguments: Any) -> Any:
    return function(*arguments)


def _and_then(first: Any, second: Any) -> Any:
    return lambda *given: second(first(*given))


def _both(first: Any, second: Any) -> Any:
    def run(*given: Any) -> None:
        first(*given)
        second(*given)

    return run


class Comparator:
    """A comparator that the library made: a callable that knows its class, so that ``def`` finds its methods."""

    java_class = "java.util.Comparator"
    __slots__ = ("order",)

    def __init__(self, order: Any) -> None:
        self.order = order

    def __call__(self, a: Any, b: Any) -> int:
        return int(self.order(a, b))


class NaturalOrder(Comparator):
    """Java's enum of one value."""

    __slots__ = ()

    def j_toString(self) -> str:
        return "INSTANCE"


class ReverseOrder(Comparator):
    """What turns the natural order round."""

    __slots__ = ()


def _of_comparables(a: Any, b: Any) -> int:
    """Comparison by a comparator, which looks at the classes of both first. Raises ClassCast."""
    for one in (a, b):
        if isinstance(one, list | dict):
            raise miscast(class_of(one), "java.lang.Comparable")
    return compare(a, b)


def _comparing(key: Any, comparator: Any = None) -> Any:
    order = comparator or compare
    return Comparator(lambda a, b: order(key(a), key(b)))


def _then(first: Any, second: Any) -> Any:
    return Comparator(lambda a, b: first(a, b) or second(a, b))


def _nulls(first: int, comparator: Any) -> Any:
    def order(a: Any, b: Any) -> int:
        if a is None or b is None:
            return 0 if a is b else (-first if a is None else first)
        return int(comparator(a, b)) if comparator is not None else 0

    return Comparator(order)


def _reversed(comparator: Any) -> Any:
    if isinstance(comparator, ReverseOrder):
        return NaturalOrder(_of_comparables)
    if comparator is _of_comparables:
        return ReverseOrder(lambda a, b: _of_comparables(b, a))
    return Comparator(lambda a, b: comparator(b, a))


def _key(entry: Any) -> Any:
    return entry.key


def _value(entry: Any) -> Any:
    return entry.value


_PREDICATES = ("Predicate", "BiPredicate", "IntPredicate", "LongPredicate", "DoublePredicate")
_CONSUMERS = ("Consumer", "BiConsumer", "IntConsumer", "LongConsumer", "DoubleConsumer")

METHODS: dict[str, Any] = (
    dict.fromkeys(_CALLS, _call)
    | {f"{name}.and/1": (lambda a, b: lambda *g: a(*g) and b(*g)) for name in _PREDICATES}
    | {f"{name}.or/1": (lambda a, b: lambda *g: a(*g) or b(*g)) for name in _PREDICATES}
    | {f"{name}.negate/0": (lambda a: lambda *g: not a(*g)) for name in _PREDICATES}
    | {f"{name}.andThen/1": _both for name in _CONSUMERS}
    | {
        f"{name}.andThen/1": _and_then
        for name in ("Function", "BiFunction", "IntUnaryOperator", "LongUnaryOperator", "DoubleUnaryOperator")
    }
    | {
        f"{name}.compose/1": (lambda a, b: lambda *g: a(b(*g)))
        for name in ("Function", "IntUnaryOperator", "LongUnaryOperator", "DoubleUnaryOperator")
    }
    | {
        "Comparator.reversed/0": _reversed,
        "Comparator.thenComparing/1": lambda a, key: _then(a, key),
        "Comparator.thenComparing/2": lambda a, key, c: _then(a, _comparing(key, c)),
        "Comparator.thenComparingInt/1": lambda a, key: _then(a, _comparing(key)),
        "Comparator.thenComparingLong/1": lambda a, key: _then(a, _comparing(key)),
        "Comparator.thenComparingDouble/1": lambda a, key: _then(a, _comparing(key)),
    }
)
STATICS: dict[str, Any] = {
    "Function.identity/0": lambda: lambda value: value,
    "UnaryOperator.identity/0": lambda: lambda value: value,
    "IntUnaryOperator.identity/0": lambda: lambda value: value,
    "LongUnaryOperator.identity/0": lambda: lambda value: value,
    "DoubleUnaryOperator.identity/0": lambda: lambda value: value,
    "Predicate.isEqual/1": lambda value: lambda other: value == other,
    "BinaryOperator.maxBy/1": lambda order: lambda a, b: a if order(a, b) >= 0 else b,
    "BinaryOperator.minBy/1": lambda order: lambda a, b: a if order(a, b) <= 0 else b,
    "Comparator.comparing/1": _comparing,
    "Comparator.comparing/2": _comparing,
    "Comparator.comparingInt/1": _comparing,
    "Comparator.comparingLong/1": _comparing,
    "Comparator.comparingDouble/1": _comparing,
    "Comparator.naturalOrder/0": lambda: NaturalOrder(_of_comparables),
    "Comparator.reverseOrder/0": lambda: _reversed(_of_comparables),
    "Comparator.nullsFirst/1": lambda order: _nulls(1, order),
    "Comparator.nullsLast/1": lambda order: _nulls(-1, order),
    "Collections.reverseOrder/0": lambda: _reversed(_of_comparables),
    "Collections.reverseOrder/1": lambda order: _reversed(order or _of_comparables),
    "Map.Entry.comparingByKey/0": lambda: _comparing(_key),
    "Map.Entry.comparingByValue/0": lambda: _comparing(_value),
    "Map.Entry.comparingByKey/1": lambda order: _comparing(_key, order),
    "Map.Entry.comparingByValue/1": lambda order: _comparing(_value, order),
}
