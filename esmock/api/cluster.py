"""The cluster: health, settings, state, routing commands and what only a cluster of many has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import (
    INDICES_OPTIONS,
    MASTER_TIMEOUT,
    TIMEOUT,
    WAIT_FOR_ACTIVE_SHARDS,
    Param,
    boolean,
    enum,
    long,
    names,
    string,
    time,
)
from esmock.api.request import Request, Response
from esmock.errors import (
    ActionRequestValidation,
    ClassCast,
    ElasticsearchParse,
    IllegalArgument,
    IndexNotFound,
    NamedObjectNotFound,
    NumberFormat,
    Unsupported,
)
from esmock.shape import cluster_state
from esmock.shape import index as index_shape
from esmock.state import cluster_settings, health, index_settings
from esmock.state.aliases import cast_message
from esmock.state.resolve import IndicesOptions, resolve
from esmock.xcontent.java_number import parse_int
from esmock.xcontent.located import at_start, at_value, standing
from esmock.xcontent.object_parser import Parser, custom
from esmock.xcontent.value_reader import Reading

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
        "level": string("cluster", response=True),
    },
    docs="cluster-health",
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
    enough = _nodes_there(nodes, 1)
    wanted = request.part_list("index")
    missing = [name for name in wanted if "*" not in name and name != "_all" and not cluster.exists(name)]
    found = sorted(resolve(cluster, wanted, request.indices_options(LENIENT_HIDDEN)), key=lambda one: one.name)
    total = health.of_indices(cluster, found)
    status = "red" if missing else total.status
    met = enough and not missing and _colour_met(request.param("wait_for_status"), status)
    met = met and _active_met(request.param("wait_for_active_shards"), total)
    late = not met and (missing or _waits(request))
    level = request.param("level")
    if level not in ("cluster", "indices", "shards") and cluster.behaviour.major >= 8:
        raise IllegalArgument(f"level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]")
    body = _health_body(
        cluster, found, total, status, timed_out=bool(late), everything=not wanted, is_human=request.human
    )
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
    share = total if is_eight or everything or not found else health.of_indices(cluster, cluster.indices.values())
    body: dict[str, Json] = {
        "cluster_name": cluster.name,
        "status": status,
        "timed_out": timed_out,
        "number_of_nodes": cluster.n_data_nodes,
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
    one = health.of_index(cluster, index)
    body: dict[str, Json] = {
        "status": one.status,
        "number_of_shards": index.n_shards,
        "number_of_replicas": index.n_replicas,
        **_counts(one, is_eight=is_eight),
    }
    if with_shards:
        shard = health.of_shard(cluster, index)
        counts = _counts(shard, is_eight=is_eight)
        counts.pop("active_primary_shards")
        each = {"status": shard.status, "primary_active": shard.active_primaries == 1, **counts}
        body["shards"] = {str(number): dict(each) for number in range(index.n_shards)}
    return body


@endpoint(
    "cluster.get_settings",
    "GET /_cluster/settings",
    params={
        "include_defaults": boolean(False),
        "local": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "timeout": TIMEOUT,
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-get-settings",
    action="cluster:monitor/state",
)
def get_settings(cluster: Cluster, request: Request) -> Response:
    """Settings of the cluster."""
    flat = request.param("flat_settings")
    body: dict[str, Json] = {
        "persistent": index_shape.settings(cluster.persistent_settings, is_flat=flat),
        "transient": index_shape.settings(cluster.transient_settings, is_flat=flat),
    }
    if request.param("include_defaults"):
        body["defaults"] = index_shape.settings(cluster_settings.defaults(cluster), is_flat=flat)
    return Response(200, body)


def _settings_body(request: Request) -> dict[str, Json]:
    if not request.content:
        raise ElasticsearchParse("request body is required")
    body = request.read(request.content, request.content_format or "json")
    return body if isinstance(body, dict) else {}


@endpoint(
    "cluster.put_settings",
    "PUT /_cluster/settings",
    params={
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-update-settings",
    body=_settings_body,
    action="cluster:admin/settings/update",
)
def put_settings(cluster: Cluster, request: Request) -> Response:
    """Change settings of the cluster."""
    parts: list[dict[str, Any]] = []
    for kind in ("persistent", "transient"):
        given = request.parsed.get(kind, {})
        if not isinstance(given, dict):
            raise ClassCast(cast_message(given))
        parts.append(index_settings.flatten(given))
    if not any(parts):
        raise ActionRequestValidation("no settings to update")
    persistent, transient = cluster_settings.update(cluster, *parts)
    flat = request.param("flat_settings")
    body = {
        "acknowledged": True,
        "persistent": index_shape.settings(persistent, is_flat=flat),
        "transient": index_shape.settings(transient, is_flat=flat),
    }
    return Response(200, body)


@endpoint(
    "cluster.state",
    "GET /_cluster/state",
    "GET /_cluster/state/{metric}",
    "GET /_cluster/state/{metric}/{index}",
    params={
        **INDICES_OPTIONS,
        "local": boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "wait_for_timeout": time("1m"),
        "wait_for_metadata_version": long(lazy=True),
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-state",
    action="cluster:monitor/state",
)
def get_state(cluster: Cluster, request: Request) -> Response:
    """The cluster state, or parts of it."""
    options = IndicesOptions(expand=("open", "closed"), forbid_closed=False)
    wanted = request.part_list("index")
    found = resolve(cluster, wanted, request.indices_options(options)) if wanted else list(cluster.indices.values())
    metrics = request.part_list("metric") or ["_all"]
    ordered = sorted(found, key=lambda one: one.name)
    flat = request.param("flat_settings")
    return Response(200, cluster_state.state(cluster, ordered, metrics, flat=flat, everything=not wanted))


@endpoint(
    "cluster.pending_tasks",
    "GET /_cluster/pending_tasks",
    params={"master_timeout": MASTER_TIMEOUT, "local": boolean(False)},
    docs="cluster-pending",
    action="cluster:monitor/task",
)
def pending_tasks(cluster: Cluster, request: Request) -> Response:
    """Cluster state updates that wait: none ever does."""
    return Response(200, {"tasks": []})


@endpoint("cluster.remote_info", "GET /_remote/info", docs="cluster-remote-info", action="cluster:monitor/remote/info")
def remote_info(cluster: Cluster, request: Request) -> Response:
    """Remote clusters that settings name; none is ever connected."""
    settings = {**cluster.persistent_settings, **cluster.transient_settings}
    aliases = sorted(
        {found[1] for name in settings if (found := re.match(r"cluster\.remote\.([^.]+)\.(seeds|proxy_address)", name))}
    )
    out: dict[str, Json] = {}
    for alias in aliases:
        skip = settings.get(f"cluster.remote.{alias}.skip_unavailable")
        default_skip = cluster.behaviour.version >= type(cluster.behaviour.version)(8, 15, 0)
        out[alias] = {
            "connected": False,
            "mode": "sniff",
            "seeds": index_settings.as_list(settings.get(f"cluster.remote.{alias}.seeds")),
            "num_nodes_connected": 0,
            "max_connections_per_cluster": 3,
            "initial_connect_timeout": "30s",
            "skip_unavailable": default_skip if skip is None else skip == "true",
        }
    return Response(200, out)


@endpoint(
    "cluster.post_voting_config_exclusions",
    "POST /_cluster/voting_config_exclusions",
    params={
        "node_ids": names(),
        "node_names": names(),
        "node_name": names(lazy=True, until=(7, 99)),
        "timeout": TIMEOUT,
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(7, 99)),
    },
    docs="voting-config-exclusions",
    action="cluster:admin/voting_config/add_exclusions",
)
def post_voting_config_exclusions(cluster: Cluster, request: Request) -> Response:
    """Take nodes out of elections: the one node cannot be."""
    given = [name for name in ("node_ids", "node_names") if request.param(name)]
    if len(given) != 1:
        if cluster.behaviour.major >= 8:
            raise IllegalArgument("You must set [node_names] or [node_ids] but not both")
        raise IllegalArgument(
            "Please set node identifiers correctly. One and only one of [node_name], [node_names] and [node_ids] has to "
            "be set"
        )
    return Response(200, "")


@endpoint(
    "cluster.delete_voting_config_exclusions",
    "DELETE /_cluster/voting_config_exclusions",
    params={
        "wait_for_removal": boolean(True),
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(7, 99)),
    },
    docs="voting-config-exclusions",
    action="cluster:admin/voting_config/clear_exclusions",
)
def delete_voting_config_exclusions(cluster: Cluster, request: Request) -> Response:
    """Forget the exclusions."""
    return Response(200, "")


_COMMANDS = ("move", "cancel", "allocate_replica", "allocate_stale_primary", "allocate_empty_primary")


def _command(body: Json, key: Any, reading: Reading) -> tuple[str, Json]:
    entry = body[key]
    name = next(iter(entry), None)
    if name not in _COMMANDS:
        at = at_value(entry, name) if name is not None else at_start(entry)
        raise standing(NamedObjectNotFound(f"unknown field [{name}]", at), at)
    return name, entry[name]


def _commands(body: Json, key: Any, reading: Reading) -> list[tuple[str, Json]]:
    return [_command(body[key], position, reading) for position in range(len(body[key]))]


_REROUTE = Parser("cluster_reroute", custom("commands", ("START_ARRAY",), _commands))


def _reroute_body(request: Request) -> list[tuple[str, Json]]:
    if not request.content:
        return []
    body = request.read(request.content, request.content_format or "json")
    commands: list[tuple[str, Json]] = _REROUTE.parse(body, Reading(request.behaviour, request.warn)).get("commands") or []
    return commands


@endpoint(
    "cluster.reroute",
    "POST /_cluster/reroute",
    params={
        "dry_run": boolean(False),
        "explain": boolean(False),
        "timeout": TIMEOUT,
        "master_timeout": MASTER_TIMEOUT,
        "retry_failed": boolean(False),
        "metric": string(response=True),
    },
    docs="cluster-reroute",
    body=_reroute_body,
    action="cluster:admin/reroute",
)
def reroute(cluster: Cluster, request: Request) -> Response:
    """Move shards: with one node there is nowhere to."""
    for name, command in request.parsed:
        node = command.get("node") or command.get("from_node")
        if node not in (cluster.node_name, cluster.node_id):
            raise IllegalArgument(f"failed to resolve [{node}], no matching nodes")
        raise Unsupported(f"the command [{name}] of cluster.reroute")
    metric = request.param("metric")
    body: dict[str, Json] = {"acknowledged": True}
    if cluster.behaviour.mapping_types or metric not in (None, "none"):
        indices = sorted(cluster.indices.values(), key=lambda one: one.name)
        wanted = metric.split(",") if metric else [one for one in cluster_state.METRICS if one != "metadata"]
        body["state"] = cluster_state.state(cluster, indices, wanted, flat=False, everything=True)
        body["state"].pop("cluster_name", None)
    if request.param("explain"):
        body["explanations"] = []
    return Response(200, body)


_EXPLAIN = Parser(
    "cluster/allocation/explain",
    custom("index", ("VALUE_STRING",), lambda body, key, reading: body[key]),
    custom("shard", ("VALUE_NUMBER", "VALUE_STRING"), lambda body, key, reading: int(body[key])),
    custom("primary", ("VALUE_BOOLEAN",), lambda body, key, reading: body[key]),
    custom("current_node", ("VALUE_STRING",), lambda body, key, reading: body[key]),
)


def _explain_body(request: Request) -> dict[str, Json]:
    if not request.content:
        return {}
    body = request.read(request.content, request.content_format or "json")
    found: dict[str, Json] = _EXPLAIN.parse(body, Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "cluster.allocation_explain",
    "GET,POST /_cluster/allocation/explain",
    params={"include_yes_decisions": boolean(False), "include_disk_info": boolean(False)},
    docs="cluster-allocation-explain",
    body=_explain_body,
    action="cluster:monitor/allocation/explain",
)
def allocation_explain(cluster: Cluster, request: Request) -> Response:
    """Why a shard is where it is, or nowhere."""
    asked = request.parsed
    if asked:
        wanted = ("index", "shard", "primary")
        missing = [f"{name} must be specified" for name in wanted if name not in asked]
        if missing:
            raise ActionRequestValidation(*missing)
        index = cluster.indices.get(asked["index"])
        if index is None:
            raise IndexNotFound(asked["index"], resource=None)
        number, primary = asked["shard"], asked["primary"]
    else:
        found = _first_unassigned(cluster)
        if found is None:
            raise _nothing_to_explain(cluster)
        index, number, primary = found
    copies = cluster_state.copies_of(cluster, index, number)
    copy = next((one for one in copies if one["primary"] == primary), None)
    if copy is None or copy["node"] is not None:
        raise Unsupported("cluster.allocation_explain of an assigned shard")
    explained = _explained(cluster, index, number, copy)
    if not asked and cluster.behaviour.newer_jackson:
        explained = {"note": _NOTE.format(version=cluster.behaviour.version), **explained}
    return Response(200, explained)


_NOTE = (
    "No shard was specified in the explain API request, so this response explains a randomly chosen unassigned shard. There "
    "may be other unassigned shards in this cluster which cannot be assigned for different reasons. It may not be possible "
    "to assign this shard until one of the other shards is assigned correctly. To explain the allocation of other shards "
    "(whether assigned or unassigned) you must specify the target shard in the request to this API. See "
    "https://www.elastic.co/guide/en/elasticsearch/reference/{version.major}.{version.minor}/"
    "cluster-allocation-explain.html for more information."
)


def _nothing_to_explain(cluster: Cluster) -> IllegalArgument:
    if cluster.behaviour.mapping_types:
        return IllegalArgument(
            "unable to find any unassigned shards to explain [ClusterAllocationExplainRequest[useAnyUnassignedShard="
            "true,includeYesDecisions?=false]"
        )
    return IllegalArgument(
        "No shard was specified in the request which means the response should explain a randomly-chosen unassigned "
        "shard, but there are no unassigned shards in this cluster. To explain the allocation of an assigned shard "
        "you must specify the target shard in the request. See https://www.elastic.co/guide/en/elasticsearch/"
        f"reference/{cluster.behaviour.version.major}.{cluster.behaviour.version.minor}/cluster-allocation-explain.html "
        "for more information."
    )


def _first_unassigned(cluster: Cluster) -> tuple[Index, int, bool] | None:
    for name in sorted(cluster.indices):
        index = cluster.indices[name]
        for number in range(index.n_shards):
            for copy in cluster_state.copies_of(cluster, index, number):
                if copy["node"] is None:
                    return index, number, copy["primary"]
    return None


_CANNOT_SEVEN = "cannot allocate because allocation is not permitted to any of the nodes"
_CANNOT_EIGHT = (
    "Elasticsearch isn't allowed to allocate this shard to any of the nodes in the cluster. Choose a node to which you expect "
    "this shard to be allocated, find this node in the node-by-node explanation, and address the reasons which prevent "
    "Elasticsearch from allocating this shard there."
)


def _explained(cluster: Cluster, index: Index, number: int, copy: dict[str, Json]) -> dict[str, Json]:
    is_eight = cluster.behaviour.major >= 8
    decider = {
        "decider": "same_shard",
        "decision": "NO",
        "explanation": (
            f"a copy of this shard is already allocated to this node [[{index.name}][{number}], "
            f"node[{cluster.node_id}], [P], s[STARTED], a[id={cluster_state.allocation_id(index, number)}]"
            + (", failed_attempts[0]]" if is_eight else "]")
        ),
    }
    node = {
        "node_id": cluster.node_id,
        "node_name": cluster.node_name,
        "transport_address": cluster_state.transport_address(cluster),
        "node_attributes": cluster_state.node(cluster)["attributes"],
        **({"roles": list(cluster_state.roles(cluster))} if is_eight else {}),
        "node_decision": "no",
        "weight_ranking": 1,
        "deciders": [decider],
    }
    return {
        "index": index.name,
        "shard": number,
        "primary": copy["primary"],
        "current_state": "unassigned",
        "unassigned_info": {
            "reason": "INDEX_CREATED",
            "at": copy["unassigned_info"]["at"],
            "last_allocation_status": "no_attempt",
        },
        "can_allocate": "no",
        "allocate_explanation": _CANNOT_EIGHT if is_eight else _CANNOT_SEVEN,
        "node_allocation_decisions": [node],
    }

