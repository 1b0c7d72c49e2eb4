"""What queries may ask of the cluster beside the shards that are searched: documents, rules, lookups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IndexClosed, IndexNotFound, ResourceNotFound

if TYPE_CHECKING:
    from esmock.mapping.lookup import Lookup
    from esmock.search.query_rules import AppliedRules
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

Json = Any


class Resources:
    """Documents that queries refer to."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def loads_ids(self, *, by_default: bool) -> bool:
        """Whether ``_id`` may be sorted by and aggregated on."""
        given = self._cluster.setting("indices.id_field_data.enabled")
        return by_default if given is None else str(given).lower() == "true"

    def terms_lookup(self, lookup: dict[str, Json]) -> list[Json]:
        """The values of a terms lookup: ``index``, ``id``, ``path``, ``routing``. Raises IndexNotFound, Security (403)."""
        from esmock.mapping.values import raw_values
        from esmock.state.get import get_document
        from esmock.xcontent.json_reader import parse_source

        missing = [f"{name} is missing" for name in ("type", "id") if lookup.get(name) == ""]
        if missing:
            raise ActionRequestValidation(*missing)
        self._permit(str(lookup["index"]))
        read = get_document(self._cluster, str(lookup["index"]), str(lookup["id"]), routing=lookup.get("routing"))
        if read.doc is None or lookup.get("type", "_doc") != "_doc":
            return []
        return raw_values(parse_source(read.doc.source), str(lookup["path"]))

    def looked_up(self, lookup: Lookup, value: Json) -> dict[str, list[Json]] | None:
        """The fields of the document that a lookup field shows for a value; None: there is none. Raises ApiError as searches do."""
        from esmock.search.service import search
        from esmock.xcontent.java_order import hash_map

        body = {"size": 1, "_source": False, "query": {"term": {lookup.target_field: value}}, "fields": list(lookup.fetch_fields)}
        found = search(self._cluster, [lookup.target_index], body)
        return hash_map(found.hits[0].fields) if found.hits else None

    def document(self, index: str, doc_id: str, routing: str | None = None) -> Any:
        """A document (StoredDoc) of an index; None where either is not there. Raises IndexClosed, but not from 7.17 on."""
        from esmock.state.get import get_document

        gate = self._cluster.gate
        if gate is not None and not gate.permits("indices:data/read/mtv[shard]", index):
            return None
        try:
            return get_document(self._cluster, index, doc_id, routing=routing).doc
        except IndexNotFound:
            return None
        except IndexClosed:
            if not self._cluster.behaviour.has((7, 17)):
                raise
            return None

    def document_version(self, index: str, doc_id: str, routing: str | None, version: int | None) -> Any:
        """The same, of one version. Raises IndexNotFound, VersionConflictEngine, Security (403)."""
        from esmock.state.get import get_document

        self._permit(index)
        return get_document(self._cluster, index, doc_id, routing=routing, version=version).doc

    def applied_rules(self, rulesets: Sequence[str], criteria: Mapping[str, Json]) -> AppliedRules:
        """What the rules of some rulesets make of a search that says ``criteria`` of itself. Raises ResourceNotFound."""
        from esmock.search.query_rules import AppliedRules, query_rulesets

        known = query_rulesets(self._cluster).rulesets
        missing = next((one for one in rulesets if one not in known), None)
        if missing is not None:
            raise ResourceNotFound(f"query ruleset {missing} not found")
        return AppliedRules.of((known[one] for one in rulesets), criteria)

    def _permit(self, index: str) -> None:
        """What a query reads, its sender must be allowed to read."""
        if self._cluster.gate is not None:
            self._cluster.gate.permit("indices:data/read/get", index)


def check_queries(cluster: Cluster, index: Index, source: bytes, mapping: Any) -> None:
    """Refuse a document whose percolator fields hold no queries. Raises MapperParsing."""
    from esmock.script.stored import scripts
    from esmock.search.query.percolate import check_queries as check

    check(index.name, index.uuid, mapping, source, cluster.clock.now_ms(), Resources(cluster), scripts(cluster))
