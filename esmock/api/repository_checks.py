"""Whether a repository does what it must, and whether its contents are whole. Docs: repo-analysis-api, verify-repo-integrity-api.

Source: the docs pages of 8.16 to 9.5 and the published specification; no engine that could be asked has them.
Differs: nothing is really written for an analysis: it tells of the blobs that it would have written, in no time.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import boolean, integer, real, string, time
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument
from esmock.shape.index import instant
from esmock.state import repositories as state
from esmock.xcontent.units import parse_byte_size, print_byte_size, print_time_ns

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.repositories import RepositoryEntry

endpoint = Endpoints()
Json = Any
_MOST_BLOBS = 100_000
_LEAST_BLOB = 1


def _sizes(request: Request) -> tuple[int, int]:
    """The bounds of one blob and of all. Raises IllegalArgument."""
    return tuple(parse_byte_size(request.param(name), name) for name in ("max_blob_size", "max_total_data_size"))  # type: ignore[return-value]


def _check(request: Request) -> None:
    for name, most in (("blob_count", _MOST_BLOBS), ("concurrency", _MOST_BLOBS)):
        if not 0 < request.param(name) <= most:
            raise IllegalArgument(f"{name} must be between 1 and {most}, but was [{request.param(name)}]")
    for name in ("read_node_count", "early_read_node_count"):
        if request.param(name) < 0:
            raise IllegalArgument(f"{name} must be at least 0, but was [{request.param(name)}]")
    largest, total = _sizes(request)
    if largest <= 0:
        raise IllegalArgument("max_blob_size must be positive")
    if total <= 0:
        raise IllegalArgument("max_total_data_size must be positive")


@endpoint(
    "snapshot.repository_analyze",
    "POST /_snapshot/{repository}/_analyze",
    params={
        "blob_count": integer(100),
        "concurrency": integer(10),
        "register_operation_count": integer(10),
        "read_node_count": integer(10),
        "early_read_node_count": integer(2),
        "seed": integer(),
        "rare_action_probability": real(0.02),
        "max_blob_size": string("10mb"),
        "max_total_data_size": string("1gb"),
        "timeout": time("30s"),
        "detailed": boolean(False),
        "rarely_abort_writes": boolean(True),
        "check_overwrite_protection": boolean(True, since=(9, 2)),
    },
    docs="repo-analysis-api",
    check=_check,
    action="cluster:admin/repository/analyze",
    since=(7, 12),
)
def repository_analyze(cluster: Cluster, request: Request) -> Response:
    """What was written and read to try a repository out."""
    entry = state.repositories(cluster).repository(request.part("repository"))
    entry.check_writable("cannot analyze", cluster.behaviour)
    seed = request.param("seed")
    seed = cluster.random.getrandbits(31) if seed is None else seed
    chosen = random.Random(seed)
    largest, total = _sizes(request)
    count = request.param("blob_count")
    sizes = [min(chosen.randint(_LEAST_BLOB, largest), max(total // count, _LEAST_BLOB)) for _ in range(count)]
    node = {"id": cluster.node_id, "name": cluster.node_name}
    n_reads = min(request.param("read_node_count"), len(cluster.nodes))
    body: dict[str, Json] = {
        "coordinating_node": node,
        "repository": entry.name,
        "blob_count": count,
        "concurrency": request.param("concurrency"),
        "read_node_count": request.param("read_node_count"),
        "early_read_node_count": request.param("early_read_node_count"),
        **_twin("max_blob_size", largest),
        **_twin("max_total_data_size", total),
        "seed": seed,
        "rare_action_probability": request.param("rare_action_probability"),
        "blob_path": f"temp-analysis-{cluster.new_doc_id()}",
        "issues_detected": [],
        "summary": {
            "write": {"count": count, **_twin("total_size", sum(sizes)), **_times("total_throttled", "total_elapsed")},
            "read": {
                "count": count * n_reads,
                **_twin("total_size", sum(sizes) * n_reads),
                **_times("total_wait", "max_wait", "total_throttled", "total_elapsed"),
            },
        },
    }
    if request.param("detailed"):
        body["details"] = [_blob(node, number, size, n_reads) for number, size in enumerate(sizes)]
    return Response(200, {**body, **_times("listing_elapsed", "delete_elapsed")})


def _twin(name: str, size: int) -> dict[str, Json]:
    return {name: print_byte_size(size), f"{name}_bytes": size}


def _times(*names: str) -> dict[str, Json]:
    return {key: value for name in names for key, value in ((name, print_time_ns(0)), (f"{name}_nanos", 0))}


def _blob(node: dict[str, Json], number: int, size: int, n_reads: int) -> dict[str, Json]:
    read = {"node": node, "before_write_complete": False, "found": True, **_times("first_byte_time", "elapsed", "throttled")}
    blob = {"name": f"test-blob-{number}", **_twin("size", size), "read_start": 0, "read_end": size, "read_early": False}
    return {
        "blob": {**blob, "overwritten": False},
        "writer_node": node,
        **_times("write_elapsed", "write_throttled"),
        "reads": [read] * n_reads,
    }


@endpoint(
    "snapshot.repository_verify_integrity",
    "POST /_snapshot/{repository}/_verify_integrity",
    params={
        "meta_thread_pool_concurrency": integer(),
        "blob_thread_pool_concurrency": integer(),
        "snapshot_verification_concurrency": integer(),
        "index_verification_concurrency": integer(),
        "index_snapshot_verification_concurrency": integer(),
        "max_failed_shard_snapshots": integer(),
        "verify_blob_contents": boolean(False),
        "max_bytes_per_sec": string(),
    },
    docs="verify-repo-integrity-api",
    action="cluster:admin/repository/verify_integrity",
    since=(8, 16),
)
def repository_verify_integrity(cluster: Cluster, request: Request) -> Response:
    """Every snapshot and index of a repository: all are whole."""
    registry = state.repositories(cluster)
    entry = registry.repository(request.part("repository"))
    snapshots = list(entry.snapshots.values())
    indices: dict[tuple[str, str], int] = {}
    for snapshot in snapshots:
        for name, index in snapshot.indices.items():
            indices[name, index.uuid] = indices.get((name, index.uuid), 0) + 1
    log = [_line(cluster, name, uuid, count, request) for (name, uuid), count in indices.items()]
    verified = {
        "snapshots": len(snapshots),
        "indices": len(indices),
        "index_snapshots": sum(indices.values()),
    }
    status = {
        "repository": _named(entry, registry.uuid_of(entry)),
        **{kind: {"verified": count, "total": count} for kind, count in verified.items()},
        "blobs": {"verified": sum(snapshot.n_shards for snapshot in snapshots)},
    }
    results = {"status": status, "final_repository_generation": entry.generation, "total_anomalies": 0, "result": "pass"}
    return Response(200, {"log": log, "results": results})


def _named(entry: RepositoryEntry, uuid: str | None) -> dict[str, Json]:
    return {"name": entry.name, "uuid": uuid or "_na_", "generation": entry.generation}


def _line(cluster: Cluster, name: str, uuid: str, count: int, request: Request) -> dict[str, Json]:
    now = cluster.clock.now_ms()
    readable = {"timestamp": instant(now)} if request.human else {}
    return {
        "timestamp_in_millis": now,
        **readable,
        "index": {"name": name, "id": uuid},
        "restorability": "full",
        "snapshots": {"total": count, "restorable": count},
    }
