"""Characters as Jackson's UTF-8 parser decodes, classifies and shows them.

Source: texts mutated at random, sent to 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

import unicodedata


def described(code: int) -> str:
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"(CTRL-CHAR, code {code})"
    char = chr(code)
    if code > 255:
        return f"'{char}' (code {code} / 0x{code:x})"
    return f"'{char}' (code {code})"


def quad(raw: bytes, place: int) -> int:
    """A byte of a name as the parser shows it: with what stands before it in its group of four, as a signed number."""
    group = int.from_bytes(raw[place & ~3 : place + 1], "big")
    return group | 0xFFFFFFFF << 8 * (place % 4 + 1) & 0xFFFFFFFF if raw[place & ~3] & 0x80 else group


def following(first: int) -> int:
    """How many bytes follow a first byte of UTF-8; -1: it is none."""
    if first < 0x80:
        return 0
    if first & 0xE0 == 0xC0:
        return 1
    if first & 0xF0 == 0xE0:
        return 2
    return 3 if first & 0xF8 == 0xF0 else -1


def combined(raw: bytes) -> str:
    code = raw[0] & (0x7F if len(raw) == 1 else 0xFF >> (len(raw) + 1))
    for byte in raw[1:]:
        code = code << 6 | byte & 0x3F
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def joined(text: str) -> str:
    """Pairs of surrogate escapes as the one character they stand for; lone ones stay."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def is_identifier_start(char: str) -> bool:
    return char in "$_" or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"}


def is_identifier_part(char: str) -> bool:
    if is_identifier_start(char) or unicodedata.category(char) in {"Nd", "Mn", "Mc", "Cf"}:
        return True
    code = ord(char)
    return code <= 8 or 0xE <= code <= 0x1B or 0x7F <= code <= 0x9F
