"""Grok: fields out of text by named regular expressions, for the processor and for scripts. Docs: grok-processor."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from esmock.errors import IllegalArgument, PatternSyntax, Unsupported
from esmock.xcontent.java_number import parse_double, parse_int, parse_long, to_float
from esmock.xcontent.java_order import hash_order

_REFERENCE = re.compile(r"%\{(\w+)(?::([\w.@\[\]-]+))?(?::(\w+))?(?:=((?:[^{}]|\\\{|\\\})+))?\}")
_GROUP = re.compile(r"\(\?<([A-Za-z_][\w.@\[\]-]*)>")
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": r"\s",
    "punct": r"!-/:-@\[-`{-~",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "graph": "!-~",
    "print": " -~",
}
_POSIX_CLASS = re.compile(r"\[:(\w+):\]")


_COMPLAINTS = {
    "unterminated character set": "premature end of char-class",
    "unterminated subpattern": "end pattern with unmatched parenthesis",
    "nothing to repeat": "target of repeat operator is not specified",
    "unbalanced parenthesis": "unmatched close parenthesis",
    "bad character range": "empty range in char class",
    "bad escape (end of pattern)": "end pattern at escape",
}
"""What Python says of a broken expression, and what Oniguruma's port says. Source: recordings of 7.10.2."""


@functools.cache
def legacy_patterns() -> Mapping[str, str]:
    """The built-in patterns, in the order of ``GET _ingest/processor/grok``. Source: recording of 7.10.2."""
    data = resources.files("esmock.script").joinpath("grok_patterns.json").read_text("utf-8")
    found: dict[str, str] = json.loads(data)
    return found


class Expression:
    """A compiled expression.

    Args:
        pattern: with ``%{NAME:field:type}`` references.
        bank: patterns by name.

    Raises:
        IllegalArgument: an unknown name, names that lead to themselves, a broken regular expression.
    """

    def __init__(self, pattern: str, bank: Mapping[str, str]) -> None:
        self.captures: list[tuple[str, str | None, str]] = []
        self._bank = bank
        text = self._expanded(pattern, ())
        try:
            self.regex = re.compile(_to_python(text), re.MULTILINE)
        except re.error as error:
            known = next((told for sign, told in _COMPLAINTS.items() if sign in str(error)), None)
            if known is None:
                raise Unsupported(f"the regular expression {pattern} in grok: {error}") from None
            raise PatternSyntax(known) from None

    def _expanded(self, pattern: str, seen: tuple[str, ...]) -> str:
        def put(match: re.Match[str]) -> str:
            name, field, kind, own = match.groups()
            body = own if own is not None else self._bank.get(name)
            if body is None:
                raise IllegalArgument(f"Unable to find pattern [{name}] in Grok's pattern dictionary")
            if name in seen:
                raise IllegalArgument("circular reference in pattern")
            inner = self._expanded(body, (*seen, name))
            return f"(?:{inner})" if field is None else self._capture(field, kind) + inner + ")"

        return _REFERENCE.sub(put, _GROUP.sub(lambda match: self._capture(match[1], None), pattern))

    def _capture(self, field: str, kind: str | None) -> str:
        group = f"g{len(self.captures)}"
        self.captures.append((field, kind, group))
        return f"(?P<{group}>"

    def match(self, value: str) -> tuple[int, dict[str, Any]] | None:
        """Where the first match starts, and field to value; None where there is none."""
        found = self.regex.search(value)
        if found is None:
            return None
        out: dict[str, Any] = {}
        for field, kind, group in self.captures:
            captured = found[group]
            if captured is not None and field not in out:
                out[field] = _typed(captured, kind)
        return found.start(), out

    def regions(self, value: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and field of every capture that is not empty, match after match."""
        for found in self.regex.finditer(value):
            for field, _, group in self.captures:
                if found[group]:
                    yield (*found.span(group), field)


def _to_python(pattern: str) -> str:
    """Oniguruma's notation as Python's."""
    pattern = _POSIX_CLASS.sub(lambda match: _POSIX.get(match[1], match[0]), pattern)
    pattern = pattern.replace(r"\h", "[0-9A-Fa-f]").replace(r"\Z", r"(?=\n?\Z)").replace(r"\z", r"\Z")
    return pattern.replace("(?m)", "").replace("(?i)", "(?i:)") if not pattern.startswith("(?i)") else pattern


def _typed(value: str, kind: str | None) -> Any:
    if kind == "int":
        return parse_int(value)
    if kind == "long":
        from esmock.script.painless.runtime.values import Long

        return Long(parse_long(value))
    if kind == "double":
        return parse_double(value)
    if kind == "float":
        from esmock.script.painless.runtime.values import Float

        return Float(to_float(parse_double(value)))
    if kind == "boolean":
        return value.lower() == "true"
    return value


def refuse_cycles(own: Mapping[str, Any], bank: Mapping[str, str]) -> None:
    """Raises IllegalArgument for a definition that leads to itself."""

    def visit(first: str, name: str, text: str, path: tuple[str, ...]) -> None:
        for match in _REFERENCE.finditer(text):
            inner = match[1]
            if inner == first:
                via = f" via patterns [{'=>'.join(path[1:-1])}]" if len(path) > 2 else ""
                back = f" back to pattern [{first}]{via}" if len(path) > 1 else ""
                raise IllegalArgument(f"circular reference in pattern [{name}][{text}]{back}")
            if inner in bank and inner not in path:
                visit(first, inner, bank[inner], (*path, inner))

    for name in hash_order(own):
        visit(name, name, bank[name], (name,))
