"""Why a shard is where it is, or nowhere. Docs: cluster-allocation-explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, IndexNotFound, ShardNotFound
from esmock.shape.index import instant
from esmock.state.deciders import Question, decide
from esmock.state.health import of_indices
from esmock.state.placement import copies
from esmock.state.reroute import find_node
from esmock.state.unassigned import unassigned_info
from esmock.xcontent.object_parser import Parser, custom
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode

endpoint = Endpoints()
Json = Any

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
    params={
        "include_yes_decisions": boolean(False),
        "include_disk_info": boolean(False),
        "master_timeout": Param(MASTER_TIMEOUT.parse, MASTER_TIMEOUT.default, since=(8, 0)),
    },
    docs="cluster-allocation-explain",
    body=_explain_body,
    action="cluster:monitor/allocation/explain",
)
def allocation_explain(cluster: Cluster, request: Request) -> Response:
    """Why a shard is where it is, or nowhere."""
    asked = request.parsed
    if asked:
        index, shard, copy = _asked(cluster, asked, request)
    else:
        found = _first_unassigned(cluster)
        if found is None:
            raise _nothing_to_explain(cluster)
        index, shard, copy = found
    node = copies(cluster, index, shard)[copy]
    body: dict[str, Json] = {}
    if not asked and cluster.behaviour.newer_jackson:
        body["note"] = _NOTE.format(version=cluster.behaviour.version)
    body |= {"index": index.name, "shard": shard, "primary": copy == 0}
    body["current_state"] = "unassigned" if node is None else "started"
    everything = request.param("include_yes_decisions")
    if node is not None:
        body["current_node"] = _described(cluster, node)
    else:
        why = unassigned_info(index, copy)
        reason = {"reason": why.reason, "at": instant(why.since_ms)}
        if why.details is not None:
            reason["details"] = why.details
        reason["last_allocation_status"] = "no_attempt" if copy else "no"
        body["unassigned_info"] = reason
    if request.param("include_disk_info"):
        body["cluster_info"] = _disk_info(cluster)
    if node is not None:
        body |= _assigned(cluster, index, shard, copy, node, everything=everything)
    else:
        body |= _unassigned(cluster, index, shard, copy, everything=everything)
    return Response(200, body)


def _asked(cluster: Cluster, asked: dict[str, Json], request: Request) -> tuple[Index, int, int]:
    missing = [f"{name} must be specified" for name in ("index", "shard", "primary") if name not in asked]
    if missing:
        raise ActionRequestValidation(*missing)
    index = cluster.indices.get(asked["index"])
    if index is None:
        raise IndexNotFound(asked["index"], resource=None)
    shard = asked["shard"]
    if not 0 <= shard < index.n_shards:
        metadata = {"index_uuid": index.uuid, "shard": str(shard), "index": index.name}
        raise ShardNotFound("no such shard", metadata=metadata)
    places = copies(cluster, index, shard)
    numbers = [0] if asked["primary"] else range(1, len(places))
    named = asked.get("current_node")
    if named is not None:
        node = find_node(cluster, named)
        here = [number for number in numbers if places[number] == node]
        if not here:
            kind = "primary" if asked["primary"] else "replica"
            raise IllegalArgument(f"unable to find a {kind} shard assigned to node [{named}]")
        return index, shard, here[0]
    if not numbers:
        primary, everything = (str(one).lower() for one in (asked["primary"], request.param("include_yes_decisions")))
        raise IllegalArgument(
            f"unable to find any shards to explain [ClusterAllocationExplainRequest[index={index.name},shard={shard},"
            f"primary?={primary},includeYesDecisions?={everything}] in the routing table"
        )
    return index, shard, next((number for number in numbers if places[number] is None), numbers[0])


_NOTE = (
    "No shard was specified in the explain API request, so this response explains a randomly chosen unassigned shard. There "
    "may be other unassigned shards in this cluster which cannot be assigned for different reasons. It may not be possible "
    "to assign this shard until one of the other shards is assigned correctly. To explain the allocation of other shards "
    "(whether assigned or unassigned) you must specify the target shard in the request to this API. See "
    "https://www.elastic.co/guide/en/elasticsearch/reference/{version.major}.{version.minor}/"
    "cluster-allocation-explain.html for more information."
)


def _nothing_to_explain(cluster: Cluster) -> IllegalArgument:
    behaviour = cluster.behaviour
    if not behaviour.has((7, 17)):
        return IllegalArgument(
            "unable to find any unassigned shards to explain [ClusterAllocationExplainRequest[useAnyUnassignedShard="
            "true,includeYesDecisions?=false]"
        )
    where = "in the request. See https://www.elastic.co/guide/en/elasticsearch/"
    where += f"reference/{behaviour.version.major}.{behaviour.version.minor}/cluster-allocation-explain.html for more information."
    return IllegalArgument(
        "No shard was specified in the request which means the response should explain a randomly-chosen unassigned "
        "shard, but there are no unassigned shards in this cluster. To explain the allocation of an assigned shard "
        "you must specify the target shard " + (where if behaviour.major >= 8 else "in the request.")
    )


def _first_unassigned(cluster: Cluster) -> tuple[Index, int, int] | None:
    for name in sorted(cluster.indices):
        index = cluster.indices[name]
        for number in range(index.n_shards):
            for copy, node in enumerate(copies(cluster, index, number)):
                if node is None:
                    return index, number, copy
    return None


_CANNOT_SEVEN = "cannot allocate because allocation is not permitted to any of the nodes"
_CANNOT_EIGHT = (
    "Elasticsearch isn't allowed to allocate this shard to any of the nodes in the cluster. Choose a node to which you expect "
    "this shard to be allocated, find this node in the node-by-node explanation, and address the reasons which prevent "
    "Elasticsearch from allocating this shard there."
)


_NO_REBALANCE_SEVEN = "rebalancing is not allowed"
_NO_REBALANCE_EIGHT = (
    "Elasticsearch is not allowed to allocate or rebalance this shard to another node. If you expect this shard to be "
    "rebalanced to another node, find this node in the node-by-node explanation and address the reasons which prevent "
    "Elasticsearch from rebalancing this shard there."
)
_BALANCED_SEVEN = "cannot rebalance as no target node exists that can both allocate this shard and improve the cluster balance"
_BALANCED_EIGHT = (
    "This shard is in a well-balanced location and satisfies all allocation rules so it will remain on this node. "
    "Elasticsearch cannot improve the cluster balance by moving it to another node. If you expect this shard to be "
    "rebalanced to another node, find the other node in the node-by-node explanation and address the reasons which prevent "
    "Elasticsearch from rebalancing this shard there."
)


def _disk_info(cluster: Cluster) -> dict[str, Json]:
    sizes = ("shard_sizes", "shard_data_set_sizes") if cluster.behaviour.newer_jackson else ("shard_sizes",)
    return {"nodes": {}, **{name: {} for name in sizes}, "shard_paths": {}, "reserved_sizes": []}


def _described(cluster: Cluster, node: ClusterNode) -> dict[str, Json]:
    out: dict[str, Json] = {
        "id": node.id,
        "name": node.name,
        "transport_address": node.transport_address,
        "attributes": dict(node.attributes),
    }
    if cluster.behaviour.major >= 8:
        out["roles"] = list(node.roles)
    return {**out, "weight_ranking": 1}


def _assigned(
    cluster: Cluster, index: Index, shard: int, copy: int, node: ClusterNode, *, everything: bool
) -> dict[str, Json]:
    """Why a copy stays where it is: some copies are not active, or no other place would be better."""
    is_eight = cluster.behaviour.major >= 8
    out: dict[str, Json] = {"can_remain_on_current_node": "yes"}
    rebalance = _rebalance_decisions(cluster, index, shard)
    refusals = [one for one in rebalance if one["decision"] == "NO"]
    out["can_rebalance_cluster"] = "no" if refusals else "yes"
    if refusals:
        out["can_rebalance_cluster_decisions"] = rebalance if everything else refusals
    out["can_rebalance_to_other_node"] = "no"
    if refusals:
        out["rebalance_explanation"] = _NO_REBALANCE_EIGHT if is_eight else _NO_REBALANCE_SEVEN
    else:
        out["rebalance_explanation"] = _BALANCED_EIGHT if is_eight else _BALANCED_SEVEN
    others = [one for one in cluster.data_nodes if one != node]
    decisions = [_node_decision(cluster, index, shard, copy, one, everything=everything, is_move=True) for one in others]
    return {**out, "node_allocation_decisions": decisions} if decisions else out


def _rebalance_decisions(cluster: Cluster, index: Index, shard: int) -> list[dict[str, Json]]:
    """What each decider says of moving a copy for the sake of balance."""
    is_eight = cluster.behaviour.major >= 8
    whole = "copies of this shard" if is_eight else "replicas in the cluster"
    limit = int(str(cluster.setting("cluster.routing.allocation.cluster_concurrent_rebalance", "2")))
    out = []

    def decide(decider: str, is_permitted: bool, permit: str, refusal: str = "") -> None:
        decision, text = ("YES", permit) if is_permitted else ("NO", refusal)
        out.append({"decider": decider, "decision": decision, "explanation": text})

    decide(
        "rebalance_only_when_active",
        None not in copies(cluster, index, shard),
        "rebalancing is allowed as all replicas are active in the cluster",
        f"rebalancing is not allowed until all {whole} are active",
    )
    decide(
        "cluster_rebalance",
        is_eight or not of_indices(cluster, cluster.indices.values()).unassigned,
        "all shards are active",
        "the cluster has unassigned shards and cluster setting [cluster.routing.allocation.allow_rebalance] is set to "
        "[indices_all_active]",
    )
    decide(
        "concurrent_rebalance", True, f"below threshold [{limit}] for concurrent rebalances, current rebalance shard count [0]"
    )
    decide("enable", True, "all rebalancing is allowed")
    decide("snapshot_in_progress", True, "no snapshots are currently running")
    return out


def _unassigned(cluster: Cluster, index: Index, shard: int, copy: int, *, everything: bool) -> dict[str, Json]:
    nodes = cluster.data_nodes
    decisions = [_node_decision(cluster, index, shard, copy, one, everything=everything) for one in nodes]
    return {
        "can_allocate": "no",
        "allocate_explanation": _CANNOT_EIGHT if cluster.behaviour.major >= 8 else _CANNOT_SEVEN,
        "node_allocation_decisions": decisions,
    }


def _node_decision(
    cluster: Cluster, index: Index, shard: int, copy: int, node: ClusterNode, *, everything: bool, is_move: bool = False
) -> dict[str, Json]:
    found = list(decide(Question(cluster, index, shard, copy, node, is_move=is_move)))
    refused = any(not one.allows for one in found)
    out: dict[str, Json] = {
        "node_id": node.id,
        "node_name": node.name,
        "transport_address": node.transport_address,
        "node_attributes": dict(node.attributes),
    }
    if cluster.behaviour.major >= 8:
        out["roles"] = list(node.roles)
    out["node_decision"] = "no" if refused else "worse_balance" if is_move else "yes"
    out["weight_ranking"] = 1
    shown = [one for one in found if everything or not one.allows]
    if shown:
        out["deciders"] = [
            {"decider": one.decider, "decision": one.word, "explanation": one.explanation} for one in shown
        ]
    return out
