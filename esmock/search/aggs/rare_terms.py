"""Terms of few documents: rare_terms.

Docs: search-aggregations-bucket-rare-terms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from esmock.errors import AggregationExecution, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.include_exclude import IncludeExclude, read_exclude, read_include
from esmock.search.aggs.internal import Internal, ReduceContext, Rendering, reduce_results, results_body
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, IP, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import by_key
from esmock.search.aggs.order import COUNT_DESC, Order
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.terms import TermsAggregator
from esmock.search.aggs.terms_result import LongTerms, Terms, TermsBucket, two_types
from esmock.search.aggs.thresholds import Thresholds
from esmock.search.aggs.values import Values
from esmock.search.aggs.whole import Keyed
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


class RareTerms(Terms):
    """Buckets by count, then by key.

    Attributes:
        most: ``max_doc_count``.
        common: terms that a shard found in more documents.
    """

    type, java = "srareterms", "StringRareTerms"
    __slots__ = ("common", "most")
    common: set[Any]
    most: int

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        mapped = [one for one in results if one.is_mapped]
        if any(type(one) is not type(mapped[0]) for one in mapped):
            raise two_types(mapped[0].name, ctx.behaviour)
        common = {key for one in results for key in one.common}
        buckets = []
        for key, group in by_key(results).items():
            count = sum(one.doc_count for one in group)
            below = reduce_results([one.results for one in group], ctx, keeps_single=True)
            if key in common or count > self.most:
                common.add(key)
                continue
            ctx.add_buckets(1)
            buckets.append(TermsBucket(key, count, below, 0, self.format))
        buckets.sort(key=lambda one: (one.doc_count, one.key))
        return self.of(buckets, common)

    def of(self, buckets: list[Any], common: set[Any]) -> RareTerms:
        """The same with other buckets."""
        out = type(self)(self.name, self.meta, buckets, self.plan, format=self.format)
        out.most, out.common = self.most, common
        return out

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {
            "buckets": [
                {**self.key_body(one.key), "doc_count": one.doc_count, **results_body(one.results, rendering)}
                for one in self.buckets
            ]
        }


class LongRareTerms(RareTerms):
    type, java = "lrareterms", "LongRareTerms"
    key_body = LongTerms.key_body
    __slots__ = ()


class UnmappedRareTerms(RareTerms):
    type, java = "sterms", "UnmappedRareTerms"
    is_mapped = False
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return self


class RareTermsAggregator(TermsAggregator):
    builds_at_once = False
    defers = True
    numbers_terms = False
    builds_as_met = True

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        source = builder.resolve(ctx)
        rule = builder.include_exclude
        if source.mapped and source.kind not in (BYTES, IP) and rule is not None and rule.is_regexp:
            try:
                rule.numbers(np.zeros(0), builder.agg_name, float, ctx.behaviour)
            except AggregationExecution as error:
                raise IllegalArgument(error.reason) from None
        if source.kind not in (BYTES, IP) and not source.whole and not source.is_empty:
            raise IllegalArgument("RareTerms aggregation does not support floating point fields.")
        super().__init__(builder, ctx, parent)
        self.is_kept = not self.mixes  # type: ignore[misc]

    @functools.cached_property
    def mixes(self) -> bool:
        """Whether buckets may get each other's results."""
        return bool(self.subs) and not self.is_single

    def notes_arrivals(self) -> bool:
        return self.mixes or super().notes_arrivals()

    @property
    def asks_who_was_first(self) -> bool:
        return self.mixes

    def _mixed(self, owners: Sequence[int]) -> dict[int, int]:
        """Bucket number -> the bucket whose results it gets.

        ES: buckets are numbered anew, owner by owner, to leave out the frequent ones; where there are none, results stay where they
        were (recordings of 7.10.2 and 8.19.21).
        """
        if not self.mixes or self.arrivals is None:
            return {}
        assert self.parent is not None
        anew = [one for owner in self.parent.as_built(owners) for one in self.arrivals.ordered(self.ords.of(owner).values())]
        met = self.arrivals.ordered(anew) if self.is_waited_for else self.arrivals.met
        most = self.builder.max_doc_count  # type: ignore[attr-defined]
        if len(anew) < len(met) or (self.counts.get(anew) > most).any():
            return {}
        return dict(zip(anew, met, strict=True))

    def _keyed(self, leaf: Leaf, values: Values, docs: Array) -> Keyed:
        found = super()._keyed(leaf, values, docs)
        field = self.source.field
        if found.positions is None or field is None or field.name != "text" or self.ctx.behaviour.major < 8:
            return found
        # ES: how many terms a document has is asked anew for each, and falls with those that were read (recording of 8.19.21)
        places = np.arange(len(found.positions)) - np.searchsorted(found.positions, found.positions, "left")
        some = places < (np.bincount(found.positions, minlength=len(docs))[found.positions] + 1) // 2
        return Keyed(found.positions[some], found.keys[some], found.dictionary)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        most = self.builder.max_doc_count  # type: ignore[attr-defined]
        out: list[Internal] = []
        cls = UnmappedRareTerms if self.source.is_empty else RareTerms if self.is_text else LongRareTerms
        mixed = self._mixed(owners)
        for owner in owners:
            known = self.ords.of(owner)
            counts = self.counts.get(list(known.values())).tolist() if known else []
            rare = [
                (key, number, count)
                for (key, number), count in zip(known.items(), counts, strict=True)
                if count <= most
            ]
            below = self.results_of([mixed.get(number, number) for _, number, _ in rare])
            format = self.source.format
            buckets = [
                TermsBucket(key, count, results, 0, format)
                for (key, _, count), results in zip(rare, below, strict=True)
            ]
            result = cls(self.name, self.builder.meta, buckets, self.plan, format=format)
            result.most = most
            result.common = {key for key, count in zip(known, counts, strict=True) if count > most}
            out.append(result)
        return out


class RareTermsAgg(SourceBuilder):
    name, aggregator = "rare_terms", RareTermsAggregator
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser = Parser(
        "rare_terms",
        *source_fields(),
        o.long_("max_doc_count"),
        o.real("precision"),
        o.custom("include", p.OBJECT_ARRAY_OR_STRING, read_include),
        o.custom("exclude", p.STRING_ARRAY, read_exclude),
    )
    max_doc_count = 1
    execution_hint: str | None = None
    include_exclude: IncludeExclude | None = None
    order = Order.of(COUNT_DESC)
    thresholds = Thresholds()
    show_term_doc_count_error = False

    def __init__(self, agg_name: str) -> None:
        super().__init__(agg_name)
        self._include: Any = None

    def checks(self) -> dict[str, Any]:
        return {"max_doc_count": self._check_most, "precision": self._check_precision, "include": self._keep_include, "exclude": self._check_exclude}

    def _check_most(self, most: int) -> None:
        if most <= 0:
            raise IllegalArgument(f"[max_doc_count] must be greater than 0. Found [{most}] in [{self.agg_name}]")
        if most > 100:
            raise IllegalArgument(f"[max_doc_count] must be smallerthan 100in [{self.agg_name}]")

    def _check_precision(self, precision: float) -> None:
        if precision < 0.00001:
            raise IllegalArgument("[precision] must be greater than 0.00001")

    def _keep_include(self, include: Any) -> None:
        self._include = include

    def _check_exclude(self, exclude: Any) -> None:
        if self._include is not None:
            IncludeExclude(self._include, exclude).check(self.behaviour)

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        include, exclude = given.pop("include", None), given.pop("exclude", None)
        if include is not None or exclude is not None:
            self.include_exclude = IncludeExclude(include, exclude)
        super().setup(given, ctx)


AGGREGATIONS = (RareTermsAgg,)
