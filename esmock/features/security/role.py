"""Roles: what they are made of, and what they permit."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument, Unsupported
from esmock.features.security.privileges import (
    cluster_privilege,
    index_privilege,
    is_cluster_action,
    known_cluster_privilege,
    known_index_privilege,
    matches,
)

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_KNOWN = ("cluster", "indices", "index", "applications", "run_as", "metadata", "transient_metadata", "global", "description",
          "remote_indices", "remote_cluster")  # fmt: skip


def name_matches(pattern: str, name: str) -> bool:
    """Whether a name is of a pattern: with ``*``, or a Lucene regular expression between slashes."""
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return _expression(pattern[1:-1])(name)
    return matches((pattern,), name)


@functools.lru_cache(256)
def _expression(text: str) -> Callable[[str], bool]:
    """What a Lucene regular expression matches; as a whole it may be a complement. Raises IllegalArgument for a bad one."""
    from esmock.search.query.lucene_regex import compile_regex

    if text.startswith("~(") and text.endswith(")"):
        inner = compile_regex(text[2:-1])
        return lambda name: not inner(name)
    return compile_regex(text)


@dataclass(frozen=True, slots=True)
class IndexGrant:
    """Privileges on the indices of some patterns."""

    names: tuple[str, ...]
    privileges: tuple[str, ...]
    allow_restricted: bool = False

    def covers(self, index: str) -> bool:
        """Whether the grant is about an index."""
        return any(name_matches(name, index) for name in self.names)

    def grants(self, action: str) -> bool:
        """Whether the action is one of its privileges'."""
        return any(one.grants(action) for one in map(index_privilege, self.privileges) if one is not None)

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
    def parse(cls, name: str, body: Json, behaviour: Behaviour) -> Role:
        """Read a role's body.

        Raises:
            ElasticsearchParse: an unknown key.
            ActionRequestValidation: unknown privileges.
            Unsupported: document or field level security.
        """
        for key in body:
            if key not in _KNOWN:
                raise ElasticsearchParse(f"failed to parse role [{name}]. unexpected field [{key}]")
        indices: list[tuple[str, ...]] = []
        for entry in body.get("indices") or ():
            if entry.get("query") is not None:
                raise Unsupported("document level security ([indices.query] of a role)")
            if entry.get("field_security") is not None:
                raise Unsupported("field level security ([indices.field_security] of a role)")
            indices.append(_words(entry.get("privileges")))
        _check(behaviour, _words(body.get("cluster")), indices)
        return cls.of(name, body)

    @classmethod
    def of(cls, name: str, body: Json) -> Role:
        """The role of a body that is known to be good."""
        indices = tuple(
            IndexGrant(_words(one.get("names")), _words(one.get("privileges")), bool(one.get("allow_restricted_indices")))
            for one in body.get("indices") or ()
        )
        applications = tuple(body.get("applications") or ())
        return cls(name, _words(body.get("cluster")), indices, applications, _words(body.get("run_as")), body.get("metadata") or {})

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


def _check(behaviour: Behaviour, cluster: tuple[str, ...], indices: list[tuple[str, ...]]) -> None:
    """Raises ActionRequestValidation for privileges that the version does not know."""
    problems = []
    for known, names in ((known_cluster_privilege, cluster), *((known_index_privilege, one) for one in indices)):
        for name in names:
            try:
                known(name, behaviour)
            except IllegalArgument as error:
                problems.append(error.reason or "")
    if problems:
        raise ActionRequestValidation(*problems)


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
            one.grants(action)
            for role in self.roles
            for name in role.cluster
            if (own or name != "manage_own_api_key") and (one := cluster_privilege(name)) is not None
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


@functools.cache
def reserved_roles(behaviour: Behaviour) -> Mapping[str, Role]:
    """The built-in roles of a version, by name, in the order in which they are listed.

    Source: answers of 7.17.29 and 8.19.21 to get roles. Differs: 7.10.2 has those of 7.17.29, 9.x those of 8.19.21; without their
    descriptions, rights on remote clusters and global privileges.
    """
    text = resources.files("esmock.features.security").joinpath("reserved_roles.json").read_text("utf-8")
    listed = json.loads(text)["7" if behaviour.major < 8 else "8"]
    return MappingProxyType({name: Role.of(name, body) for name, body in listed.items()})
