"""Service accounts: built-in senders with rights of their own, who come with tokens. Docs: security-api-create-service-token and its kin.

Source: answers of 7.17.29 and 8.19.21; tokens by documentation.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument, VersionConflictEngine
from esmock.features.security.role import Permission, Role
from esmock.features.security.user import SecurityState, ServiceToken, User, hashed

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_PREFIX = b"\0\1\0\1"
_NAME = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_-]{0,255}")
_NAMES = (
    "service account token name must have at least 1 character and at most 256 characters that are alphanumeric (A-Z, a-z, 0-9) or"
    " hyphen (-) or underscore (_). It must not begin with an underscore (_)."
)


@functools.cache
def accounts(behaviour: Behaviour) -> Mapping[str, Json]:
    """Role descriptors by account, ``namespace/service``. Differs: 9.x has those of 8.19.21."""
    text = resources.files("esmock.features.security").joinpath("service_accounts.json").read_text("utf-8")
    return MappingProxyType(json.loads(text)["7" if behaviour.major < 8 else "8"])


def get(behaviour: Behaviour, namespace: str | None, service: str | None) -> dict[str, Json]:
    """The accounts of a namespace, or one of them."""
    wanted = "/".join(part for part in (namespace, service) if part)
    return {
        name: {"role_descriptor": descriptor}
        for name, descriptor in accounts(behaviour).items()
        if not wanted or name == wanted or (service is None and name.startswith(f"{wanted}/"))
    }


def check_name(name: str | None) -> None:
    """Raises ActionRequestValidation for what cannot be the name of a token; None: one will be made up."""
    if name is not None and not _NAME.fullmatch(name):
        raise ActionRequestValidation(f"invalid service token name [{name}]. {_NAMES}")


def create(state: SecurityState, account: str, name: str | None) -> dict[str, Json]:
    """Make a token; its value is told only here.

    Args:
        name: of the token; None: one is made up.

    Raises:
        IllegalArgument: there is no such account.
        VersionConflictEngine: the account has a token of that name.
    """
    name = name or f"token_{state.cluster.new_doc_id()}"
    if account not in accounts(state.cluster.behaviour):
        raise IllegalArgument(f"service account [{account}] does not exist")
    if (account, name) in state.service_tokens:
        text = f"[service_account_token-{account}/{name}]: version conflict, document already exists (current version [1])"
        raise VersionConflictEngine(text)
    secret = state.new_secret()
    state.service_tokens[account, name] = ServiceToken(account, name, hashed(secret, f"{account}/{name}"))
    value = base64.b64encode(_PREFIX + f"{account}/{name}:{secret}".encode()).decode().rstrip("=")
    return {"created": True, "token": {"name": name, "value": value}}


def delete(state: SecurityState, account: str, name: str) -> bool:
    """Make a token useless; returns whether there was one."""
    return state.service_tokens.pop((account, name), None) is not None


def credentials(state: SecurityState, account: str) -> dict[str, Json]:
    """The tokens of an account, by name."""
    names = sorted(name for owner, name in state.service_tokens if owner == account)
    return {
        "service_account": account,
        "count": len(names),
        "tokens": {name: {} for name in names},
        "nodes_credentials": {"_nodes": {"total": 1, "successful": 1, "failed": 0}, "file_tokens": {}},
    }


def parse_bearer(text: str) -> tuple[str, str, str] | None:
    """Account, name and secret of a bearer token; None: it is no service token."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None
    if not raw.startswith(_PREFIX):
        return None
    qualified, _, secret = raw[len(_PREFIX) :].decode("utf-8", "replace").partition(":")
    account, _, name = qualified.rpartition("/")
    return (account, name, secret) if "/" in account and name and secret else None


def sender(state: SecurityState, account: str, name: str, secret: str) -> tuple[User, Permission] | None:
    """Who comes with a token, and what he may do; None for a wrong one."""
    token = state.service_tokens.get((account, name))
    if token is None or not token.verifies(secret):
        return None
    user = User(
        account, b"", (), f"Service account - {account}", metadata={"_elastic_service_account": True}, realm="_service_account"
    )
    behaviour = state.cluster.behaviour
    return user, Permission((Role.of(account, accounts(behaviour)[account], behaviour),))
