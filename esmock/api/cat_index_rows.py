"""Rows of the cat tables about indices and shards. Counters that nothing counts show nothing counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.api.cat_parts import counted, idle, moment
from esmock.api.query_body import counting
from esmock.errors import IllegalArgument
from esmock.shape.cat import Millis, Ranked, Row, Size
from esmock.shape.index import instant
from esmock.shape.node_stats import of_node
from esmock.state import stats
from esmock.state.health import of_index
from esmock.state.nodes import HOST
from esmock.state.placement import copies
from esmock.state.resolve import OPEN, OPEN_CLOSED, IndicesOptions, in_hash_order, matches, resolve
from esmock.state.unassigned import unassigned_info
from esmock.xcontent.java_order import hash_order, sized_order

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.nodes import ClusterNode
    from esmock.state.shard import Shard

DATA_PATH = "/usr/share/elasticsearch/data"
EVERY = IndicesOptions(expand=("open", "closed", "hidden"), forbid_closed=False)
NAMED = IndicesOptions(expand=("open", "closed", "hidden"), forbid_closed=False)


def aliases(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Aliases and what they point to."""
    if cluster.behaviour.major >= 8 and request.has_param("local"):
        request.warn(
            "the [?local=true] query parameter to cat-aliases requests has no effect and will be removed in a future version"
        )
    wanted = request.part_list("name")
    found = resolve(cluster, [], request.indices_options(NAMED))
    for index in in_hash_order(found, sized_order):
        for alias, node in index.aliases.items():
            if (wanted and not matches(wanted, alias)) or (cluster.gate is not None and not cluster.gate.shows_alias(alias)):
                continue
            write = node.get("is_write_index")
            yield {
                "alias": alias,
                "index": index.name,
                "filter": "*" if node.get("filter") else "-",
                "routing.index": node.get("index_routing") or "-",
                "routing.search": node.get("search_routing") or "-",
                "is_write_index": "-" if write is None else str(write).lower(),
            }


def count(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Documents, all or those that a query matches."""
    from esmock.search.service import run

    found = resolve(cluster, request.part_list("index"), OPEN)
    now = cluster.clock.now_ms()
    for index in found:
        index.prepare_search(now)
    search = counting(request.parsed, cluster.behaviour)
    yield {**moment(now), "count": run(cluster, request.part_list("index"), search, options=OPEN).total}


def fielddata(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Field data by node and field."""
    patterns = request.part_list("fields") or request.params.get("fields") or ["*"]
    for node in cluster.nodes:
        for name, body in of_node(cluster, node).get(stats.BY_FIELD["fielddata"], {}).items():
            if matches(patterns, name):
                size = Size(body["memory_size_in_bytes"])
                yield {"id": node.id, "host": HOST, "ip": HOST, "node": node.name, "field": name, "size": size}


def indices(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Indices with documents and sizes."""
    options = request.indices_options(OPEN_CLOSED)
    order = sized_order if cluster.behaviour.sized_index_maps else hash_order
    found = in_hash_order(resolve(cluster, request.part_list("index"), options), order)
    wanted = request.param("health")
    is_looked_at = found or cluster.behaviour.major >= 8  # ES: 7.x reads it with the first row
    if wanted is not None and is_looked_at and wanted.lower() not in ("green", "yellow", "red"):
        raise IllegalArgument(f"unknown cluster health status [{wanted}]")
    for index in found:
        colour = of_index(index).status
        if wanted is not None and colour != wanted.lower():
            continue
        yield _index_row(cluster, request, index, colour)


_OF_NOTHING = {"memory.total": Size(0), "pri.memory.total": Size(0)}
"""What a row tells of an index without statistics; sums of nothing are something."""


def _index_row(cluster: Cluster, request: Request, index: Index, colour: str) -> Row:
    has_statistics = not index.is_closed and index.n_active_copies > 0
    row: dict[str, Any] = idle("indices", request) if has_statistics else dict(_OF_NOTHING)
    row |= {
        "health": colour,
        "status": "close" if index.is_closed else "open",
        "index": index.name,
        "uuid": index.uuid,
        "pri": index.n_shards,
        "rep": index.n_replicas,
        "creation.date": int(index.settings.get("index.creation_date", index.created_ms)),
        "creation.date.string": instant(int(index.settings.get("index.creation_date", index.created_ms))),
    }
    row["search.throttled"] = "false"
    if not has_statistics:
        return row
    index.prepare_search(cluster.clock.now_ms())
    size = sum(stats.store_size(shard, cluster.behaviour) for shard in index.shards)
    n_copies = index.n_active_copies / index.n_shards
    segments_ = sum(len(shard.layout) for shard in index.shards)
    numbers = counted(stats.of_index(index, cluster.behaviour))
    for prefix, factor in (("", n_copies), ("pri.", 1)):
        row |= {f"{prefix}{name}": type(number)(number * factor) for name, number in numbers.items()}
        row |= {f"{prefix}store.size": Size(round(size * factor)), f"{prefix}segments.count": round(segments_ * factor)}
    return row | {
        "docs.count": index.n_docs,
        "docs.deleted": sum(shard.n_deleted for shard in index.shards),
        "dataset.size": Size(size),
    }


def _selected(cluster: Cluster, request: Request, every: IndicesOptions, named: IndicesOptions) -> list[Index]:
    """The indices of a table of shards: those that are named, or every one."""
    wanted = request.part_list("index")
    return in_hash_order(resolve(cluster, wanted, request.indices_options(named if wanted else every)))


def recovery(cluster: Cluster, request: Request) -> Iterator[Row]:
    """How shards came to be: all are long done."""
    from esmock.api.indices_recovery import recovery_type

    if request.param("active_only"):
        return
    for index in _selected(cluster, request, OPEN_CLOSED, OPEN_CLOSED):
        for shard in index.shards:
            for number, node in enumerate(copies(cluster, index, shard.number)):
                if node is not None:
                    kind = "peer" if number else recovery_type(index).lower()
                    yield _recovery_row(cluster, request, index, shard, kind, node)


def _recovery_row(
    cluster: Cluster, request: Request, index: Index, shard: Shard, kind: str, node: ClusterNode
) -> dict[str, Any]:
    files = 0 if kind == "empty_store" else 1 + 3 * len(shard.layout)
    size = stats.store_size(shard, cluster.behaviour) if files else 0
    share = "100.0%" if files else "0.0%"
    started = index.created_ms
    return idle("recovery", request) | {
        "index": index.name,
        "shard": shard.number,
        "start_time": instant(started),
        "start_time_millis": started,
        "stop_time": instant(started + 1),
        "stop_time_millis": started + 1,
        "time": Millis(1),
        "type": kind,
        "stage": "done",
        "source_host": "n/a",
        "source_node": "n/a",
        "target_host": HOST,
        "target_node": node.name,
        "repository": index.restored_from.repository if index.restored_from else "n/a",
        "snapshot": index.restored_from.snapshot if index.restored_from else "n/a",
        "files_total": files,
        "files_percent": share,
        "bytes_total": size if cluster.behaviour.major < 8 else Size(size),
        "bytes_percent": share,
        "translog_ops_percent": "100.0%",
    }


def segments(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Searchable segments of open indices."""
    from esmock.api.indices_segments import segment_name

    every = IndicesOptions(expand=("open", "hidden"))
    for index in _selected(cluster, request, every, OPEN):
        for shard in index.shards:
            for copy, node in enumerate(copies(cluster, index, shard.number)):
                if node is None:
                    continue
                for number, (segment, live, deleted) in enumerate(shard.segments()):
                    yield {
                        "index": index.name,
                        "shard": shard.number,
                        "prirep": "r" if copy else "p",
                        "ip": HOST,
                        "id": node.id,
                        "segment": segment_name(number),
                        "generation": number,
                        "docs.count": live,
                        "docs.deleted": deleted,
                        "size": Size(stats.segment_size(segment, cluster.behaviour)),
                        "size.memory": stats.segment_memory(cluster.behaviour),
                        "committed": "true" if shard.is_committed(number) else "false",
                        "searchable": "true",
                        "version": cluster.behaviour.build.lucene,
                        "compound": "true",
                    }


def shards(cluster: Cluster, request: Request) -> Iterator[Row]:
    """Every copy of every shard; before 8.0 a closed index may not be named."""
    named = OPEN if cluster.behaviour.major < 8 else NAMED
    for index in _selected(cluster, request, EVERY, named):
        index.prepare_search(cluster.clock.now_ms())
        for shard in index.shards:
            for copy, node in enumerate(copies(cluster, index, shard.number)):
                yield _shard_row(cluster, request, index, shard, copy, node)


_STATES = ("UNASSIGNED", "INITIALIZING", "STARTED", "RELOCATING")
_ONLY_UNASSIGNED = (
    "sync_id", "unassigned.reason", "unassigned.at", "unassigned.for", "unassigned.details", "recoverysource.type",
)  # fmt: skip


def _shard_row(
    cluster: Cluster, request: Request, index: Index, shard: Shard, copy: int, node: ClusterNode | None
) -> Row:
    row: dict[str, Any] = {
        "index": index.name,
        "shard": shard.number,
        "prirep": "p" if copy == 0 else "r",
        "state": Ranked("STARTED", _STATES),
    }
    if node is None:
        why = unassigned_info(index, copy)
        return row | {
            "state": Ranked("UNASSIGNED", _STATES),
            "unassigned.reason": why.reason,
            "unassigned.at": instant(why.since_ms),
            "unassigned.for": Millis(max(0, cluster.clock.now_ms() - why.since_ms)),
            "unassigned.details": why.details,
            "recoverysource.type": "peer",
        }
    row |= {"ip": HOST, "id": node.id, "node": node.name}
    if cluster.behaviour.major < 8 and (index.is_closed or (index.is_hidden and not request.part("index"))):
        return row  # ES: the statistics that fill the row are asked for with options that leave these indices out
    if cluster.gate is not None and not cluster.gate.permits("indices:monitor/stats", index.name):
        return row
    size = stats.store_size(shard, cluster.behaviour)
    counters = {key: value for key, value in idle("shards", request).items() if key not in (*_ONLY_UNASSIGNED, *row)}
    return {**counters, **counted(stats.of_shard(index, shard, cluster.behaviour)), **row} | {
        "docs": shard.n_live,
        "store": Size(size),
        "dataset": Size(size),
        "segments.count": len(shard.layout),
        "seq_no.max": shard.seq_no,
        "seq_no.local_checkpoint": shard.seq_no,
        "seq_no.global_checkpoint": shard.seq_no,
        "path.data": DATA_PATH,
        "path.state": DATA_PATH,
    }
