"""Awareness of attributes: copies of a shard are spread over their values. Docs: allocation-awareness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.state.allocation_filters import listed
from esmock.state.placement import copies

if TYPE_CHECKING:
    from esmock.state.deciders import Question

_ATTRIBUTES = "cluster.routing.allocation.awareness.attributes"
_OFF = f"allocation awareness is not enabled, set cluster setting [{_ATTRIBUTES}] to enable it"


def awareness(question: Question, *, is_there: bool) -> tuple[bool, str]:
    """Whether a node's values have room for the copy, and why.

    Args:
        is_there: the copy lies on the node and may stay; otherwise it would come.
    """
    behaviour, auto_expand = question.cluster.behaviour, question.index.settings.get("index.auto_expand_replicas", "")
    if behaviour.major >= 8 and str(auto_expand).endswith("-all"):
        return True, "allocation awareness is ignored, this index is set to auto-expand to all nodes"
    attributes = listed(question.cluster.setting(_ATTRIBUTES, ""))
    if not attributes:
        return True, _OFF
    for attribute in attributes:
        own = question.node.attributes.get(attribute)
        if own is None:
            where = f"required attributes cluster setting [{_ATTRIBUTES}={','.join(attributes)}]"
            return False, f"node does not contain the awareness attribute [{attribute}]; {where}"
        refusal = _crowded(question, attribute, own, is_there=is_there)
        if refusal is not None:
            return False, refusal
    return True, "node meets all awareness attribute requirements"


def _crowded(question: Question, attribute: str, own: str, *, is_there: bool) -> str | None:
    cluster, index = question.cluster, question.index
    values = {node.attributes[attribute] for node in cluster.data_nodes if attribute in node.attributes}
    forced = set(listed(cluster.setting(f"cluster.routing.allocation.awareness.force.{attribute}.values", "")))
    n_values, n_copies = len(values | forced), 1 + index.n_replicas
    here = sum(
        node is not None and node.attributes.get(attribute) == own
        for copy, node in enumerate(copies(cluster, index, question.shard))
        if is_there or copy != question.copy
    ) + (not is_there)
    most = -(-n_copies // n_values)
    if here <= most:
        return None
    if cluster.behaviour.major >= 8:
        there = f"{_array(values)} from nodes in the cluster and {f'{_array(forced)} from' if forced else 'no'} forced awareness"
        return (
            f"there are [{n_copies}] copies of this shard and [{n_values}] values for attribute [{attribute}] ({there}) so there may be "
            f"at most [{most}] copies of this shard allocated to nodes with each value, but (including this copy) there would be "
            f"[{here}] copies allocated to nodes with [node.attr.{attribute}: {own}]"
        )
    return (
        f"there are too many copies of the shard allocated to nodes with attribute [{attribute}], there are [{n_copies}] total "
        f"configured shard copies for this shard id and [{n_values}] total attribute values, expected the allocated shard count "
        f"per attribute [{here}] to be less than or equal to the upper bound of the required number of shards per attribute [{most}]"
    )


def _array(values: set[str]) -> str:
    return f"[{', '.join(sorted(values))}]"
