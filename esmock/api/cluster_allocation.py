"""Why a shard is where it is, or nowhere. Docs: cluster-allocation-explain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import ALWAYS, Endpoints
from esmock.api.params import MASTER_TIMEOUT, Param, boolean
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, IndexNotFound, ShardNotFound
from esmock.shape.index import instant
from esmock.state.allocation import urgency, weights
from esmock.state.deciders import Decision, Question, decide, rebalance, stay
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
    body_first=ALWAYS,
    early=("master_timeout",),
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
    if node is None:
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
    waiting = sorted((index for index in cluster.indices.values() if index.n_unassigned), key=urgency, reverse=True)
    found = (
        (index, shard, copy) for index in waiting for shard, copy in _unassigned_copies(index, cluster.behaviour.major)
    )
    return next(found, None)


def _unassigned_copies(index: Index, major: int) -> list[tuple[int, int]]:
    # ES: which of several is told is chance; before 8.0 the last primary was seen
    sign = 1 if major >= 8 else -1
    found = [
        (copy, sign * shard)
        for shard, held in enumerate(index.places)
        for copy, position in enumerate(held)
        if position is None
    ]
    return [(sign * shard, copy) for copy, shard in sorted(found)]


_CANNOT_SEVEN = "cannot allocate because allocation is not permitted to any of the nodes"
_CANNOT_EIGHT = (
    "Elasticsearch isn't allowed to allocate this shard to any of the nodes in the cluster. Choose a node to which you expect "
    "this shard to be allocated, find this node in the node-by-node explanation, and address the reasons which prevent "
    "Elasticsearch from allocating this shard there."
)


_CANNOT_MOVE_SEVEN = "cannot move shard to another node, even though it is not allowed to remain on its current node"
_CANNOT_MOVE_EIGHT = (
    "This shard may not remain on its current node, but Elasticsearch isn't allowed to move it to another node. Choose a node to "
    "which you expect this shard to be allocated, find this node in the node-by-node explanation, and address the reasons which "
    "prevent Elasticsearch from allocating this shard there."
)
_NO_REBALANCE_SEVEN = "rebalancing is not allowed"
_NO_REBALANCE_EIGHT = (
    "Elasticsearch is not allowed to allocate or rebalance this shard to another node. If you expect this shard to be "
    "rebalanced to another node, find this node in the node-by-node explanation and address the reasons which prevent "
    "Elasticsearch from rebalancing this shard there."
)
_BALANCED_SEVEN = (
    "cannot rebalance as no target node exists that can both allocate this shard and improve the cluster balance"
)
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
    return out


def _assigned(
    cluster: Cluster, index: Index, shard: int, copy: int, node: ClusterNode, *, everything: bool
) -> dict[str, Json]:
    """Why a copy stays where it is: it may not move, or no other place would be better."""
    is_eight = cluster.behaviour.major >= 8
    ranks = _ranks(cluster, index)
    question = Question(cluster, index, shard, copy, node, is_move=True)
    current = _described(cluster, node)
    stays = list(stay(question))
    out: dict[str, Json] = {"current_node": current}
    refusals = [one for one in stays if not one.allows]
    if refusals:
        out["can_remain_on_current_node"] = "no"
        out["can_remain_decisions"] = _shown(stays, everything=everything)
        out["can_move_to_other_node"] = "no"
        out["move_explanation"] = _CANNOT_MOVE_EIGHT if is_eight else _CANNOT_MOVE_SEVEN
    else:
        current["weight_ranking"] = ranks[node.position]
        out["can_remain_on_current_node"] = "yes"
        decisions = list(rebalance(question))
        is_refused = not all(one.allows for one in decisions)
        out["can_rebalance_cluster"] = "no" if is_refused else "yes"
        if is_refused:
            out["can_rebalance_cluster_decisions"] = _shown(decisions, everything=everything)
        out["can_rebalance_to_other_node"] = "no"
        seven, eight = (_NO_REBALANCE_SEVEN, _NO_REBALANCE_EIGHT) if is_refused else (_BALANCED_SEVEN, _BALANCED_EIGHT)
        out["rebalance_explanation"] = eight if is_eight else seven
    found = [
        _node_decision(replace(question, node=one), ranks, everything=everything)
        for one in cluster.data_nodes
        if one != node
    ]
    found.sort(key=lambda one: (one["node_decision"] == "no", one["weight_ranking"]))
    return {**out, "node_allocation_decisions": found} if found else out


def _ranks(cluster: Cluster, index: Index) -> dict[int, int]:
    """How light each node is, by position; equal ones share a rank."""
    load = {position: round(weight, 6) for position, weight in weights(cluster, index).items()}
    order = sorted(set(load.values()))
    return {position: 1 + order.index(weight) for position, weight in load.items()}


def _shown(found: list[Decision], *, everything: bool) -> list[dict[str, Json]]:
    return [
        {"decider": one.decider, "decision": one.word, "explanation": one.explanation}
        for one in found
        if everything or not one.allows
    ]


def _unassigned(cluster: Cluster, index: Index, shard: int, copy: int, *, everything: bool) -> dict[str, Json]:
    # ES: copies with data of their own are looked after by another allocator, which does not rank nodes
    is_new = unassigned_info(index, copy).reason == "INDEX_CREATED"
    ranks = {position: rank for rank, position in enumerate(_by_weight(cluster, index), start=1)} if is_new else {}
    nodes = sorted(cluster.data_nodes, key=lambda one: ranks.get(one.position, 0))
    question = Question(cluster, index, shard, copy, nodes[0])
    return {
        "can_allocate": "no",
        "allocate_explanation": _CANNOT_EIGHT if cluster.behaviour.major >= 8 else _CANNOT_SEVEN,
        "node_allocation_decisions": [
            _node_decision(replace(question, node=one), ranks, everything=everything) for one in nodes
        ],
    }


def _by_weight(cluster: Cluster, index: Index) -> list[int]:
    load = weights(cluster, index)
    return sorted(load, key=lambda position: load[position])


def _node_decision(question: Question, ranks: dict[int, int], *, everything: bool) -> dict[str, Json]:
    node, found = question.node, list(decide(question))
    out: dict[str, Json] = {
        "node_id": node.id,
        "node_name": node.name,
        "transport_address": node.transport_address,
        "node_attributes": dict(node.attributes),
    }
    if question.cluster.behaviour.major >= 8:
        out["roles"] = list(node.roles)
    out["node_decision"] = (
        "no" if not all(one.allows for one in found) else "worse_balance" if question.is_move else "yes"
    )
    if ranks:
        out["weight_ranking"] = ranks[node.position]
    shown = _shown(found, everything=everything)
    return {**out, "deciders": shown} if shown else out
