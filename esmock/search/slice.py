"""Slices of a scroll or point in time. Docs: paginate-search-results, slice-scroll."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, Search
from esmock.search.query.base import ParseContext
from esmock.xcontent import value_reader
from esmock.xcontent.object_parser import Parser, custom, string
from esmock.xcontent.value_reader import Key, Reader, Reading

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch
    from esmock.search.request import SearchRequest
    from esmock.search.shard_target import ShardTarget

Json = Any
SLICE_OF_NOTHING_KEPT = "[slice] can only be used with [scroll] or [point-in-time] requests"


@dataclass(frozen=True, slots=True)
class Slice:
    """One of ``maximum`` parts.

    Args:
        shards: by index and number of a shard, which one it is of how many that the slices are dealt out to.
    """

    number: int
    maximum: int
    field: str | None = None
    shards: Mapping[tuple[str, int], tuple[int, int]] = dataclasses.field(default_factory=dict, compare=False)

    def of_shard(self, target: ShardTarget) -> Slice | bool:
        """What belongs to the slice on a shard: everything, nothing, or a part of its own. Shards go whole where there are enough."""
        if self.number < 0:
            return False
        position, n_shards = self.shards[target.index, target.number]
        if n_shards == 1:
            return self
        if self.maximum < n_shards:
            return position % self.maximum == self.number
        if self.number % n_shards != position:
            return False
        n_parts = self.maximum // n_shards + (self.maximum % n_shards > position)
        return n_parts == 1 or replace(self, number=self.number // n_shards, maximum=n_parts)


def _number(number: int) -> int:
    if number < 0:
        raise IllegalArgument("id must be greater than or equal to 0")
    return number


def _maximum(maximum: int) -> int:
    if maximum <= 1:
        raise IllegalArgument("max must be greater than 1")
    return maximum


def _pair_member(check: Callable[[int], int], other: str, is_less: Callable[[int, int], bool]) -> Reader:
    """Reads ``id`` or ``max`` and holds it against the other of the two where that stands before it."""

    def read(body: Json, key: Key, reading: Reading) -> int:
        number = check(value_reader.integer(body, key))
        names = list(dict.keys(body))
        if other in names[: names.index(key)] and not is_less(number, value_reader.integer(body, other)):
            raise IllegalArgument("max must be greater than id")
        return number

    return read


_NUMBER = ("VALUE_NUMBER", "VALUE_STRING")
_PARSER = Parser(
    "slice",
    string("field"),
    custom("id", _NUMBER, _pair_member(_number, "max", operator.lt)),
    custom("max", _NUMBER, _pair_member(_maximum, "id", operator.gt)),
)


def parse_slice(body: Json, key: str, ctx: ParseContext) -> Slice:
    """Read ``slice``. Raises XContentParse."""
    found = _PARSER.read(body, key, Reading(ctx.behaviour, ctx.warn))
    return Slice(found.get("id", -1), found.get("max", -1), found.get("field"))


def dealt(request: SearchRequest, targets: Sequence[ShardTarget], n_skipped: int = 0) -> SearchRequest:
    """A search whose slice knows the shards it is dealt out to: from 7.15 on those of all indices, before those of each index.

    Args:
        n_skipped: shards that are not searched, which count though they get no number. Source: slices of 8.19.21.
    """
    part = request.slice
    if part is None:
        return request
    shards: dict[tuple[str, int], tuple[int, int]] = {}
    if request.behaviour.slices_points_in_time:
        for position, one in enumerate(targets):
            shards[one.index, one.number] = (position, len(targets) + n_skipped)
    else:
        for index in {one.index for one in targets}:
            numbers = sorted(one.number for one in targets if one.index == index)
            shards.update({(index, number): (position, len(numbers)) for position, number in enumerate(numbers)})
    return replace(request, slice=replace(part, shards=shards))


def check_slice(request: SearchRequest, target: ShardTarget, shard: ShardSearch, *, scrolls: bool) -> None:
    """Refuse a slice of a search that nobody keeps, too many of them, and a field that tells no slices. Raises Search, IllegalArgument."""
    part: Slice = request.slice
    goes_whole = shard.behaviour.slices_points_in_time
    if not scrolls and request.pit is None:
        raise Search(SLICE_OF_NOTHING_KEPT if goes_whole else "`slice` cannot be used outside of a scroll context")
    limit = int(shard.settings.get("index.max_slices_per_scroll", "1024"))
    if part.maximum > limit:
        name = "index.max_slices_per_scroll"
        raise IllegalArgument(
            f"The number of slices [{part.maximum}] is too large. It must be less than [{limit}]. This limit can be set by "
            f"changing the [{name}] index level setting."
        )
    # ES: from 7.15 on the field is only looked at where a shard is shared out
    if part.field is None or (goes_whole and not isinstance(part.of_shard(target), Slice)):
        return
    if part.field == "_id" and goes_whole and not scrolls:
        raise IllegalArgument("cannot slice on [_id] when using [point-in-time]")
    if part.field in ("_id", "_seq_no"):
        return
    found = shard.field(part.field)
    if found is None:
        raise IllegalArgument(f"field {part.field} not found")
    if found.column_kind not in ("long", "double") or not found.has_doc_values:
        raise IllegalArgument(f"cannot load numeric doc values on {part.field}")


def mask(part: Slice, target: ShardTarget, segment: Any, places: tuple[np.ndarray, int] | None = None) -> np.ndarray:
    """Whether each document of a segment belongs to a slice, as an array of bool.

    Args:
        places: the numbers of the documents on the shard, and how many there are, where slices without a field go by them.
    """
    on_shard = part.of_shard(target)
    if isinstance(on_shard, bool):
        return np.full(segment.n_docs, on_shard)
    number, maximum, path = on_shard.number, on_shard.maximum, on_shard.field
    if path is None and places is not None:
        return _in_range(number, maximum, *places)
    if path in (None, "_id"):
        hashes = np.fromiter((slice_hash(doc_id) for doc_id in segment.doc_ids), np.int64, segment.n_docs)
    else:
        assert path is not None
        hashes = _value_hashes(segment, path)
    return hashes % maximum == number


def _in_range(number: int, maximum: int, places: np.ndarray, n_docs: int) -> np.ndarray:
    """Which documents lie in one of ``maximum`` ranges of nearly one length."""
    if maximum < 0:
        return np.zeros(len(places), bool)  # ES: a slice that has an id alone
    size, longer = divmod(n_docs, maximum)
    first = number * size + min(number, longer)
    last = first + size + (number < longer)
    return (places >= first) & (places < last)


def _value_hashes(segment: Any, path: str) -> np.ndarray:
    """The numbers that decide where slices go by a field: a mix of each value's bits, joined over the values of a document."""
    if path == "_seq_no":
        return _mix(np.fromiter((doc.seq_no for doc in segment.docs), np.int64, segment.n_docs)).astype(np.int64)
    column, found = segment.column(path), segment.field(path)
    mixed = _mix(_as_whole(column.values, found.name))
    out = np.zeros(segment.n_docs, np.int64)
    counts = np.diff(column.starts)
    for round_ in range(int(counts.max(initial=0))):
        has = np.flatnonzero(counts > round_)
        out[has] = (out[has] * 31 + mixed[column.starts[has] + round_]).astype(np.int32)
    return out


def _as_whole(values: np.ndarray, kind: str) -> np.ndarray:
    """Numbers as doc values hold them: decimals as the whole numbers that sort like them."""
    width = {"double": 64, "float": 32, "half_float": 16}.get(kind)
    if width is None:
        return values
    bits = values.astype(f"float{width}").view(f"int{width}")
    return (bits ^ ((bits >> (width - 1)) & np.array(2 ** (width - 1) - 1, bits.dtype))).astype(np.int64)


def _mix(values: np.ndarray) -> np.ndarray:
    """Stafford's finalizer of 64 bits, cut to 32. Source: slices of 7.10.2 by a field."""
    bits = values.astype(np.int64).view(np.uint64)
    bits = (bits ^ (bits >> np.uint64(32))) * np.uint64(0x4CD6944C5CC20B6D)
    bits = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xFC12C5B19D3259E9)
    return (bits ^ (bits >> np.uint64(32))).astype(np.uint32).view(np.int32).astype(np.int64)


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
