"""Regular expressions that come to an end: patterns whose repetitions nest are matched by the library regex, which has a time limit.

Differs: where Java would go on for ever, or for long, the request ends with 501.
"""

from __future__ import annotations

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
    made: Any = _Bounded(pattern, source)
    return made  # type: ignore[no-any-return]


class _Bounded:
    """What ``re.Pattern`` has of methods, with a time limit. Each raises Unsupported when time is up."""

    def __init__(self, pattern: re.Pattern[str], source: str) -> None:
        import regex

        flags = 0
        for name in ("IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE", "ASCII"):
            if pattern.flags & getattr(re, name):
                flags |= getattr(regex, name)
        self._regex: Any = regex.compile(pattern.pattern, flags)
        self._source = source
        self.pattern = pattern.pattern
        self.flags = pattern.flags
        self.groups = pattern.groups
        self.groupindex = pattern.groupindex

    def search(self, text: str, *span: int) -> Any:
        return self._timed(lambda: self._regex.search(text, *span, timeout=_SECONDS))

    def match(self, text: str, *span: int) -> Any:
        return self._timed(lambda: self._regex.match(text, *span, timeout=_SECONDS))

    def fullmatch(self, text: str, *span: int) -> Any:
        return self._timed(lambda: self._regex.fullmatch(text, *span, timeout=_SECONDS))

    def finditer(self, text: str, *span: int) -> Iterator[Any]:
        return iter(self._timed(lambda: list(self._regex.finditer(text, *span, timeout=_SECONDS))))

    def sub(self, replacement: Any, text: str, count: int = 0) -> str:
        done: str = self._timed(lambda: self._regex.sub(replacement, text, count=count, timeout=_SECONDS))
        return done

    def _timed(self, run: Callable[[], Any]) -> Any:
        try:
            return run()
        except TimeoutError:
            raise Unsupported(f"the nested repetitions of the regular expression [{self._source}] on this text") from None


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
