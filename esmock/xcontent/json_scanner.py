"""A pull parser of JSON that stops, words and places its errors as Jackson does.

Slow and exact: the reader takes it when the fast parser has refused a text, or when positions are wanted. Like the
original it is lazy: a number or literal is read together with the name before it, a string only when its text is asked
for or passed over.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21, and texts mutated at random compared with them.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from typing import Any, NoReturn

from esmock.errors import JsonEOF, JsonParse, StreamConstraints, Unsupported
from esmock.xcontent.jackson import At, Jackson

START_OBJECT, END_OBJECT, START_ARRAY, END_ARRAY = "START_OBJECT", "END_OBJECT", "START_ARRAY", "END_ARRAY"
FIELD_NAME, VALUE_STRING, VALUE_NUMBER = "FIELD_NAME", "VALUE_STRING", "VALUE_NUMBER"
VALUE_BOOLEAN, VALUE_NULL = "VALUE_BOOLEAN", "VALUE_NULL"

_BLANKS = re.compile(rb"[ \t\r\n]*")
_DIGITS = re.compile(rb"[0-9]*")
_LINE_END = re.compile(rb"\r\n?|\n")
_ODD_IN_COMMENT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xff]")
_PLAIN_STRING = re.compile(rb'[^"\\\x00-\x1f\x80-\xff]*')
_PLAIN_NAME = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPES = {0x62: "\b", 0x74: "\t", 0x6E: "\n", 0x66: "\f", 0x72: "\r", 0x22: '"', 0x2F: "/", 0x5C: "\\"}
_TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_LONGEST_TOKEN = 256
MAX_DEPTH = 1000
_LONGEST_NUMBER = 1000
_LONGEST_INTEGER = 4300
_LITERALS = {ord("t"): (b"true", True), ord("f"): (b"false", False), ord("n"): (b"null", None)}
_QUOTE, _BACKSLASH, _SLASH = 0x22, 0x5C, 0x2F


class Scanner:
    """Reads tokens one at a time.

    Args:
        data: the text, without a byte order mark.
        label: ``stream`` or ``bytes``, for the ``Source`` part of errors.

    Attributes:
        token: the current token, None before the first and after the last.
        value: name, number, boolean or None of the current token; of a string only after ``text``.
        start: offset of the current token.
        pos: offset after what has been read.
    """

    __slots__ = (
        "_line_starts",
        "_pending",
        "_string_open",
        "data",
        "jackson",
        "label",
        "open",
        "pos",
        "start",
        "token",
        "value",
    )

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.pos = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.open: list[list[Any]] = []
        """Open containers: [is_object, start offset, entries so far]."""
        self.token: str | None = None
        self.value: Any = None
        self.start = 0
        self._pending: tuple[str, Any, int] | None = None
        self._string_open = False
        self._line_starts: list[int] | None = None

    def at(self, offset: int) -> At:
        """Line and column of an offset."""
        starts = self._lines()
        line = bisect.bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, at: At) -> int:
        """The offset of a line and column."""
        return self._lines()[at[0] - 1] + at[1] - 1

    def _lines(self) -> list[int]:
        if self._line_starts is None:
            self._line_starts = [0, *(found.end() for found in _LINE_END.finditer(self.data))]
        return self._line_starts

    def next(self) -> str | None:
        """Move to the next token. Raises JsonParse, JsonEOF."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            return self._enter(*pending)
        if self._string_open:
            self.text()
        char = self._blank()
        if char < 0:
            if self.open:
                self._unclosed()
            self.token = None
            return None
        if char in b"]}":
            return self._close(char)
        if self.open:
            return self._entry(char)
        self.start = self.pos - 1
        return self._enter(*self._value(char))

    def _entry(self, char: int) -> str:
        """The next name with its value, or the next element, of the innermost container."""
        context = self.open[-1]
        kind = "Object" if context[0] else "Array"
        if context[2]:
            if char != 0x2C:
                self._unexpected(char, f"was expecting comma to separate {kind} entries")
            char = self._blank()
            if char < 0:
                self._fail(f"Unexpected end-of-input within/between {kind} entries")
        context[2] += 1
        if not context[0]:
            self.start = self.pos - 1
            return self._enter(*self._value(char))
        start = self.pos - 1
        name = self._name(char)
        names = context[3]
        if name in names:
            self._fail(f"Duplicate field '{name}'")
        names.add(name)
        self.token, self.value, self.start = FIELD_NAME, name, start
        self._pending = self._value(self._colon())
        return FIELD_NAME

    def _enter(self, token: str, value: Any, start: int) -> str:
        """Make a value the current token."""
        self.token, self.value, self.start = token, value, start
        self._string_open = token is VALUE_STRING
        if token is START_OBJECT:
            self.open.append([True, start, 0, set()])
        elif token is START_ARRAY:
            self.open.append([False, start, 0])
        if len(self.open) > MAX_DEPTH and self.jackson.wrapped:
            self._beyond("Document nesting depth", len(self.open), "NestingDepth")
        return token

    def _beyond(self, what: str, found: int, limit: str) -> NoReturn:
        raise StreamConstraints(
            f"{what} ({found}) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMax{limit}()`)"
        )

    def _close(self, char: int) -> str:
        is_object = char == 0x7D
        self.start = self.pos - 1
        if not self.open or self.open[-1][0] is not is_object:
            expected = "]" if is_object else "}"
            if not self.open:
                where = f"root starting at {self._source(1, 0)}"
            else:
                marker = "Object" if self.open[-1][0] else "Array"
                where = f"{marker} starting at {self._source(*self.at(self.open[-1][1]))}"
            self._fail_at_char(f"Unexpected close marker '{chr(char)}': expected '{expected}' (for {where})")
        self.open.pop()
        self.token = END_OBJECT if is_object else END_ARRAY
        self.value = None
        return self.token

    def _unclosed(self) -> NoReturn:
        is_object, start = self.open[-1][:2]
        where = self._source(*self.at(start))
        marker = "Object" if is_object else "Array"
        self._end_of_input(f": expected close marker for {marker} (start marker at {where})")

    # blanks and comments

    def _blank(self) -> int:
        """Pass over blanks and comments; the next character, -1 at the end."""
        while True:
            self.pos = _BLANKS.match(self.data, self.pos).end()  # type: ignore[union-attr]
            if self.pos >= len(self.data):
                return -1
            char = self.data[self.pos]
            self.pos += 1
            if char == _SLASH:
                self._comment()
            elif char < 0x20:
                self._no_space(char)
            else:
                return char

    def _no_space(self, char: int) -> NoReturn:
        allowed = "only regular white space (\\r, \\n, \\t) is allowed between tokens"
        self._fail(f"Illegal character ({_described(char)}): {allowed}")

    def _comment(self) -> None:
        char = self._take(" in a comment")
        if char == 0x2F:
            found = _LINE_END.search(self.data, self.pos)
            self._check_comment(found.end() if found else len(self.data))
        elif char == 0x2A:
            end = self.data.find(b"*/", self.pos)
            self._check_comment(len(self.data) if end < 0 else end + 2)
            if end < 0:
                self._end_of_input(" in a comment")
        else:
            self._unexpected(char, "was expecting either '*' or '/' for a comment")

    def _check_comment(self, end: int) -> None:
        """Pass over a comment; control characters and broken UTF-8 are errors there too."""
        while found := _ODD_IN_COMMENT.search(self.data, self.pos, end):
            self.pos = found.end()
            char = found[0][0]
            if char < 0x20:
                self._no_space(char)
            self._multi_byte(char)
        self.pos = max(end, self.pos)

    def _take(self, where: str) -> int:
        """The next byte; at the end the error names the place."""
        if self.pos >= len(self.data):
            self._end_of_input(where)
        self.pos += 1
        return self.data[self.pos - 1]

    def _colon(self) -> int:
        char = self._blank()
        if char >= 0 and char != 0x3A:
            self._unexpected(char, "was expecting a colon to separate field name and value")
        if char >= 0:
            char = self._blank()
        if char < 0:
            self._end_of_input(" within/between Object entries")
        return char

    # values

    def _value(self, char: int) -> tuple[str, Any, int]:
        """Token, value and offset of the value that starts with the character just read."""
        start = self.pos - 1
        if char == _QUOTE:
            return VALUE_STRING, None, start
        if char == 0x7B:
            return START_OBJECT, None, start
        if char == 0x5B:
            return START_ARRAY, None, start
        if 0x30 <= char <= 0x39 or char == 0x2D:
            return VALUE_NUMBER, self._number(char), start
        if char in _LITERALS:
            text, value = _LITERALS[char]
            self._literal(text)
            return VALUE_NULL if value is None else VALUE_BOOLEAN, value, start
        self._odd_value(char)

    def _literal(self, text: bytes) -> None:
        for index in range(1, len(text)):
            if self.pos >= len(self.data) or self.data[self.pos] != text[index]:
                self._unrecognized(text[:index].decode())
            self.pos += 1
        self._end_of_word(text.decode())

    def _end_of_word(self, word: str) -> None:
        """Refuse a word that goes on."""
        if self.pos < len(self.data):
            char = self.data[self.pos]
            if char >= 0x30 and char not in b"]}":
                # the first byte has not been passed, so a character of several bytes is found broken
                position = self.pos
                if _is_identifier_part(self._decoded(char)):
                    self.pos = position
                    self._unrecognized(word)
                self.pos = position

    def _unrecognized(self, start: str) -> NoReturn:
        token = start
        place = self.at(self.pos)
        while self.pos < len(self.data):
            self.pos += 1
            char = self._decoded(self.data[self.pos - 1])
            line, column = self.at(self.pos - 1)
            place = (line, column + 1)
            if not _is_identifier_part(char):
                break
            token += char
            if len(token) >= _LONGEST_TOKEN:
                token += "..."
                break
        raise self.error(f"Unrecognized token '{token}': was expecting {_TOKENS}", place)

    def _odd_value(self, char: int) -> NoReturn:
        in_array = bool(self.open) and not self.open[-1][0]
        if char in b",}" or (char == 0x5D and in_array):
            self._unexpected(char, "expected a value")
        if char in b"NI":
            word = b"NaN" if char == 0x4E else b"Infinity"
            self._literal(word)
            self._non_standard(word.decode())
        if char == 0x2B:
            self._odd_number(self._take(" in a Number value"), "+")
        if _is_identifier_start(chr(char)):
            self._unrecognized(chr(char))
        self._unexpected(char, f"expected a valid value {_TOKENS}")

    def _non_standard(self, word: str) -> NoReturn:
        self._fail(f"Non-standard token '{word}': enable {self.jackson.feature('ALLOW_NON_NUMERIC_NUMBERS')} to allow")

    # numbers

    def _number(self, char: int) -> int | float:
        data = self.data
        start = self.pos - 1
        if char == 0x2D:
            char = self._take(self._in_current())
            if not 0x30 <= char <= 0x39:
                if char == 0x2E and self.jackson.newer:
                    self._unexpected(char, f"expected a valid value {_TOKENS}")
                self._odd_number(char, "-")
        if char == 0x30 and self.pos < len(data) and 0x30 <= data[self.pos] <= 0x39:
            self._fail("Invalid numeric value: Leading zeroes not allowed")
        self.pos = _DIGITS.match(data, self.pos).end()  # type: ignore[union-attr]
        is_real = self._fraction()
        is_real = self._exponent() or is_real
        if not self.open:
            self._root_space()
        text = data[start : self.pos]
        if len(text) > _LONGEST_NUMBER and self.jackson.wrapped:
            self._beyond("Number value length", len(text), "NumberLength")
        if is_real:
            return float(text)
        if len(text) > _LONGEST_INTEGER:
            raise Unsupported(f"integers of more than {_LONGEST_INTEGER} digits")
        return int(text)

    def _fraction(self) -> bool:
        if self.data[self.pos : self.pos + 1] != b".":
            return False
        self.pos += 1
        end = _DIGITS.match(self.data, self.pos).end()  # type: ignore[union-attr]
        if end == self.pos:
            char = 0x2E
            if self.pos < len(self.data):
                char = self.data[self.pos]
                self.pos += 1
            self._odd_in_number(char, "Decimal point not followed by a digit")
        self.pos = end
        return True

    def _exponent(self) -> bool:
        if self.data[self.pos : self.pos + 1] not in (b"e", b"E"):
            return False
        self.pos += 1
        char = self._take(self._in_current())
        if char in b"+-":
            char = self._take(self._in_current())
        if not 0x30 <= char <= 0x39:
            self._odd_in_number(char, "Exponent indicator not followed by a digit")
        self.pos = _DIGITS.match(self.data, self.pos).end()  # type: ignore[union-attr]
        return True

    def _in_current(self) -> str:
        return f" in {self.token or 'null'}"

    def _root_space(self) -> None:
        if self.pos < len(self.data) and self.data[self.pos] not in b" \t\r\n":
            self.pos += 1
            self._unexpected(self.data[self.pos - 1], "Expected space separating root-level values")

    def _odd_number(self, char: int, sign: str) -> NoReturn:
        if char == 0x49:
            char = self._take(" in a Number value")
            match = {0x4E: f"{sign}INF", 0x6E: f"{sign}Infinity"}.get(char)
            if match is not None:
                for index in range(3, len(match)):
                    if self.pos >= len(self.data) or self.data[self.pos] != ord(match[index]):
                        self._unrecognized(match[:index])
                    self.pos += 1
                self._end_of_word(match)
                self._non_standard(match)
        if sign == "+" and self.jackson.newer:
            feature = self.jackson.feature("ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS")
            self._odd_in_number(0x2B, f"JSON spec does not allow numbers to have plus signs: enable {feature} to allow")
        self._odd_in_number(char, "expected digit (0-9) to follow minus sign, for valid numeric value")

    def _odd_in_number(self, char: int, comment: str) -> NoReturn:
        self._fail_at_char(f"Unexpected character ({_described(char)}) in numeric value: {comment}")

    # names and strings

    def _name(self, char: int) -> str:
        if char != _QUOTE:
            self._unexpected(ord(self._decoded(char)), "was expecting double-quote to start field name")
        if self.pos >= len(self.data):
            self._end_of_input(": was expecting closing '\"' for name")
        raw = bytearray()
        while True:
            end = _PLAIN_NAME.match(self.data, self.pos).end()  # type: ignore[union-attr]
            raw += self.data[self.pos : end]
            self.pos = end
            char = self._take(" in field name")
            if char == _QUOTE:
                break
            if char < 0x20:
                self._control(char, "name")
            raw += self._escape().encode("utf-8", "surrogatepass")
        return self._name_text(bytes(raw))

    def _name_text(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            out: list[str] = []
            index = 0
            while index < len(raw):
                first = raw[index]
                more = _following(first)
                if more < 0:
                    self._fail(f"Invalid UTF-8 start byte 0x{first:x}")
                if index + more >= len(raw):
                    self._end_of_input(" in field name")
                for place in range(index + 1, index + more + 1):
                    if raw[place] & 0xC0 != 0x80:
                        self._fail(f"Invalid UTF-8 middle byte 0x{_quad(raw, place):x}")
                out.append(_combined(raw[index : index + more + 1]))
                index += more + 1
            return _joined("".join(out))

    def text(self) -> str:
        """The text of the current string. Raises JsonParse, JsonEOF."""
        if not self._string_open:
            return str(self.value)
        parts: list[str] = []
        while True:
            end = _PLAIN_STRING.match(self.data, self.pos).end()  # type: ignore[union-attr]
            if end > self.pos:
                parts.append(self.data[self.pos : end].decode())
                self.pos = end
            char = self._take(" in VALUE_STRING")
            if char == _QUOTE:
                break
            if char < 0x20:
                self._control(char, "string value")
            parts.append(self._escape() if char == _BACKSLASH else self._multi_byte(char))
        self._string_open = False
        self.value = _joined("".join(parts))
        return self.value

    def _multi_byte(self, first: int) -> str:
        more = _following(first)
        if more < 0:
            self._fail(f"Invalid UTF-8 start byte 0x{first:x}")
        start = self.pos - 1
        for _ in range(more):
            byte = self._take(self._in_current())
            if byte & 0xC0 != 0x80:
                self._fail_behind(f"Invalid UTF-8 middle byte 0x{byte:x}")
        return _combined(self.data[start : self.pos])

    def _escape(self) -> str:
        char = self._take(" in character escape sequence")
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char != 0x75:
            self._fail_at_char(f"Unrecognized character escape {_described(ord(self._decoded(char)))}")
        code = 0
        for _ in range(4):
            char = self._take(" in character escape sequence")
            if char not in b"0123456789abcdefABCDEF":
                self._unexpected(char, "expected a hex-digit for character escape sequence")
            code = code * 16 + int(chr(char), 16)
        return chr(code)

    def _decoded(self, first: int) -> str:
        """The character that starts with a byte just read, for an error's text."""
        if first < 0x80:
            return chr(first)
        more = _following(first)
        if more < 0:
            self._fail(f"Invalid UTF-8 start byte 0x{first:x}")
        start = self.pos - 1
        for _ in range(more):
            byte = self._take(self._in_current())
            if byte & 0xC0 != 0x80:
                self._fail_behind(f"Invalid UTF-8 middle byte 0x{byte:x}")
        return chr(ord(_combined(self.data[start : self.pos])) & 0xFFFF)

    # errors

    def _control(self, char: int, where: str) -> NoReturn:
        escaped = f"has to be escaped using backslash to be included in {where}"
        self._fail_at_char(f"Illegal unquoted character ({_described(char)}): {escaped}")

    def _unexpected(self, char: int, comment: str) -> NoReturn:
        self._fail_at_char(f"Unexpected character ({_described(char)}): {comment}")

    def _end_of_input(self, where: str) -> NoReturn:
        raise self.error(f"Unexpected end-of-input{where}", self.at(self.pos), JsonEOF)

    def _fail(self, message: str) -> NoReturn:
        """An error at what comes next."""
        raise self.error(message, self.at(self.pos))

    def _fail_behind(self, message: str) -> NoReturn:
        """An error behind the byte just read, even where that ends a line."""
        line, column = self.at(self.pos - 1)
        raise self.error(message, (line, column + 1))

    def _fail_at_char(self, message: str) -> NoReturn:
        """An error about the character just read."""
        line, column = self.at(self.pos - 1)
        raise self.error(message, (line, column if self.jackson.at_character else column + 1))

    def error(self, message: str, at: At, kind: type[JsonParse] = JsonParse) -> JsonParse:
        """Jackson's error with its location; ``at`` stays on it as an attribute."""
        return located_error(kind, message, at, self._source(*at))

    def _source(self, line: int, column: int) -> str:
        return f"[Source: {self.jackson.source(self.data, self.label)}; line: {line}, column: {column}]"


def located_error(kind: type[Any], message: str, at: At, source: str) -> Any:
    """An error of the JSON parser; ``source`` is the whole ``[Source: ...]``."""
    error = kind(f"{message}\n at {source}")
    error.at = at
    return error


def _described(code: int) -> str:
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"(CTRL-CHAR, code {code})"
    char = chr(code)
    if code > 255:
        return f"'{char}' (code {code} / 0x{code:x})"
    return f"'{char}' (code {code})"


def _quad(raw: bytes, place: int) -> int:
    """A byte of a name as the parser shows it: with what stands before it in its group of four, as a signed number."""
    group = int.from_bytes(raw[place & ~3 : place + 1], "big")
    return group | 0xFFFFFFFF << 8 * (place % 4 + 1) & 0xFFFFFFFF if raw[place & ~3] & 0x80 else group


def _following(first: int) -> int:
    """How many bytes follow a first byte of UTF-8; -1: it is none."""
    if first < 0x80:
        return 0
    if first & 0xE0 == 0xC0:
        return 1
    if first & 0xF0 == 0xE0:
        return 2
    return 3 if first & 0xF8 == 0xF0 else -1


def _combined(raw: bytes) -> str:
    code = raw[0] & (0x7F if len(raw) == 1 else 0xFF >> (len(raw) + 1))
    for byte in raw[1:]:
        code = code << 6 | byte & 0x3F
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _joined(text: str) -> str:
    """Pairs of surrogate escapes as the one character they stand for; lone ones stay."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _is_identifier_start(char: str) -> bool:
    return char in "$_" or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"}


def _is_identifier_part(char: str) -> bool:
    if _is_identifier_start(char) or unicodedata.category(char) in {"Nd", "Mn", "Mc", "Cf"}:
        return True
    code = ord(char)
    return code <= 8 or 0xE <= code <= 0x1B or 0x7F <= code <= 0x9F
