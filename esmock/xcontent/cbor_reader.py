"""CBOR bodies.

Source: RFC 8949 for the format, recordings of 7.10.2 and 8.19.21 for what is refused.
"""

from __future__ import annotations

import math
import struct
from typing import Any, NoReturn

from esmock.xcontent import tokens
from esmock.xcontent.binary_reader import Container, Cursor
from esmock.xcontent.jackson import Jackson
from esmock.xcontent.located import NO_TOKENS
from esmock.xcontent.tokens import tree

Json = Any

_BREAK = 0xFF
_SELF_DESCRIBED = b"\xd9\xd9\xf7"


def load(data: bytes, *, jackson: Jackson, label: str = "bytes") -> Json:
    """The first value of a body; NO_TOKENS for an empty one. Raises JsonParse, JsonEOF (bare)."""
    reader = CborTokens(data, jackson, label)
    return NO_TOKENS if reader.next() is None else tree(reader)


class CborTokens(Cursor):
    """Reads the tokens of a body one at a time."""

    @property
    def counts_missing(self) -> bool:
        return not self.jackson.newer

    def begin(self) -> None:
        if self.data.startswith(_SELF_DESCRIBED):
            self.pos = 3

    def read_value(self, holder: Container | None) -> str:
        """The value that begins here, or the end of an array. Raises JsonParse, JsonEOF."""
        if holder is not None and holder.names is not None and self.is_done and self.jackson.newer:
            self._unclosed(holder.left)
        if holder is not None and holder.left is not None:
            if holder.names is None and holder.left == 0:
                return self.closed()
            holder.left -= 1
        first = self.byte()
        tag = None
        while first >> 5 == 6:
            tag = self._size(first)
            first = self.byte()
        kind = first >> 5
        if kind <= 1:
            number = self._size(first)
            if number is None:
                self.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")
            return self.number(number if kind == 0 else -1 - number)
        if kind == 2:
            return self._bytes(self._string(first), tag)
        if kind == 3:
            return self.string(self.decoded(self._string(first), "VALUE_STRING"))
        if kind <= 5:
            return self.opened(is_object=kind == 5, left=self._size(first))
        return self._break(holder) if first == _BREAK else self._simple(first)

    def read_name(self, holder: Container, names: set[str]) -> str:
        """The name that begins here, or the end of the object. Raises JsonParse, JsonEOF."""
        if holder.left == 0:
            return self.closed()
        if self.is_done and self.jackson.newer:
            self._unclosed(holder.left)
        first = self.byte()
        kind = first >> 5
        if first == _BREAK:
            return self._break(holder)
        if kind <= 1:
            number = self._size(first) or 0
            return self.named(str(number if kind == 0 else -1 - number), names)
        if kind <= 3:
            return self.named(self.decoded(self._string(first), "Object name"), names)
        self.fail(f"Unsupported major type ({kind}) for CBOR Objects, not (yet?) supported, only Strings")

    def _size(self, first: int) -> int | None:
        """The number behind a first byte; None: of indefinite length."""
        low = first & 0x1F
        if low < 24:
            return low
        if low <= 27:
            return int.from_bytes(self.take(1 << (low - 24)), "big")
        if low == 31:
            return None
        self.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")

    def _string(self, first: int) -> bytes:
        size = self._size(first)
        if size is not None:
            return self.take(size)
        parts: list[bytes] = []
        while (piece := self.byte()) != _BREAK:
            if piece >> 5 != first >> 5 or piece & 0x1F == 31:
                expected = "Mismatched chunk in chunked content: expected"
                self.fail(f"{expected} {first >> 5} but encountered {piece >> 5}")
            parts.append(self._string(piece))
        return b"".join(parts)

    def _bytes(self, raw: bytes, tag: int | None) -> str:
        if tag in (2, 3):
            number = int.from_bytes(raw, "big")
            return self.number(number if tag == 2 else -number)
        return self.become("VALUE_EMBEDDED_OBJECT", "VALUE_EMBEDDED_OBJECT", raw)

    def _break(self, holder: Container | None) -> str:
        """The mark that ends a container of unknown length."""
        if holder is None:
            self.fail("Unexpected Break (0xFF) token in Root context")
        is_value = holder.names is not None and self.token is tokens.FIELD_NAME
        if holder.left is None and not is_value:
            return self.closed()
        kind = "Array" if holder.names is None else "Object"
        self.fail(f"Unexpected Break (0xFF) token in definite length ({kind}) value")

    def _unclosed(self, lacking: int | None) -> NoReturn:
        expected = "a property or close marker (0xFF)" if lacking is None else f"{lacking} more properties"
        self.end_of_input(f" in Object value: expected {expected} (start token at (byte[])[{len(self.data)} bytes])")

    def _simple(self, first: int) -> str:
        low = first & 0x1F
        if 20 <= low <= 23:
            return self.literal(None if low > 21 else low == 21)
        self.last = "VALUE_NUMBER_FLOAT"
        if low == 25:
            return self.number(_half(int.from_bytes(self.take(2), "big")))
        if low == 26:
            return self.number(float(struct.unpack(">f", self.take(4))[0]))
        if low == 27:
            return self.number(float(struct.unpack(">d", self.take(8))[0]))
        if low == 24 and self.jackson.newer:
            value = self.byte()
            if value < 32:
                self.fail(f"Invalid second byte for simple value: 0x{value:x} (only values 0x20 - 0xFF allowed)")
            return self.number(value)
        if low < 20 and self.jackson.newer:
            return self.number(low)
        self.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")


def _half(bits: int) -> float:
    sign = -1.0 if bits & 0x8000 else 1.0
    exponent, fraction = bits >> 10 & 0x1F, bits & 0x3FF
    if exponent == 0:
        return sign * math.ldexp(fraction, -24)
    if exponent == 31:
        return math.nan if fraction else sign * math.inf
    return sign * math.ldexp(fraction + 1024, exponent - 25)
