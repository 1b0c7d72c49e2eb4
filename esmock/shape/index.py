"""An index as the index APIs print it: settings, mapping, aliases, shard counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.state import index_settings
from esmock.state.deciders import INDEX_VERSIONS
from esmock.state.settings_table import known_settings

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.gate import Gate
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any

def settings(flat: Mapping[str, Any], *, is_flat: bool = False) -> dict[str, Json]:
    """Settings nested, or flat by name."""
    if is_flat:
        return {name: flat[name] for name in sorted(flat)}
    return index_settings.tree(flat)


def human_settings(flat: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """Settings with the readable twins of dates and versions that ``human`` adds."""
    out = dict(flat)
    if "index.creation_date" in out:
        out["index.creation_date_string"] = instant(int(out["index.creation_date"]))
    if "index.version.created" in out:
        out["index.version.created_string"] = INDEX_VERSIONS.get(
            out["index.version.created"], str(behaviour.version)
        )
    return out


def instant(millis: int) -> str:
    """``2026-11-24T16:51:02.877Z``."""
    moment = datetime.fromtimestamp(millis / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03d}Z"


def defaults(flat: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """The settings that are not set, with their defaults."""
    out: dict[str, Any] = {}
    for name, one in known_settings(index_settings.TABLE, behaviour).items():
        if name not in flat and one.scope != "hidden" and not one.quiet:
            out[name] = one.default
    if "index.number_of_shards" in flat and "index.number_of_routing_shards" in out:
        out["index.number_of_routing_shards"] = flat["index.number_of_shards"]
    return out


def mapping(index: Index, *, typed: bool, gate: Gate | None = None) -> dict[str, Json]:
    """The mapping; under its type where the request asks for one and there is something to show.

    Args:
        gate: the rights of a sender from whom fields may be kept.
    """
    found = index.mapping.to_json()
    if gate is not None:
        found = gate.mapping(index, found)
    if not typed:
        return found
    if not found and index.type_name is None:
        return {}
    return {index.type_name or "_doc": found}


def aliases(index: Index) -> dict[str, Json]:
    """The aliases of an index."""
    return {name: index.aliases[name] for name in sorted(index.aliases)}


def shards(cluster: Cluster, indices: Iterable[Index]) -> dict[str, Json]:
    """``_shards`` of an operation on all copies."""
    listed = list(indices)
    return {
        "total": sum(index.n_shards * (1 + index.n_replicas) for index in listed),
        "successful": sum(index.n_active_copies for index in listed),
        "failed": 0,
    }
