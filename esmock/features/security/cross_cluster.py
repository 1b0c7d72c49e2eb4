"""API keys for other clusters: they grant access to indices, to search or to follow them, and serve no requests.

Docs: security-api-create-cross-cluster-api-key. Source: answers of 8.19.21 to bodies right and wrong; what a key looks like by documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument
from esmock.features.security.api_key import EXPIRATION, METADATA, issue, owned
from esmock.features.security.authentication import Authentication
from esmock.features.security.role import Role
from esmock.features.security.role_body import read_indices
from esmock.features.security.user import SecurityState
from esmock.xcontent.located import at_value, standing
from esmock.xcontent.object_parser import Parser, custom, object_, string
from esmock.xcontent.value_reader import Key, Reading

Json = Any
_ROLE = "cross_cluster"
_PRIVILEGES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "search": (("cross_cluster_search", "monitor_enrich"), ("read", "read_cross_cluster", "view_index_metadata")),
        "replication": (
            ("cross_cluster_replication",), ("cross_cluster_replication", "cross_cluster_replication_internal"),
        ),
    }
)  # fmt: skip
"""What each kind of access grants: cluster and index privileges."""


def _entries(body: Json, key: Key, reading: Reading) -> list[dict[str, Json]]:
    privileges = _PRIVILEGES[str(key)][1]
    for entry in body[key]:
        if "privileges" in entry:
            error = ElasticsearchParse(f"failed to parse indices privileges for role [{_ROLE}]. field [privileges] must not present")
            raise standing(error, at_value(entry, "privileges"))
    return read_indices(_ROLE, str(key), [{**entry, "privileges": list(privileges)} for entry in body[key]])


_ACCESS = Parser(f"{_ROLE}_api_key_request_access", *(custom(kind, ("START_ARRAY",), _entries) for kind in _PRIVILEGES))


def _granted(given: dict[str, Any]) -> dict[str, Any]:
    _check_access(given["access"])
    return given


def _check_access(access: Mapping[str, Json]) -> None:
    if not any(access.values()):
        raise IllegalArgument("must specify non-empty access for either [search] or [replication]")
    partial = any("query" in entry or "field_security" in entry for entry in access.get("search") or ())
    if partial and access.get("replication"):
        raise IllegalArgument("search does not support document or field level security if replication is assigned")


CREATE = Parser(
    f"{_ROLE}_api_key_request",
    string("name", argument=True, required=True),
    object_("access", _ACCESS, argument=True, required=True),
    *(replace(field, argument=True) for field in (EXPIRATION, METADATA)),
    build=_granted,
)
UPDATE = Parser(f"update_{_ROLE}_api_key_request_payload", object_("access", _ACCESS), EXPIRATION, METADATA)


def check_update(given: Mapping[str, Any]) -> None:
    """Raises IllegalArgument for access to nothing, ActionRequestValidation for nothing to change."""
    if given.get("access") is not None:
        _check_access(given["access"])
    elif given.get("metadata") is None:
        raise ActionRequestValidation("must update either [access] or [metadata] for cross-cluster API keys")


def create(state: SecurityState, who: Authentication, given: Mapping[str, Any]) -> dict[str, Json]:
    """Make a key. Raises IllegalArgument for a sender that is a key itself."""
    if who.key is not None:
        raise IllegalArgument("authentication via API key not supported: An API key cannot be used to create a cross-cluster API key")
    return issue(state, who, given, (_role(state, given["access"]),), _shown(given["access"]))


def update(state: SecurityState, who: Authentication, key_id: str, given: Mapping[str, Any]) -> bool:
    """Change one of the sender's own keys; returns whether it is other than before. Raises as ``api_key.owned``."""
    key = owned(state, who, key_id, _ROLE)
    changes: dict[str, Any] = {}
    if given.get("access") is not None:
        changes |= {"roles": (_role(state, given["access"]),), "access": _shown(given["access"])}
    if given.get("metadata") is not None:
        changes["metadata"] = given["metadata"]
    if given.get("expiration") is not None:
        changes["expires_ms"] = state.cluster.clock.now_ms() + given["expiration"]
    state.keys[key_id] = changed = replace(key, **changes)
    return changed != key


def _role(state: SecurityState, access: Mapping[str, Json]) -> Role:
    kinds = [kind for kind in _PRIVILEGES if access.get(kind)]
    cluster = [name for kind in kinds for name in _PRIVILEGES[kind][0]]
    indices = [entry for kind in kinds for entry in access[kind]]
    return Role.of(_ROLE, {"cluster": cluster, "indices": indices}, state.cluster.behaviour)


def _shown(access: Mapping[str, Json]) -> dict[str, Json]:
    """Access as keys show it: the indices without their privileges."""
    return {
        kind: [{**_without_privileges(entry), "allow_restricted_indices": bool(entry.get("allow_restricted_indices"))} for entry in entries]
        for kind, entries in access.items()
        if entries
    }


def _without_privileges(entry: Mapping[str, Json]) -> dict[str, Json]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in entry.items() if name != "privileges"}
