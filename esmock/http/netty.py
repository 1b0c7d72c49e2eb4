"""What the HTTP decoder refuses, and its rules of each era: Netty as Elasticsearch is built on it.

Source: bytes asked of 7.10.2 and 8.19.21, kept in ``fixtures/recorded/VERSION/http_decoding.json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock.errors import ApiError, IllegalArgument, NumberFormat
from esmock.version import Behaviour

MAX_LINE_BYTES = 4096
MAX_CONTENT_BYTES = 100 * 1024 * 1024

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_NAMES = re.compile(r"[\x00\t-\r =,;:]|[^\x00-\x7f]")
_NOT_IN_METHODS = re.compile(r"[\x00-\x20\x7f-\x9f]")
_NOT_IN_VALUES = re.compile(r"[\x00\x0b\x0c]")
_LOOSE_VERSION = re.compile(r"(\S+)/(\d+)\.(\d+)")
_STRICT_VERSION = re.compile(r"HTTP/\d\.\d")
_PROHIBITED = "=,;: \\t\\r\\n\\v\\f"


class TooLongFrame(ApiError):
    """A line or header beyond its limit, until 7.x."""

    status = 400
    package = "io.netty.handler.codec"


class TooLongHttpLine(ApiError):
    """A request line beyond its limit."""

    status = 400
    package = "io.netty.handler.codec.http"


class TooLongHttpHeader(TooLongHttpLine):
    """Headers beyond their limit."""


class InvalidLineSeparator(TooLongHttpLine):
    """A line feed without its carriage return."""

    def __init__(self) -> None:
        super().__init__("Line Feed must be preceded by Carriage Return when terminating HTTP start- and header field-lines")


class InvalidChunkTermination(TooLongHttpLine):
    """A chunk that is longer than it says."""

    def __init__(self) -> None:
        super().__init__("Chunk data sections must be terminated by a CR LF octet pair")


class ContentLengthNotAllowed(TooLongHttpLine):
    """A length beside chunks."""

    def __init__(self) -> None:
        super().__init__("Content-Length are not allowed in HTTP/1.1 messages that contains a Transfer-Encoding header.")


@dataclass(frozen=True, slots=True)
class Rules:
    """One era's rules.

    Attributes:
        strict: the decoder of late 8.x: line ends, methods, versions and chunk ends are checked.
        checked: header names, values and lengths are checked, and carriage returns do not count (7.17 and later).
        header_bytes: limit of all header lines together (``http.max_header_size``).
    """

    strict: bool
    checked: bool
    header_bytes: int

    @classmethod
    def of(cls, behaviour: Behaviour) -> Rules:
        """The rules of a version."""
        return cls(behaviour.strict_http, behaviour.checked_http, 16384 if behaviour.wide_http_headers else 8192)

    def line_too_long(self, size: int) -> bool:
        """Whether a line of so many characters is beyond the limit; the lenient decoder counts its carriage return."""
        return size + (not self.checked) > MAX_LINE_BYTES

    def long_line(self) -> ApiError:
        kind = TooLongHttpLine if self.checked else TooLongFrame
        return kind(f"An HTTP line is larger than {MAX_LINE_BYTES} bytes.")

    def headers_too_long(self, size: int) -> bool:
        return size + (not self.checked) > self.header_bytes

    def long_header(self) -> ApiError:
        kind = TooLongHttpHeader if self.checked else TooLongFrame
        return kind(f"HTTP header is larger than {self.header_bytes} bytes.")

    def check_method(self, method: str) -> None:
        """Raises IllegalArgument."""
        if self.strict:
            if not _TOKEN.fullmatch(method):
                bad = next(char for char in method if not _TOKEN.fullmatch(char))
                raise IllegalArgument(f"Illegal character in HTTP Method: {ord(bad):#x}")
        elif _NOT_IN_METHODS.search(method):
            raise IllegalArgument("invalid character in name")

    def version(self, text: str) -> str:
        """The protocol version in its normal form. Raises IllegalArgument."""
        text = text.upper()
        if text == "HTTP/1.1":
            return text
        if self.strict:
            if not _STRICT_VERSION.fullmatch(text):
                raise IllegalArgument(f"invalid version format: {text}")
            return text
        found = _LOOSE_VERSION.fullmatch(text)
        if found is None:
            raise IllegalArgument(f"invalid version format: {text}")
        return f"{found[1]}/{int(found[2])}.{int(found[3])}"

    def check_name(self, name: str) -> None:
        """Raises IllegalArgument for what no header may be called."""
        if not name:
            raise IllegalArgument(f"empty headers are not allowed [{name}]")
        if self.checked:
            if not _TOKEN.fullmatch(name):
                at = next(index for index, char in enumerate(name) if not _TOKEN.fullmatch(char))
                raise IllegalArgument(
                    'a header name can only contain "token" characters, but found invalid character '
                    f"{ord(name[at]):#x} at index {at} of header '{name}'."
                )
        elif (bad := _NOT_IN_NAMES.search(name)) is not None:
            if bad[0].isascii():
                raise IllegalArgument(f"a header name cannot contain the following prohibited characters: {_PROHIBITED}: {bad[0]}")
            raise IllegalArgument(f"a header name cannot contain non-ASCII character: {bad[0]}")

    def check_value(self, name: str, value: str) -> None:
        """Raises IllegalArgument for control characters in a header's value."""
        if self.checked:
            bad = re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
            if bad is not None:
                cause = IllegalArgument(
                    f"a header value contains prohibited character {ord(bad[0]):#x} at index {bad.start()}."
                )
                raise IllegalArgument(f"Validation failed for header '{name}'", cause=cause)
        elif (bad := _NOT_IN_VALUES.search(value)) is not None:
            shown = {"\x0b": "\\v", "\x0c": "\\f"}.get(bad[0], bad[0])
            raise IllegalArgument(f"a header value contains a prohibited character '{shown}': {value}")
        elif (at := value.find("\r")) >= 0 and value[at + 1 : at + 2] != "\n":
            raise IllegalArgument(f"only '\\n' is allowed after '\\r': {value}")

    def content_length(self, values: list[str]) -> int:
        """Bytes of the body; 0 for what the lenient decoder takes for none. Raises IllegalArgument, NumberFormat."""
        if self.checked:
            if len(values) > 1 or "," in values[0]:
                raise IllegalArgument(f"Multiple Content-Length values found: [{', '.join(values)}]")
            if not (values[0].isascii() and values[0].isdigit()):
                raise IllegalArgument(f"Content-Length value is not a number: {values[0]}")
            return int(values[0])
        if len(values) > 1:
            raise IllegalArgument("Multiple Content-Length headers found")
        if re.fullmatch(r"[+-]?\d+", values[0], re.ASCII) is None:
            raise NumberFormat(f'For input string: "{values[0]}"')
        return max(int(values[0]), 0)

    def chunk_size(self, line: str) -> int:
        """Bytes of the chunk that its first line announces. Raises NumberFormat."""
        digits = re.split(r"[;\s\x00-\x1f\x7f]", line.strip(), maxsplit=1)[0]
        valid = re.fullmatch(r"[0-9a-fA-F]+", digits) is not None
        if self.checked:
            if not digits:
                raise NumberFormat(None)
            if not valid:
                raise NumberFormat("Invalid character in chunk size" if self.strict else None)
            for end in range(8, len(digits) + 1):
                if int(digits[:end], 16) >= 2**31:
                    raise NumberFormat(f"Chunk size overflow: {int(digits[:end], 16)}")
        elif not valid or int(digits, 16) >= 2**31:
            raise NumberFormat(f'For input string: "{digits}" under radix 16')
        return int(digits, 16)
