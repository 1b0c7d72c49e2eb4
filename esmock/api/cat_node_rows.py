"""Rows of the cat tables about nodes: column name to value. Counters that nothing counts show what an idle node shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from esmock.api.cat_parts import counted, hms, identity, idle
from esmock.api.nodes import meant
from esmock.api.tasks import listed
from esmock.shape.cat import Millis, Nanos, Row, Size
from esmock.shape.node_stats import breakers, of_node
from esmock.shape.nodes import DISK_BYTES, HEAP_BYTES, MEMORY_BYTES
from esmock.state import stats
from esmock.state.nodes import HOST
from esmock.state.placement import copies
from esmock.state.resolve import matches
from esmock.state.thread_pools import pools_of
from esmock.xcontent.java_number import java_double

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster


def allocation(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Shards and disk of each node, and the shards that no node has."""
    held: dict[str | None, list[int]] = {}
    for index in cluster.indices.values():
        for shard in index.shards:
            for node in copies(cluster, index, shard.number):
                held.setdefault(None if node is None else node.id, []).append(stats.store_size(shard, cluster.behaviour))
    for node in meant(cluster, request.part_list("node_id")):
        if node.is_data:
            sizes = held.get(node.id, [])
            yield {
                **idle("allocation", request),
                "shards": len(sizes),
                "disk.indices": Size(sum(sizes)),
                "disk.used": Size(DISK_BYTES // 2),
                "disk.avail": Size(DISK_BYTES // 2),
                "disk.total": Size(DISK_BYTES),
                "disk.percent": 50,
                "host": HOST,
                "ip": HOST,
                "node": node.name,
                "node.role": node.role_letters,
                "write_load.forecast": "0.0",
            }
    if None in held:
        yield {"shards": len(held[None]), "node": "UNASSIGNED"}


def master(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The elected node."""
    yield {"id": cluster.node_id, "host": HOST, "ip": HOST, "node": cluster.node_name}


def nodeattrs(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Node attributes."""
    for node in cluster.nodes:
        for key, value in node.attributes.items():
            yield {**identity(cluster, node), "node": node.name, "attr": key, "value": value}


def nodes(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The nodes and how they are."""
    if request.has_param("local"):
        request.warn(
            "Deprecated parameter [local] used. This parameter does not cause this API to act locally, and should not be "
            "used. It will be unsupported in version 8.0."
        )
    half = MEMORY_BYTES // 2
    for node in cluster.nodes:
        yield {
            **idle("nodes", request),
            **counted(of_node(cluster, node)),
            **identity(cluster, node, full_id=request.param("full_id")),
            "http_address": cluster.http_address(node),
            "version": str(cluster.behaviour.version),
            "flavor": "default",
            "type": "docker",
            "build": cluster.behaviour.build.hash,
            "jdk": "17.0.15",
            "disk.total": Size(DISK_BYTES),
            "disk.used": Size(DISK_BYTES // 2),
            "disk.avail": Size(DISK_BYTES // 2),
            "disk.used_percent": "50.00",
            "heap.current": Size(HEAP_BYTES // 2),
            "heap.percent": 50,
            "heap.max": Size(HEAP_BYTES),
            "ram.current": Size(half),
            "ram.percent": 50,
            "ram.max": Size(MEMORY_BYTES),
            "file_desc.current": 200,
            "file_desc.percent": 0,
            "file_desc.max": 65535,
            "cpu": 1,
            "load_1m": "0.10",
            "load_5m": "0.10",
            "load_15m": "0.10",
            "uptime": Millis(cluster.clock.now_ms() - cluster.started_ms),
            "node.role": node.role_letters,
            "master": "*" if node.position == 0 else "-",
            "name": node.name,
        }


def plugins(cluster: Cluster, request: Request) -> Iterable[Row]:
    """Installed plugins: none."""
    return ()


def thread_pool(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Thread pools: idle all."""
    wanted = request.part_list("thread_pool_patterns")
    for node in cluster.nodes:
        for pool in pools_of(cluster.behaviour):
            if wanted and not matches(wanted, pool.name):
                continue
            yield {
                **identity(cluster, node),
                "node_name": node.name,
                "node_id": node.id,
                "ephemeral_node_id": node.ephemeral_id,
                "name": pool.name,
                "type": pool.kind,
                "active": int(pool.name == "management"),  # ES: the thread that counts
                "pool_size": 0,
                "queue": 0,
                "queue_size": pool.queue_size,
                "rejected": 0,
                "largest": 0,
                "completed": 0,
                "core": pool.core,
                "max": pool.maximum,
                "size": pool.size,
                "keep_alive": pool.keep_alive,
            }


def tasks(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The tasks that run: those that answer this very request too."""
    node = cluster.local_node
    for task in listed(cluster, request):
        nanos = task.running_ns
        yield {
            **identity(cluster, node),
            "id": task.id,
            "action": task.action,
            "task_id": f"{node.id}:{task.id}",
            "parent_task_id": task.parent or "-",
            "type": task.kind,
            "start_time": task.started_ms,
            "timestamp": hms(task.started_ms),
            "running_time_ns": nanos,
            "running_time": Nanos(nanos),
            "node_id": node.id[:4],
            "node": node.name,
            "version": str(cluster.behaviour.version),
            "x_opaque_id": task.headers.get("X-Opaque-Id", "-"),
            "description": task.description or "-",
        }


def circuit_breaker(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The breakers of each node. Source: the class RestCatCircuitBreakerAction of 9.3."""
    patterns = request.part_list("circuit_breaker_patterns") or ["*"]
    for node in cluster.nodes:
        for name, one in breakers(cluster).items():
            if matches(patterns, name):
                yield {
                    "node_id": node.id,
                    "node_name": node.name,
                    "breaker": name,
                    "limit": Size(one["limit_size_in_bytes"]),
                    "limit_bytes": one["limit_size_in_bytes"],
                    "estimated": Size(one["estimated_size_in_bytes"]),
                    "estimated_bytes": one["estimated_size_in_bytes"],
                    "tripped": one["tripped"],
                    "overhead": java_double(one["overhead"]),
                }
