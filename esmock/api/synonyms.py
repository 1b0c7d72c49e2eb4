"""Synonym sets: rules that search analyzers read from the cluster. Docs: synonyms-apis.

Source: answers of 8.19.21 to requests that are refused; the others follow docs pages of 8.10 to 9.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.analysis.filters.synonym import rule_problem
from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import boolean, integer, string
from esmock.api.request import Request, Response
from esmock.api.resolve_cluster import reload_details
from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument
from esmock.state.reload_analyzers import reload
from esmock.state.synonym_sets import synonym_sets, users_of
from esmock.xcontent.object_parser import Parser, objects
from esmock.xcontent.object_parser import string as string_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_MOST = 10_000
_SINCE = (8, 10)
_PAGE = {"from": integer(0), "size": integer(10)}
_REFRESH = {"refresh": boolean(True, since=(9, 1))}
_RULES = Parser(
    "synonyms_set",
    objects(
        "synonyms_set", Parser("synonyms_set", string_field("id"), string_field("synonyms", required=True)), required=True
    ),
)
_RULE = Parser("synonyms", string_field("synonyms", required=True))


def _read(request: Request, parser: Parser) -> Any:
    body = request.required_json()
    try:
        return parser.parse(body, Reading(request.behaviour, request.warn))
    except ApiError as error:
        raise IllegalArgument(f"Failed to parse: {request.content.decode()}", cause=error) from None


def _check(texts: list[str]) -> None:
    problems = [problem for text in texts if (problem := rule_problem(text)) is not None]
    if problems:
        raise ActionRequestValidation(*problems)


def _set_body(request: Request) -> list[dict[str, str]]:
    rules: list[dict[str, str]] = _read(request, _RULES)["synonyms_set"]
    _check([one["synonyms"] for one in rules])
    return rules


def _rule_body(request: Request) -> str:
    text: str = _read(request, _RULE)["synonyms"]
    _check([text])
    return text


def _page(request: Request) -> slice:
    """What ``from`` and ``size`` choose. Raises ActionRequestValidation."""
    first, size = request.param("from"), request.param("size")
    problems = []
    if first < 0:
        problems.append("[from] must be a positive integer")
    if size < 0:
        problems.append("[size] must be a positive integer")
    if size > _MOST:
        problems.append(f"[size] must be less than or equal to {_MOST}")
    if first + size > _MOST:
        problems.append(f"Too many results to retrieve. [from] + [size] must be less than or equal to {_MOST}")
    if problems:
        raise ActionRequestValidation(*problems)
    return slice(first, first + size)


def _changed(cluster: Cluster, request: Request, name: str, result: str) -> Response:
    """What became of a set or rule, and the analyzers that now know of it."""
    body: dict[str, Json] = {"result": result}
    if request.params.get("refresh") is not False:
        body["reload_analyzers_details"] = reload_details(cluster, reload(cluster, users_of(cluster, name), name))
    return Response(201 if result == "created" else 200, body)


@endpoint(
    "synonyms.put_synonym",
    "PUT /_synonyms/{id}",
    params={**_REFRESH, "append": boolean(False, since=(9, 4))},
    docs="put-synonyms-set",
    body=_set_body,
    action="cluster:admin/synonyms/put",
    since=_SINCE,
)
def put_synonym(cluster: Cluster, request: Request) -> Response:
    """Store a set of rules, beside those that it has where they are appended (9.4)."""
    name = request.part("id")
    rules = {one.get("id") or cluster.new_doc_id(): one["synonyms"] for one in request.parsed}
    if request.params.get("append") and name in synonym_sets(cluster).sets:
        rules = {**synonym_sets(cluster).rules(name), **rules}
    is_new = synonym_sets(cluster).put(name, rules)
    return _changed(cluster, request, name, "created" if is_new else "updated")


@endpoint(
    "synonyms.get_synonym",
    "GET /_synonyms/{id}",
    params={**_PAGE, "search_after": string(since=(9, 4))},
    docs="get-synonyms-set",
    action="cluster:admin/synonyms/get",
    since=_SINCE,
)
def get_synonym(cluster: Cluster, request: Request) -> Response:
    """The rules of a set, page by page."""
    chosen = _page(request)
    rules = synonym_sets(cluster).rules(request.part("id"))
    shown = [{"id": name, "synonyms": text} for name, text in rules.items()]
    after = request.params.get("search_after")
    if after is not None:
        shown = [one for one in shown if one["id"] > after]
    return Response(200, {"count": len(rules), "synonyms_set": shown[chosen]})


@endpoint(
    "synonyms.get_synonyms_sets",
    "GET /_synonyms",
    params=_PAGE,
    docs="list-synonyms-sets",
    action="cluster:admin/synonyms_sets/get",
    since=_SINCE,
)
def get_synonyms_sets(cluster: Cluster, request: Request) -> Response:
    """All sets with the number of their rules."""
    chosen = _page(request)
    shown = [{"synonyms_set": name, "count": len(rules)} for name, rules in sorted(synonym_sets(cluster).sets.items())]
    return Response(200, {"count": len(shown), "results": shown[chosen]})


@endpoint(
    "synonyms.delete_synonym",
    "DELETE /_synonyms/{id}",
    docs="delete-synonyms-set",
    action="cluster:admin/synonyms/delete",
    since=_SINCE,
)
def delete_synonym(cluster: Cluster, request: Request) -> Response:
    """Remove a set that no index uses."""
    synonym_sets(cluster).delete(cluster, request.part("id"))
    return acknowledged()


@endpoint(
    "synonyms.put_synonym_rule",
    "PUT /_synonyms/{set_id}/{rule_id}",
    params=_REFRESH,
    docs="put-synonym-rule",
    body=_rule_body,
    action="cluster:admin/synonym_rules/put",
    since=_SINCE,
)
def put_synonym_rule(cluster: Cluster, request: Request) -> Response:
    """Store a rule of a set."""
    name = request.part("set_id")
    is_new = synonym_sets(cluster).put_rule(name, request.part("rule_id"), request.parsed)
    return _changed(cluster, request, name, "created" if is_new else "updated")


@endpoint(
    "synonyms.get_synonym_rule",
    "GET /_synonyms/{set_id}/{rule_id}",
    docs="get-synonym-rule",
    action="cluster:admin/synonym_rules/get",
    since=_SINCE,
)
def get_synonym_rule(cluster: Cluster, request: Request) -> Response:
    """One rule of a set."""
    rule = request.part("rule_id")
    return Response(200, {"id": rule, "synonyms": synonym_sets(cluster).rule(request.part("set_id"), rule)})


@endpoint(
    "synonyms.delete_synonym_rule",
    "DELETE /_synonyms/{set_id}/{rule_id}",
    params=_REFRESH,
    docs="delete-synonym-rule",
    action="cluster:admin/synonym_rules/delete",
    since=_SINCE,
)
def delete_synonym_rule(cluster: Cluster, request: Request) -> Response:
    """Remove a rule of a set."""
    name = request.part("set_id")
    synonym_sets(cluster).delete_rule(name, request.part("rule_id"))
    return _changed(cluster, request, name, "deleted")
