"""Faults of shards: some or all of them cannot be searched, read or written.

The engine itself composes the answer: the cluster is told which shards fail while the handler runs.
Source: recordings of 7.10.2 and 8.19.21 (``faults.json``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.controls.action import Action, Option, behaviour_of, choice, text
from esmock.controls.faults.failures import everywhere, rejected, unavailable
from esmock.controls.faults.families import BULK, DOCUMENTS, READS, SEARCHES, WRITES, concrete, place
from esmock.controls.refusal import as_count, as_list
from esmock.errors import (
    ApiError,
    NoShardAvailableAction,
    SearchPhaseExecution,
)
from esmock.state.active_copies import no_copy

if TYPE_CHECKING:
    from esmock.api.request import Response
    from esmock.controls.exchange import Exchange
    from esmock.state.cluster import Cluster

Json = Any


@contextmanager
def failing(cluster: Cluster, faults: Mapping[tuple[str, int], ApiError]) -> Iterator[None]:
    """Shards that fail for as long as the context lasts."""
    before = cluster.shard_faults
    cluster.shard_faults = {**(before or {}), **faults}
    try:
        yield
    finally:
        cluster.shard_faults = before


class QueueFull(Action):
    """A thread pool's queue is full."""

    name = "queue_full"
    summary = "a thread pool's queue is full: 429 es_rejected_execution_exception, per item in a bulk"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        return exchange.endpoint in DOCUMENTS

    def before(self, exchange: Exchange) -> Response | None:
        if exchange.endpoint == BULK:
            from esmock.controls.faults.bulk import split

            return split(exchange, lambda _item: True, "rejected")
        pool = "write" if exchange.endpoint in WRITES else "get" if exchange.endpoint in READS else "search"
        raise everywhere(exchange, rejected(pool, behaviour_of(exchange)))


def _shards(value: Json, field: str) -> tuple[int, ...]:
    return tuple(as_count(one, field, least=0) for one in as_list(value))


class ShardFailures(Action):
    """Some shards cannot be searched: their hits are missing, and ``_shards.failures`` says why."""

    name = "shard_failures"
    summary = "some shards fail: their hits are missing, _shards.failures tells; an error where no partial results are wanted"
    evidence = "recorded"
    endpoints = tuple(sorted(SEARCHES))
    options: ClassVar = {
        "shards": Option(_shards, (0,), "numbers of the shards, in every index that the request searches"),
        "error": Option(choice("rejected", "breaker", "unassigned", "other"), "rejected", "what is wrong with them"),
        "type": Option(text, "illegal_state_exception", "with other: the error's type"),
        "reason": Option(text, "esmock was told so", "with other: the error's reason"),
    }
    shards: tuple[int, ...]
    error: str
    type: str
    reason: str

    def around(self, exchange: Exchange, cluster: Cluster) -> AbstractContextManager[None] | None:
        error = self._error(exchange)
        wanted = concrete(cluster, exchange)
        return failing(cluster, {(i.name, s.number): error for i in wanted for s in i.shards if s.number in self.shards})

    def _error(self, exchange: Exchange) -> ApiError:
        behaviour = behaviour_of(exchange)
        if self.error == "rejected":
            return rejected("search", behaviour)
        if self.error == "breaker":
            from esmock.controls.faults.breaker import tripped

            return tripped("request", 510027366, exchange, behaviour)
        if self.error == "unassigned":
            return NoShardAvailableAction(None)
        error = ApiError(self.reason)
        error.type = self.type
        return error

    def after(self, exchange: Exchange, answer: Any) -> Any:
        if exchange.cluster is not None or answer.status != 200:
            return answer
        return _shards_of_proxy(answer, self._error(exchange))


def _shards_of_proxy(answer: Any, error: ApiError) -> Any:
    """In front of a real cluster only the header can tell of failed shards: the hits are its own."""
    from esmock.controls.spelled import dumps, loads

    tree = loads(answer.body)
    if not isinstance(tree, dict) or "_shards" not in tree:
        return answer
    head = tree["_shards"]
    failed = min(1, head["total"])
    head.update(successful=head["total"] - failed, failed=failed)
    head["failures"] = [{"shard": 0, "index": "unknown", "node": None, "reason": error.cause_body()}]
    return answer.with_body(dumps(tree))


class NoShard(Action):
    """No copy of a shard is on any node: what a document or a search asks cannot be answered."""

    name = "no_shard"
    summary = "no copy of the shards is available: 503 for reads, searches and writes"
    evidence = "recorded"

    def applies(self, exchange: Exchange) -> bool:
        return exchange.endpoint in DOCUMENTS

    def around(self, exchange: Exchange, cluster: Cluster) -> AbstractContextManager[None] | None:
        error = NoShardAvailableAction(None)
        return failing(cluster, {(i.name, s.number): error for i in concrete(cluster, exchange) for s in i.shards})

    def before(self, exchange: Exchange) -> Response | None:
        endpoint = exchange.endpoint
        if endpoint == BULK:
            from esmock.controls.faults.bulk import split

            return split(exchange, lambda _item: True, "unavailable")
        if endpoint in SEARCHES:
            if exchange.cluster is None:
                raise SearchPhaseExecution("query", "all shards failed")
            return None
        name, _, shard = place(exchange)
        doc_id = exchange.parts.get("id") or ""
        if endpoint in WRITES:
            raise unavailable(name, shard, doc_id, exchange, update=endpoint == "update")
        raise no_copy(behaviour_of(exchange), name, doc_id)


SHARDS = (QueueFull, ShardFailures, NoShard)
