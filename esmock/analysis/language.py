"""Languages of patterns and of Lucene's regular expressions, and whether all words of one are words of another.

Lucene compares automata; here a language is an expression whose derivatives are its states, made as they are met.
Source: J. A. Brzozowski, Derivatives of Regular Expressions, 1964; answers of 6.8.23 and 8.19.21 to patterns of roles.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from esmock.analysis.lucene_regex import KINDS, read
from esmock.errors import Unsupported

_LAST = 0x10FFFF
_MOST_STATES = 20_000


class Language:
    """A set of words."""

    @property
    def has_empty(self) -> bool:
        """Whether the empty word is one."""
        raise NotImplementedError

    def after(self, char: int) -> Language:
        """What follows a character in its words: the derivative."""
        raise NotImplementedError

    def edges(self) -> frozenset[int]:
        """Characters from which on others are told apart."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Empty(Language):
    """The empty word alone."""

    has_empty = True

    def after(self, char: int) -> Language:
        return NOTHING

    def edges(self) -> frozenset[int]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class _Chars(Language):
    """The words of one character that is in one of some ranges."""

    ranges: tuple[tuple[int, int], ...]
    has_empty = False

    def after(self, char: int) -> Language:
        return EMPTY if any(first <= char <= last for first, last in self.ranges) else NOTHING

    def edges(self) -> frozenset[int]:
        return frozenset(edge for first, last in self.ranges for edge in (first, last + 1))


@dataclass(frozen=True, slots=True)
class _Joined(Language):
    """Words of one language followed by those of another."""

    first: Language
    second: Language

    @property
    def has_empty(self) -> bool:
        return self.first.has_empty and self.second.has_empty

    def after(self, char: int) -> Language:
        found = joined(self.first.after(char), self.second)
        return either(found, self.second.after(char)) if self.first.has_empty else found

    def edges(self) -> frozenset[int]:
        return self.first.edges() | self.second.edges()


@dataclass(frozen=True, slots=True)
class _Either(Language):
    """Words of any of some languages."""

    parts: frozenset[Language]

    @property
    def has_empty(self) -> bool:
        return any(one.has_empty for one in self.parts)

    def after(self, char: int) -> Language:
        return either(*(one.after(char) for one in self.parts))

    def edges(self) -> frozenset[int]:
        return frozenset().union(*(one.edges() for one in self.parts))


@dataclass(frozen=True, slots=True)
class _Not(Language):
    """All words that are not of a language."""

    part: Language

    @property
    def has_empty(self) -> bool:
        return not self.part.has_empty

    def after(self, char: int) -> Language:
        return complement(self.part.after(char))

    def edges(self) -> frozenset[int]:
        return self.part.edges()


@dataclass(frozen=True, slots=True)
class _Repeated(Language):
    """Any number of words of a language one after the other."""

    part: Language
    has_empty = True

    def after(self, char: int) -> Language:
        return joined(self.part.after(char), self)

    def edges(self) -> frozenset[int]:
        return self.part.edges()


NOTHING: Language = _Either(frozenset())
EMPTY: Language = _Empty()
_ANY_CHAR: Language = _Chars(((0, _LAST),))
ANYTHING: Language = _Not(NOTHING)


def joined(first: Language, second: Language) -> Language:
    """Words of one followed by those of another."""
    if NOTHING in (first, second):
        return NOTHING
    if first == EMPTY:
        return second
    return first if second == EMPTY else _Joined(first, second)


def either(*parts: Language) -> Language:
    """Words of any of the parts."""
    flat = frozenset(inner for one in parts for inner in (one.parts if isinstance(one, _Either) else (one,)))
    if ANYTHING in flat:
        return ANYTHING
    return next(iter(flat)) if len(flat) == 1 else _Either(flat)


def complement(part: Language) -> Language:
    """All words that are not of the part."""
    return part.part if isinstance(part, _Not) else _Not(part)


def both(first: Language, second: Language) -> Language:
    """Words that are of two languages."""
    return complement(either(complement(first), complement(second)))


class _Maker:
    """Makes a language of what ``lucene_regex`` reads."""

    @staticmethod
    def text(text: str) -> Language:
        found = EMPTY
        for char in reversed(text):
            found = joined(_Chars(((ord(char), ord(char)),)), found)
        return found

    @staticmethod
    def chars(members: list[tuple[str, str] | str], *, negated: bool) -> Language:
        found = either(
            *(_Chars(((ord(one[0]), ord(one[1])),)) if isinstance(one, tuple) else _Maker.kind(one) for one in members)
        )
        return both(_ANY_CHAR, complement(found)) if negated else found

    @staticmethod
    def kind(letter: str) -> Language:
        found: Language = _Chars(tuple((ord(first), ord(last)) for first, last in KINDS[letter.lower()]))
        return found if letter.islower() else both(_ANY_CHAR, complement(found))

    any_char = staticmethod(lambda: _ANY_CHAR)
    any_text = staticmethod(lambda: ANYTHING)
    nothing = staticmethod(lambda: NOTHING)
    grouped = staticmethod(lambda part: part)
    complement = staticmethod(complement)

    @staticmethod
    def joined(operator: str, first: Language, second: Language) -> Language:
        if operator == "|":
            return either(first, second)
        return both(first, second) if operator == "&" else joined(first, second)

    @staticmethod
    def repeated(part: Language, low: int, high: int | None) -> Language:
        if high is not None and high < low:
            return NOTHING
        found: Language = _Repeated(part) if high is None else EMPTY
        for _ in range(0 if high is None else high - low):
            found = either(EMPTY, joined(part, found))
        for _ in range(low):
            found = joined(part, found)
        return found

    @staticmethod
    def numbers(texts: Iterable[str], *, has_zeros: bool) -> Language:
        zeros = _Repeated(_Maker.text("0")) if has_zeros else EMPTY
        return either(*(joined(zeros, _Maker.text(one)) for one in texts))


@functools.lru_cache(512)
def of_pattern(pattern: str) -> Language:
    """The words of a pattern as roles have them: between slashes an expression; else ``*`` and ``?`` stand for others, ``\\`` for none.

    Raises:
        IllegalArgument: a broken expression.
    """
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        found: Language = read(pattern[1:-1], _Maker())
        return found
    parts: list[Language] = []
    chars = iter(pattern)
    for char in chars:
        if char == "\\":
            char = next(chars, "\\")
            parts.append(_Maker.text(char))
        else:
            parts.append({"*": ANYTHING, "?": _ANY_CHAR}.get(char) or _Maker.text(char))
    found = EMPTY
    for part in reversed(parts):
        found = joined(part, found)
    return found


def of_patterns(patterns: Iterable[str]) -> Language:
    """The words of any of some patterns. Raises as ``of_pattern``."""
    return either(*map(of_pattern, patterns))


@functools.lru_cache(4096)
def is_within(part: Language, whole: Language) -> bool:
    """Whether all words of a language are words of another. Raises Unsupported for languages of very many states."""
    start = both(part, complement(whole))
    chars = sorted({0} | {edge for edge in start.edges() if edge <= _LAST})
    seen, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        if state.has_empty:
            return False
        for char in chars:
            further = state.after(char)
            if further not in seen:
                if len(seen) >= _MOST_STATES:
                    raise Unsupported(f"patterns of more than {_MOST_STATES} states")
                seen.add(further)
                waiting.append(further)
    return True
