"""Ids of rollup documents: the job id and a hash over the composite key.

Source: recordings of 6.8.23 (the ids of the sensor page, null and double keys).
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping

from esmock.murmur import murmur3_x64_128

_SEED = 19
_NULL = b"__NULL_PLACEHOLDER__830f1de2__".ljust(90, b"\0")
"""The placeholder is hashed with its whole backing array, which has three bytes per character."""


def rollup_id(job_id: str, key: Mapping[str, str | int | float | None]) -> str:
    """The id of the document for one composite bucket.

    Args:
        key: composite source name to value; sorted by name here.
    """
    data = bytearray()
    for name in sorted(key):
        data += _bytes(key[name]) + b"$"
    data += job_id.encode() + b"$"
    high, low = murmur3_x64_128(bytes(data), _SEED)
    digest = struct.pack(">QQ", high, low)
    return f"{job_id}${base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _bytes(value: str | int | float | None) -> bytes:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, float):
        return struct.pack(">d", value)
    return struct.pack(">q", value)
