"""Why a document matches a query, or does not. Docs: search-explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api import source_params
from esmock.api.declare import Endpoints, typed
from esmock.api.params import names, string
from esmock.api.query_body import read_query
from esmock.api.request import Request, Response
from esmock.api.search_body import query_unless_in_body
from esmock.api.search_params import QUERY_STRING_PARAMS, UNLESS_IN_BODY
from esmock.errors import ActionRequestValidation, IllegalState, IndexClosed

if TYPE_CHECKING:
    from esmock.search.query.base import Query
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_TYPES = "[types removal] Specifying a type in explain requests is deprecated."


def _check(request: Request) -> None:
    if request.parsed is None and query_unless_in_body(request) is None:
        raise ActionRequestValidation("query is missing")


@endpoint(
    "explain",
    "GET,POST /{index}/_explain/{id}",
    typed("GET,POST /{index}/{type}/{id}/_explain", warning=_TYPES),
    params={
        "parent": string(),
        "routing": string(),
        "preference": string(),
        "stored_fields": names(),
        **UNLESS_IN_BODY,
        "q": QUERY_STRING_PARAMS["q"],
        **source_params.SOURCE_PARAMS,
    },
    docs="search-explain",
    body=lambda request: _query_to_explain(request),
    check=_check,
    action="indices:data/read/explain",
)
def explain(cluster: Cluster, request: Request) -> Response:
    """Explain the score of one document."""
    from esmock.search.request import SearchRequest

    given = query_unless_in_body(request)
    if given is None:
        return _explained(cluster, request, *request.parsed)
    return _explained(cluster, request, SearchRequest.parse({"query": given}, request.behaviour, warn=request.warn).query, [])


def _query_to_explain(request: Request) -> tuple[Query, list[Query]] | None:
    """The query of the body, and what in it refers to other documents."""
    pending: list[Query] = []
    query = read_query(request, pending=pending)
    return None if query is None else (query, pending)


def _explained(cluster: Cluster, request: Request, query: Any, pending: list[Query]) -> Response:
    from esmock.search.asked_shards import shard_targets
    from esmock.search.binding import bind_query, shard_search
    from esmock.search.explain.tree import Explainer
    from esmock.search.query.refusals import noting
    from esmock.search.service import environment
    from esmock.state.resolve import single

    name, doc_id, routing = request.part("index"), request.part("id"), request.param("routing")
    shards = environment(cluster, warn=request.warn)
    if cluster.behaviour.explain_fetches:
        for one in pending:
            one.rewritten(shards.resources)
    index = single(cluster, name)
    if index.is_closed:
        raise IndexClosed(index.name, index.uuid)
    shard = index.shard_for(doc_id, routing)
    target = next(one for one in shard_targets(cluster, [index], [name]) if one.number == shard.number)
    out: dict[str, Json] = {"_index": index.name}
    if request.typed:
        out["_type"] = request.mapping_type or "_doc"
    out["_id"] = doc_id
    place = _place(target.reader, doc_id)
    if place is None or request.mapping_type not in (None, "_doc", "_all", index.type_name):
        return Response(404, {**out, "matched": False})
    segment, doc = place
    search = shard_search(None, target, shards)  # type: ignore[arg-type]
    if pending and not cluster.behaviour.explain_fetches:
        unfetched = IllegalState("async actions are left after rewrite")
        raise search.error(f"failed to create query: {unfetched.reason}", unfetched)
    explainer = Explainer(search)
    bind_query(query, search, False)
    with noting(search, segment) as refusals:
        out["matched"], out["explanation"] = explainer.explained(query, segment, doc)
    refusals.check([doc])
    return Response(200, _with_source(out, request, segment.docs[doc]))


def _place(reader: Any, doc_id: str) -> tuple[Any, int] | None:
    for leaf in reversed(reader.leaves):
        ordinal = leaf.segment.ordinal_of(doc_id)
        if ordinal is not None and ordinal not in leaf.deleted:
            return leaf.segment, ordinal
    return None


def _with_source(out: dict[str, Json], request: Request, doc: Any) -> dict[str, Json]:
    """Add ``get`` where the source or stored fields are asked for."""
    wanted = source_params.of_request(request)
    stored = request.param("stored_fields")
    if not wanted.fetch and not stored and wanted.fetch is not False and not wanted.is_partial:
        return out
    if wanted.fetch is False and not stored:
        return out
    routed = {} if doc.routing is None else {"_routing": doc.routing}
    got: dict[str, Json] = {"_seq_no": doc.seq_no, "_primary_term": doc.primary_term, **routed, "found": True}
    if wanted.fetch or (stored and "_source" in stored):
        got["_source"] = wanted.of_document(doc, request.behaviour)
    if stored:
        from esmock.mapping.stored import stored_values

        fields = stored_values(doc.mapping, doc, [name for name in stored if name != "_source"])
        if fields:
            got["fields"] = fields
    return {**out, "get": got}
