"""Distinct counts: cardinality.

Docs: search-aggregations-metrics-cardinality-aggregation. Source: the HyperLogLog++ paper, recordings of 7.10.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument
from esmock.murmur import murmur3_x64_128
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceAggregator, SourceBuilder
from esmock.search.aggs.hyperloglog import count_registers, leading_zeros, linear
from esmock.search.aggs.include_exclude import mix64
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, SingleValue
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, GEO, IP, NUMBER, RANGE
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.parse import is_8
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.values import Values
from esmock.search.aggs.whole import kept_moments
from esmock.store.sorting import distinct_numbers, sorted_distinct
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser

Json = Any
Array = Any

_LONG_PRECISION = 25
_DEFAULT_PRECISION = 14
_LEAST, _MOST = 4, 18
_LOAD = 0.75
_COLLISIONS = 1 << 12
"""More different hashes than this never have the same sparse encodings, at the numbers for which it matters."""


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
        lengths = np.minimum(leading_zeros(rest), 64 - _LONG_PRECISION).astype(np.uint64) + np.uint64(1)
    with_length = (top << np.uint64(7)) | (lengths << np.uint64(1)) | np.uint64(1)
    return sorted_distinct(np.where((top & low_mask) == 0, with_length, top << np.uint64(1)))


def estimate(hashes: Array, precision: int) -> int:
    """The distinct count that the sketch gives: exact enough below the sparse form's limit, from registers above."""
    limit = int((1 << (precision - 2)) * _LOAD)
    if len(hashes) > limit + _COLLISIONS:
        return count_registers(hashes, precision)
    found = encoded(hashes, precision)
    if len(found) > limit:
        return count_registers(hashes, precision)
    slots = 1 << _LONG_PRECISION
    return math.floor(linear(slots, slots - len(found)) + 0.5)


def _points_as_terms(points: Values) -> Values:
    """Points by the text of latitude and longitude."""
    latitudes, longitudes = points.values.tolist(), np.asarray(points.other).tolist()
    texts = [f"{p.text(lat)}, {p.text(lon)}" for lat, lon in zip(latitudes, longitudes, strict=True)]
    distinct = sorted(set(texts))
    places = {text: place for place, text in enumerate(distinct)}
    return Values(np.array([places[one] for one in texts], np.int64), points.starts, distinct)


def _ranges_as_terms(ranges: Values) -> Values:
    """Documents' ranges as terms: all ranges of a document are one value, and equal lists are equal."""
    ends = list(zip(np.asarray(ranges.values).tolist(), np.asarray(ranges.other).tolist(), strict=True))
    starts = ranges.starts.tolist()
    texts = [str(sorted(ends[start:end])) for start, end in pairwise(starts) if end > start]
    distinct = sorted(set(texts))
    places = {text: place for place, text in enumerate(distinct)}
    has_any = np.concatenate([[0], np.cumsum(np.diff(ranges.starts) > 0)])
    return Values(np.array([places[one] for one in texts], np.int64), has_any, distinct)


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
            self.name, self.meta, sorted_distinct(np.concatenate([one.hashes for one in results])), self.precision
        )

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"value": self.value()}


class CardinalityAggregator(SourceAggregator):
    """Keeps the distinct hashes of each owner."""

    sort_kind = "single_value"

    def prepare(self) -> None:
        self.source.keep_exact()
        self.owners: list[Array] = []
        self.hashes: list[Array] = []
        self.sorted: tuple[Array, Array] | None = None
        threshold = self.builder.precision_threshold  # type: ignore[attr-defined]
        self.precision = _DEFAULT_PRECISION if threshold is None else precision_of(threshold)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        known = leaf.known(docs, owners)
        key = None if known is None else self.source.kept_key("cardinality")
        if known is None or key is None:
            owner, hashes = self._hashed(leaf, docs, owners)
        else:
            owner, hashes = kept_moments(leaf, (*known, *key), lambda: self._hashed(leaf, docs, owners))
        self.owners.append(owner)
        self.hashes.append(hashes)

    def _hashed(self, leaf: Leaf, docs: Array, owners: Array) -> tuple[Array, Array]:
        """The distinct pairs of owner and hash, ascending by owner."""
        values = self.source.load(leaf, docs)
        if self.source.kind in (RANGE, GEO):
            as_terms = _ranges_as_terms if self.source.kind == RANGE else _points_as_terms
            values = self.source.kept(leaf, ("as terms", *self.source.key), lambda: as_terms(values))
        load = lambda: self._factored(values)  # noqa: E731
        codes, hashes = load() if self.source.script else self.source.kept(leaf, ("hashes", *self.source.key), load)
        positions, places = values.places(docs)
        if not len(positions):
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        pairs = distinct_numbers(owners[positions].astype(np.int64) * len(hashes) + codes[places])
        owner, code = np.divmod(pairs, len(hashes))
        return owner, hashes[code]

    def _factored(self, values: Values) -> tuple[Array, Array]:
        """int64[n_values], which distinct value each is; uint64[n_distinct], their hashes."""
        if values.dictionary is not None:
            return values.values, self._hashes(values)
        distinct, codes = np.unique(values.values, return_inverse=True)
        return codes.reshape(-1), self._hashes(Values(distinct, values.starts))

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
            if len(self.owners) > 1:
                order = np.argsort(owner, kind="stable")
                owner, hashes = owner[order], hashes[order]
            self.sorted = owner, hashes
        sorted_owners, hashes = self.sorted
        wanted = np.asarray(owners, np.int64)
        starts, ends = np.searchsorted(sorted_owners, wanted, "left"), np.searchsorted(sorted_owners, wanted, "right")
        rows = zip(starts.tolist(), ends.tolist(), strict=True)
        return [
            Cardinality(self.name, self.builder.meta, sorted_distinct(hashes[start:end]), self.precision)
            for start, end in rows
        ]


class CardinalityAgg(SourceBuilder):
    name, aggregator, is_metric = "cardinality", CardinalityAggregator, True
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP, GEO, RANGE)
    default_kind = BYTES
    parser = Parser(
        "cardinality",
        *source_fields(formats=False),
        o.long_("precision_threshold"),
        o.long_("rehash"),
        o.string("execution_hint", in_version=is_8),
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
