"""Credentials that a request tells of another user, for whom something is then done: his password, or an access token of his.

Source: answers of 8.19.21 to grants of API keys and activations of profiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, Security
from esmock.features.security.authentication import Authentication
from esmock.features.security.jwt import is_jwt
from esmock.xcontent.object_parser import Parser, object_, string

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

Json = Any
FIELDS = (string("grant_type"), string("username"), string("password"), string("access_token"))
CLIENT_AUTHENTICATION = object_(
    "client_authentication",
    Parser("client_authentication", string("scheme", argument=True), string("value", argument=True, required=True)),
    in_version=lambda behaviour: behaviour.has((8, 12)),
)
"""How the client of a JSON web token tells who it is."""
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"password": ("username", "password"), "access_token": ("access_token",)}
)


def grant_problems(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with a grant: an unknown kind, fields that it takes and that it does not take."""
    kind = body.get("grant_type")
    if kind is None:
        return ["[grant_type] is required"]
    needs = _NEEDS.get(kind)
    if needs is None:
        return [f"grant_type [{kind}] is not supported"]
    out = [f"[{name}] is required for grant_type [{kind}]" for name in needs if not body.get(name)]
    return out + [
        f"[{name}] is not supported for grant_type [{kind}]"
        for name in ("username", "password", "access_token")
        if name not in needs and body.get(name)
    ]


def check_client(body: Mapping[str, Any]) -> None:
    """Raises Security (400) for a client that tells who it is beside a token that does not ask for it."""
    token = body.get("access_token")
    if body.get("client_authentication") and token and not is_jwt(token):
        raise Security("[client_authentication] not supported with the supplied access_token type", status=400)


def granted(state: SecurityState, body: Mapping[str, Any], action: str) -> Authentication:
    """The user of a grant that has no problems. Raises Security (401), of 7.x IllegalArgument too, for credentials that are none."""
    if body["grant_type"] == "password":
        user = state.users.get(body["username"])
        if user is None or not user.enabled or not user.verifies(body["password"]):
            raise wrong_credentials(state, body["username"], action)
        return Authentication(user, "realm", state.permission(user.roles))
    token = state.tokens.get(body["access_token"])
    if token is None and state.cluster.behaviour.major < 8:
        raise IllegalArgument("Cannot validate access token")
    if token is None or token.is_over(state.cluster.clock.now_ms()):
        why = {"additional_unsuccessful_credentials": "oauth2 token: invalid token"}
        raise wrong_credentials(state, "_bearer_token", action, why)
    return Authentication(token.owner, "token", state.permission(token.owner.roles))


def wrong_credentials(state: SecurityState, name: str, action: str, more: dict[str, Json] | None = None) -> Security:
    """The 401 of credentials within a body that are none."""
    headers = {"WWW-Authenticate": list(state.cluster.behaviour.challenges)}
    return Security(f"unable to authenticate user [{name}] for action [{action}]", status=401, headers=headers, extra=more)
