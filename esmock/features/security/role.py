"""Roles: what they are made of, and what they permit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, Unsupported
from esmock.features.security.privileges import cluster_privilege, index_privilege, is_cluster_action, matches

Json = Any
_KNOWN = ("cluster", "indices", "index", "applications", "run_as", "metadata", "transient_metadata", "global", "description",
          "remote_indices", "remote_cluster")  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndexGrant:
    """Privileges on the indices of some patterns."""

    names: tuple[str, ...]
    privileges: tuple[str, ...]
    allow_restricted: bool = False

    def covers(self, index: str) -> bool:
        """Whether the grant is about an index."""
        return matches(self.names, index)

    def grants(self, action: str) -> bool:
        """Whether the action is one of its privileges'."""
        return any(index_privilege(name).grants(action) for name in self.privileges)

    def body(self) -> dict[str, Json]:
        return {"names": list(self.names), "privileges": list(self.privileges), "allow_restricted_indices": self.allow_restricted}


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it was put. Source: create or update roles API."""

    name: str
    cluster: tuple[str, ...] = ()
    indices: tuple[IndexGrant, ...] = ()
    applications: tuple[Json, ...] = ()
    run_as: tuple[str, ...] = ()
    metadata: Json = field(default_factory=dict)

    @classmethod
    def parse(cls, name: str, body: Json) -> Role:
        """Read a role's body.

        Raises:
            ElasticsearchParse: an unknown key.
            IllegalArgument: an unknown privilege.
            Unsupported: document or field level security.
        """
        for key in body:
            if key not in _KNOWN:
                raise ElasticsearchParse(f"failed to parse role [{name}]. unexpected field [{key}]")
        indices = []
        for entry in body.get("indices") or ():
            if entry.get("query") is not None:
                raise Unsupported("document level security ([indices.query] of a role)")
            if entry.get("field_security") is not None:
                raise Unsupported("field level security ([indices.field_security] of a role)")
            names, privileges = _words(entry.get("names")), _words(entry.get("privileges"))
            for one in privileges:
                index_privilege(one)
            indices.append(IndexGrant(names, privileges, bool(entry.get("allow_restricted_indices"))))
        cluster = _words(body.get("cluster"))
        for one in cluster:
            cluster_privilege(one)
        return cls(
            name, cluster, tuple(indices), tuple(body.get("applications") or ()), _words(body.get("run_as")), body.get("metadata") or {}
        )

    def body(self) -> dict[str, Json]:
        """As the get roles API shows it."""
        return {
            "cluster": list(self.cluster),
            "indices": [one.body() for one in self.indices],
            "applications": list(self.applications),
            "run_as": list(self.run_as),
            "metadata": self.metadata,
            "transient_metadata": {"enabled": True},
        }


def _words(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise IllegalArgument(f"could not parse [{value}]: expected a string or a list of strings")


@dataclass(frozen=True, slots=True)
class Permission:
    """What some roles permit together."""

    roles: tuple[Role, ...]

    def permits_cluster(self, action: str, *, own: bool = True) -> bool:
        """Whether a cluster action is allowed.

        Args:
            own: whether it is about what belongs to the user himself.
        """
        return any(
            cluster_privilege(name).grants(action)
            for role in self.roles
            for name in role.cluster
            if own or name != "manage_own_api_key"
        )

    def permits_some_index(self, action: str) -> bool:
        """Whether an index action is allowed on anything at all."""
        return any(grant.grants(action) for role in self.roles for grant in role.indices)

    def permits_index(self, action: str, index: str) -> bool:
        """Whether an index action is allowed on one index, alias or data stream."""
        return any(grant.covers(index) and grant.grants(action) for grant in self._grants())

    def permits_everything(self, action: str) -> bool:
        """Whether no index is kept from the action, so that nothing need be narrowed."""
        return any("*" in grant.names and grant.grants(action) for grant in self._grants())

    def permitted(self, action: str, names: Iterable[str]) -> list[str]:
        """Those of the names on which the action is allowed."""
        return [name for name in names if self.permits_index(action, name)]

    def permits_run_as(self, user: str) -> bool:
        return any(matches(role.run_as, user) for role in self.roles)

    def _grants(self) -> Sequence[IndexGrant]:
        return [grant for role in self.roles for grant in role.indices]

    def permits(self, action: str, index: str | None) -> bool:
        """One question for both kinds of action."""
        if is_cluster_action(action):
            return self.permits_cluster(action)
        return self.permits_some_index(action) if index is None else self.permits_index(action, index)


def _reserved(name: str, cluster: tuple[str, ...] = (), indices: tuple[IndexGrant, ...] = (), run_as: tuple[str, ...] = ()) -> Role:
    return Role(name, cluster, indices, (), run_as, {"_reserved": True})


RESERVED = {
    role.name: role
    for role in (
        _reserved("superuser", ("all",), (IndexGrant(("*",), ("all",), True),), ("*",)),
        _reserved("monitoring_user", ("cluster:monitor/main", "cluster:monitor/xpack/info", "cluster:monitor/remote/info"),
                  (IndexGrant((".monitoring-*",), ("read", "read_cross_cluster")[:1]),)),
        _reserved("transport_client", ("transport_client",)),
        _reserved("ingest_admin", ("manage_index_templates", "manage_pipeline")),
        _reserved("rollup_admin", ("manage_rollup",)),
        _reserved("rollup_user", ("monitor_rollup",)),
        _reserved("snapshot_user", ("create_snapshot", "cluster:admin/repository/get"), (IndexGrant(("*",), ("view_index_metadata",), True),)),
        _reserved("viewer", (), (IndexGrant(("*",), ("read", "view_index_metadata")),)),
        _reserved("editor", (), (IndexGrant(("*",), ("read", "view_index_metadata")),)),
        _reserved("kibana_admin"),
        _reserved("remote_monitoring_agent", ("manage_index_templates", "manage_ingest_pipelines", "monitor")),
        _reserved("logstash_system", ("monitor",)),
        _reserved("beats_system", ("monitor",)),
        _reserved("apm_system", ("monitor",)),
    )
}  # fmt: skip
"""The built-in roles that esmock knows; a name that is missing here is a role that does not exist."""
