"""What a pull parser of any format gives: the kinds of tokens, named as Jackson names them in errors, and where they stand."""

from __future__ import annotations

from typing import Any, Protocol

from esmock.xcontent.jackson import At, Jackson

Json = Any

START_OBJECT, END_OBJECT, START_ARRAY, END_ARRAY = "START_OBJECT", "END_OBJECT", "START_ARRAY", "END_ARRAY"
FIELD_NAME, VALUE_STRING, VALUE_NUMBER = "FIELD_NAME", "VALUE_STRING", "VALUE_NUMBER"
VALUE_BOOLEAN, VALUE_NULL = "VALUE_BOOLEAN", "VALUE_NULL"


class TokenReader(Protocol):
    """A pull parser.

    Attributes:
        token: the current token, None before the first and after the last.
        value: name, number, boolean or None of the current token; of a string only after ``text``.
    """

    jackson: Jackson
    token: str | None
    value: Any

    @property
    def place(self) -> At:
        """Where the current token starts."""
        ...

    def next(self) -> str | None:
        """Move to the next token. Raises the parser's own error, bare."""
        ...

    def text(self) -> str:
        """The text of the current string. Raises the parser's own error, bare."""
        ...

    def written(self, at: At) -> str | None:
        """The scalar that starts at a place, as it was written; None: none does."""
        ...

    def behind(self, at: At) -> At:
        """The place behind the scalar or the bracket that stands at a place."""
        ...

    def source(self, line: int, column: int) -> str:
        """A place as the parser's errors tell it, ``[Source: ...]``."""
        ...

    def error(self, message: str, at: At, kind: type[Any]) -> Any:
        """An error of the parser, told to stand at a place."""
        ...


def tree(reader: TokenReader) -> Json:
    """The plain value that starts with the current token."""
    if reader.token is VALUE_STRING:
        return reader.text()
    if reader.token is not START_OBJECT and reader.token is not START_ARRAY:
        return reader.value
    root: Any = {} if reader.token is START_OBJECT else []
    holders = [root]
    while holders:
        holder = holders[-1]
        token = reader.next()
        if token is END_OBJECT or token is END_ARRAY:
            holders.pop()
            continue
        name = None
        if token is FIELD_NAME:
            name = reader.value
            token = reader.next()
        if token is START_OBJECT or token is START_ARRAY:
            value: Any = {} if token is START_OBJECT else []
            holders.append(value)
        else:
            value = reader.text() if token is VALUE_STRING else reader.value
        if name is None:
            holder.append(value)
        else:
            holder[name] = value
    return root
