"""Users of the native realm: created, changed, let in and kept out. Source: answers of 6.8.23 and 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument, Unsupported, Validation
from esmock.features.security.body import RESERVED_METADATA, bad_name, has_reserved, require_object, string_list, typed
from esmock.features.security.user import SecurityState, User, hashed

Json = Any
MIN_PASSWORD = 6
SHORT = f"passwords must be at least [{MIN_PASSWORD}] characters long"
ANONYMOUS = "_anonymous"
INTERNAL = frozenset({"_system", "_xpack", "_xpack_security", "_async_search"})
_OBJECT = "expected an object, but found token [{}]"
_TYPES: Mapping[str, tuple[type, str, bool]] = MappingProxyType(
    {
        "password": (str, "string", False),
        "password_hash": (str, "string", False),
        "full_name": (str, "string", True),
        "email": (str, "string", True),
        "metadata": (dict, "object", True),
        "enabled": (bool, "boolean", False),
    }
)
"""Type of each field, its name, and whether it may be null."""


def put_user(state: SecurityState, name: str, body: Json) -> bool:
    """Create or change a user; returns whether he is new.

    Raises:
        ElasticsearchParse, IllegalArgument: a wrong key, a value of a wrong type.
        ActionRequestValidation: no roles, a bad name, a reserved user.
        Validation: a short password, or none for a new user.
        Unsupported: a password by its hash.
    """
    given = _read(name, body)
    password = given.get("password")
    if password is not None and len(password) < MIN_PASSWORD:
        raise Validation(SHORT)
    old = state.users.get(name)
    problems = []
    bad = bad_name("User", name)
    if bad is not None:
        problems.append(bad)
    if given.get("roles") is None:
        problems.append("roles are missing")
    if has_reserved(given.get("metadata")):
        problems.append(RESERVED_METADATA)
    if problems:
        raise ActionRequestValidation(*problems)
    if name == ANONYMOUS:
        raise ActionRequestValidation(f"user [{name}] is anonymous and cannot be modified via the API")
    if name in INTERNAL:
        raise ActionRequestValidation(f"user [{name}] is internal")
    if old is not None and old.realm == "reserved":
        raise ActionRequestValidation(f"user [{name}] is reserved and only the password can be changed")
    if old is None and password is None:
        raise Validation("password must be specified unless you are updating an existing user")
    kept = old.password if old is not None and password is None else hashed(password or "", name)
    state.users[name] = User(
        name,
        kept,
        tuple(given["roles"]),
        given.get("full_name"),
        given.get("email"),
        given.get("metadata") or {},
        given.get("enabled", True),
    )
    return old is None


def _read(name: str, body: Json) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, value in require_object(body, _OBJECT).items():
        if key == "username":
            if value != name:
                raise IllegalArgument(f"[username] in source does not match the username provided [{name}]")
        elif key == "roles":
            out[key] = [one for one in value.split(",") if one] if isinstance(value, str) else string_list(value, key)
        elif key in _TYPES:
            wanted, word, nullable = _TYPES[key]
            out[key] = typed(value, key, wanted, word, nullable=nullable)
        else:
            raise ElasticsearchParse(f"failed to parse add user request. unexpected field [{key}]")
    if "password_hash" in out:
        if not out["password_hash"].startswith("$2"):
            raise IllegalArgument("Provided password hash uses [NOOP] but the configured hashing algorithm is [BCRYPT]")
        raise Unsupported("[password_hash] of users; give the password")
    return out


def _check_name(name: str, what: str) -> None:
    """Refuse users that are no one's to change. Raises IllegalArgument."""
    if name == ANONYMOUS:
        raise IllegalArgument(f"user [{name}] is anonymous and cannot be {what}")
    if name in INTERNAL:
        raise IllegalArgument(f"user [{name}] is internal")


def get_users(state: SecurityState, names: list[str]) -> dict[str, Json]:
    """Users by name, reserved ones first. Raises IllegalArgument for an internal one."""
    for name in names:
        if name in INTERNAL:
            raise IllegalArgument(f"user [{name}] is internal")
    native = sorted(name for name, user in state.users.items() if user.realm != "reserved")
    everybody = [*(name for name, user in state.users.items() if user.realm == "reserved"), *native]
    found = [state.users[name] for name in everybody if not names or name in names]
    return {user.username: user.body() for user in found}


def delete_user(state: SecurityState, name: str) -> bool:
    """Remove a user; returns whether there was one. Raises IllegalArgument."""
    user = state.users.get(name)
    if user is not None and user.realm == "reserved":
        raise IllegalArgument(f"user [{name}] is reserved and cannot be deleted")
    _check_name(name, "deleted")
    return state.users.pop(name, None) is not None


def set_enabled(state: SecurityState, name: str, own: str, *, enabled: bool) -> None:
    """Let a user in or keep him out.

    Args:
        own: the name of the one who asks.

    Raises:
        ActionRequestValidation: a bad name.
        IllegalArgument: one's own account, or one that is no one's to change.
        Validation: a user that does not exist.
    """
    bad = bad_name("User", name)
    if bad is not None:
        raise ActionRequestValidation(bad)
    if name == own:
        raise IllegalArgument("users may not update the enabled status of their own account")
    _check_name(name, "modified using the api")
    user = state.users.get(name)
    if user is None:
        raise Validation(f"only existing users can be {'enabled' if enabled else 'disabled'}")
    state.users[name] = replace(user, enabled=enabled)


def change_password(state: SecurityState, name: str, body: Json) -> None:
    """Raises ActionRequestValidation for a missing one, Validation for a short one or an unknown user, ElasticsearchParse."""
    password = None
    for key, value in require_object(body, _OBJECT).items():
        if key != "password":
            raise ElasticsearchParse(f"failed to parse change password request. unexpected field [{key}]")
        password = typed(value, key, str, "string")
    if password is None:
        raise ActionRequestValidation("password is missing")
    if len(password) < MIN_PASSWORD:
        raise Validation(SHORT)
    user = state.users.get(name)
    if user is None:
        raise Validation("user must exist in order to change password")
    state.users[name] = replace(user, password=hashed(password, name), enabled=True if user.realm == "reserved" else user.enabled)
