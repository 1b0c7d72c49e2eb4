"""From a routing value to a shard: Murmur3 over UTF-16, as Elasticsearch does it."""

from __future__ import annotations

_C1, _C2, _MASK = 0xCC9E2D51, 0x1B873593, 0xFFFFFFFF


def murmur3(data: bytes, seed: int = 0) -> int:
    """MurmurHash3 x86 32 bit, as a signed int."""
    hashed = seed
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        block = int.from_bytes(data[start : start + 4], "little") * _C1 & _MASK
        block = ((block << 15) | (block >> 17)) * _C2 & _MASK
        hashed ^= block
        hashed = (((hashed << 13) | (hashed >> 19)) & _MASK) * 5 + 0xE6546B64 & _MASK
    tail = int.from_bytes(data[whole:], "little")
    if tail:
        tail = tail * _C1 & _MASK
        hashed ^= (((tail << 15) | (tail >> 17)) & _MASK) * _C2 & _MASK
    hashed ^= len(data)
    hashed = (hashed ^ (hashed >> 16)) * 0x85EBCA6B & _MASK
    hashed = (hashed ^ (hashed >> 13)) * 0xC2B2AE35 & _MASK
    hashed ^= hashed >> 16
    return hashed - (1 << 32) if hashed & 0x80000000 else hashed


def default_routing_shards(shards: int) -> int:
    """``index.number_of_routing_shards`` where it is not set: room for splitting up to 1024 shards."""
    splits = max(1, 10 - (shards - 1).bit_length())
    return shards << splits


def shard_of(routing: str, doc_id: str, *, shards: int, routing_shards: int, partition_size: int = 1) -> int:
    """The shard that a document lives on."""
    if shards == 1:
        return 0
    hashed = murmur3(routing.encode("utf-16-le", "surrogatepass"))
    if partition_size > 1:
        hashed += murmur3(doc_id.encode("utf-16-le", "surrogatepass")) % partition_size
    return (hashed % routing_shards) // (routing_shards // shards)


def shards_of_routing(
    routing: str, *, shards: int, routing_shards: int, partition_size: int = 1
) -> set[int]:
    """Every shard that a search with this routing must ask."""
    if shards == 1:
        return {0}
    hashed = murmur3(routing.encode("utf-16-le", "surrogatepass"))
    factor = routing_shards // shards
    return {((hashed + offset) % routing_shards) // factor for offset in range(partition_size)}
