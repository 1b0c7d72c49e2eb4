"""The realm of certificates: who comes with one of an authority that the listener trusts, or has another show it. Docs: pki-realm.

Docs: security-api-delegate-pki-authentication. Source: the pages; that a chain must be ordered is from the code of the time.
The library ``cryptography`` comes with the extra ``tls``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, NullPointer
from esmock.features.security import certificates
from esmock.features.security.certificates import is_ordered, is_trusted, library, subject
from esmock.features.security.grant import wrong_credentials
from esmock.features.security.role_rules import mapped_roles
from esmock.features.security.token import delegated
from esmock.features.security.user import User
from esmock.xcontent.object_parser import Parser, custom
from esmock.xcontent.value_reader import array_of, text

if TYPE_CHECKING:
    from cryptography import x509

    from esmock.features.security.authentication import Authentication
    from esmock.features.security.user import SecurityState
    from esmock.xcontent.value_reader import Key, Reading

Json = Any
_PRINCIPAL = re.compile(r"CN=(.*?)(?:,|$)")
_DELEGATE = "cluster:admin/xpack/security/delegate_pki"


def user_of(state: SecurityState, certificate: bytes) -> User | None:
    """The user whom a certificate (DER) names, with the roles that role mappings give him; None where it names nobody."""
    return _user(state, library().load_der_x509_certificate(certificate), {})


def _user(state: SecurityState, certificate: x509.Certificate, told_by: Mapping[str, str]) -> User | None:
    dn = subject(certificate)
    found = _PRINCIPAL.search(dn)
    if found is None:
        return None
    user = User(found[1], b"", (), metadata={"pki_dn": dn, **told_by}, realm="pki")
    facts = {"username": user.username, "dn": dn, "groups": [], "realm.name": user.realm_name}
    facts |= {f"metadata.{key}": value for key, value in user.metadata.items()}
    return User(user.username, b"", mapped_roles(state, facts), metadata=user.metadata, realm=user.realm)


def _one(body: Json, key: Key, reading: Reading) -> x509.Certificate:
    return certificates.read(text(body, key, reading))


_DELEGATION = Parser("delegate_pki_request", custom("x509_certificate_chain", ("START_ARRAY", "VALUE_STRING"), array_of(_one), argument=True))


def read_delegation(body: Json, reading: Reading) -> list[x509.Certificate]:
    """The chain of certificates of a body. Raises what parsing raises."""

    def build(given: dict[str, Any]) -> list[x509.Certificate]:
        found: list[x509.Certificate] | None = given.get("x509_certificate_chain")
        if found is None:
            made, name = ("java.util.Collection.toArray()", "coll") if reading.behaviour.major >= 8 else ("Object.getClass()", "list")
            raise NullPointer(f'Cannot invoke "{made}" because "{name}" is null')
        return found

    chain: list[x509.Certificate] = _DELEGATION.parse(body, reading, build=build)
    return chain


def check_chain(chain: list[x509.Certificate]) -> None:
    """Raises ActionRequestValidation for a chain that is none."""
    if not chain:
        raise ActionRequestValidation("certificates chain must not be empty")
    if not is_ordered(chain):
        raise ActionRequestValidation("certificates chain must be an ordered chain")


def delegate(state: SecurityState, who: Authentication, chain: list[x509.Certificate]) -> dict[str, Json]:
    """A token for who showed a certificate to another. Raises Security (401) where no authority is known that vouches for it."""
    authorities = state.cluster.server_settings.client_authorities
    user = None
    if authorities is not None and is_trusted(chain, authorities, state.cluster.clock.now_ms()):
        by = {"pki_delegated_by_user": who.user.username, "pki_delegated_by_realm": who.user.realm_name}
        user = _user(state, chain[0], by)
    if user is None:
        raise wrong_credentials(state, subject(chain[0]), _DELEGATE)
    return delegated(state, user, who)
