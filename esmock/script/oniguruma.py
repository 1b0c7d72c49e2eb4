"""Regular expressions of Oniguruma (Ruby's syntax), which grok uses, in Python's notation.

Shorthands like ``\\w`` mean ASCII, boundaries of words and classes with a name mean Unicode. What ``re`` cannot say (named classes,
properties, classes that are cut or taken away) goes to the library ``regex``, which is slower.
Differs: back references to groups by number, ``\\K``, ``\\G``, ``\\R`` and ``\\X`` have no counterpart.
Source: Oniguruma's description of its syntax; the grok library of 8.19.21.
"""

from __future__ import annotations

import re
from typing import Any

from esmock.errors import PatternSyntax, Unsupported

_SHORTHANDS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t-\r", "h": "0-9A-Fa-f"}
_REST = {"D": r"\x00-/:-\U0010ffff", "W": r"\x00-/:-@\[-\^`{-\U0010ffff", "S": r"\x00-\x08\x0e-\x1f!-\U0010ffff"}
"""What is not of a shorthand, as ranges."""
_ESCAPES = {
    **{name: f"[{ranges}]" for name, ranges in _SHORTHANDS.items()},
    **{name.upper(): f"[^{ranges}]" for name, ranges in _SHORTHANDS.items()},
    "Z": r"(?=\n?\Z)",
    "z": r"\Z",
}
_ABSENT = frozenset("KGRX")
_NAMED = re.compile(r"\[:\^?[a-z]+:\]")
_PROPERTY = re.compile(r"\\[pP]\{\^?\w+\}")


class _Translation:
    """One expression on its way."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.needs_library = False
        self.open: list[int] = []
        """For every group that is open, how many groups of options end with it."""

    def text(self) -> str:
        out: list[str] = []
        self.open = [0]
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "\\":
                out.append(self._escape())
            elif char == "[":
                self.at += 1
                out.append(f"[{self._class()}]")
            elif char == "(":
                out.append(self._group())
            elif char == ")":
                out.append(")" * (1 + (self.open.pop() if len(self.open) > 1 else 0)))
                self.at += 1
            elif char == "{":
                out.append(self._repeat())
            elif char == "*" and out and out[-1] in ("?", "*", "+"):
                # what is repeated any number of times may as well be absent or come several times
                out[-1] = char
                self.at += 1
            else:
                out.append(char)
                self.at += 1
        return "".join(out) + ")" * self.open[0]

    def _escape(self) -> str:
        escaped = self.pattern[self.at + 1 : self.at + 2]
        if found := _PROPERTY.match(self.pattern, self.at):
            return self._for_library(found[0])
        self.at += 2
        if escaped and escaped in _ABSENT:
            raise Unsupported(f"\\{escaped} in the regular expression of a grok pattern")
        if not escaped:
            raise PatternSyntax("end pattern at escape")
        return _ESCAPES.get(escaped, _plain(escaped))

    def _for_library(self, text: str) -> str:
        self.needs_library = True
        self.at += len(text)
        # the library takes this one class for ASCII
        return text.replace("[:digit:]", r"\p{Nd}").replace("[:^digit:]", r"\P{Nd}")

    def _group(self) -> str:
        end = self.pattern.find(")", self.at)
        options = self.pattern[self.at + 2 : end] if self.pattern.startswith("(?", self.at) else ""
        if options and set(options) <= set("imx-"):
            # ES: options hold to the end of the group they stand in
            self.at = end + 1
            self.open[-1] += 1
            return f"(?{_flags(options)}:"
        self.open.append(0)
        if not options:
            self.at += 1
            return "("
        flags, colon, _ = options.partition(":")
        if colon and flags and set(flags) <= set("imx-"):
            self.at += len(flags) + 3
            return f"(?{_flags(flags)}:"
        # what follows "(?" is Python's too, and must not be read as a group of its own
        self.at += 2
        return "(?"

    def _class(self) -> str:
        """What stands between the brackets of a class; a class in a class is laid flat."""
        out: list[str] = []
        start = self.at
        if self.pattern.startswith("^", self.at):
            out.append("^")
            self.at += 1
            start += 1
        while True:
            if self.at >= len(self.pattern):
                raise PatternSyntax("premature end of char-class")
            char = self.pattern[self.at]
            if char == "]" and self.at > start:
                self.at += 1
                return "".join(out)
            out.append(self._member(char))

    def _member(self, char: str) -> str:
        if found := _PROPERTY.match(self.pattern, self.at) or _NAMED.match(self.pattern, self.at):
            return self._for_library(found[0])
        if self.pattern.startswith("&&", self.at):
            return self._for_library("&&")
        if char == "\\":
            escaped = self.pattern[self.at + 1 : self.at + 2]
            self.at += 2
            return _SHORTHANDS.get(escaped) or _REST.get(escaped) or _plain(escaped)
        self.at += 1
        if char == "[":
            inner = self._class()
            self.needs_library |= inner.startswith("^")
            return f"[{inner}]" if inner.startswith("^") else inner
        return f"\\{char}" if char in "]&~|" else char

    def _repeat(self) -> str:
        end = self.pattern.find("}", self.at)
        bounds = self.pattern[self.at + 1 : end].split(",") if end > 0 else []
        if len(bounds) not in (1, 2) or not all(one.isdigit() or not one for one in bounds) or not any(bounds):
            self.at += 1
            return r"\{"
        self.at = end + 1
        if self.pattern.startswith("+", self.at):
            raise Unsupported("a repeated repetition in the regular expression of a grok pattern")
        return "{" + ",".join(one or "0" if at == 0 else one for at, one in enumerate(bounds)) + "}"


def _plain(escaped: str) -> str:
    """An escape that Python knows, or the character by itself."""
    return f"\\{escaped}" if escaped in "abfnrtvBAxu0123456789" or not escaped.isalpha() else escaped


def _flags(options: str) -> str:
    """Ruby's ``m`` lets a dot be any character, as Python's ``s`` does."""
    on, _, off = options.replace("m", "s").partition("-")
    return on + (f"-{off}" if off else "")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The expression, compiled.

    Raises:
        PatternSyntax: a class or an escape that does not end.
        Unsupported: what has no counterpart.
        re.error: what else is wrong.
    """
    translation = _Translation(pattern)
    text = translation.text()
    if not translation.needs_library:
        return re.compile(text, re.MULTILINE)
    import regex

    try:
        compiled: Any = regex.compile(text, regex.MULTILINE | regex.V1)
    except regex.error as error:
        raise re.error(str(error)) from None
    found: re.Pattern[str] = compiled
    return found
