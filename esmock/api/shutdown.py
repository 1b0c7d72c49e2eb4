"""Preparing nodes to go, and taking it back. Docs: put-shutdown, get-shutdown, delete-shutdown.

Source: the documentation's pages and the published types; no engine that could be asked has the module. Differs: shards are not moved away, so that a
node to be removed stays ``STALLED`` while it holds any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import MASTER_TIMEOUT, TIMEOUT
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, ResourceNotFound
from esmock.state.placement import copies
from esmock.state.shutdown import Shutdown, shutdowns
from esmock.xcontent.object_parser import Parser, string
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_KINDS = ("RESTART", "REMOVE", "REPLACE", "SIGTERM")
_BODY = Parser(
    "put_node_shutdown_request",
    string("type", required=True),
    string("reason", required=True),
    string("allocation_delay"),
    string("target_node_name"),
    string("grace_period"),
)


def _body(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = _BODY.parse(request.required_json(), Reading(request.behaviour, request.warn))
    if found["type"].upper() not in _KINDS:
        raise IllegalArgument(f"No enum constant org.elasticsearch.cluster.metadata.SingleNodeShutdownMetadata.Type.{found['type'].upper()}")
    return found


@endpoint(
    "shutdown.put_node",
    "PUT /_nodes/{node_id}/shutdown",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="put-shutdown",
    body=_body,
    action="cluster:admin/shutdown/create",
    since=(7, 13),
)
def put_node(cluster: Cluster, request: Request) -> Response:
    """Announce that a node goes; it need not be there."""
    asked, node_id = request.parsed, request.part("node_id")
    kind = asked["type"].upper()
    problems = []
    if kind != "RESTART" and "allocation_delay" in asked:
        problems.append("allocation delay is only valid for RESTART-type shutdowns")
    if (kind == "REPLACE") != bool(asked.get("target_node_name")):
        problems.append(
            f"target node name is {'required' if kind == 'REPLACE' else 'only valid'} for REPLACE type shutdowns"
            + ("" if kind == "REPLACE" else f", but was given for a {kind} type shutdown")
        )
    if problems:
        raise ActionRequestValidation(*problems)
    told = Shutdown(
        node_id,
        kind,
        asked["reason"],
        cluster.clock.now_ms(),
        asked.get("allocation_delay"),
        asked.get("target_node_name"),
        asked.get("grace_period"),
    )
    shutdowns(cluster).announced[node_id] = told
    cluster.changed()
    return acknowledged()


@endpoint(
    "shutdown.get_node",
    "GET /_nodes/shutdown",
    "GET /_nodes/{node_id}/shutdown",
    params={"master_timeout": MASTER_TIMEOUT},
    docs="get-shutdown",
    action="cluster:admin/shutdown/get",
    since=(7, 13),
)
def get_node(cluster: Cluster, request: Request) -> Response:
    """How far announced shutdowns are."""
    wanted = request.part_list("node_id")
    found = [one for one in shutdowns(cluster).announced.values() if not wanted or one.node_id in wanted]
    return Response(200, {"nodes": [_status(cluster, one) for one in found]})


@endpoint(
    "shutdown.delete_node",
    "DELETE /_nodes/{node_id}/shutdown",
    params={"master_timeout": MASTER_TIMEOUT, "timeout": TIMEOUT},
    docs="delete-shutdown",
    action="cluster:admin/shutdown/delete",
    since=(7, 13),
)
def delete_node(cluster: Cluster, request: Request) -> Response:
    """Take an announcement back. Raises ResourceNotFound."""
    announced, node_id = shutdowns(cluster).announced, request.part("node_id")
    if node_id not in announced:
        raise ResourceNotFound(f"node [{node_id}] is not currently shutting down")
    del announced[node_id]
    cluster.changed()
    return acknowledged()


def _status(cluster: Cluster, one: Shutdown) -> dict[str, Json]:
    is_there = any(node.id == one.node_id for node in cluster.nodes)
    migration = _migration(cluster, one) if is_there else {"status": "NOT_STARTED", "shard_migrations_remaining": 0}
    state = "COMPLETE" if is_there else "NOT_STARTED"
    out: dict[str, Json] = {
        "node_id": one.node_id,
        "type": one.kind,
        "reason": one.reason,
        "shutdown_startedmillis": one.started_ms,
    }
    for name in ("allocation_delay", "grace_period"):
        if getattr(one, name) is not None:
            out[name] = getattr(one, name)
    out |= {
        "status": migration["status"],
        "shard_migration": migration,
        "persistent_tasks": {"status": state},
        "plugins": {"status": state},
    }
    if one.target is not None:
        out["target_node_name"] = one.target
    return out


def _migration(cluster: Cluster, one: Shutdown) -> dict[str, Json]:
    if one.kind == "RESTART":
        explanation = "no shard relocation is necessary for a node restart"
        return {"status": "COMPLETE", "shard_migrations_remaining": 0, "explanation": explanation}
    held = [
        (index.name, shard.number, copy)
        for index in cluster.indices.values()
        for shard in index.shards
        for copy, node in enumerate(copies(cluster, index, shard.number))
        if node is not None and node.id == one.node_id
    ]
    if not held:
        return {"status": "COMPLETE", "shard_migrations_remaining": 0}
    name, number, copy = held[0]
    explanation = (
        f"shard [{number}] [{'replica' if copy else 'primary'}] of index [{name}] cannot move, see [node_allocation_decision] for "
        "details or use the cluster allocation explain API"
    )
    return {"status": "STALLED", "shard_migrations_remaining": len(held), "explanation": explanation}
