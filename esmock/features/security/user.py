"""Users, API keys and tokens, and the state that holds them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.features.security.password_hash import verifies as verifies_hash
from esmock.features.security.role import Permission, Role, reserved_roles

if TYPE_CHECKING:
    from esmock.features.security.profile import Profile
    from esmock.state.cluster import Cluster

Json = Any


_REALMS = MappingProxyType({"native": "default_native", "pki": "pki1", "jwt": "jwt1"})


def hashed(password: str, salt: str) -> bytes:
    """What is kept of a password: enough for a double, and nothing that could be printed."""
    return hashlib.sha256(f"{salt}\0{password}".encode()).digest()


@dataclass(frozen=True, slots=True)
class User:
    """A user of the native or reserved realm."""

    username: str
    password: bytes
    roles: tuple[str, ...]
    full_name: str | None = None
    email: str | None = None
    metadata: Json = field(default_factory=dict)
    enabled: bool = True
    realm: str = "native"
    password_hash: str | None = None
    """The hash that was given instead of a password."""

    def verifies(self, password: str) -> bool:
        if self.password_hash is not None:
            return verifies_hash(self.password_hash, password)
        return hmac.compare_digest(self.password, hashed(password, self.username))

    @property
    def realm_name(self) -> str:
        """The name of his realm, where ``realm`` is its type."""
        return _REALMS.get(self.realm, self.realm)

    def body(self) -> dict[str, Json]:
        """As the get users API shows it."""
        return {
            "username": self.username,
            "roles": list(self.roles),
            "full_name": self.full_name,
            "email": self.email,
            "metadata": self.metadata,
            "enabled": self.enabled,
        }


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key with the rights of its owner at the time, narrowed by its own role descriptors."""

    id: str
    name: str
    secret: bytes
    created_ms: int
    expires_ms: int | None
    owner: User
    roles: tuple[Role, ...]
    limited_by: Permission
    metadata: Json = field(default_factory=dict)
    invalidated: bool = False
    invalidated_ms: int | None = None
    access: Json = None
    """What a key for other clusters lets them do: ``search``, ``replication``; None: it is for requests."""

    @property
    def type(self) -> str:
        """``rest`` or ``cross_cluster``."""
        return "rest" if self.access is None else "cross_cluster"

    def verifies(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret, hashed(secret, self.id))


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the refresh token beside it, each of which is invalidated alone.

    Args:
        client: who asked for it, and may refresh it: name and realm.
        successor: the access token that the refresh token was given for, at ``refreshed_ms``.
    """

    access: str
    refresh: str | None
    owner: User
    client: tuple[str, str]
    created_ms: int
    expires_ms: int
    invalidated: bool = False
    refresh_invalidated: bool = False
    successor: str | None = None
    refreshed_ms: int = 0
    key: ApiKey | None = None
    """The key that asked for it for itself."""

    @property
    def realm_name(self) -> str:
        """The realm of its owner, or the one that keys are of."""
        return self.owner.realm_name if self.key is None else KEYS

    def is_over(self, now_ms: int) -> bool:
        """Whether the access token lets nobody in any more."""
        return self.invalidated or self.expires_ms <= now_ms


SUPERUSER = "superuser"
KEYS = "_es_api_key"
"""The realm of API keys."""
_OLD_KIBANA = "Please use the [kibana_system] user instead."


def reserved_users() -> dict[str, tuple[str, ...]]:
    """The built-in users beside ``elastic``, and their roles. Page: built-in-users."""
    plain = ("logstash_system", "beats_system", "apm_system")
    monitoring = ("remote_monitoring_collector", "remote_monitoring_agent")
    kibana = dict.fromkeys(("kibana", "kibana_system"), ("kibana_system",))
    return {**kibana, **{name: (name,) for name in plain}, "remote_monitoring_user": monitoring}


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A token of a service account."""

    account: str
    name: str
    secret: bytes

    def verifies(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret, hashed(secret, f"{self.account}/{self.name}"))


class SecurityState:
    """Users, roles, keys, tokens, mappings and privileges of one space."""

    def __init__(self, cluster: Cluster, passwords: Mapping[str, str]) -> None:
        self.cluster = cluster
        self.users: dict[str, User] = {
            name: User(name, hashed(password, name), (SUPERUSER,) if name == "elastic" else (name,), metadata={"_reserved": True}, realm="reserved")
            for name, password in passwords.items()
        }
        for name, roles in reserved_users().items():
            # ES: they are there, and cannot log in before they get a password.
            metadata: dict[str, Json] = {"_reserved": True}
            if name == "kibana":
                metadata = {"_deprecated_reason": _OLD_KIBANA, **metadata, "_deprecated": True}
                if cluster.behaviour.major < 8:
                    metadata = dict(sorted(metadata.items()))
            self.users.setdefault(name, User(name, b"", roles, metadata=metadata, realm="reserved"))
        self.roles: dict[str, Role] = {}
        self.keys: dict[str, ApiKey] = {}
        self.tokens: dict[str, Token] = {}
        self.service_tokens: dict[tuple[str, str], ServiceToken] = {}
        self.profiles: dict[str, Profile] = {}
        self.profile_changes = 0
        self.index_settings: dict[str, dict[str, str]] = {}
        self.role_mappings: dict[str, Json] = {}
        self.application_privileges: dict[tuple[str, str], Json] = {}

    def clone(self, cluster: Cluster) -> SecurityState:
        """A state that changes alone."""
        twin = SecurityState(cluster, {})
        twin.users, twin.roles = dict(self.users), dict(self.roles)
        twin.keys, twin.tokens, twin.service_tokens = dict(self.keys), dict(self.tokens), dict(self.service_tokens)
        twin.profiles, twin.profile_changes = dict(self.profiles), self.profile_changes
        twin.index_settings = {index: dict(settings) for index, settings in self.index_settings.items()}
        twin.role_mappings, twin.application_privileges = dict(self.role_mappings), dict(self.application_privileges)
        return twin

    def role(self, name: str) -> Role | None:
        return reserved_roles(self.cluster.behaviour).get(name) or self.roles.get(name)

    def permission(self, names: tuple[str, ...]) -> Permission:
        """What the roles of these names permit; names without a role permit nothing, and beside superusers others say nothing."""
        if self._is_all(names):
            names = (SUPERUSER,)
        return Permission(tuple([role for role in map(self.role, names) if role is not None]))

    def _is_all(self, names: tuple[str, ...]) -> bool:
        """Whether one of the names makes the others idle. ES: in 8.x a superuser's other roles count as well."""
        return SUPERUSER in names and self.cluster.behaviour.major < 8

    def changeable_roles(self, names: tuple[str, ...]) -> list[tuple[str, Role | None]]:
        """Those of some names on whose roles, as they are now, it depends what ``permission`` says."""
        reserved = reserved_roles(self.cluster.behaviour)
        return [] if self._is_all(names) else [(one, self.roles.get(one)) for one in names if one not in reserved]

    def known_roles(self, names: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Names that are roles and names that are not, each sorted."""
        return sorted(one for one in names if self.role(one)), sorted(one for one in names if not self.role(one))

    def disable_key(self, key: ApiKey) -> None:
        del self.keys[key.id]  # what was changed last is found last
        self.keys[key.id] = replace(key, invalidated=True, invalidated_ms=self.cluster.clock.now_ms())

    def next_profile_seq_no(self) -> int:
        """The sequence number of a change to a profile."""
        self.profile_changes += 1
        return self.profile_changes - 1

    def new_secret(self) -> str:
        """22 URL-safe characters."""
        return self.cluster.new_uuid()

    def new_token(self) -> str:
        """An opaque token text."""
        return base64.b64encode(self.cluster.random.getrandbits(360).to_bytes(45, "big")).decode()


def security_state(cluster: Cluster) -> SecurityState:
    """The security state of a space."""
    settings = cluster.server_settings
    found: SecurityState = cluster.slot("security", lambda: SecurityState(cluster, settings.passwords))
    return found
