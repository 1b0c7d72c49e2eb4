"""YAML as Elasticsearch writes it.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21 (quoting of keys, folding of strings).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from esmock.xcontent.java_length import utf16_length
from esmock.xcontent.json_writer import F32, SHORTEST, Decimals
from esmock.xcontent.leaves import leaf

Json = Any

_WIDTH = 80
_LONGEST_SIMPLE_KEY = 127
_BREAKS = "\n\x85\u2028\u2029"
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}
_RESERVED = frozenset("false False FALSE true True TRUE no No NO yes Yes YES on On ON off Off OFF".split())
_LATER_RESERVED = _RESERVED | frozenset(("null", "Null", "NULL", "n", "N", "y", "Y"))
_SHORT = re.compile(r"[ !#-\[\]-~]{0,60}\Z")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,126}\Z")


@dataclass(frozen=True, slots=True)
class YamlStyle:
    """What the versions' writers do differently.

    Args:
        newer: more words are quoted as keys, characters above U+FFFF are written as they are (7.17).
        decimals: the form of numbers.
    """

    newer: bool
    decimals: Decimals = SHORTEST


def dumps(body: Json, style: YamlStyle) -> bytes:
    """A document: ``---``, the tree in block style, a newline at the end."""
    out = ["---"]
    _value(body, 0, 3, out, style, nested="")
    return "".join(out).encode("utf-8", "replace")


def _object(tree: dict[str, Json], indent: int, out: list[str], style: YamlStyle, *, after_dash: bool) -> None:
    """Entries, each on its own line; the first one behind the dash of an array's element, if there is one."""
    blanks = " " * indent
    for number, (key, item) in enumerate(tree.items()):
        if number or not after_dash:
            out.append(blanks)
        text, is_simple = _key(key, indent, style)
        if is_simple:
            out.append(text + ":")
            column = indent + utf16_length(text) + 1
        else:
            out.append(f"? {text}\n{blanks}:")
            column = indent + 1
        _value(item, indent, column, out, style, nested="object")


def _array(tree: list[Json], indent: int, out: list[str], style: YamlStyle, *, after_dash: bool) -> None:
    blanks = " " * indent
    for number, item in enumerate(tree):
        out.append(blanks + "-" if number or not after_dash else "-")
        _value(item, indent, indent + 1, out, style, nested="array")


def _value(body: Json, indent: int, column: int, out: list[str], style: YamlStyle, *, nested: str) -> None:
    """A value behind ``key:``, ``-`` or ``---``; ``column`` is where the line ends, ``nested`` the container's kind."""
    value = leaf(body)
    after_dash = nested == "array"
    if value and isinstance(value, (dict, list)):
        out.append(" " if after_dash else "\n")
        if isinstance(value, dict):
            _object(value, indent + 2 if nested else 0, out, style, after_dash=after_dash)
        else:
            _array(value, indent + 2 if after_dash else indent, out, style, after_dash=after_dash)
    else:
        out.append(" " + _scalar(value, column + 1, indent + 2, style) + "\n")


def _scalar(value: Json, column: int, indent: int, style: YamlStyle) -> str:
    """A leaf; ``column`` is where it starts, ``indent`` where its further lines do."""
    if isinstance(value, str):
        return f'"{value}"' if _SHORT.match(value) and column < 17 else _quoted(value, column, indent, style)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, F32):
        return style.decimals.single(value)
    if isinstance(value, float):
        return style.decimals.double(value)
    if isinstance(value, bytes):
        return "!!binary |-\n" + " " * indent + base64.b64encode(value).decode()
    return "[]" if isinstance(value, list) else "{}"


def _quoted(text: str, column: int, indent: int, style: YamlStyle) -> str:
    """In double quotes, folded where a line grows beyond 80 columns.

    Columns are counted in UTF-16 units, and a line is only left at a blank or behind an escape.
    """
    units = list(text)
    out: list[str] = ['"']
    column += 1
    start = end = 0
    count = len(units)
    while end <= count:
        char = units[end] if end < count else ""
        if not char or not (" " <= char <= "~") or char in '"\\':
            if start < end:
                out.extend(units[start:end])
                column += end - start
                start = end
            if char:
                written = _escaped(char, style)
                column += utf16_length(written)
                out.append(written)
                start = end + 1
        if 0 < end < count - 1 and (char == " " or start >= end) and column + (end - start) > _WIDTH:
            out.extend(units[start:end])
            start = max(start, end)
            out.append("\\\n" + " " * indent)
            column = indent
            if units[start] == " ":
                out.append("\\")
                column += 1
        end += 1
    out.append('"')
    return "".join(out)


def _escaped(char: str, style: YamlStyle) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    code = ord(char)
    if 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or (code > 0xFFFF and style.newer):
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _key(key: str, indent: int, style: YamlStyle) -> tuple[str, bool]:
    """The text of a key, and whether it can stand before a colon on its line."""
    if _PLAIN_KEY.match(key):
        reserved = _LATER_RESERVED if style.newer else _RESERVED
        return (f'"{key}"' if key in reserved else key), True
    is_simple = utf16_length(key) <= _LONGEST_SIMPLE_KEY and not any(char in _BREAKS for char in key)
    if key[:1] in "0123456789.+-" or (style.newer and key.startswith("~")) or not key:
        return _unfolded(key, style), is_simple
    if _is_special(key) or (style.newer and "\n" in key):
        return _unfolded(key, style), is_simple
    if _allows_plain(key):
        return key.replace("\n", "\n\n" + " " * (indent + 2)), is_simple
    quoted = key.replace("'", "''")
    for char in "\x85\u2028\u2029":
        quoted = quoted.replace(char, char + " " * (indent + 2))
    return f"'{quoted}'", is_simple


def _unfolded(key: str, style: YamlStyle) -> str:
    return '"' + "".join(char if " " <= char <= "~" and char not in '"\\' else _escaped(char, style) for char in key) + '"'


def _is_special(key: str) -> bool:
    """Whether a text holds what only double quotes can hold."""
    return any(
        not (" " <= char <= "~" or char == "\n" or char == "\x85" or "\xa0" <= char <= "\ud7ff" or char >= "\ue000")
        or char in "\ufffe\uffff"
        for char in key
    ) or bool(re.search(f"[ ][{_BREAKS}]|[{_BREAKS}][ ]", key))


def _allows_plain(key: str) -> bool:
    """Whether a text can stand without quotes outside of brackets."""
    if key[0] in "#,[]{}&*!|>'\"%@`" or key.startswith(("---", "...")):
        return False
    if key[0] == " " or key[-1] == " " or key[0] in _BREAKS or key[-1] in _BREAKS:
        return False
    followed = " \t\0" + _BREAKS
    if key[0] in "?-" and (len(key) == 1 or key[1] in followed):
        return False
    for index, char in enumerate(key):
        if char == ":" and (index + 1 == len(key) or key[index + 1] in followed):
            return False
        if char == "#" and index and key[index - 1] in followed:
            return False
    return True
