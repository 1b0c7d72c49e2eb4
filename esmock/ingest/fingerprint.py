"""The processor ``fingerprint``. Docs: fingerprint-processor."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from typing import Any, ClassVar

from esmock.errors import IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import Timestamp, class_name
from esmock.ingest.processor import Processor

_METHODS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512", "MurmurHash3": None}
_WIDTHS = {"java.lang.Integer": ">i", "java.lang.Long": ">q", "java.lang.Float": ">f", "java.lang.Double": ">d"}


def content(value: Any) -> Iterator[bytes]:
    """The scalars of a value, each behind a zero byte: objects as keys and values in the order of the keys.

    Source: the hash on the documentation page fixes the separator, the order and ``true``; how numbers, ``false`` and
    null are written is reasoned.
    """
    if isinstance(value, dict):
        for key in sorted(value):
            yield from content(key)
            yield from content(value[key])
    elif isinstance(value, list):
        for one in value:
            yield from content(one)
    else:
        yield b"\0" + _scalar(value)


def _scalar(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bool):
        return b"\1" if value else b"\2"
    if isinstance(value, str) and not isinstance(value, Timestamp):
        return value.encode("utf-8", "surrogatepass")
    kind = class_name(value)
    if kind in _WIDTHS:
        return struct.pack(_WIDTHS[kind], value)
    raise IllegalArgument(f"cannot convert object of type [{kind}] to bytes")


def digest(method: str, data: bytes) -> bytes:
    """The hash of a method by its name in the configuration."""
    algorithm = _METHODS[method]
    if algorithm is not None:
        return hashlib.new(algorithm, data, usedforsecurity=False).digest()
    from esmock.murmur import murmur3_x64_128

    return b"".join(half.to_bytes(8, "big") for half in murmur3_x64_128(data))


class Fingerprint(Processor):
    name: ClassVar[str] = "fingerprint"
    since: ClassVar[tuple[int, int]] = (7, 12)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        fields = config.list("fields")
        if not fields:
            raise config.error("fields", "must specify at least one field")
        if not all(isinstance(one, str) and one for one in fields):
            raise config.error("fields", "field path list contains null or empty value")
        self.fields = sorted(fields)
        self.target = config.string("target_field", "fingerprint")
        self.salt = config.string("salt", "").encode()
        self.method = config.string("method", "SHA-1")
        if self.method not in _METHODS:
            raise config.error(
                "method", f"[{self.method}] must be one of the supported hash methods [{', '.join(_METHODS)}]"
            )
        self.ignore_missing = config.boolean("ignore_missing", False)

    def execute(self, document: IngestDocument) -> None:
        values = []
        for field in self.fields:
            value = document.get(field, ignore_missing=True)
            if value is not None:
                values.append(value)
            elif not self.ignore_missing:
                raise IllegalArgument(f"missing field [{field}] when calculating fingerprint")
        if values:
            hashed = digest(self.method, self.salt + b"".join(content(values)))
            document.set(self.target, base64.b64encode(hashed).decode())


PROCESSORS = (Fingerprint,)
