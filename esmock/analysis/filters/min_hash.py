"""Signatures of token streams. Page: analysis-minhash-tokenfilter."""

from __future__ import annotations

import functools

from esmock.analysis.component import TokenFilter
from esmock.analysis.parameter import lucene_boolean, lucene_integer
from esmock.analysis.token import Stream, Token
from esmock.errors import IllegalArgument
from esmock.murmur import murmur3_x64_128

_MASK = (1 << 64) - 1
Pair = tuple[int, int]


class MinHash(TokenFilter):
    """The least hashes of the terms, bucket by bucket, each as a term of eight characters."""

    name = "min_hash"
    hash_count: int = lucene_integer("hash_count", 1)
    bucket_count: int = lucene_integer("bucket_count", 512)
    hash_set_size: int = lucene_integer("hash_set_size", 1)
    with_rotation: bool | None = lucene_boolean("with_rotation", None)

    def check(self) -> None:
        for value, label in (
            (self.hash_count, "hashCount"),
            (self.bucket_count, "bucketCount"),
            (self.hash_set_size, "hashSetSize"),
        ):
            if value <= 0:
                raise IllegalArgument(f"{label} must be greater than zero")

    def apply(self, stream: Stream) -> None:
        size = (1 << 32) // self.bucket_count
        if size * self.bucket_count != 1 << 32:
            size += 1
        tables: list[list[set[Pair]]] = [[set() for _ in range(self.bucket_count)] for _ in range(self.hash_count)]
        for token in stream.tokens:
            own = murmur3_x64_128(token.term.encode("utf-16-le", "surrogatepass"))
            for number, buckets in enumerate(tables):
                salt = _salt(number)
                pair = (own[0] * 37 + salt[0]) & _MASK, (own[1] * 37 + salt[1]) & _MASK
                kept = buckets[(pair[1] >> 32) // size]
                kept.add(pair)
                if len(kept) > self.hash_set_size:
                    kept.remove(max(kept, key=_rank))
        rotates = self.hash_set_size == 1 and (
            self.bucket_count > 1 if self.with_rotation is None else self.with_rotation
        )
        stream.tokens = self._signature(tables, stream.tokens[-1].end, rotates) if stream.tokens else []
        stream.end_increment = 0

    def _signature(self, tables: list[list[set[Pair]]], end: int, rotates: bool) -> list[Token]:
        out: list[Token] = []
        for table, buckets in enumerate(tables):
            which = table if self.hash_count > 1 else None
            filled = [number for number, kept in enumerate(buckets) if kept]
            for number, kept in enumerate(buckets):
                if not kept and rotates and filled:
                    following = next((one for one in filled if one > number), filled[0])
                    kept = {min(buckets[following], key=_rank)}
                for pair in sorted(kept, key=_rank):
                    out.append(Token(_term(pair, which), 0, end, "MIN_HASH", 0 if out else 1))
        return out


def _rank(pair: Pair) -> Pair:
    """The order of hashes: the second half first."""
    return pair[1], pair[0]


def _term(pair: Pair, number: int | None) -> str:
    """Eight characters; where there are several hashes, the first two tell which one it is."""
    raw = pair[1].to_bytes(8, "big") + pair[0].to_bytes(8, "big")
    mark = b"" if number is None else number.to_bytes(4, "big")
    return (mark + raw)[:16].decode("utf-16-be", "surrogatepass")


@functools.cache
def _salt(number: int) -> Pair:
    return murmur3_x64_128(number.to_bytes(4, "big"))


FAMILY = (MinHash,)
