"""Percent decoding and query strings, with Elasticsearch's texts for bad escapes."""

from __future__ import annotations

from esmock.errors import BadParameter, IllegalArgument

_HEX = frozenset("0123456789abcdefABCDEF")


def decode_segment(text: str, *, plus: bool = False) -> str:
    """Decode ``%XX`` and ``%%``; raw bytes beyond ASCII are read as Latin-1, escaped ones as UTF-8.

    Raises:
        IllegalArgument: an escape that is cut off or not hexadecimal.
    """
    if plus:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    out: list[str] = []
    escaped = bytearray()
    position, end = 0, len(text)
    while position < end:
        char = text[position]
        if char != "%":
            if escaped:
                out.append(escaped.decode("utf-8", "replace"))
                escaped.clear()
            out.append(char)
            position += 1
            continue
        if position + 1 >= end:
            raise IllegalArgument(f"unterminated escape sequence at end of string: {text}")
        if text[position + 1] == "%":
            escaped.append(0x25)
            position += 2
            continue
        if position + 2 >= end:
            raise IllegalArgument(f"partial escape sequence at end of string: {text}")
        pair = text[position + 1 : position + 3]
        if not set(pair) <= _HEX:
            raise IllegalArgument(f"invalid escape sequence `%{pair}' at index {position} of: {text}")
        escaped.append(int(pair, 16))
        position += 3
    if escaped:
        out.append(escaped.decode("utf-8", "replace"))
    return "".join(out)


def parse_query(query: str) -> dict[str, str]:
    """A query string as Elasticsearch reads it: ``&`` and ``;`` separate, the last value of a name wins.

    Raises:
        BadParameter: a bad escape.
    """
    found: dict[str, str] = {}
    query = query.partition("#")[0]
    if not query:
        return found
    try:
        for part in query.replace(";", "&").split("&"):
            name, equals, value = part.partition("=")
            if not name:
                name, value = value, ""
            if name or equals:
                found[decode_segment(name, plus=True)] = decode_segment(value, plus=True)
    except IllegalArgument as cause:
        raise BadParameter(f"java.lang.IllegalArgumentException: {cause.reason}", cause=cause) from None
    found.pop("", None)
    return found
