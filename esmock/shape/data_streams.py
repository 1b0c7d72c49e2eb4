"""Data streams as the data stream APIs print them.

Source: documentation of 7.10 to 9.5 (indices-get-data-stream) and the published specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.shape import index as index_shape
from esmock.state import health
from esmock.state.data_streams import TIMESTAMP, DataStream, template_for
from esmock.state.failure_store import is_enabled
from esmock.state.stream_time import temporal_ranges

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


def stream(cluster: Cluster, one: DataStream, *, verbose: bool = False) -> dict[str, Json]:
    """A data stream with its backing indices."""
    behaviour = cluster.behaviour
    template = template_for(cluster, one.name)
    late = behaviour.has((8, 11))
    out: dict[str, Json] = {
        "name": one.name,
        "timestamp_field": {"name": TIMESTAMP},
        "indices": [_index(cluster, one, name, late=late) for name in one.indices],
        "generation": one.generation,
    }
    if one.meta is not None and behaviour.has((7, 11)):
        out["_meta"] = one.meta
    out["status"] = health.of_indices([cluster.indices[name] for name in one.indices]).status.upper()
    if template is not None:
        out["template"] = template.name
    if one.lifecycle is not None and late:
        out["lifecycle"] = lifecycle(one.lifecycle)
    policy = _policy(cluster, one.write_index)
    if policy is not None:
        out["ilm_policy"] = policy
    if late:
        out["next_generation_managed_by"] = _manager(cluster, one, one.write_index)
        out["prefer_ilm"] = True
    if behaviour.has((7, 11)):
        out["hidden"] = one.is_hidden
    if behaviour.has((7, 14)):
        out["system"] = False
    if behaviour.has((7, 16)):
        out["allow_custom_routing"] = one.allow_custom_routing
        out["replicated"] = one.is_replicated
    if behaviour.has((8, 14)):
        out["rollover_on_write"] = one.rollover_on_write
    if behaviour.has((9, 1)):
        out["settings"] = index_shape.settings(one.settings)
    if verbose:
        out["maximum_timestamp"] = None
    ranges = temporal_ranges([cluster.indices[name] for name in one.indices])
    if ranges:
        out["time_series"] = {"temporal_ranges": ranges}
    if behaviour.has((8, 15)):
        out["failure_store"] = {
            "enabled": is_enabled(one),
            "rollover_on_write": one.failure_rollover_on_write,
            "indices": [_index(cluster, one, name, late=late) for name in one.failure_indices],
        }
    return {key: value for key, value in out.items() if value is not None}


def _index(cluster: Cluster, one: DataStream, name: str, *, late: bool) -> dict[str, Json]:
    out: dict[str, Json] = {"index_name": name, "index_uuid": cluster.indices[name].uuid}
    if late:
        out["prefer_ilm"] = True
        policy = _policy(cluster, name)
        if policy is not None:
            out["ilm_policy"] = policy
        out["managed_by"] = _manager(cluster, one, name)
    return out


def _policy(cluster: Cluster, index: str) -> str | None:
    found: str | None = cluster.indices[index].settings.get("index.lifecycle.name")
    return found


def _manager(cluster: Cluster, one: DataStream, index: str) -> str:
    if _policy(cluster, index) is not None:
        return "Index Lifecycle Management"
    if one.lifecycle is not None and one.lifecycle.get("enabled", True):
        return "Data stream lifecycle"
    return "Unmanaged"


def lifecycle(given: dict[str, Json]) -> dict[str, Json]:
    """A lifecycle with what it says when nothing else is said."""
    out: dict[str, Json] = {"enabled": given.get("enabled", True)}
    retention = given.get("data_retention")
    if retention is not None:
        out |= {"data_retention": retention, "effective_retention": retention}
        out["retention_determined_by"] = "data_stream_configuration"
    if given.get("downsampling"):
        out["downsampling"] = given["downsampling"]
    return out
