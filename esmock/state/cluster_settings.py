"""Settings of the cluster: which there are, which may change while it runs, and the update of them.

The table is in ``cluster_settings.txt``.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21; docs page cluster-update-settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.state import cluster_checks
from esmock.state.allocation import reroute
from esmock.state.blocks import global_blocks
from esmock.state.resolve import glob
from esmock.state.setting_values import as_list, read_value
from esmock.state.settings_table import Setting, known_settings
from esmock.state.thread_pools import pools_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any

TABLE = Path(__file__).with_name("cluster_settings.txt")
_OPEN_ENDED = re.compile(
    r"(cluster\.routing\.allocation\.(include|exclude|require)\.[^.]+|logger\..+"
    r"|cluster\.routing\.allocation\.awareness\.force\..+"
    r"|cluster\.metadata\..+|cluster\.remote\.[^.]+\.(seeds|skip_unavailable|transport\.compress|transport\.ping_schedule|mode"
    r"|proxy_address|proxy_socket_connections|server_name|node_connections)|xpack\..+|slm\..+|ilm\..+|indices\.lifecycle\..+)\Z"
)


def defaults(cluster: Cluster) -> dict[str, Any]:
    """Every setting that is not set by a client, with the node's value or the default."""
    known = known_settings(TABLE, cluster.behaviour)
    out = {name: one.default for name, one in known.items()}
    for pool in pools_of(cluster.behaviour):
        out |= {name: value for name, value in pool.settings().items() if name in out}
    out["cluster.name"] = cluster.name
    out["node.name"] = cluster.node_name
    if "node.attr.xpack.installed" in out:
        out["node.attr.xpack.installed"] = cluster.local_node.attributes.get("xpack.installed", "")
    for name, value in cluster.server_settings.node_settings.items():
        out[name] = as_list(value) if name in known and known[name].is_list else value
    taken = {*cluster.persistent_settings, *cluster.transient_settings}
    return {name: value for name, value in out.items() if name not in taken and not name.startswith("esmock.")}


def update(
    cluster: Cluster, persistent: dict[str, Any], transient: dict[str, Any], *, warn: Callable[[str], None]
) -> tuple[dict[str, Any], ...]:
    """Change settings, both kinds or none.

    Args:
        persistent, transient: flat names to text, list or None; None resets, also by wildcard.
        warn: told of the deprecated ones that were looked at: all that are set, and of transient ones the first.

    Returns:
        What was changed to a value: (persistent, transient).

    Raises:
        IllegalArgument: unknown or static settings, bad values.
    """
    cluster_checks.warn_of(
        {**cluster.persistent_settings, **cluster.transient_settings, **transient}, cluster.behaviour, warn
    )
    new_transient, changed_transient = _apply(cluster, "transient", cluster.transient_settings, transient)
    cluster_checks.warn_of(persistent, cluster.behaviour, warn)
    new_persistent, changed_persistent = _apply(cluster, "persistent", cluster.persistent_settings, persistent)
    cluster_checks.check_together({**new_transient, **new_persistent}, cluster.behaviour)
    cluster.persistent_settings, cluster.transient_settings = new_persistent, new_transient
    cluster.is_blocked = bool(global_blocks(cluster))
    reroute(cluster)
    cluster.changed()
    return changed_persistent, changed_transient


def _apply(
    cluster: Cluster, kind: str, current: dict[str, Any], changes: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    out, changed = dict(current), {}
    known = known_settings(TABLE, cluster.behaviour)
    # ES: of several errors the first one is told; since 8.0 which that is changes from run to run
    for name in sorted(changes):
        value, one = changes[name], known.get(name)
        _check_name(name, one, kind, value)
        if value is None:
            regex = glob(name)
            out = {key: kept for key, kept in out.items() if not regex.match(key)}
        else:
            _check_value(name, one, value, cluster.behaviour)
            out[name] = changed[name] = value
    return out, changed


def _check_name(name: str, one: Setting | None, kind: str, value: Any) -> None:
    """Raises IllegalArgument for a setting that is not there or stays as it is."""
    if _is_dynamic(one) or _OPEN_ENDED.match(name) or (value is None and ("*" in name or name.startswith("archived."))):
        return
    raise IllegalArgument(
        f"{kind} setting [{name}], not recognized" if one is None else f"{kind} setting [{name}], not dynamically updateable"
    )


def _is_dynamic(one: Setting | None) -> bool:
    return one is not None and one.scope == "dynamic"


def _check_value(name: str, one: Setting | None, value: Any, behaviour: Behaviour) -> None:
    """Raises the error of a value that cannot be read; ES: the first one ends the update."""
    if one is None:
        cluster_checks.check_one(name, value)
    else:
        read_value(name, one.kind, value, behaviour)
