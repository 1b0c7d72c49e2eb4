"""What the rows of several cat tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esmock.shape.cat import Size, columns
from esmock.state.nodes import HOST, ClusterNode
from esmock.state.stats import Stats

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster


def idle(table: str, request: Request) -> dict[str, Any]:
    """Every counter of a table at nothing."""
    return {one.name: one.nothing() for one in columns(table, request.behaviour)}


def moment(millis: int) -> dict[str, Any]:
    """``epoch`` and ``timestamp``."""
    return {"epoch": millis // 1000, "timestamp": hms(millis)}


def hms(millis: int) -> str:
    """The time of day, UTC."""
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%H:%M:%S")


def identity(cluster: Cluster, node: ClusterNode, *, full_id: bool = False) -> dict[str, Any]:
    """The columns by which tables of nodes name a node."""
    return {
        "id": node.id if full_id else node.id[:4],
        "pid": 1 + node.position,
        "host": HOST,
        "ip": HOST,
        "port": int(node.transport_address.rpartition(":")[2]),
    }


_COUNTED = {
    "indexing": ("index_total", "delete_total"),
    "get": ("total", "exists_total", "missing_total"),
    "search": ("query_total", "fetch_total", "scroll_total"),
    "refresh": ("total", "external_total"),
    "flush": ("total",),
    "warmer": ("total",),
    "request_cache": ("evictions", "hit_count", "miss_count"),
}
_SIZES = ("fielddata", "request_cache")


def counted(found: Stats) -> dict[str, int]:
    """The columns that count what was done, from statistics."""
    out = {f"{section}.{name}": found[section][name] for section, names in _COUNTED.items() for name in names}
    sizes = {f"{section}.memory_size": Size(found[section]["memory_size_in_bytes"]) for section in _SIZES}
    return {**out, **sizes, "suggest.total": found["search"]["suggest_total"]}
