"""The server that is judged: a small synchronous HTTP client, raw bytes in and out.

Used by YAML tests, documentation snippets and comparisons. Headers are kept as the list they came in.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

HeaderList = Iterable[tuple[str, str]]


class Unreachable(Exception):
    """The server did not answer at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is sent; ``target`` is path and query, encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of a name."""
        return next(iter(self.all_headers(name)), None)

    def all_headers(self, name: str) -> list[str]:
        """Every header of a name, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(slots=True)
class Target:
    """A connection to one server, kept alive.

    Args:
        url: ``http://host:port``, also with ``user:password@`` and with a path that goes before every request's.
        headers: sent with every request unless the request has its own of that name.
        timeout_s: seconds to wait for a connection or for data.
        insecure: accept any certificate.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 60.0
    insecure: bool = False
    _connection: http.client.HTTPConnection | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http(s) URL: [{self.url}]")
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            token = base64.b64encode(pair.encode()).decode()
            self.headers = (*self.headers, ("Authorization", f"Basic {token}"))

    @property
    def address(self) -> str:
        """The URL without user and password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout_s)
        context = ssl._create_unverified_context() if self.insecure else ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout_s, context=context)

    def send(self, method: str, target: str, body: bytes = b"", headers: HeaderList = ()) -> Answer:
        """Send one request.

        Args:
            method: HTTP method.
            target: path and query, already encoded.
            body: no entity when empty.
            headers: win over the defaults of the same name.

        Raises:
            Unreachable: no connection, or it broke before an answer came.
        """
        is_reused = self._connection is not None
        try:
            return self._exchange(method, target, body, list(headers))
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            self.close()
            if not is_reused:
                raise Unreachable(f"{method} {target}: {error}") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{method} {target}: {error or type(error).__name__}") from error
        # the server had closed the kept connection before the request reached it
        return self.send(method, target, body, headers)

    def _exchange(self, method: str, target: str, body: bytes, headers: list[tuple[str, str]]) -> Answer:
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        named = {name.lower() for name, _ in headers}
        connection.putrequest(method, urlsplit(self.url).path.rstrip("/") + target, skip_accept_encoding=True)
        for name, value in (*(pair for pair in self.headers if pair[0].lower() not in named), *headers):
            connection.putheader(name, value)
        if body or method in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        content = response.read()
        answer = Answer(response.status, tuple(response.getheaders()), content)
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
