"""Lists sorted as Java sorts them, which decides what it says of values that have no order among them.

Source: recordings of 7.10.2 on Java 17. Differs: long lists are sorted in one run, where Java merges several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock.errors import ClassCast, NullPointer
from esmock.ingest.java import cast_message, class_name

_OTHER = {"java.lang.String": "anotherString", "java.lang.Boolean": "b"}


def java_sort(values: list[Any], *, is_descending: bool) -> list[Any]:
    """The values in order. Raises ClassCast, NullPointer: two that are compared have no order."""
    out = list(values)
    if len(out) < 2:
        return out
    sorted_to = _first_run(out, _reversed if is_descending else _natural)
    for at in range(sorted_to, len(out)):
        _insert(out, at, _reversed if is_descending else _natural)
    return out


Compare = Callable[[Any, Any, str], int]


def _natural(one: Any, other: Any, name: str) -> int:
    """Comparable.compareTo; ``name`` is what Java calls the receiver there."""
    if one is None:
        raise NullPointer(f'Cannot invoke "java.lang.Comparable.compareTo(Object)" because "{name}" is null')
    kind = class_name(one)
    if isinstance(one, dict | list):
        raise ClassCast(cast_message(one, "java.lang.Comparable"))
    if other is None:
        told = _OTHER.get(kind, f"another{kind.rpartition('.')[2]}")
        raise NullPointer(f'Cannot read field "value" because "{told}" is null')
    if class_name(other) != kind:
        raise ClassCast(cast_message(other, kind))
    return int(one > other) - int(one < other)


def _reversed(one: Any, other: Any, name: str) -> int:
    return _natural(other, one, "c2")


def _first_run(values: list[Any], compare: Compare) -> int:
    """How many values at the beginning are in order, once a falling run has been turned round."""
    end = 2
    if compare(values[1], values[0], "a[runHi]") < 0:
        while end < len(values) and compare(values[end], values[end - 1], "a[runHi]") < 0:
            end += 1
        values[:end] = values[:end][::-1]
        return end
    while end < len(values) and compare(values[end], values[end - 1], "a[runHi]") >= 0:
        end += 1
    return end


def _insert(values: list[Any], at: int, compare: Compare) -> None:
    """Put a value in its place among those before it."""
    pivot = values[at]
    low, high = 0, at
    while low < high:
        middle = (low + high) // 2
        if compare(pivot, values[middle], "pivot") < 0:
            high = middle
        else:
            low = middle + 1
    values.insert(low, values.pop(at))
