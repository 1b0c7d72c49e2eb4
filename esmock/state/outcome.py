"""What a write did, and the one way by which sources get into an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esmock.state.blocks import check_blocks
from esmock.state.index_type import check_type, settle_type

if TYPE_CHECKING:
    from esmock.mapping.dynamic import NamedTemplates
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index
    from esmock.state.shard import Condition, Shard, Written


@dataclass(slots=True)
class Outcome:
    """What a write did.

    Attributes:
        status: HTTP status of the write.
        source: the document after an update that asked for it; empty for one that the update deleted.
        is_absent: an upsert that its script called off.
    """

    index: Index
    doc_id: str
    routing: str | None
    written: Written
    status: int
    source: bytes | None = None
    is_absent: bool = False
    is_failure: bool = False
    """The document was kept in a failure store."""
    _shard: Shard | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def shard(self) -> Shard:
        """Where the document is."""
        if self._shard is None:
            self._shard = self.index.shard_for(self.doc_id, self.routing)
        return self._shard

    def shard_header(self) -> dict[str, int]:
        """The ``_shards`` object of the write."""
        return self.index.shard_header(self.shard.number)


def put_source(
    cluster: Cluster,
    index: Index,
    doc_id: str,
    source: bytes,
    routing: str | None,
    condition: Condition,
    *,
    type_: str | None = None,
    named: NamedTemplates | None = None,
) -> Written:
    """Parse and write a source; dynamic fields enter the mapping even where the version then conflicts.

    Args:
        named: full names of new fields to the dynamic templates that make them.
    """
    check_type(index, type_, cluster.behaviour)
    parsed = index.mapping.parse_document(source, doc_id, routing, named=named)
    settle_type(index, type_, cluster.behaviour)
    source = bytes(source)  # what came in another format is kept in JSON alone
    if parsed.mapping.percolator_paths and cluster.query_checker is not None:
        cluster.query_checker(cluster, index, source, parsed.mapping)
    if parsed.mapping is not index.mapping:
        check_blocks(cluster, (index,), "metadata_write")
        index.set_mapping(parsed.mapping)
        cluster.changed()
    now = cluster.clock.now_ms()
    shard = index.shard_for(doc_id, routing)
    written = shard.index(doc_id, source, routing, parsed.mapping, condition, now)
    index.wrote(now)
    return written
