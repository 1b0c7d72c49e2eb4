"""JSON as Elasticsearch writes it, byte for byte: compact through orjson, pretty by hand.

Source: recordings of 7.10.2 and 8.19.21 (number forms, escapes, layout, raw ``_source``).
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from esmock.version import Behaviour
from esmock.xcontent.java_number import java_double, java_float
from esmock.xcontent.java_old_number import java_double_old, java_float_old

Json = Any

_INFINITY = math.inf

_NO_SCORE = b'"max_score":null'
"""The null of every search without scores: alone, it tells of no number that JSON lacks."""

_RAW_MARK = b"\x00"
"""Stands for one RawJson in orjson's output, where a NUL byte never occurs."""
_RAW = orjson.Fragment(_RAW_MARK)
_POINT, _BACKSLASH = b".\\"

_ODD_FLOAT = re.compile(
    rb"[:,\[](-?\d++(?:\.(?:(?<=\d{8}\.)\d+|(?<=\D0\.)000\d+|\d++(?=e))(?:e[+-]?\d+)?|e[+-]?\d+))(?=[,\]}])"
)
_LONE_FLOAT = re.compile(rb"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\Z")
_SEPARATORS = b":,[-"
_NO_PART = bytes(code for code in range(256) if code not in b'0123456789.e"' + _SEPARATORS)
"""What stands neither in a number nor before one, quotes apart."""
_EXPONENT = re.compile(rb"[:,\[]0[0.]*e")
_DIGITS_ALIKE = bytes.maketrans(b"123456789+-", b"0" * 11)
"""Signs, too, count as digits."""
_SEPARATORS_ALIKE = bytes.maketrans(_SEPARATORS, b":" * len(_SEPARATORS))
_ESCAPE = re.compile(rb"\\(?:u00[01][0-9a-f]|.)")
_SUPPLEMENTARY = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_PLAIN = re.compile(r'[^\x00-\x1f"\\\ud800-\udfff\U00010000-\U0010ffff]*\Z')
_SHORT_ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\ud800-\udfff\U00010000-\U0010ffff]')


@dataclass(frozen=True, slots=True)
class Decimals:
    """How a version's Java prints doubles and 32-bit values."""

    double: Callable[[float], str]
    single: Callable[[float], str]


SHORTEST = Decimals(java_double, java_float)
BEFORE_JDK_19 = Decimals(java_double_old, java_float_old)


def decimals_for(behaviour: Behaviour) -> Decimals:
    """The number forms of a version, by the Java that it is shipped with."""
    return SHORTEST if behaviour.shortest_decimals else BEFORE_JDK_19


class F32(float):
    """A value that Elasticsearch holds in 32 bits, and prints so: ``0.1`` where the double is 0.10000000149011612."""

    __slots__ = ()


class RawJson:
    """JSON text that is copied byte for byte into compact output, and read and written anew anywhere else.

    ``tree`` gives the parsed value; it is read once.
    """

    __slots__ = ("_tree", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data

    @property
    def tree(self) -> Json:
        try:
            return self._tree
        except AttributeError:
            from esmock.xcontent.json_reader import parse_stored

            self._tree: Json = parse_stored(self.data)
            return self._tree

    def __repr__(self) -> str:
        return f"RawJson({self.data!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawJson) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)


def dumps(body: Json, decimals: Decimals = SHORTEST) -> bytes:
    """Compact JSON: no white space, no newline at the end.

    Takes dict, list, tuple, str, int, float, bool, None, F32, RawJson, bytes (base64) and numpy scalars.
    """
    raws: list[bytes] = []

    def default(value: Any) -> Any:
        if type(value) is RawJson:
            raws.append(value.data)
            return _RAW
        return _scalar(value, decimals)

    try:
        out = orjson.dumps(body, default)
    except TypeError:
        return _exact(body, decimals)
    if _may_have_odd_float(out):
        out = _fix_floats(out, decimals)
    if not out.isascii():
        out = _SUPPLEMENTARY.sub(_surrogates, out)
    if _BACKSLASH in out and out.find(b"\\u00") >= 0:
        out = _ESCAPE.sub(_upper_escape, out)
    if out.find(b"null") >= 0 and out.count(b"null") > out.count(_NO_SCORE) and _has_non_finite(body):
        return _exact(body, decimals)
    if not raws:
        return out
    if len(raws) == 1:
        return out.replace(_RAW_MARK, raws[0], 1)
    parts = out.split(_RAW_MARK)
    joined: list[bytes] = [b""] * (2 * len(raws) + 1)
    joined[::2] = parts
    joined[1::2] = raws
    return b"".join(joined)


def _scalar(value: Any, decimals: Decimals) -> Any:
    """A value that orjson does not know, as one it does."""
    if type(value) is F32:
        return orjson.Fragment(_real(decimals.single(value)))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    if type(value).__module__ == "numpy":
        kind = value.dtype
        if kind.name == "float32":
            return orjson.Fragment(_real(decimals.single(float(value))))
        plain = value.item() if value.ndim == 0 else value.tolist()
        if isinstance(plain, float) and not math.isfinite(plain):
            return orjson.Fragment(_real(decimals.double(plain)))
        return plain
    if isinstance(value, float):
        return orjson.Fragment(_real(decimals.double(value)))
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"not a JSON value: {type(value)!r}")


def _real(text: str) -> str:
    """Java's text of a number, in quotes where JSON has no number for it."""
    return f'"{text}"' if text[-1] in "Ny" else text


def _may_have_odd_float(out: bytes) -> bool:
    """Whether there may be a double outside of 1e-3 .. 1e7. Looks for fixed texts only, which is many times faster than a pattern."""
    alike = out.translate(_DIGITS_ALIKE)
    if out[0] not in b"{[" or b"00000000.0" in alike:
        return True
    if b"0e00" in alike and _EXPONENT.search(alike.translate(None, _NO_PART)):
        return True
    return b"0.000" in out and b":0.000" in out.translate(_SEPARATORS_ALIKE, _NO_PART)


def _fix_floats(out: bytes, decimals: Decimals) -> bytes:
    """Give doubles outside of 1e-3 .. 1e7 Java's form, wherever they stand outside of strings."""
    if out[:1] not in b"{[":
        return decimals.double(float(out)).encode() if _LONE_FLOAT.match(out) else out
    form = _java_form if decimals is SHORTEST else lambda text: decimals.double(float(text)).encode()
    masked = out
    if b"\\" in masked:
        masked = masked.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    parts: list[bytes] = []
    done = quotes = seen = 0
    for hit in _ODD_FLOAT.finditer(out):
        start = hit.start(1)
        quotes += masked.count(b'"', seen, start)
        seen = start
        if quotes & 1:
            continue
        parts.append(out[done:start])
        parts.append(form(hit[1]))
        done = hit.end()
    parts.append(out[done:])
    return b"".join(parts)


def _java_form(text: bytes) -> bytes:
    """Java's form of a double in orjson's, which has the same digits and another layout."""
    whole, point, fraction = text.partition(b".")
    if not point or b"e" in fraction or whole in (b"0", b"-0"):
        return java_double(float(text)).encode()
    first = 2 if whole[0] == 45 else 1
    digits = whole[first:] + (b"" if fraction == b"0" else fraction)
    return b"%b.%bE%d" % (whole[:first], digits.rstrip(b"0") or b"0", len(whole) - first)


def _surrogates(found: re.Match[bytes]) -> bytes:
    code = ord(found[0].decode()) - 0x10000
    return b"\\u%04X\\u%04X" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))


def _upper_escape(found: re.Match[bytes]) -> bytes:
    text = found[0]
    return b"\\u" + text[2:].upper() if len(text) == 6 else text


def _has_non_finite(body: Json) -> bool:
    stack = [body]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is float:
            if value != value or value in (_INFINITY, -_INFINITY):
                return True
            continue
        if isinstance(value, dict):
            value = value.values()
        elif not isinstance(value, (list, tuple)):
            continue
        for one in value:
            kind = type(one)
            if kind is float:
                if one != one or one in (_INFINITY, -_INFINITY):
                    return True
            elif kind is not str and kind is not int:
                stack.append(one)
    return False


def quote(text: str) -> str:
    """A JSON string: escapes for control characters (upper-case hex), quotes, and everything above U+FFFF."""
    if _PLAIN.match(text):
        return f'"{text}"'
    return '"' + _NEEDS_ESCAPE.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[code]
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04X}\\u{0xDC00 + (code & 0x3FF):04X}"
    return f"\\u{code:04X}"


def scalar_text(value: Json, decimals: Decimals = SHORTEST) -> str:
    """One leaf as JSON text; raises TypeError for what is no JSON value."""
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if type(value) is float:
        return _real(decimals.double(value))
    plain = _scalar(value, decimals)
    if isinstance(plain, orjson.Fragment):
        is_narrow = type(value) is F32 or getattr(getattr(value, "dtype", None), "name", "") == "float32"
        return _real(decimals.single(float(value)) if is_narrow else decimals.double(float(value)))
    return scalar_text(plain, decimals)


def _exact(body: Json, decimals: Decimals) -> bytes:
    """Compact JSON written by hand: for what orjson cannot write (NaN, 24 digits, lone surrogates)."""
    out: list[str] = []
    raws: list[bytes] = []
    _compact(body, out.append, raws, decimals)
    text = "".join(out).encode()
    if not raws:
        return text
    parts = text.split(_RAW_MARK)
    return b"".join(piece for pair in zip(parts, [*raws, b""], strict=True) for piece in pair)


def _compact(value: Json, put: Callable[[str], None], raws: list[bytes], decimals: Decimals) -> None:
    if isinstance(value, dict):
        separator = "{"
        for key, one in value.items():
            put(separator + quote(_key(key)) + ":")
            separator = ","
            _compact(one, put, raws, decimals)
        put("}" if separator == "," else "{}")
    elif isinstance(value, (list, tuple)):
        separator = "["
        for one in value:
            put(separator)
            separator = ","
            _compact(one, put, raws, decimals)
        put("]" if separator == "," else "[]")
    elif type(value) is RawJson:
        raws.append(value.data)
        put("\0")
    else:
        put(scalar_text(value, decimals))


def _key(key: Any) -> str:
    if type(key) is str:
        return key
    if isinstance(key, str):
        return str(key)
    raise TypeError(f"a key that is no string: {key!r}")


def dumps_pretty(body: Json, decimals: Decimals = SHORTEST) -> bytes:
    """Pretty JSON: two blanks, `` : `` after keys, ``{ }`` and ``[ ]`` for nothing, a newline at the end."""
    out: list[str] = []
    _pretty(body, out.append, "\n", decimals)
    out.append("\n")
    return "".join(out).encode()


def _pretty(value: Json, put: Callable[[str], None], newline: str, decimals: Decimals) -> None:
    if type(value) is RawJson:
        value = value.tree
    if isinstance(value, dict):
        if not value:
            put("{ }")
            return
        inner = newline + "  "
        separator = "{" + inner
        for key, one in value.items():
            put(separator + quote(_key(key)) + " : ")
            separator = "," + inner
            _pretty(one, put, inner, decimals)
        put(newline + "}")
    elif isinstance(value, (list, tuple)):
        if not value:
            put("[ ]")
            return
        inner = newline + "  "
        separator = "[" + inner
        for one in value:
            put(separator)
            separator = "," + inner
            _pretty(one, put, inner, decimals)
        put(newline + "]")
    else:
        put(scalar_text(value, decimals))


def plain_tree(value: Json) -> Json:
    """The tree with every RawJson read: what filters and other formats work on."""
    kind = type(value)
    if kind is RawJson:
        return value.tree
    if kind is dict:
        return {key: plain_tree(one) for key, one in value.items()}
    if kind is list or kind is tuple:
        return [plain_tree(one) for one in value]
    if isinstance(value, dict):
        return {key: plain_tree(one) for key, one in value.items()}
    return value
