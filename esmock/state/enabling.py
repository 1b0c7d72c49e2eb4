"""Which copies may be given to nodes, or moved: ``routing.allocation.enable`` and ``routing.rebalance.enable``.

An index's setting goes before the cluster's. Docs: modules-cluster. Texts: 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.state.unassigned import unassigned_info

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.deciders import Question
    from esmock.state.index import Index

_MANUAL = "explicitly ignoring any disabling of allocation due to manual allocation commands via the reroute API"
_OF_DATA = ("INDEX_CLOSED", "INDEX_REOPENED", "CLUSTER_RECOVERED")
"""Why primaries wait whose data is there already."""


def enable_allocation(question: Question) -> tuple[bool, str]:
    """Whether copies of the kind may be given to nodes now, and why."""
    if question.is_manual:
        return True, _MANUAL
    value, where = _setting(question.cluster, question.index, "routing.allocation.enable")
    if value == "all":
        return True, "all allocations are allowed"
    if value == "none":
        return False, f"no allocations are allowed due to {where}"
    if value == "primaries":
        if question.is_primary:
            return True, "primary allocations are allowed"
        return False, f"replica allocations are forbidden due to {where}"
    is_new = question.is_primary and not question.is_move
    if is_new and unassigned_info(question.index, 0).reason not in _OF_DATA:
        return True, "new primary allocations are allowed"
    return False, f"non-new primary allocations are forbidden due to {where}"


def enable_rebalance(question: Question) -> tuple[bool, str]:
    """Whether copies of the kind may be moved for the sake of balance now, and why."""
    value, where = _setting(question.cluster, question.index, "routing.rebalance.enable")
    if value == "all":
        return True, "all rebalancing is allowed"
    if value == "none":
        return False, f"no rebalancing is allowed due to {where}"
    kind = "primary" if question.is_primary else "replica"
    if value == ("primaries" if question.is_primary else "replicas"):
        return True, f"{kind} rebalancing is allowed"
    return False, f"{kind} rebalancing is forbidden due to {where}"


def _setting(cluster: Cluster, index: Index, name: str) -> tuple[str, str]:
    own = index.settings.get(f"index.{name}")
    if own is not None:
        value, kind = str(own).lower(), "index"
    else:
        value, kind = str(cluster.setting(f"cluster.{name}", "all")).lower(), "cluster"
    return value, f"{kind} setting [{kind}.{name}={value}]"
