"""The multi_terms aggregation: buckets by the values of several fields together.

Docs: search-aggregations-bucket-multi-terms-aggregation. Source: answers printed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import BucketAggregator
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.formats import bare
from esmock.search.aggs.internal import Internal
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, IP, NUMBER
from esmock.search.aggs.leaf import Leaf, pick
from esmock.search.aggs.order import COUNT_DESC, Order, read_order
from esmock.search.aggs.source_config import SourceConfig, source_fields
from esmock.search.aggs.terms import TermsAggregator, read_collect_mode
from esmock.search.aggs.terms_result import Terms, TermsBucket, TermsPlan
from esmock.search.aggs.thresholds import THRESHOLD_FIELDS, Thresholds, threshold_checks
from esmock.xcontent import object_parser as o
from esmock.xcontent import value_reader as values
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Key, Reading

Json = Any
Array = Any

_KINDS = (NUMBER, DATE, BOOLEAN, BYTES, IP)


class MultiTerms(Terms):
    """Keys are tuples; ``format`` is a tuple of formats."""

    type, java = "multi_terms", "InternalMultiTerms"
    __slots__ = ()

    def key_body(self, key: Any) -> dict[str, Json]:
        formats: Any = self.format
        shown = [one if format is None else bare(format, one) for one, format in zip(key, formats, strict=True)]
        return {"key": shown, "key_as_string": "|".join(p.text(one) for one in shown)}


class MultiTermsAggregator(TermsAggregator):
    builder: MultiTermsAgg  # type: ignore[assignment]

    def __init__(self, builder: MultiTermsAgg, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.sources = [one.resolve(ctx, "multi_terms", _KINDS, BYTES) for one in builder.configs]
        BucketAggregator.__init__(self, builder, ctx, parent)
        self.plan = TermsPlan(
            builder.order, builder.thresholds.settled(builder.order), builder.show_term_doc_count_error
        )
        self.shard_order = self.plan.order
        self.shard_order.check(self)

    def waits(self) -> bool:
        return False

    @property
    def needs_scores(self) -> bool:
        return any(one.needs_scores for one in self.sources) or self.subs.needs_scores

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if any(one.is_empty for one in self.sources):
            return
        rows, codes = np.arange(len(docs)), np.zeros(len(docs), np.int64)
        columns: list[list[Any]] = []
        for source in self.sources:
            values = source.load(leaf, docs)
            if values.dictionary is not None:
                distinct, places = list(values.dictionary), values.values
            else:
                found, inverse = np.unique(values.values, return_inverse=True)
                distinct, places = found.tolist(), inverse.reshape(-1)
            positions, at = pick(values.starts, docs[rows])
            rows, codes = rows[positions], codes[positions] * max(len(distinct), 1) + places[at]
            columns.append(distinct)
        if not len(rows):
            return
        pairs = np.unique(np.stack([rows, codes]), axis=1)
        rows, codes = pairs
        found, inverse = np.unique(codes, return_inverse=True)
        keys = [_decoded(code, columns) for code in found.tolist()]
        self.collect_ordinals(leaf, docs[rows], owners[rows], inverse.reshape(-1), keys)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        numbers, counts, per_owner, others = self._choose(owners, self.plan.thresholds.shard_size)
        below = self.results_of(numbers)
        formats: Any = tuple(one.format for one in self.sources)
        out: list[Internal] = []
        rows = iter(zip(numbers, counts, below, strict=True))
        for count, other in zip(per_owner, others, strict=True):
            mine = [next(rows) for _ in range(count)]
            buckets = [TermsBucket(self.ords.key(number), n, results, 0, None) for number, n, results in mine]
            out.append(MultiTerms(self.name, self.builder.meta, buckets, self.plan, other=other, format=formats))
        return out


def _decoded(code: int, columns: list[list[Any]]) -> tuple[Any, ...]:
    out = []
    for distinct in reversed(columns):
        code, place = divmod(code, len(distinct))
        out.append(distinct[place])
    return tuple(reversed(out))


_TERM = Parser("field_config", *source_fields(zones=True))


def _read_term(body: Json, key: Key, reading: Reading) -> SourceConfig:
    given = _TERM.read(body, key, reading)
    if given.get("field") is None and given.get("script") is None:
        raise IllegalArgument("[field] and [script] cannot both be null.  Please specify one or the other.")
    return SourceConfig.take(given)


class MultiTermsAgg(Builder):
    name, aggregator = "multi_terms", MultiTermsAggregator
    since = (7, 12)
    parser: ClassVar[Parser] = Parser(
        "multi_terms",
        o.custom("terms", p.ARRAY, values.array_of(_read_term)),
        o.boolean("show_term_doc_count_error"),
        *THRESHOLD_FIELDS,
        o.string("collect_mode", then=read_collect_mode),
        o.custom("order", p.OBJECT_ARRAY, read_order),
    )
    show_term_doc_count_error = False

    def checks(self) -> dict[str, Any]:
        return {**threshold_checks(self.agg_name), "terms": self._check_terms}

    def _check_terms(self, terms: list[SourceConfig]) -> None:
        if len(terms) < 2:
            raise IllegalArgument(
                f"The [terms] parameter in the aggregation [{self.agg_name}] must be present and have at least 2 fields or scripts."
            )

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        for one in self.configs:
            one.resolve(ctx, "multi_terms", _KINDS, BYTES)
        super().configure(ctx, parent)

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        if "terms" not in given:
            self._check_terms([])
        self.configs: list[SourceConfig] = given.pop("terms")
        criteria = given.pop("order", None)
        self.order = Order.of(*criteria) if criteria else Order.of(COUNT_DESC)
        names = ("size", "shard_size", "min_doc_count", "shard_min_doc_count")
        self.thresholds = Thresholds(**{name: given.pop(name) for name in names if name in given}).capped()
        self.show_term_doc_count_error = given.pop("show_term_doc_count_error", False)


AGGREGATIONS = (MultiTermsAgg,)
