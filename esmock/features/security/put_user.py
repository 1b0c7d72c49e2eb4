"""Users of the native realm: created, changed, let in and kept out. Source: answers of 6.8.23 and 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from esmock.errors import ActionRequestValidation, ElasticsearchParse, IllegalArgument, Validation
from esmock.features.security.body import RESERVED_METADATA, bad_name, has_reserved, require_object, string_list, typed
from esmock.features.security.password_hash import check_hash
from esmock.features.security.user import SecurityState, User, hashed
from esmock.version import Behaviour

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


def longest_user(behaviour: Behaviour) -> int:
    """How many characters the name of a user may have."""
    return 507 if behaviour.has((8, 15)) else 1024


def check_user(given: Mapping[str, Json]) -> None:
    """Raises ActionRequestValidation for no roles, reserved metadata."""
    problems = []
    if given.get("roles") is None:
        problems.append("roles are missing")
    if has_reserved(given.get("metadata")):
        problems.append(RESERVED_METADATA)
    if problems:
        raise ActionRequestValidation(*problems)


def put_user(state: SecurityState, name: str, given: Mapping[str, Json]) -> bool:
    """Create or change a user; returns whether he is new.

    Args:
        given: as ``read_user`` gives it.

    Raises:
        ActionRequestValidation: a bad name, a reserved user.
        Validation: no password for a new user.
    """
    old = state.users.get(name)
    bad = bad_name("User", name, longest_user(state.cluster.behaviour))
    if bad is not None:
        raise ActionRequestValidation(bad)
    if name == ANONYMOUS:
        raise ActionRequestValidation(f"user [{name}] is anonymous and cannot be modified via the API")
    if name in INTERNAL:
        raise ActionRequestValidation(f"user [{name}] is internal")
    if old is not None and old.realm == "reserved":
        raise ActionRequestValidation(f"user [{name}] is reserved and only the password can be changed")
    secret = _secret(name, given)
    if secret is None and old is None:
        raise Validation("password must be specified unless you are updating an existing user")
    kept, foreign = secret or (old.password, old.password_hash) if old is not None else secret or (b"", None)
    state.users[name] = User(
        name,
        kept,
        tuple(given["roles"]),
        given.get("full_name"),
        given.get("email"),
        given.get("metadata") or {},
        given.get("enabled", True),
        password_hash=foreign,
    )
    return old is None


def _secret(name: str, given: Mapping[str, Json]) -> tuple[bytes, str | None] | None:
    """What is kept of a password, or of its hash; None where neither is given."""
    if given.get("password_hash") is not None:
        return b"", given["password_hash"]
    return None if given.get("password") is None else (hashed(given["password"], name), None)


def read_user(name: str, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """A user's body.

    Raises:
        ElasticsearchParse, IllegalArgument: a wrong key, a value of a wrong type, a hash that is none.
        Validation: a short password, or one and a hash.
    """
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
            _check_secret(out, key, behaviour)
        else:
            raise ElasticsearchParse(f"failed to parse add user request. unexpected field [{key}]")
    return out


def _check_secret(given: dict[str, Json], key: str, behaviour: Behaviour) -> None:
    """Raises Validation for a short password or a second one, IllegalArgument for a hash that is none."""
    if key == "password_hash":
        check_hash(given[key], behaviour)
        if "password" in given:
            raise Validation("password_hash has already been set")
    elif key == "password":
        if "password_hash" in given:
            raise Validation("password_hash has already been set")
        if len(given[key]) < MIN_PASSWORD:
            raise Validation(SHORT)


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
    bad = bad_name("User", name, longest_user(state.cluster.behaviour))
    if bad is not None:
        raise ActionRequestValidation(bad)
    if name == own:
        raise IllegalArgument("users may not update the enabled status of their own account")
    _check_name(name, "modified using the api")
    user = state.users.get(name)
    if user is None:
        raise Validation(f"only existing users can be {'enabled' if enabled else 'disabled'}")
    state.users[name] = replace(user, enabled=enabled)


def read_password(body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """The body of a change of a password. Raises ElasticsearchParse, IllegalArgument, and Validation for a short one."""
    out: dict[str, Json] = {}
    known = ("password", "password_hash") if behaviour.has((7, 17)) else ("password",)
    for key, value in require_object(body, _OBJECT).items():
        if key not in known:
            raise ElasticsearchParse(f"failed to parse change password request. unexpected field [{key}]")
        out[key] = typed(value, key, str, "string")
        _check_secret(out, key, behaviour)
    return out


def check_password(given: Mapping[str, Json]) -> None:
    """Raises ActionRequestValidation where there is none."""
    if not given:
        raise ActionRequestValidation("password is missing")


def change_password(state: SecurityState, name: str, given: Mapping[str, Json]) -> None:
    """Raises Validation for an unknown user."""
    secret = _secret(name, given)
    user = state.users.get(name)
    if user is None or secret is None:
        raise Validation("user must exist in order to change password")
    enabled = True if user.realm == "reserved" else user.enabled
    state.users[name] = replace(user, password=secret[0], password_hash=secret[1], enabled=enabled)
