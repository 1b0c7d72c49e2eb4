"""Ranges as the bytes that their doc values are. Source: recordings of 7.10.2 and 8.19.21."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from esmock.errors import ArrayIndexOutOfBounds, IllegalArgument

if TYPE_CHECKING:
    from esmock.mapping.ranges import Range
    from esmock.version import Behaviour


def encoded(field: Range, ranges: list[tuple[Any, Any]]) -> bytes:
    """The ranges of a document: how many, then the bounds of each, in order of the lower ones.

    Args:
        ranges: inclusive bounds, as the column holds them.
    """
    distinct = sorted(set(ranges), key=lambda one: one[0])
    count = len(distinct)
    head = bytearray()
    while count > 0x7F:
        head.append(count & 0x7F | 0x80)
        count >>= 7
    head.append(count)
    return bytes(head) + b"".join(_bound(field, value) for one in distinct for value in one)


def _bound(field: Range, value: Any) -> bytes:
    if field.name == "ip_range":
        return bytes.fromhex(value)
    if field.name == "float_range":
        return _sortable(struct.pack(">f", value))
    if field.name == "double_range":
        return _sortable(struct.pack(">d", value))
    return _whole(int(value))


def _sortable(data: bytes) -> bytes:
    """A decimal's bytes such that they sort like it."""
    if data[0] & 0x80:
        return bytes(byte ^ 0xFF for byte in data)
    return bytes([data[0] ^ 0x80, *data[1:]])


def _whole(value: int) -> bytes:
    """A whole number: one bit for its sign, four for the number of further bytes, three for its first bits."""
    size = value if value >= 0 else -1 - value
    more = (size.bit_length() + 4) // 8
    data = bytearray(size.to_bytes(more + 1, "big"))
    data[0] |= 0x80 | more << 3
    return bytes(data) if value >= 0 else bytes(byte ^ 0xFF for byte in data)


def read_as_text(data: bytes, behaviour: Behaviour) -> str:
    """Bytes as Lucene reads UTF-8, which checks nothing but where they end.

    Raises:
        ArrayIndexOutOfBounds: they end within a character (7.x).
        IllegalArgument: the same in 8.x.
    """
    try:
        return "".join(_characters(data))
    except IndexError:
        wrong = ArrayIndexOutOfBounds(f"Index {len(data)} out of bounds for length {len(data)}")
        if behaviour.major < 8:
            raise wrong from None
        raise IllegalArgument("Failed trying to format bytes as UTF8.  Possibly caused by a mapping mismatch", cause=wrong) from None


def _characters(data: bytes) -> list[str]:
    out, at = [], 0
    while at < len(data):
        first = data[at]
        more = 0 if first < 0xC0 else 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        code = first & (0xFF, 0x1F, 0x0F, 0x07)[more]
        for place in range(at + 1, at + 1 + more):
            code = code << 6 | data[place] & 0x3F
        out.append(chr(code) if code < 0x110000 else "\ufffd")
        at += 1 + more
    return out
