"""Ranking evaluation. Docs: search-rank-eval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.addition import in_order
from esmock.api.declare import Endpoints
from esmock.api.params import INDICES_OPTIONS, string
from esmock.api.request import Request, Response
from esmock.api.search_template import TemplateCall, rendered
from esmock.errors import ApiError, IllegalArgument, NamedObjectNotFound, Parsing
from esmock.search.rank_eval import METRICS, Metric
from esmock.state.resolve import OPEN
from esmock.xcontent import json_writer, object_parser
from esmock.xcontent.java_order import hash_order, sized_order
from esmock.xcontent.located import NeedsPositions, at_end, at_name, copy_plain, standing
from esmock.xcontent.object_parser import Field, Parser
from esmock.xcontent.value_reader import Key, Reading, array_of

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is to be judged: requests as parsed, and by which metric."""

    metric: Metric
    requests: list[dict[str, Any]]
    templates: dict[str, Json]


def _metric(body: Json, key: Key, reading: Reading) -> Metric:
    value = body[key]
    name = next(iter(value), None)
    cls = METRICS.get(name) if name is not None else None
    if name is None:
        at = at_end(value)
        words = "Failed to parse object: expecting token of type [FIELD_NAME] but found [END_OBJECT]"
        raise standing(Parsing(words, at), at)
    if cls is None:
        at = at_name(value, name)
        raise standing(NamedObjectNotFound(f"unknown field [{name}]", at), at)
    found: Metric = cls.parser().read(value, name, reading)
    return found


_RATING = Parser(
    "rated_document",
    object_parser.string("_index", argument=True, required=True),
    object_parser.string("_id", argument=True, required=True),
    object_parser.integer("rating", argument=True, required=True),
)
_REQUEST = Parser(
    "request",
    object_parser.string("id", argument=True, required=True),
    object_parser.objects("ratings", _RATING, argument=True, required=True),
    object_parser.mapping("request", argument=True),
    object_parser.mapping("params", argument=True),
    object_parser.strings("summary_fields"),
    object_parser.string("template_id", argument=True),
    build=lambda found: _rated(found),
)
_TEMPLATE = Parser("template", object_parser.string("id"), object_parser.mapping("template"))
_PARSER = Parser(
    "rank_eval",
    Field("requests", ("START_ARRAY", "START_OBJECT"), array_of(_REQUEST.read), argument=True, required=True),
    Field("metric", ("START_OBJECT",), _metric, argument=True, required=True),
    object_parser.objects("templates", _TEMPLATE, argument=True),
    object_parser.integer("max_concurrent_searches"),
    build=lambda found: _evaluation(found),
)


def _rated(found: dict[str, Any]) -> dict[str, Any]:
    """One request to evaluate. Raises IllegalArgument for a document that is rated twice."""
    seen = set()
    for one in found["ratings"]:
        key = (one["_index"], one["_id"])
        if key in seen:
            shown = json_writer.dumps({"_index": key[0], "_id": key[1]}).decode()
            raise IllegalArgument(f"Found duplicate rated document key [{shown}] in evaluation request [{found['id']}]")
        seen.add(key)
    return found


def _evaluation(found: dict[str, Any]) -> Evaluation:
    requests = found["requests"]
    if not requests:
        raise IllegalArgument("Cannot evaluate ranking if no search requests with rated results are provided. Seen: []")
    templates = {one["id"]: one["template"] for one in found.get("templates") or []}
    return Evaluation(found["metric"], requests, templates)


def _body(request: Request) -> Evaluation:
    content, kind = request.content_or_source()
    found: Evaluation = _PARSER.parse(request.read(content, kind), Reading(request.behaviour, request.warn))
    return found


@endpoint(
    "rank_eval",
    "GET,POST /_rank_eval",
    "GET,POST /{index}/_rank_eval",
    params={**INDICES_OPTIONS, "search_type": string()},
    docs="search-rank-eval",
    body=_body,
    action="indices:data/read/rank_eval",
)
def rank_eval(cluster: Cluster, request: Request) -> Response:
    """Run every request and judge its hits."""
    asked: Evaluation = request.parsed
    details: dict[str, Json] = {}
    failures: dict[str, Json] = {}
    scores = []
    for one in asked.requests:
        try:
            judged, score = _judged(cluster, request, asked, one)
        except NeedsPositions:
            raise
        except ApiError as error:
            failures[one["id"]] = {"error": error.body()["error"]}
        else:
            details[one["id"]] = judged
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


def _judged(cluster: Cluster, request: Request, asked: Evaluation, one: dict[str, Any]) -> tuple[dict[str, Json], float]:
    from esmock.search.hit_body import hit as hit_body
    from esmock.search.service import search

    body = dict(copy_plain(one.get("request") or {}))
    if one.get("template_id") is not None:
        body = _from_template(cluster, asked.templates[one["template_id"]], one.get("params") or {})
    body["size"] = asked.metric.k
    summary = one.get("summary_fields") or []
    body["_source"] = list(summary) if summary else False
    result = search(
        cluster, request.part_list("index"), body, options=request.indices_options(OPEN), warn=request.warn
    )
    rated = {(rating["_index"], rating["_id"]): rating["rating"] for rating in one["ratings"]}
    ratings = [rated.get((hit.index, hit.doc.doc_id)) for hit in result.hits]
    quality = asked.metric.quality(ratings, list(rated.values()))
    unrated = [
        {"_index": hit.index, "_id": hit.doc.doc_id} for hit, rating in zip(result.hits, ratings, strict=True) if rating is None
    ]
    hits = [
        {"hit": hit_body(hit, typed=request.typed), "rating": rating} for hit, rating in zip(result.hits, ratings, strict=True)
    ]
    shown = {"metric_score": quality.score, "unrated_docs": unrated, "hits": hits, "metric_details": quality.details}
    return shown, quality.score


def _from_template(cluster: Cluster, template: Json, params: Json) -> dict[str, Json]:
    import orjson

    plain = copy_plain(template)
    source = plain.get("source")
    if isinstance(source, dict):
        source = orjson.dumps(source).decode()
    call = TemplateCall(source, plain.get("id"), copy_plain(params))
    found: dict[str, Json] = orjson.loads(rendered(cluster, call))
    return found
