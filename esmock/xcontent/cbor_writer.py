"""CBOR as Elasticsearch writes it: objects and arrays of indefinite length.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import struct
from typing import Any

from esmock.xcontent.java_length import utf16_length
from esmock.xcontent.json_writer import F32
from esmock.xcontent.leaves import leaf

Json = Any

_SHORT, _MEDIUM, _LONG = 23, 255, 3996
"""Up to so many UTF-16 units a text has a length in the first byte, in one more byte, in two; then it comes in pieces."""


def dumps(body: Json, *, newer: bool) -> bytes:
    """The tree in binary.

    Args:
        newer: integers beyond 31 bits take 4 bytes while they fit (7.17).
    """
    out = bytearray()
    _write(body, out, newer)
    return bytes(out)


def _write(value: Json, out: bytearray, newer: bool) -> None:
    value = leaf(value)
    if isinstance(value, str):
        _text(value, out)
    elif isinstance(value, dict):
        out.append(0xBF)
        for key, item in value.items():
            _text(key, out)
            _write(item, out, newer)
        out.append(0xFF)
    elif isinstance(value, list):
        out.append(0x9F)
        for item in value:
            _write(item, out, newer)
        out.append(0xFF)
    elif value is None or isinstance(value, bool):
        out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _integer(value, out, newer)
    elif isinstance(value, bytes):
        _length(0x40, len(value), out)
        out += value
    elif isinstance(value, F32):
        out += b"\xfa" + struct.pack(">f", value)
    else:
        out += b"\xfb" + struct.pack(">d", value)


def _length(prefix: int, size: int, out: bytearray) -> None:
    if size < 24:
        out.append(prefix + size)
    elif size <= 0xFF:
        out += bytes((prefix + 24, size))
    elif size <= 0xFFFF:
        out.append(prefix + 25)
        out += size.to_bytes(2, "big")
    else:
        out.append(prefix + 26)
        out += size.to_bytes(4, "big")


def _integer(value: int, out: bytearray, newer: bool) -> None:
    prefix, size = (0x00, value) if value >= 0 else (0x20, -value - 1)
    if size <= (0xFFFFFFFF if newer else 0x7FFFFFFF):
        _length(prefix, size, out)
    elif size <= 0x7FFFFFFFFFFFFFFF:
        out.append(prefix + 27)
        out += size.to_bytes(8, "big")
    else:
        out.append(0xC2 if value >= 0 else 0xC3)
        magnitude = abs(value)
        digits = magnitude.to_bytes(magnitude.bit_length() // 8 + 1, "big")
        _length(0x40, len(digits), out)
        out += digits


def _text(text: str, out: bytearray) -> None:
    units = utf16_length(text)
    if units > _LONG:
        out.append(0x7F)
        for piece in _pieces(text):
            _text(piece, out)
        out.append(0xFF)
        return
    raw = text.encode("utf-8", "replace")
    if units <= _MEDIUM and len(raw) <= _MEDIUM and (units <= _SHORT or len(raw) > 0):
        if units <= _SHORT and len(raw) <= _SHORT:
            out.append(0x60 + len(raw))
        else:
            out += bytes((0x78, len(raw)))
    else:
        out.append(0x79)
        out += len(raw).to_bytes(2, "big")
    out += raw


def _pieces(text: str) -> list[str]:
    """Parts of at most 3996 UTF-16 units, no pair of surrogates torn apart."""
    raw = text.encode("utf-16-le", "surrogatepass")
    parts: list[str] = []
    start = 0
    while len(raw) - start > 2 * _LONG:
        end = start + 2 * _LONG
        if 0xD8 <= raw[end - 1] <= 0xDB:
            end -= 2
        parts.append(raw[start:end].decode("utf-16-le", "surrogatepass"))
        start = end
    if start < len(raw):
        parts.append(raw[start:].decode("utf-16-le", "surrogatepass"))
    return parts
