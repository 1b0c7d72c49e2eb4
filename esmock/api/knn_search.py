"""The search for nearest vectors that came before ``knn`` of a search, gone with 9.0. Docs: knn-search-api.

Source: answers of 8.19.21: the vectors are a query for as many candidates as the request names, of which the ``k`` best are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints, until
from esmock.api.params import string
from esmock.api.request import Request, Response
from esmock.api.search import answer, run_call
from esmock.api.search_body import SearchCall
from esmock.api.search_validation import check_parsed
from esmock.errors import IllegalArgument
from esmock.state.resolve import OPEN
from esmock.xcontent.object_parser import Parser, custom, integer, object_, reals
from esmock.xcontent.object_parser import string as text
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_WARNING = "The kNN search API has been replaced by the `knn` option in the search API."
_LIST = ("START_ARRAY", "VALUE_STRING")
_MANY = ("START_OBJECT", "START_ARRAY")
_SHOWN = ("_source", "fields", "docvalue_fields", "stored_fields")


def _kept(body: Json, key: Any, reading: Reading) -> Json:
    return body[key]


def _filters(body: Json, key: Any, reading: Reading) -> list[Any]:
    from esmock.search.query.base import ParseContext
    from esmock.search.query.parse import parse_query

    ctx, value = ParseContext(reading.behaviour, reading.warn), body[key]
    many = isinstance(value, list)
    return [parse_query(value, at, ctx) for at in range(len(value))] if many else [parse_query(body, key, ctx)]


_KNN = Parser(
    "knn",
    text("field", argument=True, required=True),
    reals("query_vector", argument=True, required=True),
    integer("k", argument=True, required=True),
    integer("num_candidates", argument=True, required=True),
)
_BODY = Parser(
    "knn-search",
    object_("knn", _KNN),
    custom("filter", _MANY, _filters),
    custom("_source", ("VALUE_BOOLEAN", "VALUE_STRING", *_MANY), _kept),
    custom("fields", ("START_ARRAY",), _kept),
    custom("docvalue_fields", ("START_ARRAY",), _kept),
    custom("stored_fields", _LIST, _kept),
)


def _call(request: Request) -> SearchCall:
    """Raises IllegalArgument, XContentParse."""
    from esmock.search.query.knn import wrong_counts

    body = request.json() if request.content else {}
    given = _BODY.parse(body, Reading(request.behaviour, request.warn))
    knn = given.get("knn")
    if knn is None:
        raise IllegalArgument("missing required [knn] section in search body")
    wrong = wrong_counts(knn["k"], knn["num_candidates"])
    if wrong is not None:
        raise IllegalArgument(wrong)
    return _joined(request, given, knn)


def _joined(request: Request, given: dict[str, Json], knn: dict[str, Json]) -> SearchCall:
    from esmock.search.query.knn import Knn
    from esmock.search.request import TRACK_ALL, SearchRequest

    body = {name: given[name] for name in _SHOWN if name in given}
    asked = SearchRequest.parse(body, request.behaviour, warn=request.warn)
    candidates = knn["num_candidates"]
    asked.query = Knn(
        field=knn["field"],
        query_vector=knn["query_vector"],
        k=candidates,
        num_candidates=candidates,
        filter=given.get("filter") or [],
    )
    asked.size, asked.track_total_hits = knn["k"], TRACK_ALL
    return SearchCall(
        names=request.part_list("index"),
        request=asked,
        body=body,
        options=request.indices_options(OPEN),
        routing=request.routings,
        preference=None,
        allow_partial=None,
        search_type="query_then_fetch",
        scroll=None,
        typed_keys=True,
        total_as_int=False,
    )


@endpoint(
    "knn_search",
    until(9, "GET,POST /{index}/_knn_search", warning=_WARNING),
    params={"routing": string()},
    docs="knn-search-api",
    body=_call,
    check=check_parsed,
    action="indices:data/read/search",
    since=(8, 0),
)
def knn_search(cluster: Cluster, request: Request) -> Response:
    """The nearest vectors."""
    call: SearchCall = request.parsed
    return Response(200, answer(cluster, request, call, run_call(cluster, request, call)))
