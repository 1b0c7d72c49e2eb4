"""Results of aggregations over terms: their reduction, with errors of counts, and how they are printed.

Docs: search-aggregations-bucket-terms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.columns import BucketTable, Rows
from esmock.search.aggs.formats import Format
from esmock.search.aggs.internal import (
    Bucket,
    Internal,
    MultiBucket,
    ReduceContext,
    Rendering,
    Sample,
    inner_buckets,
    misuse,
    reduce_results,
    results_body,
)
from esmock.search.aggs.merging import grouped
from esmock.search.aggs.order import Order
from esmock.search.aggs.thresholds import Thresholds

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def two_types(name: str, behaviour: Behaviour) -> ApiError:
    """The error of keys that are texts on one shard and numbers on another."""
    return misuse(
        f"Merging/Reducing the aggregations failed when computing the aggregation [{name}] because the field you gave in "
        "the aggregation query existed as two different types in two different indices",
        behaviour,
    )


@dataclass(slots=True)
class TermsBucket(Bucket):
    """A term's bucket.

    Attributes:
        error: the greatest number of documents that shards may have left out.
        hides_error: it is not shown, though the request asks for it.
    """

    error: int = 0
    format: Format | None = None
    hides_error: bool = field(default=False, kw_only=True)

    def key_text(self) -> str:
        return p.text(self.key) if self.format is None else self.format.print(self.key)


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
    __slots__ = ("error", "format", "is_cut", "other", "plan")

    def __init__(
        self,
        name: str,
        meta: Json,
        buckets: Sequence[TermsBucket],
        plan: TermsPlan,
        *,
        other: int = 0,
        error: int = 0,
        format: Format | None = None,
        is_cut: bool = False,
    ) -> None:
        super().__init__(name, meta, buckets)
        self.is_cut = is_cut
        self.plan, self.other, self.error, self.format = plan, other, error, format

    def _shard_error(self, one: Terms) -> int:
        plan = self.plan
        if not (one.is_cut or len(one.buckets) >= plan.thresholds.shard_size) or plan.order.is_key_order:
            return 0
        if plan.order.is_count_desc:
            counts = one.buckets.counts if isinstance(one.buckets, BucketTable) else [one.buckets[-1].doc_count]
            return one.error if one.error > 0 else int(counts[-1])
        return -1

    @classmethod
    def of_columns(
        cls, name: str, meta: Json, table: tuple[list[Any], list[int], Rows], plan: TermsPlan, *, bucket_error: int = 0,
        format: Format | None = None, **more: Any,
    ) -> Terms:  # fmt: skip
        """A result of keys, counts and the rows below them; ``bucket_error``: of every bucket."""
        buckets = BucketTable(*table, lambda key, count, results: TermsBucket(key, count, results, bucket_error, format))
        return cls(name, meta, buckets, plan, format=format, **more)

    def _alone(self, ctx: ReduceContext) -> Terms | None:
        """The reduction by columns; None where it must be done bucket by bucket."""
        table, thresholds = self.buckets, self.plan.thresholds
        if not ctx.is_final or ctx.counts_dropped or not isinstance(table, BucketTable) or len(table) > thresholds.size:
            return None
        keys, counts = table.keys, table.counts
        if (thresholds.min_doc_count > 1 and min(counts, default=0) < thresholds.min_doc_count) or not self.plan.order.holds(keys, counts):
            return None
        rows = table.rows.reduced(ctx, keeps_single=True)
        if rows is None:
            return None
        ctx.add_each(len(keys))
        error = -1 if self._shard_error(self) == -1 else 0
        return self.of_columns(
            self.name, self.meta, (keys, counts, rows), self.plan,
            bucket_error=error, format=self.format, other=self.other, error=error,
        )  # fmt: skip

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        alone = self._alone(ctx) if len(results) == 1 else None
        return self._joined(results, ctx) if alone is None else alone

    def _joined(self, results: list[Any], ctx: ReduceContext) -> Internal:
        reference: Terms | None = None
        errors, other = 0, 0
        for one in results:
            if one.is_mapped and reference is not None and type(reference) is not type(one):
                raise two_types(reference.name, ctx.behaviour)
            reference = one if reference is None and one.is_mapped else reference
            other += one.other
            error = self._shard_error(one)
            errors = -1 if errors == -1 or error == -1 else errors + error
            one.error = error
            for bucket in one.buckets:
                bucket.error -= error
        groups = self._grouped(results, ctx)
        if ctx.is_final and not self.plan.order.has_paths and not ctx.counts_dropped:
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

    def _grouped(self, results: list[Any], ctx: ReduceContext) -> list[list[TermsBucket]]:
        if len(results) == 1 and not ctx.counts_dropped:
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
            hides_error=group[0].hides_error,
        )

    def _selected(
        self, buckets: list[TermsBucket], other: int, errors: int, n_results: int, ctx: ReduceContext
    ) -> Internal:
        thresholds = self.plan.thresholds
        if ctx.is_final:
            buckets = self._counted(buckets, ctx)
        buckets = self._ordered(buckets, ctx)
        if ctx.is_final:
            other += sum(one.doc_count for one in buckets[thresholds.size :])
            buckets = buckets[: thresholds.size]
        error = -1 if errors == -1 else 0 if n_results == 1 else errors
        return type(self)(self.name, self.meta, buckets, self.plan, other=other, error=error, format=self.format)

    def _ordered(self, buckets: list[TermsBucket], ctx: ReduceContext) -> list[TermsBucket]:
        order = self.plan.order
        try:
            return order.sort(buckets)
        except IllegalArgument as error:
            path = next((one.path for one in order.criteria if not (one.is_count or one.is_key)), None)
            if path is None or ctx.behaviour.major < 8:
                raise
            raise IllegalArgument(f"Invalid aggregation order path [{path}]. {error.reason}", cause=error) from None

    def _counted(self, buckets: list[TermsBucket], ctx: ReduceContext) -> list[TermsBucket]:
        """Those with enough documents; as many as are in the answer are counted, what is below the others is taken back."""
        thresholds = self.plan.thresholds
        out: list[TermsBucket] = []
        for one in buckets:
            is_kept = one.doc_count >= thresholds.min_doc_count
            ctx.add_buckets(1 if is_kept and len(out) < thresholds.size else -inner_buckets(one.results))
            if is_kept:
                out.append(one)
        return out

    def scaled_up(self, sample: Sample) -> Internal:
        out: Any = super().scaled_up(sample)
        out.other, out.error = sample.count(self.other), sample.count(self.error)
        for bucket in out.buckets:
            bucket.error = sample.count(bucket.error)
        return out  # type: ignore[no-any-return]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        buckets = self.bucket_bodies(rendering)
        return {"doc_count_error_upper_bound": self.error, "sum_other_doc_count": self.other, "buckets": buckets}

    def key_body(self, key: Any) -> dict[str, Json]:
        """``key`` and ``key_as_string``."""
        return {"key": key if self.format is None else self.format.print(key)}

    def bucket_bodies(self, rendering: Rendering) -> list[dict[str, Json]]:
        """The buckets as they are printed."""
        table = self.buckets
        if isinstance(table, BucketTable) and not self.plan.show_error:
            heads = [{**self.key_body(key), "doc_count": count} for key, count in zip(table.keys, table.counts, strict=True)]
            return table.rows.print_into(heads, rendering)
        return [self._bucket_body(one, rendering) for one in table]

    def _bucket_body(self, bucket: TermsBucket, rendering: Rendering) -> dict[str, Json]:
        out = {**self.key_body(bucket.key), "doc_count": bucket.doc_count}
        if self.plan.show_error and not bucket.hides_error:
            out["doc_count_error_upper_bound"] = bucket.error
        if bucket.results:
            out.update(results_body(bucket.results, rendering))
        return out


class NumberTerms(Terms):
    """Terms whose keys are numbers."""

    __slots__ = ()

    def key_body(self, key: Any) -> dict[str, Json]:
        return {"key": key} if self.format is None else {"key": key, "key_as_string": self.format.print(key)}


class LongTerms(NumberTerms):
    type, java = "lterms", "LongTerms"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        double = next((one for one in results if isinstance(one, DoubleTerms)), None)
        return super().reduce(results, ctx) if double is None else double.reduce(results, ctx)


class DoubleTerms(NumberTerms):
    type, java = "dterms", "DoubleTerms"
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        is_any = ctx.behaviour.major >= 8
        if any(isinstance(one, LongTerms) and (is_any or one.format is None) for one in results):
            results = [_as_doubles(one) if isinstance(one, LongTerms) else one for one in results]
            return Terms.reduce(results[0], results, ctx)
        return super().reduce(results, ctx)


class UnmappedTerms(Terms):
    """Terms of a field that does not exist."""

    type, java = "sterms", "UnmappedTerms"
    is_mapped = False
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return self


def _as_doubles(terms: LongTerms) -> DoubleTerms:
    buckets = [TermsBucket(float(one.key), one.doc_count, one.results, one.error, one.format) for one in terms.buckets]
    return DoubleTerms(
        terms.name, terms.meta, buckets, terms.plan, other=terms.other, error=terms.error, format=terms.format, is_cut=terms.is_cut
    )


def _joined_error(group: list[TermsBucket]) -> int:
    """The errors of one term's buckets. ES: a difference of -1 is taken for "unknown" and stands for all (recording of 7.10.2)."""
    return -1 if any(one.error == -1 for one in group) else sum(one.error for one in group)
