"""How the copies of shards came to be, and where they lie. Docs: indices-recovery, indices-shards-stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices_segments import base_36, segment_name
from esmock.api.params import INDICES_OPTIONS, Param, boolean, names
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.shape import cluster_state, human
from esmock.state import health, stats
from esmock.state.deciders import index_version
from esmock.state.nodes import HOST
from esmock.state.placement import allocation_id, copies
from esmock.state.resolve import IndicesOptions, by_name, in_hash_order, resolve
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode
    from esmock.state.shard import Shard

endpoint = Endpoints()
Json = Any


_ENTRIES_BYTES = 405
_INFORMATION_BYTES = 364
"""Sizes of the small files beside the data of a compound segment, about as Lucene writes them."""
RECOVERY = IndicesOptions(expand=("open", "closed"), forbid_closed=False)


@endpoint(
    "indices.recovery",
    "GET /_recovery",
    "GET /{index}/_recovery",
    params={"detailed": boolean(False), "active_only": boolean(False), **INDICES_OPTIONS},
    docs="indices-recovery",
    action="indices:monitor/recovery",
)
def recovery(cluster: Cluster, request: Request) -> Response:
    """How shards came to be here."""
    if request.param("active_only"):
        resolve(cluster, request.part_list("index"), request.indices_options(RECOVERY))
        return Response(200, {})
    found = resolve(cluster, request.part_list("index"), request.indices_options(RECOVERY))
    body = {
        index.name: {
            "shards": [
                _recovery(cluster, index, shard, number, detailed=request.param("detailed"))
                for shard in index.shards
                for number, node in enumerate(copies(cluster, index, shard.number))
                if node is not None
            ]
        }
        for index in in_hash_order(found)
        if index.n_active_copies
    }
    return Response(200, human.with_twins(body) if request.human else body)


def recovery_type(index: Index) -> str:
    """``EMPTY_STORE``, ``EXISTING_STORE`` after a close, ``LOCAL_SHARDS`` after a resize, ``SNAPSHOT`` after a restore."""
    if index.restored_from is not None:
        return "SNAPSHOT"
    if index.resized_from is not None:
        return "LOCAL_SHARDS"
    return "EXISTING_STORE" if index.was_closed else "EMPTY_STORE"


def _recovery(cluster: Cluster, index: Index, shard: Shard, copy: int, *, detailed: bool) -> dict[str, Json]:
    nodes = copies(cluster, index, shard.number)
    kind = "PEER" if copy else recovery_type(index)
    found = {} if kind == "EMPTY_STORE" else _files(cluster, shard)
    percent = "100.0%" if found else "0.0%"
    files: dict[str, Json] = {"total": len(found), "reused": len(found), "recovered": 0, "percent": percent}
    nothing_more = {"recovered_from_snapshot_in_bytes": 0} if cluster.behaviour.newer_jackson else {}
    if detailed:
        files["details"] = [
            {"name": name, "length_in_bytes": found[name], "reused": True, "recovered_in_bytes": 0, **nothing_more}
            for name in hash_order(found)
        ]
    all_bytes = sum(found.values())
    size: dict[str, Json] = {"total_in_bytes": all_bytes, "reused_in_bytes": all_bytes, "recovered_in_bytes": 0}
    size |= {**nothing_more, "percent": percent}
    return {
        "id": shard.number,
        "type": kind,
        "stage": "DONE",
        "primary": copy == 0,
        "start_time_in_millis": index.created_ms,
        "stop_time_in_millis": index.created_ms,
        "total_time_in_millis": 0,
        "source": _node(nodes[0]) if copy else _recovery_source(cluster, index, kind),
        "target": _node(nodes[copy]),
        "index": {
            "size": size,
            "files": files,
            "total_time_in_millis": 0,
            "source_throttle_time_in_millis": 0,
            "target_throttle_time_in_millis": 0,
        },
        "translog": {"recovered": 0, "total": 0, "percent": "100.0%", "total_on_start": 0, "total_time_in_millis": 0},
        "verify_index": {"check_index_time_in_millis": 0, "total_time_in_millis": 0},
    }


def _files(cluster: Cluster, shard: Shard) -> dict[str, int]:
    """The files of a copy with their sizes: three of each compound segment, and the one that lists the segments."""
    out: dict[str, int] = {}
    for number, (segment, _, _) in enumerate(shard.segments()):
        name = segment_name(number)
        data = stats.segment_size(segment, cluster.behaviour) - _ENTRIES_BYTES - _INFORMATION_BYTES
        out |= {f"{name}.cfe": _ENTRIES_BYTES, f"{name}.si": _INFORMATION_BYTES, f"{name}.cfs": data}
    generation = base_36(2 + shard.counters.get("commit_total", 0))
    out[f"segments_{generation}"] = stats.store_size(shard, cluster.behaviour) - sum(out.values())
    return out


def _node(node: ClusterNode | None) -> dict[str, Json]:
    if node is None:
        return {}
    return {
        "id": node.id,
        "host": HOST,
        "transport_address": node.transport_address,
        "ip": HOST,
        "name": node.name,
    }


def _recovery_source(cluster: Cluster, index: Index, kind: str) -> dict[str, Json]:
    if index.restored_from is not None and kind == "SNAPSHOT":
        source = index.restored_from
        return {
            "repository": source.repository,
            "snapshot": source.snapshot,
            "version": index_version(cluster),
            "index": source.index,
            "restoreUUID": source.uuid,
        }
    return {"bootstrap_new_history_uuid": False} if kind == "EXISTING_STORE" else {}


STORES = IndicesOptions(expand=("open", "closed"), forbid_closed=False)
STORES_EIGHT = IndicesOptions(expand=("open", "closed", "hidden"), forbid_closed=False)


def _statuses(name: str, text: str) -> list[str]:
    wanted: list[str] = names().parse(name, text)
    for one in wanted:
        if one not in ("green", "yellow", "red", "all"):
            raise IllegalArgument(f"unknown cluster health status [{one}]")
    return wanted


@endpoint(
    "indices.shard_stores",
    "GET /_shard_stores",
    "GET /{index}/_shard_stores",
    params={"status": Param(_statuses, ["yellow", "red"], lazy=True), **INDICES_OPTIONS},
    docs="indices-shards-stores",
    action="indices:monitor/shard_stores",
)
def shard_stores(cluster: Cluster, request: Request) -> Response:
    """Where copies of shards lie; without ``status`` only those of shards that lack a copy."""
    wanted = request.param("status")
    found = resolve(cluster, request.part_list("index"), request.indices_options(STORES_EIGHT if cluster.behaviour.major >= 8 else STORES))
    indices: dict[str, Json] = {}
    for index in by_name(found):
        status = health.of_index(index).status
        if "all" not in wanted and status not in wanted:
            continue
        shards = {
            str(shard.number): {
                "stores": [
                    {
                        node.id: cluster_state.node(cluster, node),
                        "allocation_id": allocation_id(index, shard.number, number),
                        "allocation": "replica" if number else "primary",
                    }
                    for number, node in enumerate(copies(cluster, index, shard.number))
                    if node is not None
                ]
            }
            for shard in index.shards
        }
        indices[index.name] = {"shards": shards}
    return Response(200, {"indices": indices})
