"""String, StringBuilder, Character, StringJoiner, StringTokenizer, Base64."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.formatting import format_text
from esmock.script.painless.runtime.operators import MAX_TEXT
from esmock.script.painless.runtime.ordering import compare, compare_text
from esmock.script.painless.runtime.values import Byte, Char, JavaArray, class_of, to_text

_BLANKS = "".join(map(chr, range(33)))


def text_of(value: Any) -> str:
    """A CharSequence as text."""
    return value if type(value) is str else to_text(value)


def char_at(text: Any, index: int) -> Char:
    text = text_of(text)
    if not 0 <= index < len(text):
        raise t.StringIndexOutOfBounds(f"String index out of range: {index}")
    return Char(ord(text[index]))


def code_point_at(text: Any, index: int) -> int:
    """String.codePointAt. Raises StringIndexOutOfBounds."""
    text = text_of(text)
    if not 0 <= index < len(text):
        raise t.StringIndexOutOfBounds(f"index {index}, length {len(text)}")
    return ord(text[index])


def substring(text: str, begin: int, end: int | None = None) -> str:
    """String.substring with Java's message."""
    length = len(text)
    if end is None:
        if begin < 0:
            raise t.StringIndexOutOfBounds(f"begin {begin}, end {length}, length {length}")
        if begin > length:
            raise t.StringIndexOutOfBounds(f"begin {begin}, end {length}, length {length}")
        return text[begin:]
    if begin < 0 or begin > end or end > length:
        raise t.StringIndexOutOfBounds(f"begin {begin}, end {end}, length {length}")
    return text[begin:end]


def _index(text: str, what: Any, start: int = 0) -> int:
    what = chr(what) if isinstance(what, int) else what
    return text.find(what, max(start, 0))


def _last_index(text: str, what: Any, start: int | None = None) -> int:
    what = chr(what) if isinstance(what, int) else what
    if start is None:
        return text.rfind(what)
    return text.rfind(what, 0, start + len(what)) if start >= 0 else -1


def _replace(text: str, old: Any, new: Any) -> str:
    old = chr(old) if isinstance(old, Char) else text_of(old)
    new = chr(new) if isinstance(new, Char) else text_of(new)
    return _bounded(text.replace(old, new))


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise t.OutOfMemory("Java heap space")
    return text


def sequence_text(value: Any) -> str:
    """A CharSequence that came as an object. Raises ClassCast for other things; null is "null"."""
    if isinstance(value, int | float | list | dict):
        kind = class_of(value)
        where = f"{kind} and java.lang.CharSequence are in module java.base of loader 'bootstrap'"
        raise t.ClassCast(f"class {kind} cannot be cast to class java.lang.CharSequence ({where})")
    return to_text(value)


def _join(separator: Any, parts: Any) -> str:
    from esmock.script.painless.runtime.containers import elements

    return text_of(separator).join(map(sequence_text, elements(parts) or ()))


def _region(text: str, *args: Any) -> bool:
    ignore = args[0] if len(args) == 5 else False
    offset, other, start, length = args[-4:]
    if offset < 0 or start < 0 or offset + length > len(text) or start + length > len(other):
        return False
    first, second = text[offset : offset + length], other[start : start + length]
    return first.lower() == second.lower() if ignore else first == second


def _digest(name: str) -> Any:
    return lambda text: hashlib.new(name, text.encode("utf-8", "surrogatepass")).hexdigest()


def _split(text: str, separator: str, limit: int = -1) -> JavaArray:
    """Augmentation splitOnToken: by a literal token."""
    if limit > 0:
        return JavaArray("java.lang.String", text.split(separator, limit - 1))
    return JavaArray("java.lang.String", text.split(separator))


def _equals_ignore_case(text: str, other: Any) -> bool:
    return isinstance(other, str) and (text == other or text.upper().lower() == other.upper().lower())


def _compare_ignore_case(text: str, other: str) -> int:
    return compare_text(text.upper().lower(), other.upper().lower())


def _chars(text: Any) -> Any:
    from esmock.script.painless.runtime.streams import Stream

    return Stream((ord(c) for c in text_of(text)), "int")


def _get_chars(text: str) -> JavaArray:
    return JavaArray("char", [Char(ord(c)) for c in text])


class StringBuilder:
    """java.lang.StringBuilder and StringBuffer."""

    java_class = "java.lang.StringBuilder"

    def __init__(self, start: Any = "") -> None:
        self.text = "" if isinstance(start, int) else text_of(start)

    def j_append(self, value: Any, start: int | None = None, end: int | None = None) -> StringBuilder:
        if isinstance(value, JavaArray):
            text = "".join(map(chr, value))
        else:
            text = to_text(value)
        self.text = _bounded(self.text + (text if start is None else text[start:end]))
        return self

    def j_appendCodePoint(self, code: int) -> StringBuilder:
        self.text += chr(code)
        return self

    def j_insert(self, index: int, value: Any) -> StringBuilder:
        if not 0 <= index <= len(self.text):
            raise t.StringIndexOutOfBounds(f"offset {index}, length {len(self.text)}")
        self.text = _bounded(self.text[:index] + to_text(value) + self.text[index:])
        return self

    def j_delete(self, start: int, end: int) -> StringBuilder:
        end = min(end, len(self.text))
        if start < 0 or start > end:
            raise t.StringIndexOutOfBounds(f"start {start}, end {end}, length {len(self.text)}")
        self.text = self.text[:start] + self.text[end:]
        return self

    def j_deleteCharAt(self, index: int) -> StringBuilder:
        if not 0 <= index < len(self.text):
            raise t.StringIndexOutOfBounds(f"index {index},length {len(self.text)}")
        self.text = self.text[:index] + self.text[index + 1 :]
        return self

    def j_replace(self, start: int, end: int, text: str) -> StringBuilder:
        self.text = self.text[:start] + text + self.text[end:]
        return self

    def j_reverse(self) -> StringBuilder:
        self.text = self.text[::-1]
        return self

    def j_setCharAt(self, index: int, char: int) -> None:
        char_at(self.text, index)
        self.text = self.text[:index] + chr(char) + self.text[index + 1 :]

    def j_setLength(self, length: int) -> None:
        if length > MAX_TEXT:
            raise t.OutOfMemory("Java heap space")
        if length < 0:
            raise t.IndexOutOfBounds(None)
        self.text = self.text[:length].ljust(length, "\0")

    def j_substring(self, begin: int, end: int | None = None) -> str:
        return substring(self.text, begin, end)

    def j_indexOf(self, what: str, start: int = 0) -> int:
        return _index(self.text, what, start)

    def j_lastIndexOf(self, what: str, start: int | None = None) -> int:
        return _last_index(self.text, what, start)

    def j_capacity(self) -> int:
        return max(16, len(self.text))

    def j_toString(self) -> str:
        return self.text


class StringBuffer(StringBuilder):
    java_class = "java.lang.StringBuffer"


class StringJoiner:
    """java.util.StringJoiner."""

    java_class = "java.util.StringJoiner"

    def __init__(self, separator: Any, prefix: Any = "", suffix: Any = "") -> None:
        self.separator, self.prefix, self.suffix = text_of(separator), text_of(prefix), text_of(suffix)
        self.parts: list[str] = []
        self.empty: str | None = None

    def j_add(self, value: Any) -> StringJoiner:
        self.parts.append(to_text(value))
        return self

    def j_setEmptyValue(self, value: Any) -> StringJoiner:
        self.empty = text_of(value)
        return self

    def j_length(self) -> int:
        return len(self.j_toString())

    def j_toString(self) -> str:
        if not self.parts and self.empty is not None:
            return self.empty
        return self.prefix + self.separator.join(self.parts) + self.suffix


class StringTokenizer:
    """java.util.StringTokenizer."""

    java_class = "java.util.StringTokenizer"

    def __init__(self, text: str, delimiters: str = " \t\n\r\f", keep: bool = False) -> None:
        self.tokens: list[str] = []
        word = ""
        for char in text:
            if char in delimiters:
                self.tokens += ([word] if word else []) + ([char] if keep else [])
                word = ""
            else:
                word += char
        self.tokens += [word] if word else []

    def j_hasMoreTokens(self) -> bool:
        return bool(self.tokens)

    def j_countTokens(self) -> int:
        return len(self.tokens)

    def j_nextToken(self) -> str:
        if not self.tokens:
            raise t.NoSuchElement(None)
        return self.tokens.pop(0)

    j_nextElement = j_nextToken
    j_hasMoreElements = j_hasMoreTokens


class Encoder:
    java_class = "java.util.Base64.Encoder"

    def j_encodeToString(self, data: Any) -> str:
        return base64.b64encode(bytes(b & 0xFF for b in data)).decode()


class Decoder:
    java_class = "java.util.Base64.Decoder"

    def j_decode(self, text: str) -> JavaArray:
        return JavaArray("byte", [Byte(b - 256 if b > 127 else b) for b in decode_base64(text.encode("latin-1", "replace"))])


_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def decode_base64(data: bytes) -> bytes:
    """Base64.Decoder.decode: padding may be left out. Raises IllegalArgument with Java's messages."""
    body, _, _ = data.partition(b"=")
    for byte in body:
        if byte not in _BASE64:
            raise t.IllegalArgument(f"Illegal base64 character {_hex_byte(byte)}")
    rest, padding = len(body) % 4, data[len(body) :]
    if rest == 1:
        raise t.IllegalArgument("Last unit does not have enough valid bits")
    if padding and padding != b"=" * ((-len(body)) % 4):
        if rest and padding.startswith(b"=" * (4 - rest)):
            raise t.IllegalArgument(f"Input byte array has incorrect ending byte at {len(body) + 4 - rest}")
        raise t.IllegalArgument("Input byte array has wrong 4-byte ending unit")
    return base64.b64decode(body + b"=" * ((-len(body)) % 4))


def _hex_byte(byte: int) -> str:
    return f"{byte - 256 if byte > 127 else byte:x}"


def _decode(text: str) -> str:
    return decode_base64(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _char(test: Any) -> Any:
    return lambda code: test(chr(code))


METHODS: dict[str, Any] = {
    "CharSequence.charAt/1": char_at,
    "CharSequence.length/0": lambda text: len(text_of(text)),
    "CharSequence.subSequence/2": lambda text, a, b: substring(text_of(text), a, b),
    "CharSequence.chars/0": _chars,
    "CharSequence.codePoints/0": _chars,
    "CharSequence.toString/0": text_of,
    "String.codePointAt/1": code_point_at,
    "String.codePointBefore/1": lambda text, index: code_point_at(text, index - 1),
    "String.codePointCount/2": lambda text, a, b: b - a,
    "String.compareTo/1": compare,
    "String.compareToIgnoreCase/1": _compare_ignore_case,
    "String.concat/1": lambda text, other: _bounded(text + other),
    "String.contains/1": lambda text, what: text_of(what) in text,
    "String.contentEquals/1": lambda text, what: text_of(what) == text,
    "String.endsWith/1": lambda text, what: text.endswith(what),
    "String.equalsIgnoreCase/1": _equals_ignore_case,
    "String.indexOf/1": _index,
    "String.indexOf/2": _index,
    "String.isEmpty/0": lambda text: not text,
    "String.lastIndexOf/1": _last_index,
    "String.lastIndexOf/2": _last_index,
    "String.offsetByCodePoints/2": lambda text, index, count: index + count,
    "String.regionMatches/4": _region,
    "String.regionMatches/5": _region,
    "String.replace/2": _replace,
    "String.splitOnToken/1": _split,
    "String.splitOnToken/2": _split,
    "String.startsWith/1": lambda text, what: text.startswith(what),
    "String.startsWith/2": lambda text, what, at: 0 <= at <= len(text) and text.startswith(what, at),
    "String.substring/1": substring,
    "String.substring/2": substring,
    "String.toCharArray/0": _get_chars,
    "String.toLowerCase/0": lambda text: text.lower(),
    "String.toUpperCase/0": lambda text: text.upper(),
    "String.toLowerCase/1": lambda text, locale: text.lower(),
    "String.toUpperCase/1": lambda text, locale: text.upper(),
    "String.trim/0": lambda text: text.strip(_BLANKS),
    "String.encodeBase64/0": lambda text: base64.b64encode(text.encode("utf-8", "surrogatepass")).decode(),
    "String.decodeBase64/0": _decode,
    "String.sha1/0": _digest("sha1"),
    "String.sha256/0": _digest("sha256"),
    "Character.charValue/0": lambda char: char,
    "Character.compareTo/1": lambda a, b: int(a) - int(b),
}
STATICS: dict[str, Any] = {
    "String.valueOf/1": lambda v: "".join(map(chr, v)) if isinstance(v, JavaArray) else to_text(v),
    "String.copyValueOf/1": lambda v: "".join(map(chr, v)),
    "String.copyValueOf/3": lambda v, at, n: "".join(map(chr, v[at : at + n])),
    "String.join/2": _join,
    "String.format/2": lambda pattern, values: format_text(pattern, values),
    "String.format/3": lambda locale, pattern, values: format_text(pattern, values),
    "Base64.getEncoder/0": Encoder,
    "Base64.getDecoder/0": Decoder,
    "Character.isDigit/1": _char(lambda c: unicodedata.category(c) == "Nd"),
    "Character.isLetter/1": _char(lambda c: unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lm", "Lo")),
    "Character.isLetterOrDigit/1": _char(lambda c: unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")),
    "Character.isAlphabetic/1": _char(str.isalpha),
    "Character.isUpperCase/1": _char(str.isupper),
    "Character.isLowerCase/1": _char(str.islower),
    "Character.isWhitespace/1": _char(lambda c: c.isspace() and c not in "\xa0\u2007\u202f"),
    "Character.isSpaceChar/1": _char(lambda c: unicodedata.category(c) in ("Zs", "Zl", "Zp")),
    "Character.toUpperCase/1": lambda c: type(c)(ord(chr(c).upper()[0])),
    "Character.toLowerCase/1": lambda c: type(c)(ord(chr(c).lower()[0])),
    "Character.getNumericValue/1": lambda c: int(chr(c), 36) if chr(c).isalnum() and chr(c).isascii() else -1,
    "Character.toString/1": chr,
    "Character.valueOf/1": Char,
    "Character.compare/2": lambda a, b: int(a) - int(b),
    "Character.hashCode/1": int,
    "Character.digit/2": lambda c, radix: _digit(c, radix),
    "Character.toChars/1": lambda c: _get_chars(chr(c)),
}


def _digit(code: int, radix: int) -> int:
    try:
        value = int(chr(code), 36)
    except ValueError:
        return -1
    return value if value < radix else -1


CONSTRUCTORS: dict[str, Any] = {
    "StringBuilder/0": StringBuilder,
    "StringBuilder/1": StringBuilder,
    "StringBuffer/0": StringBuffer,
    "StringBuffer/1": StringBuffer,
    "StringJoiner/1": StringJoiner,
    "StringJoiner/3": StringJoiner,
    "StringTokenizer/1": StringTokenizer,
    "StringTokenizer/2": StringTokenizer,
    "StringTokenizer/3": StringTokenizer,
}
CONSTANTS: dict[str, Any] = {
    "Character.MAX_VALUE": Char(0xFFFF),
    "Character.MIN_VALUE": Char(0),
    "Character.MIN_RADIX": 2,
    "Character.MAX_RADIX": 36,
}

