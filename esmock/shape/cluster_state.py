"""The cluster state and the routing of shards as ``GET _cluster/state`` prints them.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.ingest import service as ingest_service
from esmock.script import stored
from esmock.shape import index as index_shape
from esmock.shape import templates as template_shape
from esmock.state import placement, voting
from esmock.state.blocks import BLOCKS, global_blocks
from esmock.state.graveyard import graveyard
from esmock.state.placement import allocation_id
from esmock.state.repositories import repositories
from esmock.state.resolve import by_name
from esmock.state.templates import templates
from esmock.state.unassigned import unassigned_info
from esmock.xcontent.java_order import grown_order, hash_map, hash_ordered

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.data_streams import DataStream
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode
    from esmock.state.stream_aliases import StreamAlias

Json = Any
_FEATURES = Path(__file__).with_name("node_features.txt")

METRICS = ("version", "master_node", "blocks", "nodes", "metadata", "routing_table", "routing_nodes", "customs")


def state(
    cluster: Cluster, indices: list[Index], metrics: Iterable[str], *, flat: bool, everything: bool
) -> dict[str, Json]:
    """The parts of the cluster state that were asked for.

    Args:
        metrics: of ``METRICS``, or ``_all``.
        everything: no indices were named; a filtered state counts as not committed.
    """
    wanted = set(METRICS) if "_all" in set(metrics) else set(metrics)
    out: dict[str, Json] = {"cluster_name": cluster.name, "cluster_uuid": cluster.uuid}
    if "version" in wanted:
        out["version"] = cluster.state_version
        out["state_uuid"] = allocation_state(cluster)
    if "master_node" in wanted:
        out["master_node"] = cluster.node_id
    if "blocks" in wanted:
        out["blocks"] = blocks(cluster, by_name(cluster.indices.values()))
    if "nodes" in wanted:
        out["nodes"] = {one.id: node(cluster, one) for one in cluster.nodes}
        if cluster.behaviour.major == 8:
            out["nodes_versions"] = [_versions(cluster, one) for one in cluster.nodes]
            out["nodes_features"] = [{"node_id": one.id, "features": _features()} for one in cluster.nodes]
    if "metadata" in wanted:
        out["metadata"] = metadata(cluster, indices, flat=flat, committed=everything)
    if "routing_table" in wanted:
        out["routing_table"] = {"indices": {index.name: _routing(cluster, index) for index in indices}}
    if "routing_nodes" in wanted:
        copies = [
            copy for index in indices for shard in range(index.n_shards) for copy in copies_of(cluster, index, shard)
        ]
        out["routing_nodes"] = {
            "unassigned": [copy for copy in copies if copy["node"] is None],
            # ES: nodes without shards are known where the nodes were asked for too
            "nodes": {
                one.id: held
                for one in cluster.data_nodes
                if (held := [copy for copy in copies if copy["node"] == one.id]) or "nodes" in wanted
            },
        }
    if "customs" in wanted:
        used = repositories(cluster).used
        out |= {part: {inner: []} for part, inner in _OF_SNAPSHOTS.items() if part in used}
        if cluster.behaviour.major >= 8:
            if "snapshots" in out:
                out["snapshots"]["node_ids_for_removal"] = []
            out["health"] = _health(cluster)
    return out


_OF_SNAPSHOTS = {
    "restore": "snapshots",
    "snapshots": "snapshots",
    "repository_cleanup": "repository_cleanup",
    "snapshot_deletions": "snapshot_deletions",
}
"""Parts of the state that work with snapshots has once needed, with what would stand in them while it lasts."""

# ES: (name, version, hash of the mapping) of indices of the system
_SYSTEM_MAPPINGS = (
    (".security-tokens-7", 1, 576296021), (".security-7", 3, -832976091), (".security-profile-8", 2, -909540896),
    (".synonyms-2", 1, -888080772), (".tasks", 0, -945584329),
)  # fmt: skip


def _versions(cluster: Cluster, one: ClusterNode) -> dict[str, Json]:
    """What a node can read. Source: the core of 8.19.21; Differs: without the system indices of modules it lacks."""
    return {
        "node_id": one.id,
        "transport_version": str(cluster.behaviour.build.transport_version),
        "mappings_versions": {name: {"version": version, "hash": digest} for name, version, digest in _SYSTEM_MAPPINGS},
    }


def _health(cluster: Cluster) -> dict[str, Json]:
    """The limits by which the health report is written."""
    disk, marks = "cluster.routing.allocation.disk.watermark.", {"high": "150gb", "flood_stage": "100gb", "flood_stage.frozen": "20gb"}
    out: dict[str, Json] = {}
    for (mark, headroom), share in zip(marks.items(), ("90%", "95%", "95%"), strict=True):
        name = "frozen_flood_stage" if "." in mark else mark
        out[f"{name}_watermark"] = cluster.setting(f"{disk}{mark}", share)
        out[f"{name}_max_headroom"] = cluster.setting(f"{disk}{mark}.max_headroom", headroom)
    limits = {
        "max_shards_per_node": int(cluster.setting("cluster.max_shards_per_node", "1000")),
        "max_shards_per_node_frozen": int(cluster.setting("cluster.max_shards_per_node.frozen", "3000")),
    }
    return {"disk": out, "shard_limits": limits}


def allocation_state(cluster: Cluster) -> str:
    """The id of this version of the state."""
    digest = hashlib.sha256(f"{cluster.uuid}/{cluster.state_version}".encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def node(cluster: Cluster, one: ClusterNode) -> dict[str, Json]:
    """A node as the cluster state has it."""
    out: dict[str, Json] = {
        "name": one.name,
        "ephemeral_id": one.ephemeral_id,
        "transport_address": one.transport_address,
    }
    if cluster.behaviour.major >= 8:
        build = cluster.behaviour.build
        out["external_id"] = one.name
        out["attributes"] = dict(one.attributes)
        out["roles"] = list(one.roles)
        out["version"] = str(cluster.behaviour.version)
        out["min_index_version"] = 7000099 if cluster.behaviour.major == 8 else 8000099
        out["max_index_version"] = build.index_version
    else:
        out["attributes"] = dict(one.attributes)
        if cluster.behaviour.newer_jackson:
            out["roles"] = list(one.roles)
    return out


def blocks(cluster: Cluster, indices: list[Index]) -> dict[str, Json]:
    """What is forbidden for the cluster and for indices."""
    out: dict[str, Json] = {}
    whole = global_blocks(cluster)
    if whole:
        out["global"] = {
            str(number): {"description": text, "retryable": False, "levels": list(levels)}
            for number, text, levels in whole.values()
        }
    found: dict[str, Json] = {}
    for index in indices:
        one = _index_blocks(index)
        if one:
            found[index.name] = one
    if found:
        out["indices"] = found
    return out


def _index_blocks(index: Index) -> dict[str, Json]:
    out: dict[str, Json] = {}
    if index.is_closed:
        out["4"] = {"description": "index closed", "retryable": False, "levels": ["read", "write"]}
    for name, (number, text, status, levels) in BLOCKS.items():
        if index.settings.get(f"index.blocks.{name}") == "true":
            block: dict[str, Json] = {"description": text, "retryable": False}
            if status == "TOO_MANY_REQUESTS":
                block["description"] = text
            block["levels"] = list(levels)
            out[str(number)] = block
    return out


def _copied(found: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Entries of a map that is copied for each change."""
    return hash_map(dict(sorted(found.items())), grown_order).items()


def metadata(cluster: Cluster, indices: list[Index], *, flat: bool, committed: bool) -> dict[str, Json]:
    """Templates, indices and what else outlives a restart."""
    registry = templates(cluster)
    electors = [node.id for node in voting.voters(cluster)]
    legacy = {
        name: template_shape.legacy(one, flat=flat, typed=True, in_state=True)
        for name, one in sorted(registry.legacy.items())
    }
    out: dict[str, Json] = {
        "cluster_uuid": cluster.uuid,
        "cluster_uuid_committed": committed,
        "cluster_coordination": {
            "term": 1,
            "last_committed_config": electors,
            "last_accepted_config": electors,
            "voting_config_exclusions": [
                {"node_id": one.node_id, "node_name": one.node_name} for one in voting.exclusions(cluster).listed
            ],
        },
        "templates": legacy if committed else {},
        "indices": {index.name: _index_metadata(cluster, index, flat=flat) for index in indices},
    }
    if "index_template" in registry.used and committed:
        out["index_template"] = {
            "index_template": {
                name: template_shape.composable(one, cluster.behaviour, flat=flat) for name, one in _copied(registry.composable)
            }
        }
    shown = {index.name for index in indices}
    if cluster.streams and cluster.behaviour.major >= 8:
        out["data_stream"] = {
            "data_stream": {
                name: _data_stream(cluster, one)
                for name, one in cluster.streams.items()
                if not shown.isdisjoint(one.indices)
            },
            # ES: with indices chosen no alias is
            "data_stream_aliases": {
                name: _stream_alias(one) for name, one in cluster.stream_aliases.items() if committed
            },
        }
    if "component_template" in registry.used and committed:
        out["component_template"] = {
            "component_template": {
                name: template_shape.component(one, flat=flat) for name, one in _copied(registry.components)
            }
        }
    pipelines = ingest_service.pipelines(cluster)
    if pipelines.was_used and committed:
        listed = [{"id": name, "config": body} for name, body in pipelines.find(()).items()]
        out["ingest"] = {"pipeline": listed}
    scripts = stored.scripts(cluster)
    if scripts.was_used and committed:
        out["stored_scripts"] = dict(_copied(scripts.stored))
    out["index-graveyard"] = {
        "tombstones": [
            {"index": {"index_name": one.name, "index_uuid": one.uuid}, "delete_date_in_millis": one.deleted_ms}
            for one in (graveyard(cluster).tombstones if committed else ())
        ]
    }
    if committed and "repositories" in repositories(cluster).used:
        out["repositories"] = _repositories(cluster)
    if cluster.behaviour.major >= 8:
        out["reserved_state"] = {}
    return out


def _repositories(cluster: Cluster) -> dict[str, Json]:
    """Repositories with the number of the list of snapshots that was seen last."""
    registry, out = repositories(cluster), {}
    for name, one in registry.repositories.items():
        uuid = registry.uuid_of(one) if cluster.behaviour.newer_jackson else None
        verified = cluster.behaviour.newer_jackson and not one.is_readonly
        unseen = (-1 if verified else -2), -1
        seen, pending = unseen if one.generation is None else (one.generation, one.generation)
        out[name] = {
            "type": one.kind,
            **({} if uuid is None else {"uuid": uuid}),
            "settings": index_shape.settings(one.settings),
            "generation": seen,
            "pending_generation": pending,
        }
    return out


@functools.cache
def _features() -> tuple[str, ...]:
    """What a node of 8.19.21 can do that older ones of its major version cannot.

    Differs: features of modules that no published part has are not among them.
    """
    return tuple(_FEATURES.read_text("utf-8").split())


def _stream_alias(one: StreamAlias) -> dict[str, Json]:
    write = {} if one.write_stream is None else {"write_data_stream": one.write_stream}
    return {"data_streams": list(one.streams), **write, "filters": one.filters}


def _data_stream(cluster: Cluster, one: DataStream) -> dict[str, Json]:
    out: dict[str, Json] = {
        "name": one.name,
        "timestamp_field": {"name": "@timestamp"},
        "indices": [{"index_name": name, "index_uuid": cluster.indices[name].uuid} for name in one.indices],
        "generation": one.generation,
    }
    if one.meta is not None:
        out["_meta"] = one.meta
    return out | {
        "hidden": one.is_hidden,
        "replicated": one.is_replicated,
        "system": False,
        "allow_custom_routing": one.allow_custom_routing,
        "failure_rollover_on_write": True,
        "rollover_on_write": one.rollover_on_write,
        "settings": index_shape.settings(one.settings),
    }


def _index_metadata(cluster: Cluster, index: Index, *, flat: bool) -> dict[str, Json]:
    is_eight = cluster.behaviour.major >= 8
    build = cluster.behaviour.build
    changes = index.mapping_version + index.settings_version + index.aliases_version - 3
    numbers = [str(shard) for shard in range(index.n_shards)]
    out: dict[str, Json] = {"version": (4 if is_eight else 3) + changes}
    if is_eight:
        out["transport_version"] = str(build.transport_version)
    out |= {
        "mapping_version": index.mapping_version,
        "settings_version": index.settings_version,
        "aliases_version": index.aliases_version,
        "routing_num_shards": index.routing_shards,
        "state": "close" if index.is_closed else "open",
        "settings": index_shape.settings(index.settings, is_flat=flat),
        "mappings": hash_ordered(index_shape.mapping(index, typed=True)),
        "aliases": sorted(index.aliases),
        "primary_terms": {number: index.shards[int(number)].primary_term for number in numbers},
        "in_sync_allocations": {number: _in_sync(cluster, index, int(number)) for number in numbers},
        "rollover_info": {},
    }
    if is_eight:
        out["mappings_updated_version"] = build.index_version
    out["system"] = False
    if cluster.behaviour.newer_jackson:
        out["timestamp_range"] = {"unknown": True}
    if is_eight:
        out["event_ingested_range"] = {"unknown": True}
    return out


def _in_sync(cluster: Cluster, index: Index, shard: int) -> list[str]:
    found = enumerate(placement.copies(cluster, index, shard))
    return [allocation_id(index, shard, number) for number, place in found if place is not None or not number]


def _routing(cluster: Cluster, index: Index) -> dict[str, Json]:
    return {"shards": {str(shard): copies_of(cluster, index, shard) for shard in range(index.n_shards)}}


def copies_of(cluster: Cluster, index: Index, shard: int) -> list[dict[str, Json]]:
    """Every copy of a shard: the primary first, then replicas, which mostly find no node."""
    place = {"relocating_node": None, "shard": shard, "index": index.name}
    out: list[dict[str, Json]] = []
    for number, node_ in enumerate(placement.copies(cluster, index, shard)):
        if node_ is not None:
            copy: dict[str, Json] = {
                "state": "STARTED",
                "primary": number == 0,
                "node": node_.id,
                **place,
                "allocation_id": {"id": allocation_id(index, shard, number)},
            }
        else:
            source = {"type": "PEER" if number else "EMPTY_STORE"}
            status = "no_attempt" if number else "deciders_no"
            why = unassigned_info(index, number)
            reason: dict[str, Json] = {"reason": why.reason, "at": index_shape.instant(why.since_ms), "delayed": False}
            if why.details is not None:
                reason["details"] = why.details
            reason["allocation_status"] = status
            copy = {
                "state": "UNASSIGNED",
                "primary": number == 0,
                "node": None,
                **place,
                "recovery_source": source,
                "unassigned_info": reason,
            }
        if cluster.behaviour.major >= 8:
            copy["relocation_failure_info"] = {"failed_attempts": 0}
        out.append(copy)
    return out
