"""An index as JSON, and back: settings, mapping, aliases, and documents with ids, versions, sequence numbers and sources.

What is written: ``uuid``, ``created_ms``, ``settings`` (flat), ``mappings``, ``aliases``, ``documents`` (``_id``, ``_routing``,
``_version``, ``_seq_no``, ``_shard``, and ``_source`` as it was sent), ``closed``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from esmock.state.create import analysis_of
from esmock.state.index import Index
from esmock.state.shard import PRIMARY_TERM, Condition

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any


class MisplacedDocument(ValueError):
    """A document that belongs to another shard than the file says."""

    def __init__(self, position: int, doc_id: str, belongs: int, stands: int) -> None:
        super().__init__(f"[{doc_id}] belongs to shard {belongs}, not {stands}")
        self.position = position


def index_to_json(index: Index, mappings: Json) -> dict[str, Json]:
    """Everything of an index; ``mappings`` is its mapping as it is to be read again."""
    out: dict[str, Json] = {
        "uuid": index.uuid,
        "created_ms": index.created_ms,
        "settings": dict(index.settings),
        "mappings": mappings,
        "aliases": dict(index.aliases),
        "documents": [
            {
                "_id": doc.doc_id,
                **({"_routing": doc.routing} if doc.routing is not None else {}),
                "_version": doc.version,
                "_seq_no": doc.seq_no,
                **({"_primary_term": doc.primary_term} if doc.primary_term != PRIMARY_TERM else {}),
                "_shard": shard.number,
                "_source": doc.source.decode(),
            }
            for shard in index.shards
            for doc in sorted(shard.docs.values(), key=lambda one: one.seq_no)
        ],
    }
    terms = [shard.primary_term for shard in index.shards]
    if any(term != PRIMARY_TERM for term in terms):
        out["primary_terms"] = terms
    if index.is_closed:
        out["closed"] = True
    return out


def index_from_json(cluster: Cluster, name: str, one: dict[str, Json]) -> Index:
    """An index that is not put into the cluster. Raises MisplacedDocument, and ApiError for a mapping that cannot be read."""
    from esmock.mapping.mapping import Mapping

    settings = dict(one["settings"])
    analysis = analysis_of(settings, cluster)
    mapping = Mapping.parse(one.get("mappings", {}), analysis, cluster.behaviour, settings=settings)
    index = Index(name, one["uuid"], settings, mapping, analysis, dict(one.get("aliases", {})), int(one["created_ms"]))
    put_documents(index, one, cluster.clock.now_ms())
    index.is_closed = bool(one.get("closed"))
    return index


def put_documents(index: Index, one: dict[str, Json], now_ms: int) -> None:
    """Give a new index its documents, with the versions and sequence numbers that they had. Raises MisplacedDocument."""
    for position, doc in enumerate(one.get("documents", ())):
        shard = index.shard_for(doc["_id"], doc.get("_routing"))
        if "_shard" in doc and doc["_shard"] != shard.number:
            raise MisplacedDocument(position, doc["_id"], shard.number, doc["_shard"])
        source = doc["_source"] if isinstance(doc["_source"], str) else json.dumps(doc["_source"])
        parsed = index.mapping.parse_document(source.encode(), doc["_id"], doc.get("_routing"))
        if parsed.mapping is not index.mapping:
            index.set_mapping(parsed.mapping)
        if "_seq_no" in doc:
            shard.seq_no = doc["_seq_no"] - 1
        shard.primary_term = doc.get("_primary_term", PRIMARY_TERM)
        demand = Condition(version=doc.get("_version", 1), version_type="external")
        shard.index(doc["_id"], source.encode(), doc.get("_routing"), parsed.mapping, demand, now_ms)
    for shard, term in zip(index.shards, one.get("primary_terms", [PRIMARY_TERM] * index.n_shards), strict=True):
        shard.primary_term = term
    index.refresh()
