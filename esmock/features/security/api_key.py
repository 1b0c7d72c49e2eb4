"""API keys: made, shown, invalidated. Docs: security-api-create-api-key and its kin."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.features.security.authentication import Authentication
from esmock.features.security.role import Role
from esmock.features.security.user import ApiKey, SecurityState, hashed
from esmock.version import Behaviour
from esmock.xcontent.units import parse_time_ms

Json = Any
_ONE_OF = "One of [{}, api key name, username, realm name]"


def create(state: SecurityState, who: Authentication, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """Make a key; its secret is told only here.

    Raises:
        ActionRequestValidation: without a name.
        IllegalArgument: a bad expiration or privilege.
    """
    name = body.get("name")
    if not name:
        raise ActionRequestValidation("api key name is required") if behaviour.major >= 8 else IllegalArgument("Required [name]")
    now = state.cluster.clock.now_ms()
    expiration = body.get("expiration")
    expires = None if expiration is None else now + parse_time_ms(expiration, "expiration")
    roles = tuple(Role.parse(role, descriptor, behaviour) for role, descriptor in (body.get("role_descriptors") or {}).items())
    key_id, secret = state.cluster.new_doc_id(), state.new_secret()
    state.keys[key_id] = ApiKey(
        key_id, name, hashed(secret, key_id), now, expires, who.user, roles, who.permission, body.get("metadata") or {}
    )
    out = {"id": key_id, "name": name}
    if expires is not None:
        out["expiration"] = expires
    out["api_key"] = secret
    if behaviour.has((7, 16)):
        out["encoded"] = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    return out


def get(state: SecurityState, params: Mapping[str, Any], username: str, behaviour: Behaviour) -> list[dict[str, Json]]:
    """The keys that the parameters mean. Raises ActionRequestValidation (7.x) when they mean none."""
    named = any(params[name] for name in ("id", "name", "username", "realm_name", "owner"))
    if not named and behaviour.major < 8:
        raise ActionRequestValidation(f"{_ONE_OF.format('api key id')} must be specified if [owner] flag is false")
    wanted = [
        key
        for key in state.keys.values()
        if _is(key.id, params["id"])
        and _is(key.name, params["name"])
        and _is(key.owner.username, params["username"])
        and (not params["owner"] or key.owner.username == username)
        and not (params["active_only"] and key.invalidated)
    ]
    return [_shown(key, behaviour) for key in wanted]


def _is(value: str, wanted: str | None) -> bool:
    if wanted is None or wanted == "*":
        return True
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def _shown(key: ApiKey, behaviour: Behaviour) -> dict[str, Json]:
    out: dict[str, Json] = {"id": key.id, "name": key.name}
    if behaviour.has((8, 10)):
        out["type"] = "rest"
    out["creation"] = key.created_ms
    if key.expires_ms is not None:
        out["expiration"] = key.expires_ms
    out |= {"invalidated": key.invalidated, "username": key.owner.username, "realm": key.owner.realm}
    if behaviour.has((8, 14)):
        out["realm_type"] = key.owner.realm
    if behaviour.has((7, 13)):
        out["metadata"] = key.metadata
    if behaviour.has((8, 5)):
        out["role_descriptors"] = {role.name: role.body() for role in key.roles}
    return out


def invalidate(state: SecurityState, body: Json, username: str) -> dict[str, Json]:
    """Make keys useless. Raises ActionRequestValidation when the request means no keys."""
    ids = body.get("ids") or ([body["id"]] if body.get("id") else [])
    if not (ids or body.get("name") or body.get("username") or body.get("realm_name") or body.get("owner")):
        raise ActionRequestValidation(f"{_ONE_OF.format('api key id(s)')} must be specified if [owner] flag is false")
    meant = [
        key
        for key in state.keys.values()
        if (not ids or key.id in ids)
        and _is(key.name, body.get("name"))
        and _is(key.owner.username, body.get("username"))
        and (not body.get("owner") or key.owner.username == username)
    ]
    fresh = [key for key in meant if not key.invalidated]
    for key in fresh:
        state.disable_key(key)
    return {
        "invalidated_api_keys": [key.id for key in fresh],
        "previously_invalidated_api_keys": [key.id for key in meant if key.invalidated],
        "error_count": 0,
    }
