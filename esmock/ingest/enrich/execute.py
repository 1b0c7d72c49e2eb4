"""Executing an enrich policy: its sources' documents go into an index of its own, and an alias leads there.

Differs: the index before it goes at once, not with the maintenance that comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ResourceNotFound
from esmock.ingest.enrich.policy import Policies, Policy, alias_of
from esmock.search.request import TRACK_ALL, SearchRequest
from esmock.state import documents
from esmock.state.resolve import OPEN, resolve
from esmock.state.write_request import WriteRequest
from esmock.xcontent import json_reader, json_writer
from esmock.xcontent.source_filter import filter_source

if TYPE_CHECKING:
    from esmock.state.index import Index
    from esmock.version import Behaviour

Json = Any
_README = "This index is managed by Elasticsearch and should not be modified in any way."


def execute(policies: Policies, name: str) -> None:
    """Make the enrich index of a policy anew. Raises ResourceNotFound, IndexNotFound, ApiError."""
    from esmock.state.admin import delete
    from esmock.state.create import create_index

    cluster = policies.cluster
    policy = policies.known.get(name)
    if policy is None:
        raise ResourceNotFound(f"policy [{name}] does not exist")
    sources = resolve(cluster, policy.indices, OPEN)
    kind = _match_type(name, policy, sources, cluster.behaviour)
    alias = alias_of(name)
    older = list(cluster.concrete(alias)) if cluster.exists(alias) else []
    at = cluster.clock.now_ms()
    while f"{alias}-{at}" in cluster.indices:
        at += 1
    body = {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0, "hidden": True, "auto_expand_replicas": "0-all"},
        "mappings": {**_mapping(policy, kind), "_meta": _meta(name, policy)},
    }
    index = create_index(cluster, f"{alias}-{at}", body)
    _fill(policies, policy, index)
    index.refresh()
    index.set_aliases({alias: {"is_hidden": True} if cluster.behaviour.has((7, 16)) else {}})
    delete(cluster, older)
    cluster.changed()


def _match_type(name: str, policy: Policy, sources: list[Index], behaviour: Behaviour) -> dict[str, Json]:
    """How the match field is mapped. Raises ApiError where the sources do not bear it."""
    if policy.kind == "geo_match":
        return {"type": "geo_shape", "doc_values": False} if behaviour.has((7, 11)) else {"type": "geo_shape"}
    if policy.kind == "match":
        return {"type": "keyword", "doc_values": False}
    kinds = set()
    for source in sources:
        field = source.mapping.field(policy.match_field)
        kind = None if field is None else field.type_name
        if kind is None or not kind.endswith("_range"):
            raise ApiError(
                f"Enrich policy execution for [{name}] failed while validating field mappings for index [{source.name}]: "
                f"the field [{policy.match_field}] is no range"
            )
        kinds.add(kind)
    if len(kinds) != 1:
        raise ApiError(f"Multiple distinct mapping types for field '{policy.match_field}' - indices({len(kinds)})")
    return {"type": kinds.pop(), "doc_values": False}


def _mapping(policy: Policy, kind: dict[str, Json]) -> dict[str, Json]:
    properties: dict[str, Json] = kind
    for part in reversed(policy.match_field.split(".")):
        properties = {"properties": {part: properties}}
    return {"dynamic": "false", **properties}


def _meta(name: str, policy: Policy) -> dict[str, Json]:
    return {
        "enrich_readme": _README,
        "enrich_policy_name": name,
        "enrich_match_field": policy.match_field,
        "enrich_policy_type": policy.kind,
    }


def _fill(policies: Policies, policy: Policy, index: Index) -> None:
    """Copy the match field and the enrich fields of every document that the policy's query finds."""
    from esmock.search.service import run

    cluster = policies.cluster
    body = {"track_total_hits": True, "sort": ["_doc"], **({} if policy.query is None else {"query": policy.query})}
    request = SearchRequest.parse(body, cluster.behaviour)
    assert request.track_total_hits == TRACK_ALL
    found = run(cluster, list(policy.indices), request, options=OPEN, allow_partial=False, keep_all=True)
    wanted = [policy.match_field, *policy.enrich_fields]
    for hit in found.ordered:
        source = json_reader.parse_stored(hit.leaf.segment.docs[hit.doc].visible_source)
        kept = filter_source(source, wanted, [], streamed=cluster.behaviour.source_streamed)
        documents.write(cluster, WriteRequest("index", index.name, source=json_writer.dumps(kept)))
