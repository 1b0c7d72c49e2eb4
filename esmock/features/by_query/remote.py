"""Reindex from another server: its answers to a scrolled search, over HTTP.

Differs: the whole search is read before the first document is written; Elasticsearch writes batch by batch.

Source: what 7.10.2 sent to a server that wrote down its requests, and its answers to that server's mistakes.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from esmock.errors import ApiError, ElasticsearchStatus, IllegalArgument, NullPointer
from esmock.errors.network import SSL, Connect, ConnectionClosed, ResponseProblem, SocketTimeout, UnknownHost
from esmock.xcontent import json_reader, json_writer

if TYPE_CHECKING:
    from esmock.features.by_query.job import Job
    from esmock.version import Behaviour

Json = Any
_REASONS = http.client.responses
_NO_FAILURES = (
    'Cannot invoke "java.util.List.size()" because the return value of '
    '"org.elasticsearch.index.reindex.ScrollableHitSource$Response.getFailures()" is null'
)
_NOT_ELASTICSEARCH = "Error parsing the response, remote is likely not an Elasticsearch instance"


@dataclass(frozen=True, slots=True)
class Remote:
    """``source.remote``: where to search, and how long to wait (seconds)."""

    scheme: str
    host: str
    port: int
    prefix: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    username: str | None = None
    password: str | None = None
    socket_timeout: float | None = 30.0
    connect_timeout: float | None = 30.0
    query: Json = None

    @property
    def address(self) -> str:
        """As ``reindex.remote.whitelist`` names it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RemoteDoc:
    """A document as the other server answered it; named like a document of a segment."""

    index: str
    doc_id: str
    version: int
    routing: str | None
    visible_source: bytes | None
    kind: str = "_doc"


@dataclass(slots=True)
class Found:
    """All that the search found.

    Attributes:
        failures: of shards, as the answer shows them.
    """

    docs: list[RemoteDoc] = field(default_factory=list)
    total: int = 0
    failures: list[Json] = field(default_factory=list)
    timed_out: bool = False

    def take(self, start: int, size: int) -> list[tuple[str, Any]]:
        """A batch: (index, document)."""
        return [(doc.index, doc) for doc in self.docs[start : start + size]]

    def __len__(self) -> int:
        return len(self.docs)


class RemoteSearch:
    """A scrolled search on the other server. ``read`` does it all; to be called where blocking is allowed."""

    def __init__(self, remote: Remote, job: Job, behaviour: Behaviour) -> None:
        self.remote, self.job, self.behaviour = remote, job, behaviour
        self._connection: http.client.HTTPConnection | None = None
        self._count = 0

    def read(self) -> Found:
        """Raises what Elasticsearch answers when the other server cannot be asked: the errors of this module."""
        found = Found()
        try:
            version = self._version(self._ask("GET", "/", None))
            page = self._ask("POST", self._search_path(version), self._search_body(version))
            while self._add(found, page) and len(found) < self._most():
                page = self._ask("POST", "/_search/scroll?scroll=300000000000nanos", {"scroll_id": page["_scroll_id"]})
            if page.get("_scroll_id") is not None:
                self._ask("DELETE", "/_search/scroll", {"scroll_id": [page["_scroll_id"]]})
        finally:
            if self._connection is not None:
                self._connection.close()
        return found

    def _most(self) -> float:
        return float("inf") if self.job.max_docs is None else self.job.max_docs

    def _version(self, body: Json) -> tuple[int, int]:
        if "version" not in body:
            raise IllegalArgument("Required [version]")
        number = str(body["version"].get("number"))
        parts = re.match(r"(\d+)\.(\d+)\.(\d+)", number)
        if parts is None:
            reason = f"the version needs to contain major, minor, and revision, and optionally the build: {number}"
            raise ApiError(_NOT_ELASTICSEARCH, cause=IllegalArgument(reason))
        return int(parts[1]), int(parts[2])

    def _search_path(self, version: tuple[int, int]) -> str:
        """Differs: servers before 2.1 are asked like the later ones."""
        sort = _sort_text(self.job.sort) or "_doc:asc"
        params = {"scroll": "5m" if version >= (5, 0) else "300000ms", "sort": sort, "size": str(self.job.search.size)}
        if version >= (6, 3):
            params["allow_partial_search_results"] = "false"
        params["version"] = "false" if self.job.destination.version_type == "internal" else "true"
        return f"/{','.join(self.job.names)}/_search?{urlencode(params)}"

    def _search_body(self, version: tuple[int, int]) -> Json:
        wanted = self.job.source
        body: dict[str, Json] = {"query": self.remote.query or {"match_all": {"boost": 1.0}}, "_source": True}
        if wanted is not None and (wanted.includes or wanted.excludes):
            body["_source"] = {"includes": list(wanted.includes), "excludes": list(wanted.excludes)}
        return body

    def _add(self, found: Found, page: Json) -> bool:
        """Take over the hits of a page. Returns whether there may be more. Raises NullPointer."""
        if "_shards" not in page:
            raise NullPointer(_NO_FAILURES)
        for failure in page["_shards"].get("failures", ()):
            found.failures.append(_shard_failure(failure))
        found.timed_out = bool(page.get("timed_out"))
        if found.failures or found.timed_out:
            return False
        hits = page["hits"]
        total = hits["total"]
        found.total = total["value"] if isinstance(total, dict) else total
        found.docs += map(_document, hits["hits"])
        return bool(hits["hits"])

    def _ask(self, method: str, path: str, body: Json) -> Json:
        """One exchange. Raises ElasticsearchStatus for another status than 200, ApiError for what is no JSON."""
        path = self.remote.prefix + path
        answer, text = self._exchange(method, path, None if body is None else json_writer.dumps(body))
        if not 200 <= answer.status < 300:
            raise self._status_problem(method, path, answer, text)
        if not (answer.headers.get("content-type") or "").startswith("application/json"):
            raise ApiError(f"Response didn't include Content-Type: body={text}")
        try:
            return json_reader.parse_stored(text.encode())
        except (ApiError, ValueError) as error:
            cause = error if isinstance(error, ApiError) else None
            raise ApiError(_NOT_ELASTICSEARCH, cause=cause) from None

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[http.client.HTTPResponse, str]:
        self._count += 1
        try:
            connection = self._connected()
            connection.request(method, path, body, self._headers(body is not None))
            answer = connection.getresponse()
            return answer, answer.read().decode("utf-8", "replace")
        except TimeoutError:
            millis = f"{round((self.remote.socket_timeout or 0) * 1000):,}"
            raise SocketTimeout(f"{millis} milliseconds timeout on connection http-outgoing-{self._count} [ACTIVE]") from None
        except ssl.SSLError:
            raise SSL("Unrecognized SSL message, plaintext connection?") from None
        except socket.gaierror:
            raise UnknownHost(self.remote.host) from None
        except ConnectionRefusedError:
            raise Connect("Connection refused") from None
        except (http.client.HTTPException, OSError):
            raise ConnectionClosed("Connection is closed") from None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            secure = self.remote.scheme == "https"
            maker: Callable[..., http.client.HTTPConnection]
            maker = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._connection = maker(self.remote.host.strip("[]"), self.remote.port, timeout=self.remote.connect_timeout)
            self._connection.connect()
            self._connection.sock.settimeout(self.remote.socket_timeout)
        return self._connection

    def _headers(self, has_body: bool) -> dict[str, str]:
        headers = dict(self.remote.headers)
        if has_body:
            headers["Content-Type"] = "application/json; charset=UTF-8"
        if self.remote.username is not None:
            password = "null" if self.remote.password is None else self.remote.password
            pair = f"{self.remote.username}:{password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return headers

    def _status_problem(self, method: str, path: str, answer: http.client.HTTPResponse, text: str) -> ApiError:
        host = f"{self.remote.scheme}://{self.remote.host}:{self.remote.port}"
        line = f"HTTP/1.1 {answer.status} {answer.reason or _REASONS.get(answer.status, '')}"
        shown = f"method [{method}], host [{host}], URI [{path}], status line [{line}]\n{text}"
        return ElasticsearchStatus(f"body={text}", status=answer.status, cause=ResponseProblem(shown))


def _sort_text(sort: Json) -> str:
    """``sort`` of a body as the parameter: field and order, joined by commas."""
    parts = []
    for one in sort if isinstance(sort, list) else [] if sort is None else [sort]:
        for name, how in one.items() if isinstance(one, dict) else [(str(one), "asc")]:
            parts.append(f"{name}:{how.get('order', 'asc') if isinstance(how, dict) else how}")
    return ",".join(parts)


def _document(hit: Json) -> RemoteDoc:
    source = hit.get("_source")
    routing = hit.get("_routing")
    return RemoteDoc(
        hit["_index"],
        hit["_id"],
        hit.get("_version", -1),
        None if routing is None else str(routing),
        None if source is None else json_writer.dumps(source),
        hit.get("_type", "_doc"),
    )


def _shard_failure(failure: Json) -> Json:
    reason = failure.get("reason")
    text = f"{reason.get('type')}: {reason.get('reason')}" if isinstance(reason, dict) else str(reason)
    shown: dict[str, Json] = {name: failure[name] for name in ("index", "shard", "node") if failure.get(name) is not None}
    return {**shown, "status": 500, "reason": {"type": "runtime_exception", "reason": text}}
