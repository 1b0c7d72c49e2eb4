"""Rows of the cat tables: column name to value. Counters that nothing counts show what an idle node shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.shape.cat import Millis, Row, Size, columns
from esmock.state.resolve import OPEN, OPEN_CLOSED, IndicesOptions, glob, matches, resolve

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

HEAP_BYTES = 512 * 1024**2
DISK_BYTES = 100 * 1024**3
_HOST = "127.0.0.1"
THREAD_POOLS = {
    "analyze": ("fixed", 1, 16),
    "fetch_shard_started": ("scaling", 0, -1),
    "fetch_shard_store": ("scaling", 0, -1),
    "flush": ("scaling", 0, -1),
    "force_merge": ("fixed", 1, -1),
    "generic": ("scaling", 4, -1),
    "get": ("fixed", 2, 1000),
    "listener": ("fixed", 1, -1),
    "management": ("scaling", 1, -1),
    "refresh": ("scaling", 1, -1),
    "search": ("fixed", 4, 1000),
    "search_throttled": ("fixed", 1, 100),
    "snapshot": ("scaling", 0, -1),
    "system_read": ("fixed", 1, 2000),
    "system_write": ("fixed", 1, 1000),
    "warmer": ("scaling", 0, -1),
    "write": ("fixed", 2, 10000),
}


def _idle(table: str, request: Request) -> dict[str, Any]:
    return {one.name: one.nothing() for one in columns(table, request.behaviour.major)}


def _clock(cluster: Cluster) -> dict[str, Any]:
    now = cluster.clock.now_ms()
    return {"epoch": now // 1000, "timestamp": datetime.fromtimestamp(now / 1000, UTC).strftime("%H:%M:%S")}


def iso(millis: int) -> str:
    """An instant as ISO 8601 with milliseconds."""
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def store_bytes(index: Index) -> int:
    """A plausible store size: an empty shard's files, and the sources."""
    return sum(208 + sum(len(doc.source) + 900 for segment, _ in shard.views for doc in segment.docs) for shard in index.shards)


def aliases(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Aliases and what they point to."""
    wanted = request.part_list("name")
    expand = request.param("expand_wildcards")
    for name in sorted(cluster.indices):
        index = cluster.indices[name]
        for alias, node in index.aliases.items():
            if wanted and not matches(wanted, alias):
                continue
            if index.is_hidden and expand is not None and not {"hidden", "all"} & set(expand):
                continue
            write = node.get("is_write_index")
            yield {
                "alias": alias,
                "index": name,
                "filter": "*" if node.get("filter") else "-",
                "routing.index": node.get("index_routing") or "-",
                "routing.search": node.get("search_routing") or "-",
                "is_write_index": "-" if write is None else str(write).lower(),
            }


def allocation(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Shards and disk of each node, and the shards that no node has."""
    shards = unassigned = used = 0
    for index in cluster.indices.values():
        shards += index.n_shards * (1 + cluster.assigned_replicas(index))
        unassigned += index.n_shards * (index.n_replicas - cluster.assigned_replicas(index))
        used += store_bytes(index)
    wanted = request.part("node_id")
    if wanted is None or matches(wanted.split(","), cluster.node_name) or wanted in ("_all", "_local", "_master"):
        yield {
            **_idle("allocation", request),
            "shards": shards,
            "disk.indices": Size(used),
            "disk.used": Size(DISK_BYTES // 2),
            "disk.avail": Size(DISK_BYTES // 2),
            "disk.total": Size(DISK_BYTES),
            "disk.percent": 50,
            "host": _HOST,
            "ip": _HOST,
            "node": cluster.node_name,
            "node.role": node_roles(cluster),
            "write_load.forecast": "0.0",
        }
    if unassigned:
        yield {"shards": unassigned, "node": "UNASSIGNED"}


def node_roles(cluster: Cluster) -> str:
    """The letters of the node's roles."""
    if cluster.behaviour.major >= 8:
        return "cdfhilmrstw"
    return "dimr" if cluster.behaviour.version.minor < 16 else "cdfhilmrstw"


def count(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Documents."""
    indices_ = resolve(cluster, request.part_list("index"), OPEN)
    for index in indices_:
        index.prepare_search(cluster.clock.now_ms())
    yield {**_clock(cluster), "count": sum(index.n_docs for index in indices_)}


def fielddata(cluster: Cluster, request: Request) -> Iterable[Row]:
    """Field data: none is loaded apart from columns."""
    return ()


def health(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The cluster's health in a line."""
    from esmock.state.health import of_indices

    found = of_indices(cluster, cluster.indices.values())
    yield {
        **_clock(cluster),
        "cluster": cluster.name,
        "status": found.status,
        "node.total": cluster.n_data_nodes,
        "node.data": cluster.n_data_nodes,
        "shards": found.active,
        "pri": found.active_primaries,
        "relo": 0,
        "init": 0,
        "unassign": found.unassigned,
        "unassign.pri": found.unassigned_primaries,
        "pending_tasks": 0,
        "max_task_wait_time": "-",
        "active_shards_percent": f"{found.active_percent:.1f}%",
    }


def indices(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Indices with documents and sizes."""
    from esmock.state.health import of_index

    wanted = request.param("health")
    if wanted is not None and wanted.lower() not in ("green", "yellow", "red"):
        raise IllegalArgument(f"unknown cluster health status [{wanted}]")
    expand = request.param("expand_wildcards") or ("open", "closed")
    options = IndicesOptions(expand=expand, forbid_closed=False)
    for index in resolve(cluster, request.part_list("index"), options):
        colour = of_index(cluster, index).status
        if wanted is not None and colour != wanted.lower():
            continue
        yield _index_row(cluster, request, index, colour)


def _index_row(cluster: Cluster, request: Request, index: Index, colour: str) -> Row:
    row: dict[str, Any] = {} if index.is_closed else _idle("indices", request)
    row |= {
        "health": colour,
        "status": "close" if index.is_closed else "open",
        "index": index.name,
        "uuid": index.uuid,
        "pri": index.n_shards,
        "rep": index.n_replicas,
        "creation.date": int(index.settings.get("index.creation_date", index.created_ms)),
        "creation.date.string": iso(int(index.settings.get("index.creation_date", index.created_ms))),
    }
    if index.is_closed:
        return row
    index.prepare_search(cluster.clock.now_ms())
    size = store_bytes(index)
    copies = 1 + cluster.assigned_replicas(index)
    total = sum(shard.counters.get("index_total", 0) for shard in index.shards)
    segments_ = sum(len(shard.views) for shard in index.shards)
    gets = sum(shard.counters.get("get_total", 0) for shard in index.shards)
    for prefix, factor in (("", copies), ("pri.", 1)):
        row |= {
            f"{prefix}store.size": Size(size * factor),
            f"{prefix}indexing.index_total": total * factor,
            f"{prefix}segments.count": segments_ * factor,
            f"{prefix}get.total": gets * factor,
        }
    return row | {
        "docs.count": index.n_docs,
        "docs.deleted": sum(shard.n_deleted for shard in index.shards),
        "dataset.size": Size(size),
        "search.throttled": "false",
    }


def master(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The elected node."""
    yield {"id": cluster.node_id, "host": _HOST, "ip": _HOST, "node": cluster.node_name}


def nodeattrs(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Node attributes."""
    for key, value in sorted(cluster.server_settings.node_settings.items()):
        if key.startswith("node.attr."):
            yield {
                "node": cluster.node_name,
                "id": cluster.node_id[:4],
                "pid": 1,
                "host": _HOST,
                "ip": _HOST,
                "port": 9300,
                "attr": key.removeprefix("node.attr."),
                "value": value,
            }


def nodes(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The nodes and how they are."""
    build = cluster.behaviour.build
    row = _idle("nodes", request)
    row |= {
        "id": cluster.node_id if request.param("full_id") else cluster.node_id[:4],
        "pid": 1,
        "ip": _HOST,
        "port": 9300,
        "http_address": f"{_HOST}:9200",
        "version": str(cluster.behaviour.version),
        "flavor": "default",
        "type": "tar",
        "build": build.hash,
        "jdk": "17.0.15",
        "disk.total": Size(DISK_BYTES),
        "disk.used": Size(DISK_BYTES // 2),
        "disk.avail": Size(DISK_BYTES // 2),
        "disk.used_percent": "50.00",
        "heap.current": Size(HEAP_BYTES // 2),
        "heap.percent": 50,
        "heap.max": Size(HEAP_BYTES),
        "ram.current": Size(4 * 1024**3),
        "ram.percent": 50,
        "ram.max": Size(8 * 1024**3),
        "file_desc.current": 200,
        "file_desc.percent": 0,
        "file_desc.max": 65535,
        "cpu": 1,
        "load_1m": "0.10",
        "load_5m": "0.10",
        "load_15m": "0.10",
        "uptime": Millis(cluster.clock.now_ms() - cluster.started_ms),
        "node.role": node_roles(cluster),
        "master": "*",
        "name": cluster.node_name,
    }
    yield row


def pending_tasks(cluster: Cluster, request: Request) -> Iterable[Row]:
    """Cluster tasks that wait: none ever does."""
    return ()


def plugins(cluster: Cluster, request: Request) -> Iterable[Row]:
    """Installed plugins: none."""
    return ()


def _selected(cluster: Cluster, request: Request, options: IndicesOptions = OPEN_CLOSED) -> list[Index]:
    named = request.part_list("index") or (request.params.get("index") or [])
    return sorted(resolve(cluster, named, options), key=lambda one: one.name)


def recovery(cluster: Cluster, request: Request) -> Iterator[Row]:
    """How shards came to be: all from an empty store, long done."""
    for index in _selected(cluster, request):
        for shard in index.shards:
            row = _idle("recovery", request)
            started = index.created_ms
            yield row | {
                "index": index.name,
                "shard": shard.number,
                "start_time": iso(started),
                "start_time_millis": started,
                "stop_time": iso(started + 1),
                "stop_time_millis": started + 1,
                "time": Millis(1),
                "type": "existing_store" if index.is_closed else "empty_store",
                "stage": "done",
                "source_host": "n/a",
                "source_node": "n/a",
                "target_host": _HOST,
                "target_node": cluster.node_name,
                "repository": "n/a",
                "snapshot": "n/a",
                "files_percent": "0.0%",
                "bytes_percent": "0.0%",
                "translog_ops_percent": "100.0%",
            }


def repositories(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Snapshot repositories."""
    from esmock.state.snapshots import snapshots as registry

    for name, one in sorted(registry(cluster).repositories.items()):
        yield {"id": name, "type": one.kind}


def segments(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Segments of open indices."""
    for index in sorted(resolve(cluster, request.part_list("index"), OPEN), key=lambda one: one.name):
        for shard in index.shards:
            for number, (segment, deleted) in enumerate(shard.views):
                size = sum(len(doc.source) + 900 for doc in segment.docs)
                yield _idle("segments", request) | {
                    "index": index.name,
                    "shard": shard.number,
                    "prirep": "p",
                    "ip": _HOST,
                    "id": cluster.node_id,
                    "segment": f"_{number}",
                    "generation": number,
                    "docs.count": segment.n_docs - len(deleted),
                    "docs.deleted": len(deleted),
                    "size": Size(size),
                    "size.memory": Size(1300) if cluster.behaviour.major < 8 else Size(0),
                    "committed": "false",
                    "searchable": "true",
                    "version": cluster.behaviour.build.lucene,
                    "compound": "true",
                }


def shards(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Every copy of every shard."""
    for index in _selected(cluster, request):
        index.prepare_search(cluster.clock.now_ms())
        for shard in index.shards:
            for copy in range(1 + index.n_replicas):
                yield _shard_row(cluster, request, index, shard, copy)


def _shard_row(cluster: Cluster, request: Request, index: Index, shard: Any, copy: int) -> Row:
    row: dict[str, Any] = {
        "index": index.name,
        "shard": shard.number,
        "prirep": "p" if copy == 0 else "r",
        "state": "STARTED",
    }
    if copy > cluster.assigned_replicas(index):
        return row | {
            "state": "UNASSIGNED",
            "unassigned.reason": "INDEX_CREATED",
            "unassigned.at": iso(index.created_ms),
            "unassigned.for": Millis(max(0, cluster.clock.now_ms() - index.created_ms)),
            "recoverysource.type": "peer",
        }
    row |= {"ip": _HOST, "id": cluster.node_id, "node": cluster.node_name}
    if index.is_closed:
        return row
    size = 208 + sum(len(doc.source) + 900 for segment, _ in shard.views for doc in segment.docs)
    idle = {key: value for key, value in _idle("shards", request).items() if key not in row}
    for key in ("sync_id", "unassigned.reason", "unassigned.at", "unassigned.for", "unassigned.details", "recoverysource.type"):
        idle[key] = None
    return {**idle, **row} | {
        "docs": shard.n_live,
        "store": Size(size),
        "dataset": Size(size),
        "segments.count": len(shard.views),
        "indexing.index_total": shard.counters.get("index_total", 0),
        "seq_no.max": shard.seq_no,
        "seq_no.local_checkpoint": shard.seq_no,
        "seq_no.global_checkpoint": shard.seq_no,
    }


def snapshots(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The snapshots of repositories."""
    from esmock.state.snapshots import find_repositories

    clock = "%H:%M:%S"
    for entry in find_repositories(cluster, request.part_list("repository")):
        for one in entry.snapshots.values():
            time = datetime.fromtimestamp(one.started_ms / 1000, UTC).strftime(clock)
            yield {
                "id": one.name,
                "repository": entry.name,
                "status": "SUCCESS",
                "start_epoch": one.started_ms // 1000,
                "start_time": time,
                "end_epoch": one.started_ms // 1000,
                "end_time": time,
                "duration": Millis(0),
                "indices": len(one.indices),
                "successful_shards": one.n_shards,
                "failed_shards": 0,
                "total_shards": one.n_shards,
                "reason": None,
            }


def tasks(cluster: Cluster, request: Request) -> Iterator[Row]:
    """The tasks that answer this very request."""
    now = cluster.clock.now_ms()
    for number, (suffix, kind) in enumerate((("", "transport"), ("[n]", "direct")), 1):
        yield {
            "id": number,
            "action": f"cluster:monitor/tasks/lists{suffix}",
            "task_id": f"{cluster.node_id}:{number}",
            "parent_task_id": "-" if number == 1 else f"{cluster.node_id}:1",
            "type": kind,
            "start_time": now,
            "timestamp": datetime.fromtimestamp(now / 1000, UTC).strftime("%H:%M:%S"),
            "running_time_ns": 0,
            "running_time": "0s",
            "node_id": cluster.node_id[:4],
            "ip": _HOST,
            "port": 9300,
            "node": cluster.node_name,
            "version": str(cluster.behaviour.version),
            "x_opaque_id": "-",
        }


def templates(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Legacy and composable templates."""
    from esmock.state.templates import templates as registry

    name = request.part("name")
    pattern = None if name is None else glob(name)
    found = registry(cluster)
    for key, legacy in found.legacy.items():
        if pattern is None or pattern.match(key):
            yield _template_row(key, legacy.index_patterns, legacy.order, legacy.version, "")
    for key, template in found.composable.items():
        if pattern is None or pattern.match(key):
            used = f"[{', '.join(template.composed_of)}]"
            yield _template_row(key, template.index_patterns, template.priority or 0, template.version, used)


def _template_row(name: str, patterns: Iterable[str], order: int, version: int | None, used: str) -> Row:
    return {
        "name": name,
        "index_patterns": f"[{', '.join(patterns)}]",
        "order": order,
        "version": version,
        "composed_of": used,
    }


def component_templates(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Component templates and what they hold."""
    from esmock.state.templates import templates as registry

    name = request.part("name")
    pattern = None if name is None else glob(name)
    found = registry(cluster)
    for key, one in found.components.items():
        if pattern is None or pattern.match(key):
            template = one.template
            users = [name for name, user in found.composable.items() if key in user.composed_of]
            yield {
                "name": key,
                "version": one.version,
                "alias_count": len(template.aliases or {}),
                "mapping_count": len((template.mappings or {}).get("properties", {})),
                "settings_count": len(template.settings or {}),
                "metadata_count": len(one.meta or {}),
                "included_in": f"[{', '.join(users)}]",
            }


def thread_pool(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Thread pools: idle all."""
    wanted = request.part_list("thread_pool_patterns")
    for name, (kind, size, queue) in THREAD_POOLS.items():
        if wanted and not matches(wanted, name):
            continue
        yield {
            "node_name": cluster.node_name,
            "node_id": cluster.node_id,
            "ephemeral_node_id": cluster.ephemeral_id,
            "pid": 1,
            "host": _HOST,
            "ip": _HOST,
            "port": 9300,
            "name": name,
            "type": kind,
            "active": 0,
            "pool_size": 0,
            "queue": 0,
            "queue_size": queue,
            "rejected": 0,
            "largest": 0,
            "completed": 0,
            "core": None if kind == "fixed" else size,
            "max": None if kind == "fixed" else 4,
            "size": size if kind == "fixed" else None,
            "keep_alive": None if kind == "fixed" else "5m",
        }
