"""Nodes info, stats, usage, hot threads. Docs: cluster-nodes-info, cluster-nodes-stats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.api import indices_stats
from esmock.api.declare import Endpoints
from esmock.api.params import TIMEOUT, boolean, integer, names, string, time
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.shape import human
from esmock.shape import nodes as shape
from esmock.state import stats
from esmock.state.resolve import matches
from esmock.xcontent.similar import suggestion

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_FILTERS = ("_all", "_local", "_master", "master:true", "data:true", "ingest:true", "coordinating_only:false")


def is_chosen(cluster: Cluster, selector: str | None) -> bool:
    """Whether a node expression stands for the one node: id, name, address, role or attribute, with wildcards."""
    if not selector:
        return True
    chosen = False
    for one in selector.split(","):
        name, _, value = one.partition(":")
        if one in _FILTERS or one == "*":
            chosen = True
        elif value in ("false",) and name in ("master", "data", "ingest"):
            chosen = False
        elif value and shape.attributes(cluster).get(name) is not None:
            chosen = chosen or matches([value], shape.attributes(cluster)[name])
        elif matches([one], cluster.node_id) or matches([one], cluster.node_name) or one in ("127.0.0.1", "127.0.0.1:9300"):
            chosen = True
    return chosen


def _answer(cluster: Cluster, request: Request, selector: str | None, node: Json) -> Response:
    nodes = {cluster.node_id: node} if is_chosen(cluster, selector) else {}
    return Response(200, shape.header(cluster, nodes))


@endpoint(
    "nodes.info",
    "GET /_nodes",
    "GET /_nodes/{node_id}",
    "GET /_nodes/{node_id}/{metric}",
    "GET /_nodes/{node_id}/info/{metric}",
    params={"flat_settings": boolean(False, response=True), "timeout": TIMEOUT},
    docs="cluster-nodes-info",
    action="cluster:monitor/nodes/info",
)
def info(cluster: Cluster, request: Request) -> Response:
    """What the nodes are."""
    selector, metrics = request.part("node_id"), request.part_list("metric")
    if selector is not None and not metrics and set(selector.split(",")) <= {*shape.INFO_METRICS, "_none"}:
        selector, metrics = None, selector.split(",")
    wanted = set(shape.INFO_METRICS) if not metrics or "_all" in metrics else set(metrics)
    node = shape.info(cluster, wanted, human=request.human)
    if request.param("flat_settings") and "settings" in node:
        from esmock.state.index_settings import flatten

        node["settings"] = flatten(node["settings"])
    return _answer(cluster, request, selector, node)


@endpoint(
    "nodes.stats",
    "GET /_nodes/stats",
    "GET /_nodes/stats/{metric}",
    "GET /_nodes/stats/{metric}/{index_metric}",
    "GET /_nodes/{node_id}/stats",
    "GET /_nodes/{node_id}/stats/{metric}",
    "GET /_nodes/{node_id}/stats/{metric}/{index_metric}",
    params={
        "timeout": TIMEOUT,
        "level": string(response=True),
        "types": names(until=(8, 0)),
        "groups": names(),
        "completion_fields": names(),
        "fielddata_fields": names(),
        "fields": names(),
        "include_segment_file_sizes": boolean(False),
        "include_unloaded_segments": boolean(False),
    },
    docs="cluster-nodes-stats",
    action="cluster:monitor/nodes/stats",
)
def node_stats(cluster: Cluster, request: Request) -> Response:
    """How the nodes are doing."""
    metrics = request.part_list("metric")
    wanted = _metrics(request, metrics)
    indices = None
    if "indices" in wanted:
        indices = _indices(cluster, request)
    node = shape.stats(cluster, wanted, indices, human=request.human)
    return _answer(cluster, request, request.part("node_id"), node)


def _metrics(request: Request, metrics: list[str]) -> set[str]:
    index_metrics = request.part_list("index_metric")
    if not metrics or metrics == ["_all"]:
        return set(shape.STATS_METRICS)
    if "_all" in metrics:
        raise IllegalArgument(
            f"request [{request.path}] contains _all and individual metrics [{request.part('metric')}]"
        )
    unknown = sorted(set(metrics) - set(shape.STATS_METRICS))
    if unknown:
        raise _unrecognized(request, "metric", unknown, shape.STATS_METRICS)
    if index_metrics and "indices" not in metrics:
        raise IllegalArgument(
            f"request [{request.path}] contains index metrics [{request.part('index_metric')}] but indices stats not "
            "requested"
        )
    return set(metrics)


def _unrecognized(request: Request, noun: str, unknown: list[str], known: Any) -> IllegalArgument:
    shown = ", ".join(f"[{one}]{suggestion(one, known, arrow=True)}" for one in unknown)
    plural = "s" if len(unknown) > 1 else ""
    return IllegalArgument(f"request [{request.path}] contains unrecognized {noun}{plural}: {shown}")


def _indices(cluster: Cluster, request: Request) -> dict[str, Json]:
    index_metrics = request.part_list("index_metric")
    known = indices_stats.known_metrics(cluster.behaviour)
    unknown = sorted(set(index_metrics) - set(known) - {"_all"})
    if unknown:
        raise _unrecognized(request, "index metric", unknown, known)
    behaviour = cluster.behaviour
    shards = [stats.of_shard(index, shard, behaviour) for index in cluster.indices.values() for shard in index.shards]
    found: dict[str, Json] = dict(stats.total(shards, behaviour))
    if index_metrics and "_all" not in index_metrics:
        names_ = {known[one] for one in index_metrics}
        found = {name: body for name, body in found.items() if name in names_}
    return human.with_twins(found) if request.human else found


@endpoint(
    "nodes.usage",
    "GET /_nodes/usage",
    "GET /_nodes/{node_id}/usage",
    "GET /_nodes/usage/{metric}",
    "GET /_nodes/{node_id}/usage/{metric}",
    params={"timeout": TIMEOUT},
    docs="cluster-nodes-usage",
    action="cluster:monitor/nodes/usage",
)
def usage(cluster: Cluster, request: Request) -> Response:
    """How often APIs were used: esmock does not count them."""
    node = {
        "timestamp": cluster.clock.now_ms(),
        "since": cluster.started_ms,
        "rest_actions": {},
        "aggregations": {},
    }
    return _answer(cluster, request, request.part("node_id"), node)


@endpoint(
    "nodes.hot_threads",
    "GET /_nodes/hot_threads",
    "GET /_nodes/{node_id}/hot_threads",
    params={
        "threads": integer(3),
        "ignore_idle_threads": boolean(True),
        "type": string("cpu"),
        "sort": string(),
        "interval": time("500ms"),
        "snapshots": integer(10),
        "timeout": TIMEOUT,
    },
    docs="cluster-nodes-hot-threads",
    action="cluster:monitor/nodes/hot_threads",
)
def hot_threads(cluster: Cluster, request: Request) -> Response:
    """What the threads do: nothing."""
    moment = datetime.fromtimestamp(cluster.clock.now_ms() / 1000, UTC)
    shown = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{cluster.clock.now_ms() % 1000:03d}Z"
    lines = (
        f"::: {{{cluster.node_name}}}{{{cluster.node_id}}}{{{cluster.ephemeral_id}}}{{127.0.0.1}}{{127.0.0.1:9300}}\n"
        f"   Hot threads at {shown}, interval=500ms, busiestThreads={request.param('threads')}, "
        f"ignoreIdleThreads={str(request.param('ignore_idle_threads')).lower()}:\n"
    )
    return Response(200, lines)
