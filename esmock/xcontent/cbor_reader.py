"""CBOR bodies.

Source: RFC 8949 for the format, recordings of 7.10.2 and 8.19.21 for what is refused.
"""

from __future__ import annotations

import math
import struct
from typing import Any, NoReturn

from esmock.xcontent.binary_reader import Cursor
from esmock.xcontent.jackson import Jackson
from esmock.xcontent.located import NO_TOKENS

Json = Any

_BREAK = 0xFF
_SELF_DESCRIBED = b"\xd9\xd9\xf7"
_MISSING = object()


def load(data: bytes, *, jackson: Jackson, label: str = "bytes") -> Json:
    """The first value of a body; NO_TOKENS for an empty one. Raises JsonParse, JsonEOF (bare)."""
    cursor = Cursor(data, jackson, label)
    if data.startswith(_SELF_DESCRIBED):
        cursor.pos = 3
    if cursor.is_done:
        return NO_TOKENS
    value = _value(cursor, "Root")
    if value is _MISSING:
        cursor.fail("Unexpected Break (0xFF) token in Root context")
    return value


def _size(cursor: Cursor, first: int) -> int | None:
    """The number behind a first byte; None: of indefinite length."""
    low = first & 0x1F
    if low < 24:
        return low
    if low <= 27:
        return int.from_bytes(cursor.take(1 << (low - 24)), "big")
    if low == 31:
        return None
    cursor.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")


def _value(cursor: Cursor, context: str) -> Json:
    """One value; _MISSING for the mark that ends a container."""
    first = cursor.byte()
    kind = first >> 5
    if kind <= 1:
        number = _size(cursor, first)
        if number is None:
            cursor.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")
        cursor.token = "VALUE_NUMBER_INT"
        return number if kind == 0 else -1 - number
    if kind <= 3:
        raw = _string(cursor, first)
        cursor.token = "VALUE_STRING"
        return raw if kind == 2 else cursor.text(raw, "VALUE_STRING")
    if kind == 4:
        return _array(cursor, _size(cursor, first))
    if kind == 5:
        return _object(cursor, _size(cursor, first))
    if kind == 6:
        tag = _size(cursor, first)
        inner = _value(cursor, context)
        if tag in (2, 3) and isinstance(inner, bytes):
            number = int.from_bytes(inner, "big")
            return number if tag == 2 else -number
        return inner
    return _simple(cursor, first)


def _string(cursor: Cursor, first: int) -> bytes:
    size = _size(cursor, first)
    if size is not None:
        return cursor.take(size)
    parts: list[bytes] = []
    while (piece := cursor.byte()) != _BREAK:
        if piece >> 5 != first >> 5 or piece & 0x1F == 31:
            expected = "Mismatched chunk in chunked content: expected"
            cursor.fail(f"{expected} {first >> 5} but encountered {piece >> 5}")
        parts.append(_string(cursor, piece))
    return b"".join(parts)


def _array(cursor: Cursor, size: int | None) -> list[Json]:
    items: list[Json] = []
    cursor.token = "START_ARRAY"
    while size is None or len(items) < size:
        value = _value(cursor, "Array")
        if value is _MISSING:
            if size is None:
                break
            cursor.fail("Unexpected Break (0xFF) token in definite length (Array) value")
        items.append(value)
    cursor.token = "END_ARRAY"
    return items


def _object(cursor: Cursor, size: int | None) -> dict[str, Json]:
    tree: dict[str, Json] = {}
    cursor.token = "START_OBJECT"
    while size is None or len(tree) < size:
        if cursor.is_done and cursor.jackson.newer:
            _unclosed(cursor, None if size is None else size - len(tree))
        first = cursor.byte()
        if first == _BREAK:
            if size is None:
                break
            cursor.fail("Unexpected Break (0xFF) token in definite length (Object) value")
        kind = first >> 5
        if kind <= 1:
            number = _size(cursor, first) or 0
            name = str(number if kind == 0 else -1 - number)
        elif kind <= 3:
            name = cursor.text(_string(cursor, first), "Object name")
        else:
            cursor.fail(f"Unsupported major type ({kind}) for CBOR Objects, not (yet?) supported, only Strings")
        cursor.check_new(tree, name)
        cursor.token = "FIELD_NAME"
        if cursor.is_done and cursor.jackson.newer:
            _unclosed(cursor, None if size is None else size - len(tree))
        tree[name] = _value(cursor, "Object")
    cursor.token = "END_OBJECT"
    return tree


def _unclosed(cursor: Cursor, lacking: int | None) -> NoReturn:
    expected = "a property or close marker (0xFF)" if lacking is None else f"{lacking} more properties"
    cursor.end_of_input(f" in Object value: expected {expected} (start token at (byte[])[{len(cursor.data)} bytes])")


def _simple(cursor: Cursor, first: int) -> Json:
    low = first & 0x1F
    if low in (20, 21):
        cursor.token = "VALUE_FALSE" if low == 20 else "VALUE_TRUE"
        return low == 21
    if low in (22, 23):
        cursor.token = "VALUE_NULL"
        return None
    cursor.token = "VALUE_NUMBER_FLOAT"
    if low == 25:
        return _half(int.from_bytes(cursor.take(2), "big"))
    if low == 26:
        return float(struct.unpack(">f", cursor.take(4))[0])
    if low == 27:
        return float(struct.unpack(">d", cursor.take(8))[0])
    if low == 31:
        return _MISSING
    if low == 24 and cursor.jackson.newer:
        value = cursor.byte()
        if value < 32:
            cursor.fail(f"Invalid second byte for simple value: 0x{value:x} (only values 0x20 - 0xFF allowed)")
        return value
    if low < 20 and cursor.jackson.newer:
        return low
    cursor.fail(f"Invalid CBOR value token (first byte): 0x{first:x}")


def _half(bits: int) -> float:
    sign = -1.0 if bits & 0x8000 else 1.0
    exponent, fraction = bits >> 10 & 0x1F, bits & 0x3FF
    if exponent == 0:
        return sign * math.ldexp(fraction, -24)
    if exponent == 31:
        return math.nan if fraction else sign * math.inf
    return sign * math.ldexp(fraction + 1024, exponent - 25)
