"""Which endpoints run in which way inside a cluster, as far as faults differ by it."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from esmock.api.request import Response

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

SEARCHES = frozenset(
    {"search", "count", "msearch", "search_template", "msearch_template", "rank_eval", "rollup.rollup_search", "async_search.submit"}
)
READS = frozenset({"get", "exists", "get_source", "exists_source", "explain", "termvectors", "mget", "mtermvectors"})
WRITES = frozenset({"index", "create", "update", "delete"})
BULK = "bulk"
DOCUMENTS = SEARCHES | READS | WRITES | {BULK}
"""What asks shards about documents."""
LOCAL = ("info", "ping", "nodes.", "tasks.", "scroll", "clear_scroll", "close_point_in_time", "render_search_template")
"""Answered by the node that is asked, without shards and without a master."""


def is_metadata(endpoint: str | None) -> bool:
    """Whether an endpoint asks the master, or changes what the master keeps."""
    if endpoint is None or endpoint in DOCUMENTS | {"update_by_query", "delete_by_query", "reindex"}:
        return False
    return not endpoint.startswith(LOCAL)


def concrete(cluster: Cluster, exchange: Exchange) -> list[Index]:
    """The indices that a request touches; all of them where it names none."""
    from esmock.state.resolve import matches

    names = exchange.indices
    if not names or names == ["_all"]:
        return list(cluster.indices.values())
    found = {index.name: index for name in names if "*" not in name for index in cluster.concrete(name)}
    found.update((name, index) for name, index in cluster.indices.items() if matches(names, name))
    return list(found.values())


def place(exchange: Exchange) -> tuple[str, str, int]:
    """(name, uuid, shard) of the document that a request is about; as far as a proxy can know it."""
    name = (exchange.indices or ["unknown"])[0]
    cluster = exchange.cluster
    if cluster is None or not cluster.concrete(name):
        return name, "_na_", 0
    index = cluster.concrete(name)[0]
    doc_id = exchange.parts.get("id") or ""
    return index.name, index.uuid, index.shard_for(doc_id, None).number


def stopped() -> Response:
    """Stands for the answer of a request that is not carried out; what the client gets is made afterwards."""
    return Response(200, {})


def auto_ids(exchange: Exchange) -> Iterator[str]:
    """Ids for documents that came without one, of the form that Elasticsearch makes."""
    cluster = exchange.cluster
    if cluster is not None:
        while True:
            yield cluster.new_doc_id()
    for count in itertools.count(exchange.number << 20):
        yield base64.urlsafe_b64encode(b"esmock\0" + count.to_bytes(8, "big")).decode()
