"""What has the same shape for every endpoint: the errors of a cluster that is overloaded, blocked or headless.

Source: recordings of 7.10.2 and 8.19.21 (``faults.json``, ``faults_no_master.json``) where a class says ``recorded``.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.api.request import Response
from esmock.controls.action import REQUIRED, Action, Option, behaviour_of, choice, text
from esmock.controls.faults.failures import everywhere, version_conflict
from esmock.controls.faults.families import BULK, DOCUMENTS, READS, SEARCHES, WRITES, concrete, is_metadata
from esmock.controls.faults.queued import source_of
from esmock.controls.refusal import as_count
from esmock.errors import (
    ApiError,
    ClusterBlock,
    ClusterEventTimeout,
    IndexNotFound,
    MasterNotDiscovered,
    SearchContextMissing,
    Security,
    TaskCancelled,
    TooManyScrollContexts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esmock.controls.exchange import Exchange
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
NOT_RECOVERED = "SERVICE_UNAVAILABLE/1/state not recovered / initialized"
NO_MASTER = "SERVICE_UNAVAILABLE/2/no master"
_STATUS_TYPES = {
    400: "illegal_argument_exception",
    401: "security_exception",
    403: "security_exception",
    404: "resource_not_found_exception",
    409: "version_conflict_engine_exception",
    429: "es_rejected_execution_exception",
    500: "exception",
    503: "unavailable_shards_exception",
}


class Status(Action):
    """Any status, with an error body of Elasticsearch's form."""

    name = "status"
    summary = "answers with a status, and an error of the given type and reason"
    evidence = "recorded"
    options: ClassVar = {
        "status": Option(lambda v, f: as_count(v, f, least=200), REQUIRED, "HTTP status"),
        "type": Option(text, None, "the error's type; by default one that has the status"),
        "reason": Option(text, "esmock was told to answer so", "the error's reason"),
    }
    status: int
    type: str | None
    reason: str

    def before(self, exchange: Exchange) -> Response | None:
        if self.status < 400:
            return Response(self.status, {})
        error = ApiError(self.reason, status=self.status)
        error.type = self.type or _STATUS_TYPES.get(self.status, "exception")
        raise error


class NoMaster(Action):
    """The cluster has lost its master: documents can be read, nothing can be written or administered."""

    name = "no_master"
    summary = "no elected master: 503 for writes and administration, reads go on"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        return exchange.endpoint in WRITES | {BULK} or is_metadata(exchange.endpoint)

    def before(self, exchange: Exchange) -> Response | None:
        if exchange.endpoint in WRITES | {BULK} and exchange.endpoint != "update":
            raise blocked(NO_MASTER)
        raise MasterNotDiscovered(None)


class NotRecovered(Action):
    """A cluster that is starting: the state of its indices is not known yet."""

    name = "not_recovered"
    summary = "a cluster that is starting up: 503 for everything that touches an index"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        touched = DOCUMENTS
        return exchange.endpoint in touched or is_metadata(exchange.endpoint)

    def before(self, exchange: Exchange) -> Response | None:
        if exchange.endpoint in SEARCHES | READS:
            raise blocked(NOT_RECOVERED)
        if exchange.endpoint in WRITES | {BULK} and exchange.endpoint != "update":
            both = (NO_MASTER, NOT_RECOVERED) if behaviour_of(exchange).major >= 8 else (NOT_RECOVERED, NO_MASTER)
            raise blocked(*both)
        raise MasterNotDiscovered(None)


def blocked(*blocks: str) -> ClusterBlock:
    """The error of blocks on the whole cluster."""
    return ClusterBlock(f"blocked by: [{', '.join(blocks)}];", status=503 if "SERVICE" in blocks[0] else 403)


class IndexBlocked(Action):
    """Blocks on indices are put into the state for as long as the request runs: every endpoint answers as it would."""

    block: ClassVar[str]

    def around(self, exchange: Exchange, cluster: Cluster) -> AbstractContextManager[None] | None:
        stack = ExitStack()
        for index in concrete(cluster, exchange):
            stack.enter_context(_with_block(index, self.block))
        return stack  # type: ignore[return-value]

    def before(self, exchange: Exchange) -> Response | None:
        if exchange.cluster is None and exchange.endpoint in WRITES | {BULK}:
            raise self.without_state(exchange)
        return None

    def without_state(self, exchange: Exchange) -> ApiError:
        """The error in front of a real cluster, whose state is its own."""
        from esmock.state.blocks import BLOCKS

        number, what, status, _ = BLOCKS[self.block]
        name = (exchange.indices or ["unknown"])[0]
        code = 429 if status == "TOO_MANY_REQUESTS" else 403
        return ClusterBlock(f"index [{name}] blocked by: [{status}/{number}/{what}];", status=code)


@contextmanager
def _with_block(index: Index, block: str) -> Iterator[None]:
    key = f"index.blocks.{block}"
    before, had = index.settings, index.has_blocks
    if before.get(key) == "true":
        yield
        return
    during = index.settings = {**before, key: "true"}
    index.has_blocks = True
    try:
        yield
    finally:
        if index.settings is during:
            index.settings, index.has_blocks = before, had
        else:
            rest = {name: value for name, value in index.settings.items() if name != key}
            index.settings, index.has_blocks = rest, any(name.startswith("index.blocks.") for name in rest)


class FloodStage(IndexBlocked):
    """The disk is full beyond the flood stage: indices can be read and deleted, not written."""

    name = "flood_stage"
    block = "read_only_allow_delete"
    summary = "disk beyond the flood stage: 429 cluster_block_exception for writes, reads go on"
    evidence = "recorded"


class ReadOnly(IndexBlocked):
    """Indices are set to read only."""

    name = "read_only"
    block = "read_only"
    summary = "indices are read-only: 403 cluster_block_exception for writes"
    evidence = "recorded"


class ClusterReadOnly(Action):
    """The whole cluster is set to read only."""

    name = "cluster_read_only"
    summary = "the cluster is read-only: 403 cluster_block_exception for writes and administration"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        if exchange.endpoint in WRITES | {BULK}:
            return True
        return is_metadata(exchange.endpoint) and exchange.raw.method in ("PUT", "POST", "DELETE")

    def before(self, exchange: Exchange) -> Response | None:
        creates = exchange.endpoint == "indices.create"
        where = f"index [{exchange.indices[0]}] " if creates and exchange.indices else ""
        raise ClusterBlock(f"{where}blocked by: [FORBIDDEN/6/cluster read-only (api)];", status=403)


class VersionConflict(Action):
    """Somebody else wrote the document in between."""

    name = "version_conflict"
    summary = "somebody else wrote the document first: 409 version_conflict_engine_exception"
    evidence = "recorded"
    endpoints = ("index", "create", "update", "delete")

    def before(self, exchange: Exchange) -> Response | None:
        raise version_conflict(exchange, exchange.parts.get("id") or "unknown", create=exchange.endpoint == "create")


class Unauthorized(Action):
    """Credentials are missing, or no longer good."""

    name = "unauthorized"
    summary = "401 security_exception: credentials are missing or were refused"
    evidence = "recorded"
    options: ClassVar = {"user": Option(text, None, "the user whose password is refused; without it none was sent")}
    user: str | None

    def before(self, exchange: Exchange) -> Response | None:
        behaviour = behaviour_of(exchange)
        where = f"REST request [{exchange.raw.target}]"
        reason = f"missing authentication {behaviour.missing_credentials_word} for {where}"
        if self.user is not None:
            reason = f"unable to authenticate user [{self.user}] for {where}"
        raise Security(reason, status=401, headers={"WWW-Authenticate": list(behaviour.challenges)})


class Forbidden(Action):
    """The user may not do this."""

    name = "forbidden"
    summary = "403 security_exception: the user lacks the privilege"
    evidence = "recorded"
    options: ClassVar = {
        "user": Option(text, "reader", "the user's name"),
        "role": Option(text, None, "the user's role; without it one of the same name"),
    }
    user: str
    role: str | None

    def before(self, exchange: Exchange) -> Response | None:
        from esmock.features.security.denial import denial, roles_text

        behaviour = behaviour_of(exchange)
        action = exchange.request.endpoint.action if exchange.request is not None else ""
        roles = roles_text([self.role or self.user], behaviour)
        shown = action or f"indices:{exchange.endpoint}"
        raise Security(denial(shown, f"user [{self.user}]", roles, behaviour, exchange.indices), status=403)


class ScrollLost(Action):
    """The node that kept a scroll or point in time is gone, or its keep-alive ran out."""

    name = "context_lost"
    summary = "scrolls and points in time are gone: 404 search_context_missing_exception"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        body = exchange.body
        return exchange.endpoint == "scroll" or (exchange.endpoint == "search" and isinstance(body, dict) and "pit" in body)

    def before(self, exchange: Exchange) -> Response | None:
        from esmock.errors import SearchPhaseExecution

        missing = SearchContextMissing("No search context found for id [1]")
        raise SearchPhaseExecution("query", "all shards failed", [(0, None, None, missing)])


class Cancelled(Action):
    """Somebody cancelled the search's task."""

    name = "cancelled"
    summary = "the search's task was cancelled: task_cancelled_exception of every shard, 400 (before 8.0: 500)"
    evidence = "recorded"
    endpoints = ("search", "count", "msearch", "async_search.submit")

    def before(self, exchange: Exchange) -> Response | None:
        if behaviour_of(exchange).major >= 8:
            raise everywhere(exchange, TaskCancelled("task cancelled [by user request]"))
        raise everywhere(exchange, TaskCancelled("cancelled", status=500))


class EventTimeout(Action):
    """The master is alive and too busy."""

    name = "master_timeout"
    summary = "the master's queue is long: 503 process_cluster_event_timeout_exception, from 9.0 on 429"
    evidence = "recorded"
    options: ClassVar = {"source": Option(text, None, "what was queued, as put-mapping [books]")}
    source: str | None

    def applies(self, exchange: Exchange) -> bool:
        return is_metadata(exchange.endpoint)

    def before(self, exchange: Exchange) -> Response | None:
        given = exchange.request.raw.get("master_timeout") if exchange.request is not None else None
        what = self.source or source_of(exchange)
        told = behaviour_of(exchange).timeouts_are_told
        raise ClusterEventTimeout(f"failed to process cluster event ({what}) within {given or '30s'}", told=told)


class TooManyScrolls(Action):
    """Scrolls were opened and never closed."""

    name = "too_many_scrolls"
    summary = "too many open scrolls: 429 too_many_scroll_contexts_exception (before 8.0: 500)"
    evidence = "recorded"
    endpoints = ("search",)

    def applies(self, exchange: Exchange) -> bool:
        return super().applies(exchange) and "scroll=" in exchange.raw.target

    def before(self, exchange: Exchange) -> Response | None:
        why = (
            "Trying to create too many scroll contexts. Must be less than or equal to: [500]. This limit can be set by changing "
            "the [search.max_open_scroll_context] setting."
        )
        error = TooManyScrollContexts(why) if behaviour_of(exchange).major >= 8 else ApiError(why)
        raise everywhere(exchange, error)


class TooManyBucketsFault(Action):
    """An aggregation made more buckets than one answer may have."""

    name = "too_many_buckets"
    summary = "an aggregation makes too many buckets: too_many_buckets_exception"
    evidence = "recorded"
    endpoints = ("search",)

    def before(self, exchange: Exchange) -> Response | None:
        from esmock.errors import SearchPhaseExecution
        from esmock.search.aggs.internal import too_many_buckets

        raise SearchPhaseExecution("fetch", "", cause=too_many_buckets(65535, 65536, behaviour_of(exchange)))


class IndexMissing(Action):
    """The index is gone, as after a colleague's DELETE."""

    name = "index_missing"
    summary = "the index is not there: 404 index_not_found_exception"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        return bool(exchange.indices)

    def before(self, exchange: Exchange) -> Response | None:
        raise IndexNotFound(exchange.indices[0])


class NoBody(Action):
    """413 of a request that is too large, which has no body."""

    name = "payload_too_large"
    summary = "the request is too large: 413 without a body"
    evidence = "recorded"

    def before(self, exchange: Exchange) -> Response | None:
        from esmock.controls.faults.families import stopped

        return stopped()

    def after(self, exchange: Exchange, answer: Any) -> Any:
        from esmock.wire import RawResponse

        return RawResponse(413, [("content-length", "0")], b"")


class Breaker(Action):
    """Memory runs short: a circuit breaker trips."""

    name = "circuit_breaker"
    summary = "a circuit breaker trips: 429 circuit_breaking_exception"
    evidence = "recorded"
    options: ClassVar = {
        "breaker": Option(
            choice("parent", "in_flight_requests", "request", "fielddata"), "parent", "which breaker; the last two are a search's"
        ),
        "limit": Option(as_count, 510027366, "the breaker's limit in bytes"),
    }
    breaker: str
    limit: int

    def applies(self, exchange: Exchange) -> bool:
        return self.breaker in ("parent", "in_flight_requests") or exchange.endpoint in SEARCHES

    def before(self, exchange: Exchange) -> Response | None:
        from esmock.controls.faults.breaker import tripped
        error = tripped(self.breaker, self.limit, exchange, behaviour_of(exchange))
        raise everywhere(exchange, error) if self.breaker in ("request", "fielddata") else error


ERRORS = (
    Status,
    NoMaster,
    NotRecovered,
    FloodStage,
    ReadOnly,
    ClusterReadOnly,
    VersionConflict,
    Unauthorized,
    Forbidden,
    ScrollLost,
    Cancelled,
    EventTimeout,
    TooManyScrolls,
    TooManyBucketsFault,
    IndexMissing,
    NoBody,
    Breaker,
)
