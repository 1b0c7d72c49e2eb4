"""From the headers of a request to the one who sends it.

Source: answers of 6.8.23 and 8.19.21 with security on; 7.x between them by documentation.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.errors import IllegalArgument, Security
from esmock.features.security.body import not_base64
from esmock.features.security.jwt import JwtRealm, is_jwt
from esmock.features.security.role import Permission
from esmock.features.security.service_account import parse_bearer, sender
from esmock.features.security.user import KEYS, ApiKey, SecurityState, User

if TYPE_CHECKING:
    from esmock.features.security.field_level import FieldGrants
    from esmock.version import Behaviour

Json = Any
_EVERYTHING = "*,everything"
_ALL_OF_ALL = "*,everything,restricted"
_PARTLY = "partly"
_CHECKED = "checked"
_HEADERS_KEPT = 64
_RUN_AS = "es-security-runas-user"


def _is_over(expires_ms: int | None, state: SecurityState) -> bool:
    return expires_ms is not None and expires_ms <= state.cluster.clock.now_ms()


def _only(before: str | None, value: str, name: str) -> str:
    """The value of a header that may come once. Source: answers of 8.19.21."""
    if before not in (None, value):
        raise IllegalArgument(f"multiple values for single-valued header [{name}].")
    return value


def failed_key(state: SecurityState, key: ApiKey | None, key_id: str, secret: str) -> str | None:
    """Why an API key lets nobody in; None: it does."""
    if key is None:
        return f"unable to find apikey with id {key_id}"
    if key.invalidated:
        return f"api key [{key_id}] has been invalidated"
    if not key.verifies(secret):
        return f"invalid credentials for API key [{key_id}]"
    if _is_over(key.expires_ms, state):
        return "api key is expired"
    if key.access is not None:
        return f"authentication expected API key type of [rest], but API key [{key_id}] has type [cross_cluster]"
    return None


@dataclass(frozen=True, slots=True)
class Authentication:
    """Who sends a request.

    Args:
        user: whose rights count.
        kind: ``realm``, ``api_key``, ``token`` or ``anonymous``.
        key: the API key, if he came with one.
        real_user: who he is really, when he runs as another.
    """

    user: User
    kind: str
    permission: Permission
    key: ApiKey | None = None
    real_user: User | None = None
    service_token: str | None = None
    """The name of the token with which a service account comes."""
    refused_run_as: str | None = None
    """Whom he asks to be and may not."""
    identity: str = field(init=False, compare=False)
    """Who he is, for what belongs to him alone."""
    _known: dict[tuple[str, str | None], bool] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = "" if self.key is None else self.key.id
        object.__setattr__(self, "identity", f"{self.user.realm}/{self.user.username}/{key}")

    def permits(self, action: str, index: str | None = None) -> bool:
        """Whether an action is allowed, on an index (None: on any, or no index action)."""
        found = self._known.get((action, index))
        if found is None:
            found = self.permission.permits(action, index) and (self.key is None or self.key.limited_by.permits(action, index))
            self._known[action, index] = found
        return found

    def check_roles(self, behaviour: Behaviour) -> None:
        """Raises IllegalArgument for a pattern that begins as an expression and does not end as one, and for unknown privileges.

        Those of keys were not looked at when they were made, before 8.0.
        """
        if (_CHECKED, None) not in self._known:
            self.permission.check_patterns()
            for role in self.key.roles if self.key is not None else ():
                role.check_privileges(behaviour)
            self._known[_CHECKED, None] = True

    def permits_cluster(self, action: str, *, own: bool) -> bool:
        """Whether a cluster action is allowed; ``own``: it is about what belongs to the sender himself."""
        if own:
            return self.permits(action)
        limited = self.key is None or self.key.limited_by.permits_cluster(action, own=False)
        return limited and self.permission.permits_cluster(action, own=False)

    def mapping_privileges(self, index: str) -> list[str]:
        """The old privileges by which the sender may change the mapping of an index."""
        found = self.permission.mapping_privileges(index)
        return found if self.key is None or self.key.limited_by.mapping_privileges(index) else []

    def has_no_more(self, name: str, than: str) -> bool:
        """Whether the sender may do nothing with a name that he may not do with another."""
        return self.permission.has_no_more(name, than) and (self.key is None or self.key.limited_by.has_no_more(name, than))

    def permits_everything(self, action: str, *, restricted: bool) -> bool:
        """Whether nothing need be narrowed for an index action; ``restricted``: not even what Elasticsearch keeps for itself."""
        place = (action, _ALL_OF_ALL if restricted else _EVERYTHING)
        found = self._known.get(place)
        if found is None:
            held = [self.permission] if self.key is None else [self.permission, self.key.limited_by]
            found = self._known[place] = all(one.permits_everything(action, restricted=restricted) for one in held)
        return found

    @property
    def is_partial(self) -> bool:
        """Whether any role is about some documents or fields only."""
        found = self._known.get((_PARTLY, None))
        if found is None:
            roles = (*self.permission.roles, *(self.key.limited_by.roles if self.key is not None else ()))
            found = self._known[_PARTLY, None] = any(grant.is_partial for role in roles for grant in role.indices)
        return found

    def queries(self, action: str, names: Sequence[str]) -> list[tuple[str, ...]]:
        """Queries that what a user sees of an index must match, one of each group; none: he sees everything."""
        permissions = [self.permission] if self.key is None else [self.permission, self.key.limited_by]
        return [group for group in (one.queries(action, names) for one in permissions) if group]

    def fields(self, action: str, names: Sequence[str]) -> FieldGrants:
        """The fields that a user sees of an index: of each group one grant must show them; no groups: all fields."""
        permissions = [self.permission] if self.key is None else [self.permission, self.key.limited_by]
        return tuple(found for one in permissions if (found := one.fields(action, names)) is not None)

    def body(self, state: SecurityState, behaviour: Behaviour) -> dict[str, Json]:
        """As the authenticate API shows it."""
        user = self.user
        realm, looked_up = ({"name": one.realm_name, "type": one.realm} for one in (self.real_user or user, user))
        if self.key is not None:
            realm = looked_up = {"name": KEYS, "type": KEYS}
        roles = [] if self.key is not None else list(user.roles)
        out = {**user.body(), "roles": roles, "authentication_realm": realm, "lookup_realm": looked_up}
        order = ("username", "roles", "full_name", "email", "metadata", "enabled", "authentication_realm", "lookup_realm")
        shown = {name: out[name] for name in order}
        if self.service_token is not None:
            token = {"token": {"name": self.service_token, "type": "_service_account_index"}}
            shown = {**{name: shown[name] for name in order[:4]}, **token, **{name: shown[name] for name in order[4:]}}
        if behaviour.has((7, 8)):
            shown["authentication_type"] = self.kind
        if self.key is not None and behaviour.has((7, 17)):
            shown["api_key"] = {"id": self.key.id, "name": self.key.name}
        return shown

    def for_ingest(self, behaviour: Behaviour) -> dict[str, Json]:
        """What the processor ``set_security_user`` may put into documents, without what is empty."""
        user, key = self.user, self.key
        realm = {"name": user.realm_name, "type": user.realm}
        found: dict[str, Json] = {
            "username": user.username,
            "full_name": user.full_name,
            "email": user.email,
            "roles": [] if key is not None else list(user.roles),
            "metadata": user.metadata,
            "realm": realm,
            "authentication_type": self.kind.upper(),
        }
        if key is not None:
            metadata = {"metadata": key.metadata} if key.metadata and behaviour.has((7, 13)) else {}
            found["api_key"] = {"id": key.id, "name": key.name, **metadata}
        return {name: value for name, value in found.items() if value}


def _of_key(key: ApiKey) -> Permission:
    """What the roles of a key permit; without any it is what its owner may."""
    return Permission(key.roles) if key.roles else key.limited_by


class _Remembered(NamedTuple):
    """Who came with a header the last time: the same again as long as ``holds`` says so, with all that is known of his rights."""

    authentication: Authentication
    holds: Callable[[], bool]


class Authenticator:
    """The chain of ways to authenticate, for one version."""

    def __init__(
        self, state: SecurityState, behaviour: Behaviour, anonymous_roles: tuple[str, ...], jwt: JwtRealm | None = None
    ) -> None:
        self._jwt = jwt
        self._state = state
        self._behaviour = behaviour
        self._anonymous_roles = anonymous_roles
        self._last: dict[str, _Remembered] = {}

    def of(self, headers: list[tuple[str, str]], uri: str, certificate: bytes | None = None) -> Authentication:
        """Raises Security (401); IllegalArgument for a header that comes twice and not alike.

        Differs: 7.17.29 never answers the latter.

        Args:
            certificate: what the client showed when he connected; it counts where no header tells who he is.
        """
        given = run_as = None
        for name, value in headers:
            if name == "authorization":
                given = _only(given, value, "Authorization")
            elif name == _RUN_AS:
                run_as = _only(run_as, value, _RUN_AS)
        last = None if given is None and certificate is not None else self._last.get(given or "")
        if last is None or not last.holds():
            last = self._pki(certificate, uri) if given is None and certificate is not None else self._find(given or "", uri, headers)
        return last.authentication if run_as is None else self._run_as(last.authentication, run_as, uri)

    def _find(self, given: str, uri: str, headers: list[tuple[str, str]]) -> _Remembered:
        """Who comes with a header, told anew. Raises Security (401)."""
        scheme, _, rest = given.partition(" ")
        rest = rest.strip()
        if self._jwt is not None and scheme.lower() == "bearer" and is_jwt(rest):
            return self._by_jwt(self._jwt, rest, uri, headers)
        way = None if not rest else {"basic": self._basic, "apikey": self._api_key, "bearer": self._bearer}.get(scheme.lower())
        found = self._anonymous(uri) if way is None else way(rest, uri)
        if len(self._last) == _HEADERS_KEPT:
            self._last.clear()
        self._last[given] = found
        return found

    def _in_realm(self, user: User, kind: str, holds: Callable[[], bool]) -> _Remembered:
        """A user with the rights of his roles, which are to be found anew when one of them was changed."""
        state = self._state
        permission, held = state.permission(user.roles), state.changeable_roles(user.roles)

        def still_holds() -> bool:
            if not holds():
                return False
            for name, role in held:  # noqa: SIM110 -- asked for every request: a generator costs as much again
                if state.roles.get(name) is not role:
                    return False
            return True

        return _Remembered(Authentication(user, kind, permission), still_holds)

    def _anonymous(self, uri: str) -> _Remembered:
        if not self._anonymous_roles:
            raise self.refused(f"missing authentication {self._behaviour.missing_credentials_word} for REST request [{uri}]")
        user = User("_anonymous", b"", self._anonymous_roles, metadata={"_reserved": True}, realm="__anonymous")
        return self._in_realm(user, "anonymous", lambda: True)

    def _basic(self, text: str, uri: str) -> _Remembered:
        decoded = self._decoded(text, "invalid basic authentication header encoding")
        name, colon, password = decoded.partition(":")
        if not colon:
            raise self.refused("invalid basic authentication header value")
        users = self._state.users
        user = users.get(name)
        if user is None or not user.enabled or not user.verifies(password):
            # ES: built-in users stand alone, so that their realm has the last word (as 6.8.23 has it)
            is_alone = user is not None and user.realm == "reserved" and not self._behaviour.has((7, 14))
            unable = f"unable to authenticate user [{name}] for REST request [{uri}]"
            raise self.refused(f"failed to authenticate user [{name}]" if is_alone else unable)
        as_user = replace(user, roles=(*user.roles, *self._anonymous_roles))
        return self._in_realm(as_user, "realm", lambda: users.get(name) is user)

    def _decoded(self, text: str, what: str) -> str:
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8", "replace")
        except binascii.Error:
            reason = not_base64(text) or "Input byte array has wrong 4-byte ending unit"
            raise self.refused(what, cause=IllegalArgument(reason)) from None

    def _api_key(self, text: str, uri: str) -> _Remembered:
        try:
            key_id, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise self._unsuccessful("API key", not_base64(text) or "invalid ApiKey value", uri) from None
        if not colon or not key_id:
            raise self._unsuccessful("API key", "invalid ApiKey value", uri)
        state, keys = self._state, self._state.keys
        key = keys.get(key_id)
        why = failed_key(state, key, key_id, secret)
        if key is None or why is not None:
            raise self._unsuccessful("API key", why or "", uri)
        expires_ms = key.expires_ms
        return _Remembered(
            Authentication(key.owner, "api_key", _of_key(key), key), lambda: keys.get(key_id) is key and not _is_over(expires_ms, state)
        )

    def _bearer(self, text: str, uri: str) -> _Remembered:
        service = parse_bearer(text)
        if service is not None:
            return self._service(*service, uri)
        state, tokens = self._state, self._state.tokens
        token = tokens.get(text)
        if token is None:
            raise self._unsuccessful("oauth2 token", "invalid token", uri)
        now_ms = state.cluster.clock.now_ms
        if token.is_over(now_ms()):
            expired = 'Bearer realm="security", error="invalid_token", error_description="The access token expired"'
            raise Security("token expired", status=401, headers={"WWW-Authenticate": expired})

        def holds() -> bool:
            return tokens.get(text) is token and not token.is_over(now_ms())

        if token.key is None:
            return self._in_realm(token.owner, "token", holds)
        # ES: until 7.16 such a token has the roles of a user who has none
        permission = _of_key(token.key) if self._behaviour.has((7, 16)) else Permission(())
        return _Remembered(Authentication(token.owner, "token", permission, token.key), holds)

    def _pki(self, certificate: bytes, uri: str) -> _Remembered:
        """Who comes with a certificate. Raises Security (401) for one that names nobody."""
        from esmock.features.security.pki import user_of

        user = user_of(self._state, certificate)
        return self._anonymous(uri) if user is None else self._in_realm(user, "realm", lambda: False)

    def _by_jwt(self, realm: JwtRealm, text: str, uri: str, headers: list[tuple[str, str]]) -> _Remembered:
        """Who comes with a JSON Web Token. Raises Security (401) for one that is not good."""
        client = next((value for name, value in headers if name == "es-client-authentication"), None)
        found = realm.user_of(self._state, text, client)
        if found is None:
            raise self._unsuccessful("JWT", "invalid token", uri)
        return self._in_realm(found[0], "realm", lambda: False)

    def _service(self, account: str, name: str, secret: str, uri: str) -> _Remembered:
        found = sender(self._state, account, name, secret)
        if found is None:
            told = f"failed to authenticate service account [{account}] with token name [{name}]"
            raise self._unsuccessful("service account token", told, uri)
        service_tokens = self._state.service_tokens
        token = service_tokens.get((account, name))
        return _Remembered(
            Authentication(found[0], "token", found[1], service_token=name), lambda: service_tokens.get((account, name)) is token
        )

    def _run_as(self, found: Authentication, name: str, uri: str) -> Authentication:
        """Who acts as another. Raises Security (401) where no other is named."""
        if not name:
            raise self.refused(f"unable to authenticate user [{found.user.username}] for REST request [{uri}]")
        user = self._state.users.get(name)
        if user is None or not found.permission.permits_run_as(name):
            return replace(found, refused_run_as=name)
        return Authentication(user, found.kind, self._state.permission(user.roles), None, found.user)

    def _unsuccessful(self, way: str, why: str, uri: str) -> Security:
        if not self._behaviour.has((7, 16)):
            return self.refused(f"missing authentication {self._behaviour.missing_credentials_word} for REST request [{uri}]")
        return self.refused(
            "unable to authenticate with provided credentials and anonymous access is not allowed for this request",
            extra={"additional_unsuccessful_credentials": f"{way}: {why}"},
        )

    def refused(self, reason: str, **more: Any) -> Security:
        """A 401 that names the ways to authenticate."""
        return Security(reason, status=401, headers={"WWW-Authenticate": list(self._behaviour.challenges)}, **more)
