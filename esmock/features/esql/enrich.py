"""``ENRICH``: fields of a policy's documents put beside rows. Docs: esql-enrich-data.

Source: the docs page, and the makers' YAML tests of the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.features.esql.block import of_rows
from esmock.features.esql.functions.conversion import printed
from esmock.features.esql.page import Page
from esmock.features.esql.scope import Attribute
from esmock.features.esql.source import column_type, values_of

if TYPE_CHECKING:
    from esmock.ingest.enrich.policy import Policies, Policy
    from esmock.mapping.field import Field
    from esmock.state.cluster import Cluster

Json = Any
_MOST_MATCHES = 10_000
_RESOLVES = "cluster:monitor/xpack/enrich/esql/resolve_policy"


@dataclass(slots=True)
class Enrichment:
    """A policy that was carried out.

    Args:
        fields: of its documents, by name, as the policy's source maps them.
    """

    policies: Policies
    policy: Policy
    alias: str
    fields: dict[str, Field]

    def attribute(self, name: str) -> Attribute:
        """What the column of a field is."""
        return Attribute(column_type(self.fields[name]))


def enrichment(cluster: Cluster, name: str) -> Enrichment | None:
    """The policy of a name; None: there is none. Raises Unsupported for one of places."""
    from esmock.ingest.enrich.policy import alias_of, policies
    from esmock.state.resolve import resolve

    if cluster.gate is not None:
        cluster.gate.require(_RESOLVES)
    known = policies(cluster)
    policy = known.known.get(name)
    if policy is None or not cluster.exists(alias_of(name)):
        return None
    if policy.kind == "geo_match":
        raise Unsupported("the ES|QL command [ENRICH] by a policy of kind [geo_match]")
    mapping = resolve(cluster, list(policy.indices))[0].mapping
    fields = {one: found for one in policy.enrich_fields if (found := mapping.field(one)) is not None}
    return Enrichment(known, policy, alias_of(name), fields)


def enriched(page: Page, found: Enrichment, on: str, taken: list[tuple[str, str]]) -> Page:
    """Each row with the values of all documents that match one of its values, in order.

    Args:
        taken: (new name, field).
    """
    block = page.block(on)
    show = printed(block.type)
    known: dict[str, list[dict[str, Json]]] = {}
    rows: list[list[dict[str, Json]]] = []
    for values in block.rows():
        documents: list[dict[str, Json]] = []
        for value in values:
            text = show(value)
            if text not in known:
                known[text] = found.policies.matching(found.alias, {"term": {found.policy.match_field: text}}, _MOST_MATCHES)
            documents += known[text]
        rows.append(documents)
    added = {}
    for new, old in taken:
        one = found.fields[old]
        kind = column_type(one)
        added[new] = of_rows(kind, ([value for document in documents for value in _values(one, kind, document)] for documents in rows))
    return page.with_columns(added)


def _values(one: Field, kind: str, document: dict[str, Json]) -> list[Json]:
    value: Json = document
    for part in one.path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return list(values_of(one, kind, value if isinstance(value, list) else [value]))
