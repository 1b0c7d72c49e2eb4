"""API keys: made, granted, changed, shown, invalidated. Docs: security-api-create-api-key and its kin.

Source: answers of 6.8.23, 7.17.29 and 8.19.21; changes of keys by documentation.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from esmock.errors import (
    ActionRequestValidation,
    ApiError,
    ElasticsearchParse,
    IllegalArgument,
    ResourceNotFound,
    Security,
)
from esmock.features.security.authentication import Authentication
from esmock.features.security.body import RESERVED_METADATA, has_reserved
from esmock.features.security.denial import denied
from esmock.features.security.grant import CLIENT_AUTHENTICATION, FIELDS, check_client, grant_problems, granted
from esmock.features.security.role import Role
from esmock.features.security.role_checks import check_queries, role_problems
from esmock.features.security.user import ApiKey, SecurityState, hashed
from esmock.version import Behaviour
from esmock.xcontent.located import at_value, standing
from esmock.xcontent.object_parser import Parser, boolean, mapping, named_objects, object_, string, strings
from esmock.xcontent.units import parse_time_ms
from esmock.xcontent.value_reader import Key, Reading

Json = Any


def _role(body: Json, key: Key, reading: Reading) -> Role:
    try:
        return Role.parse(str(key), body[key], reading.behaviour, of_key=True)
    except ElasticsearchParse as error:
        raise error if isinstance(body[key], dict) else standing(error, at_value(body, key)) from None


def _timed(given: dict[str, Any]) -> dict[str, Any]:
    """What a request is built of, its expiration in milliseconds. Raises IllegalArgument for one that is none."""
    expiration = given.get("expiration")
    return given if expiration is None else {**given, "expiration": parse_time_ms(expiration, "expiration")}


def _invalidation(given: dict[str, Any]) -> dict[str, Any]:
    """Raises ActionRequestValidation for ids that are none."""
    ids = given.get("ids")
    if ids is not None and not ids:
        raise ActionRequestValidation("Field [ids] cannot be an empty array")
    blank = [position for position, one in enumerate(ids or ()) if not one.strip()]
    if blank:
        told = f"but got blank id at index {'positions' if len(blank) > 1 else 'position'}: [{', '.join(map(str, blank))}]"
        raise ActionRequestValidation(f"Field [ids] must not contain blank id, {told}")
    return given


_ROLES = named_objects("role_descriptors", _role, ordered=False)
METADATA = mapping("metadata", in_version=lambda behaviour: behaviour.has((7, 13)))
EXPIRATION = string("expiration")
_VALUES = tuple(replace(one, argument=True) for one in (_ROLES, EXPIRATION, METADATA))
CREATE = Parser("api_key_request", string("name", argument=True, required=True), *_VALUES, build=_timed)
UPDATE = Parser("update_api_key_request_payload", *_VALUES, build=_timed)
BULK_UPDATE = Parser("bulk_update_api_key_request", strings("ids", argument=True, required=True), *_VALUES, build=_timed)
GRANT = Parser(
    "grant_api_key_request",
    *FIELDS,
    string("run_as", in_version=lambda behaviour: behaviour.has((8, 3))),
    CLIENT_AUTHENTICATION,
    object_("api_key", CREATE),
)
INVALIDATE = Parser(
    "invalidate_api_key",
    string("realm_name", argument=True),
    string("username", argument=True),
    string("id", argument=True, in_version=lambda behaviour: behaviour.major < 8),
    string("name", argument=True),
    boolean("owner", argument=True),
    strings("ids", argument=True, in_version=lambda behaviour: behaviour.has((7, 10))),
    build=_invalidation,
)


def _name_problems(name: str | None) -> list[str]:
    what = "api key name"
    if not name:
        return [f"{what} is required"]
    problems = []
    if len(name) > 256:
        problems.append(f"{what} may not be more than 256 characters long")
    if name.strip() != name:
        problems.append(f"{what} may not begin or end with whitespace")
    if name.startswith("_"):
        problems.append(f"{what} may not begin with an underscore")
    return problems


def check_change(body: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Raises ActionRequestValidation for reserved metadata, roles that cannot be, and where no keys are named that should be."""
    problems = _value_problems(body, behaviour)
    if "ids" in body and not body["ids"]:
        problems.append("Field [ids] cannot be empty")
    if problems:
        raise ActionRequestValidation(*problems)


def _value_problems(body: Mapping[str, Any], behaviour: Behaviour) -> list[str]:
    """What is wrong with the metadata and, from 8.0 on, with the roles of a key."""
    prefix = "API key " if behaviour.major >= 8 else ""
    out = [prefix + RESERVED_METADATA] if has_reserved(body.get("metadata")) else []
    if behaviour.major >= 8:
        out += [one for role in _roles_of(body) for one in role_problems(role, behaviour, of_key=True)]
    return out


def _roles_of(body: Mapping[str, Any]) -> tuple[Role, ...]:
    return tuple(role for _, role in body.get("role_descriptors") or ())


def _checked(roles: tuple[Role, ...], behaviour: Behaviour) -> tuple[Role, ...]:
    """Roles that a key may have.

    Raises:
        ElasticsearchParse: a query that is none.
        IllegalArgument: some are restricted to workflows, and others are not.
    """
    check_queries(roles, behaviour)
    restricted = [bool(role.workflows) for role in roles]
    if any(restricted) and len(roles) > 1:
        word = "with and without" if not all(restricted) else "with"
        raise IllegalArgument(f"combining role descriptors {word} restriction is not supported")
    return roles


def new_problems(body: Mapping[str, Any], behaviour: Behaviour, *, needs_name: bool = True) -> list[str]:
    """What Elasticsearch finds wrong with the values of a new key."""
    name = body.get("name")
    return (_name_problems(name) if needs_name or name is not None else []) + _value_problems(body, behaviour)


def check_new(body: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Raises ActionRequestValidation for a bad name or reserved metadata."""
    problems = new_problems(body, behaviour)
    if problems:
        raise ActionRequestValidation(*problems)


def create(state: SecurityState, who: Authentication, body: Mapping[str, Any]) -> dict[str, Json]:
    """Make a key; its secret is told only here.

    Args:
        body: as ``CREATE`` reads it.

    Raises:
        IllegalArgument: a key asks for one that may do something.
    """
    roles = _roles_of(body)
    if who.key is not None and not (roles and all(role.is_empty for role in roles)):
        raise IllegalArgument("creating derived api keys requires an explicit role descriptor that is empty (has no privileges)")
    return issue(state, who, body, _checked(roles, state.cluster.behaviour))


def issue(
    state: SecurityState, who: Authentication, body: Mapping[str, Any], roles: tuple[Role, ...], access: Json = None
) -> dict[str, Json]:
    """Keep a new key of these roles, and tell its secret."""
    name = body.get("name")
    now = state.cluster.clock.now_ms()
    lifetime = body.get("expiration")
    expires = None if lifetime is None else now + lifetime
    key_id, secret = state.cluster.new_doc_id(), state.new_secret()
    metadata = body.get("metadata") or {}
    state.keys[key_id] = ApiKey(
        key_id, name or "", hashed(secret, key_id), now, expires, who.user, roles, who.permission, metadata, access=access
    )
    out = {"id": key_id, "name": name}
    if expires is not None:
        out["expiration"] = expires
    out["api_key"] = secret
    if state.cluster.behaviour.has((7, 16)):
        out["encoded"] = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    return out


def owned(state: SecurityState, who: Authentication, key_id: str, kind: str) -> ApiKey:
    """A key of the sender's that may be changed.

    Raises:
        ResourceNotFound: it is not a key of his.
        IllegalArgument: it is not in use any more, or is of another kind.
    """
    key = state.keys.get(key_id)
    if key is None or (key.owner.username, key.owner.realm) != (who.user.username, who.user.realm):
        raise ResourceNotFound(f"no API key owned by requesting user found for ID [{key_id}]")
    if key.invalidated:
        raise IllegalArgument(f"cannot update invalidated API key [{key_id}]")
    if key.expires_ms is not None and key.expires_ms <= state.cluster.clock.now_ms():
        raise IllegalArgument(f"cannot update expired API key [{key_id}]")
    if key.type != kind:
        raise IllegalArgument(f"cannot update API key of type [{key.type}] while expected type is [{kind}]")
    return key


def update(state: SecurityState, who: Authentication, key_id: str, body: Mapping[str, Any]) -> bool:
    """Change one of the sender's own keys; returns whether anything is other than before.

    Raises:
        IllegalArgument: a key asks for it; and as ``owned`` does.
        ResourceNotFound: as ``owned`` does.
    """
    if who.key is not None:
        raise IllegalArgument("authentication via API key not supported: only the owner user can update an API key")
    key = owned(state, who, key_id, "rest")
    now = state.cluster.clock.now_ms()
    changes: dict[str, Any] = {"owner": who.user, "limited_by": who.permission}
    if body.get("role_descriptors") is not None:
        changes["roles"] = _checked(_roles_of(body), state.cluster.behaviour)
    if body.get("metadata") is not None:
        changes["metadata"] = body["metadata"]
    if body.get("expiration") is not None:
        changes["expires_ms"] = now + body["expiration"]
    changed = replace(key, **changes)
    state.keys[key_id] = changed
    return changed != key


def bulk_update(state: SecurityState, who: Authentication, body: Mapping[str, Any]) -> dict[str, Json]:
    """The same for several keys."""
    updated: list[str] = []
    noops: list[str] = []
    errors: dict[str, Json] = {}
    for key_id in dict.fromkeys(body["ids"]):
        try:
            (updated if update(state, who, key_id, body) else noops).append(key_id)
        except ApiError as error:
            errors[key_id] = error.cause_body()
    out: dict[str, Json] = {"updated": updated, "noops": noops}
    return {**out, "errors": {"count": len(errors), "details": errors}} if errors else out


def check_grant(body: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Raises ActionRequestValidation for a grant without what it takes."""
    problems = new_problems(body.get("api_key") or {}, behaviour) + grant_problems(body)
    if problems:
        raise ActionRequestValidation(*problems)


def grantee(state: SecurityState, body: Mapping[str, Any]) -> Authentication:
    """For whom a key is granted. Raises Security: 403 for wrong credentials, and for somebody whom he may not run as."""
    action = "cluster:admin/xpack/security/api_key/grant"
    check_client(body)
    try:
        found = granted(state, body, action)
    except Security as error:
        raise Security("Failed to authenticate api key grant", status=403, cause=error) from None
    name = body.get("run_as")
    if not name:
        return found
    user = state.users.get(name)
    if user is None or not found.permission.permits_run_as(name):
        raise denied(found, "cluster:admin/xpack/security/user/authenticate", state, state.cluster.behaviour, run_as=name)
    return Authentication(user, found.kind, state.permission(user.roles), None, found.user)


def _check_selection(given: Mapping[str, Any], ids: str, verb: str, *, may_be_all: bool) -> None:
    """Which ways to name keys go together. Raises ActionRequestValidation."""
    problems = []
    by_user = given.get("username") or given.get("realm_name")
    by_key = given.get("id") or given.get("ids") or given.get("name")
    if not (by_user or by_key or given.get("owner") or may_be_all):
        problems.append(f"One of [{ids}, api key name, username, realm name] must be specified if [owner] flag is false")
    if by_key and by_user:
        are = "are" if ids.endswith("(s)") else "is"
        problems.append(f"username or realm name must not be specified when the {ids} or api key name {are} specified")
    if given.get("owner") and by_user:
        problems.append(f"neither username nor realm-name may be specified when {verb} owned API keys")
    if (given.get("id") or given.get("ids")) and given.get("name"):
        problems.append(f"only one of [{ids}, api key name] can be specified")
    if problems:
        raise ActionRequestValidation(*problems)


def check_get(params: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Raises ActionRequestValidation for parameters that do not go together."""
    _check_selection(params, "api key id", "retrieving", may_be_all=behaviour.has((7, 16)))


def check_invalidation(body: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation for a body that means no keys, or in ways that do not go together."""
    _check_selection(body, "api key id(s)", "invalidating", may_be_all=False)


def get(state: SecurityState, params: Mapping[str, Any], who: Authentication, behaviour: Behaviour) -> list[dict[str, Json]]:
    """The keys that the parameters mean."""
    ids = [params["id"]] if params["id"] else []
    wanted = [key for key in _meant(state, params, ids, who) if not (params["active_only"] and not is_active(state, key))]
    return [shown(key, behaviour, limited_by=params["with_limited_by"]) for key in wanted]


def is_active(state: SecurityState, key: ApiKey) -> bool:
    """Whether a key can be used."""
    return not key.invalidated and (key.expires_ms is None or key.expires_ms > state.cluster.clock.now_ms())


def _meant(state: SecurityState, given: Mapping[str, Any], ids: list[str], who: Authentication) -> Iterator[ApiKey]:
    for key in state.keys.values():
        if (
            (not ids or key.id in ids)
            and _is(key.name, given.get("name"))
            and _is(key.owner.username, given.get("username"))
            and _is(key.owner.realm_name, given.get("realm_name"))
            and (not given.get("owner") or key.owner.username == who.user.username)
        ):
            yield key


def _is(value: str, wanted: str | None) -> bool:
    if not wanted or wanted == "*":
        return True
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def searched(key: ApiKey) -> dict[str, Json]:
    """What of a key can be searched for."""
    out = {
        "id": key.id,
        "type": key.type,
        "name": key.name,
        "username": key.owner.username,
        "realm_name": key.owner.realm_name,
        "creation": key.created_ms,
        "expiration": key.expires_ms,
        "invalidated": key.invalidated,
        "invalidation": key.invalidated_ms,
        "metadata": key.metadata,
    }
    return {name: value for name, value in out.items() if value is not None}


def shown(key: ApiKey, behaviour: Behaviour, *, limited_by: bool = False) -> dict[str, Json]:
    """As the get and query APIs show a key."""
    out: dict[str, Json] = {"id": key.id, "name": key.name}
    if behaviour.has((8, 10)):
        out["type"] = key.type
    out["creation"] = key.created_ms
    if key.expires_ms is not None:
        out["expiration"] = key.expires_ms
    out["invalidated"] = key.invalidated
    if key.invalidated_ms is not None and behaviour.has((8, 12)):
        out["invalidation"] = key.invalidated_ms
    out |= {"username": key.owner.username, "realm": key.owner.realm_name}
    if behaviour.has((8, 14)):
        out["realm_type"] = key.owner.realm
    if behaviour.has((7, 13)):
        out["metadata"] = key.metadata
    if behaviour.has((8, 5)):
        out["role_descriptors"] = {role.name: role.body() for role in key.roles}
        if key.access is not None:
            out["access"] = key.access
        elif limited_by:
            out["limited_by"] = [{role.name: role.body() for role in key.limited_by.roles}]
    return out


def invalidate(state: SecurityState, body: Mapping[str, Any], who: Authentication) -> dict[str, Json]:
    """Make keys useless, those that were not already: others are not looked for. Source: answers of 6.8.23."""
    ids = body.get("ids") or ([body["id"]] if body.get("id") else [])
    fresh = [key for key in _meant(state, body, ids, who) if not key.invalidated]
    for key in fresh:
        state.disable_key(key)
    return {
        "invalidated_api_keys": [key.id for key in fresh],
        "previously_invalidated_api_keys": [],
        "error_count": 0,
    }
