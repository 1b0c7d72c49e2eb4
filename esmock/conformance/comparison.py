"""What assertions demand: pure functions that return None, or say in one line why not.

Numbers are compared as Java compares boxed ones: below the root ``1`` is not ``1.0``.

Source: behaviour of the Java runner's assertions.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from esmock.conformance import javaregex
from esmock.conformance.javatext import java_text
from esmock.conformance.place import StepError

Json = Any

_MAX_DIFFERENCES = 12


def number_class(value: Json) -> str | None:
    """Java's class of a number (``int``, ``long``, ``big``, ``double``), None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        return "double"
    for bits, name in ((31, "int"), (63, "long")):
        if -(1 << bits) <= value < 1 << bits:
            return name
    return "big"


def equal(actual: Json, expected: Json) -> bool:
    """Java's deep equality: same classes, same keys, same order in lists."""
    return next(differences(actual, expected), None) is None


def differences(actual: Json, expected: Json, path: str = "") -> Iterator[str]:
    """Every place where two values differ, as readable lines; nothing when they are equal."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        yield from _map_differences(actual, expected, path)
    elif isinstance(actual, list) and isinstance(expected, list):
        for index, (got, want) in enumerate(zip(actual, expected, strict=False)):
            yield from differences(got, want, f"{path}.{index}" if path else str(index))
        if len(actual) != len(expected):
            yield f"{path or 'root'}: expected {len(expected)} elements but found {len(actual)}"
    elif not _same_leaf(actual, expected):
        yield f"{path or 'root'}: expected {describe(expected)} but was {describe(actual)}"


def _map_differences(actual: dict[str, Json], expected: dict[str, Json], path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for key, want in expected.items():
        place = prefix + key.replace(".", r"\.")
        if key in actual:
            yield from differences(actual[key], want, place)
        else:
            yield f"{place}: expected {describe(want)} but the key is missing"
    for key in actual.keys() - expected.keys():
        yield f"{prefix}{key}: unexpected key with {describe(actual[key])}"


def _same_leaf(actual: Json, expected: Json) -> bool:
    if isinstance(actual, float) and isinstance(expected, float):
        # Java: Double.equals separates -0.0 from 0.0 and equates NaN with itself
        if math.isnan(actual) or math.isnan(expected):
            return math.isnan(actual) and math.isnan(expected)
        return struct.pack("d", actual) == struct.pack("d", expected)
    return type(actual) is type(expected) and actual == expected


def describe(value: Json) -> str:
    """A value with its class, short enough for one line."""
    if value is None:
        return "null"
    kind = {bool: "boolean", str: "string", float: "double", list: "list", dict: "map"}.get(type(value))
    shown = repr(value) if isinstance(value, str) else java_text(value)
    return f"{shown if len(shown) <= 200 else shown[:197] + '...'} ({kind or number_class(value)})"


def is_regex(value: Json) -> bool:
    """Whether an expected value is a regex between slashes."""
    return isinstance(value, str) and len(trimmed := java_trim(value)) > 2 and trimmed[0] == trimmed[-1] == "/"


def java_trim(text: str) -> str:
    """``String.trim``: everything up to the space character counts as white."""
    return text.strip("".join(map(chr, range(33))))


def match(actual: Json, expected: Json, *, null_matches_nothing: bool = False) -> str | None:
    """Regex, null, numbers by value at the root, everything else deeply."""
    if is_regex(expected):
        return match_regex(actual, java_trim(expected)[1:-1])
    if expected is None or actual is None:
        if expected is None and actual is None and not null_matches_nothing:
            return None
        return f"expected {describe(expected)} but was {describe(actual)}"
    left, right = number_class(actual), number_class(expected)
    if left and right and left != right:
        same = to_double(actual) == to_double(expected)
        return None if same else f"expected {describe(expected)} but was {describe(actual)}"
    return summary(list(_first(differences(actual, expected), _MAX_DIFFERENCES)))


def match_regex(actual: Json, pattern: str) -> str | None:
    """The pattern, in Java's extended flavour, must be found somewhere in a string."""
    if not isinstance(actual, str):
        return f"expected a string for the regex but was {describe(actual)}"
    try:
        found = javaregex.compile(pattern, comments=True).find(actual)
    except javaregex.PatternError as error:
        raise StepError(str(error)) from None
    return None if found else f"the regex is not found in {actual!r}"


def _first(items: Iterator[str], limit: int) -> Iterator[str]:
    for count, item in enumerate(items):
        if count == limit:
            yield "..."
            return
        yield item


def summary(lines: list[str]) -> str | None:
    return "; ".join(lines) or None


def to_double(value: float) -> float:
    """``Number.doubleValue``."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_true(actual: Json) -> str | None:
    """Neither null, empty, ``false`` nor ``0`` in text form."""
    return f"expected a true value but was {describe(actual)}" if _is_falsy(actual) else None


def is_false(actual: Json) -> str | None:
    """Null, empty, ``false`` or ``0`` in text form."""
    return None if _is_falsy(actual) else f"expected a false value but was {describe(actual)}"


def _is_falsy(actual: Json) -> bool:
    return actual is None or (text := java_text(actual)) in ("", "0") or text.lower() == "false"


_ORDERS = {
    "gt": (lambda a, b: a > b, "greater than"),
    "gte": (lambda a, b: a >= b, "at least"),
    "lt": (lambda a, b: a < b, "less than"),
    "lte": (lambda a, b: a <= b, "at most"),
}


def order(name: str, actual: Json, expected: Json, *, long_with_int: bool = True) -> str | None:
    """``gt``, ``gte``, ``lt``, ``lte`` between values of one class."""
    holds, words = _ORDERS[name]
    left, right = _comparable_class(actual), _comparable_class(expected)
    converts = long_with_int and left == "long" and right == "int"
    if left is None or right is None or (left != right and not converts):
        return f"cannot compare {describe(actual)} with {describe(expected)}"
    return (
        None
        if holds(_java_order(actual), _java_order(expected))
        else (f"expected a value {words} {describe(expected)} but was {describe(actual)}")
    )


def _comparable_class(value: Json) -> str | None:
    return number_class(value) or {bool: "boolean", str: "string"}.get(type(value))


def _java_order(value: Json) -> Json:
    """A key that sorts as ``compareTo`` does: strings by UTF-16 units, -0.0 below 0.0, NaN above everything."""
    if isinstance(value, str):
        return value.encode("utf-16-be", "surrogatepass")
    if isinstance(value, float):
        return (math.isnan(value), 0.0 if math.isnan(value) else value, math.copysign(1.0, value))
    return value


def length(actual: Json, expected: int) -> str | None:
    """UTF-16 units of a string, elements of a list, keys of a map.

    Raises:
        StepError: the value has no length.
    """
    if isinstance(actual, str):
        found = len(actual.encode("utf-16-be", "surrogatepass")) // 2
    elif isinstance(actual, list | dict):
        found = len(actual)
    else:
        raise StepError(f"{describe(actual)} has no length")
    return None if found == expected else f"expected length {expected} but was {found}: {describe(actual)}"


def contains(actual: Json, expected: Json) -> str | None:
    """A substring, or a list element that is a map with all the expected entries."""
    if isinstance(actual, str) and isinstance(expected, str):
        held = expected in actual
    elif isinstance(actual, list) and isinstance(expected, dict):
        held = any(_has_entries(item, expected) for item in actual)
    else:
        return f"cannot look for {describe(expected)} in {describe(actual)}"
    return None if held else f"{describe(expected)} is not contained in {describe(actual)}"


def _has_entries(item: Json, expected: dict[str, Json]) -> bool:
    return isinstance(item, dict) and all(key in item and equal(item[key], want) for key, want in expected.items())


def close_to(actual: Json, wanted: Json, error: float) -> str | None:
    """A number within ``error`` of the wanted one."""
    if number_class(wanted) is None:
        raise StepError(f"the value of close_to must be a number but is {describe(wanted)}")
    if number_class(actual) is None:
        return f"expected a number close to {java_text(wanted)} but was {describe(actual)}"
    held = abs(to_double(actual) - to_double(wanted)) <= to_double(error)
    return None if held else f"expected a number within {error} of {java_text(wanted)} but was {describe(actual)}"


def is_after(actual: Json, expected: Json) -> str | None:
    """A later ISO instant."""
    left, right = _instant(actual), _instant(expected)
    if left is None or right is None:
        wrong = actual if left is None else expected
        return f"expected an ISO instant ending in Z but was {describe(wrong)}"
    return None if left > right else f"expected an instant after {expected} but was {actual}"


_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)


def _instant(value: Json) -> tuple[datetime, int] | None:
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    try:
        return (datetime.fromisoformat(found[1]), int((found[2] or "").ljust(9, "0"))) if found else None
    except ValueError:
        return None


def exists(actual: Json) -> str | None:
    return "expected a value but there is none" if actual is None else None


def not_exists(actual: Json) -> str | None:
    return None if actual is None else f"expected no value but was {describe(actual)}"


def matches_in_any_order(actual: Json, expected: Json, *, null_matches_nothing: bool = False) -> str | None:
    """Each expected element takes away the first remaining one that it matches; nothing may be left."""
    if not isinstance(actual, list) and not isinstance(expected, list):
        return match(actual, expected, null_matches_nothing=null_matches_nothing)
    if not isinstance(actual, list) or not isinstance(expected, list):
        return f"expected {describe(expected)} but was {describe(actual)}"
    left = list(actual)
    for want in expected:
        for index, got in enumerate(left):
            if match(got, want, null_matches_nothing=null_matches_nothing) is None:
                del left[index]
                break
        else:
            return f"no remaining element matches {describe(want)}: {describe(left)}"
    return f"elements left over: {describe(left)}" if left else None
