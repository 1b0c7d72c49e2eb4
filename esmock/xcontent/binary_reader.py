"""What the readers of CBOR and SMILE share: a cursor over bytes that gives tokens, and errors in the parser's words.

Positions in these formats are byte offsets: 7.x calls them columns (line -1), later versions count them from somewhere in
the network buffer, which nobody can foretell; here they count from the start of the body.
Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from esmock.errors import InputCoercion, JsonEOF, JsonParse
from esmock.xcontent import tokens
from esmock.xcontent.jackson import At, Jackson
from esmock.xcontent.json_input import located_error

Json = Any
_RANGE = re.compile(r" \(-\d+ - \d+\)$")


class Container:
    """A container that is being read.

    Attributes:
        left: how many entries are to come; None: a mark will end it.
        names: the names so far of an object; None for an array.
    """

    __slots__ = ("left", "names")

    def __init__(self, *, is_object: bool, left: int | None = None) -> None:
        self.left = left
        self.names: set[str] | None = set() if is_object else None


class Cursor:
    """Bytes, read from left to right, token by token; a subclass knows the format.

    Attributes:
        start: offset of the current token.
        last: Jackson's name of the last token, for errors.
    """

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.pos = 0
        self.start = 0
        self.token: str | None = None
        self.value: Json = None
        self.last = "null"
        self._open: list[Container] = []
        self._ends: dict[int, int] = {}
        self._is_begun = False

    @property
    def counts_missing(self) -> bool:
        """Whether the error of a text that ends too early tells how many bytes it lacks."""
        return False

    def begin(self) -> None:
        """Pass over what stands before the first token."""

    def read_value(self, holder: Container | None) -> str:
        """The value that begins here, or the end of an array."""
        raise NotImplementedError

    def read_name(self, holder: Container, names: set[str]) -> str:
        """The name that begins here, or the end of the object."""
        raise NotImplementedError

    def next(self) -> str | None:
        """Move to the next token. Raises JsonParse, JsonEOF (bare)."""
        if not self._is_begun:
            self._is_begun = True
            if self.is_done:
                return None
            self.begin()
            if self.is_done:
                return None
        elif not self._open:
            self.token = None
            return None
        holder = self._open[-1] if self._open else None
        before, self.start = self.start, self.pos
        if holder is not None and holder.names is not None and self.token is not tokens.FIELD_NAME:
            found = self.read_name(holder, holder.names)
        else:
            found = self.read_value(holder)
        if self.pos == self.start:
            self.start = before  # Jackson: an end that no byte marks stands where the token before it does
        self._ends[self.start] = self.pos
        return found

    def become(self, token: str, last: str, value: Json = None) -> str:
        """Make this the current token; ``last`` is Jackson's name of it."""
        self.token, self.last, self.value = token, last, value
        return token

    def number(self, value: float) -> str:
        """Make a number the current token."""
        return self.become(tokens.VALUE_NUMBER, "VALUE_NUMBER_INT" if isinstance(value, int) else "VALUE_NUMBER_FLOAT", value)

    def string(self, text: str) -> str:
        """Make a text the current token."""
        return self.become(tokens.VALUE_STRING, tokens.VALUE_STRING, text)

    def literal(self, value: bool | None) -> str:
        """Make true, false or null the current token."""
        if value is None:
            return self.become(tokens.VALUE_NULL, tokens.VALUE_NULL)
        return self.become(tokens.VALUE_BOOLEAN, "VALUE_TRUE" if value else "VALUE_FALSE", value)

    def opened(self, *, is_object: bool, left: int | None = None) -> str:
        """Enter a container."""
        self._open.append(Container(is_object=is_object, left=left))
        token = tokens.START_OBJECT if is_object else tokens.START_ARRAY
        return self.become(token, token)

    def closed(self) -> str:
        """Leave the innermost container."""
        token = tokens.END_ARRAY if self._open.pop().names is None else tokens.END_OBJECT
        return self.become(token, token)

    def named(self, name: str, names: set[str]) -> str:
        """Make a name the current token; refuses one that the object already has."""
        if name in names:
            self.fail(f"Duplicate field '{name}'")
        names.add(name)
        return self.become(tokens.FIELD_NAME, tokens.FIELD_NAME, name)

    @property
    def place(self) -> At:
        """Where the current token starts: no line, and an offset for the column."""
        return (-1, self.start)

    def behind(self, at: At) -> At:
        """The place behind a value."""
        return (-1, self._ends.get(at[1], at[1] + 1))

    def written(self, at: At) -> None:
        """Numbers have no spelling here."""

    def text(self) -> str:
        """The text of the current string."""
        return str(self.value)

    def error(self, message: str, at: At, kind: type[JsonParse] = JsonParse) -> JsonParse:
        """An error of the parser; one about the range of a number does not tell the range."""
        if issubclass(kind, InputCoercion):
            kind, message = JsonParse, _RANGE.sub("", message)
        error: JsonParse = located_error(kind, message, at, self.source(*at))
        return error

    @property
    def is_done(self) -> bool:
        return self.pos >= len(self.data)

    def byte(self) -> int:
        """The next byte; raises JsonEOF at the end."""
        if self.pos >= len(self.data):
            self.end_of_input(f" in {self.last}")
        self.pos += 1
        return self.data[self.pos - 1]

    def take(self, count: int) -> bytes:
        """So many bytes; raises JsonEOF when there are fewer."""
        raw = self.data[self.pos : self.pos + count]
        if len(raw) < count:
            self.pos = len(self.data)
            lacking = f"missed {count - len(raw)} before" if self.counts_missing else "reached"
            self.fail(f"Needed to read {count} bytes, {lacking} end-of-input")
        self.pos += count
        return raw

    def decoded(self, raw: bytes, where: str) -> str:
        """UTF-8 text; ``where`` is ``Object name`` or ``VALUE_STRING``."""
        try:
            return raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            bad = raw[error.start]
            self.pos += error.start + 1 - len(raw)
            if self.jackson.newer:
                self.fail(f"Invalid UTF-8 byte 0x{bad:x} in {where.replace('name', 'property name')}")
            self.fail(f"Invalid byte {bad:x} in {where}")

    def end_of_input(self, where: str) -> NoReturn:
        self.fail(f"Unexpected end-of-input{where}", JsonEOF)

    def fail(self, message: str, kind: type[JsonParse] = JsonParse) -> NoReturn:
        raise self.error(message, (-1, self.pos), kind)

    def source(self, line: int, column: int) -> str:
        """A place as errors tell it."""
        if not self.jackson.wrapped:
            named = self.jackson.source(self.data, self.label)
            return f"[Source: {named}; line: {line}, column: {column}]"
        return f"[Source: (byte[])[{len(self.data)} bytes]; byte offset: #{column}]"
