"""Access and refresh tokens. Docs: security-api-get-token, security-api-invalidate-token. Source: answers of 6.8.23 and 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from esmock.errors import ActionRequestValidation, IllegalArgument, SimpleError
from esmock.features.security.authentication import Authentication
from esmock.features.security.grant import wrong_credentials
from esmock.features.security.user import SecurityState, Token, User
from esmock.version import Behaviour
from esmock.xcontent.object_parser import Parser, string

Json = Any
LIFE_MS = 20 * 60 * 1000
_KERBEROS = string("kerberos_ticket", in_version=lambda behaviour: behaviour.has((7, 4)))
REQUEST = Parser(
    "token_request", string("grant_type"), string("username"), string("password"), string("scope"), string("refresh_token"), _KERBEROS
)


def _one_token(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if given.get("token") and given.get("refresh_token"):
        raise IllegalArgument("only one of [token, refresh_token] may be sent per request")
    return given


INVALIDATE = Parser(
    "invalidate_token",
    *(string(name, argument=True) for name in ("token", "refresh_token", "realm_name", "username")),
    build=_one_token,
)
_FIELDS = ("username", "password", "refresh_token")
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"password": ("username", "password"), "client_credentials": (), "refresh_token": ("refresh_token",), "_kerberos": ("kerberos_ticket",)}
)
_CREATE = "cluster:admin/xpack/security/token/create"


def grant(state: SecurityState, who: Authentication, body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    """A token of one of the grants.

    Args:
        body: as ``REQUEST`` reads it.

    Raises:
        SimpleError: an unknown grant, fields that do not belong to it, a refresh token that is none.
        Security: 401 for a wrong password, and for any Kerberos ticket, since there is no realm that takes one.
    """
    kind = body.get("grant_type") or ""
    _check(kind, body)
    if kind == "_kerberos":
        raise wrong_credentials(state, "<Kerberos Token>", _CREATE)
    more = {} if body.get("scope") in (None, "full") else {"scope": "full"}
    if kind == "password":
        return _issued(state, _by_password(state, body), who, behaviour, refresh=True, more=more)
    if kind == "client_credentials":
        return _issued(state, who.user, who, behaviour, refresh=False, more=more)
    old = next((one for one in state.tokens.values() if one.refresh and one.refresh == body.get("refresh_token")), None)
    if old is None or old.invalidated:
        raise _invalid_grant("could not refresh the requested token" if old is None else "token has already been refreshed")
    state.tokens[old.access] = replace(old, invalidated=True)
    return _issued(state, old.owner, who, behaviour, refresh=True, more=more)


def _check(kind: str, body: Mapping[str, Any]) -> None:
    needs = _NEEDS.get(kind)
    if needs is None:
        supported = ", ".join(("password", "refresh_token", "client_credentials"))
        raise _invalid([f"grant_type only supports the values: [{supported}]"])
    problems = [f"{name} is missing" for name in needs if not body.get(name)]
    problems += [f"{name} is not supported with the {kind} grant_type" for name in _FIELDS if name not in needs and body.get(name)]
    if problems:
        raise _invalid(problems)


def _invalid(problems: list[str]) -> SimpleError:
    told = "".join(f"{number}: {problem};" for number, problem in enumerate(problems, 1))
    error = "unsupported_grant_type" if "grant_type" in told else "invalid_request"
    return _oauth(error, f"Validation Failed: {told}")


def _invalid_grant(reason: str) -> SimpleError:
    return _oauth("invalid_grant", reason)


def _oauth(error: str, description: str) -> SimpleError:
    """An error in the form of RFC 6749."""
    return SimpleError(error, 400, has_status=False, extra={"error_description": description})


def _by_password(state: SecurityState, body: Mapping[str, Any]) -> User:
    user = state.users.get(body["username"])
    if user is None or not user.enabled or not user.verifies(body["password"]):
        raise wrong_credentials(state, body["username"], _CREATE)
    return user


def _issued(
    state: SecurityState, user: User, who: Authentication, behaviour: Behaviour, *, refresh: bool, more: dict[str, Json]
) -> dict[str, Json]:
    token = Token(
        state.new_token(), state.new_token() if refresh else None, user, state.cluster.clock.now_ms() + LIFE_MS
    )
    state.tokens[token.access] = token
    out: dict[str, Json] = {"access_token": token.access, "type": "Bearer", "expires_in": LIFE_MS // 1000}
    if token.refresh is not None:
        out["refresh_token"] = token.refresh
    out |= more
    if behaviour.has((7, 11)):
        shown = replace(who, user=user, key=None, kind="realm")
        out["authentication"] = shown.body(state, behaviour)
    return out


def invalidate(state: SecurityState, body: Mapping[str, Any]) -> dict[str, Json]:
    """Make tokens useless. Raises ActionRequestValidation when the request means none, or names them in two ways."""
    by_owner = body.get("realm_name") or body.get("username")
    by_token = body.get("token") or body.get("refresh_token")
    if by_owner and by_token:
        told = "must not be provided when realm name or username is specified"
        raise ActionRequestValidation(f"token string {told}", f"token type {told}")
    if not by_owner and not by_token:
        raise ActionRequestValidation("token string must be provided when not specifying a realm name or a username")
    meant = [one for one in state.tokens.values() if _is_meant(one, body)]
    fresh = [one for one in meant if not one.invalidated]
    for one in fresh:
        state.tokens[one.access] = replace(one, invalidated=True)
    return {
        "invalidated_tokens": len(fresh),
        "previously_invalidated_tokens": len(meant) - len(fresh),
        "error_count": 0,
    }


def _is_meant(token: Token, body: Mapping[str, Any]) -> bool:
    owner = token.owner
    facts = {"token": token.access, "refresh_token": token.refresh, "username": owner.username, "realm_name": owner.realm_name}
    return all(facts[name] == value for name, value in body.items() if value)
