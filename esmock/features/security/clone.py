"""Copies of API keys, made by whoever can show the key. Docs: security-api-clone-api-key.

Source: the published specification and the makers' description of the endpoint; no 9.5.3 was asked.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, Status
from esmock.features.security.api_key import METADATA, issue, new_problems
from esmock.features.security.authentication import Authentication, failed_key
from esmock.features.security.role import Permission
from esmock.xcontent.object_parser import Parser, custom, string
from esmock.xcontent.units import parse_time_ms

if TYPE_CHECKING:
    from esmock.features.security.user import ApiKey, SecurityState
    from esmock.version import Behaviour
    from esmock.xcontent.value_reader import Key, Reading

Json = Any
NEVER = -1
"""An expiration that is null: the copy does not end."""


def _expiration(body: Json, key: Key, reading: Reading) -> int:
    return NEVER if body[key] is None else parse_time_ms(body[key], "expiration")


CLONE = Parser(
    "clone_api_key_request",
    string("api_key"),
    string("name"),
    custom("expiration", ("VALUE_STRING", "VALUE_NULL"), _expiration),
    METADATA,
)


def check(body: Mapping[str, Any], behaviour: Behaviour) -> None:
    """Raises ActionRequestValidation for a missing key, a bad name, reserved metadata."""
    problems = [] if body.get("api_key") else ["api_key is required"]
    problems += new_problems(body, behaviour, needs_name=False)
    if problems:
        raise ActionRequestValidation(*problems)


def clone(state: SecurityState, body: Mapping[str, Any]) -> dict[str, Json]:
    """Keep a copy of a key with an id and a secret of its own, and tell them.

    Its owner and rights are those of its source, whose id is among its metadata.

    Raises:
        Status: 400 for what is no credential, 403 for one that is not good any more, or never was.
    """
    source = _shown(state, body["api_key"])
    metadata = source.metadata if body.get("metadata") is None else body["metadata"]
    made = {
        "name": body.get("name") or source.name,
        "expiration": _lifetime(state, source, body.get("expiration")),
        "metadata": {**metadata, "_cloned_from": source.id},
    }
    owner = Authentication(source.owner, "api_key", Permission(source.limited_by.roles))
    return issue(state, owner, made, source.roles)


def _lifetime(state: SecurityState, source: ApiKey, asked: int | None) -> int | None:
    """Milliseconds from now; None: it does not end."""
    if asked is None and source.expires_ms is not None:
        return source.expires_ms - state.cluster.clock.now_ms()
    return None if asked == NEVER else asked


def _shown(state: SecurityState, encoded: str) -> ApiKey:
    """The key of a credential. Raises as ``clone`` does."""
    try:
        key_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key_id, colon, secret = "", "", ""
    if not colon or not key_id:
        raise Status("invalid API key credential: invalid ApiKey value", status=400)
    key = state.keys.get(key_id)
    why = failed_key(state, key, key_id, secret)
    if key is None or why is not None:
        raise Status(why or "", status=403)
    return key
