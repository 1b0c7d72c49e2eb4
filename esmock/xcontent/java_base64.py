"""Base64 as ``java.util.Base64`` decodes it: padding may be left out, and what is wrong is told in its words."""

from __future__ import annotations

import base64

from esmock.errors import IllegalArgument

__all__ = ["STANDARD", "URL", "decode"]

STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
URL = STANDARD[:-2] + b"-_"
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def decode(data: bytes, alphabet: bytes = STANDARD) -> bytes:
    """The bytes that a text stands for. Raises IllegalArgument."""
    if len(data) == 1:
        raise IllegalArgument("Input byte[] should at least have 2 bytes for base64 bytes")
    body, _, _ = data.partition(b"=")
    for byte in body:
        if byte not in alphabet:
            raise IllegalArgument(f"Illegal base64 character {byte - 256 if byte > 127 else byte:x}")
    rest, padding = len(body) % 4, data[len(body) :]
    if rest == 1:
        raise IllegalArgument("Last unit does not have enough valid bits")
    if padding and padding != b"=" * ((-len(body)) % 4):
        if rest and padding.startswith(b"=" * (4 - rest)):
            raise IllegalArgument(f"Input byte array has incorrect ending byte at {len(body) + 4 - rest}")
        raise IllegalArgument("Input byte array has wrong 4-byte ending unit")
    return base64.b64decode(body.translate(_FROM_URL) + b"=" * ((-len(body)) % 4))
