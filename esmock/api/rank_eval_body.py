"""The body of a ranking evaluation. Docs: search-rank-eval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esmock.errors import IllegalArgument, IllegalState, NamedObjectNotFound, Parsing
from esmock.search.rank_eval import METRICS, Metric
from esmock.search.request import SearchRequest
from esmock.xcontent import json_writer, object_parser
from esmock.xcontent.located import at_end, at_name, standing
from esmock.xcontent.object_parser import Field, Parser
from esmock.xcontent.value_reader import Key, Reading, array_of

Json = Any
_AMBIGUOUS = "Ambiguous rated request: Set both, verbatim test request and test request template parameters."


@dataclass(frozen=True, slots=True)
class RatedRequest:
    """A search, written out or as a template, with the ratings of documents.

    Attributes:
        ratings: (index, id) to rating.
        search: None: the template with ``template_id`` and ``params``.
    """

    id: str
    ratings: Mapping[tuple[str, str], int]
    search: SearchRequest | None = None
    params: dict[str, Json] = field(default_factory=dict)
    template_id: str | None = None
    summary_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is to be judged, and by which metric."""

    metric: Metric
    requests: list[RatedRequest]
    templates: dict[str, Json]


def check_rated(search: SearchRequest) -> None:
    """Refuse a search with parts that have no place in an evaluation. Raises IllegalArgument."""
    refused = {
        "contain a suggest section": search.suggest is not None,
        "contain aggregations": search.aggs is not None,
        "contain a highlighter section": search.highlight is not None,
        "use explain": search.explain,
        "use profile": search.profile,
    }
    for what, is_there in refused.items():
        if is_there:
            raise IllegalArgument(f"Query in rated requests should not {what}.")


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


def _search(body: Json, key: Key, reading: Reading) -> SearchRequest:
    return SearchRequest.parse(body[key], reading.behaviour, warn=reading.warn, stands_alone=False)


def _rated(found: dict[str, Any]) -> RatedRequest:
    """One request to evaluate. Raises IllegalArgument for what contradicts itself, and a document that is rated twice."""
    search, params, template = found.get("request"), found.get("params") or {}, found.get("template_id")
    if search is not None and (params or template is not None):
        raise IllegalArgument(_AMBIGUOUS)
    if search is None and not params:
        raise IllegalArgument("Need to set at least test request or test request template parameters.")
    if params and template is None:
        raise IllegalArgument("If template parameters are supplied need to set id of template to apply them to too.")
    if search is not None:
        check_rated(search)
    ratings: dict[tuple[str, str], int] = {}
    for one in found["ratings"]:
        place = (one["_index"], one["_id"])
        if place in ratings:
            shown = json_writer.dumps({"_index": place[0], "_id": place[1]}).decode()
            raise IllegalArgument(f"Found duplicate rated document key [{shown}] in evaluation request [{found['id']}]")
        ratings[place] = one["rating"]
    return RatedRequest(found["id"], ratings, search, params, template, tuple(found.get("summary_fields") or ()))


def _evaluation(found: dict[str, Any]) -> Evaluation:
    requests = found["requests"]
    if not requests:
        raise IllegalArgument("Cannot evaluate ranking if no search requests with rated results are provided. Seen: []")
    without = next((one for one in requests if one.search is None), None)
    if without is not None and not found.get("templates"):
        raise IllegalState(
            f"Cannot evaluate ranking if neither template nor evaluation request is provided. Seen for request id: {without.id}"
        )
    templates = {one["id"]: one["template"] for one in found.get("templates") or []}
    return Evaluation(found["metric"], requests, templates)


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
    object_parser.custom("request", ("START_OBJECT",), _search, argument=True),
    object_parser.mapping("params", argument=True),
    object_parser.strings("summary_fields"),
    object_parser.string("template_id", argument=True),
    build=_rated,
)
_TEMPLATE = Parser("template", object_parser.string("id"), object_parser.mapping("template"))
BODY = Parser(
    "rank_eval",
    Field("requests", ("START_ARRAY", "START_OBJECT"), array_of(_REQUEST.read), argument=True, required=True),
    Field("metric", ("START_OBJECT",), _metric, argument=True, required=True),
    object_parser.objects("templates", _TEMPLATE, argument=True),
    object_parser.integer("max_concurrent_searches"),
    build=_evaluation,
)
