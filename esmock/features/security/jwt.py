"""The realm of JSON Web Tokens, verified with a given key. Docs: jwt-realm. Source: the page. The library ``PyJWT`` is the extra ``security``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.features.security.role_rules import mapped_roles
from esmock.features.security.user import User

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

Json = Any
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_SKEW_SECONDS = 60
_BY_SECRET = ("HS256", "HS384", "HS512")
_BY_KEY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


@dataclass(frozen=True, slots=True)
class JwtRealm:
    """What the realm allows.

    Args:
        issuer: ``allowed_issuer``.
        audiences: ``allowed_audiences``.
        key: a shared secret, or a public key as PEM.
        client_secret: what clients must show besides, ``SharedSecret`` in ``ES-Client-Authentication``; None: nothing.
        principal_claim, groups_claim: claims of the user's name and groups.
    """

    issuer: str
    audiences: tuple[str, ...]
    key: str
    client_secret: str | None = None
    principal_claim: str = "sub"
    groups_claim: str = "groups"

    @classmethod
    def of(cls, settings: Mapping[str, Json]) -> JwtRealm:
        """From settings: ``issuer``, ``audiences``, ``key`` and the others by name."""
        return cls(**{**settings, "audiences": tuple(settings["audiences"])})

    def user_of(self, state: SecurityState, text: str, client: str | None) -> tuple[User, int] | None:
        """The user of a token and when it expires (ms); None for one that is not good.

        Raises:
            Unsupported: without the library.
        """
        if self.client_secret is not None and client != f"SharedSecret {self.client_secret}":
            return None
        claims = self._claims(text)
        now = state.cluster.clock.now_ms() // 1000
        if claims is None or claims.get("exp", 0) + _SKEW_SECONDS <= now or claims.get("nbf", 0) > now + _SKEW_SECONDS:
            return None
        name = claims.get(self.principal_claim)
        if not isinstance(name, str):
            return None
        metadata = {f"jwt_claim_{claim}": value for claim, value in claims.items() if not isinstance(value, dict)}
        metadata["jwt_token_type"] = "id_token"
        user = User(name, b"", (), metadata=metadata, realm="jwt")
        facts = {"username": name, "dn": None, "groups": claims.get(self.groups_claim) or [], "realm.name": user.realm_name}
        facts |= {f"metadata.{key}": value for key, value in metadata.items()}
        found = User(name, b"", mapped_roles(state, facts), metadata=metadata, realm="jwt")
        return found, (claims["exp"] + _SKEW_SECONDS) * 1000

    def _claims(self, text: str) -> dict[str, Json] | None:
        """The claims of a token with a good signature, issuer and audience."""
        try:
            import jwt
        except ImportError:
            raise Unsupported("the jwt realm without the library PyJWT: pip install esmock[security]") from None
        # times are compared with the clock of the space
        checks: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp", "iat", "iss", "aud"]}
        algorithms = _BY_KEY if self.key.lstrip().startswith("-----BEGIN") else _BY_SECRET
        try:
            found: dict[str, Json] = jwt.decode(
                text, self.key, algorithms=list(algorithms), audience=self.audiences, issuer=self.issuer, options=checks
            )
        except jwt.PyJWTError:
            return None
        return found


def is_jwt(text: str) -> bool:
    """Whether a bearer token looks like one."""
    return _JWT.fullmatch(text) is not None
