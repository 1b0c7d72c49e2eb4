"""The SMILE format: a binary JSON with shared key names.

Source: the published SMILE 1.0 format, and recordings of 7.10.2, 7.17.29 and 8.19.21 for the choices a writer has.
"""

from __future__ import annotations

import struct
from typing import Any

from esmock.xcontent.java_length import utf16_length
from esmock.xcontent.json_writer import F32
from esmock.xcontent.leaves import leaf

Json = Any

HEADER = b":)\n\x05"
"""Version 0, shared names, raw binary allowed."""

_MAX_NAMES = 1024
_LONGEST_ASCII_NAME, _LONGEST_NAME = 64, 56
"""Up to so many bytes a name has its length in the first byte."""
_END_OF_TEXT = 0xFC


class _Writer:
    __slots__ = ("buffer", "names", "out")

    def __init__(self, buffer: int) -> None:
        self.out = bytearray(HEADER)
        self.names: dict[str, int] = {}
        self.buffer = buffer

    def write(self, value: Json) -> None:
        value = leaf(value)
        out = self.out
        if isinstance(value, str):
            self.text(value)
        elif isinstance(value, dict):
            out.append(0xFA)
            for key, item in value.items():
                self.name(key)
                self.write(item)
            out.append(0xFB)
        elif isinstance(value, list):
            out.append(0xF8)
            for item in value:
                self.write(item)
            out.append(0xF9)
        elif value is None or isinstance(value, bool):
            out.append(0x21 if value is None else 0x23 if value else 0x22)
        elif isinstance(value, int):
            self.integer(value)
        elif isinstance(value, bytes):
            out.append(0xFD)
            out += _varint(len(value))
            out += value
        elif isinstance(value, F32):
            out.append(0x28)
            out += _sevens(int.from_bytes(struct.pack(">f", value), "big"), 5)
        else:
            out.append(0x29)
            out += _sevens(int.from_bytes(struct.pack(">d", value), "big"), 10)

    def integer(self, value: int) -> None:
        out = self.out
        zigzag = value << 1 if value >= 0 else (-value << 1) - 1
        if -16 <= value <= 15:
            out.append(0xC0 + zigzag)
        elif -(2**31) <= value < 2**31:
            out.append(0x24)
            out += _varint(zigzag)
        elif -(2**63) <= value < 2**63:
            out.append(0x25)
            out += _varint(zigzag)
        else:
            digits = value.to_bytes((value.bit_length() if value >= 0 else (-value - 1).bit_length()) // 8 + 1, "big", signed=True)
            out.append(0x26)
            out += _varint(len(digits))
            out += _seven_bit(digits)

    def text(self, text: str) -> None:
        out = self.out
        if not text:
            out.append(0x20)
            return
        raw = text.encode("utf-8", "replace")
        units = utf16_length(text)
        is_ascii = len(raw) == units
        if units <= 65 and len(raw) <= 64:
            out.append((0x3F if is_ascii else 0x7E) + len(raw))
            out += raw
            return
        if units > 65 and 3 * units + 2 > self.buffer:
            is_ascii = False
        out.append(0xE0 if is_ascii else 0xE4)
        out += raw
        out.append(_END_OF_TEXT)

    def name(self, name: str) -> None:
        out = self.out
        if not name:
            out.append(0x20)
            return
        index = self.names.get(name)
        if index is not None:
            if index < 64:
                out.append(0x40 + index)
            else:
                out += bytes((0x30 + (index >> 8), index & 0xFF))
            return
        raw = name.encode("utf-8", "replace")
        if len(raw) > (_LONGEST_ASCII_NAME if len(raw) == len(name) else _LONGEST_NAME):
            out.append(0x34)
            out += raw
            out.append(_END_OF_TEXT)
        else:
            out.append((0x7F if len(raw) == len(name) else 0xBE) + len(raw))
            out += raw
        if len(self.names) == _MAX_NAMES:
            self.names.clear()
        self.names[name] = len(self.names)


def dumps(body: Json, *, buffer: int = 16000) -> bytes:
    """The tree in binary.

    Args:
        buffer: bytes of the writer's buffer; a text that might not fit is not looked at for being plain ASCII.
    """
    writer = _Writer(buffer)
    writer.write(body)
    return bytes(writer.out)


def _varint(value: int) -> bytes:
    """Seven bits per byte, six in the last, which is marked."""
    parts = [0x80 | (value & 0x3F)]
    value >>= 6
    while value:
        parts.append(value & 0x7F)
        value >>= 7
    return bytes(reversed(parts))


def _sevens(bits: int, count: int) -> bytes:
    return bytes(bits >> (7 * index) & 0x7F for index in range(count - 1, -1, -1))


def _seven_bit(raw: bytes) -> bytes:
    """Bytes spread over seven bits each."""
    out = bytearray()
    for start in range(0, len(raw), 7):
        chunk = raw[start : start + 7]
        bits = int.from_bytes(chunk, "big")
        if len(chunk) == 7:
            out += _sevens(bits, 8)
        else:
            rest = len(chunk)
            out += _sevens(bits >> rest, len(chunk)) + bytes((bits & ((1 << rest) - 1),))
    return bytes(out)
