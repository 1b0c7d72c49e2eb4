"""Lucene's regular expressions over terms, for ``include`` and ``exclude``."""

from __future__ import annotations

import re
from collections.abc import Callable

from esmock.errors import IllegalArgument, Unsupported


def lucene_matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a whole term matches. Raises IllegalArgument for what cannot be read, Unsupported for complement and intersection."""
    try:
        compiled = re.compile(_translated(pattern), re.DOTALL)
    except re.error as error:
        raise IllegalArgument(f"{error.msg} at position {error.pos}") from None
    return lambda term: compiled.fullmatch(term) is not None


def _translated(pattern: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        place += 1
        if char == "\\" and place < len(pattern):
            out.append(re.escape(pattern[place]))
            place += 1
        elif char == '"':
            end = pattern.find('"', place)
            if end < 0:
                raise IllegalArgument(f"expected '\"' at position {len(pattern)}")
            out.append(re.escape(pattern[place:end]))
            place = end + 1
        elif char == "[":
            end = pattern.find("]", place + 1)
            if end < 0:
                raise IllegalArgument(f"expected ']' at position {len(pattern)}")
            inner = pattern[place:end]
            out.append("[" + inner.replace("[", r"\[").replace("&", r"\&") + "]")
            place = end + 1
        elif char == "@":
            out.append(".*")
        elif char == "#":
            out.append("(?!)")
        elif char in "~&<":
            raise Unsupported(f"[{char}] in regular expressions of include and exclude")
        elif char == "(":
            out.append("(?:")
        elif char in "^$":
            out.append("\\" + char)
        else:
            out.append(char)
    return "".join(out)
