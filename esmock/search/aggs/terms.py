"""The terms aggregation over text, numbers and addresses.

Docs: search-aggregations-bucket-terms-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from esmock.errors import ApiError, IllegalArgument
from esmock.search.aggs import parse as p
from esmock.search.aggs.buckets import SourceBuckets
from esmock.search.aggs.builder import SourceBuilder
from esmock.search.aggs.columns import cut
from esmock.search.aggs.include_exclude import IncludeExclude, read_exclude, read_include, rule_checks, utf8
from esmock.search.aggs.internal import Internal, misuse
from esmock.search.aggs.kinds import BOOLEAN, BYTES, DATE, IP, NUMBER
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.nested import descend
from esmock.search.aggs.order import COUNT_DESC, KEY_ASC, Order, read_order
from esmock.search.aggs.owners import NO_BUCKET
from esmock.search.aggs.source_config import source_fields
from esmock.search.aggs.terms_result import DoubleTerms, LongTerms, Terms, TermsPlan, UnmappedTerms
from esmock.search.aggs.thresholds import THRESHOLD_FIELDS, Thresholds, threshold_checks
from esmock.search.aggs.values import Values, once_per_document
from esmock.search.aggs.whole import Keyed
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Array = Any

_NO_DOCS = np.zeros(0, np.int64)

_MOST_FILTERS = 1000
"""Distinct terms up to which they are counted by filters."""


class TermsAggregator(SourceBuckets):
    """Collects the values of a source as buckets and builds the shard's best."""

    builder: TermsAgg

    numbers_terms: ClassVar[bool] = True
    """Whether terms are numbered over all segments unless it is told otherwise."""

    def prepare(self) -> None:
        builder = self.builder
        self.plan = TermsPlan(
            builder.order, builder.thresholds.settled(builder.order), builder.show_term_doc_count_error
        )
        self.shard_order = self.plan.order
        try:
            self.plan.order.check(self)
        except ApiError:
            if not self._runs_by_filters():
                raise
            self.shard_order = Order.of(KEY_ASC)

    def _runs_by_filters(self) -> bool:
        """Whether Elasticsearch counts the terms by a filter each, which leaves wrong paths to the reduction (8.x)."""
        source, query = self.source, self.ctx.query
        if self.ctx.behaviour.major < 8 or self.parent is not None or self.subs.needs_scores:
            return False
        if source.field is None or source.field.name != "keyword" or not source.field.is_indexed:
            return False
        if source.config.missing is not None or source.config.script is not None or self.builder.execution_hint == "map":
            return False
        if (query is not None and query.name != "match_all") or any(one.nested for one in self.ctx.mapping.all_objects().values()):
            return False
        dictionaries = (source.load(Leaf(one.segment), _NO_DOCS).dictionary for one in self.ctx.shard.reader)
        return 0 < len({term for one in dictionaries for term in one}) <= _MOST_FILTERS

    def check_source(self) -> None:
        self.is_text = self.source.kind in (BYTES, IP)
        self.source.keep_exact()
        check_hint(self.builder.execution_hint, self)
        if self.numbers_terms and self.builder.execution_hint != "map":
            self.source.load_ordinals()
        rule = self.builder.include_exclude
        if rule is not None and not self.is_text and not self.source.is_empty:
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

    @property
    def ends_segments(self) -> bool:
        return super().ends_segments and not self._is_deferred()

    def _is_deferred(self) -> bool:
        """Whether aggregations below see the documents of the best buckets only, afterwards."""
        mode = self.builder.collect_mode
        has_ordinals = self.is_text and self.source.field is not None and self.builder.execution_hint != "map"
        if mode is not None or not has_ordinals:
            return mode != "depth_first"
        dictionaries = [self.source.load(Leaf(one.segment), _NO_DOCS).dictionary for one in self.ctx.shard.reader]
        if any(len(one) > self.plan.thresholds.shard_size for one in dictionaries):
            return True
        return len({term for one in dictionaries for term in one}) > self.plan.thresholds.shard_size

    def waits(self) -> bool:
        return self._waits

    @functools.cached_property
    def _waits(self) -> bool:
        if not self.builds_at_once or self.plan.order.has_paths:
            return False
        above = self.parent
        while above is not None:
            if not above.builds_at_once:
                return False
            above = above.parent
        return self._is_deferred()

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty:
            return
        values = self.source.load(leaf, docs)
        key = self.source.kept_key("terms") if self.is_kept and self.builder.include_exclude is None else None
        self.collect_keyed(leaf, docs, owners, key, lambda docs, _: self._keyed(leaf, values, docs))

    is_kept: ClassVar[bool] = True
    """Whether buckets depend on the values alone."""

    def _keyed(self, leaf: Leaf, values: Values, docs: Array) -> Keyed:
        dictionary = values.dictionary if self.is_text else None
        rule = self.builder.include_exclude
        if values.is_dense and rule is None:
            return Keyed(None, values.values[docs], dictionary)
        positions, keys = values.of(docs)
        if rule is not None and len(keys):
            keep = self._allowed(leaf, values)[keys] if self.is_text else self._allowed_numbers(keys)
            positions, keys = positions[keep], keys[keep]
        if not self.is_text or self.source.script is not None:
            positions, keys = once_per_document(positions, keys)
        return Keyed(positions, keys, dictionary)

    def _add_empty(self, owners: Sequence[int]) -> None:
        """min_doc_count 0: terms of all documents are buckets, but for those that are kept from the reader; not below empty buckets."""
        reader = self.ctx.shard.reader
        owners = [owner for owner in owners if owner != NO_BUCKET]
        for store_leaf in reader:
            seen = store_leaf.live_docs() if reader.keeps_back else np.arange(len(store_leaf.segment))
            leaf, docs = self.indexed_in(Leaf(store_leaf.segment), seen)
            self._add_all_keys(leaf, docs, self.source.load(leaf, docs), np.asarray(owners, np.int64))

    def indexed_in(self, leaf: Leaf, docs: Array) -> tuple[Leaf, Array]:
        """The documents that hold the field: the nested ones inside ``docs`` where it is one of theirs."""
        field = self.source.field
        if self.scope is None or field is None or not field.path.startswith(self.scope + "."):
            return leaf, docs
        inner = descend(leaf, self.scope)
        if inner is None:
            return leaf, docs[:0]
        taken = np.zeros(leaf.n_docs, bool)
        taken[docs] = True
        return inner, np.flatnonzero(taken[inner.parents])

    def _add_all_keys(self, leaf: Leaf, docs: Array, values: Values, owners: Array) -> None:
        if self.ctx.shard.reader.keeps_back:
            distinct = np.unique(values.of(docs)[1])
        else:
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

    def _key(self, number: int) -> Any:
        key = self.ords.key(number)
        return self.source.field.format_value(key) if self.source.shifted else key

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if self.source.is_empty:
            plan, meta = self.plan, self.builder.meta
            return [UnmappedTerms(self.name, meta, [], plan) for _ in owners]
        if self.plan.thresholds.min_doc_count == 0:
            self._add_empty(owners)
        thresholds = self.plan.thresholds
        # what is joined with nothing need not hold more than the answer shows; that there was more is told by ``is_cut``
        is_whole = thresholds.min_doc_count <= 1 and not self.is_joined and self.shard_order is self.plan.order and self.arrivals is None
        numbers, counts, per_owner, others = self._choose(owners, thresholds.size if is_whole else thresholds.shard_size)
        keys = list(map(self._key, numbers))
        ends = np.cumsum(per_owner).tolist()
        tables = cut([keys[end - n : end] for end, n in zip(ends, per_owner, strict=True)], counts, self.results_of(numbers))
        cls = Terms if self.is_text else LongTerms if self.source.whole else DoubleTerms
        meta, format = self.builder.meta, self.source.format
        return [
            cls.of_columns(self.name, meta, table, self.plan, format=format, other=other, is_cut=is_cut)
            for table, other, is_cut in zip(tables, others, self.is_cut, strict=True)
        ]

    def _choose(self, owners: Sequence[int], size: int) -> tuple[list[int], list[int], list[int], list[int]]:
        """The shard's best buckets, ``size`` of each owner at most.

        Returns:
            their numbers and counts, owner by owner; per owner how many they are, and the documents of the rest.
        """
        n_owners = len(owners)
        ids, group = self.ords.ids(owners)
        counts = self.counts.get(ids)
        totals = np.bincount(group, weights=counts, minlength=n_owners).astype(np.int64)
        thresholds = self.plan.thresholds
        keep = counts >= thresholds.shard_min_doc_count
        if not keep.all():
            ids, group, counts = ids[keep], group[keep], counts[keep]
        order = self.shard_order.rank(self, ids, counts, lambda: self.ords.ranks(ids), group)
        group = group[order]
        place = np.arange(len(group)) - np.searchsorted(group, group, "left")
        self.is_cut = (np.bincount(group, minlength=n_owners) >= thresholds.shard_size).tolist()
        order, group = order[place < size], group[place < size]
        ids, counts = ids[order], counts[order]
        taken = np.bincount(group, weights=counts, minlength=n_owners).astype(np.int64)
        per_owner = np.bincount(group, minlength=n_owners)
        return ids.tolist(), counts.tolist(), per_owner.tolist(), (totals - taken).tolist()


def check_hint(hint: str | None, aggregator: Any, known: tuple[str, ...] = ("map", "global_ordinals")) -> None:
    """``execution_hint`` of an aggregation over terms. Raises IllegalArgument for an unknown one."""
    if hint is not None and not aggregator.source.is_empty and aggregator.source.kind in (BYTES, IP) and hint not in known:
        raise IllegalArgument(f"Unknown `execution_hint`: [{hint}], expected any of [{', '.join(known)}]")


def read_collect_mode(value: str) -> str:
    """``collect_mode``; has no effect on answers. Raises ElasticsearchParse for an unknown one."""
    if value not in ("depth_first", "breadth_first"):
        from esmock.errors import ElasticsearchParse

        raise ElasticsearchParse(f"no [collect_mode] found for value [{value}]")
    return value


class TermsAgg(SourceBuilder):
    name, aggregator = "terms", TermsAggregator
    kinds = (NUMBER, DATE, BOOLEAN, BYTES, IP)
    default_kind = BYTES
    parser: ClassVar[Parser] = Parser(
        "terms",
        *source_fields(),
        o.boolean("show_term_doc_count_error"),
        *THRESHOLD_FIELDS,
        o.string("execution_hint"),
        o.string("collect_mode", then=read_collect_mode),
        o.custom("order", p.OBJECT_ARRAY, read_order),
        o.custom("include", p.OBJECT_ARRAY_OR_STRING, read_include),
        o.custom("exclude", p.STRING_ARRAY, read_exclude),
    )
    show_term_doc_count_error = False
    execution_hint: str | None = None
    collect_mode: str | None = None
    include_exclude: IncludeExclude | None = None

    def checks(self) -> dict[str, Any]:
        return {**threshold_checks(self.agg_name), **rule_checks(self.behaviour)}

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        criteria = given.pop("order", None)
        self.order = Order.of(*criteria) if criteria else Order.of(COUNT_DESC)
        names = ("size", "shard_size", "min_doc_count", "shard_min_doc_count")
        self.thresholds = Thresholds(**{name: given.pop(name) for name in names if name in given}).capped()
        include, exclude = given.pop("include", None), given.pop("exclude", None)
        if include is not None or exclude is not None:
            self.include_exclude = IncludeExclude(include, exclude)
        super().setup(given, ctx)


AGGREGATIONS = (TermsAgg,)
