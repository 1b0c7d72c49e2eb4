"""Reroute: commands that move copies of shards between nodes. Docs: cluster-reroute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import params
from esmock.api.acknowledgement import anew, in_time
from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT
from esmock.api.request import Request, Response
from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, NamedObjectNotFound
from esmock.shape import cluster_state
from esmock.state import reroute as state
from esmock.state.resolve import by_name
from esmock.xcontent import value_reader as values
from esmock.xcontent.jackson import At
from esmock.xcontent.located import at_end, at_name, at_value, standing, token, token_after, token_behind
from esmock.xcontent.object_parser import Parser, boolean, custom, integer, string
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any

_NODES = {"move": ("from_node", "to_node"), "cancel": ("node",)}
_FLAGS = {"cancel": "allow_primary"}
_PLACE = (string("index"), integer("shard"), string("node"))
_ALLOCATE = {
    "allocate_replica": Parser("allocate_replica", *_PLACE),
    "allocate_stale_primary": Parser("allocate_stale_primary", *_PLACE, boolean("accept_data_loss")),
    "allocate_empty_primary": Parser("allocate_empty_primary", *_PLACE, boolean("accept_data_loss")),
}
"""Commands that a parser of objects reads; the others read token by token."""


def _command(body: Json, key: Any, reading: Reading) -> state.Command:
    """One entry of ``commands``. Raises NamedObjectNotFound, ElasticsearchParse, NumberFormat, IllegalArgument."""
    entry = body[key]
    if not isinstance(entry, dict):
        text = f"allocation command is malformed, got [{token(entry)}] instead"
        raise standing(ElasticsearchParse(text), at_value(body, key))
    name = next(iter(entry), None)
    if name not in _NODES and name not in _ALLOCATE:
        at = at_value(entry, name) if name is not None else token_after(body, key)[1]
        raise standing(NamedObjectNotFound(f"unknown field [{'null' if name is None else name}]", at), at)
    found = state.Command(name, (_allocation if name in _ALLOCATE else _parameters)(entry, name, reading))
    for more in entry:
        if more != name:
            text = "allocation command is malformed, done parsing a command, but didn't get END_OBJECT, got [START_OBJECT] instead"
            raise standing(ElasticsearchParse(text), at_name(entry, more))
    return found


def _allocation(entry: dict[str, Json], name: str, reading: Reading) -> dict[str, Json]:
    """What a command that gives a copy to a node is told. Raises XContentParse, IllegalArgument."""
    found: dict[str, Json] = _ALLOCATE[name].read_next(entry, name, reading)
    given = entry[name][0] if isinstance(entry[name], list) else entry[name]
    for field, rest in (("index", ""), ("shard", " and non-negative"), ("node", "")):
        if found.get(field) is None or (field == "shard" and found[field] < 0):
            raise standing(IllegalArgument(f"Argument [{field}] must be defined{rest}"), at_end(given))
    return found if name == "allocate_replica" else {**found, "accept_data_loss": found.get("accept_data_loss", False)}


def _parameters(entry: dict[str, Json], name: str, reading: Reading) -> dict[str, Json]:
    """What a command is told. A scalar in place of its object is stepped over."""
    given, flag = entry[name], _FLAGS.get(name)
    wanted = ("index", "shard", *_NODES[name])
    out: dict[str, Json] = {}
    if isinstance(given, list):
        raise standing(*_complex(name, *token_behind(entry, name)))
    for field in given if isinstance(given, dict) else ():
        if isinstance(given[field], dict | list) or given[field] is None:
            raise standing(*_complex(name, token(given[field]), at_value(given, field)))
        if field not in wanted and field != flag:
            raise standing(ElasticsearchParse(f"[{name}] command does not support field [{field}]"), at_value(given, field))
        out[field] = _value(given, field, reading, is_flag=field == flag)
    for field in wanted:
        if field not in out:
            at = at_end(given) if isinstance(given, dict) else token_behind(entry, name)[1]
            raise standing(ElasticsearchParse(f"[{name}] command missing the {field} parameter"), at)
    return {**out, flag: out.get(flag, False)} if flag is not None else out


def _complex(name: str, found: str | None, at: At) -> tuple[ApiError, At]:
    return ElasticsearchParse(f"[{name}] command does not support complex json tokens [{found}]"), at


def _value(given: Json, field: str, reading: Reading, *, is_flag: bool) -> Json:
    try:
        if is_flag:
            return values.boolean(given, field)
        return values.integer(given, field) if field == "shard" else values.text(given, field, reading)
    except ApiError as error:
        raise standing(error, at_value(given, field)) from None


def _commands(body: Json, key: Any, reading: Reading) -> list[state.Command]:
    listed = body[key]
    if not isinstance(listed, list):
        text = "expected either field name [commands], or start array, got [START_OBJECT] instead"
        raise standing(ElasticsearchParse(text), at_value(body, key))
    return [_command(listed, position, reading) for position in range(len(listed))]


_REROUTE = Parser("cluster_reroute", custom("commands", ("START_ARRAY", "START_OBJECT"), _commands))


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
        "dry_run": params.boolean(False),
        "explain": params.boolean(False),
        "timeout": TIMEOUT,
        "retry_failed": params.boolean(False),
        "master_timeout": MASTER_TIMEOUT,
        "metric": params.string(response=True),
        "flat_settings": params.boolean(False, response=True),
    },
    docs="cluster-reroute",
    body=_reroute_body,
    early=("master_timeout", "timeout"),
    action="cluster:admin/reroute",
)
@in_time(anew)
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
        wanted = metric.split(",") if metric is not None else [one for one in cluster_state.METRICS if one != "metadata"]
        body["state"] = cluster_state.state(cluster, indices, wanted, flat=request.param("flat_settings"), everything=True)
        body["state"].pop("cluster_name", None)
    if explain:
        body["explanations"] = explanations
    return Response(200, body)
