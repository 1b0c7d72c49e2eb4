"""String, StringBuilder, StringJoiner, StringTokenizer."""

from __future__ import annotations

import hashlib
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.formatting import format_text
from esmock.script.painless.runtime.operators import MAX_TEXT
from esmock.script.painless.runtime.ordering import compare, compare_text
from esmock.script.painless.runtime.utf16 import by_units, joined, units_of
from esmock.script.painless.runtime.values import Char, JavaArray, class_of, miscast, text_of, to_text

_BLANKS = "".join(map(chr, range(33)))


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
    return ord(joined(text[index : index + 2])[0])


def code_point_before(text: Any, index: int) -> int:
    """String.codePointBefore. Raises StringIndexOutOfBounds."""
    text = text_of(text)
    if not 1 <= index <= len(text):
        raise t.StringIndexOutOfBounds(f"String index out of range: {index}")
    return ord(joined(text[max(index - 2, 0) : index])[-1])


def code_point_count(text: Any, begin: int, end: int) -> int:
    """String.codePointCount. Raises IndexOutOfBounds."""
    if not 0 <= begin <= end <= len(text_of(text)):
        raise t.IndexOutOfBounds(None)
    return len(joined(text_of(text)[begin:end]))


def offset_by_code_points(text: Any, index: int, count: int) -> int:
    """String.offsetByCodePoints. Raises IndexOutOfBounds."""
    text = text_of(text)
    if not 0 <= index <= len(text):
        raise t.IndexOutOfBounds(None)
    before, after = joined(text[:index]), joined(text[index:])
    if not -len(before) <= count <= len(after):
        raise t.IndexOutOfBounds(None)
    passed = after[:count] if count >= 0 else before[count:]
    return index + (len(units_of(passed)) if count >= 0 else -len(units_of(passed)))


def get_chars_into(text: str, begin: int, end: int, target: Any, at: int) -> None:
    """String.getChars. Raises StringIndexOutOfBounds, ArrayIndexOutOfBounds."""
    if not 0 <= begin <= end <= len(text):
        raise t.StringIndexOutOfBounds(f"begin {begin}, end {end}, length {len(text)}")
    if at < 0 or at + end - begin > len(target):
        raise t.ArrayIndexOutOfBounds(f"offset {at}, count {end - begin}, length {len(target)}")
    target[at : at + end - begin] = [Char(ord(char)) for char in text[begin:end]]


def _copy_value(values: Any, at: int, count: int) -> str:
    if at < 0 or count < 0 or at + count > len(values):
        raise t.StringIndexOutOfBounds(f"offset {at}, count {count}, length {len(values)}")
    return joined("".join(map(chr, values[at : at + count])))


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
    return min(max(start, 0), len(text)) if not what else text.find(what, max(start, 0))


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
        raise miscast(class_of(value), "java.lang.CharSequence")
    return to_text(value)


def _join(separator: Any, parts: Any) -> str:
    from esmock.script.painless.runtime.containers import elements

    joint, found = text_of(separator), list(elements(parts) or ())
    if len(joint) * len(found) > MAX_TEXT:
        raise t.OutOfMemory("Java heap space")
    try:
        return joint.join(found)
    except TypeError:  # something else than text is among them
        return joint.join(map(sequence_text, found))


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
    if not separator:
        return JavaArray("java.lang.String", [text])
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


def _code_points(text: Any) -> Any:
    return _chars(joined(text_of(text)))


def _get_chars(text: str) -> JavaArray:
    return JavaArray("char", [Char(ord(c)) for c in text])


class StringBuilder:
    """java.lang.StringBuilder and StringBuffer."""

    java_class = "java.lang.StringBuilder"

    def __init__(self, start: Any = "") -> None:
        if isinstance(start, int) and start < 0:
            raise t.NegativeArraySize(str(start))
        self.text = "" if isinstance(start, int) else units_of(text_of(start))
        self._room = start if isinstance(start, int) else len(self.text) + 16

    def j_append(self, value: Any, start: int | None = None, end: int | None = None) -> StringBuilder:
        if isinstance(value, JavaArray):
            text = "".join(map(chr, value))
        else:
            text = to_text(value)
        if start is not None:
            text = self._part(value, text, start, end)
        self.text = _bounded(self.text + units_of(text))
        return self

    def _part(self, value: Any, text: str, start: int, end: int | None) -> str:
        """What is appended of a sequence between two indexes, or of an array from an index on."""
        if isinstance(value, JavaArray):
            if start < 0 or not 0 <= (end or 0) <= len(text) - start:
                raise t.IndexOutOfBounds(f"offset {start}, count {end}, length {len(text)}")
            return text[start : start + (end or 0)]
        if not 0 <= start <= (end or 0) <= len(text):
            raise t.IndexOutOfBounds(f"start {start}, end {end}, length {len(text)}")
        return text[start:end]

    def j_appendCodePoint(self, code: int) -> StringBuilder:
        if not 0 <= code <= 0x10FFFF:
            raise t.IllegalArgument(f"Not a valid Unicode code point: 0x{code & 0xFFFFFFFF:X}")
        self.text += units_of(chr(code))
        return self

    def j_insert(self, index: int, value: Any) -> StringBuilder:
        if not 0 <= index <= len(self.text):
            raise t.StringIndexOutOfBounds(f"offset {index}, length {len(self.text)}")
        self.text = _bounded(self.text[:index] + units_of(to_text(value)) + self.text[index:])
        return self

    def j_delete(self, start: int, end: int) -> StringBuilder:
        end = min(end, len(self.text))
        if start < 0 or start > end:
            raise t.StringIndexOutOfBounds(f"start {start}, end {end}, length {len(self.text)}")
        self.text = self.text[:start] + self.text[end:]
        return self

    def j_deleteCharAt(self, index: int) -> StringBuilder:
        if not 0 <= index < len(self.text):
            raise t.StringIndexOutOfBounds(f"index {index}, length {len(self.text)}")
        self.text = self.text[:index] + self.text[index + 1 :]
        return self

    def j_replace(self, start: int, end: int, text: str) -> StringBuilder:
        end = min(end, len(self.text))
        if start < 0 or start > end:
            raise t.StringIndexOutOfBounds(f"start {start}, end {end}, length {len(self.text)}")
        self.text = self.text[:start] + units_of(text) + self.text[end:]
        return self

    def j_reverse(self) -> StringBuilder:
        self.text = units_of(joined(self.text)[::-1])
        return self

    def j_setCharAt(self, index: int, char: int) -> None:
        if not 0 <= index < len(self.text):
            raise t.StringIndexOutOfBounds(f"index {index}, length {len(self.text)}")
        self.text = self.text[:index] + chr(char) + self.text[index + 1 :]

    def j_setLength(self, length: int) -> None:
        if length > MAX_TEXT:
            raise t.OutOfMemory("Java heap space")
        if length < 0:
            raise t.StringIndexOutOfBounds(f"String index out of range: {length}")
        self.text = self.text[:length].ljust(length, "\0")

    def j_substring(self, begin: int, end: int | None = None) -> str:
        length = len(self.text)
        if end is not None or not 0 <= begin <= length:
            last = length if end is None else end
            if not 0 <= begin <= last <= length:
                raise t.StringIndexOutOfBounds(f"start {begin}, end {last}, length {length}")
        return joined(self.text[begin:end])

    def j_indexOf(self, what: str, start: int = 0) -> int:
        return _index(self.text, units_of(what), start)

    def j_lastIndexOf(self, what: str, start: int | None = None) -> int:
        return _last_index(self.text, units_of(what), start)

    def j_capacity(self) -> int:
        """Differs: growing by parts is not followed, the capacity is what the text needs."""
        return max(self._room, len(self.text))

    def j_codePointAt(self, index: int) -> int:
        return code_point_at(self.text, index)

    def j_codePointBefore(self, index: int) -> int:
        return code_point_before(self.text, index)

    def j_codePointCount(self, begin: int, end: int) -> int:
        return code_point_count(self.text, begin, end)

    def j_offsetByCodePoints(self, index: int, count: int) -> int:
        return offset_by_code_points(self.text, index, count)

    def j_getChars(self, begin: int, end: int, target: Any, at: int) -> None:
        if not 0 <= begin <= end <= len(self.text):
            raise t.StringIndexOutOfBounds(f"start {begin}, end {end}, length {len(self.text)}")
        get_chars_into(self.text, begin, end, target, at)

    def j_toString(self) -> str:
        return joined(self.text)


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

    def j_merge(self, other: StringJoiner) -> StringJoiner:
        if other.parts:
            self.parts.append(other.separator.join(other.parts))
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
    """java.util.StringTokenizer: reads on as it is asked, so that the delimiters may change."""

    java_class = "java.util.StringTokenizer"

    def __init__(self, text: str, delimiters: str = " \t\n\r\f", keep: bool = False) -> None:
        self.text, self.delimiters, self.keep, self.at = text, delimiters, keep, 0

    def _next(self, at: int) -> tuple[str, int]:
        """The token from there on, and where it ends; an empty one at the end."""
        while not self.keep and at < len(self.text) and self.text[at] in self.delimiters:
            at += 1
        end = at
        while end < len(self.text) and self.text[end] not in self.delimiters:
            end += 1
        if self.keep and end == at < len(self.text):
            end += 1
        return self.text[at:end], end

    def j_hasMoreTokens(self) -> bool:
        return bool(self._next(self.at)[0])

    def j_countTokens(self) -> int:
        count, at = 0, self.at
        while True:
            token, at = self._next(at)
            if not token:
                return count
            count += 1

    def j_nextToken(self, delimiters: str | None = None) -> str:
        if delimiters is not None:
            self.delimiters = delimiters
        token, self.at = self._next(self.at)
        if not token:
            raise t.NoSuchElement(None)
        return token

    def j_nextElement(self) -> str:
        return self.j_nextToken()

    j_hasMoreElements = j_hasMoreTokens


METHODS: dict[str, Any] = {
    "CharSequence.charAt/1": by_units(char_at),
    "CharSequence.length/0": by_units(lambda text: len(text_of(text))),
    "CharSequence.subSequence/2": by_units(lambda text, a, b: substring(text_of(text), a, b)),
    "CharSequence.chars/0": by_units(_chars),
    "CharSequence.codePoints/0": _code_points,
    "CharSequence.toString/0": text_of,
    "String.codePointAt/1": by_units(code_point_at),
    "String.codePointBefore/1": by_units(code_point_before),
    "String.codePointCount/2": by_units(code_point_count),
    "String.compareTo/1": by_units(compare),
    "String.compareToIgnoreCase/1": _compare_ignore_case,
    "String.concat/1": lambda text, other: _bounded(text + other),
    "String.contains/1": lambda text, what: text_of(what) in text,
    "String.contentEquals/1": lambda text, what: text_of(what) == text,
    "String.endsWith/1": lambda text, what: text.endswith(what),
    "String.equalsIgnoreCase/1": _equals_ignore_case,
    "String.indexOf/1": by_units(_index),
    "String.indexOf/2": by_units(_index),
    "String.isEmpty/0": lambda text: not text,
    "String.lastIndexOf/1": by_units(_last_index),
    "String.lastIndexOf/2": by_units(_last_index),
    "String.offsetByCodePoints/2": by_units(offset_by_code_points),
    "String.getChars/4": by_units(get_chars_into),
    "String.regionMatches/4": by_units(_region),
    "String.regionMatches/5": by_units(_region),
    "String.replace/2": _replace,
    "String.splitOnToken/1": _split,
    "String.splitOnToken/2": _split,
    "String.startsWith/1": lambda text, what: text.startswith(what),
    "String.startsWith/2": by_units(lambda text, what, at: 0 <= at <= len(text) and text.startswith(what, at)),
    "String.substring/1": by_units(substring),
    "String.substring/2": by_units(substring),
    "String.toCharArray/0": by_units(_get_chars),
    "String.toLowerCase/0": lambda text: text.lower(),
    "String.toUpperCase/0": lambda text: text.upper(),
    "String.toLowerCase/1": lambda text, locale: text.lower(),
    "String.toUpperCase/1": lambda text, locale: text.upper(),
    "String.trim/0": lambda text: text.strip(_BLANKS),
    "String.sha1/0": _digest("sha1"),
    "String.sha256/0": _digest("sha256"),
}
STATICS: dict[str, Any] = {
    "String.valueOf/1": lambda v: joined("".join(map(chr, v))) if isinstance(v, JavaArray) else to_text(v),
    "String.copyValueOf/1": lambda v: joined("".join(map(chr, v))),
    "String.copyValueOf/3": _copy_value,
    "String.join/2": _join,
    "String.format/2": lambda pattern, values: format_text(pattern, values),
    "String.format/3": lambda locale, pattern, values: format_text(pattern, values),
}
CONSTRUCTORS: dict[str, Any] = {
    "String/0": str,
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
