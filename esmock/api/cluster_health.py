"""The health of the cluster and of its indices. Docs: cluster-health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices_stats import level_of
from esmock.api.params import (
    INDICES_OPTIONS,
    MASTER_TIMEOUT,
    WAIT_FOR_ACTIVE_SHARDS,
    Param,
    boolean,
    enum,
    string,
    time,
)
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, NumberFormat
from esmock.state import health
from esmock.state.resolve import IndicesOptions, in_hash_order, resolve
from esmock.xcontent.java_number import parse_int

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

endpoint = Endpoints()
Json = Any

LENIENT_HIDDEN = IndicesOptions(expand=("open", "closed", "hidden"), ignore_unavailable=True, forbid_closed=False)
_COLOURS = ("green", "yellow", "red")


@endpoint(
    "cluster.health",
    "GET /_cluster/health",
    "GET /_cluster/health/{index}",
    params={
        "expand_wildcards": INDICES_OPTIONS["expand_wildcards"],
        "ignore_unavailable": INDICES_OPTIONS["ignore_unavailable"],
        "allow_no_indices": INDICES_OPTIONS["allow_no_indices"],
        "ignore_throttled": INDICES_OPTIONS["ignore_throttled"],
        "local": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "timeout": time("30s"),
        "wait_for_status": enum("org.elasticsearch.cluster.health.ClusterHealthStatus", *_COLOURS),
        "wait_for_no_relocating_shards": boolean(False),
        "wait_for_no_initializing_shards": boolean(False),
        "wait_for_relocating_shards": string(lazy=True),
        "wait_for_active_shards": WAIT_FOR_ACTIVE_SHARDS,
        "wait_for_nodes": string(""),
        "wait_for_events": enum(
            "org.elasticsearch.common.Priority", "immediate", "urgent", "high", "normal", "low", "languid"
        ),
        "return_200_for_cluster_health_timeout": boolean(False, lazy=True, since=(7, 16)),
        "level": Param(level_of, "cluster", response=True, told_since=(8, 0), older=((8, 0), string().parse)),
    },
    docs="cluster-health",
    early=("master_timeout", "timeout"),
    action="cluster:monitor/health",
)
def get_health(cluster: Cluster, request: Request) -> Response:
    """Counts of shards and the colour; what is waited for and not so yet times out at once.

    Differs: a real cluster waits for the timeout; nothing could change here meanwhile but by other requests.
    """
    if request.has_param("wait_for_relocating_shards"):
        raise IllegalArgument(
            "wait_for_relocating_shards has been removed, use wait_for_no_relocating_shards [true/false] instead"
        )
    nodes = request.param("wait_for_nodes")
    enough = _nodes_there(nodes, len(cluster.nodes))
    wanted = request.part_list("index")
    missing = [name for name in wanted if "*" not in name and name != "_all" and not cluster.exists(name)]
    found = in_hash_order(resolve(cluster, wanted, request.indices_options(LENIENT_HIDDEN)))
    total = health.of_indices(found)
    status = "red" if missing else total.status
    met = enough and not missing and _colour_met(request.param("wait_for_status"), status)
    met = met and _active_met(request.param("wait_for_active_shards"), total)
    late = not met and (missing or _waits(request))
    level = request.param("level")
    body = _health_body(
        cluster, found, total, status, timed_out=bool(late), everything=not wanted, is_human=request.human
    )
    if request.has_param("wait_for_events") and not late and cluster.behaviour.mapping_types:
        body["number_of_pending_tasks"] = 1  # ES: the task that this waited for still counts
    if level in ("indices", "shards"):
        body["indices"] = {index.name: _index_health(cluster, index, level == "shards") for index in found}
    failed = late and not request.params.get("return_200_for_cluster_health_timeout")
    return Response(408 if failed else 200, body)


def _waits(request: Request) -> bool:
    names_ = ("wait_for_status", "wait_for_nodes", "wait_for_active_shards", "wait_for_events")
    return any(request.has_param(name) for name in names_)


def _colour_met(wanted: str | None, status: str) -> bool:
    return wanted is None or _COLOURS.index(status) <= _COLOURS.index(wanted)


def _active_met(wanted: int | str | None, total: health.Health) -> bool:
    if wanted is None:
        return True
    if wanted == "all":
        return not total.unassigned
    return total.active >= int(wanted)


def _nodes_there(text: str, nodes: int) -> bool:
    """Whether ``>=2``, ``le(3)`` or ``1`` nodes are there. Raises NumberFormat."""
    if not text:
        return True
    for sign, word, test in (
        (">=", "ge(", lambda n: nodes >= n),
        ("<=", "le(", lambda n: nodes <= n),
        (">", "gt(", lambda n: nodes > n),
        ("<", "lt(", lambda n: nodes < n),
        ("", "", lambda n: nodes == n),
    ):
        if sign and text.startswith(sign):
            return bool(test(parse_int(text[len(sign) :])))
        if word and text.startswith(word):
            return bool(test(parse_int(text[len(word) : -1])))
        if not sign:
            return bool(test(parse_int(text)))
    raise NumberFormat(f'For input string: "{text}"')


def _health_body(
    cluster: Cluster,
    found: list[Index],
    total: health.Health,
    status: str,
    *,
    timed_out: bool,
    everything: bool,
    is_human: bool,
) -> dict[str, Json]:
    is_eight = cluster.behaviour.major >= 8
    # ES: before 8.0 the share is that of the whole cluster, unless what was asked for is green
    as_a_whole = is_eight or everything or not found or status == "green"
    share = total if as_a_whole else health.of_indices(cluster.indices.values())
    body: dict[str, Json] = {
        "cluster_name": cluster.name,
        "status": status,
        "timed_out": timed_out,
        "number_of_nodes": len(cluster.nodes),
        "number_of_data_nodes": cluster.n_data_nodes,
        "active_primary_shards": total.active_primaries,
        "active_shards": total.active,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": total.unassigned,
    }
    if is_eight:
        body["unassigned_primary_shards"] = total.unassigned_primaries
    body["delayed_unassigned_shards"] = 0
    body["number_of_pending_tasks"] = 0
    body["number_of_in_flight_fetch"] = 0
    if is_human:
        body["task_max_waiting_in_queue"] = "0s"
    body["task_max_waiting_in_queue_millis"] = 0
    if is_human:
        body["active_shards_percent"] = f"{share.active_percent:.1f}%"
    body["active_shards_percent_as_number"] = share.active_percent
    return body


def _counts(one: health.Health, *, is_eight: bool) -> dict[str, Json]:
    out: dict[str, Json] = {
        "active_primary_shards": one.active_primaries,
        "active_shards": one.active,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": one.unassigned,
    }
    if is_eight:
        out["unassigned_primary_shards"] = one.unassigned_primaries
    return out


def _index_health(cluster: Cluster, index: Index, with_shards: bool) -> dict[str, Json]:
    is_eight = cluster.behaviour.major >= 8
    one = health.of_index(index)
    body: dict[str, Json] = {
        "status": one.status,
        "number_of_shards": index.n_shards,
        "number_of_replicas": index.n_replicas,
        **_counts(one, is_eight=is_eight),
    }
    if with_shards:
        body["shards"] = {
            str(number): _shard_health(health.of_shard(index, number), is_eight=is_eight) for number in range(index.n_shards)
        }
    return body


def _shard_health(one: health.Health, *, is_eight: bool) -> dict[str, Json]:
    counts = _counts(one, is_eight=is_eight)
    counts.pop("active_primary_shards")
    return {"status": one.status, "primary_active": one.active_primaries == 1, **counts}
