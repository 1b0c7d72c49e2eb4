"""Data streams, repositories and snapshots in a file of a space's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from esmock.controls.refusal import ControlError, as_object

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any
Restore = Callable[[str, str, Json], None]
"""Makes an index of what was exported: (place in the file, name, the index)."""


def export_streams(cluster: Cluster) -> dict[str, Json]:
    """Data streams by name; their backing indices are among the indices."""
    from esmock.state.data_streams import SLOT

    if SLOT not in cluster.slots:
        return {}
    return {name: stream.to_json() for name, stream in cluster.slots[SLOT].streams.items()}


def import_streams(tree: Mapping[str, Json], cluster: Cluster) -> None:
    """Raises ControlError for a stream of indices that are not there, or with keys that streams do not have."""
    from esmock.state.data_streams import DataStream, data_streams

    known = {one.name for one in fields(DataStream)}
    for name, given in tree.items():
        where = f"data_streams.{name}"
        one = as_object(given, where)
        if not set(one) <= known:
            raise ControlError(where, f"unknown keys: {', '.join(sorted(set(one) - known))}")
        indices = tuple(one.get("indices", ()))
        missing = [index for index in indices if index not in cluster.indices]
        if missing or not indices:
            raise ControlError(f"{where}.indices", f"not among the indices: {', '.join(missing) or 'none given'}")
        data_streams(cluster).put(DataStream(**{**one, "name": name, "indices": indices}))


def export_repositories(cluster: Cluster, index: Callable[[Index], Json]) -> dict[str, Json]:
    """Repositories with their snapshots, in the order in which those were taken."""
    if "snapshots" not in cluster.slots:
        return {}
    registry = cluster.slots["snapshots"]
    out: dict[str, Json] = {}
    for name, entry in registry.repositories.items():
        out[name] = {"type": entry.kind, "settings": dict(entry.settings), "uuid": registry.uuid_of(entry)}
        out[name]["snapshots"] = {
            one.name: one.to_json(index) for one in entry.snapshots.values()
        }
    return out


def import_repositories(tree: Mapping[str, Json], cluster: Cluster, restore: Restore) -> None:
    """To be called while the cluster has no indices: those of snapshots are made in it and taken out again."""
    from esmock.state.repositories import RepositoryEntry, place_of, repositories

    registry = repositories(cluster)
    for name, given in tree.items():
        where = f"repositories.{name}"
        one = as_object(given, where)
        entry = RepositoryEntry(name, str(one.get("type", "fs")), dict(as_object(one.get("settings") or {}, f"{where}.settings")))
        place = place_of(entry)
        entry.snapshots = registry.contents.setdefault(place, {})
        registry.repositories[name] = entry
        if one.get("uuid") is not None:
            registry.uuids[place] = one["uuid"]
        for key, snapshot in as_object(one.get("snapshots") or {}, f"{where}.snapshots").items():
            if key not in entry.snapshots:
                entry.snapshots[key] = _snapshot(f"{where}.snapshots.{key}", key, snapshot, cluster, restore)


def _snapshot(where: str, name: str, given: Json, cluster: Cluster, restore: Restore) -> Any:
    from esmock.state.snapshots import Snapshot

    one = as_object(given, where)
    indices: dict[str, Index] = {}
    for key, held in as_object(one.get("indices") or {}, f"{where}.indices").items():
        restore(f"{where}.indices.{key}", key, held)
        indices[key] = cluster.indices.pop(key)
    return Snapshot.from_json(cluster, name, dict(one), indices)
