"""The realm of certificates: who comes with one of an authority that the listener trusts. Docs: pki-realm.

Source: the page. The library ``cryptography`` comes with the extra ``tls``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esmock.features.security.role_rules import mapped_roles
from esmock.features.security.sso import subject
from esmock.features.security.user import User

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState

_PRINCIPAL = re.compile(r"CN=(.*?)(?:,|$)")


def user_of(state: SecurityState, certificate: bytes) -> User | None:
    """The user whom a certificate (DER) names, with the roles that role mappings give him; None where it names nobody."""
    from cryptography.x509 import load_der_x509_certificate

    dn = subject(load_der_x509_certificate(certificate))
    found = _PRINCIPAL.search(dn)
    if found is None:
        return None
    user = User(found[1], b"", (), metadata={"pki_dn": dn}, realm="pki")
    facts = {"username": user.username, "dn": dn, "groups": [], "metadata.pki_dn": dn, "realm.name": user.realm_name}
    return User(user.username, b"", mapped_roles(state, facts), metadata=user.metadata, realm=user.realm)
