"""The terms aggregation over text, numbers and addresses.

Docs: search-aggregations-bucket-terms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from esmock.errors import AggregationExecution, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import Leaf
from esmock.search.aggs.formats import Format
from esmock.search.aggs.include_exclude import IncludeExclude, read_exclude, read_include, rule_checks, utf8
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    misuse,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, IP, NUMBER
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.order import COUNT_DESC, Order, read_order
from esmock.search.aggs.parse import BodyParser, Declared, ParseContext
from esmock.search.aggs.values import Values, source_fields

Json = Any
Array = Any


def two_types(name: str) -> AggregationExecution:
    """The error of keys that are texts on one shard and numbers on another."""
    return AggregationExecution(
        f"Merging/Reducing the aggregations failed when computing the aggregation [{name}] because the field you gave in "
        "the aggregation query existed as two different types in two different indices"
    )


@dataclass(slots=True)
class TermsBucket(Bucket):
    """A term's bucket; ``error`` is the greatest number of documents that shards may have left out."""

    error: int = 0
    format: Format | None = None

    def key_text(self) -> str:
        return p.text(self.key) if self.format is None else self.format.print(self.key)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many buckets, of how many documents at least."""

    size: int = 10
    shard_size: int = -1
    min_doc_count: int = 1
    shard_min_doc_count: int = 0

    def settled(self, order: Order) -> Thresholds:
        """With the shard's size."""
        shard_size = self.shard_size
        if shard_size < 0:
            shard_size = self.size if order.is_key_order else min(int(self.size * 1.5 + 10), 0x7FFFFFFF)
        return replace(self, shard_size=max(shard_size, self.size))

    def capped(self) -> Thresholds:
        """With the shard's minimum no higher than the whole's, as terms have it (recordings of 7.10.2 and 8.19.21)."""
        return replace(self, shard_min_doc_count=min(self.shard_min_doc_count, self.min_doc_count))


@dataclass(frozen=True, slots=True)
class TermsPlan:
    """What reduction and rendering of terms need of the definition."""

    order: Order
    thresholds: Thresholds
    show_error: bool = False


class Terms(MultiBucket):
    """Docs: search-aggregations-bucket-terms-aggregation."""

    type = "sterms"
    java = "StringTerms"
    __slots__ = ("error", "format", "other", "plan")

    def __init__(
        self,
        name: str,
        meta: Json,
        buckets: list[TermsBucket],
        plan: TermsPlan,
        *,
        other: int = 0,
        error: int = 0,
        format: Format | None = None,
    ) -> None:
        super().__init__(name, meta, buckets)
        self.plan, self.other, self.error, self.format = plan, other, error, format

    def _shard_error(self, one: Terms) -> int:
        plan = self.plan
        if len(one.buckets) < plan.thresholds.shard_size or plan.order.is_key_order:
            return 0
        if plan.order.is_count_desc:
            return one.error if one.error > 0 else one.buckets[-1].doc_count
        return -1

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        reference: Terms | None = None
        errors, other = 0, 0
        for one in results:
            if one.is_mapped and reference is not None and type(reference) is not type(one):
                raise two_types(reference.name)
            reference = one if reference is None and one.is_mapped else reference
            other += one.other
            error = self._shard_error(one)
            errors = -1 if errors == -1 or error == -1 else errors + error
            one.error = error
            for bucket in one.buckets:
                bucket.error -= error
        groups = self._grouped(results)
        if ctx.is_final and not self.plan.order.has_paths:
            groups, other = self._first(groups, other)
        buckets = [self._reduce_bucket(group, errors, ctx) for group in groups]
        return self._selected(buckets, other, errors, len(results), ctx)

    def _first(self, groups: list[list[TermsBucket]], other: int) -> tuple[list[list[TermsBucket]], int]:
        """The groups that will be in the answer, and the documents of the others: those need no reduction below."""
        thresholds = self.plan.thresholds
        counted = [(sum(one.doc_count for one in group), group) for group in groups]
        counted = [one for one in counted if one[0] >= thresholds.min_doc_count]
        if len(counted) <= thresholds.size:
            return [group for _, group in counted], other
        sums = [TermsBucket(group[0].key, count, {}, place) for place, (count, group) in enumerate(counted)]
        ordered = self.plan.order.sort(sums)
        kept = sorted(one.error for one in ordered[: thresholds.size])
        other += sum(one.doc_count for one in ordered[thresholds.size :])
        return [counted[place][1] for place in kept], other

    def _grouped(self, results: list[Any]) -> list[list[TermsBucket]]:
        if len(results) == 1:
            return [[bucket] for bucket in self.buckets]
        descending = self.plan.order.is_key_desc
        lists = [sorted(one.buckets, key=lambda bucket: bucket.key, reverse=descending) for one in results]
        return grouped(lists, operator.gt if descending else operator.lt)

    def _reduce_bucket(self, group: list[TermsBucket], errors: int, ctx: ReduceContext) -> TermsBucket:
        count = sum(one.doc_count for one in group)
        error = -1 if errors == -1 else _joined_error(group) + errors
        return TermsBucket(
            group[0].key,
            count,
            reduce_results([one.results for one in group], ctx, keeps_single=True),
            error,
            self.format,
        )

    def _selected(
        self, buckets: list[TermsBucket], other: int, errors: int, n_results: int, ctx: ReduceContext
    ) -> Internal:
        thresholds = self.plan.thresholds
        if ctx.is_final:
            buckets = [one for one in buckets if one.doc_count >= thresholds.min_doc_count]
        buckets = self.plan.order.sort(buckets)
        if ctx.is_final:
            other += sum(one.doc_count for one in buckets[thresholds.size :])
            buckets = buckets[: thresholds.size]
            ctx.add_buckets(len(buckets), singly=True)
        error = -1 if errors == -1 else 0 if n_results == 1 else errors
        return type(self)(self.name, self.meta, buckets, self.plan, other=other, error=error, format=self.format)

    def content(self, rendering: Rendering) -> dict[str, Json]:
        buckets = [self.bucket_body(one, rendering) for one in self.buckets]
        return {"doc_count_error_upper_bound": self.error, "sum_other_doc_count": self.other, "buckets": buckets}

    def key_body(self, bucket: TermsBucket) -> dict[str, Json]:
        """``key`` and ``key_as_string``."""
        return {"key": bucket.key if self.format is None else self.format.print(bucket.key)}

    def bucket_body(self, bucket: TermsBucket, rendering: Rendering) -> dict[str, Json]:
        """One bucket as it is printed."""
        out = {**self.key_body(bucket), "doc_count": bucket.doc_count}
        if self.plan.show_error:
            out["doc_count_error_upper_bound"] = bucket.error
        if bucket.results:
            out.update(results_body(bucket.results, rendering))
        return out


class NumberTerms(Terms):
    """Terms whose keys are numbers."""

    __slots__ = ()

    def key_body(self, bucket: TermsBucket) -> dict[str, Json]:
        if self.format is None:
            return {"key": bucket.key}
        return {"key": bucket.key, "key_as_string": self.format.print(bucket.key)}


class LongTerms(NumberTerms):
    type, java = "lterms", "LongTerms"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        if any(isinstance(one, DoubleTerms) for one in results):
            return _as_doubles(self).reduce(
                [_as_doubles(one) if isinstance(one, LongTerms) else one for one in results], ctx
            )
        return super().reduce(results, ctx)


class DoubleTerms(NumberTerms):
    type, java = "dterms", "DoubleTerms"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return super().reduce([_as_doubles(one) if isinstance(one, LongTerms) else one for one in results], ctx)


class UnmappedTerms(Terms):
    """Terms of a field that does not exist."""

    type, java = "umterms", "UnmappedTerms"
    is_mapped = False
    __slots__ = ()

    def type_name(self, rendering: Rendering) -> str:
        return "sterms" if rendering.behaviour.major >= 8 else self.type

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return self


def _as_doubles(terms: LongTerms) -> DoubleTerms:
    buckets = [TermsBucket(float(one.key), one.doc_count, one.results, one.error, one.format) for one in terms.buckets]
    return DoubleTerms(
        terms.name, terms.meta, buckets, terms.plan, other=terms.other, error=terms.error, format=terms.format
    )


class TermsAggregator(SourceBuckets):
    """Collects the values of a source as buckets and builds the shard's best."""

    builder: TermsAgg

    def prepare(self) -> None:
        builder = self.builder
        self.plan = TermsPlan(
            builder.order, builder.thresholds.settled(builder.order), builder.show_term_doc_count_error
        )
        self.plan.order.check(self)
        self.is_text = self.source.kind in (BYTES, IP)
        check_hint(builder.execution_hint, self)
        rule = builder.include_exclude
        if rule is not None and not self.is_text and self.source.mapped:
            self._allowed_numbers(np.zeros(0, np.int64 if self.source.whole else np.float64))
        if (
            rule is not None
            and self.is_text
            and self.source.mapped
            and self.source.format is not None
            and not rule.is_regexp
        ):
            rule.terms((), self.source.format.parse)
        if rule is not None and self.source.kind == IP and rule.is_regexp:
            raise misuse(
                f"Aggregation [{self.name}] cannot support regular expression style include/exclude settings as they can only be applied "
                "to string fields. Use an array of values for include/exclude clauses",
                self.ctx.behaviour,
            )

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        positions, keys = values.of(docs)
        if self.plan.thresholds.min_doc_count == 0:
            self._add_all_keys(leaf, values, owners)
        if self.builder.include_exclude is not None and len(keys):
            keep = self._allowed(leaf, values)[keys] if self.is_text else self._allowed_numbers(keys)
            positions, keys = positions[keep], keys[keep]
        if self.is_text:
            if self.source.script is not None:
                positions, keys = _distinct_in_documents(positions, keys)
            self.collect_ordinals(leaf, docs[positions], owners[positions], keys, values.dictionary)
        else:
            positions, keys = _distinct_in_documents(positions, keys)
            self.collect_keys(leaf, docs[positions], owners[positions], keys)

    def _add_all_keys(self, leaf: Leaf, values: Values, owners: Array) -> None:
        """min_doc_count 0: terms of all documents are buckets."""
        distinct = np.arange(len(values.dictionary)) if self.is_text else np.unique(values.values)
        if self.builder.include_exclude is not None and len(distinct):
            distinct = distinct[self._allowed(leaf, values) if self.is_text else self._allowed_numbers(distinct)]
        for owner in np.unique(owners).tolist():
            pairs = np.full(len(distinct), owner, np.int64)
            if self.is_text:
                self.ords.add_numbered(pairs, distinct, values.dictionary)
            elif len(distinct):
                self.ords.add(pairs, distinct)

    def _allowed(self, leaf: Leaf, values: Values) -> Array:
        read = self.source.format.parse if self.source.format is not None else str
        encode = bytes.fromhex if self.source.kind == IP else utf8
        rule = self.builder.include_exclude
        return leaf.cached(("allowed", id(self)), lambda: rule.terms(values.dictionary, read, encode))  # type: ignore[union-attr]

    def _allowed_numbers(self, numbers: Array) -> Array:
        source = self.source

        def read(text: str) -> Any:
            if source.format is not None and source.kind in (DATE, BOOLEAN):
                return source.format.parse(text)
            return int(p.long_(text)) if source.whole else p.double(text)

        return self.builder.include_exclude.numbers(numbers, self.name, read, self.ctx.behaviour)  # type: ignore[union-attr]

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.source.is_empty:
            plan, meta = self.plan, self.builder.meta
            return [UnmappedTerms(self.name, meta, [], plan) for _ in owners]
        numbers, counts, per_owner, others = self._choose(owners)
        below = self.results_of(numbers)
        cls = Terms if self.is_text else LongTerms if self.source.whole else DoubleTerms
        format, key = self.source.format, self.ords.key
        buckets = [
            TermsBucket(key(number), count, results, 0, format)
            for number, count, results in zip(numbers, counts, below, strict=True)
        ]
        out: list[Internal] = []
        start = 0
        for count, other in zip(per_owner, others, strict=True):
            mine = buckets[start : start + count]
            start += count
            out.append(cls(self.name, self.builder.meta, mine, self.plan, other=other, format=format))
        return out

    def _choose(self, owners: Sequence[int]) -> tuple[list[int], list[int], list[int], list[int]]:
        """The shard's best buckets: their numbers and counts, owner by owner; per owner how many they are, and the documents of the rest."""
        n_owners = len(owners)
        ids, group = self.ords.ids(owners)
        counts = self.counts.get(ids)
        totals = np.bincount(group, weights=counts, minlength=n_owners).astype(np.int64)
        thresholds = self.plan.thresholds
        keep = counts >= thresholds.shard_min_doc_count
        if not keep.all():
            ids, group, counts = ids[keep], group[keep], counts[keep]
        order = self.plan.order.rank(self, ids, counts, lambda: self.ords.ranks(ids), group)
        group = group[order]
        place = np.arange(len(group)) - np.searchsorted(group, group, "left")
        order, group = order[place < thresholds.shard_size], group[place < thresholds.shard_size]
        ids, counts = ids[order], counts[order]
        taken = np.bincount(group, weights=counts, minlength=n_owners).astype(np.int64)
        per_owner = np.bincount(group, minlength=n_owners)
        return ids.tolist(), counts.tolist(), per_owner.tolist(), (totals - taken).tolist()


def _joined_error(group: list[TermsBucket]) -> int:
    """The errors of one term's buckets. ES: a difference of -1 is taken for "unknown" and stands for all (recording of 7.10.2)."""
    return -1 if any(one.error == -1 for one in group) else sum(one.error for one in group)


def _distinct_in_documents(positions: Array, keys: Array) -> tuple[Array, Array]:
    """Equal neighbours in one document count once; keys ascend in each document."""
    if len(keys) < 2:
        return positions, keys
    keep = np.ones(len(keys), bool)
    keep[1:] = (positions[1:] != positions[:-1]) | (keys[1:] != keys[:-1])
    return positions[keep], keys[keep]


def check_hint(hint: str | None, aggregator: Any, known: tuple[str, ...] = ("map", "global_ordinals")) -> None:
    """``execution_hint`` of an aggregation over terms. Raises IllegalArgument for an unknown one."""
    if hint is not None and aggregator.source.mapped and aggregator.source.kind in (BYTES, IP) and hint not in known:
        raise IllegalArgument(f"Unknown `execution_hint`: [{hint}], expected any of [{', '.join(known)}]")


def read_collect_mode(value: str) -> str:
    """``collect_mode``; has no effect on answers. Raises ElasticsearchParse for an unknown one."""
    if value not in ("depth_first", "breadth_first"):
        from esmock.errors import ElasticsearchParse

        raise ElasticsearchParse(f"no [collect_mode] found for value [{value}]")
    return value


THRESHOLD_FIELDS = {
    "shard_size": Declared(p.NUMBER, p.integer),
    "min_doc_count": Declared(p.NUMBER, p.long_),
    "shard_min_doc_count": Declared(p.NUMBER, p.long_),
    "size": Declared(p.NUMBER, p.integer),
}


def threshold_checks(agg_name: str) -> dict[str, Any]:
    """Checks of the fields that take only positive numbers."""

    def positive(field: str, low: int) -> Any:
        def check(value: int) -> None:
            if value < low:
                word = "greater than 0" if low == 1 else "greater than or equal to 0"
                raise IllegalArgument(f"[{field}] must be {word}. Found [{value}] in [{agg_name}]")

        return check

    return {
        "size": positive("size", 1),
        "shard_size": positive("shardSize", 1),
        "min_doc_count": positive("minDocCount", 0),
        "shard_min_doc_count": positive("shardMinDocCount", 0),
    }


class TermsAgg(SourceBuilder):
    name, aggregator = "terms", TermsAggregator
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser: ClassVar[BodyParser] = BodyParser(
        "terms",
        {
            **source_fields(),
            "show_term_doc_count_error": Declared(p.BOOLEAN, p.boolean),
            **THRESHOLD_FIELDS,
            "execution_hint": Declared(p.STRING, p.text),
            "collect_mode": Declared(p.STRING, read_collect_mode),
            "order": Declared(p.OBJECT_ARRAY, read_order, in_context=True),
            "include": Declared(p.OBJECT_ARRAY_OR_STRING, read_include, in_context=True),
            "exclude": Declared(p.STRING_ARRAY, read_exclude, in_context=True),
        },
    )
    show_term_doc_count_error = False
    execution_hint: str | None = None
    include_exclude: IncludeExclude | None = None

    def checks(self) -> dict[str, Any]:
        return {**threshold_checks(self.agg_name), **rule_checks()}

    def setup(self, given: dict[str, Any], ctx: ParseContext) -> None:
        criteria = given.pop("order", None)
        self.order = Order.of(*criteria) if criteria else Order.of(COUNT_DESC)
        names = ("size", "shard_size", "min_doc_count", "shard_min_doc_count")
        self.thresholds = Thresholds(**{name: given.pop(name) for name in names if name in given}).capped()
        include, exclude = given.pop("include", None), given.pop("exclude", None)
        if include is not None or exclude is not None:
            self.include_exclude = IncludeExclude(include, exclude)
        super().setup(given, ctx)


AGGREGATIONS = (TermsAgg,)
