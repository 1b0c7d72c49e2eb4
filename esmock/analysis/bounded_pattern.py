"""Regular expressions that come to an end: patterns whose repetitions nest are matched by the library regex, which has a time limit.

Differs: where Java would go on for ever, or for long, the request ends with 501.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from esmock.errors import Unsupported

_SECONDS = 1.0
"""Of one search in one text."""


def bounded(pattern: re.Pattern[str], source: str) -> re.Pattern[str]:
    """The pattern, or one that behaves alike and gives up in time where its repetitions nest.

    Args:
        source: as the request has it; error messages show it.
    """
    if not nests_repetitions(source):
        return pattern
    return timed(pattern.pattern, pattern.flags, source)


def timed(pattern: str, flags: int, source: str) -> re.Pattern[str]:
    """A pattern of the library ``regex``, which knows more than Python's own module.

    Args:
        flags: Python's.
        source: as the request has it.

    Raises:
        Unsupported: the library cannot read it either.
    """
    import regex

    try:
        made: Any = Bounded(pattern, flags, source)
    except regex.error:
        raise Unsupported(f"the regular expression {source}") from None
    return made  # type: ignore[no-any-return]


class Bounded:
    """What ``re.Pattern`` has of methods, with a time limit. Each raises Unsupported when time is up, unless told otherwise."""

    def __init__(self, pattern: str, flags: int, source: str) -> None:
        import regex

        names = 0
        for name in ("IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE", "ASCII"):
            if flags & getattr(re, name):
                names |= getattr(regex, name)
        self._regex: Any = regex.compile(pattern, names)
        self._source = source
        self.pattern = pattern
        self.flags = flags
        self.groups = self._regex.groups
        self.groupindex = self._regex.groupindex
        self._seconds = _SECONDS
        self._late: Callable[[str], Exception] = self._unsupported

    def giving_up(self, late: Callable[[str], Exception], seconds: float) -> Bounded:
        """The same pattern with another limit, and what is raised of a text when it is over."""
        twin = copy.copy(self)
        twin._late, twin._seconds = late, seconds
        return twin

    def _unsupported(self, text: str) -> Exception:
        return Unsupported(f"the nested repetitions of the regular expression [{self._source}] on this text")

    def search(self, text: str, *span: int) -> Any:
        return self._timed(self._regex.search, text, *span)

    def match(self, text: str, *span: int) -> Any:
        return self._timed(self._regex.match, text, *span)

    def fullmatch(self, text: str, *span: int) -> Any:
        return self._timed(self._regex.fullmatch, text, *span)

    def finditer(self, text: str, *span: int) -> Iterator[Any]:
        return iter(self._timed(lambda *given, timeout: list(self._regex.finditer(*given, timeout=timeout)), text, *span))

    def sub(self, replacement: Any, text: str, count: int = 0) -> str:
        return self._timed(lambda one, timeout: self._regex.sub(replacement, one, count=count, timeout=timeout), text)  # type: ignore[no-any-return]

    def _timed(self, run: Callable[..., Any], text: str, *span: int) -> Any:
        try:
            return run(text, *span, timeout=self._seconds)
        except TimeoutError:
            raise self._late(text) from None


@functools.lru_cache(maxsize=512)
def nests_repetitions(pattern: str) -> bool:
    """Whether repetitions nest, so that matching may take exponential time."""
    depth_repeats: list[bool] = [False]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            continue
        if char == "[":
            end = pattern.find("]", at + 2)
            at = end + 1 if end > 0 else len(pattern)
            continue
        if char == "(":
            depth_repeats.append(False)
        elif char == ")" and len(depth_repeats) > 1:
            inner = depth_repeats.pop()
            after = pattern[at + 1 : at + 2]
            if inner and after in ("*", "+", "{"):
                return True
            depth_repeats[-1] = depth_repeats[-1] or inner
        elif char in "*+{|":
            depth_repeats[-1] = True
        at += 1
    return False
