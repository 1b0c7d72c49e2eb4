"""Distinct counts: cardinality.

Docs: search-aggregations-metrics-cardinality-aggregation. Source: the HyperLogLog++ paper, recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, Unsupported
from esmock.murmur import murmur3_x64_128
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.collecting import Leaf
from esmock.search.aggs.include_exclude import mix64
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.parse import BodyParser, Declared
from esmock.search.aggs.values import BOOLEAN, BYTES, DATE, GEO, IP, NUMBER, Values, source_fields

Json = Any
Array = Any

_LONG_PRECISION = 25
_DEFAULT_PRECISION = 14
_LEAST, _MOST = 4, 18
_LOAD = 0.75


def precision_of(threshold: int) -> int:
    """The precision (bits of the register index) for ``precision_threshold``."""
    entries = math.ceil(threshold / _LOAD)
    return min(max(max((entries * 4).bit_length(), 1), _LEAST), _MOST)


def encoded(hashes: Array, precision: int) -> Array:
    """Distinct 32-bit encodings of 64-bit hashes, as the sparse form keeps them."""
    top = hashes >> np.uint64(64 - _LONG_PRECISION)
    low_mask = np.uint64((1 << (_LONG_PRECISION - precision)) - 1)
    rest = hashes << np.uint64(_LONG_PRECISION)
    lengths = np.zeros(len(hashes), np.uint64)
    if len(hashes):
        lengths = np.minimum(_leading_zeros(rest), 64 - _LONG_PRECISION).astype(np.uint64) + np.uint64(1)
    with_length = (top << np.uint64(7)) | (lengths << np.uint64(1)) | np.uint64(1)
    return np.unique(np.where((top & low_mask) == 0, with_length, top << np.uint64(1)))


def _leading_zeros(values: Array) -> Array:
    out = np.full(len(values), 64, np.int64)
    rest = values.copy()
    found = rest != 0
    out[found] = 0
    for width in (32, 16, 8, 4, 2, 1):
        small = found & (rest < (np.uint64(1) << np.uint64(64 - width)))
        out[small] += width
        rest[small] <<= np.uint64(width)
    return out


def estimate(hashes: Array, precision: int) -> int:
    """The distinct count that the sketch gives.

    Raises Unsupported above the sparse form's limit: the estimate from registers needs the paper's bias tables.
    """
    found = encoded(hashes, precision)
    if len(found) > int((1 << (precision - 2)) * _LOAD):
        raise Unsupported("cardinality of more distinct values than the precision threshold")
    slots = 1 << _LONG_PRECISION
    return round(slots * math.log(slots / (slots - len(found))))


class Cardinality(SingleValue):
    type, java = "cardinality", "InternalCardinality"
    __slots__ = ("count", "hashes", "precision")

    def __init__(self, name: str, meta: Json, hashes: Array, precision: int) -> None:
        super().__init__(name, meta)
        self.hashes, self.precision = hashes, precision
        self.count: int | None = None

    def value(self) -> float:
        if self.count is None:
            self.count = estimate(self.hashes, self.precision)
        return self.count

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return Cardinality(
            self.name, self.meta, np.unique(np.concatenate([one.hashes for one in results])), self.precision
        )

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"value": self.value()}


class CardinalityAggregator(SourceAggregator):
    """Keeps the distinct hashes of each owner."""

    sort_kind = "single_value"

    def prepare(self) -> None:
        self.owners: list[Array] = []
        self.hashes: list[Array] = []
        self.sorted: tuple[Array, Array] | None = None
        threshold = self.builder.precision_threshold  # type: ignore[attr-defined]
        self.precision = _DEFAULT_PRECISION if threshold is None else precision_of(threshold)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf)
        hashes = leaf.cached(("hashes", *self.source.key), lambda: self._hashes(values))
        positions, places = values.places(docs)
        taken = hashes[values.values[places]] if values.dictionary is not None else hashes[places]
        pairs = np.unique(np.stack([owners[positions].astype(np.uint64), taken]), axis=1) if len(positions) else None
        if pairs is not None:
            self.owners.append(pairs[0].astype(np.int64))
            self.hashes.append(pairs[1])

    def _hashes(self, values: Values) -> Array:
        if values.dictionary is not None:
            encode = bytes.fromhex if self.source.kind == IP else lambda term: term.encode("utf-8", "surrogatepass")
            return np.array([murmur3_x64_128(encode(term))[0] for term in values.dictionary], np.uint64)
        numbers = values.values
        bits = numbers.view(np.int64) if numbers.dtype == np.float64 else numbers.astype(np.int64)
        return mix64(np.ascontiguousarray(bits)).view(np.uint64)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.sorted is None:
            owner = np.concatenate(self.owners) if self.owners else np.zeros(0, np.int64)
            hashes = np.concatenate(self.hashes) if self.hashes else np.zeros(0, np.uint64)
            order = np.argsort(owner, kind="stable")
            self.sorted = owner[order], hashes[order]
        sorted_owners, hashes = self.sorted
        wanted = np.asarray(owners, np.int64)
        starts, ends = np.searchsorted(sorted_owners, wanted, "left"), np.searchsorted(sorted_owners, wanted, "right")
        rows = zip(starts.tolist(), ends.tolist(), strict=True)
        return [
            Cardinality(self.name, self.builder.meta, np.unique(hashes[start:end]), self.precision)
            for start, end in rows
        ]


class CardinalityAgg(SourceBuilder):
    name, aggregator, is_metric = "cardinality", CardinalityAggregator, True
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP, GEO)
    default_kind = BYTES
    parser = BodyParser(
        "cardinality",
        {
            **source_fields(formats=False),
            "precision_threshold": Declared(p.NUMBER, p.long_),
            "rehash": Declared(p.BOOLEAN, p.boolean),
            "execution_hint": Declared(p.STRING, p.text),
        },
    )
    precision_threshold: int | None = None

    def checks(self) -> dict[str, Any]:
        return {"precision_threshold": self._check_threshold}

    def _check_threshold(self, threshold: int) -> None:
        if threshold < 0:
            raise IllegalArgument(
                f"[precisionThreshold] must be greater than or equal to 0. Found [{threshold}] in [{self.agg_name}]"
            )


AGGREGATIONS = (CardinalityAgg,)
