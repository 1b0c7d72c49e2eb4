"""Reroute: commands that move copies of shards between nodes. Docs: cluster-reroute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean, string
from esmock.api.request import Request, Response
from esmock.errors import ElasticsearchParse, NamedObjectNotFound
from esmock.shape import cluster_state
from esmock.state import reroute as state
from esmock.state.resolve import by_name
from esmock.xcontent.located import at_end, at_start, at_value, standing
from esmock.xcontent.object_parser import Parser, custom
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any

_NODES = {
    "move": ("from_node", "to_node"),
    "cancel": ("node",),
    "allocate_replica": ("node",),
    "allocate_stale_primary": ("node",),
    "allocate_empty_primary": ("node",),
}
_FLAGS = {
    "cancel": "allow_primary",
    "allocate_stale_primary": "accept_data_loss",
    "allocate_empty_primary": "accept_data_loss",
}


def _command(body: Json, key: Any, reading: Reading) -> state.Command:
    entry = body[key]
    name = next(iter(entry), None)
    if name not in _NODES:
        at = at_value(entry, name) if name is not None else at_start(entry)
        raise standing(NamedObjectNotFound(f"unknown field [{name}]", at), at)
    given = entry[name]
    flag = _FLAGS.get(name)
    for field in given:
        if field not in ("index", "shard", *_NODES[name], flag):
            raise standing(ElasticsearchParse(f"[{name}] command does not support field [{field}]"), at_value(given, field))
    for field in ("index", "shard", *_NODES[name]):
        if field not in given:
            raise standing(ElasticsearchParse(f"[{name}] command missing the {field} parameter"), at_end(given))
    parameters = {"index": given["index"], "shard": int(given["shard"]), **{one: given[one] for one in _NODES[name]}}
    if flag is not None:
        parameters[flag] = str(given.get(flag, "false")).lower() == "true"
    return state.Command(name, parameters)


def _commands(body: Json, key: Any, reading: Reading) -> list[state.Command]:
    return [_command(body[key], position, reading) for position in range(len(body[key]))]


_REROUTE = Parser("cluster_reroute", custom("commands", ("START_ARRAY",), _commands))


def _reroute_body(request: Request) -> list[state.Command]:
    if not request.content:
        return []
    body = request.read(request.content, request.content_format or "json")
    commands: list[state.Command] = _REROUTE.parse(body, Reading(request.behaviour, request.warn)).get("commands") or []
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
        "flat_settings": boolean(False, response=True),
    },
    docs="cluster-reroute",
    body=_reroute_body,
    action="cluster:admin/reroute",
)
def reroute(cluster: Cluster, request: Request) -> Response:
    """Move copies of shards, or say why not."""
    explain = request.param("explain")
    explanations = state.run(cluster, request.parsed, explain=explain, dry_run=request.param("dry_run"))
    metric = request.param("metric")
    body: dict[str, Json] = {"acknowledged": True}
    if cluster.behaviour.major == 8 and metric != "none":
        request.warn(
            "The [state] field in the response to the reroute API is deprecated and will be removed in a future version. "
            "Specify ?metric=none to adopt the future behaviour."
        )
    if cluster.behaviour.major < 9 and (cluster.behaviour.mapping_types or metric != "none"):
        indices = by_name(cluster.indices.values())
        wanted = metric.split(",") if metric else [one for one in cluster_state.METRICS if one != "metadata"]
        body["state"] = cluster_state.state(cluster, indices, wanted, flat=request.param("flat_settings"), everything=True)
        body["state"].pop("cluster_name", None)
    if explain:
        body["explanations"] = explanations
    return Response(200, body)
