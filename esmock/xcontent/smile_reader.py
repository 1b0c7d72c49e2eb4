"""SMILE bodies.

Source: the published SMILE 1.0 format, recordings of 7.10.2 and 8.19.21 for what is refused.
"""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import Any, NoReturn

from esmock.errors import NotSmile
from esmock.xcontent.binary_reader import Container, Cursor
from esmock.xcontent.jackson import Jackson
from esmock.xcontent.located import NO_TOKENS
from esmock.xcontent.tokens import tree

Json = Any

_END_OF_TEXT = b"\xfc"
_MAX_SHARED = 1024
_END_ARRAY, _END_OBJECT, _END_CONTENT = 0xF9, 0xFB, 0xFF


class SmileTokens(Cursor):
    """Reads the tokens of a body one at a time."""

    def begin(self) -> None:
        first = self.data[:1]
        if first and first != b":":
            hint = {b"{": "'{' (plain JSON input?)", b"[": "'[' (plain JSON input?)"}.get(first)
            rather = f" -- rather, it starts with {hint}" if hint else ""
            self.fail(
                f"Input does not start with Smile format header (first byte = 0x{first[0]:x}){rather} -- can not parse",
                NotSmile,
            )
        for expected in b":)\n":
            found = self.byte()
            if found != expected:
                self.fail(f"Malformed content: signature not valid, starts with 0x3a but followed by 0x{found:x}")
        flags = self.byte()
        self.shares_names = bool(flags & 1)
        self.shares_values = bool(flags & 2)
        self.names: list[str] = []
        self.values: list[str] = []

    def read_value(self, holder: Container | None) -> str:
        """The value that begins here, or the end of an array. Raises JsonParse, JsonEOF."""
        if holder is not None and holder.names is not None and self.is_done:
            where = self.unknown_source("line: -1, column: -1", "byte offset: #UNKNOWN")
            self.end_of_input(f": expected close marker for Object (start marker at {where})")
        first = self.byte()
        if 0x01 <= first <= 0x1F:
            return self.string(self.shared(self.values, first - 1, "text value"))
        if first <= 0x3F:
            return self.simple(first)
        if first <= 0xBF:
            offset = (0x3F, 0x3F, 0x7E, 0x7E)[(first >> 5) - 2]
            text = self.decoded(self.take(first - offset), "VALUE_STRING")
            self.share_value(text)
            return self.string(text)
        if first <= 0xDF:
            return self.number(_unzigzag(first & 0x1F))
        return self.misc(first, holder)

    def read_name(self, holder: Container, names: set[str]) -> str:
        """The name that begins here, or the end of the object. Raises JsonParse, JsonEOF."""
        first = self.byte()
        return self.closed() if first == _END_OBJECT else self.named(self.name(first), names)

    def simple(self, first: int) -> str:
        if first == 0x20:
            return self.string("")
        if 0x21 <= first <= 0x23:
            return self.literal(None if first == 0x21 else first == 0x23)
        if first in (0x24, 0x25):
            self.last = "VALUE_NUMBER_INT"
            return self.number(_unzigzag(self.varint()))
        if first == 0x26:
            self.last = "VALUE_NUMBER_INT"
            return self.number(int.from_bytes(self.seven_bit(self.varint()), "big", signed=True))
        self.last = "VALUE_NUMBER_FLOAT"
        if first == 0x28:
            return self.number(float(struct.unpack(">f", (self.sevens(5) & 0xFFFFFFFF).to_bytes(4, "big"))[0]))
        if first == 0x29:
            return self.number(float(struct.unpack(">d", (self.sevens(10) & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big"))[0]))
        if first == 0x2A:
            scale = _unzigzag(self.varint())
            unscaled = int.from_bytes(self.seven_bit(self.varint()), "big", signed=True)
            return self.number(float(Decimal(unscaled).scaleb(-scale)))
        self.fail(f"Invalid type marker byte 0x{first:x} for expected value token")

    def misc(self, first: int, holder: Container | None) -> str:
        if first in (0xE0, 0xE4):
            self.last = "VALUE_STRING"
            return self.string(self.long_text("VALUE_STRING"))
        if first == 0xE8:
            return self.embedded(self.seven_bit(self.varint()))
        if 0xEC <= first <= 0xEF:
            return self.string(self.shared(self.values, (first & 3) << 8 | self.byte(), "text value"))
        if first in (0xF8, 0xFA):
            return self.opened(is_object=first == 0xFA)
        if first == 0xFD:
            return self.embedded(self.take(self.varint()))
        if first == _END_ARRAY and holder is not None and holder.names is None:
            return self.closed()
        if first in (_END_ARRAY, _END_OBJECT, _END_CONTENT):
            self.misplaced(first)
        self.fail(f"Invalid type marker byte 0x{first:x} for expected value token")

    def embedded(self, raw: bytes) -> str:
        """Bytes, which JSON does not have."""
        return self.become("VALUE_EMBEDDED_OBJECT", "VALUE_EMBEDDED_OBJECT", raw)

    def unknown_source(self, old: str, new: str) -> str:
        """The place of a container, which this parser does not know."""
        if self.jackson.wrapped:
            return f"[Source: UNKNOWN; {new}]"
        return f"[Source: {self.jackson.source(self.data, self.label)}; {old}]"

    def misplaced(self, first: int) -> NoReturn:
        """Refuse the mark of an end where a value should stand."""
        if first == _END_OBJECT:
            self.fail("Invalid type marker byte 0xFB in value mode (would be END_OBJECT in key mode)")
        if first == _END_ARRAY:
            where = self.unknown_source("line: 1, column: 0", "line: 1")
            self.fail(f"Unexpected close marker ']': expected '}}' (for root starting at {where})")
        self.fail(f"Invalid type marker byte 0x{first:x} for expected value token")

    def name(self, first: int) -> str:
        if first == 0x20:
            return ""
        if 0x30 <= first <= 0x33:
            return self.shared(self.names, (first & 3) << 8 | self.byte(), "name")
        if first == 0x34:
            name = self.long_text("Object name")
        elif 0x40 <= first <= 0x7F:
            return self.shared(self.names, first - 0x40, "name")
        elif 0x80 <= first <= 0xBF:
            name = self.take(first - 0x7F).decode("utf-8", "replace")
        elif 0xC0 <= first <= 0xF7:
            name = self.decoded(self.take(first - 0xBE), "Object name")
        else:
            self.fail(f"Invalid type marker byte 0x{first:x} for expected field name (or END_OBJECT marker)")
        if self.shares_names:
            if len(self.names) == _MAX_SHARED:
                self.names.clear()
            self.names.append(name)
        return name

    def share_value(self, text: str) -> None:
        if self.shares_values:
            if len(self.values) == _MAX_SHARED:
                self.values.clear()
            self.values.append(text)

    def shared(self, seen: list[str], index: int, what: str) -> str:
        if index >= len(seen):
            self.fail(
                f"Invalid shared {what} reference {index}; only got {len(seen)} {what}s in buffer (invalid content)"
            )
        return seen[index]

    def long_text(self, where: str) -> str:
        end = self.data.find(_END_OF_TEXT, self.pos)
        if end < 0:
            self.pos = len(self.data)
            self.end_of_input(f" in {self.last}")
        raw = self.data[self.pos : end]
        self.pos = end + 1
        return self.decoded(raw, where)

    def varint(self) -> int:
        value = 0
        while True:
            byte = self.byte()
            if byte & 0x80:
                return value << 6 | byte & 0x3F
            value = value << 7 | byte

    def sevens(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 7 | self.byte()
        # what does not belong there in the high bit of a byte is lost at the top
        return value & (1 << 7 * count) - 1

    def seven_bit(self, size: int) -> bytes:
        out = bytearray()
        while size:
            chunk = min(7, size)
            if chunk == 7:
                out += self.sevens(8).to_bytes(7, "big")
            else:
                bits = self.sevens(chunk) << chunk | self.byte()
                out += (bits & (1 << 8 * chunk) - 1).to_bytes(chunk, "big")
            size -= chunk
        return bytes(out)


def load(data: bytes, *, jackson: Jackson, label: str = "bytes") -> Json:
    """The first value of a body; NO_TOKENS for an empty one. Raises JsonParse, JsonEOF (bare)."""
    reader = SmileTokens(data, jackson, label)
    return NO_TOKENS if reader.next() is None else tree(reader)


def _unzigzag(value: int) -> int:
    return value >> 1 if value & 1 == 0 else -(value >> 1) - 1
