"""The words of a JSON text: literals, numbers, names and strings, stopping, worded and placed as Jackson does.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21, and texts mutated at random compared with them.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from esmock.errors import StreamConstraints, Unsupported
from esmock.xcontent.jackson import Jackson
from esmock.xcontent.json_character import (
    combined,
    described,
    following,
    is_identifier_part,
    is_identifier_start,
    joined,
    quad,
)
from esmock.xcontent.json_input import JsonInput
from esmock.xcontent.tokens import (
    START_ARRAY,
    START_OBJECT,
    VALUE_BOOLEAN,
    VALUE_NULL,
    VALUE_NUMBER,
    VALUE_STRING,
)

_DIGITS = re.compile(rb"[0-9]*")
_PLAIN_STRING = re.compile(rb'[^"\\\x00-\x1f\x80-\xff]*')
_PLAIN_NAME = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPES = {0x62: "\b", 0x74: "\t", 0x6E: "\n", 0x66: "\f", 0x72: "\r", 0x22: '"', 0x2F: "/", 0x5C: "\\"}
_LONGEST_TOKEN = 256
_LONGEST_NUMBER = 1000
_LONGEST_INTEGER = 4300
_LITERALS = {ord("t"): (b"true", True), ord("f"): (b"false", False), ord("n"): (b"null", None)}
_QUOTE, _BACKSLASH = 0x22, 0x5C


class JsonLexer(JsonInput):
    """Reads one value, name or string at a time.

    Attributes:
        open: open containers: [is_object, start offset, entries so far, names so far of an object].
    """

    __slots__ = ("open",)

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        super().__init__(data, jackson, label)
        self.open: list[list[Any]] = []

    def _beyond(self, what: str, found: int, limit: str) -> NoReturn:
        raise StreamConstraints(
            f"{what} ({found}) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMax{limit}()`)"
        )

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
                if is_identifier_part(self._decoded(char)):
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
            if not is_identifier_part(char):
                break
            token += char
            if len(token) >= _LONGEST_TOKEN:
                token += "..."
                break
        raise self.error(f"Unrecognized token '{token}': was expecting {self.jackson.known_words}", place)

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
        if is_identifier_start(chr(char)):
            self._unrecognized(chr(char))
        self._unexpected(char, f"expected a valid value {self.jackson.known_tokens}")

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
                    self._unexpected(char, f"expected a valid value {self.jackson.known_tokens}")
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
        self._fail_at_char(f"Unexpected character ({described(char)}) in numeric value: {comment}")

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
                more = following(first)
                if more < 0:
                    self._fail(f"Invalid UTF-8 start byte 0x{first:x}")
                if index + more >= len(raw):
                    self._end_of_input(" in field name")
                for place in range(index + 1, index + more + 1):
                    if raw[place] & 0xC0 != 0x80:
                        self._fail(f"Invalid UTF-8 middle byte 0x{quad(raw, place):x}")
                out.append(combined(raw[index : index + more + 1]))
                index += more + 1
            return joined("".join(out))

    def _string(self) -> str:
        """The rest of a string whose first quote has been read."""
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
        return joined("".join(parts))

    def _escape(self) -> str:
        char = self._take(" in character escape sequence")
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char != 0x75:
            self._fail_at_char(f"Unrecognized character escape {described(ord(self._decoded(char)))}")
        code = 0
        for _ in range(4):
            char = self._take(" in character escape sequence")
            if char not in b"0123456789abcdefABCDEF":
                self._unexpected(char, "expected a hex-digit for character escape sequence")
            code = code * 16 + int(chr(char), 16)
        return chr(code)

    def _control(self, char: int, where: str) -> NoReturn:
        escaped = f"has to be escaped using backslash to be included in {where}"
        self._fail_at_char(f"Illegal unquoted character ({described(char)}): {escaped}")
