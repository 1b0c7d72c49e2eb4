"""An index of one document in memory: what ``_scripts/painless/_execute`` runs filter and score scripts on.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import NullPointer
from esmock.store.reader import Reader
from esmock.store.segment import Segment, StoredDoc
from esmock.xcontent import json_writer

if TYPE_CHECKING:
    from esmock.script.execute import Setup
    from esmock.state.cluster import Cluster

Json = Any


def script_variables(cluster: Cluster, setup: Setup, *, needs_score: bool) -> dict[str, Any]:
    """``doc`` and ``_score`` of the document of a setup.

    Differs: the original scores text here without the factor (k1 + 1) that its searches have.

    Raises:
        ApiError: the index is missing, the document does not fit its mapping, the query cannot be made or does not match.
    """
    from esmock.script.doc_values import Doc
    from esmock.search.binding import bind_query, shard_search
    from esmock.search.doc_lookup import SegmentDocs
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query
    from esmock.search.request import SearchRequest
    from esmock.search.service import environment
    from esmock.search.shard_target import ShardTarget
    from esmock.state.resolve import single

    index = single(cluster, str(setup.index), resource="index_expression")
    source = json_writer.dumps(setup.document)
    mapping = index.mapping.parse_document(source, "_id").mapping
    segment = Segment((StoredDoc("_id", source, None, 0, 1, 1, mapping),))
    # ES: fields that the document would add to the mapping are unknown to the script
    target = ShardTarget(index.name, index.uuid, 0, Reader.of([(segment, frozenset())]), index.mapping, index.settings)
    shard = shard_search(SearchRequest(cluster.behaviour), target, environment(cluster))
    doc = Doc(SegmentDocs(shard, segment))
    score = 0.0
    if setup.query is not None:
        query = parse_query({"query": setup.query}, "query", ParseContext(cluster.behaviour))
        hits = bind_query(query, shard, True).match(segment)
        if not hits.match[0] and needs_score:
            raise NullPointer('Cannot invoke "org.apache.lucene.search.Scorer.iterator()" because "scorer" is null')
        score = float(hits.score[0]) if hits.match[0] else 0.0
    return {"doc": doc, "_score": score}
