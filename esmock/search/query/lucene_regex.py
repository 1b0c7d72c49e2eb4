"""Lucene's regular expressions: no anchors, and the operators ``~ & @ # <n-m>``. Docs: regexp-syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from esmock.errors import IllegalArgument, Unsupported

_FLAGS = {"INTERSECTION": 1, "COMPLEMENT": 2, "EMPTY": 4, "ANYSTRING": 8, "INTERVAL": 32, "ALL": 255, "NONE": 0}


def read_flags(value: Any) -> int:
    """Flags by names joined with ``|``, or as a number. Raises IllegalArgument."""
    if value is None:
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
    pattern: str, flags: Any = None, *, ignore_case: bool = False, is_prefix: bool = False
) -> Callable[[str], bool]:
    """A test for whole terms, or for the beginnings of terms. Raises IllegalArgument for broken patterns."""
    known = read_flags(flags)
    translated = _translate(pattern, known)
    try:
        regex = re.compile(translated, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
    except re.error as error:
        if "unterminated subpattern" in error.msg:
            is_empty = pattern.endswith("(")
            raise IllegalArgument("unexpected end-of-string" if is_empty else f"expected ')' at position {len(pattern)}") from None
        raise IllegalArgument(f"{error.msg} at position {error.pos}") from None
    if is_prefix:
        return lambda term: regex.match(term) is not None
    return lambda term: regex.fullmatch(term) is not None


def _translate(pattern: str, flags: int) -> str:
    out: list[str] = []
    at = 0
    in_class = False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            if at + 1 >= len(pattern):
                raise IllegalArgument("unexpected end-of-string")
            at += 1
            following = pattern[at]
            out.append("\\" + following if following in "dDwWsS" else re.escape(following))
        elif in_class:
            in_class = char != "]"
            out.append("\\[" if char == "[" else char)
        elif char == "[":
            in_class = True
            out.append(char)
        elif char in "^$":
            out.append("\\" + char)
        elif char == '"':
            end = pattern.find('"', at + 1)
            if end < 0:
                raise IllegalArgument(f"expected '\"' at position {len(pattern)}")
            out.append(re.escape(pattern[at + 1 : end]))
            at = end
        elif char == "@" and flags & 8:
            out.append(".*")
        elif char == "#" and flags & 4:
            out.append("(?!)")
        elif char == "<" and flags & 32:
            end = pattern.find(">", at)
            interval = re.fullmatch(r"(\d+)-(\d+)", pattern[at + 1 : end]) if end > 0 else None
            if interval is None:
                raise IllegalArgument(f"expected '>' at position {len(pattern)}")
            out.append(_interval(interval[1], interval[2]))
            at = end
        elif char in "&~" and flags & (1 if char == "&" else 2):
            raise Unsupported(f"regular expression operator [{char}]")
        elif char == "(":
            out.append("(?:")
        else:
            out.append(char)
        at += 1
    if in_class:
        raise IllegalArgument("unexpected end-of-string")
    return "".join(out)


def _interval(low: str, high: str) -> str:
    first, last = sorted((int(low), int(high)))
    if last - first > 10_000:
        raise Unsupported("regular expression intervals of more than 10000 numbers")
    width = len(low) if len(low) == len(high) else 0
    return "(?:" + "|".join(f"0*{number}" if not width else f"{number:0{width}d}" for number in range(first, last + 1)) + ")"
