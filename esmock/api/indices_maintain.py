"""Upkeep of indices: refresh, flush, force merge, caches. Docs: indices-refresh, indices-flush, indices-forcemerge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.indices import LENIENT_OR_NAMED, OPEN
from esmock.api.params import (
    INDICES_OPTIONS,
    boolean,
    integer,
    names,
)
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
)
from esmock.shape import index as shape
from esmock.state import admin
from esmock.state.blocks import check_blocks
from esmock.state.resolve import in_hash_order, resolve
from esmock.state.tasks import Task, tasks

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()


@endpoint(
    "indices.refresh",
    "POST,GET /_refresh",
    "POST,GET /{index}/_refresh",
    params=INDICES_OPTIONS,
    docs="indices-refresh",
    action="indices:admin/refresh",
)
def refresh(cluster: Cluster, request: Request) -> Response:
    """Make every write so far searchable."""
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    for index in found:
        index.refresh_asked()
    return Response(200, {"_shards": shape.shards(cluster, found)})


@endpoint(
    "indices.flush",
    "POST,GET /_flush",
    "POST,GET /{index}/_flush",
    params={**INDICES_OPTIONS, "force": boolean(False), "wait_if_ongoing": boolean(True)},
    docs="indices-flush",
    action="indices:admin/flush",
)
def flush(cluster: Cluster, request: Request) -> Response:
    """Make every write so far durable, which it is: counted, and searchable from now on."""
    if request.param("force") and not request.param("wait_if_ongoing"):
        raise ActionRequestValidation("wait_if_ongoing must be true for a force flush")
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    for index in found:
        admin.flush(index, force=request.param("force"))
    return Response(200, {"_shards": shape.shards(cluster, found)})


@endpoint(
    "indices.flush_synced",
    until(8, "POST,GET /_flush/synced"),
    until(8, "POST,GET /{index}/_flush/synced"),
    params=INDICES_OPTIONS,
    docs="indices-synced-flush-api",
    action="indices:admin/synced_flush",
)
def flush_synced(cluster: Cluster, request: Request) -> Response:
    """An older name of flush, with counts per index."""
    where = "/_flush" if cluster.behaviour.newer_jackson else "_/flush"
    request.warn(
        f"Synced flush is deprecated and will be removed in 8.0. Use flush at {where} or /{{index}}/_flush instead."
    )
    found = resolve(cluster, request.part_list("index"), request.indices_options(LENIENT_OR_NAMED))
    each = {index.name: _synced(cluster, index) for index in in_hash_order(found)}
    total = {key: sum(one[key] for one in each.values()) for key in ("total", "successful", "failed")}
    return Response(409 if total["failed"] else 200, {"_shards": total, **each})


def _synced(cluster: Cluster, index: Index) -> dict[str, Any]:
    counts = shape.shards(cluster, [index])
    if not index.is_closed:
        return counts
    failures = [{"shard": shard, "reason": "closed"} for shard in range(index.n_shards)]
    return {**counts, "successful": 0, "failed": counts["total"], "failures": failures}


_BOTH_MERGES = "only_expunge_deletes and max_num_segments at the same time"


def _asks_both_merges(request: Request) -> bool:
    return request.param("only_expunge_deletes") and request.param("max_num_segments") != -1


def _warn_of_both_merges(request: Request) -> None:
    if request.behaviour.major < 8 and _asks_both_merges(request):
        request.warn(f"setting {_BOTH_MERGES} is deprecated and will be rejected in a future version")


def _refuse_both_merges(request: Request) -> None:
    if request.behaviour.major >= 8 and _asks_both_merges(request):
        raise ActionRequestValidation(f"cannot set {_BOTH_MERGES}, those two parameters are mutually exclusive")


@endpoint(
    "indices.forcemerge",
    "POST /_forcemerge",
    "POST /{index}/_forcemerge",
    params={
        **INDICES_OPTIONS,
        "max_num_segments": integer(-1),
        "only_expunge_deletes": boolean(False),
        "flush": boolean(True),
        "wait_for_completion": boolean(True, since=(8, 1)),
    },
    docs="indices-forcemerge",
    prepare=_warn_of_both_merges,
    check=_refuse_both_merges,
    action="indices:admin/forcemerge",
)
def forcemerge(cluster: Cluster, request: Request) -> Response:
    """Merge segments."""
    at_most = request.param("max_num_segments")
    only_deletes = request.param("only_expunge_deletes")
    found = resolve(cluster, request.part_list("index"), request.indices_options(OPEN))
    check_blocks(cluster, found, "metadata_write")
    for index in found:
        index.refresh()
        for shard in index.shards:
            if at_most != -1 or only_deletes:  # ES: otherwise the policy decides, for which there are too few segments
                shard.merge(max(1, at_most), only_deletes=only_deletes)
            if request.param("flush"):
                shard.commit()
    done = {"_shards": shape.shards(cluster, found)}
    if request.params.get("wait_for_completion") is False:
        return Response(200, {"task": _ended_task(cluster, request, done)})
    return Response(200, done)


def _ended_task(cluster: Cluster, request: Request, done: dict[str, Any]) -> str:
    """Keep what a forced merge that nobody waited for has done; returns the id of its task."""
    flag = {True: "true", False: "false"}
    description = (
        f"Force-merge indices [{request.part('index') or ''}], maxSegments[{request.param('max_num_segments')}], "
        f"onlyExpungeDeletes[{flag[request.param('only_expunge_deletes')]}], flush[{flag[request.param('flush')]}]"
    )
    registry, now = tasks(cluster), cluster.clock.now_ms()
    task = Task(registry.next_id(), "indices:admin/forcemerge", "transport", now, description=description, response=done)
    registry.keep(task)
    return f"{cluster.node_id}:{task.id}"


@endpoint(
    "indices.clear_cache",
    "POST /_cache/clear",
    "POST /{index}/_cache/clear",
    params={
        **INDICES_OPTIONS,
        "query": boolean(False),
        "request": boolean(False),
        "fielddata": boolean(False),
        "fields": names(),
    },
    docs="indices-clearcache",
    action="indices:admin/cache/clear",
)
def clear_cache(cluster: Cluster, request: Request) -> Response:
    """Forget what shards keep in memory, as statistics tell of it."""
    wanted = request.part_list("index")
    found = resolve(cluster, wanted, request.indices_options(OPEN))
    flags = {name: bool(request.param(name)) for name in ("query", "fielddata", "request")}
    for shard in (shard for index in found for shard in index.shards):
        shard.clear_caches(**flags, names=request.param("fields") or ())
    return Response(200, {"_shards": shape.shards(cluster, found)})
