"""Roles put and deleted by the dozen. Docs: security-api-bulk-put-role, security-api-bulk-delete-role. Source: answers of 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from esmock.errors import ActionRequestValidation, ApiError, IllegalArgument
from esmock.features.security.role import Role, reserved_roles
from esmock.features.security.role_checks import check_queries, role_problems
from esmock.features.security.user import SecurityState
from esmock.version import Behaviour
from esmock.xcontent.located import at_value, standing
from esmock.xcontent.object_parser import Parser, custom, named_objects, strings
from esmock.xcontent.value_reader import Key, Reading

Json = Any


def _role(body: Json, key: Key, reading: Reading) -> Role:
    return Role.parse(str(key), body[key], reading.behaviour)


def _roles(body: Json, key: Key, reading: Reading) -> list[tuple[str, Role]]:
    if not isinstance(body[key], dict):
        error = IllegalArgument("[roles] doesn't support arrays. Use a single object with multiple fields.")
        raise standing(error, at_value(body, key))
    found: list[tuple[str, Role]] = named_objects("roles", _role).read(body, key, reading)
    return found


PUT = Parser(
    "bulk_update_roles_request_payload", custom("roles", ("START_OBJECT", "START_ARRAY"), _roles, argument=True, required=True)
)
DELETE = Parser("bulk_delete_roles_request", strings("names", argument=True, required=True))


def check(given: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation where there are none."""
    if not given["roles"]:
        raise ActionRequestValidation("roles cannot be empty")


def put(state: SecurityState, roles: Sequence[tuple[str, Role]]) -> dict[str, Json]:
    """Create or change roles, and tell what became of each."""
    out: dict[str, list[str]] = {"created": [], "updated": [], "noop": []}
    errors: dict[str, Json] = {}
    for name, role in roles:
        try:
            _check(role, state.cluster.behaviour)
        except ApiError as error:
            errors[name] = error.cause_body()
            continue
        old = state.roles.get(name)
        out["created" if old is None else "noop" if old == role else "updated"].append(name)
        state.roles[name] = role
    return _told(out, errors)


def _check(role: Role, behaviour: Behaviour) -> None:
    problems = role_problems(role, behaviour)
    if problems:
        raise ActionRequestValidation(*problems)
    check_queries([role], behaviour)


def delete(state: SecurityState, names: Sequence[str]) -> dict[str, Json]:
    """Remove roles, and tell what became of each."""
    out: dict[str, list[str]] = {"deleted": [], "not_found": []}
    errors: dict[str, Json] = {}
    for name in dict.fromkeys(names):
        if name in reserved_roles(state.cluster.behaviour):
            errors[name] = IllegalArgument(f"role [{name}] is reserved and cannot be deleted").cause_body()
        else:
            out["not_found" if state.roles.pop(name, None) is None else "deleted"].append(name)
    return _told(out, errors)


def _told(groups: Mapping[str, list[str]], errors: Mapping[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {kind: names for kind, names in groups.items() if names}
    return {**out, "errors": {"count": len(errors), "details": errors}} if errors else out
