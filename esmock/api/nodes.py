"""The nodes: info, statistics, usage, hot threads, secure settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.indices_stats import _METRICS, _METRICS_EIGHT, fields_by_section
from esmock.api.params import Param, boolean, integer, names, string, time, time_text
from esmock.api.request import Request, Response, unended
from esmock.errors import IllegalArgument, NumberFormat
from esmock.shape import cluster_stats, human, node_stats
from esmock.shape import nodes as shape
from esmock.shape.index import instant
from esmock.state.node_expression import meant
from esmock.state.reroute import described
from esmock.state.stats import shown
from esmock.xcontent.java_number import parse_long
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.object_parser import string as string_field
from esmock.xcontent.similar import suggestion
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.nodes import ClusterNode

endpoint = Endpoints()
Json = Any


def _timeout(java: str) -> Param:
    """``timeout``, which before 8.0 is named with the request's class."""
    parse = time("30s").parse
    return Param(parse, None, older=((8, 0), lambda name, text: parse(f"{java}.{name}", text)))



_SPELT = {"node_id": "nodeId"}


def answer(
    cluster: Cluster,
    expression: list[str],
    describe: Callable[[ClusterNode], Json],
    *,
    is_human: bool = False,
) -> Response:
    """An answer with one entry per node that is meant."""
    nodes = {node.id: describe(node) for node in meant(cluster, expression)}
    header = {"total": len(nodes), "successful": len(nodes), "failed": 0}
    shown = human.with_twins(nodes) if is_human else nodes
    return Response(200, {"_nodes": header, "cluster_name": cluster.name, "nodes": shown})


@endpoint(
    "nodes.get_repositories_metering_info",
    "GET /_nodes/{node_id}/_repositories_metering",
    docs="get-repositories-metering-api",
    action="cluster:monitor/xpack/repositories_metering/get_metrics",
    since=(7, 16),
)
def repositories_metering(cluster: Cluster, request: Request) -> Response:
    """What nodes asked of repositories: only those in a cloud are metered, and esmock has none."""
    return answer(cluster, request.part_list("node_id"), lambda node: [])


@endpoint(
    "nodes.clear_repositories_metering_archive",
    "DELETE /_nodes/{node_id}/_repositories_metering/{max_archive_version}",
    docs="clear-repositories-metering-archive-api",
    action="cluster:monitor/xpack/repositories_metering/clear_metering_archive",
    since=(7, 16),
)
def clear_repositories_metering(cluster: Cluster, request: Request) -> Response:
    """Forget old figures: there are none."""
    text = request.part("max_archive_version")
    try:
        parse_long(text)
    except NumberFormat as cause:
        raise IllegalArgument(f"Failed to parse long parameter [max_archive_version] with value [{text}]", cause=cause) from None
    return answer(cluster, request.part_list("node_id"), lambda node: [])


_INFO_PARAMS = {"timeout": _timeout("NodesInfoRequest"), "flat_settings": boolean(False, response=True)}


@endpoint(
    "nodes.info",
    "GET /_nodes",
    "GET /_nodes/{node_id}",
    "GET /_nodes/{node_id}/{metric}",
    "GET /_nodes/{node_id}/info/{metric}",
    params=_INFO_PARAMS,
    docs="cluster-nodes-info",
    spelt={**_SPELT, "metric": "metrics"},
    action="cluster:monitor/nodes/info",
)
def info(cluster: Cluster, request: Request) -> Response:
    """What nodes are made of."""
    nodes = request.part_list("node_id")
    metrics = request.part_list("metric")
    known = set(shape.INFO_SECTIONS)
    if not metrics and nodes and all(one in known for one in nodes):
        nodes, metrics = [], nodes
    # ES: unknown metrics are accepted and choose nothing, as does _all beside others
    wanted = set(shape.INFO_SECTIONS) if metrics in ([], ["_all"]) else set(metrics)
    flat = request.param_while_rendering("flat_settings")
    return answer(cluster, nodes, lambda node: shape.info(cluster, node, wanted, flat=flat), is_human=request.human)


def _unknown(request: Request, unknown: list[str], known: set[str], what: str = "metric") -> IllegalArgument:
    plural = "s" if len(unknown) > 1 else ""
    shown = ", ".join(f"[{one}]{suggestion(one, known, arrow=True)}" for one in unknown)
    return IllegalArgument(f"request [{request.path}] contains unrecognized {what}{plural}: {shown}")


_STATS_PARAMS = {
    "timeout": _timeout("NodesStatsRequest"),
    "completion_fields": names(),
    "fielddata_fields": names(),
    "fields": names(),
    "groups": names(),
    "types": names(until=(7, 99)),
    "include_segment_file_sizes": boolean(False),
    "include_unloaded_segments": boolean(False, since=(7, 11)),
    "level": string("node", response=True),
}


def _metrics(request: Request) -> set[str]:
    """The parts of the statistics that are asked for. Raises IllegalArgument for what there is not."""
    known = set(node_stats.STATS_SECTIONS_EIGHT if request.behaviour.major >= 8 else node_stats.STATS_SECTIONS)
    metrics = request.part_list("metric")
    if len(metrics) > 1 and "_all" in metrics:
        raise IllegalArgument(
            f"request [{request.path}] contains _all and individual metrics [{','.join(metrics)}]"
        )
    wanted = known if not metrics or metrics == ["_all"] else set(metrics)
    unknown = sorted(wanted - known)
    if unknown:
        raise _unknown(request, unknown, known)
    return wanted


def _check_level(request: Request) -> None:
    """Since 8.0 the level is read before anything else. Raises IllegalArgument."""
    level = request.raw.get("level", "node")
    if request.behaviour.major >= 8 and level not in ("node", "indices", "shards"):
        raise IllegalArgument(f"level parameter must be one of [node] or [indices] or [shards] but was [{level}]")


def _check_metrics(request: Request) -> None:
    if "timeout" in request.raw:
        _STATS_PARAMS["timeout"].read("timeout", request.raw["timeout"], request)
    _check_level(request)
    _metrics(request)
    _sections(request, request.part_list("metric"))


@endpoint(
    "nodes.stats",
    "GET /_nodes/stats",
    "GET /_nodes/{node_id}/stats",
    "GET /_nodes/stats/{metric}",
    "GET /_nodes/{node_id}/stats/{metric}",
    "GET /_nodes/stats/{metric}/{index_metric}",
    "GET /_nodes/{node_id}/stats/{metric}/{index_metric}",
    params=_STATS_PARAMS,
    docs="cluster-nodes-stats",
    spelt=_SPELT,
    path=_check_metrics,
    action="cluster:monitor/nodes/stats",
)
def stats(cluster: Cluster, request: Request) -> Response:
    """How nodes fare."""
    level = request.param("level")
    if level not in ("node", "indices", "shards"):
        words = "[node] or [indices]" if cluster.behaviour.major >= 8 else "[indices] or [node]"
        error = IllegalArgument(f"level parameter must be one of {words} or [shards] but was [{level}]")
        raise unended(error) if cluster.behaviour.mapping_types else error
    wanted, sections = _metrics(request), _sections(request, request.part_list("metric"))
    fields, files = fields_by_section(request), bool(request.param("include_segment_file_sizes"))
    return answer(
        cluster,
        request.part_list("node_id"),
        lambda node: node_stats.statistics(
            cluster, node, wanted, level, lambda found: shown(found, sections, fields), files=files
        ),
        is_human=request.human,
    )


def _sections(request: Request, metrics: list[str]) -> set[str] | None:
    found = request.part_list("index_metric")
    if found and metrics == ["_all"]:
        raise IllegalArgument(
            f"request [{request.path}] contains index metrics [{','.join(found)}] but all stats requested"
        )
    if not found or found == ["_all"]:
        return None
    if "indices" not in metrics:
        raise IllegalArgument(
            f"request [{request.path}] contains index metrics [{','.join(found)}] but indices stats not requested"
        )
    known = _METRICS | (_METRICS_EIGHT if request.behaviour.major >= 8 else {})
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise _unknown(request, unknown, set(known), "index metric")
    return {known[one] for one in found}


@endpoint(
    "nodes.usage",
    "GET /_nodes/usage",
    "GET /_nodes/{node_id}/usage",
    "GET /_nodes/usage/{metric}",
    "GET /_nodes/{node_id}/usage/{metric}",
    params={"timeout": _timeout("NodesUsageRequest")},
    docs="cluster-nodes-usage",
    spelt=_SPELT,
    action="cluster:monitor/nodes/usage",
)
def usage(cluster: Cluster, request: Request) -> Response:
    """How often which API was called: not counted."""
    metrics = request.part_list("metric") or ["_all"]
    body: dict[str, Json] = {"timestamp": cluster.clock.now_ms(), "since": cluster.started_ms}
    if "_all" in metrics or "rest_actions" in metrics:
        body["rest_actions"] = {}
    if "_all" in metrics or "aggregations" in metrics:
        body["aggregations"] = {}
    return answer(cluster, request.part_list("node_id"), lambda node: body)


@endpoint(
    "nodes.hot_threads",
    "GET /_nodes/hot_threads",
    "GET /_nodes/{node_id}/hot_threads",
    until(8, "GET /_cluster/nodes/hotthreads"),
    until(8, "GET /_cluster/nodes/{node_id}/hotthreads"),
    until(8, "GET /_nodes/hotthreads"),
    until(8, "GET /_nodes/{node_id}/hotthreads"),
    until(8, "GET /_cluster/nodes/hot_threads"),
    until(8, "GET /_cluster/nodes/{node_id}/hot_threads"),
    params={
        "threads": integer(3),
        "ignore_idle_threads": boolean(True),
        "type": string("cpu"),
        "sort": string("total", since=(7, 16)),
        "interval": time_text("500ms"),
        "snapshots": integer(10),
        "timeout": _timeout("NodesHotThreadsRequest"),
    },
    docs="cluster-nodes-hot-threads",
    spelt=_SPELT,
    action="cluster:monitor/nodes/hot_threads",
)
def hot_threads(cluster: Cluster, request: Request) -> Response:
    """Busy threads: there are none."""
    kind = request.param("type")
    if kind not in ("cpu", "wait", "block", "mem"):
        if not cluster.behaviour.newer_jackson:
            return Response(200, "")  # ES: every node fails, and failures are not told
        raise IllegalArgument(f"type not supported [{kind}]")
    moment = cluster.clock.now_ms()
    head = (
        f"   Hot threads at {instant(moment)}, interval={request.param('interval')}, "
        f"busiestThreads={request.param('threads')}, ignoreIdleThreads={str(request.param('ignore_idle_threads')).lower()}:"
    )
    found = meant(cluster, request.part_list("node_id"))
    return Response(200, "".join(f"::: {described(cluster, node)}\n{head}\n\n" for node in found))


_PASSWORD = Parser("reload_secure_settings", string_field("secure_settings_password"))


def _password_body(request: Request) -> dict[str, Any]:
    """The password of the keystore. Raises XContentParse."""
    if not request.content:
        return {}
    body = request.read(request.content, request.content_format or "json")
    return _PASSWORD.parse(body, Reading(request.behaviour, request.warn))


@endpoint(
    "nodes.reload_secure_settings",
    "POST /_nodes/reload_secure_settings",
    "POST /_nodes/{node_id}/reload_secure_settings",
    params={"timeout": _timeout("NodesReloadSecureSettingsRequest")},
    docs="cluster-nodes-reload-secure-settings",
    spelt=_SPELT,
    body=_password_body,
    action="cluster:admin/nodes/reload_secure_settings",
)
def reload_secure_settings(cluster: Cluster, request: Request) -> Response:
    """Read secure settings again: the keystore is empty and has no password."""
    wrong: dict[str, Json] = {}
    if request.parsed.get("secure_settings_password"):
        reason = {"type": "security_exception", "reason": "Provided keystore password was incorrect"}
        wrong = {"reload_exception": reason}
    return answer(cluster, request.part_list("node_id"), lambda node: {"name": node.name, **wrong})


@endpoint(
    "cluster.stats",
    "GET /_cluster/stats",
    "GET /_cluster/stats/nodes/{node_id}",
    params={
        "flat_settings": boolean(False, response=True),
        "include_remotes": boolean(False, since=(8, 16)),
        "timeout": _timeout("ClusterStatsRequest"),
    },
    docs="cluster-stats",
    spelt=_SPELT,
    action="cluster:monitor/stats",
)
def cluster_statistics(cluster: Cluster, request: Request) -> Response:
    """Statistics over all nodes and indices."""
    body = cluster_stats.body(cluster, meant(cluster, request.part_list("node_id")))
    return Response(200, human.with_twins(body) if request.human else body)
