"""Certificates in bodies, as Java reads them. The library ``cryptography`` comes with the extra ``tls``.

Source: answers of 7.17.29 and 8.19.21; the texts of certificates that end too early are from the JDK's ``X509Factory``.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from esmock.errors import Certificate, IllegalArgument, IOError_, RuntimeError_, Unsupported
from esmock.features.security.body import not_base64

if TYPE_CHECKING:
    from cryptography import x509

_SEQUENCE = 0x30
_LONG = 0x80


def library() -> Any:
    """``cryptography.x509``. Raises Unsupported where it is not installed."""
    try:
        from cryptography import x509
    except ImportError:
        raise Unsupported("certificates without the library cryptography: pip install esmock[tls]") from None
    return x509


def decoded(text: str) -> bytes:
    """What a text in Base64 says; padding may be left out. Raises IllegalArgument."""
    illegal = not_base64(text)
    if illegal is not None:
        raise IllegalArgument(illegal)
    if len(text) == 1:
        raise IllegalArgument("Input byte[] should at least have 2 bytes for base64 bytes")
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        raise IllegalArgument("Last unit does not have enough valid bits")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        raise IllegalArgument("Input byte array has wrong 4-byte ending unit") from None


def read(text: str) -> x509.Certificate:
    """A certificate in Base64. Raises IllegalArgument, RuntimeError_ for what is none, Unsupported."""
    raw = decoded(text)
    broken = _too_short(raw)
    if broken is not None:
        cause = IOError_(broken)
        raise _none(Certificate(f"Could not parse certificate: java.io.IOException: {broken}", cause=cause))
    try:
        found: x509.Certificate = library().load_der_x509_certificate(raw)
    except ValueError:
        raise _none(Certificate("Unable to initialize, java.io.IOException: X.509 not complete")) from None
    return found


def _too_short(raw: bytes) -> str | None:
    if raw[:1] != bytes([_SEQUENCE]):
        return "Empty input"
    if len(raw) == 1:
        return "BER/DER length info absent"
    counted = raw[1] & ~_LONG if raw[1] & _LONG else 0
    if len(raw) < 2 + counted:
        return "Incomplete BER/DER length info"
    length = int.from_bytes(raw[2 : 2 + counted], "big") if counted else raw[1]
    return "Incomplete BER/DER data" if len(raw) < 2 + counted + length else None


def _none(why: Certificate) -> RuntimeError_:
    return RuntimeError_(f"java.security.cert.CertificateException: {why.reason}", cause=why)


def subject(certificate: x509.Certificate) -> str:
    """The name of a certificate's holder: ``CN=ann, O=acme``."""
    return ", ".join(one.rfc4514_string() for one in reversed(certificate.subject.rdns))


def is_ordered(chain: Sequence[x509.Certificate]) -> bool:
    """Whether each certificate was issued by the next."""
    return all(one.issuer == issuer.subject for one, issuer in itertools.pairwise(chain))


def is_trusted(chain: Sequence[x509.Certificate], authorities: str, now_ms: int) -> bool:
    """Whether an authority, of some as PEM, vouches for a chain whose certificates vouch for each other, all of them for now."""
    trusted = library().load_pem_x509_certificates(authorities.encode())
    at = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC)
    if not all(_is_valid(one, at) for one in chain):
        return False
    for position, one in enumerate(chain):
        if any(one == authority or (_is_valid(authority, at) and _issued(one, authority)) for authority in trusted):
            return True
        if position + 1 == len(chain) or not _issued(one, chain[position + 1]):
            return False
    return False


def _is_valid(one: x509.Certificate, at: datetime.datetime) -> bool:
    return one.not_valid_before_utc <= at <= one.not_valid_after_utc


def _issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether an authority signed a certificate."""
    from cryptography.exceptions import InvalidSignature

    x509 = library()
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        one.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError, x509.ExtensionNotFound):
        return False
    return True
