"""Query rulesets and their rules. Docs: query-rules-apis.

Source: the published specification, classes of the module ent-search of 8.16 to 9.x and the makers' YAML tests; no engine that could be
asked has them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import integer
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.search.query_rules import CRITERIA, LIMIT, RULE_TYPES, Criterion, QueryRule, query_rulesets
from esmock.xcontent.object_parser import Parser, mapping, objects, string, strings
from esmock.xcontent.object_parser import integer as integer_field
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_RULESETS, _RULES = (8, 10), (8, 15)
_ACTION = "cluster:admin/xpack/query_rules/"


def _criterion(given: dict[str, Any]) -> Criterion:
    values = given.get("values")
    kind = given["type"].lower()
    return Criterion(kind if kind in CRITERIA else given["type"], given.get("metadata"), None if values is None else tuple(values))


def _rule(given: dict[str, Any]) -> QueryRule:
    kind = given["type"].lower()
    if kind not in RULE_TYPES:
        raise IllegalArgument(f"Unknown QueryRuleType: {given['type']}")
    return QueryRule(
        given.get("rule_id") or "", kind, tuple(given["criteria"]), given["actions"], given.get("priority")
    ).checked()


def _parsers(*, numbers: bool) -> tuple[Parser, Parser]:
    """Of a ruleset and of a rule."""
    criterion = Parser(
        "query_rule_criteria",
        string("type", required=True),
        string("metadata", argument=True, nullable=True),
        strings("values", argument=True),
        build=lambda given: _criterion(given).checked(numbers=numbers),
    )
    rule = Parser(
        "query_rule",
        string("rule_id", argument=True, nullable=True),
        string("type", required=True),
        objects("criteria", criterion, required=True),
        mapping("actions", required=True),
        integer_field("priority", argument=True),
        build=_rule,
    )
    return Parser("query_ruleset", string("ruleset_id", argument=True), objects("rules", rule, required=True)), rule


_LENIENT, _STRICT = _parsers(numbers=False), _parsers(numbers=True)
_TEST = Parser("test_query_ruleset_request", mapping("match_criteria", required=True), string("ruleset_id"))


def _read(request: Request, parser: Parser) -> Any:
    return parser.parse(request.required_json(), Reading(request.behaviour, request.warn))


def _ruleset_body(request: Request) -> list[QueryRule]:
    name = request.part("ruleset_id")
    given = _read(request, (_STRICT if request.behaviour.has((9, 1)) else _LENIENT)[0])
    if given.get("ruleset_id") not in (None, name):
        raise IllegalArgument(
            f"Query ruleset identifier [{given['ruleset_id']}] does not match the resource name: [{name}]"
        )
    rules: list[QueryRule] = given["rules"]
    if not rules:
        raise ActionRequestValidation("rules cannot be null or empty")
    return rules


def _rule_body(request: Request) -> QueryRule:
    rule: QueryRule = _read(request, (_STRICT if request.behaviour.has((9, 1)) else _LENIENT)[1])
    wanted = request.part("rule_id")
    if rule.rule_id not in ("", wanted):
        raise IllegalArgument(f"rule_id [{rule.rule_id}] does not match the resource name: [{wanted}]")
    return replace(rule, rule_id=wanted)


def _most(cluster: Cluster) -> int:
    return int(cluster.setting(LIMIT, "100"))


def _stored(is_new: bool) -> Response:
    return Response(201 if is_new else 200, {"result": "created" if is_new else "updated"})


def _listed(name: str, rules: Sequence[QueryRule], request: Request) -> dict[str, Json]:
    """A ruleset's numbers of rules by type, and of criteria by theirs."""
    criteria = Counter(one.type for rule in rules for one in rule.criteria)
    types = Counter(rule.type for rule in rules)
    out: dict[str, Json] = {
        "ruleset_id": name,
        "rule_total_count": len(rules),
        "rule_criteria_types_counts": {one: criteria[one] for one in CRITERIA if one in criteria},
    }
    if request.behaviour.has((8, 16)):
        out["rule_type_counts"] = {one: types[one] for one in RULE_TYPES if one in types}
    return out


@endpoint(
    "query_rules.put_ruleset",
    "PUT /_query_rules/{ruleset_id}",
    docs="put-query-ruleset",
    body=_ruleset_body,
    action=f"{_ACTION}put",
    since=_RULESETS,
)
def put_ruleset(cluster: Cluster, request: Request) -> Response:
    """Store a ruleset."""
    return _stored(query_rulesets(cluster).put(request.part("ruleset_id"), request.parsed, _most(cluster)))


@endpoint(
    "query_rules.get_ruleset", "GET /_query_rules/{ruleset_id}", docs="get-query-ruleset", action=f"{_ACTION}get", since=_RULESETS
)
def get_ruleset(cluster: Cluster, request: Request) -> Response:
    """A ruleset, its rules by priority."""
    name = request.part("ruleset_id")
    return Response(200, {"ruleset_id": name, "rules": [one.body() for one in query_rulesets(cluster).rules(name)]})


@endpoint(
    "query_rules.list_rulesets",
    "GET /_query_rules",
    params={"from": integer(0), "size": integer(10)},
    docs="list-query-rulesets",
    action=f"{_ACTION}list",
    since=_RULESETS,
)
def list_rulesets(cluster: Cluster, request: Request) -> Response:
    """The rulesets by name, page by page."""
    first, size = request.param("from"), request.param("size")
    for name, value in (("from", first), ("size", size)):
        if value < 0:
            raise IllegalArgument(f"Parameter [{name}] cannot be a negative number")
    every = sorted(query_rulesets(cluster).rulesets.items())
    return Response(200, {"count": len(every), "results": [_listed(*one, request) for one in every[first : first + size]]})


@endpoint(
    "query_rules.delete_ruleset",
    "DELETE /_query_rules/{ruleset_id}",
    docs="delete-query-ruleset",
    action=f"{_ACTION}delete",
    since=_RULESETS,
)
def delete_ruleset(cluster: Cluster, request: Request) -> Response:
    """Remove a ruleset."""
    query_rulesets(cluster).delete(request.part("ruleset_id"))
    return acknowledged()


@endpoint(
    "query_rules.put_rule",
    "PUT /_query_rules/{ruleset_id}/_rule/{rule_id}",
    docs="put-query-rule",
    body=_rule_body,
    action=f"{_ACTION}rule/put",
    since=_RULES,
)
def put_rule(cluster: Cluster, request: Request) -> Response:
    """Store a rule; a ruleset is made for it where there is none."""
    return _stored(query_rulesets(cluster).put_rule(request.part("ruleset_id"), request.parsed, _most(cluster)))


@endpoint(
    "query_rules.get_rule",
    "GET /_query_rules/{ruleset_id}/_rule/{rule_id}",
    docs="get-query-rule",
    action=f"{_ACTION}rule/get",
    since=_RULES,
)
def get_rule(cluster: Cluster, request: Request) -> Response:
    """A rule."""
    return Response(200, query_rulesets(cluster).rule(request.part("ruleset_id"), request.part("rule_id")).body())


@endpoint(
    "query_rules.delete_rule",
    "DELETE /_query_rules/{ruleset_id}/_rule/{rule_id}",
    docs="delete-query-rule",
    action=f"{_ACTION}rule/delete",
    since=_RULES,
)
def delete_rule(cluster: Cluster, request: Request) -> Response:
    """Remove a rule, and the ruleset with its last one."""
    query_rulesets(cluster).delete_rule(request.part("ruleset_id"), request.part("rule_id"))
    return acknowledged()


@endpoint(
    "query_rules.test",
    "POST /_query_rules/{ruleset_id}/_test",
    docs="test-query-ruleset",
    body=lambda request: _read(request, _TEST)["match_criteria"],
    action=f"{_ACTION}test",
    since=(8, 16),
)
def test_ruleset(cluster: Cluster, request: Request) -> Response:
    """Which rules apply to a search that says this and that of itself."""
    name = request.part("ruleset_id")
    found = [one for one in query_rulesets(cluster).rules(name) if one.applies(request.parsed)]
    matched = [{"ruleset_id": name, "rule_id": one.rule_id} for one in found]
    return Response(200, {"total_matched_rules": len(found), "matched_rules": matched})
