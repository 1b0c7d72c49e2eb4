"""Users of the native realm: created, changed, let in and kept out. Source: answers of 6.8.23 and 8.19.21."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse, Validation
from esmock.features.security.user import SecurityState, User, hashed

Json = Any
_KNOWN = ("password", "password_hash", "roles", "full_name", "email", "metadata", "enabled", "username")
MIN_PASSWORD = 6
SHORT = f"passwords must be at least [{MIN_PASSWORD}] characters long"


def put_user(state: SecurityState, name: str, body: Json) -> bool:
    """Create or change a user; returns whether he is new.

    Raises:
        ActionRequestValidation: no roles, a reserved user.
        Validation: a short password, or none for a new user.
        ElasticsearchParse: an unknown key.
    """
    old = state.users.get(name)
    if old is not None and old.realm == "reserved":
        raise ActionRequestValidation(f"user [{name}] is reserved and only the password can be changed")
    for key in body:
        if key not in _KNOWN:
            raise ElasticsearchParse(f"failed to parse add user request. unexpected field [{key}]")
    problems = []
    if body.get("roles") is None:
        problems.append("roles are missing")
    password = body.get("password")
    if password is not None and len(password) < MIN_PASSWORD:
        raise Validation(SHORT)
    if problems:
        raise ActionRequestValidation(*problems)
    if old is None and password is None:
        raise Validation("password must be specified unless you are updating an existing user")
    kept = old.password if old is not None and password is None else hashed(password, name)
    state.users[name] = User(
        name, kept, tuple(body["roles"]), body.get("full_name"), body.get("email"), body.get("metadata") or {}, body.get("enabled", True)
    )
    return old is None


def set_enabled(state: SecurityState, name: str, *, enabled: bool) -> None:
    """Raises Validation for a user that does not exist."""
    user = state.users.get(name)
    if user is None:
        raise Validation(f"only existing users can be {'enabled' if enabled else 'disabled'}")
    state.users[name] = replace(user, enabled=enabled)


def change_password(state: SecurityState, name: str, body: Json) -> None:
    """Raises ActionRequestValidation for a missing one, Validation for a short one or an unknown user."""
    password = body.get("password")
    if password is None:
        raise ActionRequestValidation("password is missing")
    if len(password) < MIN_PASSWORD:
        raise Validation(SHORT)
    user = state.users.get(name)
    if user is None:
        raise Validation("user must exist in order to change password")
    state.users[name] = replace(user, password=hashed(password, name))
