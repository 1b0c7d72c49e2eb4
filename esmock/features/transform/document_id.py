"""Ids of the documents that a transform writes: a hash over the values of its groups.

Source: the class IDGenerator; no engine that could be asked has it.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping

from esmock.murmur import murmur3_x64_128

_SEED = 19
_NULL, _EMPTY = b"__NULL_VALUE__", b"__EMPTY_VALUE__"
_MOST_FIRST_BYTES = 6
_BUFFER = 24
"""The array that grew around the 17 to 22 bytes of an id; it is encoded whole."""


def document_id(key: Mapping[str, str | int | float | None]) -> str:
    """The id of the document for one bucket.

    Args:
        key: name of a group to its value; sorted by name here.
    """
    values = [_bytes(key[name]) for name in sorted(key)]
    first = bytes(value[0] for value in values[:_MOST_FIRST_BYTES])
    high, low = murmur3_x64_128(b"".join(value + b"$" for value in values), _SEED)
    buffer = (first + struct.pack(">QQ", high, low)).ljust(_BUFFER, b"\0")
    return base64.urlsafe_b64encode(buffer).rstrip(b"=").decode()


def _bytes(value: str | int | float | None) -> bytes:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.encode() or _EMPTY
    return struct.pack(">d" if isinstance(value, float) else ">q", value)
