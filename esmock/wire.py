"""What goes over the wire: requests and answers cut at HTTP's own seams, and how an answer may be spoiled on its way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.errors import ApiError


@dataclass(slots=True)
class RawRequest:
    """Bytes as they came.

    Args:
        method: as sent.
        target: path and query as sent; bytes beyond ASCII as Latin-1.
        headers: (lower-case name, value) in order.
        body: after any content encoding was undone.
        malformed: why it is none, when it did not even parse as HTTP.
        certificate: of the client, as DER, where he showed one that the listener trusts.
    """

    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    malformed: ApiError | None = None
    certificate: bytes | None = None

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def header(self, name: str) -> str | None:
        """The first value of a header, by lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class WireFault:
    """A network fault: what the connection does instead of sending the answer as it is.

    Args:
        kind: ``reset`` (RST), ``close`` (FIN), ``refuse`` (as ``reset``, for who shares a port),
            ``hang`` (nothing, until the client gives up), ``truncate`` (the head and a part
            of the body, then RST), ``raw`` (``data`` in place of everything), ``drip`` (slowly), ``as_is`` (no compression
            on top, whatever the headers claim, then FIN).
        amount: ``truncate``: share of the body that is sent, 0 to 1; ``drip``: bytes per second.
        data: ``raw``: the bytes.
        until: ``hang``: waits until the fault is released.
    """

    kind: str
    amount: float = 0.0
    data: bytes = b""
    until: Callable[[], Awaitable[None]] | None = None


@dataclass(slots=True)
class RawResponse:
    """A finished answer.

    Attributes:
        body: empty for HEAD; ``content-length`` then still tells the length that it would have had.
        failure: the exception of esmock's own that it reports, if any.
        wire: how the connection spoils it, if it does.
        stream: sent chunk by chunk in place of the body, until it ends or the client leaves.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    failure: BaseException | None = None
    wire: WireFault | None = None
    stream: AsyncIterator[bytes] | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, by lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def with_body(self, body: bytes) -> RawResponse:
        """The same answer around another body."""
        headers = self.headers
        if not self.is_chunked:
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
            headers.append(("content-length", str(len(body))))
        return RawResponse(self.status, headers, body, self.failure, self.wire)

    @property
    def is_chunked(self) -> bool:
        """Whether the body goes in chunks, without a length."""
        return any(name.lower() == "transfer-encoding" for name, _ in self.headers)


Answer = RawResponse | Awaitable[RawResponse]
Door = Callable[[RawRequest], Answer]
"""What answers a raw request: a space's node, a server, a wrapper around either."""
