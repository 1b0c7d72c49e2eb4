"""What the readers of CBOR and SMILE share: a cursor over bytes, and errors in the parser's words.

Positions in these formats are byte offsets: 7.x calls them columns (line -1), later versions count them from somewhere in
the network buffer, which nobody can foretell; here they count from the start of the body.
Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import Any, NoReturn

from esmock.errors import JsonEOF, JsonParse
from esmock.xcontent.jackson import Jackson
from esmock.xcontent.json_input import located_error

Json = Any


class Cursor:
    """Bytes, read from left to right."""

    __slots__ = ("data", "jackson", "label", "pos", "token")

    def __init__(self, data: bytes, jackson: Jackson, label: str) -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.pos = 0
        self.token = "null"

    @property
    def is_done(self) -> bool:
        return self.pos >= len(self.data)

    def byte(self) -> int:
        """The next byte; raises JsonEOF at the end."""
        if self.pos >= len(self.data):
            self.end_of_input(f" in {self.token}")
        self.pos += 1
        return self.data[self.pos - 1]

    def take(self, count: int) -> bytes:
        """So many bytes; raises JsonEOF when there are fewer."""
        raw = self.data[self.pos : self.pos + count]
        if len(raw) < count:
            self.pos = len(self.data)
            lacking = "reached" if self.jackson.newer else f"missed {count - len(raw)} before"
            self.fail(f"Needed to read {count} bytes, {lacking} end-of-input")
        self.pos += count
        return raw

    def text(self, raw: bytes, where: str) -> str:
        """UTF-8 text; ``where`` is ``Object name`` or ``VALUE_STRING``."""
        try:
            return raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            bad = raw[error.start]
            self.pos += error.start + 1 - len(raw)
            if self.jackson.newer:
                self.fail(f"Invalid UTF-8 byte 0x{bad:x} in {where.replace('name', 'property name')}")
            self.fail(f"Invalid byte {bad:x} in {where}")

    def check_new(self, tree: dict[str, Json], name: str) -> None:
        """Refuse a name that the object already has."""
        if name in tree:
            self.fail(f"Duplicate field '{name}'")

    def end_of_input(self, where: str) -> NoReturn:
        self.fail(f"Unexpected end-of-input{where}", JsonEOF)

    def fail(self, message: str, kind: type[JsonParse] = JsonParse) -> NoReturn:
        raise located_error(kind, message, (-1, self.pos), self.source())

    def source(self) -> str:
        if not self.jackson.wrapped:
            named = self.jackson.source(self.data, self.label)
            return f"[Source: {named}; line: -1, column: {self.pos}]"
        return f"[Source: (byte[])[{len(self.data)} bytes]; byte offset: #{self.pos}]"
