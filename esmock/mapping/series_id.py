"""Identities in time series: the series of a document (``_tsid``), the hash that it is routed by, and its id. Docs: tsds.

Source: asked of 8.19.21 (fixtures/recorded/8.19.21/around/series_8.json); the layout is that of the published class
TimeSeriesIdFieldMapper, whose hashes run over whole buffers, unused ends included.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from esmock.mapping.mapping import wildcard
from esmock.mapping.parameter import java_text
from esmock.mapping.values import raw_values
from esmock.murmur import murmur3_x64_128

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping

Json = Any
_ID_BYTES = 20
_LEAST_BUFFER = 8


def is_time_series(settings: Any) -> bool:
    """Whether an index is in the mode ``time_series``."""
    return str(settings.get("index.mode")).lower() == "time_series"


def dimensions(mapping: Mapping) -> list[tuple[str, Field]]:
    """The dimensions by name, those that are keys of flattened fields among them."""
    out: list[tuple[str, Field]] = []
    for path, field in mapping.fields():
        if field.given.get("time_series_dimension"):
            out.append((path, field))
        out.extend((f"{path}.{key}", field) for key in field.given.get("time_series_dimensions") or ())
    return sorted(out, key=lambda one: one[0].encode())


def series_of(mapping: Mapping, tree: Json) -> bytes:
    """The ``_tsid`` of a document: hashes of the names, of the first value of each, and of all values."""
    found = [(name, [_encoded(field, value) for value in raw_values(tree, name)]) for name, field in dimensions(mapping)]
    found = [(name, values) for name, values in found if values]
    names = b"".join(_roomy(name) for name, _ in found)
    firsts = b"".join(struct.pack("<I", murmur3_x86_32(values[0])) for _, values in found)
    every = b"".join(_buffered(value) for _, values in found for value in values)
    body = struct.pack("<QQ", *murmur3_x64_128(names)) + firsts + struct.pack("<QQ", *murmur3_x64_128(every))
    return _length(len(body)) + body


def _roomy(name: str) -> bytes:
    """A name in a buffer for the longest that so many characters can become."""
    return name.encode().ljust(3 * len(name), b"\0")


def _buffered(value: bytes) -> bytes:
    """A value in the buffer that grew while it was written."""
    n = len(value)
    room = _LEAST_BUFFER if n <= _LEAST_BUFFER else (n + max(n >> 3, 3) + 7) & ~7
    return value.ljust(room, b"\0")


def _encoded(field: Field, value: Json) -> bytes:
    if field.name == "boolean":
        return b"bt" if field.column_values([value])[0] else b"bf"
    if field.column_kind == "long" and field.name not in ("ip", "keyword", "flattened"):
        number = int(field.column_values([value])[0])
        return b"u" + struct.pack(">Q", number) if field.name == "unsigned_long" else b"l" + struct.pack(">q", number)
    text = field.format_value(field.column_values([value])[0]) if field.name == "ip" else java_text(value)
    data = text.encode("utf-8", "surrogatepass")
    return b"s" + _length(len(data)) + data


def _length(number: int) -> bytes:
    """A length as Elasticsearch writes it: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def murmur3_x86_32(data: bytes) -> int:
    """The unsigned hash of 32 bits."""
    hashed = 0
    whole = len(data) & ~3
    for (block,) in struct.iter_unpack("<I", data[:whole]):
        hashed ^= _mixed(block)
        hashed = ((hashed << 13 | hashed >> 19) * 5 + 0xE6546B64) & 0xFFFFFFFF
    if whole < len(data):
        hashed ^= _mixed(int.from_bytes(data[whole:], "little"))
    hashed ^= len(data)
    hashed = (hashed ^ hashed >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    hashed = (hashed ^ hashed >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return hashed ^ hashed >> 16


def _mixed(block: int) -> int:
    block = block * 0xCC9E2D51 & 0xFFFFFFFF
    return (block << 15 | block >> 17) * 0x1B873593 & 0xFFFFFFFF


def routing_hash(patterns: Sequence[str], tree: Json) -> int | None:
    """The hash of the values that a routing path names; None: the document has none of them."""
    matchers = [wildcard(pattern) for pattern in patterns]
    found = [(name, value) for name, value in _leaves(tree, "") if any(matches(name) for matches in matchers)]
    hashed = 0
    for name, value in sorted(found, key=lambda one: one[0].encode()):
        both = murmur3_x86_32(name.encode()) ^ murmur3_x86_32(java_text(value).encode("utf-8", "surrogatepass"))
        hashed = (31 * hashed + both) & 0xFFFFFFFF
    return hashed if found else None


def _leaves(node: Json, path: str) -> Iterator[tuple[str, Json]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for one in node:
            yield from _leaves(one, path)
    elif node is not None:
        yield path, node


def shown(data: bytes) -> str:
    """Bytes as requests and answers write them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def of_shown(text: str) -> str:
    """Written bytes as columns hold them: a character each."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")


def document_id(routing: int, series: bytes, millis: int) -> str:
    """The id of a document: how it is routed, of which series, and when."""
    return shown(struct.pack("<IQ", routing, murmur3_x64_128(series)[0]) + struct.pack(">q", millis))


def routing_of_id(doc_id: str) -> int | None:
    """The hash that a document of an id was routed by; None: it is no such id."""
    try:
        data = base64.b64decode(doc_id + "=" * (-len(doc_id) % 4), b"-_", validate=True)
    except ValueError:
        return None
    return int(struct.unpack_from("<I", data)[0]) if len(data) == _ID_BYTES else None
