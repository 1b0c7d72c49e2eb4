"""Credentials that a request tells of another user, for whom something is then done: his password, or an access token of his.

Source: answers of 8.19.21 to grants of API keys and activations of profiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import Security
from esmock.features.security.authentication import Authentication
from esmock.xcontent.object_parser import string

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

Json = Any
FIELDS = (string("grant_type"), string("username"), string("password"), string("access_token"))
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


def granted(state: SecurityState, body: Mapping[str, Any], action: str) -> Authentication:
    """The user of a grant that has no problems. Raises Security (401) for credentials that are none."""
    if body["grant_type"] == "password":
        user = state.users.get(body["username"])
        if user is None or not user.enabled or not user.verifies(body["password"]):
            raise wrong_credentials(state, body["username"], action)
        return Authentication(user, "realm", state.permission(user.roles))
    token = state.tokens.get(body["access_token"])
    if token is None or token.invalidated or token.expires_ms <= state.cluster.clock.now_ms():
        why = {"additional_unsuccessful_credentials": "oauth2 token: invalid token"}
        raise wrong_credentials(state, "_bearer_token", action, why)
    return Authentication(token.owner, "token", state.permission(token.owner.roles))


def wrong_credentials(state: SecurityState, name: str, action: str, more: dict[str, Json] | None = None) -> Security:
    """The 401 of credentials within a body that are none."""
    headers = {"WWW-Authenticate": list(state.cluster.behaviour.challenges)}
    return Security(f"unable to authenticate user [{name}] for action [{action}]", status=401, headers=headers, extra=more)
