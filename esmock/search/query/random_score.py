"""``random_score``. Docs: query-dsl-function-score-query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def random_scores(body: Json, segment: Any, shard: ShardSearch) -> np.ndarray:
    """float64[n_docs] in [0, 1); the same for the same seed and field.

    Differs: without a seed the numbers come from the search's time, and none equals Elasticsearch's, which salts them by shard.
    """
    name = (body or {}).get("field")
    seed = (body or {}).get("seed")
    number = _seed(seed) if seed is not None else shard.now_ms & 0x7FFFFFFF
    if name is None:
        keys = np.arange(segment.n_docs, dtype=np.uint64)
    else:
        if shard.field(name) is None and name not in ("_seq_no", "_id"):
            raise IllegalArgument(f"Field [{name}] is not mapped on [{shard.index}] and cannot be used as a source of random numbers.")
        column = segment.column(name)
        keys = np.zeros(segment.n_docs, np.uint64)
        has = column.has_value
        first = column.values[column.starts[:-1][has]]
        keys[has] = first.astype(np.int64).astype(np.uint64)
    mixed = (keys + np.uint64(number)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(40)).astype(np.float64) / float(1 << 24)


def _seed(seed: Json) -> int:
    if isinstance(seed, str):
        code = 0
        for char in seed:
            code = (31 * code + ord(char)) & 0xFFFFFFFF
        return code
    return int(seed) & 0xFFFFFFFF
