"""The announced nodes (``_internal/desired_nodes``).

Source: answers of 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT, boolean
from esmock.api.request import Request, Response
from esmock.errors import ElasticsearchParse, IllegalArgument, NumberFormat, ResourceNotFound
from esmock.shape import index as index_shape
from esmock.state.desired_nodes import DesiredNode, DesiredNodes, announced, update
from esmock.state.index_settings import flatten
from esmock.xcontent import value_reader as values
from esmock.xcontent.java_number import parse_long
from esmock.xcontent.object_parser import Parser, custom, mapping, object_, objects, real, string
from esmock.xcontent.units import byte_sizes, parse_byte_size, print_byte_size
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _positive(number: float) -> float:
    if number <= 0:
        raise IllegalArgument(f"Only a positive number of [processors] are allowed and [{number:f}] was provided")
    return number


def _range(found: dict[str, Any]) -> tuple[float, float | None]:
    least, most = found["min"], found.get("max")
    if most is not None and least > most:
        raise IllegalArgument(
            f"min processors must be less than or equal to max processors and it was: min: {least} max: {most}"
        )
    return least, most


_RANGE = Parser(
    "processors_range",
    real("min", required=True, then=_positive),
    real("max", argument=True, then=_positive),
    build=_range,
)


def _bytes(body: Json, key: Any, reading: Reading) -> int:
    text = values.text(body, key, reading)
    return parse_byte_size(text, str(key), sizes=byte_sizes(reading.behaviour), warn=reading.warn)


def _node(found: dict[str, Any]) -> DesiredNode:
    processors, bounds = found.get("processors"), found.get("processors_range")
    if processors is None and bounds is None:
        raise IllegalArgument("processors or processors_range should be specified and none was specified")
    if processors is not None and bounds is not None:
        raise IllegalArgument("processors and processors_range were specified, but only one should be specified")
    wanted: float | tuple[float, float | None] = found["processors_range" if processors is None else "processors"]
    node = DesiredNode(found["settings"], wanted, found["memory"], found["storage"], found.get("node_version"))
    if not node.external_id:
        raise IllegalArgument("[node.name] or [node.external_id] is missing or empty")
    return node


_NODE = Parser(
    "desired_node",
    mapping("settings", required=True, then=flatten),
    real("processors", argument=True, then=_positive),
    object_("processors_range", _RANGE, argument=True),
    custom("memory", ("VALUE_STRING",), _bytes, required=True),
    custom("storage", ("VALUE_STRING",), _bytes, required=True),
    string("node_version", argument=True),
    build=_node,
)
_NODES = Parser("update_desired_nodes_request", objects("nodes", _NODE, required=True))


def _body(request: Request) -> tuple[DesiredNode, ...]:
    if not request.content:
        raise ElasticsearchParse("request body is required")
    body = request.read(request.content, request.content_format or "json")
    nodes = tuple(_NODES.parse(body, Reading(request.behaviour, request.warn))["nodes"])
    if any(node.version for node in nodes) and request.behaviour.newer_jackson:
        request.warn("[version removal] Specifying node_version in desired nodes requests is deprecated.")
    return nodes


def _version(request: Request) -> int:
    text = request.part("version")
    try:
        return parse_long(text)
    except NumberFormat as cause:
        raise IllegalArgument(f"Failed to parse long parameter [version] with value [{text}]", cause=cause) from None


@endpoint(
    "_internal.update_desired_nodes",
    "PUT /_internal/desired_nodes/{history_id}/{version}",
    params={"dry_run": boolean(False), "master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="update-desired-nodes",
    path=_version,
    body=_body,
    action="cluster:admin/desired_nodes/update",
    since=(8, 1),
)
def update_desired_nodes(cluster: Cluster, request: Request) -> Response:
    """Announce the nodes of a version."""
    is_dry = request.param("dry_run")
    given = DesiredNodes(request.part("history_id"), _version(request), request.parsed)
    return Response(200, {"replaced_existing_history_id": update(cluster, given, is_dry=is_dry), "dry_run": is_dry})


@endpoint(
    "_internal.get_desired_nodes",
    "GET /_internal/desired_nodes/_latest",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="get-desired-nodes",
    action="cluster:admin/desired_nodes/get",
    since=(8, 1),
)
def get_desired_nodes(cluster: Cluster, request: Request) -> Response:
    """The announcement in force."""
    latest = announced(cluster).latest
    if latest is None:
        raise ResourceNotFound("Desired nodes not found")
    nodes = [_shown(node) for node in latest.nodes]
    return Response(200, {"history_id": latest.history, "version": latest.version, "nodes": nodes})


def _shown(node: DesiredNode) -> dict[str, Json]:
    out: dict[str, Json] = {"settings": index_shape.settings(node.settings, is_flat=False)}
    if isinstance(node.processors, tuple):
        least, most = node.processors
        out["processors_range"] = {"min": least} if most is None else {"min": least, "max": most}
    else:
        out["processors"] = node.processors
    out["memory"] = print_byte_size(node.memory)
    out["storage"] = print_byte_size(node.storage)
    if node.version is not None:
        out["node_version"] = node.version
    return out


@endpoint(
    "_internal.delete_desired_nodes",
    "DELETE /_internal/desired_nodes",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="delete-desired-nodes",
    action="cluster:admin/desired_nodes/delete",
    since=(8, 1),
)
def delete_desired_nodes(cluster: Cluster, request: Request) -> Response:
    """Take the announcement back."""
    announced(cluster).latest = None
    return Response(200, "")
