"""Enrich policies: reading, keeping and showing them. Docs: enrich-apis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, ResourceAlreadyExists, ResourceNotFound, Status
from esmock.state.aliases import name_problem
from esmock.state.resolve import glob
from esmock.xcontent import json_writer
from esmock.xcontent.object_parser import Parser, mapping, string, strings

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Reading

Json = Any


@dataclass(frozen=True, slots=True)
class Policy:
    """What an enrich index is made of.

    Args:
        kind: ``match``, ``range`` or ``geo_match``.
        indices: names and patterns of the sources.
        query: which of their documents; None: all.
    """

    kind: str
    indices: tuple[str, ...]
    match_field: str
    enrich_fields: tuple[str, ...]
    query: Json = None

    @classmethod
    def read(cls, body: Json, reading: Reading) -> Policy:
        """A policy from its body, an object under the policy's kind. Raises ApiError."""
        kinds = policy_kinds(reading.behaviour)
        if not isinstance(body, dict) or not body:
            raise ElasticsearchParse("unexpected token")
        kind = next(iter(body))
        if kind not in kinds:
            raise IllegalArgument(f"unsupported policy type [{kind}], supported types are [{', '.join(kinds)}]")
        if len(body) > 1:
            raise ElasticsearchParse("unexpected token")
        found = _PARSER.read(body, kind, reading)
        return cls(
            kind, tuple(found["indices"]), found["match_field"], tuple(found["enrich_fields"]), found.get("query")
        )

    def to_json(self, name: str) -> Json:
        """As the get policy API shows it."""
        query = {} if self.query is None else {"query": self.query}
        shown = {
            "name": name,
            "indices": list(self.indices),
            **query,
            "match_field": self.match_field,
            "enrich_fields": list(self.enrich_fields),
        }
        return {"config": {self.kind: shown}}


_PARSER = Parser(
    "policy",
    strings("indices", required=True),
    mapping("query"),
    string("match_field", required=True),
    strings("enrich_fields", required=True),
    string("name"),
    string("elasticsearch_version"),
)


def policy_kinds(behaviour: Behaviour) -> tuple[str, ...]:
    """The kinds of policies of a version."""
    return ("match", "geo_match", "range") if behaviour.has((7, 16)) else ("match", "geo_match")


@dataclass(slots=True)
class Counters:
    """What the statistics tell of searches and of their cache."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0


class Policies:
    """The slot ``enrich`` of a cluster.

    Attributes:
        found: answers of searches in enrich indices, by index and body of the search; the oldest go first.
    """

    CACHE_SIZE = 1000

    def __init__(self, cluster: Cluster, known: dict[str, Policy] | None = None) -> None:
        self.cluster = cluster
        self.known = dict(known or {})
        self.counters = Counters()
        self.found: dict[tuple[str, bytes], list[dict[str, Json]]] = {}

    def clone(self, cluster: Cluster) -> Policies:
        return Policies(cluster, self.known)

    def put(self, name: str, policy: Policy) -> None:
        """Keep a new policy. Raises IllegalArgument, IndexNotFound, ResourceAlreadyExists."""
        from esmock.state.resolve import resolve

        problem = name_problem(name, self.cluster.behaviour)
        if problem is None and name.lower() != name:
            problem = "must be lowercase"
        if problem is not None:
            raise IllegalArgument(f"Invalid policy name [{name}], {problem}")
        resolve(self.cluster, policy.indices)
        if name in self.known:
            raise ResourceAlreadyExists(f"policy [{name}] already exists")
        self.known[name] = policy

    def find(self, names: Sequence[str]) -> list[Json]:
        """The policies of names, or all, as shown."""
        chosen = [name for name in sorted(self.known) if not names or name in names]
        return [self.known[name].to_json(name) for name in chosen]

    def get(self, name: str) -> Policy:
        """Raises ResourceNotFound."""
        if name not in self.known:
            raise ResourceNotFound(f"policy [{name}] not found")
        return self.known[name]

    def delete(self, name: str) -> None:
        """Remove a policy with its indices. Raises ResourceNotFound; Status (409) while a pipeline uses it."""
        from esmock.state.admin import delete

        self.get(name)
        users = [id_ for id_, body in _pipelines(self.cluster).items() if name in _named_in(body)]
        if users:
            reason = f"Could not delete policy [{name}] because a pipeline is referencing it [{', '.join(users)}]"
            raise Status(reason, status=409)
        pattern = glob(f"{alias_of(name)}-*")
        made = [index for index in self.cluster.indices.values() if pattern.match(index.name) and _policy_of(index) == name]
        delete(self.cluster, made)
        del self.known[name]

    def matching(self, alias: str, query: Json, most: int) -> list[dict[str, Json]]:
        """The sources of an enrich index that a query finds, in their order. Raises the errors of the search.

        Args:
            alias: of a policy's newest index.
        """
        from esmock.search.request import SearchRequest
        from esmock.search.service import run
        from esmock.xcontent import json_reader

        cluster = self.cluster
        body = {"size": most, "sort": ["_doc"], "query": {"constant_score": {"filter": query}}}
        newest = next(index.name for index in cluster.concrete(alias))
        key = (newest, json_writer.dumps(body))
        if key in self.found:
            self.counters.hits += 1
        else:
            self.counters.misses += 1
            request = SearchRequest.parse(body, cluster.behaviour)
            hits = run(cluster, [alias], request, allow_partial=False, keep_all=True).ordered[:most]
            sources = [hit.leaf.segment.docs[hit.doc].visible_source for hit in hits]
            self.remember(key, [json_reader.parse_stored(source) for source in sources])
        return self.found[key]

    def remember(self, key: tuple[str, bytes], found: list[dict[str, Json]]) -> None:
        """Keep the answer of a search."""
        if len(self.found) >= self.CACHE_SIZE:
            self.found.pop(next(iter(self.found)))
            self.counters.evictions += 1
        self.found[key] = found

    def size_in_bytes(self) -> int:
        """What the kept answers take, as JSON."""
        return sum(len(json_writer.dumps(found)) for found in self.found.values())


def policies(cluster: Cluster) -> Policies:
    """The cluster's enrich policies."""
    found: Policies = cluster.slot("enrich", lambda: Policies(cluster))
    return found


def alias_of(name: str) -> str:
    """The alias of a policy's newest index."""
    return f".enrich-{name}"


def _policy_of(index: Any) -> str | None:
    meta = index.mapping.to_json().get("_meta") or {}
    found: str | None = meta.get("enrich_policy_name")
    return found


def _pipelines(cluster: Cluster) -> dict[str, Json]:
    from esmock.ingest.service import pipelines

    return pipelines(cluster).bodies


def _named_in(body: Json) -> set[str]:
    """The policies that the enrich processors of a pipeline name, at any depth."""
    if isinstance(body, list):
        return {name for one in body for name in _named_in(one)}
    if not isinstance(body, dict):
        return set()
    own = body.get("enrich")
    named = {own["policy_name"]} if isinstance(own, dict) and isinstance(own.get("policy_name"), str) else set()
    return named.union(*(_named_in(one) for one in body.values()))
