"""Roles: what they are made of, and what they permit."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.features.security.field_level import FieldGrant
from esmock.features.security.privileges import (
    Privilege,
    cluster_privilege,
    index_privilege,
    is_cluster_action,
    matches,
)
from esmock.xcontent import json_writer
from esmock.xcontent.located import copy_plain

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
PUT_MAPPING = "indices:admin/mapping/put"
_FURTHER = ("remote_indices", "remote_cluster", "restriction", "description")
_MAPPING_PRIVILEGES = ("create", "create_doc", "index", "write")


def name_matches(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern: with ``*``, or a Lucene regular expression between slashes."""
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return _expression(pattern[1:-1])(name)
    return matches((pattern,), name)


def is_broken_expression(pattern: str) -> bool:
    """Whether a pattern begins as an expression and does not end as one."""
    return pattern.startswith("/") and (len(pattern) < 2 or not pattern.endswith("/"))


@functools.lru_cache(256)
def _expression(text: str) -> Callable[[str], bool]:
    """What a Lucene regular expression matches; as a whole it may be a complement. Raises IllegalArgument for a bad one."""
    from esmock.analysis.lucene_regex import compile_regex

    if text.startswith("~(") and text.endswith(")"):
        inner = compile_regex(text[2:-1])
        return lambda name: not inner(name)
    return compile_regex(text)


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
        return self.query is not None or self.fields is not None

    def covers(self, index: str) -> bool:
        """Whether the grant is about an index, or about all that an expression between slashes means, when it is one of its own."""
        return index in self.names or any(name_matches(name, index) for name in self.names)

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
    """What else is kept of it: of later versions ``remote_indices``, ``remote_cluster``, ``restriction``, ``description``."""

    @classmethod
    def parse(cls, name: str, body: Json, behaviour: Behaviour, *, of_key: bool = False) -> Role:
        """Read a role's body. Raises as ``role_body.read_role``."""
        from esmock.features.security.role_body import read_role

        return cls.of(name, read_role(name, body, behaviour, of_key=of_key), behaviour)

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
        more = {key: copy_plain(body[key]) for key in _FURTHER if body.get(key)}
        return cls(
            name, _words(body.get("cluster")), indices, applications, _words(body.get("run_as")), body.get("metadata") or {}, more
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
            **self.more,
        }


def _text(query: Json) -> str | None:
    """A role's query as it is kept: JSON text."""
    if query is None or isinstance(query, str):
        return query or None
    return json_writer.dumps(copy_plain(query)).decode()


def _fields(body: Json) -> FieldGrant | None:
    if body is None:
        return None
    return FieldGrant(_words(body["grant"]) if "grant" in body else ("*",), _words(body.get("except")))


def _words(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(value)


@dataclass(frozen=True, slots=True)
class Permission:
    """What some roles permit together."""

    roles: tuple[Role, ...]

    def check_patterns(self) -> None:
        """Raises IllegalArgument for a pattern that begins as an expression and does not end as one."""
        for role in self.roles:
            resources = [one for entry in role.applications for one in entry["resources"]]
            for pattern in (*resources, *role.run_as, *(name for grant in role.indices for name in grant.names)):
                if is_broken_expression(pattern):
                    raise IllegalArgument(
                        f"invalid pattern [{pattern}]. patterns starting with '/' indicate regular expression pattern and"
                        " therefore must also end with '/'. other patterns (those that do not start with '/') will be treated"
                        " as simple wildcard patterns"
                    )

    def permits_cluster(self, action: str, *, own: bool = True) -> bool:
        """Whether a cluster action is allowed.

        Args:
            own: whether it is about what belongs to the user himself.
        """
        return any(
            one.grants(action)
            for role in self.roles
            for name in role.cluster
            if (own or name != "manage_own_api_key") and (one := cluster_privilege(name)) is not None
        )

    def permits_some_index(self, action: str) -> bool:
        """Whether an index action is allowed on anything at all."""
        return any(
            grant.grants(action) or (action == PUT_MAPPING and grant.old_mapping_privileges()) for grant in self._grants()
        )

    def mapping_privileges(self, index: str) -> list[str]:
        """The old privileges by which the mapping of an index may be changed."""
        return [name for grant in self._grants() if grant.covers(index) for name in grant.old_mapping_privileges()]

    def permits_index(self, action: str, index: str) -> bool:
        """Whether an index action is allowed on one index, alias or data stream."""
        return any(grant.covers(index) and grant.grants(action) for grant in self._grants())

    def permits_everything(self, action: str) -> bool:
        """Whether no index is kept from the action, so that nothing need be narrowed."""
        return any("*" in grant.names and not grant.is_partial and grant.grants(action) for grant in self._grants())

    def queries(self, action: str, names: Sequence[str]) -> tuple[str, ...]:
        """Queries of which one must match the documents of an index with these names; none: all may be seen."""
        found = [grant.query for grant in self._about(action, names)]
        return () if None in found else tuple(one for one in found if one is not None)

    def fields(self, action: str, names: Sequence[str]) -> tuple[FieldGrant, ...] | None:
        """Grants of which one must show a field of an index with these names; None: all fields may be seen."""
        found = dict.fromkeys(grant.fields for grant in self._about(action, names))
        return None if None in found or not found else tuple(one for one in found if one is not None)

    def _about(self, action: str, names: Sequence[str]) -> list[IndexGrant]:
        return [grant for grant in self._grants() if grant.grants(action) and any(grant.covers(name) for name in names)]

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


@functools.cache
def reserved_roles(behaviour: Behaviour) -> Mapping[str, Role]:
    """The built-in roles of a version, by name, in the order in which they are listed.

    Source: answers of 7.17.29 and 8.19.21 to get roles. Differs: 7.10.2 has those of 7.17.29, 9.x those of 8.19.21; without their
    descriptions, rights on remote clusters and global privileges.
    """
    text = resources.files("esmock.features.security").joinpath("reserved_roles.json").read_text("utf-8")
    listed = json.loads(text)["7" if behaviour.major < 8 else "8"]
    return MappingProxyType({name: Role.of(name, body, behaviour) for name, body in listed.items()})
