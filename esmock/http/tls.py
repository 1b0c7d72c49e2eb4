"""Certificates, and what a listener needs to speak TLS. The library ``trustme`` is the extra ``tls``.

Plain HTTP on such a listener finds the connection closed without an answer, as on Elasticsearch, whose log tells of it.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAMES = ("localhost", "127.0.0.1", "::1")


class TlsError(Exception):
    """Certificates that cannot be made or read, in one line."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The side of TLS that a server shows.

    Args:
        context: for listeners.
        ca: the certificate that clients trust, as PEM; of files without a chain it is the server's own.
        authority: what made them, where esmock did (``trustme.CA``).
    """

    context: ssl.SSLContext
    ca: bytes
    authority: Any = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the CA's certificate in hexadecimal: what clients call ``ssl_assert_fingerprint``."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.ca.decode())).hexdigest()

    @classmethod
    def make(cls, names: Sequence[str] = ()) -> Tls:
        """A new authority and a certificate of its for localhost and further names. Raises TlsError without ``trustme``."""
        try:
            import trustme
        except ImportError:
            raise TlsError("making certificates takes the library trustme: pip install esmock[tls]") from None
        authority = trustme.CA(organization_name="esmock")
        context = _context()
        # Elasticsearch sends the whole chain, so that a client that knows the authority's fingerprint only can tell it
        certificate = authority.issue_cert(*dict.fromkeys((*_NAMES, *names)))
        ca = authority.cert_pem.bytes()
        chain = b"".join(one.bytes() for one in certificate.cert_chain_pems)
        with trustme.Blob(certificate.private_key_pem.bytes() + chain + ca).tempfile() as path:
            context.load_cert_chain(path)
        return cls(context, ca, authority)

    @classmethod
    def read(cls, certificate: str | Path, key: str | Path) -> Tls:
        """A certificate (with its chain) and its key, as PEM files. Raises TlsError."""
        context = _context()
        try:
            context.load_cert_chain(certificate, key)
            text = Path(certificate).read_text("ascii")
        except (OSError, ValueError) as error:
            raise TlsError(f"cannot use the certificate {certificate} with the key {key}: {error}") from None
        begin = text.rindex("-----BEGIN CERTIFICATE-----")
        return cls(context, text[begin:].encode())

    def trust_clients(self, wanted: str | Path) -> str:
        """Ask clients for certificates, which they need not have: of an authority in a file, or (``auto``) of one's own.

        Returns:
            the authority's certificate as PEM.

        Raises:
            TlsError.
        """
        self.context.verify_mode = ssl.CERT_OPTIONAL
        try:
            authority = self.ca.decode() if wanted == "auto" else Path(wanted).read_text("ascii")
            self.context.load_verify_locations(cadata=authority)
        except (OSError, ValueError) as error:
            raise TlsError(f"cannot use the authority {wanted}: {error}") from None
        return authority

    def client_certificate(self, name: str) -> bytes:
        """A certificate for a client, ``CN=name``, with its key and chain as PEM. Raises TlsError where another made the authority."""
        if self.authority is None:
            raise TlsError("certificates for clients take an authority of esmock's own: --tls auto")
        made = self.authority.issue_cert(f"{name}@esmock.example", common_name=name)
        chain = b"".join(one.bytes() for one in made.cert_chain_pems)
        return bytes(made.private_key_pem.bytes() + chain)

    @classmethod
    def of(cls, wanted: str | Tls, names: Sequence[str] = ()) -> Tls:
        """``auto``, ``CERT,KEY`` or what is ready. Raises TlsError."""
        if isinstance(wanted, Tls):
            return wanted
        if wanted == "auto":
            return cls.make(names)
        certificate, comma, key = wanted.partition(",")
        if not comma:
            raise TlsError(f"{wanted} is neither auto nor CERT,KEY")
        return cls.read(certificate, key)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
