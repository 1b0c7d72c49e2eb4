"""Access and refresh tokens. Docs: security-api-get-token, security-api-invalidate-token. Source: answers of 7.17.29 and 8.19.21."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from esmock.errors import ActionRequestValidation, IllegalArgument, NullPointer, SimpleError
from esmock.features.security.authentication import Authentication
from esmock.features.security.grant import wrong_credentials
from esmock.features.security.user import KEYS, ApiKey, SecurityState, Token, User
from esmock.xcontent.object_parser import Parser, string

Json = Any
LIFE_MS = 20 * 60 * 1000
REFRESH_LIFE_MS = 24 * 60 * 60 * 1000
_TOGETHER_MS = 30 * 1000
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


def grant(state: SecurityState, who: Authentication, body: Mapping[str, Any]) -> dict[str, Json]:
    """A token of one of the grants.

    Args:
        body: as ``REQUEST`` reads it, and ``check`` has let it pass.

    Raises:
        SimpleError: a refresh token that is none, or none any more.
        Security: 401 for a wrong password, and for any Kerberos ticket, since there is no realm that takes one.
    """
    kind = body["grant_type"]
    if kind == "_kerberos":
        raise wrong_credentials(state, "<Kerberos Token>", _CREATE)
    if kind == "refresh_token":
        token, shown_as = _refreshed(state, who, body["refresh_token"]), "token"
    elif kind == "password":
        token, shown_as = _new(state, _by_password(state, body), who, refresh=True), "realm"
    else:
        token, shown_as = _new(state, who.user, who, refresh=False, key=who.key), who.kind
    scope = {} if body.get("scope") is None else {"scope": "full"}
    return _shown(state, token, replace(who, user=token.owner, key=token.key, kind=shown_as), scope)


def delegated(state: SecurityState, user: User, who: Authentication) -> dict[str, Json]:
    """A token, which cannot be refreshed, of somebody on whose behalf another asks for it."""
    return _shown(state, _new(state, user, who, refresh=False), replace(who, user=user, key=None, kind="realm"), {})


def _shown(state: SecurityState, token: Token, owner: Authentication, scope: Mapping[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = {"access_token": token.access, "type": "Bearer", "expires_in": LIFE_MS // 1000}
    if token.refresh is not None:
        out["refresh_token"] = token.refresh
    out |= scope
    if state.cluster.behaviour.has((7, 11)):
        out["authentication"] = owner.body(state, state.cluster.behaviour)
    return out


def _refreshed(state: SecurityState, who: Authentication, text: str) -> Token:
    """What a refresh token is given for: who asks again within half a minute gets the same. Raises SimpleError.

    Source: answers of 7.17.29 and 8.19.21; that it is of no use after a day, by documentation.
    """
    now = state.cluster.clock.now_ms()
    old = next((one for one in state.tokens.values() if one.refresh and one.refresh == text), None)
    if old is None:
        raise _invalid_grant("could not refresh the requested token")
    if now > old.created_ms + REFRESH_LIFE_MS:
        raise _invalid_grant("token document has expired")
    if old.refresh_invalidated:
        raise _invalid_grant("token has been invalidated")
    if old.client != _client(who):
        raise _invalid_grant("tokens must be refreshed by the creating client")
    if old.successor is None:
        new = _new(state, old.owner, who, refresh=True)
        state.tokens[old.access] = replace(old, successor=new.access, refreshed_ms=now)
        return new
    if now > old.refreshed_ms + _TOGETHER_MS:
        raise _invalid_grant("token has already been refreshed more than 30 seconds in the past")
    return state.tokens[old.successor]


def _client(who: Authentication) -> tuple[str, str]:
    return who.user.username, who.user.realm_name if who.key is None else KEYS


def is_refresh(body: Mapping[str, Any]) -> bool:
    """Whether a request for a token is one to refresh another."""
    return bool(body.get("grant_type") == "refresh_token")


def check(body: Mapping[str, Any]) -> None:
    """Raises SimpleError: an unknown grant, fields that it takes and that it does not take."""
    kind = body.get("grant_type") or ""
    needs = _NEEDS.get(kind)
    if needs is None:
        supported = ", ".join(("password", "_kerberos", "refresh_token", "client_credentials"))
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


def _new(state: SecurityState, owner: User, who: Authentication, *, refresh: bool, key: ApiKey | None = None) -> Token:
    now = state.cluster.clock.now_ms()
    token = Token(state.new_token(), state.new_token() if refresh else None, owner, _client(who), now, now + LIFE_MS, key=key)
    state.tokens[token.access] = token
    return token


def check_invalidation(body: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation when a request means no tokens, or names them in two ways."""
    by_owner = body.get("realm_name") or body.get("username")
    by_token = body.get("token") or body.get("refresh_token")
    if by_owner and by_token:
        told = "must not be provided when realm name or username is specified"
        raise ActionRequestValidation(f"token string {told}", f"token type {told}")
    if not by_owner and not by_token:
        raise ActionRequestValidation("token string must be provided when not specifying a realm name or a username")


def invalidate(state: SecurityState, body: Mapping[str, Any]) -> dict[str, Json]:
    """Make an access token useless, or a refresh token, or all of both of an owner that are not yet.

    Raises NullPointer (500): 7.x asked for those of a user while an access token without a refresh token is in use, or for those of a
    realm that has such a one.
    """
    owned = [one for one in state.tokens.values() if _meant(one, body)]
    alone = [one.realm_name for one in state.tokens.values() if one.refresh is None and not one.invalidated]
    if state.cluster.behaviour.major < 8 and ((alone and body.get("username")) or body.get("realm_name") in alone):
        # ES: 7.x looks for the owner in the refresh token of every token in use, and some have none
        call = '"java.util.Map.get(Object)"'
        raise NullPointer(f"Cannot invoke {call} because the return value of {call} is null")
    fresh = before = 0
    for token in owned:
        parts = _meant(token, body)
        was = {part: getattr(token, part) for part in parts}
        fresh += sum(not done for done in was.values())
        before += sum(was.values())
        changes: dict[str, Any] = dict.fromkeys(parts, True)
        state.tokens[token.access] = replace(token, **changes)
    return {"invalidated_tokens": fresh, "previously_invalidated_tokens": before, "error_count": 0}


def _meant(token: Token, body: Mapping[str, Any]) -> tuple[str, ...]:
    """What of a token a request is about: ``invalidated``, ``refresh_invalidated``, both or nothing."""
    if body.get("token"):
        return ("invalidated",) if token.access == body["token"] else ()
    if body.get("refresh_token"):
        return ("refresh_invalidated",) if token.refresh == body["refresh_token"] else ()
    owner = token.owner
    is_his = all(not body.get(name) or body[name] == value for name, value in (("username", owner.username), ("realm_name", token.realm_name)))
    parts = ("invalidated",) if token.refresh is None else ("invalidated", "refresh_invalidated")
    return parts if is_his and not all(getattr(token, part) for part in parts) else ()
