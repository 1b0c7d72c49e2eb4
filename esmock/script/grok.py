"""Grok: fields out of text by named regular expressions, for the processor and for scripts. Docs: grok-processor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from esmock.errors import IllegalArgument, PatternSyntax, Unsupported
from esmock.script.oniguruma import compile_pattern
from esmock.xcontent.java_number import parse_double, parse_int, parse_long, to_float
from esmock.xcontent.java_order import hash_order

_REFERENCE = re.compile(
    r"%\{(?P<name>\w+)(?::(?P<typed>(?P<field>[\w.@\[\]-]+)(?::(?P<kind>\w+))?))?(?:=(?P<own>(?:[^{}]|\\\{|\\\})+))?\}"
    r"|\(\?<(?P<group>[A-Za-z_][\w.@\[\]-]*)>"
)
_COMPLAINTS = {
    "unterminated character set": "premature end of char-class",
    "unterminated subpattern": "end pattern with unmatched parenthesis",
    "nothing to repeat": "target of repeat operator is not specified",
    "unbalanced parenthesis": "unmatched close parenthesis",
    "bad character range": "empty range in char class",
    "bad escape (end of pattern)": "end pattern at escape",
}
"""What Python says of a broken expression, and what Oniguruma's port says. Source: recordings of 7.10.2."""


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
            self.regex = compile_pattern(text)
        except re.error as error:
            known = next((told for sign, told in _COMPLAINTS.items() if sign in str(error)), None)
            if known is None:
                raise Unsupported(f"the regular expression {pattern} in grok: {error}") from None
            raise PatternSyntax(known) from None

    def _expanded(self, pattern: str, seen: tuple[str, ...]) -> str:
        """The pattern with what its references stand for. Groups are numbered from left to right, the outer before the inner."""

        def put(match: re.Match[str]) -> str:
            if match["group"]:
                return self._capture(match["group"], None)
            name, field = match["name"], match["field"]
            body = match["own"] if match["own"] is not None else self._bank.get(name)
            if body is None:
                raise IllegalArgument(f"Unable to find pattern [{name}] in Grok's pattern dictionary")
            if name in seen:
                raise IllegalArgument("circular reference in pattern")
            start = "(?:"
            if field is not None:
                escaped = pattern[: match.start()].endswith("\\")
                # ES: behind a backslash the group is none, and its name is taken for a part of the expression
                start = f"(?<{name}:{match['typed']}>" if escaped else self._capture(field, match["kind"])
            return f"{start}{self._expanded(body, (*seen, name))})"

        return _REFERENCE.sub(put, pattern)

    def _capture(self, field: str, kind: str | None) -> str:
        group = f"g{len(self.captures)}"
        self.captures.append((field, kind, group))
        return f"(?P<{group}>"

    def match(self, value: str) -> tuple[int, dict[str, list[Any]]] | None:
        """Where the first match starts, and field to the values of its groups that matched; None where there is no match."""
        found = self.regex.search(value)
        if found is None:
            return None
        out: dict[str, list[Any]] = {}
        for field, kind, group in self.captures:
            captured = found[group]
            if captured is None:
                out.setdefault(field, [])
                continue
            value = captured if kind is None else _typed(captured, kind)
            if field in out:
                out[field].append(value)
            else:
                out[field] = [value]
        return found.start(), out if all(out.values()) else {field: values for field, values in out.items() if values}

    def regions(self, value: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and field of every capture that is not empty, match after match."""
        for found in self.regex.finditer(value):
            for field, _, group in self.captures:
                if found[group]:
                    yield (*found.span(group), field)


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
