"""Commands that move copies of shards between nodes.

Source: answers of 7.10.2 and 8.19.21; docs page cluster-reroute. A moved copy stays where it was put, unless it may not or the
load is levelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, IndexNotFound, ShardNotFound
from esmock.state import allocation
from esmock.state.deciders import Decision, Question, decide
from esmock.state.nodes import HOST, ClusterNode
from esmock.state.placement import Places, copies
from esmock.state.unassigned import unassigned_info

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any


@dataclass(frozen=True, slots=True)
class Command:
    """``move``, ``cancel``, ``allocate_replica``, ``allocate_stale_primary`` or ``allocate_empty_primary``."""

    name: str
    parameters: dict[str, Json]


class Refused(Exception):
    """A command that cannot be met.

    Args:
        error: what a request without ``explain`` is answered with.
        decisions: what one with ``explain`` is told.
    """

    def __init__(self, error: ApiError, decisions: list[Decision]) -> None:
        super().__init__(error)
        self.error = error
        self.decisions = decisions


def run(cluster: Cluster, commands: Iterable[Command], *, explain: bool, dry_run: bool) -> list[dict[str, Json]]:
    """Carry commands out in order; the explanation of each. Raises IllegalArgument, ShardNotFound, IndexNotFound."""
    before = {index: index.places for index in cluster.indices.values()}
    explanations = []
    commands = list(commands)
    for command in commands:
        if command.name == "allocate_stale_primary":
            _check_data(cluster, command)
    try:
        for command in commands:
            try:
                decisions = _RUN.get(command.name, _allocate_primary)(cluster, command)
            except Refused as refused:
                if not explain:
                    raise refused.error from None
                decisions = refused.decisions
            explanations.append(_explanation(cluster, command, decisions))
    except ApiError:
        _restore(before)
        raise
    if dry_run:
        _restore(before)
    else:
        allocation.reroute(cluster)
        if explanations:
            cluster.changed()
    return explanations


def _restore(before: dict[Index, Places]) -> None:
    for index, places in before.items():
        index.put(places)


def _explanation(cluster: Cluster, command: Command, decisions: list[Decision]) -> dict[str, Json]:
    parameters = dict(command.parameters)
    for key in ("from_node", "to_node", "node"):
        if key in parameters:
            parameters[key] = find_node(cluster, parameters[key]).name
    shown = [{"decider": one.decider, "decision": one.word, "explanation": one.explanation} for one in decisions]
    return {"command": command.name, "parameters": parameters, "decisions": shown}


def find_node(cluster: Cluster, text: str) -> ClusterNode:
    """The one node that a name or an id means. Raises IllegalArgument."""
    for node in cluster.nodes:
        if text in (node.name, node.id):
            return node
    raise IllegalArgument(f"failed to resolve [{text}], no matching nodes")


def described(cluster: Cluster, node: ClusterNode) -> str:
    """A node as messages show it."""
    behaviour = cluster.behaviour
    parts = [node.name, node.id, node.ephemeral_id]
    if behaviour.major >= 8:
        parts.append(node.name)
    parts += [HOST, node.transport_address, node.role_letters]
    if behaviour.major >= 8:
        lowest = 7000099 if behaviour.major == 8 else 8000099
        parts += [str(behaviour.version), f"{lowest}-{behaviour.build.index_version}"]
    if node.attributes:
        parts.append(", ".join(f"{key}={value}" for key, value in sorted(node.attributes.items())))
    return "".join(f"{{{part}}}" for part in parts)


def _move(cluster: Cluster, command: Command) -> list[Decision]:
    given = command.parameters
    source, target = find_node(cluster, given["from_node"]), find_node(cluster, given["to_node"])
    shard = given["shard"]
    index = cluster.indices.get(given["index"])
    places = copies(cluster, index, shard) if index is not None and shard < index.n_shards else []
    if index is None or source not in places:
        text = f"[move_allocation] can't move {shard}, failed to find it on node {described(cluster, source)}"
        no = Decision("move_allocation_command", False, f"shard {shard} not found")
        raise Refused(IllegalArgument(text), [no])
    copy = places.index(source)
    decisions = list(decide(Question(cluster, index, shard, copy, target, is_move=True, is_manual=True)))
    if not target.is_data or not all(one.allows for one in decisions):
        reasons = "".join(map(str, decisions))
        text = (
            f"[move_allocation] can't move {shard}, from {described(cluster, source)}, to {described(cluster, target)}, since "
            f"its not allowed, reason: {reasons}"
        )
        raise Refused(IllegalArgument(text), decisions)
    index.place(shard, copy, target.position)
    return decisions


def _cancel(cluster: Cluster, command: Command) -> list[Decision]:
    given = command.parameters
    node, shard = find_node(cluster, given["node"]), given["shard"]
    index = cluster.indices.get(given["index"])
    places = copies(cluster, index, shard) if index is not None and shard < index.n_shards else []
    where = f"can't cancel {shard}"
    if index is None or node not in places:
        raise _cannot_cancel(f"{where}, failed to find it on node {described(cluster, node)}")
    if places.index(node) == 0 and not given["allow_primary"]:
        raise _cannot_cancel(f"{where} on node {described(cluster, node)}, shard is primary and started")
    # ES: the copy is dropped and recovers at once, on the same node where nothing else is better
    return [
        Decision(
            "cancel_allocation_command", True, f"shard {shard} on node {described(cluster, node)} can be cancelled"
        )
    ]


def _cannot_cancel(text: str) -> Refused:
    return Refused(IllegalArgument(f"[cancel_allocation] {text}"), [Decision("cancel_allocation_command", False, text)])


def _index_of(cluster: Cluster, command: Command) -> Index:
    given = command.parameters
    decider = f"{command.name} (allocation command)"
    index = cluster.indices.get(given["index"])
    if index is None:
        error = IndexNotFound(given["index"], resource=None)
        raise Refused(error, [Decision(decider, False, f"no such index [{given['index']}]")])
    if not 0 <= given["shard"] < index.n_shards:
        metadata = {"index_uuid": index.uuid, "shard": str(given["shard"]), "index": index.name}
        raise Refused(ShardNotFound("no such shard", metadata=metadata), [Decision(decider, False, "no such shard")])
    return index


def _refused(command: Command, text: str) -> Refused:
    return Refused(
        IllegalArgument(f"[{command.name}] {text}"), [Decision(f"{command.name} (allocation command)", False, text)]
    )


def _allocate_replica(cluster: Cluster, command: Command) -> list[Decision]:
    given = command.parameters
    node, shard = find_node(cluster, given["node"]), given["shard"]
    index = _index_of(cluster, command)
    places = copies(cluster, index, shard)
    if places[0] is None:
        raise _refused(
            command,
            f"trying to allocate a replica shard [{index.name}][{shard}], while corresponding primary shard is still unassigned",
        )
    if None not in places:
        raise _refused(
            command,
            f"all copies of [{index.name}][{shard}] are already assigned. Use the move allocation command instead",
        )
    copy = places.index(None)
    decisions = list(decide(Question(cluster, index, shard, copy, node, is_manual=True)))
    if not all(one.allows for one in decisions):
        reasons = "".join(map(str, decisions))
        text = f"allocation of [{index.name}][{shard}] on node {described(cluster, node)} is not allowed, reason: {reasons}"
        raise Refused(IllegalArgument(f"[allocate_replica] {text}"), decisions)
    index.place(shard, copy, node.position)
    return decisions


def _allocate_primary(cluster: Cluster, command: Command) -> list[Decision]:
    given = command.parameters
    node, shard = find_node(cluster, given["node"]), given["shard"]
    index = _index_of(cluster, command)
    if index.places[shard][0] is not None:
        raise _refused(command, f"primary [{index.name}][{shard}] is already assigned")
    if not given["accept_data_loss"] and unassigned_info(index, 0).reason != "INDEX_CREATED":
        raise _refused(
            command,
            f"allocating an empty primary for [{index.name}][{shard}] can result in data loss. Please confirm by setting the "
            "accept_data_loss parameter to true",
        )
    index.place(shard, 0, node.position)
    return [Decision(f"{command.name} (allocation command)", True, "ignore deciders")]


def _check_data(cluster: Cluster, command: Command) -> None:
    """A stale primary is looked for on the disks of the nodes before anything is done. Raises IllegalArgument."""
    given = command.parameters
    index, shard = cluster.indices.get(given["index"]), given["shard"]
    held = (
        [node for node in copies(cluster, index, shard) if node]
        if index is not None and 0 <= shard < index.n_shards
        else []
    )
    if index is not None and not any(given["node"] in (node.name, node.id) for node in held):
        where = f"node [{given['node']}]" if held else "any node"
        raise IllegalArgument(f"No data for shard [{shard}] of index [{index.name}] found on {where}")


_RUN = {"move": _move, "cancel": _cancel, "allocate_replica": _allocate_replica}
