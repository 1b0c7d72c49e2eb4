"""Passwords that are given by their hash: BCrypt and PBKDF2 as Elasticsearch writes them.

Source: answers of 6.8.23 and 8.19.21; the page on hashing settings. The library ``bcrypt`` is the extra ``security``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from types import MappingProxyType

from esmock.errors import IllegalArgument, Unsupported
from esmock.version import Behaviour

_BCRYPT = ("$2a$", "$2b$", "$2y$")
_COST = 4
_SALT_AND_HASH = 54
_PLAIN = "{PBKDF2}"
_STRETCHED = "{PBKDF2_STRETCH}"
_OTHERS = MappingProxyType({"{SHA}": "SHA1", "{MD5}": "MD5", "{SSHA256}": "SSHA256"})
_KNOWN = (
    "bcrypt, bcrypt4, bcrypt5, bcrypt6, bcrypt7, bcrypt8, bcrypt9, bcrypt10, bcrypt11, bcrypt12, bcrypt13, bcrypt14, "
    "pbkdf2, pbkdf2_1000, pbkdf2_10000, pbkdf2_50000, pbkdf2_100000, pbkdf2_500000, pbkdf2_1000000, "
    "pbkdf2_stretch, pbkdf2_stretch_1000, pbkdf2_stretch_10000, pbkdf2_stretch_50000, pbkdf2_stretch_100000, "
    "pbkdf2_stretch_500000, pbkdf2_stretch_1000000"
)


def check_hash(text: str, behaviour: Behaviour) -> None:
    """Raises IllegalArgument for what is no hash of a kind that is known, or ends before it is whole."""
    if text.startswith(_BCRYPT[0]) and len(text) < _COST + _SALT_AND_HASH:
        # ES: the cost stands between the prefix and what has this length
        raise IllegalArgument(f"{_COST} > {len(text) - _SALT_AND_HASH}")
    if text.startswith((*_BCRYPT, _PLAIN, _STRETCHED)):
        return
    if behaviour.major < 8:
        kind = next((name for prefix, name in _OTHERS.items() if text.startswith(prefix)), "NOOP")
        raise IllegalArgument(f"Provided password hash uses [{kind}] but the configured hashing algorithm is [BCRYPT]")
    raise IllegalArgument(
        "The provided password hash is not a hash or it could not be resolved to a supported hash algorithm. The supported password"
        f" hash algorithms are [{_KNOWN}]"
    )


def verifies(text: str, password: str) -> bool:
    """Whether a password has a hash. Raises Unsupported for BCrypt without its library."""
    if text.startswith(_BCRYPT):
        return _bcrypt(text, password)
    kind = _STRETCHED if text.startswith(_STRETCHED) else _PLAIN
    rounds, _, rest = text[len(kind) :].partition("$")
    salt, _, expected = rest.partition("$")
    given = password.encode()
    if kind == _STRETCHED:
        given = hashlib.sha512(given).hexdigest().encode()
    try:
        wanted = base64.b64decode(expected)
        found = hashlib.pbkdf2_hmac("sha512", given, base64.b64decode(salt), int(rounds), len(wanted) or None)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(found, wanted)


def _bcrypt(text: str, password: str) -> bool:
    try:
        import bcrypt
    except ImportError:
        raise Unsupported("BCrypt hashes of passwords without the library bcrypt: pip install esmock[security]") from None
    try:
        return bcrypt.checkpw(password.encode(), text.encode())
    except ValueError:
        return False
