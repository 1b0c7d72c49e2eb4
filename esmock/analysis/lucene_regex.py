"""Lucene's regular expressions: no anchors, and the operators ``~ & @ # <n-m>``. Docs: regexp-syntax.

The parser is a recursive descent over Lucene's published grammar; its errors have Lucene's texts. What Python's own regular
expressions can say is left to them; complements and intersections are worked out on the places where their parts may end.
Source: recordings of 7.10.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, NumberFormat, Unsupported

_INTERSECTION, _COMPLEMENT, _EMPTY, _ANYSTRING, _AUTOMATON, _INTERVAL = 1, 2, 4, 8, 16, 32
_FLAGS = {
    "INTERSECTION": _INTERSECTION,
    "COMPLEMENT": _COMPLEMENT,
    "EMPTY": _EMPTY,
    "ANYSTRING": _ANYSTRING,
    "INTERVAL": _INTERVAL,
    "ALL": 255,
    "NONE": 0,
}
_MOST_NUMBERS = 10_000
_MOST_STATES = 10_000
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
KINDS = {
    "d": (("0", "9"),),
    "w": (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")),
    "s": ((" ", " "), ("\t", "\r")),
}
"""The characters that ``\\d``, ``\\w`` and ``\\s`` stand for: first and last of each range."""


def read_flags(value: Any) -> int:
    """Flags by names joined with ``|``, or as a number. Raises IllegalArgument."""
    if value is None or value == "":
        return 255
    if isinstance(value, int):
        return value
    out = 0
    for name in str(value).split("|"):
        if not name:
            continue
        if name.upper() not in _FLAGS:
            raise IllegalArgument(f"Unknown regexp flag [{name}]")
        if name.upper() == "ALL":
            return 255
        out |= _FLAGS[name.upper()]
    return out


def compile_regex(
    pattern: str, flags: Any = None, *, ignore_case: bool = False, has_classes: bool = True
) -> Callable[[str], bool]:
    """A test for whole terms.

    Args:
        has_classes: as Lucene 9 (8.x) has them: ``\\d``, ``\\w`` and ``\\s`` stand for kinds of characters, other letters are
            not escaped.

    Raises:
        IllegalArgument: the pattern is broken.
    """
    if n_states(pattern) > _MOST_STATES:
        raise Unsupported(f"regular expressions of more than {_MOST_STATES} states")
    tree = _Parser(pattern, read_flags(flags), has_classes=has_classes).parse()
    options = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    if isinstance(tree, _Regular):
        regex = re.compile(tree.pattern, options)
        return lambda term: regex.fullmatch(term) is not None
    return lambda term: len(term) in tree.ends(term, 0, options)


def longest_match(pattern: str, *, has_classes: bool) -> Callable[[str, int], int]:
    """A function of a text and a place in it: where the longest match from there ends, or -1.

    Raises:
        IllegalArgument: the pattern is broken.
    """
    tree = _Parser(pattern, 255, has_classes=has_classes).parse()
    if not isinstance(tree, _Regular):
        return lambda text, start: max(tree.ends(text, start, re.DOTALL), default=-1)
    regex = re.compile(tree.pattern, re.DOTALL)
    # Python takes the first way that matches, Lucene the longest; with one repetition and no choice they are the same.
    operators = re.findall(r"[|{?*+]", re.sub(r"\\.|\[(?:\\.|[^]\\])*\]|\(\?:", "", tree.pattern))
    is_greedy = len(operators) <= 1 and "|" not in operators

    def longest(text: str, start: int) -> int:
        match = regex.match(text, start)
        if match is None:
            return -1
        if is_greedy:
            return match.end()
        longer = range(len(text), match.end(), -1)
        return next((end for end in longer if regex.fullmatch(text, start, end)), match.end())

    return longest


def n_states(pattern: str) -> int:
    """About how many states the automaton of a pattern has: its characters, times what counts around them."""
    sizes = [0]
    last = at = 0
    while at < len(pattern):
        char = pattern[at]
        count = _COUNT.match(pattern, at) if char == "{" else None
        if char == "(":
            sizes.append(0)
            last = 0
        elif char == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif count is not None:
            times = max(int(one) for one in count.groups() if one)
            sizes[-1] += last * (times - 1)
            last *= times
            at = count.end() - 1
        elif char not in "*+?|":
            last = 1
            sizes[-1] += 1
            at += char == "\\"
        at += 1
    return sum(sizes)


class _Node:
    """A part of an expression."""

    def ends(self, text: str, start: int, options: int) -> set[int]:
        """Every place where a match that starts at ``start`` may end."""
        raise NotImplementedError


@dataclass(slots=True)
class _Regular(_Node):
    """What Python's regular expressions can say."""

    pattern: str

    def ends(self, text: str, start: int, options: int) -> set[int]:
        regex = re.compile(self.pattern, options)
        return {end for end in range(start, len(text) + 1) if regex.fullmatch(text, start, end)}


@dataclass(slots=True)
class _Not(_Node):
    part: _Node

    def ends(self, text: str, start: int, options: int) -> set[int]:
        return set(range(start, len(text) + 1)) - self.part.ends(text, start, options)


@dataclass(slots=True)
class _Pair(_Node):
    """Two parts: joined (``|``), both (``&``) or one after the other (``.``)."""

    operator: str
    first: _Node
    second: _Node

    def ends(self, text: str, start: int, options: int) -> set[int]:
        first = self.first.ends(text, start, options)
        if self.operator == ".":
            return {end for middle in first for end in self.second.ends(text, middle, options)}
        second = self.second.ends(text, start, options)
        return first | second if self.operator == "|" else first & second


@dataclass(slots=True)
class _Repeat(_Node):
    part: _Node
    low: int
    high: int | None

    def ends(self, text: str, start: int, options: int) -> set[int]:
        places, found, times = {start}, set[int](), 0
        while places and (self.high is None or times <= self.high):
            if times >= self.low:
                if places <= found:
                    break
                found |= places
            places = {end for place in places for end in self.part.ends(text, place, options)}
            times += 1
        return found


def _joined(operator: str, first: _Node, second: _Node) -> _Node:
    if operator != "&" and isinstance(first, _Regular) and isinstance(second, _Regular):
        if operator == ".":
            return _Regular(first.pattern + second.pattern)
        return _Regular(f"(?:{first.pattern}|{second.pattern})")
    return _Pair(operator, first, second)


class _Matching:
    """Makes nodes that match of what the parser reads."""

    text = staticmethod(lambda text: _Regular(re.escape(text)))
    any_char = staticmethod(lambda: _Regular("."))
    any_text = staticmethod(lambda: _Regular(".*"))
    nothing = staticmethod(lambda: _Regular("(?!)"))
    kind = staticmethod(lambda letter: _Regular("\\" + letter))
    complement = staticmethod(lambda part: _Not(part))
    joined = staticmethod(_joined)

    @staticmethod
    def chars(members: list[tuple[str, str] | str], *, negated: bool) -> _Node:
        told = ("\\" + one if isinstance(one, str) else "-".join(map(re.escape, dict.fromkeys(one))) for one in members)
        return _Regular(f"[{'^' if negated else ''}{''.join(told)}]")

    @staticmethod
    def grouped(part: _Node) -> _Node:
        return _Regular(f"(?:{part.pattern})") if isinstance(part, _Regular) else part

    @staticmethod
    def repeated(part: _Node, low: int, high: int | None) -> _Node:
        if high is not None and high < low:
            return _Regular("(?!)")
        if isinstance(part, _Regular):
            return _Regular(f"(?:{part.pattern}){{{low},{'' if high is None else high}}}")
        return _Repeat(part, low, high)

    @staticmethod
    def numbers(texts: Iterable[str], *, has_zeros: bool) -> _Node:
        return _Regular(f"(?:{'|'.join(f'0*{one}' if has_zeros else one for one in texts)})")


def read(pattern: str, make: Any) -> Any:
    """A whole pattern, with all operators, as another makes it of its parts.

    Args:
        make: has the methods of ``_Matching``.

    Raises:
        IllegalArgument: the pattern is broken.
    """
    return _Parser(pattern, 255, has_classes=True, make=make).parse()


class _Parser:
    def __init__(self, text: str, flags: int, *, has_classes: bool, make: Any = None) -> None:
        self.text = text
        self.flags = flags
        self.has_classes = has_classes
        self.make = make or _Matching
        self.at = 0

    def parse(self) -> Any:
        if not self.text:
            return self.make.text("")
        tree = self._union()
        if self.at < len(self.text):
            raise IllegalArgument(f"end-of-string expected at position {self.at}")
        return tree

    def _peek(self, chars: str) -> bool:
        return self.at < len(self.text) and self.text[self.at] in chars

    def _match(self, char: str) -> bool:
        found = self._peek(char)
        self.at += found
        return found

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise IllegalArgument("unexpected end-of-string")
        self.at += 1
        return self.text[self.at - 1]

    def _expect(self, char: str) -> None:
        if not self._match(char):
            raise IllegalArgument(f"expected '{char}' at position {self.at}")

    def _union(self) -> Any:
        first = self._intersection()
        return self.make.joined("|", first, self._union()) if self._match("|") else first

    def _intersection(self) -> Any:
        first = self._concatenation()
        if self.flags & _INTERSECTION and self._match("&"):
            return self.make.joined("&", first, self._intersection())
        return first

    def _concatenation(self) -> Any:
        tree = self._repetition()
        ends = ")|&" if self.flags & _INTERSECTION else ")|"
        while self.at < len(self.text) and not self._peek(ends):
            tree = self.make.joined(".", tree, self._repetition())
        return tree

    def _repetition(self) -> Any:
        tree = self._complement()
        while self._peek("?*+{"):
            char = self._next()
            low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(char) or self._bounds()
            if self.has_classes and high is not None and high < low:
                raise IllegalArgument(f"invalid repetition range(out of order): {low}..{high}")
            tree = self.make.repeated(tree, low, high)
        return tree

    def _bounds(self) -> tuple[int, int | None]:
        low = self._digits()
        if not low:
            raise IllegalArgument(f"integer expected at position {self.at}")
        high: str = low
        if self._match(","):
            high = self._digits()
        self._expect("}")
        return int(low), int(high) if high else None

    def _digits(self) -> str:
        start = self.at
        while self._peek("0123456789"):
            self.at += 1
        return self.text[start : self.at]

    def _complement(self) -> Any:
        if self.flags & _COMPLEMENT and self._match("~"):
            return self.make.complement(self._complement())
        return self._class()

    def _class(self) -> Any:
        if not self._match("["):
            return self._simple()
        negated = self._match("^")
        parts = [self._member()]
        while self.at < len(self.text) and not self._peek("]"):
            parts.append(self._member())
        self._expect("]")
        return self.make.chars(parts, negated=negated)

    def _member(self) -> tuple[str, str] | str:
        kind = self._kind()
        if kind is not None:
            return kind
        first = self._char()
        if not self._match("-"):
            return first, first
        last = self._char()
        if first > last:
            raise IllegalArgument(f"invalid range: from ({ord(first)}) cannot be > to ({ord(last)})")
        return first, last

    def _kind(self) -> str | None:
        """``\\d`` and its kin."""
        escaped = self.text[self.at + 1 : self.at + 2]
        if not self.has_classes or not self._peek("\\") or not (escaped.isascii() and escaped.isalpha()):
            return None
        if escaped not in "dDwWsS":
            raise IllegalArgument(f"invalid character class \\{ord(escaped)}")
        self.at += 2
        return escaped

    def _char(self) -> str:
        self._match("\\")
        return self._next()

    def _simple(self) -> Any:
        if self._match("."):
            return self.make.any_char()
        if self.flags & _EMPTY and self._match("#"):
            return self.make.nothing()
        if self.flags & _ANYSTRING and self._match("@"):
            return self.make.any_text()
        if self._match('"'):
            return self.make.text(self._until('"'))
        if self._match("("):
            if self._match(")"):
                return self.make.text("")
            tree = self._union()
            self._expect(")")
            return self.make.grouped(tree)
        if self.flags & (_AUTOMATON | _INTERVAL) and self._match("<"):
            return self._interval(self._until(">"))
        kind = self._kind()
        return self.make.kind(kind) if kind is not None else self.make.text(self._char())

    def _until(self, end: str) -> str:
        start = self.at
        while self.at < len(self.text) and not self._peek(end):
            self.at += 1
        self._expect(end)
        return self.text[start : self.at - 1]

    def _interval(self, inner: str) -> Any:
        low, dash, high = inner.partition("-")
        if not dash:
            if not self.flags & _AUTOMATON:
                raise IllegalArgument(f"interval syntax error at position {self.at - 1}")
            raise IllegalArgument(f"'{inner}' not found")
        if not self.flags & _INTERVAL:
            raise IllegalArgument(f"illegal identifier at position {self.at - 1}")
        if not (low.isascii() and low.isdigit() and high.isascii() and high.isdigit()):
            raise IllegalArgument(f"interval syntax error at position {self.at - 1}", cause=self._no_number(low, high))
        return self._made_numbers(low, high)

    def _made_numbers(self, low: str, high: str) -> Any:
        texts, has_zeros = _numbers(low, high)
        return self.make.numbers(texts, has_zeros=has_zeros)

    def _no_number(self, low: str, high: str) -> NumberFormat | None:
        """Newer versions tell what of an interval is no number."""
        if not self.has_classes:
            return None
        if not low or not high or "-" in high:
            return NumberFormat(None)
        bad = high if low.isascii() and low.isdigit() else low
        return NumberFormat(f'For input string: "{bad}"')


def _numbers(low: str, high: str) -> tuple[list[str], bool]:
    """All numbers of an interval, and whether any number of zeros may lead them: where both ends have the same length, they have it too."""
    first, last = sorted((int(low), int(high)))
    if last - first > _MOST_NUMBERS:
        raise Unsupported(f"regular expression intervals of more than {_MOST_NUMBERS} numbers")
    width = len(low) if len(low) == len(high) else 0
    return [f"{number:0{width}d}" if width else str(number) for number in range(first, last + 1)], not width
