"""HTTP/1.1 requests out of bytes, as Elasticsearch's own decoder (Netty) reads, forgives and refuses them.

A request that arrives in one piece is cut with a few splits; whatever is cut otherwise, or bends the rules, goes line by line.
Clients send the same header lines with every request of a connection: what they say is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esmock.errors import ApiError, IllegalArgument
from esmock.http.netty import (
    MAX_CONTENT_BYTES,
    ContentLengthNotAllowed,
    InvalidChunkTermination,
    InvalidLineSeparator,
    Rules,
)
from esmock.wire import RawRequest

_KNOWN_NAMES = {
    name: name.lower()
    for name in (
        "Host", "Accept", "Accept-Encoding", "Content-Type", "Content-Length", "User-Agent", "Connection", "Authorization",
        "X-Opaque-Id", "x-elastic-client-meta", "host", "accept", "accept-encoding", "content-type", "content-length",
        "user-agent", "connection", "authorization", "x-opaque-id", "Transfer-Encoding", "transfer-encoding",
    )
}  # fmt: skip
_WHITE = " \t\x0b\x0c\r"
_HEADS_KEPT = 16


@dataclass(slots=True)
class Head:
    """What the version and the header lines of a request say; requests that send the same share it.

    Attributes:
        length: bytes of the body.
        codings: of the body, one after the other.
        accepts: the codings that the client takes in an answer, if it says so.
    """

    version: str
    keep_alive: bool
    headers: list[tuple[str, str]]
    length: int = 0
    codings: tuple[str, ...] = ()
    accepts: str | None = None


@dataclass(slots=True)
class Decoded:
    """A request, and what the connection must know to answer it."""

    raw: RawRequest
    head: Head


@dataclass(slots=True)
class Interim:
    """An answer that the decoder itself gives: 100 Continue, 413, 417."""

    status: int
    version: str
    close: bool = False


Event = Decoded | Interim


class Decoder:
    """The decoder of one connection: ``feed`` bytes, get events in order."""

    __slots__ = (
        "_body", "_buffer", "_events", "_head", "_header_size", "_headers", "_heads", "_keep_alive", "_method", "_remaining",
        "_rules", "_size", "_state", "_target", "_version",
    )  # fmt: skip

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._buffer = b""
        self._events: list[Event] = []
        self._heads: dict[bytes, Head] = {}
        self._state: Callable[[], bool] = self._start
        self._begin()

    def _begin(self) -> None:
        self._method = self._target = ""
        self._version = "HTTP/1.0"
        self._keep_alive = False
        self._head: Head | None = None
        self._headers: list[tuple[str, str]] = []
        self._header_size = 0
        self._body: list[bytes] = []
        self._size = 0
        self._remaining = 0

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes; returns what is complete now. After a refusal all further bytes are dropped, as Netty drops them."""
        self._buffer = self._buffer + data if self._buffer else data
        try:
            while self._state():
                pass
        except ApiError as error:
            self._refuse(error)
        events, self._events = self._events, []
        return events

    def _refuse(self, error: ApiError) -> None:
        raw = RawRequest("GET", "/bad-request", self._headers, malformed=error)
        self._events.append(Decoded(raw, Head(self._version, self._keep_alive, self._headers)))
        self._buffer = b""
        self._state = self._drop

    def _drop(self) -> bool:
        self._buffer = b""
        return False

    def _start(self) -> bool:
        """Skip what may stand before a request, then read its head: at once when it is complete and regular."""
        buffer = self._buffer
        if not buffer:
            return False
        if buffer[0] <= 0x20 or 0x7F <= buffer[0] < 0xA0:
            self._buffer = buffer = buffer.lstrip(bytes(range(0x21)) if not self._rules.strict else b" \r\n")
            if not buffer:
                return False
            if self._rules.strict and buffer[0] < 0x20:
                raise InvalidLineSeparator
        end = buffer.find(b"\r\n\r\n")
        if end >= 0:
            if (at := buffer.find(b" HTTP/", 0, end)) > 0 and (known := self._heads.get(buffer[at:end])) and self._again(known, at, end):
                return True
            head = buffer[:end].decode("latin-1")
            lines = head.split("\r\n")
            if head.count("\n") == len(lines) - 1:
                self._buffer = buffer[end + 4 :]
                first = lines.pop(0)
                self._request_line(first)
                for line in lines:
                    self._header_line(line)
                return self._end_of_head(buffer[at:end] if 0 < at < len(first) else b"")
        self._state = self._first_line
        return True

    def _again(self, head: Head, at: int, end: int) -> bool:
        """Take a request whose head, from byte ``at`` to ``end``, is known but for method and target; False where these are irregular."""
        buffer = self._buffer
        line = buffer[:at].decode("latin-1")
        method, _, target = line.partition(" ")
        if line.split() != [method, target] or not (method.isascii() and method.isalpha()) or self._rules.line_too_long(at + 9):
            return False
        body_end = end + 4 + head.length
        if len(buffer) >= body_end:
            body = buffer[end + 4 : body_end] if head.length else b""
            self._buffer = buffer[body_end:]
            self._events.append(Decoded(RawRequest(method, target, head.headers, body), head))
            return True
        self._buffer = buffer[end + 4 :]
        self._method, self._target, self._head = method, target, head
        self._remaining = head.length
        self._state = self._content
        return True

    def _line(self, limit_error: Callable[[int], ApiError | None]) -> str | None:
        """The next line without its end, or None while it is incomplete."""
        end = self._buffer.find(b"\n")
        text = self._buffer if end < 0 else self._buffer[:end]
        ended = text.endswith(b"\r")
        error = limit_error(len(text) - ended)
        if error is not None:
            raise error
        if end < 0:
            return None
        if not ended and self._rules.strict:
            raise InvalidLineSeparator
        self._buffer = self._buffer[end + 1 :]
        return (text[:-1] if ended else text).decode("latin-1")

    def _first_line(self) -> bool:
        rules = self._rules
        line = self._line(lambda size: rules.long_line() if rules.line_too_long(size) else None)
        if line is None:
            return False
        self._request_line(line)
        self._state = self._next_header
        return True

    def _next_header(self) -> bool:
        rules, before = self._rules, self._header_size
        line = self._line(lambda size: rules.long_header() if rules.headers_too_long(before + size) else None)
        if line is None:
            return False
        if line:
            self._header_line(line)
            return True
        return self._end_of_head()

    def _request_line(self, line: str) -> None:
        """Method, target and version. Raises IllegalArgument, TooLongHttpLine."""
        rules = self._rules
        if rules.line_too_long(len(line)):
            raise rules.long_line()
        parts = line.split(" ")
        if len(parts) != 3 or not all(parts) or "\t" in line or "\x0b" in line:
            if rules.strict and line[-1:] in (" ", "\t"):
                raise IllegalArgument(f"Illegal character in request line: {ord(line[-1]):#x}")
            parts = [*line.strip(_WHITE).split(None, 2), "", ""]
        method, target, version = parts[:3]
        if not version:
            raise IllegalArgument("text is empty (possibly HTTP/0.9)")
        if not (method.isascii() and method.isalpha()):
            rules.check_method(method)
        version = rules.version(version)
        self._method, self._target, self._version = method, target, version
        self._keep_alive = version == "HTTP/1.1"
        if rules.strict and version not in ("HTTP/1.1", "HTTP/1.0"):
            raise IllegalArgument(f"Unexpected http protocol version: {version}")

    def _header_line(self, line: str) -> None:
        """One header, or the continuation of the last. Raises IllegalArgument, TooLongHttpHeader."""
        rules = self._rules
        self._header_size += len(line)
        if self._header_size + 1 > rules.header_bytes and rules.headers_too_long(self._header_size):
            raise rules.long_header()
        if line[0] in " \t":
            if self._headers:
                name, value = self._headers[-1]
                self._headers[-1] = (name, f"{value} {line.strip(_WHITE)}")
                return
            if not rules.strict:
                line = line.lstrip(_WHITE)
        name, colon, value = line.partition(":")
        if not colon:
            raise IllegalArgument("No colon found")
        lower = _KNOWN_NAMES.get(name)
        if lower is None:
            rules.check_name(name)
            lower = name.lower()
        value = value.strip(" \t")
        if not value.isprintable():
            rules.check_value(name, value)
        self._headers.append((lower, value))

    def _end_of_head(self, lines: bytes = b"") -> bool:
        """All headers are read: decide where the body ends.

        Args:
            lines: what version and headers were read from, where they came in one piece.
        """
        lengths: list[str] = []
        codings: tuple[str, ...] = ()
        transfer = expect = accepts = None
        for name, value in self._headers:
            if name == "content-length":
                lengths.append(value)
            elif name == "connection":
                lower = value.lower()
                self._keep_alive = lower != "close" if self._version == "HTTP/1.1" else (
                    lower == "keep-alive" and self._version == "HTTP/1.0"
                )
            elif name == "transfer-encoding":
                transfer = value if transfer is None else f"{transfer},{value}"
            elif name == "expect":
                expect = value
            elif name == "content-encoding":
                codings = (*codings, value)
            elif name == "accept-encoding" and accepts is None:
                accepts = value
        length = self._rules.content_length(lengths) if lengths else 0
        chunked = transfer is not None and "chunked" in [part.strip() for part in transfer.lower().split(",")]
        if chunked and lengths:
            if self._rules.strict and self._version == "HTTP/1.1":
                raise ContentLengthNotAllowed
            self._headers = [pair for pair in self._headers if pair[0] != "content-length"]
        self._head = head = Head(self._version, self._keep_alive, self._headers, length, codings, accepts)
        if expect is not None and self._version == "HTTP/1.1" and not self._expected(expect, 0 if chunked else length):
            return True
        if chunked:
            self._state = self._chunk
        elif length > MAX_CONTENT_BYTES:
            self._events.append(Interim(413, self._version, close=not self._keep_alive))
            self._remaining = length
            self._state = self._skip
        else:
            if lines and expect is None:
                self._remember(lines, head)
            if length:
                self._remaining = length
                self._state = self._content
            else:
                self._complete()
        return True

    def _remember(self, lines: bytes, head: Head) -> None:
        if len(self._heads) == _HEADS_KEPT:
            self._heads.clear()
        self._heads[lines] = head

    def _expected(self, expect: str, length: int) -> bool:
        """Answer an expectation; False when the request ends with that."""
        status = 417 if expect.lower() != "100-continue" else 413 if length > MAX_CONTENT_BYTES else 100
        self._events.append(Interim(status, self._version))
        if status == 100:
            return True
        self._state = self._start
        self._begin()
        return False

    def _skip(self) -> bool:
        """Past a body that is too long."""
        taken = min(self._remaining, len(self._buffer))
        self._buffer = self._buffer[taken:]
        self._remaining -= taken
        if self._remaining:
            return False
        self._state = self._start
        self._begin()
        return bool(self._buffer)

    def _content(self) -> bool:
        """The rest of a body whose length is known."""
        buffer = self._buffer
        if len(buffer) < self._remaining:
            if buffer:
                self._body.append(buffer)
                self._remaining -= len(buffer)
                self._buffer = b""
            return False
        if self._remaining == len(buffer):
            self._body.append(buffer)
            self._buffer = b""
        else:
            self._body.append(buffer[: self._remaining])
            self._buffer = buffer[self._remaining :]
        self._complete()
        return True

    def _chunk(self) -> bool:
        """A chunk's first line."""
        rules = self._rules
        line = self._line(lambda size: rules.long_line() if rules.line_too_long(size) else None)
        if line is None:
            return False
        self._remaining = rules.chunk_size(line)
        self._state = self._chunk_data if self._remaining else self._trailer
        return True

    def _chunk_data(self) -> bool:
        """A chunk's bytes; what goes beyond the limit of a body is counted, not kept."""
        taken = self._buffer[: self._remaining]
        if not taken:
            return False
        self._buffer = self._buffer[len(taken) :]
        self._remaining -= len(taken)
        before = self._size
        self._size += len(taken)
        if self._size <= MAX_CONTENT_BYTES:
            self._body.append(taken)
        elif before <= MAX_CONTENT_BYTES:
            self._body.clear()
            self._events.append(Interim(413, self._version, close=not self._keep_alive))
        if not self._remaining:
            self._state = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        """What ends a chunk's bytes: exactly a line end, or for the lenient decoder anything up to one."""
        if self._rules.strict:
            if len(self._buffer) < 2:
                return False
            if not self._buffer.startswith(b"\r\n"):
                raise InvalidChunkTermination
            self._buffer = self._buffer[2:]
        else:
            end = self._buffer.find(b"\n")
            if end < 0:
                self._buffer = b""
                return False
            self._buffer = self._buffer[end + 1 :]
        self._state = self._chunk
        return True

    def _trailer(self) -> bool:
        """Headers behind the last chunk: checked, then forgotten."""
        rules, before = self._rules, self._header_size
        line = self._line(lambda size: rules.long_header() if rules.headers_too_long(before + size) else None)
        if line is None:
            return False
        if line:
            kept = list(self._headers)
            self._header_line(line)
            self._headers = kept
            return True
        if self._size > MAX_CONTENT_BYTES:
            self._state = self._start
            self._begin()
        else:
            self._complete()
        return True

    def _complete(self) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        head = self._head
        assert head is not None
        self._events.append(Decoded(RawRequest(self._method, self._target, head.headers, body), head))
        self._state = self._start
        self._begin()
