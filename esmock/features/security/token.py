"""Access and refresh tokens. Docs: security-api-get-token, security-api-invalidate-token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from esmock.errors import ActionRequestValidation, Security, SimpleError
from esmock.features.security.authentication import Authentication
from esmock.features.security.user import SecurityState, Token, User
from esmock.version import Behaviour

Json = Any
LIFE_MS = 20 * 60 * 1000


def grant(state: SecurityState, who: Authentication, body: Json, behaviour: Behaviour) -> dict[str, Json]:
    """A token of one of the grants.

    Raises:
        SimpleError: an unknown grant, a refresh token that is none.
        Security: 401 for a wrong password.
    """
    kind = body.get("grant_type")
    if kind == "password":
        return _issued(state, _by_password(state, body), who, behaviour, refresh=True)
    if kind == "client_credentials":
        return _issued(state, who.user, who, behaviour, refresh=False)
    if kind == "refresh_token":
        old = next((one for one in state.tokens.values() if one.refresh and one.refresh == body.get("refresh_token")), None)
        if old is None or old.invalidated:
            raise _invalid_grant("could not refresh the requested token" if old is None else "token has already been refreshed")
        state.tokens[old.access] = replace(old, invalidated=True)
        return _issued(state, old.owner, who, behaviour, refresh=True)
    supported = "password, refresh_token, client_credentials"
    raise _oauth("unsupported_grant_type", f"Validation Failed: 1: grant_type only supports the values: [{supported}];")


def _invalid_grant(reason: str) -> SimpleError:
    return _oauth("invalid_grant", reason)


def _oauth(error: str, description: str) -> SimpleError:
    """An error in the form of RFC 6749."""
    return SimpleError(error, 400, has_status=False, extra={"error_description": description})


def _by_password(state: SecurityState, body: Json) -> User:
    user = state.users.get(body.get("username") or "")
    if user is None or not user.enabled or not user.verifies(body.get("password") or ""):
        raise Security(
            f"unable to authenticate user [{body.get('username')}] for action [cluster:admin/xpack/security/token/create]",
            status=401,
            headers={"WWW-Authenticate": list(state.cluster.behaviour.challenges)},
        )
    return user


def _issued(state: SecurityState, user: User, who: Authentication, behaviour: Behaviour, *, refresh: bool) -> dict[str, Json]:
    token = Token(
        state.new_token(), state.new_token() if refresh else None, user, state.cluster.clock.now_ms() + LIFE_MS
    )
    state.tokens[token.access] = token
    out: dict[str, Json] = {"access_token": token.access, "type": "Bearer", "expires_in": LIFE_MS // 1000}
    if token.refresh is not None:
        out["refresh_token"] = token.refresh
    if behaviour.has((7, 11)):
        shown = replace(who, user=user, key=None, kind="realm")
        out["authentication"] = shown.body(state, behaviour)
    return out


def invalidate(state: SecurityState, body: Json) -> dict[str, Json]:
    """Make tokens useless. Raises ActionRequestValidation when the request means none."""
    wanted = {key: body.get(key) for key in ("token", "refresh_token", "username", "realm_name") if body.get(key)}
    if not wanted:
        raise ActionRequestValidation("token string must be provided when not specifying a realm name or a username")
    meant = [
        one
        for one in state.tokens.values()
        if wanted.get("token", one.access) == one.access
        and wanted.get("refresh_token", one.refresh) == one.refresh
        and wanted.get("username", one.owner.username) == one.owner.username
    ]
    fresh = [one for one in meant if not one.invalidated]
    for one in fresh:
        state.tokens[one.access] = replace(one, invalidated=True)
    return {
        "invalidated_tokens": len(fresh),
        "previously_invalidated_tokens": len(meant) - len(fresh),
        "error_count": 0,
    }
