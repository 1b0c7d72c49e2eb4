"""Reading single documents: realtime, or what is searchable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esmock.errors import IndexClosed
from esmock.state.active_copies import no_copy
from esmock.state.blocks import check_blocks
from esmock.state.preference import preferred
from esmock.state.resolve import single
from esmock.state.write_target import routing_missing

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Shard
    from esmock.store.segment import StoredDoc


@dataclass(slots=True)
class Found:
    """A document read: ``doc`` is None where there is none."""

    index: Index
    doc_id: str
    doc: StoredDoc | None
    routing: str | None = None


def get_document(
    cluster: Cluster,
    name: str,
    doc_id: str,
    *,
    routing: str | None = None,
    preference: str | None = None,
    realtime: bool = True,
    refresh: bool = False,
    version: int | None = None,
    version_type: str = "internal",
) -> Found:
    """Read a document, from what was written (realtime) or from what is searchable.

    Raises:
        IndexNotFound, IndexClosed, RoutingMissing, VersionConflictEngine.
    """
    index = single(cluster, name)
    if index.is_closed:
        raise IndexClosed(index.name, index.uuid)
    if index.has_blocks:
        check_blocks(cluster, (index,), "read")
    alias = index.aliases.get(name)
    if alias is not None and routing is None:
        routing = alias.get("search_routing")
    if routing is None and index.mapping.routing_required:
        raise routing_missing(index, doc_id)
    if refresh:
        index.refresh()
    shard = index.shard_for(doc_id, routing)
    preferred(cluster, index.name, [shard], preference)
    if index.places[shard.number][0] is None:
        raise no_copy(cluster.behaviour, index.name, doc_id, routing)
    doc = shard.current(doc_id) if realtime else _searchable(index, shard, doc_id, cluster.clock.now_ms())
    if doc is not None and cluster.gate is not None:
        doc = cluster.gate.seen(index, doc)
    shard.count_get(doc)
    if doc is not None and version is not None:
        _check_read_version(shard, doc, version, version_type)
    return Found(index, doc_id, doc, routing)


def _searchable(index: Index, shard: Shard, doc_id: str, now_ms: int) -> StoredDoc | None:
    index.prepare_search(now_ms)
    for segment, deleted in reversed(shard.views):
        ordinal = segment.ordinal_of(doc_id)
        if ordinal is not None and ordinal not in deleted:
            return segment.docs[ordinal]
    return None


def _check_read_version(shard: Shard, doc: StoredDoc, version: int, version_type: str) -> None:
    if doc.version < version if version_type == "external_gte" else doc.version != version:
        raise shard._conflict(
            doc.doc_id, f"current version [{doc.version}] is different than the one provided [{version}]"
        )
