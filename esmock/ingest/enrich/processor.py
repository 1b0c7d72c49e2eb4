"""The processor ``enrich``. Docs: enrich-processor."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import copy
from esmock.ingest.processor import Processor

Json = Any
_MOST = 128
_RELATIONS = ("intersects", "disjoint", "within", "contains")


class Enrich(Processor):
    name: ClassVar[str] = "enrich"
    since: ClassVar[tuple[int, int]] = (7, 5)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        from esmock.ingest.enrich.policy import alias_of

        self.policies = config.environment.enrich()
        name = config.string("policy_name")
        self.alias = alias_of(name)
        policy = self.policies.known.get(name)
        if policy is None or not self.policies.cluster.exists(self.alias):
            raise IllegalArgument(f"no enrich index exists for policy with name [{name}]")
        self.match_field, self.kind = policy.match_field, policy.kind
        self.field = config.template_string("field")
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.override = config.boolean("override", True)
        self.target = config.template_string("target_field")
        self.most = config.integer("max_matches", 1)
        if not 1 <= self.most <= _MOST:
            raise config.error("max_matches", f"should be between 1 and {_MOST}")
        self.relation = config.string("shape_relation", _RELATIONS[0]) if self.kind == "geo_match" else ""
        if self.relation and self.relation.lower() not in _RELATIONS:
            raise IllegalArgument(f"Unknown spatial relation [{self.relation}]")

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field.render(document), ignore_missing=self.ignore_missing)
        if value is None:
            return
        found = self._search(value)
        if not found:
            return
        target = self.target.render(document)
        if self.override or document.get(target, ignore_missing=True) is None:
            document.set(target, copy(found[0] if self.most == 1 else found))

    def _query(self, value: Json) -> Json:
        if self.kind == "geo_match":
            return {"geo_shape": {self.match_field: {"shape": _geometry(value), "relation": self.relation.lower()}}}
        kind = "terms" if isinstance(value, list) else "term"
        return {kind: {self.match_field: value}}

    def _search(self, value: Json) -> list[dict[str, Json]]:
        """The sources that match. Raises the errors of the search."""
        return self.policies.matching(self.alias, self._query(value), self.most)


def _geometry(value: Json) -> Json:
    """What a document's value says of a place: a shape, a point in any form, or several points. Raises ApiError."""
    from esmock.mapping.geo import parse_point

    if isinstance(value, dict) and "type" in value:
        return value
    if isinstance(value, str) and value.strip()[:1].isalpha() and "(" in value:
        return value
    is_list = isinstance(value, list) and not (value and isinstance(value[0], int | float))
    points = [[lon, lat] for lat, lon in map(parse_point, value if is_list else [value])]
    if not points:
        raise IllegalArgument("no geopoints found")
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "MultiPoint", "coordinates": points}


PROCESSORS = (Enrich,)
