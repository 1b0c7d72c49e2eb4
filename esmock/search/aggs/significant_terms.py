"""Terms that are more frequent in a set than in the background: significant_terms.

Docs: search-aggregations-bucket-significantterms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Unsupported, UnsupportedOperation
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.formats import bare
from esmock.search.aggs.include_exclude import IncludeExclude, read_exclude, read_include, rule_checks
from esmock.search.aggs.internal import (
    Internal,
    ReduceContext,
    Rendering,
    Sample,
    inner_buckets,
    reduce_results,
    results_body,
)
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, IP, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.merging import _Heap
from esmock.search.aggs.order import COUNT_DESC, Order
from esmock.search.aggs.owners import Growing, OwnerArray
from esmock.search.aggs.parse import read_query
from esmock.search.aggs.random_sampler import drawn_below
from esmock.search.aggs.scripts import script_field
from esmock.search.aggs.significance import SCORES, Heuristic, PValueHeuristic, ScriptHeuristic
from esmock.search.aggs.source import missing_is_no_ordinal
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.terms import TermsAggregator
from esmock.search.aggs.terms_result import Terms, TermsBucket, two_types
from esmock.search.aggs.thresholds import THRESHOLD_FIELDS, Thresholds, threshold_checks
from esmock.search.merging import miscast
from esmock.store.sorting import sorted_distinct
from esmock.xcontent import object_parser as o
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Array = Any


@dataclass(slots=True)
class SignificantBucket(TermsBucket):
    """``background``: documents of the background with the term."""

    background: int = 0
    score: float = 0.0


class SignificantTerms(Terms):
    """Attributes: documents in the set and in the background, and how terms are scored."""

    type, java = "sigsterms", "SignificantStringTerms"
    __slots__ = ("rule", "size", "total")
    rule: Heuristic
    size: int
    total: int

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        size, total = sum(one.size for one in results), sum(one.total for one in results)
        groups: dict[str, list[Any]] = {}
        for one in results:
            for bucket in one.buckets:
                groups.setdefault(bucket.key_text(), []).append(bucket)
        other = next((one for one in results if one.buckets and type(one) is not type(self)), None)
        if other is not None:
            if ctx.behaviour.major >= 8:
                raise two_types(self.name, ctx.behaviour)
            package = "org.elasticsearch.search.aggregations.bucket.terms."
            raise miscast(f"{package}{other.java}$Bucket", f"{package}{self.java}$Bucket", ctx.behaviour)
        thresholds = self.plan.thresholds
        most = thresholds.size if ctx.is_final else len(groups)
        found: list[SignificantBucket] = []
        for text in hash_order(groups):
            group = groups[text]
            count, background = sum(one.doc_count for one in group), sum(one.background for one in group)
            score = self.rule.score(count, size, background, total)
            if ctx.is_final and not (score > 0 and count >= thresholds.min_doc_count):
                continue
            below = reduce_results([one.results for one in group], ctx)
            found.append(SignificantBucket(group[0].key, count, below, 0, self.format, background, score))
            ctx.add_buckets(1 if len(found) <= most else -inner_buckets(below))
        return self.of(best(found, most, ctx.behaviour), self.rule, size, total)

    def of(self, buckets: list[Any], rule: Heuristic, size: int, total: int) -> SignificantTerms:
        """The same with other numbers."""
        out = type(self)(self.name, self.meta, buckets, self.plan, format=self.format)
        out.rule, out.size, out.total = rule, size, total
        return out

    def scaled_up(self, sample: Sample) -> Internal:
        out: Any = super().scaled_up(sample)
        out.size, out.total = sample.count(self.size), sample.count(self.total)
        for bucket in out.buckets:
            bucket.background = sample.count(bucket.background)
        return out  # type: ignore[no-any-return]

    def content(self, rendering: Rendering) -> dict[str, Json]:
        buckets = [
            {
                **self.key_body(one.key),
                "doc_count": one.doc_count,
                "score": one.score,
                "bg_count": one.background,
                **results_body(one.results, rendering),
            }
            for one in self.buckets
        ]
        return {"doc_count": self.size, "bg_count": self.total, "buckets": buckets}


class SignificantLongTerms(SignificantTerms):
    type, java = "siglterms", "SignificantLongTerms"

    def key_body(self, key: Any) -> dict[str, Json]:
        return {"key": key} if self.format is None else {"key": key, "key_as_string": bare(self.format, key)}

    __slots__ = ()


class UnmappedSignificantTerms(SignificantTerms):
    type, java = "sigsterms", "UnmappedSignificantTerms"
    is_mapped = False
    __slots__ = ()

    def reduce(self, results: list[Any], ctx: ReduceContext) -> Internal:
        return self

    def content(self, rendering: Rendering) -> dict[str, Json]:
        return {"buckets": []}


def best(buckets: list[Any], size: int, behaviour: Behaviour) -> list[Any]:
    """The highest scores; ties fall as in Lucene's heap, which from 9.0 on keeps what it has."""
    heap = _Heap(lambda one, other: one < other)
    for bucket in buckets:
        if len(heap.items) < size:
            heap.add([bucket.score, bucket])
        elif heap.items and (heap.items[0][0] < bucket.score if behaviour.lucene_nine else not bucket.score < heap.items[0][0]):
            heap.items[0] = [bucket.score, bucket]
            heap.sink()
    out = []
    while heap.items:
        out.append(heap.items[0][1])
        heap.pop()
    return out[::-1]


class SignificantTermsAggregator(TermsAggregator):
    builds_at_once = False
    is_kept = False
    defers = True

    def __init__(self, builder: Any, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        super().__init__(builder, ctx, parent)
        is_inside = self.scope is not None and str(self.source.config.field).startswith(f"{self.scope}.")
        if is_inside and self.builder.background_filter is not None:  # type: ignore[attr-defined]
            raise Unsupported("significant_terms over nested fields with a background filter")
        self.sizes = Growing(np.int64)
        self.known = OwnerArray(parent, ctx.behaviour)
        self.rule = self.builder.rule.bound(ctx.shard.scripts.service)  # type: ignore[attr-defined]

    def check_source(self) -> None:
        """Refuse what has no counts in the index. Raises UnsupportedOperation, NullPointer, ClassCast."""
        if not self.source.is_empty:
            self._check_counted()
        super().check_source()

    def _check_counted(self) -> None:
        if self.source.field is None:
            raise NullPointer(
                'Cannot invoke "org.elasticsearch.search.aggregations.support.FieldContext.fieldType()" because the return value of '
                '"org.elasticsearch.search.aggregations.support.ValuesSourceConfig.fieldContext()" is null'
            )
        if self.source.kind not in (BYTES, IP) and not self.source.whole:
            raise UnsupportedOperation("No support for examining floating point numerics")
        if self.source.kind == BYTES and self.source.missing is not None:
            raise missing_is_no_ordinal(self.ctx.behaviour)

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        self.known.met(owners)
        if len(owners):
            n = int(owners.max()) + 1
            self.sizes.ensure(n)[:n] += np.bincount(owners, minlength=n)
        super().collect(leaf, docs, owners)

    def _counts_terms(self) -> bool:
        """Whether terms are counted by the index; in 8.x nested documents are filtered out, and deleted ones with them."""
        objects = self.ctx.mapping.all_objects().values()
        return self.ctx.behaviour.major < 8 or not any(one.nested for one in objects)

    def _background(self) -> tuple[dict[Any, int], int]:
        """Documents per term in the background, and all of them."""
        query = self.builder.background_filter  # type: ignore[attr-defined]
        bound = None if query is None else query.bind(self.ctx.shard, False)
        counts: dict[Any, int] = {}
        total = 0
        for store_leaf in self.ctx.shard.reader:
            leaf = Leaf(store_leaf.segment)
            docs = np.arange(leaf.n_docs)
            live = store_leaf.live()
            if bound is not None:
                mask = bound.match(leaf.segment).match
                docs = np.flatnonzero(mask if live is None else mask & live)
            elif live is not None and not (self.source.counts_deleted and self._counts_terms()):
                docs = np.flatnonzero(live)
            drawn = drawn_below(self.builder, leaf, self.ctx)
            if drawn is not None:
                docs = docs[drawn[docs]]
            if bound is not None or drawn is not None:
                total += len(docs)
            elif self.ctx.behaviour.major >= 8:
                total += store_leaf.n_live
            else:
                total += lucene_documents(leaf.segment, self.ctx.mapping)
            leaf, docs = self.indexed_in(leaf, docs)
            values = self.source.indexed(leaf)
            positions, keys = values.of(docs)
            distinct, inverse = np.unique(keys, return_inverse=True)
            pairs = sorted_distinct(inverse.reshape(-1) * max(len(docs), 1) + positions)
            found = np.bincount(pairs // max(len(docs), 1), minlength=len(distinct)).tolist()
            names = (
                distinct.tolist()
                if values.dictionary is None
                else [values.dictionary[one] for one in distinct.tolist()]
            )
            for name, count in zip(names, found, strict=True):
                counts[name] = counts.get(name, 0) + count
        if bound is None and self.ctx.behaviour.major < 8:
            total += self.ctx.shard.reader.n_tombstones
        return counts, total

    @property
    def _has_ordinals(self) -> bool:
        return self.is_text and self.numbers_terms and self.builder.execution_hint != "map" and self.source.config.script is None

    def _has_terms(self) -> bool:
        """Whether any document of the shard has a term; where none has, Elasticsearch builds the results otherwise."""
        nothing = np.zeros(0, np.int64)
        return any(len(self.source.load(Leaf(one.segment), nothing).dictionary) for one in self.ctx.shard.reader)

    def notes_arrivals(self) -> bool:
        return True

    @property
    def asks_who_was_first(self) -> bool:
        return self.ctx.behaviour.owners_unchecked

    def _met(self, owner: int) -> dict[Any, int]:
        """Key -> bucket number of one owner, in the order that decides between equal scores.

        ES: terms that are counted by their ordinals come in order, others as they are met.
        """
        known = self.ords.of(owner)
        are_buckets = self.is_single and not self.subs and self.builder.include_exclude is None
        if self._has_ordinals and (are_buckets or self.plan.thresholds.min_doc_count == 0):
            return dict(sorted(known.items()))
        keys = {number: key for key, number in known.items()}
        return {keys[number]: number for number in self.arrivals.ordered(keys)}  # type: ignore[union-attr]

    def build(self, owners: Sequence[int]) -> list[Internal]:
        builder: Any = self.builder
        if self.source.is_empty:
            return [
                UnmappedSignificantTerms(self.name, builder.meta, [], self.plan).of([], self.rule, 0, 0)
                for _ in owners
            ]
        if not (self._has_ordinals and self._has_terms()):
            self.known.check(owners)
        background, total = self._background()
        if self.plan.thresholds.min_doc_count == 0 and self._has_ordinals:
            self._add_empty(owners)
        cls = SignificantTerms if self.is_text else SignificantLongTerms
        out: list[Internal] = []
        for owner, size in zip(owners, self.sizes.get(owners).tolist(), strict=True):
            known = self._met(int(owner))
            counts = self.counts.get(list(known.values())).tolist() if known else []
            rows = []
            for key, count in zip(known, counts, strict=True):
                if count < self.plan.thresholds.shard_min_doc_count:
                    continue
                score = self.rule.score(count, size, background.get(key, 0), total)
                rows.append(SignificantBucket(key, count, {}, 0, self.source.format, background.get(key, 0), score))
            kept = best(rows, self.plan.thresholds.shard_size, self.ctx.behaviour)
            for bucket, results in zip(kept, self.results_of([known[one.key] for one in kept]), strict=True):
                bucket.results = results
            result = cls(self.name, builder.meta, [], self.plan, format=self.source.format)
            out.append(result.of(kept, self.rule, size, total))
        return out


def lucene_documents(segment: Any, mapping: Any) -> int:
    """Documents of a segment as Lucene counts them: deleted ones and every nested object too."""
    nested = [path for path, found in mapping.all_objects().items() if found.nested]
    return len(segment) + sum(len(segment.nested(path)) for path in nested)


_SUPERSET = o.boolean("background_is_superset")
_FLAGS = {
    "mutual_information": (o.boolean("include_negatives"), _SUPERSET),
    "chi_square": (o.boolean("include_negatives"), _SUPERSET),
    "gnd": (_SUPERSET,),
}


def _heuristic(name: str) -> o.Field:
    flags = _FLAGS.get(name, ())
    names = {"include_negatives": "include_negatives", "background_is_superset": "is_superset"}
    made = Parser(name, *flags, build=lambda given: Heuristic(name, **{names[flag]: value for flag, value in given.items()}))
    return o.plugged(name, made)


_SCRIPTED = Parser(
    "script_heuristic", script_field("script", required=True), build=lambda given: ScriptHeuristic("script_heuristic", script=given["script"])
)


def _check_normalizing(limit: int) -> int:
    if limit <= 0:
        raise IllegalArgument(f"[normalize_above] must be a positive value, provided [{limit}]")
    return limit


_P_VALUE = Parser(
    "p_value",
    _SUPERSET,
    o.long_("normalize_above", then=_check_normalizing),
    build=lambda given: PValueHeuristic(
        "p_value", True, given.get("background_is_superset", True), normalize_above=given.get("normalize_above", 0)
    ),
)
_BY_NAME = (*SCORES, "script_heuristic", "p_value")
SIGNIFICANT_FIELDS = (
    *THRESHOLD_FIELDS,
    o.custom("background_filter", p.OBJECT, read_query),
    o.custom("include", p.OBJECT_ARRAY_OR_STRING, read_include),
    o.custom("exclude", p.STRING_ARRAY, read_exclude),
    *(_heuristic(name) for name in SCORES),
    o.plugged("script_heuristic", _SCRIPTED),
    o.plugged("p_value", _P_VALUE, in_version=lambda behaviour: behaviour.p_value_heuristic),
)
"""What significant_text has too."""


class SignificantTermsAgg(SourceBuilder):
    name, aggregator = "significant_terms", SignificantTermsAggregator
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser = Parser("significant_terms", *source_fields(), o.string("execution_hint"), *SIGNIFICANT_FIELDS)
    include_exclude: IncludeExclude | None = None
    execution_hint: str | None = None
    background_filter: Any = None
    order = Order.of(COUNT_DESC)
    show_term_doc_count_error = False
    rule = Heuristic()

    def queries(self) -> list[Any]:
        return [] if self.background_filter is None else [self.background_filter]

    def checks(self) -> dict[str, Any]:
        return {**threshold_checks(self.agg_name, before_zero="  "), **rule_checks(self.behaviour)}

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        names = ("size", "shard_size", "min_doc_count", "shard_min_doc_count")
        limits = {"min_doc_count": 3, **{name: given.pop(name) for name in names if name in given}}
        size = limits.get("size", 10)
        # ES: shards hand on twice what they do for terms
        limits.setdefault("shard_size", 2 * int(size * 1.5 + 10))
        self.thresholds = Thresholds(**limits, covers_size=False)
        for name in _BY_NAME:
            if name in given:
                self.rule = replace(given.pop(name), ends_line=ctx.behaviour.major >= 8)
        include, exclude = given.pop("include", None), given.pop("exclude", None)
        if include is not None or exclude is not None:
            self.include_exclude = IncludeExclude(include, exclude)
        super().setup(given, ctx)


AGGREGATIONS = (SignificantTermsAgg,)
