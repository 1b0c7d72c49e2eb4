"""Roles: what they are made of, and what they permit."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.features.security.field_level import FieldGrant, are_total
from esmock.features.security.name_pattern import check_expression, covers_all, is_plain, name_matches
from esmock.features.security.privileges import (
    Privilege,
    cluster_privilege,
    index_privilege,
    is_cluster_action,
    known_cluster_privilege,
    known_index_privilege,
    matches,
)
from esmock.features.security.restricted import is_restricted, restricted_names
from esmock.xcontent import json_writer
from esmock.xcontent.located import copy_plain

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
PUT_MAPPING = "indices:admin/mapping/put"
_TRANSIENT = "transient_metadata"
_FURTHER = (_TRANSIENT, "global", "remote_indices", "remote_cluster", "restriction", "description")
_MAPPING_PRIVILEGES = ("create", "create_doc", "index", "write")


@dataclass(frozen=True, slots=True)
class IndexGrant:
    """Privileges on the indices of some patterns."""

    names: tuple[str, ...]
    privileges: tuple[str, ...]
    behaviour: Behaviour
    allow_restricted: bool = False
    query: str | None = None
    fields: FieldGrant | None = None

    @property
    def is_partial(self) -> bool:
        """Whether it is about some documents or fields only."""
        return self.query is not None or self.limits is not None

    @property
    def limits(self) -> FieldGrant | None:
        """The fields that it is about; None: all, as it also is where it grants all and excepts none."""
        return None if self.fields is None or self.fields.is_total else self.fields

    def covers(self, index: str) -> bool:
        """Whether the grant is about an index, or about all that an expression between slashes means, when it is one of its own."""
        is_named = index in self.names or any(name_matches(name, index) for name in self.names)
        return is_named and (self.allow_restricted or not is_restricted(index, self.behaviour))

    def grants(self, action: str) -> bool:
        """Whether the action is one of its privileges'."""
        return any(one.grants(action) for one in self.held())

    def held(self) -> list[Privilege]:
        """The privileges that its names mean."""
        found = (index_privilege(name, self.behaviour) for name in self.privileges)
        return [one for one in found if one is not None]

    def old_mapping_privileges(self) -> list[str]:
        """Its privileges that allowed to change mappings before there was one for that."""
        return [name for name in _MAPPING_PRIVILEGES if name in self.privileges]

    def body(self) -> dict[str, Json]:
        fields = {} if self.fields is None else {"field_security": self.fields.body()}
        query = {} if self.query is None else {"query": self.query}
        return {
            "names": list(self.names),
            "privileges": list(self.privileges),
            **fields,
            **query,
            "allow_restricted_indices": self.allow_restricted,
        }


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it was put. Source: create or update roles API."""

    name: str
    cluster: tuple[str, ...] = ()
    indices: tuple[IndexGrant, ...] = ()
    applications: tuple[Json, ...] = ()
    run_as: tuple[str, ...] = ()
    metadata: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)
    """What else is kept of it: ``global``, and of later versions ``remote_indices``, ``remote_cluster``, ``restriction``, ``description``."""
    _held: tuple[Privilege, ...] = ()

    @classmethod
    def parse(cls, name: str, body: Json, behaviour: Behaviour, *, of_key: bool = False) -> Role:
        """Read a role's body. Raises as ``role_body.read_role``."""
        from esmock.features.security.role_body import read_role

        return cls.of(name, read_role(name, body, behaviour, of_key=of_key), behaviour)

    def check_privileges(self, behaviour: Behaviour) -> None:
        """Raises IllegalArgument for one that is unknown."""
        for name in self.cluster:
            known_cluster_privilege(name, behaviour)
        for name in (name for grant in self.indices for name in grant.privileges):
            known_index_privilege(name, behaviour)

    @property
    def is_empty(self) -> bool:
        """Whether it permits nothing."""
        return not (self.cluster or self.indices or self.applications or self.run_as or self.more)

    @property
    def granted(self) -> tuple[IndexGrant, ...]:
        """What it grants on indices. ES: a single grant that begins with ``none`` is left out, whatever follows (6.8.23 to 8.19.21)."""
        alone = self.indices[0].privileges if len(self.indices) == 1 else ()
        return () if alone[:1] == ("none",) else self.indices

    @property
    def managed_applications(self) -> list[str]:
        """Patterns of applications whose privileges it lets manage, and no others."""
        found: list[str] = self.more.get("global", {}).get("application", {}).get("manage", {}).get("applications", [])
        return found

    @property
    def workflows(self) -> list[str]:
        """The workflows that it is restricted to; none: it is not."""
        found: list[str] = self.more.get("restriction", {}).get("workflows", [])
        return found

    @classmethod
    def of(cls, name: str, body: Json, behaviour: Behaviour) -> Role:
        """The role of a body that is known to be good."""
        indices = tuple(
            IndexGrant(
                _words(one.get("names")),
                _words(one.get("privileges")),
                behaviour,
                bool(one.get("allow_restricted_indices")),
                _text(one.get("query")),
                _fields(one.get("field_security")),
            )
            for one in body.get("indices") or ()
        )
        applications = tuple(body.get("applications") or ())
        more = {key: copy_plain(body[key]) for key in _FURTHER if body.get(key) or (key == _TRANSIENT and key in body)}
        cluster = _words(body.get("cluster"))
        held = (cluster_privilege(one, behaviour) for one in cluster)
        return cls(
            name, cluster, indices, applications, _words(body.get("run_as")), body.get("metadata") or {}, more,
            tuple(one for one in held if one is not None),
        )  # fmt: skip

    def held(self) -> tuple[Privilege, ...]:
        """The privileges on the cluster that its names mean, as its version has them."""
        return self._held

    def body(self) -> dict[str, Json]:
        """As the get roles API shows it."""
        more = dict(self.more)
        shared = {"global": more.pop("global")} if "global" in more else {}
        return {
            "cluster": list(self.cluster),
            **shared,
            "indices": [one.body() for one in self.indices],
            "applications": list(self.applications),
            "run_as": list(self.run_as),
            "metadata": self.metadata,
            _TRANSIENT: {"enabled": True},
            **more,
        }


def _text(query: Json) -> str | None:
    """A role's query as it is kept: JSON text."""
    if query is None or isinstance(query, str):
        return query or None
    return json_writer.dumps(copy_plain(query)).decode()


def _fields(body: Json) -> FieldGrant | None:
    if body is None:
        return None
    return FieldGrant(_words(body["grant"]) if "grant" in body else ("*",), _words(body["except"]) if "except" in body else None)


def _words(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(value)


class IndexGroup(NamedTuple):
    """Grants of several roles on the same names, which are one: where one of them is about everything, all of them are.

    Source: answers of 8.19.21 to users with such roles.
    """

    grants: tuple[IndexGrant, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return self.grants[0].names

    @property
    def allow_restricted(self) -> bool:
        return self.grants[0].allow_restricted

    @property
    def queries(self) -> tuple[str, ...]:
        """Queries of which one must match a document; none: all may be seen."""
        found = dict.fromkeys(grant.query for grant in self.grants)
        return () if None in found else tuple(one for one in found if one is not None)

    @property
    def fields(self) -> tuple[FieldGrant, ...]:
        """Grants of which one must show a field; none: all may be seen."""
        found = dict.fromkeys(grant.limits for grant in self.grants)
        return () if None in found else tuple(one for one in found if one is not None)

    @property
    def is_partial(self) -> bool:
        """Whether it is about some documents or fields only."""
        return bool(self.queries or self.fields)

    def covers(self, index: str) -> bool:
        """As ``IndexGrant.covers``."""
        return self.grants[0].covers(index)

    def covers_pattern(self, wanted: str, *, restricted: bool) -> bool:
        """Whether the group is about all that a pattern means.

        Args:
            restricted: also what Elasticsearch keeps for itself.
        """
        if is_plain(wanted):
            return self.covers(wanted)
        own = restricted_names(self.grants[0].behaviour)
        return covers_all(
            self.names, (wanted,), kept_back=() if self.allow_restricted else own, left_out=() if restricted else own
        )

    def grants_action(self, action: str) -> bool:
        """Whether the action is one of its privileges'."""
        return any(grant.grants(action) for grant in self.grants)

    def held(self) -> list[Privilege]:
        """The privileges that its names mean."""
        return [one for grant in self.grants for one in grant.held()]


@dataclass(frozen=True, slots=True)
class Permission:
    """What some roles permit together."""

    roles: tuple[Role, ...]
    _joined: list[IndexGroup] = field(default_factory=list, init=False, compare=False, repr=False)

    def check_patterns(self) -> None:
        """Raises IllegalArgument for a pattern that begins as an expression and does not end as one."""
        for role in self.roles:
            resources = [one for entry in role.applications for one in entry["resources"]]
            for pattern in (*resources, *role.run_as, *(name for grant in role.indices for name in grant.names)):
                check_expression(pattern)

    def permits_cluster(self, action: str, *, own: bool = True) -> bool:
        """Whether a cluster action is allowed.

        Args:
            own: whether it is about what belongs to the user himself.
        """
        return any(
            one.grants(action) for role in self.roles for one in role.held() if own or one.name != "manage_own_api_key"
        )

    def manages(self, applications: Iterable[str]) -> bool:
        """Whether the privileges of all of some applications may be managed."""
        patterns = [one for role in self.roles for one in role.managed_applications]
        return all(matches(patterns, one) for one in applications)

    def permits_some_index(self, action: str) -> bool:
        """Whether an index action is allowed on anything at all."""
        return any(
            grant.grants(action) or (action == PUT_MAPPING and grant.old_mapping_privileges())
            for group in self.groups()
            for grant in group.grants
        )

    def mapping_privileges(self, index: str) -> list[str]:
        """The old privileges by which the mapping of an index may be changed."""
        covering = (grant for group in self.groups() if group.covers(index) for grant in group.grants)
        return [name for grant in covering for name in grant.old_mapping_privileges()]

    def has_no_more(self, name: str, than: str) -> bool:
        """Whether all that is allowed on a name is allowed on another too."""
        held = [one for group in self.groups() if group.covers(than) for one in group.held()]
        return all(one.is_within(*held) for group in self.groups() if group.covers(name) for one in group.held())

    def permits_index(self, action: str, index: str) -> bool:
        """Whether an index action is allowed on one index, alias or data stream."""
        return any(group.covers(index) and group.grants_action(action) for group in self.groups())

    def permits_everything(self, action: str, *, restricted: bool) -> bool:
        """Whether no index is kept from the action, so that nothing need be narrowed.

        Args:
            restricted: also none that Elasticsearch keeps for itself.
        """
        return any(
            "*" in group.names and not group.is_partial and group.grants_action(action)
            for group in self.groups()
            if group.allow_restricted or not restricted
        )

    def queries(self, action: str, names: Sequence[str]) -> tuple[str, ...]:
        """Queries of which one must match the documents of an index with these names; none: all may be seen."""
        found = [group.queries for group in self._about(action, names)]
        return () if () in found else tuple(one for queries in found for one in queries)

    def fields(self, action: str, names: Sequence[str]) -> tuple[FieldGrant, ...] | None:
        """Grants of which one must show a field of an index with these names; None: all fields may be seen."""
        found = [group.fields for group in self._about(action, names)]
        held = tuple(dict.fromkeys(one for fields in found for one in fields))
        return None if () in found or not found or are_total(held) else held

    def _about(self, action: str, names: Sequence[str]) -> list[IndexGroup]:
        return [group for group in self.groups() if group.grants_action(action) and any(group.covers(name) for name in names)]

    def permitted(self, action: str, names: Iterable[str]) -> list[str]:
        """Those of the names on which the action is allowed."""
        return [name for name in names if self.permits_index(action, name)]

    def permits_run_as(self, user: str) -> bool:
        return any(matches(role.run_as, user) for role in self.roles)

    def groups(self) -> Sequence[IndexGroup]:
        """The grants on indices, those on the same names together."""
        if not self._joined:
            found: dict[tuple[frozenset[str], bool], list[IndexGrant]] = {}
            for grant in (grant for role in self.roles for grant in role.granted):
                found.setdefault((frozenset(grant.names), grant.allow_restricted), []).append(grant)
            self._joined.extend(IndexGroup(tuple(grants)) for grants in found.values())
        return self._joined

    def applications(self) -> list[Json]:
        """The privileges of applications, those on the same resources together. Source: answers of 6.8.23 to has privileges."""
        found: dict[tuple[str, frozenset[str]], dict[str, Json]] = {}
        for one in (one for role in self.roles for one in role.applications):
            joined = found.setdefault((one["application"], frozenset(one["resources"])), {**one, "privileges": []})
            joined["privileges"] = list(dict.fromkeys((*joined["privileges"], *one["privileges"])))
        return list(found.values())

    def permits(self, action: str, index: str | None) -> bool:
        """One question for both kinds of action."""
        if is_cluster_action(action):
            return self.permits_cluster(action)
        return self.permits_some_index(action) if index is None else self.permits_index(action, index)


@functools.cache
def reserved_roles(behaviour: Behaviour) -> Mapping[str, Role]:
    """The built-in roles of a version, by name, in the order in which they are listed.

    Source: answers of 7.17.29 and 8.19.21 to get roles; the built-in roles page. Differs: 7.10.2 has those of 7.17.29 but for some that came
    or changed after it, 9.x those of 8.19.21.
    """
    text = resources.files("esmock.features.security").joinpath("reserved_roles.json").read_text("utf-8")
    tables = json.loads(text)
    listed = tables["7" if behaviour.major < 8 else "8"] | ({} if behaviour.has((7, 17)) else tables["7.10"])
    return MappingProxyType({name: Role.of(name, body, behaviour) for name, body in listed.items() if body is not None})
