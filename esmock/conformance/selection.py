"""``-k``: choosing tests by words of their names."""

from __future__ import annotations

import re
from collections.abc import Callable

Predicate = Callable[[str], bool]

_TOKEN = re.compile(r"\s*(\(|\)|'[^']*'|\"[^\"]*\"|[^\s()]+)")


def selector(expression: str) -> Predicate:
    """Whether a name is wanted: words or quoted texts found anywhere; ``and``, ``or``, ``not``, ``()``.

    Raises:
        ValueError: malformed expression.
    """
    tokens = _TOKEN.findall(expression)
    position = 0

    def peek() -> str | None:
        return tokens[position] if position < len(tokens) else None

    def take() -> str:
        nonlocal position
        if position >= len(tokens):
            raise ValueError(f"the expression [{expression}] ends too early")
        position += 1
        return tokens[position - 1]

    def either() -> Predicate:
        left = both()
        while peek() == "or":
            take()
            left = _or(left, both())
        return left

    def both() -> Predicate:
        left = single()
        while peek() == "and":
            take()
            left = _and(left, single())
        return left

    def single() -> Predicate:
        token = take()
        if token == "not":
            return _not(single())
        if token == "(":
            inner = either()
            if take() != ")":
                raise ValueError(f"missing ')' in the expression [{expression}]")
            return inner
        if token in (")", "and", "or"):
            raise ValueError(f"misplaced [{token}] in the expression [{expression}]")
        return _word(token.strip("'\""))

    found = either()
    if peek() is not None:
        raise ValueError(f"misplaced [{peek()}] in the expression [{expression}]")
    return found


def _word(word: str) -> Predicate:
    return lambda name: word.lower() in name.lower()


def _not(inner: Predicate) -> Predicate:
    return lambda name: not inner(name)


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda name: left(name) and right(name)


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda name: left(name) or right(name)
