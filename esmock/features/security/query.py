"""Queries over API keys, users and roles: a part of the query DSL, over an index that is made of them for the occasion.

Source: answers of 8.19.21 to queries, sorts and aggregations of every kind. Docs: security-api-query-api-key,
security-api-query-user, security-api-query-role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.xcontent import json_writer
from esmock.xcontent.located import copy_plain
from esmock.xcontent.object_parser import Parser, custom, integer, mapping
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.search.result import SearchResult
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
_QUERIES = frozenset(
    {"match_all", "term", "terms", "prefix", "wildcard", "exists", "range", "bool", "ids", "match", "simple_query_string"}
)
_OLD_QUERIES = _QUERIES - {"match", "simple_query_string", "exists"}
_AGGREGATIONS = frozenset(
    {"terms", "range", "date_range", "missing", "cardinality", "value_count", "composite", "filter", "filters"}
)
_SORTED_BY = MappingProxyType({"description": "description.keyword"})
_CLAUSES = ("must", "should", "filter", "must_not")
_KEYWORD = MappingProxyType({"type": "keyword"})
_TEXT = MappingProxyType({"type": "text"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be searched for.

    Args:
        name: as it stands in errors of the body.
        fields: mapping of the fields that may be asked for, by path; one that ends in ``.*`` stands for all below it.
        unsorted: fields that may not be sorted by.
    """

    name: str
    fields: Mapping[str, Json]
    unsorted: frozenset[str] = field(default_factory=frozenset)
    aggregates: bool = False

    def check(self, name: str, behaviour: Behaviour) -> None:
        """Raises IllegalArgument for a field that may not be asked for."""
        known = name in self.fields or any(one.endswith(".*") and name.startswith(one[:-1]) for one in self.fields)
        if not known and not (name == "metadata" and "metadata.*" in self.fields):
            what = "querying or aggregation" if _is_shared(behaviour) else "API Key query"
            raise IllegalArgument(f"Field [{name}] is not allowed for {what}")

    def parser(self, behaviour: Behaviour) -> Parser:
        """The reader of its bodies."""
        shared = _is_shared(behaviour)
        aggregations = [mapping("aggs"), mapping("aggregations")] if self.aggregates and shared else []
        return Parser(
            self.name if shared else self.name.removesuffix("_payload"),
            mapping("query"),
            *aggregations,
            integer("from"),
            integer("size"),
            custom("sort", ("START_ARRAY",), _plain),
            custom("search_after", ("START_ARRAY",), _plain),
        )


def _is_shared(behaviour: Behaviour) -> bool:
    """Whether keys are queried as users and roles are (8.14)."""
    return behaviour.has((8, 14))


def _plain(body: Json, key: Key, reading: Reading) -> Json:
    return copy_plain(body[key])


_DATE = MappingProxyType({"type": "date", "format": "epoch_millis||strict_date_optional_time"})
KEYS = Kind(
    "query_api_key_request_payload",
    {
        **dict.fromkeys(("id", "type", "name", "username", "realm_name"), _KEYWORD),
        **dict.fromkeys(("creation", "expiration", "invalidation"), _DATE),
        "invalidated": {"type": "boolean"},
        "metadata.*": {"type": "flattened"},
        "_id": None,
        "_doc": None,
    },
    aggregates=True,
)
USERS = Kind(
    "query_user_request_payload",
    {
        **dict.fromkeys(("username", "roles"), _KEYWORD),
        **dict.fromkeys(("full_name", "email"), _TEXT),
        "enabled": {"type": "boolean"},
        "_id": None,
        "_doc": None,
    },
    unsorted=frozenset({"full_name", "email"}),
)
ROLES = Kind(
    "query_role_request_payload",
    {
        "name": _KEYWORD,
        "description": {"type": "text", "fields": {"keyword": dict(_KEYWORD)}},
        **dict.fromkeys(("applications.application", "applications.privileges", "applications.resources"), _KEYWORD),
        "metadata.*": {"type": "flattened"},
        "_id": None,
        "_doc": None,
    },
)


def check_page(given: Mapping[str, Json]) -> None:
    """Raises ActionRequestValidation for a negative position or size."""
    problems = [
        f"[{name}] parameter cannot be negative but was [{given[name]}]"
        for name in ("from", "size")
        if given.get(name) is not None and given[name] < 0
    ]
    if problems:
        raise ActionRequestValidation(*problems)


def search(
    cluster: Cluster, kind: Kind, given: Mapping[str, Json], sources: Iterable[tuple[str, Json]], *, typed_keys: bool = False
) -> SearchResult:
    """Search among some objects.

    Args:
        given: the body as ``Kind.parser`` reads it.
        sources: id and fields of each.

    Raises:
        IllegalArgument: a field, a query or an aggregation that is not allowed here.
        ApiError: what the query DSL raises.
    """
    aggs = given.get("aggs") or given.get("aggregations")
    query, sort = copy_plain(given.get("query")), given.get("sort")
    check = Check(kind, cluster.behaviour)
    if query is not None:
        query = check.query(query)
    for one in sort or ():
        check.sort(one)
    if aggs is not None:
        check.aggregations(copy_plain(aggs))
    body = {"query": query, "sort": _sorted_by(sort), "aggs": aggs, "search_after": given.get("search_after")}
    page = {name: given[name] for name in ("from", "size") if given.get(name) is not None}
    body = {name: value for name, value in body.items() if value is not None} | page | {"track_total_hits": True}
    return _run(cluster, kind, body, sources, typed_keys=typed_keys)


def _run(
    cluster: Cluster, kind: Kind, body: Json, sources: Iterable[tuple[str, Json]], *, typed_keys: bool
) -> SearchResult:
    from esmock.mapping.mapping import Mapping as FieldMapping
    from esmock.search.execute import execute
    from esmock.search.request import SearchRequest
    from esmock.search.service import environment
    from esmock.search.shard_target import ShardTarget
    from esmock.state.create import analysis_of
    from esmock.store.reader import Reader
    from esmock.store.segment import Segment, StoredDoc

    fields = FieldMapping.parse({"dynamic": False, "properties": _properties(kind)}, analysis_of({}, cluster), cluster.behaviour)
    docs = tuple(
        StoredDoc(doc_id, json_writer.dumps(source), None, number, 1, 1, fields)
        for number, (doc_id, source) in enumerate(sources)
    )
    reader = Reader.of([(Segment(docs), frozenset())] if docs else [])
    request = SearchRequest.parse(body, cluster.behaviour)
    return execute(request, [ShardTarget(".security-7", "_na_", 0, reader, fields)], environment(cluster, typed_keys=typed_keys))


def _properties(kind: Kind) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for path, node in kind.fields.items():
        if node is None:
            continue
        *parents, leaf = path.removesuffix(".*").split(".")
        place = out
        for name in parents:
            place = place.setdefault(name, {"properties": {}})["properties"]
        place[leaf] = dict(node)
    return out


def _sorted_by(sort: Sequence[Json] | None) -> list[Json] | None:
    """Sorts as the search has them; an empty list sorts by nothing."""
    if not sort:
        return None
    named = [{one: {}} if isinstance(one, str) else one for one in sort]
    return [{_SORTED_BY.get(name, name): body for name, body in one.items()} for one in named]


@dataclass(frozen=True, slots=True)
class Check:
    """What may be asked of one kind in one version. Each method raises IllegalArgument."""

    kind: Kind
    behaviour: Behaviour

    def field(self, name: str) -> None:
        """A field by name."""
        self.kind.check(name, self.behaviour)

    def sort(self, one: Json) -> None:
        """One entry of a sort."""
        for name in [one] if isinstance(one, str) else one:
            self.field(name)
            if name in self.kind.unsorted:
                raise IllegalArgument(f"sorting is not supported for field [{name}]")

    def query(self, query: Json) -> Json:
        """A query; where it names no fields it gets those that may be asked for."""
        if not isinstance(query, dict):
            return query
        for name, body in query.items():
            if name not in (_QUERIES if _is_shared(self.behaviour) else _OLD_QUERIES):
                raise IllegalArgument(f"Query type [{name}] is not {self._here()}")
            if name == "bool":
                for clause in _CLAUSES:
                    inner = body.get(clause) or []
                    for one in inner if isinstance(inner, list) else [inner]:
                        self.query(one)
            elif name == "exists":
                self.field(body.get("field", ""))
            elif name == "simple_query_string" and not body.get("fields"):
                searched = [path.replace(".*", "") for path, node in self.kind.fields.items() if node is not None]
                return {name: {**body, "fields": searched, "lenient": True}}
            elif name not in ("match_all", "ids", "simple_query_string"):
                self._named(name, body)
        return query

    def _here(self) -> str:
        return "currently supported in this context" if _is_shared(self.behaviour) else "supported for API Key query"

    def _named(self, name: str, body: Json) -> None:
        """A query whose body names a field."""
        for path, value in body.items() if isinstance(body, dict) else ():
            if path in ("boost", "_name"):
                continue
            self.field(path)
            if name == "terms" and isinstance(value, dict):
                raise IllegalArgument(f"terms query with terms lookup is not {self._here()}")

    def aggregations(self, aggs: Mapping[str, Json]) -> None:
        """Aggregations and those below them."""
        for name, node in aggs.items():
            for what, body in node.items():
                if what in ("aggs", "aggregations"):
                    self.aggregations(body)
                elif what in _AGGREGATIONS:
                    self._aggregation(what, body)
                elif what != "meta":
                    raise IllegalArgument(f"Unsupported API Keys agg [{name}] of type [{what}]")

    def _aggregation(self, what: str, body: Json) -> None:
        if what == "filter":
            self.query(body)
        elif what == "filters":
            given = body.get("filters") or {}
            for one in given.values() if isinstance(given, dict) else given:
                self.query(one)
        elif what == "composite":
            for source in body.get("sources") or ():
                for inner in source.values():
                    for values in inner.values():
                        self.field(values.get("field", ""))
        elif "field" in body:
            self.field(body["field"])


def parse(body: Json, kind: Kind, reading: Reading) -> dict[str, Json]:
    """A body of a query, none being an empty one. Raises XContentParse."""
    if body is None:
        return {}
    found: dict[str, Json] = kind.parser(reading.behaviour).parse(body, reading)
    return found
