"""A pull parser of JSON that stops, words and places its errors as Jackson does.

Slow and exact: the reader takes it when the fast parser has refused a text, or when positions are wanted. Like the
original it is lazy: a number or literal is read together with the name before it, a string only when its text is asked
for or passed over.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21, and texts mutated at random compared with them.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from esmock.xcontent.jackson import At, Jackson
from esmock.xcontent.json_lexer import JsonLexer
from esmock.xcontent.tokens import END_ARRAY, END_OBJECT, FIELD_NAME, START_ARRAY, START_OBJECT, VALUE_STRING

MAX_DEPTH = 1000
_SCALAR = re.compile(rb"[-+0-9.eE]+|[a-z]+")


class Scanner(JsonLexer):
    """Reads tokens one at a time.

    Attributes:
        value: name, number, boolean or None of the current token; of a string only after ``text``.
        start: offset of the current token.
    """

    __slots__ = ("_pending", "_string_open", "start", "value")

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        super().__init__(data, jackson, label)
        self.value: Any = None
        self.start = 0
        self._pending: tuple[str, Any, int] | None = None
        self._string_open = False

    @property
    def place(self) -> At:
        """Line and column of the current token."""
        return self.at(self.start)

    def written(self, at: At) -> str | None:
        """A number or literal as it was written; None for anything else."""
        found = _SCALAR.match(self.data, self.offset(at))
        return found[0].decode() if found else None

    def behind(self, at: At) -> At:
        """The place behind a number or literal, or behind the first character of anything else."""
        return at[0], at[1] + len(self.written(at) or "[")

    def next(self) -> str | None:
        """Move to the next token. Raises JsonParse, JsonEOF."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            return self._enter(*pending)
        if self._string_open:
            self.text()
        char = self._blank()
        if char < 0:
            if self.open:
                self._unclosed()
            self.token = None
            return None
        if char in b"]}":
            return self._close(char)
        if self.open:
            return self._entry(char)
        self.start = self.pos - 1
        return self._enter(*self._value(char))

    def _entry(self, char: int) -> str:
        """The next name with its value, or the next element, of the innermost container."""
        context = self.open[-1]
        kind = "Object" if context[0] else "Array"
        if context[2]:
            if char != 0x2C:
                self._unexpected(char, f"was expecting comma to separate {kind} entries")
            char = self._blank()
            if char < 0:
                raise self.error(f"Unexpected end-of-input within/between {kind} entries", self._at_end())
        context[2] += 1
        if not context[0]:
            self.start = self.pos - 1
            return self._enter(*self._value(char))
        start = self.pos - 1
        name = self._name(char)
        names = context[3]
        if name in names:
            self._fail(f"Duplicate field '{name}'")
        names.add(name)
        self.token, self.value, self.start = FIELD_NAME, name, start
        self._pending = self._value(self._colon())
        return FIELD_NAME

    def _enter(self, token: str, value: Any, start: int) -> str:
        """Make a value the current token."""
        self.token, self.value, self.start = token, value, start
        self._string_open = token is VALUE_STRING
        if token is START_OBJECT:
            self.open.append([True, start, 0, set()])
        elif token is START_ARRAY:
            self.open.append([False, start, 0])
        if len(self.open) > MAX_DEPTH and self.jackson.wrapped:
            self._beyond("Document nesting depth", len(self.open), "NestingDepth")
        return token

    def _close(self, char: int) -> str:
        is_object = char == 0x7D
        self.start = self.pos - 1
        if not self.open or self.open[-1][0] is not is_object:
            expected = "]" if is_object else "}"
            if not self.open:
                where = f"root starting at {self.source(1, 0)}"
            else:
                marker = "Object" if self.open[-1][0] else "Array"
                where = f"{marker} starting at {self.source(*self.at(self.open[-1][1]))}"
            self._fail_at_char(f"Unexpected close marker '{chr(char)}': expected '{expected}' (for {where})")
        self.open.pop()
        self.token = END_OBJECT if is_object else END_ARRAY
        self.value = None
        return self.token

    def _unclosed(self) -> NoReturn:
        is_object, start = self.open[-1][:2]
        where = self.source(*self.at(start))
        marker = "Object" if is_object else "Array"
        self._end_of_input(f": expected close marker for {marker} (start marker at {where})")

    def _colon(self) -> int:
        char = self._blank()
        if char >= 0 and char != 0x3A:
            self._unexpected(char, "was expecting a colon to separate field name and value")
        if char >= 0:
            char = self._blank()
        if char < 0:
            self._end_of_input(" within/between Object entries")
        return char

    def text(self) -> str:
        """The text of the current string. Raises JsonParse, JsonEOF."""
        if self._string_open:
            self.value = self._string()
            self._string_open = False
        return str(self.value)
