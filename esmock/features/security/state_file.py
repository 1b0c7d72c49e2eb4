"""Security in a file of a space's state: passwords, keys and service tokens as they are kept, which is hashed. Tokens of users stay out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from esmock.features.security.profile import Profile
from esmock.features.security.role import Permission, Role
from esmock.features.security.user import ApiKey, SecurityState, ServiceToken, User

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_RESERVED = ("password", "enabled", "password_hash")
"""What of a built-in user can change."""


def to_json(state: SecurityState) -> dict[str, Json]:
    """What is in the state."""
    return {
        "users": [_plain(one) for one in state.users.values()],
        "roles": [_plain(one) for one in state.roles.values()],
        "api_keys": [_plain(one) for one in state.keys.values()],
        "service_tokens": [_plain(one) for one in state.service_tokens.values()],
        "role_mappings": state.role_mappings,
        "privileges": list(state.application_privileges.values()),
        "profiles": [_plain(one) for one in state.profiles.values()],
        "profile_changes": state.profile_changes,
        "settings": state.index_settings,
    }


def fill(state: SecurityState, given: Mapping[str, Json]) -> None:
    """Put into a new state what ``to_json`` gave. Raises KeyError, TypeError, ValueError, AttributeError for what it never gives."""
    behaviour = state.cluster.behaviour
    for user in (_user(one) for one in given.get("users", ())):
        there = state.users.get(user.username)
        if there is not None and there.realm == "reserved":
            changed: dict[str, Any] = {name: getattr(user, name) for name in _RESERVED}
            user = replace(there, **changed)
        state.users[user.username] = user
    for role in given.get("roles", ()):
        state.roles[role["name"]] = _role(role, behaviour)
    for one in given.get("api_keys", ()):
        roles = tuple(_role(role, behaviour) for role in one["roles"])
        limits = Permission(tuple(_role(role, behaviour) for role in one["limited_by"]))
        owner, secret = _user(one["owner"]), base64.b64decode(one["secret"])
        state.keys[one["id"]] = ApiKey(**{**one, "owner": owner, "secret": secret, "roles": roles, "limited_by": limits})
    for one in given.get("service_tokens", ()):
        state.service_tokens[one["account"], one["name"]] = ServiceToken(**{**one, "secret": base64.b64decode(one["secret"])})
    state.role_mappings.update(given.get("role_mappings", {}))
    state.application_privileges.update({(one["application"], one["name"]): one for one in given.get("privileges", ())})
    for one in given.get("profiles", ()):
        state.profiles[one["uid"]] = Profile(**{**one, "user": _user(one["user"])})
    state.profile_changes = int(given.get("profile_changes", 0))
    state.index_settings.update(given.get("settings", {}))


def _plain(one: Any) -> Json:
    """A thing of the state in what JSON has."""
    if isinstance(one, Permission):
        return [_plain(role) for role in one.roles]
    if isinstance(one, Role):
        indices = [grant.body() for grant in one.indices]
        names = [each.name for each in fields(one) if each.name not in ("indices", "_held")]
        return {**{name: _plain(getattr(one, name)) for name in names}, "indices": indices}
    if isinstance(one, User | ApiKey | ServiceToken | Profile):
        return {each.name: _plain(getattr(one, each.name)) for each in fields(one)}
    if isinstance(one, bytes):
        return base64.b64encode(one).decode()
    return [_plain(each) for each in one] if isinstance(one, tuple) else one


def _user(given: Mapping[str, Json]) -> User:
    return User(**{**given, "password": base64.b64decode(given["password"]), "roles": tuple(given["roles"])})


def _role(given: Mapping[str, Json], behaviour: Behaviour) -> Role:
    role = Role.of(given["name"], given, behaviour)
    return replace(role, more=given["more"])
