"""Sets of synonym rules that analyzers read from the cluster. Docs: synonyms-apis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esmock.errors import IllegalArgument, ResourceNotFound

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index

_FILTER = "index.analysis.filter."


class SynonymSets:
    """The slot ``synonyms`` of a cluster.

    Attributes:
        sets: set to its rules, id to text; never changed in place.
    """

    def __init__(self, sets: dict[str, dict[str, str]] | None = None) -> None:
        self.sets = dict(sets or {})

    def clone(self, cluster: Cluster) -> SynonymSets:
        return SynonymSets(self.sets)

    def rules(self, name: str) -> dict[str, str]:
        """The rules of a set by id, in order. Raises ResourceNotFound."""
        found = self.sets.get(name)
        if found is None:
            raise ResourceNotFound(f"synonyms set [{name}] not found")
        return dict(sorted(found.items()))

    def rule(self, name: str, rule: str) -> str:
        """One rule. Raises ResourceNotFound."""
        found = self.rules(name)
        if rule not in found:
            raise ResourceNotFound(f"synonym rule [{rule}] not found on synonyms set [{name}]")
        return found[rule]

    def put(self, name: str, rules: dict[str, str]) -> bool:
        """Store a set in place of an older one; whether it is new."""
        is_new = name not in self.sets
        self.sets[name] = rules
        return is_new

    def put_rule(self, name: str, rule: str, text: str) -> bool:
        """Store a rule of a set; whether it is new. Raises ResourceNotFound."""
        rules = self.rules(name)
        self.sets[name] = {**rules, rule: text}
        return rule not in rules

    def delete_rule(self, name: str, rule: str) -> None:
        """Remove a rule. Raises ResourceNotFound."""
        self.rule(name, rule)
        self.sets[name] = {one: text for one, text in self.sets[name].items() if one != rule}

    def delete(self, cluster: Cluster, name: str) -> None:
        """Remove a set that no index uses. Raises ResourceNotFound, IllegalArgument."""
        self.rules(name)
        users = [index.name for index in users_of(cluster, name)]
        if users:
            raise IllegalArgument(
                f"synonyms set [{name}] cannot be deleted as it is used in the following indices: {', '.join(users)}"
            )
        del self.sets[name]


def synonym_sets(cluster: Cluster) -> SynonymSets:
    """The cluster's synonym sets."""
    found: SynonymSets = cluster.slot("synonyms", SynonymSets)
    return found


def users_of(cluster: Cluster, name: str) -> list[Index]:
    """The indices with a filter that reads a set, by name."""
    return [
        index
        for _, index in sorted(cluster.indices.items())
        if any(
            key.startswith(_FILTER) and key.endswith(".synonyms_set") and value == name
            for key, value in index.settings.items()
        )
    ]
