"""``random_score``, and ``randomScore`` of scripts. Docs: query-dsl-function-score-query.

A number is a hash of the document (its ordinal, or a field's value) salted with the seed, the index and the shard.
Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any
U32 = np.uint32
Block = tuple[np.ndarray, np.ndarray, int]
"""int64[n], places of texts; uint32[n, m], their bytes; their length in bytes."""
_ALL = 0xFFFFFFFF
SEED_WITHOUT_FIELD = "As of version 7.0 Elasticsearch will require that a [field] parameter is provided when a [seed] is set"


def random_scores(body: Json, segment: Any, shard: ShardSearch) -> np.ndarray:
    """float64[n_docs] in [0, 1); the same for the same seed, index, shard and value.

    Differs: without a seed the numbers come from the search's time as Elasticsearch's do, and so change with the clock.
    """
    name = (body or {}).get("field")
    seed = (body or {}).get("seed")
    if seed is None:
        return by_ordinal(shard, segment, long_hash(shard.now_ms))
    return by_value(shard, segment, _seed(seed), name or ("_seq_no" if shard.behaviour.random_by_seq_no else "_id"))


def seed_of(body: Json, shard: ShardSearch) -> int:
    """The seed as an explanation shows it: the one given, or that of the search's time."""
    seed = (body or {}).get("seed")
    found = long_hash(shard.now_ms) if seed is None else _seed(seed)
    return found - (1 << 32) if found >= 1 << 31 else found


def check_field(shard: ShardSearch, name: str | None, seed: Json) -> None:
    """Refuse a field that is not mapped; without one, ids are hashed, or sequence numbers. Raises IllegalArgument."""
    if seed is not None and (name == "_id" or (name is None and not shard.behaviour.random_by_seq_no)):
        from esmock.search.metadata_values import id_fielddata

        if shard.warn and name is None:
            shard.warn(SEED_WITHOUT_FIELD)
        id_fielddata(shard)
    if seed is None or name is None or shard.field(name) is not None or name in ("_seq_no", "_id"):
        return
    raise IllegalArgument(
        f"Field [{name}] is not mapped on [[{shard.index}/{shard.index_uuid}]] and cannot be used as a source of random numbers."
    )


def by_ordinal(shard: ShardSearch, segment: Any, seed: int) -> np.ndarray:
    """float64[n_docs] from the documents' places in the shard."""
    ordinals = np.arange(segment.n_docs, dtype=U32) + U32(base(shard, segment))
    return _unit(_mix(ordinals ^ U32(salted(shard, seed))))


def by_value(shard: ShardSearch, segment: Any, seed: int, name: str) -> np.ndarray:
    """float64[n_docs] from a field's first value."""
    field = shard.field(name)
    mixed = salted(shard, seed)
    path = name if field is None else field.path
    has, back, blocks = segment.cached(("hashed values", path), lambda: _laid_out(segment.column(path)))
    out = np.full(segment.n_docs, mixed, U32)
    out[has] = _hashed(blocks, mixed)[back]
    return _unit(out)


def of_text(shard: ShardSearch, seed: int, text: str) -> float:
    """The random number of one value."""
    blocks = blocks_of([text.encode("utf-8", "surrogatepass")])
    return float(_unit(_hashed(blocks, salted(shard, seed)))[0])


def _laid_out(column: Any) -> tuple[np.ndarray, np.ndarray, list[Block]]:
    """bool[n_docs], which documents have values; int64[n], which distinct value is the first of each; the texts of those."""
    has = column.has_value
    distinct, back = np.unique(column.values[column.starts[:-1][has]], return_inverse=True)
    if column.dictionary is not None:
        texts = [column.dictionary[at].encode("utf-8", "surrogatepass") for at in distinct.tolist()]
    else:
        from esmock.mapping.parameter import java_text

        texts = [java_text(one).encode() for one in distinct.tolist()]
    return has, back.reshape(-1), blocks_of(texts)


def salted(shard: ShardSearch, seed: int) -> int:
    """The seed mixed with the index and the shard."""
    salt = (java_hash(shard.index) << 10 | shard.number) & _ALL
    return int(_mix(np.array([(seed ^ salt) & _ALL], U32))[0])


def java_hash(text: str) -> int:
    """``String.hashCode`` without its sign."""
    code = 0
    for char in text:
        code = (31 * code + ord(char)) & _ALL
    return code


def long_hash(number: int) -> int:
    """``Long.hashCode`` without its sign."""
    bits = number & 0xFFFFFFFFFFFFFFFF
    return (bits ^ bits >> 32) & _ALL


def _seed(seed: Json) -> int:
    if isinstance(seed, str):
        return java_hash(seed)
    return int(seed) & _ALL if -(2**31) <= seed < 2**31 else long_hash(int(seed))


def base(shard: ShardSearch, segment: Any) -> int:
    """Where a segment's documents begin in the shard."""
    return next((leaf.base for leaf in shard.reader if leaf.segment is segment), 0)


def _unit(hashes: np.ndarray) -> np.ndarray:
    return (hashes & U32(0xFFFFFF)).astype(np.float64) / float(1 << 24)


def _mix(numbers: np.ndarray) -> np.ndarray:
    """The finalizer of murmur3, uint32[n]."""
    numbers = (numbers ^ (numbers >> U32(16))) * U32(0x85EBCA6B)
    numbers = (numbers ^ (numbers >> U32(13))) * U32(0xC2B2AE35)
    return numbers ^ (numbers >> U32(16))


def blocks_of(texts: list[bytes]) -> list[Block]:
    """Texts laid out for hashing, those of one length together."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    out = []
    for length in np.unique(lengths).tolist():
        at = np.flatnonzero(lengths == length)
        padded = -(-length // 4) * 4
        raw = b"".join(texts[one].ljust(padded, b"\0") for one in at.tolist())
        out.append((at, np.frombuffer(raw, "<u4").reshape(len(at), padded // 4), length))
    return out


def _hashed(blocks: list[Block], seed: int) -> np.ndarray:
    """uint32[n]: murmur3 in its 32-bit form."""
    out = np.zeros(sum(len(at) for at, _, _ in blocks), U32)
    for at, words, length in blocks:
        out[at] = _hash_words(words, length, seed)
    return out


def _rotated(numbers: np.ndarray, by: int) -> np.ndarray:
    return (numbers << U32(by)) | (numbers >> U32(32 - by))


def _hash_words(words: np.ndarray, length: int, seed: int) -> np.ndarray:
    hashes = np.full(len(words), seed & _ALL, U32)
    whole = length // 4
    for column in range(words.shape[1]):
        key = _rotated(words[:, column] * U32(0xCC9E2D51), 15) * U32(0x1B873593)
        hashes = hashes ^ key
        if column < whole:
            hashes = _rotated(hashes, 13) * U32(5) + U32(0xE6546B64)
    return _mix(hashes ^ U32(length))
