"""The errors that more than one fault raises.

Source: recordings of 7.10.2 and 8.19.21 (``faults.json``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.controls.action import behaviour_of
from esmock.controls.faults.families import BULK, SEARCHES, concrete, place
from esmock.errors import ApiError, EsRejectedExecution, SearchPhaseExecution, UnavailableShards, VersionConflictEngine

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.version import Behaviour


def everywhere(exchange: Exchange, error: ApiError) -> ApiError:
    """A search of which every shard fails alike; other requests fail with the error itself."""
    if exchange.endpoint not in SEARCHES:
        return error
    cluster = exchange.cluster
    if cluster is None:
        shards: list[tuple[int, str | None, str | None]] = [(0, (exchange.indices or ["unknown"])[0], "unknown")]
    else:
        shards = [(s.number, index.name, cluster.node_id) for index in concrete(cluster, exchange) for s in index.shards]
    if not shards:
        return error
    failures = [(number, name, node, error) for number, name, node in shards]
    return SearchPhaseExecution("query", "all shards failed", failures)


def rejected(pool: str, behaviour: Behaviour) -> EsRejectedExecution:
    """The error of a full queue."""
    concurrent = "org.elasticsearch.common.util.concurrent"
    state = "[Running, pool size = 4, active threads = 4, queued tasks = 1000, completed tasks = 4711]"
    capacity = 1000 if pool == "search" else 10000
    state = state.replace("1000", str(capacity))
    if behaviour.major >= 8:
        task = (
            "ActionRunnable#wrap[org.elasticsearch.search.SearchService$$Lambda$6573/0x0000000100d5b868@4ff80b16]"
            if pool == "search"
            else "org.elasticsearch.action.support.replication.TransportWriteAction$1"
        )
        kind = "TaskExecutionTimeTrackingEsThreadPoolExecutor"
        return EsRejectedExecution(
            f"rejected execution of TimedRunnable{{original={task}, creationTimeNanos=908324065434, startTimeNanos=0, "
            f"finishTimeNanos=-1, failedOrRejected=false}} on {kind}[name = node-0/{pool}, queue capacity = {capacity}, task "
            f"execution EWMA = 9.5ms, total task execution time = 294ms, {concurrent}.{kind}@316312e3{state}]"
        )
    if pool == "search":
        kind, task = "QueueResizingEsThreadPoolExecutor", f"{concurrent}.TimedRunnable@6a8c5176"
        more = (
            "min queue capacity = 1000, max queue capacity = 1000, frame size = 2000, targeted response rate = 1s, "
            "task execution EWMA = 14.2ms, adjustment amount = 50, "
        )
    else:
        kind, more = "EsThreadPoolExecutor", ""
        task = "org.elasticsearch.action.support.replication.TransportWriteAction$1@39d680e2"
    return EsRejectedExecution(
        f"rejected execution of {task} on {kind}[name = node-0/{pool}, queue capacity = {capacity}, {more}"
        f"{concurrent}.{kind}@4e8d3a85{state}]"
    )


def unavailable(name: str, shard: int, doc_id: str, exchange: Exchange, *, update: bool = False) -> UnavailableShards:
    """The error of a write whose primary is on no node."""
    if update:
        tail = "[1] shardIt, [0] active : Timeout waiting for [1m], request: indices:data/write/update"
    else:
        typed = "[_doc]" if behaviour_of(exchange).mapping_types else ""
        source = exchange.raw.body.decode("utf-8", "replace") if exchange.endpoint != BULK else "_na_"
        tail = (
            f"primary shard is not active Timeout: [1m], request: [BulkShardRequest [[{name}][{shard}]] containing "
            f"[index {{[{name}]{typed}[{doc_id}], source[{source}]}}]]"
        )
    return UnavailableShards(f"[{name}][{shard}] {tail}")


def version_conflict(exchange: Exchange, doc_id: str, *, create: bool = False) -> VersionConflictEngine:
    """The error of a document that is newer than the writer knew."""
    name, uuid, shard = place(exchange)
    if create:
        why = "document already exists (current version [1])"
    else:
        why = "required seqNo [0], primary term [1]. current document has seqNo [1] and primary term [1]"
    metadata = {"index_uuid": uuid, "shard": str(shard), "index": name}
    return VersionConflictEngine(f"[{doc_id}]: version conflict, {why}", metadata=metadata)
