"""Slices of a scroll or point in time. Docs: paginate-search-results, slice-scroll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from esmock.errors import IllegalArgument, Unsupported, XContentParse
from esmock.search.query.base import ParseContext
from esmock.search.query.parse import int_value, text
from esmock.xcontent.located import at_name
from esmock.xcontent.similar import suggestion

Json = Any


@dataclass(frozen=True, slots=True)
class Slice:
    """One of ``maximum`` parts."""

    number: int
    maximum: int
    field: str = "_id"


def parse_slice(body: Json, key: str, ctx: ParseContext) -> Slice:
    """Read ``slice``. Raises XContentParse, IllegalArgument."""
    value = body[key]
    found: dict[str, Any] = {}
    for name in value:
        if name not in ("id", "max", "field"):
            raise XContentParse(f"[slice] unknown field [{name}]{suggestion(name, ('id', 'max', 'field'))}", at_name(value, name))
        found[name] = text(value, name, ctx) if name == "field" else int_value(value, name)
    number, maximum = found.get("id", -1), found.get("max", -1)
    if number < 0:
        raise IllegalArgument("id must be greater than or equal to 0")
    if maximum <= 1:
        raise IllegalArgument("max must be greater than 1")
    if number >= maximum:
        raise IllegalArgument("max must be greater than id")
    if found.get("field", "_id") != "_id":
        raise Unsupported("slices by a field")
    return Slice(number, maximum, found.get("field", "_id"))


def members(part: Slice, shard: int, n_shards: int, doc_ids: Iterable[str]) -> Iterator[bool]:
    """Whether each document of a shard belongs to a slice: whole shards where there are enough of them."""
    number, maximum = part.number, part.maximum
    if n_shards > 1:
        if maximum < n_shards:
            is_own = shard % maximum == number
            return (is_own for _ in doc_ids)
        if number % n_shards != shard:
            return (False for _ in doc_ids)
        parts = maximum // n_shards + (1 if maximum % n_shards > shard else 0)
        number, maximum = number // n_shards, parts
    return (slice_hash(doc_id) % maximum == number for doc_id in doc_ids)


_SEED = 7919
_BASE64_ENDS = {2: "AQgw", 3: "AEIMQUYcgkosw048"}


def slice_hash(doc_id: str) -> int:
    """The number that decides about a document's slice: murmur3 of the id as it is indexed. Source: recording of 7.10.2."""
    from esmock.state.routing import murmur3

    return murmur3(encoded_id(doc_id), _SEED)


def encoded_id(doc_id: str) -> bytes:
    """The id's term: numbers in half bytes, base64 decoded, anything else as UTF-8; the first byte tells which."""
    if doc_id.isascii() and doc_id.isdigit():
        digits = [int(char) for char in doc_id] + ([15] if len(doc_id) % 2 else [])
        return b"\xfe" + bytes(high << 4 | low for high, low in zip(digits[::2], digits[1::2], strict=True))
    if _is_base64(doc_id):
        import base64

        data = base64.urlsafe_b64decode(doc_id + "=" * (-len(doc_id) % 4))
        return b"\xfd" + data if data[0] >= 0xFD else data
    return b"\xff" + doc_id.encode("utf-8", "surrogatepass")


def _is_base64(text: str) -> bool:
    rest = len(text) % 4
    if rest == 1 or not text or (rest and text[-1] not in _BASE64_ENDS[rest]):
        return False
    return text.isascii() and all(char.isalnum() or char in "-_" for char in text)
