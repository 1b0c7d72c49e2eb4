"""Ranking evaluation. Docs: search-rank-eval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.addition import in_order
from esmock.api.declare import Endpoints
from esmock.api.params import INDICES_OPTIONS
from esmock.api.rank_eval_body import BODY, Evaluation, RatedRequest, check_rated
from esmock.api.request import Request, Response
from esmock.api.search_params import SEARCH_TYPE
from esmock.api.search_template import TemplateCall, rendered
from esmock.errors import ApiError
from esmock.search.request import FetchSource, SearchRequest
from esmock.state.resolve import OPEN
from esmock.xcontent import json_writer
from esmock.xcontent.java_order import hash_order, sized_order
from esmock.xcontent.located import copy_plain
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.rank_eval import Metric
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


def _needs_body(request: Request) -> None:
    request.content_or_source()


def _body(request: Request) -> Evaluation:
    content, kind = request.content_or_source()
    found: Evaluation = BODY.parse(request.read(content, kind), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "rank_eval",
    "GET,POST /_rank_eval",
    "GET,POST /{index}/_rank_eval",
    params={**INDICES_OPTIONS, "search_type": SEARCH_TYPE},
    docs="search-rank-eval",
    path=_needs_body,
    body=_body,
    action="indices:data/read/rank_eval",
)
def rank_eval(cluster: Cluster, request: Request) -> Response:
    """Run every request and judge its hits."""
    asked: Evaluation = request.parsed
    details: dict[str, Json] = {}
    failures: dict[str, Json] = {}
    scores = []
    for one, search in [(one, _search_of(cluster, request, asked, one)) for one in asked.requests]:
        try:
            judged, score = _judged(cluster, request, asked.metric, one, search)
        except ApiError as error:
            failures[one.id] = {"error": error.body()["error"]}
        else:
            details[one.id] = judged
            scores.append(score)
    total: Json = in_order(scores) / len(scores) if scores else "NaN"
    return Response(
        200,
        {
            "metric_score": total,
            "details": {name: details[name] for name in sized_order(details)},
            "failures": {name: failures[name] for name in hash_order(failures)},
        },
    )


def _search_of(cluster: Cluster, request: Request, asked: Evaluation, one: RatedRequest) -> SearchRequest:
    """The search to be judged: as many hits as the metric looks at, without their source but for the summary."""
    found = one.search or _from_template(cluster, request, asked.templates[one.template_id or ""], one.params)
    found.size = asked.metric.k
    found.source = FetchSource(True, one.summary_fields) if one.summary_fields else FetchSource(False)
    return found


def _from_template(cluster: Cluster, request: Request, template: Json, params: Json) -> SearchRequest:
    from esmock.xcontent import reading

    plain = copy_plain(template)
    source = plain.get("source")
    if isinstance(source, dict):
        source = json_writer.dumps(source).decode()
    text = rendered(cluster, TemplateCall(source, plain.get("id"), copy_plain(params)))
    body = reading.read(text.encode(), "json", cluster.behaviour, with_positions=True)
    found = SearchRequest.parse(body, cluster.behaviour, warn=request.warn, stands_alone=False)
    check_rated(found)
    return found


def _judged(
    cluster: Cluster, request: Request, metric: Metric, one: RatedRequest, search: SearchRequest
) -> tuple[dict[str, Json], float]:
    from esmock.search.hit_body import hit as hit_body
    from esmock.search.service import run

    result = run(cluster, request.part_list("index"), search, options=request.indices_options(OPEN), warn=request.warn)
    ratings = [one.ratings.get((hit.index, hit.doc.doc_id)) for hit in result.hits]
    quality = metric.quality(ratings, list(one.ratings.values()))
    unrated = [
        {"_index": hit.index, "_id": hit.doc.doc_id} for hit, rating in zip(result.hits, ratings, strict=True) if rating is None
    ]
    hits = [
        {"hit": hit_body(hit, typed=request.typed), "rating": rating} for hit, rating in zip(result.hits, ratings, strict=True)
    ]
    shown = {"metric_score": quality.score, "unrated_docs": unrated, "hits": hits, "metric_details": quality.details}
    return shown, quality.score
