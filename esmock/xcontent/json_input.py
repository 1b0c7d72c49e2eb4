"""The bytes of a JSON text with a place in them: blanks, comments, single characters, and errors where they stand.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21, and texts mutated at random compared with them.
"""

from __future__ import annotations

import bisect
import re
from typing import Any, NoReturn

from esmock.errors import JsonEOF, JsonParse
from esmock.xcontent.jackson import At, Jackson
from esmock.xcontent.json_character import combined, described, following

_BLANKS = re.compile(rb"[ \t\r\n]*")
_LINE_END = re.compile(rb"\r\n?|\n")
_ODD_IN_COMMENT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xff]")
_SLASH = 0x2F


class JsonInput:
    """A text that is read from front to back.

    Args:
        data: the text, perhaps with a byte order mark.
        label: ``stream`` or ``bytes``, for the ``Source`` part of errors.

    Attributes:
        token: the current token, None before the first and after the last; errors name it.
        pos: offset after what has been read.
    """

    __slots__ = ("_line_starts", "data", "jackson", "label", "pos", "token")

    def __init__(self, data: bytes, jackson: Jackson, label: str = "bytes") -> None:
        self.data = data
        self.jackson = jackson
        self.label = label
        self.pos = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.token: str | None = None
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
        self._fail(f"Illegal character ({described(char)}): {allowed}")

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

    def _multi_byte(self, first: int) -> str:
        """The character that starts with a byte of UTF-8 just read."""
        more = following(first)
        if more < 0:
            self._fail(f"Invalid UTF-8 start byte 0x{first:x}")
        start = self.pos - 1
        for _ in range(more):
            byte = self._take(self._in_current())
            if byte & 0xC0 != 0x80:
                self._fail_behind(f"Invalid UTF-8 middle byte 0x{byte:x}")
        return combined(self.data[start : self.pos])

    def _decoded(self, first: int) -> str:
        """The same for the text of an error, cut to the sixteen bits of a Java char."""
        return chr(first) if first < 0x80 else chr(ord(self._multi_byte(first)) & 0xFFFF)

    def _in_current(self) -> str:
        return f" in {self.token or 'null'}"

    # errors

    def _unexpected(self, char: int, comment: str) -> NoReturn:
        self._fail_at_char(f"Unexpected character ({described(char)}): {comment}")

    def _end_of_input(self, where: str) -> NoReturn:
        raise self.error(f"Unexpected end-of-input{where}", self._at_end(), JsonEOF)

    def _at_end(self) -> At:
        line, column = self.at(self.pos)
        return line, column + len(self.data) if self.jackson.oldest else column

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
        found: JsonParse = located_error(kind, message, at, self.source(*at))
        if self.jackson.oldest:
            found.status = 500
        return found

    def source(self, line: int, column: int) -> str:
        """A place as errors tell it."""
        return f"[Source: {self.jackson.source(self.data, self.label)}; line: {line}, column: {column}]"


def located_error(kind: type[Any], message: str, at: At, source: str) -> Any:
    """An error of the JSON parser; ``source`` is the whole ``[Source: ...]``."""
    error = kind(f"{message}\n at {source}")
    error.at = at
    return error
