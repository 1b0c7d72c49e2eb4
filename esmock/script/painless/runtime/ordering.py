"""Natural order, and comparators as functions of two values."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.values import class_of, miscast

Comparator = Callable[[Any, Any], int]


def compare_text(left: str, right: str) -> int:
    """String.compareTo: the difference of the first unequal characters, else of the lengths."""
    for a, b in zip(left, right, strict=False):
        if a != b:
            return ord(a) - ord(b)
    return len(left) - len(right)


def compare_double(left: float, right: float) -> int:
    """Double.compare: NaN is greatest."""
    if left < right:
        return -1
    if left > right:
        return 1
    if left == right:
        return 0
    return (left != left) - (right != right)


_OTHER = {"java.lang.String": "anotherString", "java.lang.Boolean": "b"}


def null_compared(left: Any, name: str = "c1") -> Exception:
    """The complaint of a comparison with null; ``name`` is what the algorithm calls its left side, used when that is null."""
    if left is None:
        return t.NullPointer(f'Cannot invoke "java.lang.Comparable.compareTo(Object)" because "{name}" is null')
    kind = class_of(left)
    other = _OTHER.get(kind, "another" + kind.rpartition(".")[2])
    return t.NullPointer(f'Cannot read field "value" because "{other}" is null')


def compare(left: Any, right: Any) -> int:
    """Comparable.compareTo. Raises ClassCast for classes that do not compare."""
    if left is None or right is None:
        raise null_compared(left)
    if isinstance(left, str) and isinstance(right, str):
        return compare_text(left, right)
    if class_of(left) == class_of(right):
        if isinstance(left, float):
            return compare_double(left, right)
        if isinstance(left, int):
            return (left > right) - (left < right)
        for base in type(left).__mro__:
            own = base.__dict__.get("j_compareTo")
            if own is not None:
                return int(own(left, right))
    first, second = class_of(right), class_of(left)
    if isinstance(left, int | float | str):
        raise miscast(first, second)
    raise miscast(second, "java.lang.Comparable")


def _compare_in_sort(left: Any, right: Any) -> int:
    if left is None:
        raise null_compared(left, "a[runHi]")
    return compare(left, right)


def sort_key(comparator: Comparator | None) -> Any:
    """A key function for Python's sorting."""
    return functools.cmp_to_key(comparator or _compare_in_sort)


def ordered(values: Iterable[Any], comparator: Comparator | None = None) -> list[Any]:
    """A sorted copy."""
    return sorted(values, key=sort_key(comparator))
