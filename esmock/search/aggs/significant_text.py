"""Words of texts that are more frequent in a set than in the background: significant_text.

Docs: search-aggregations-bucket-significanttext-aggregation. Source: recordings of 7.10.2.
Differs: without ``source_fields`` and ``filter_duplicate_text`` words come from the index, not from analysing the source again, which
is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer
from esmock.search.aggs import parse as p
from esmock.search.aggs.builder import Builder
from esmock.search.aggs.collecting import ShardContext
from esmock.search.aggs.duplicate_text import DuplicateFilter
from esmock.search.aggs.internal import Internal
from esmock.search.aggs.kinds import BYTES, NUMBER, RANGE, field_of, kind_of
from esmock.search.aggs.leaf import Leaf
from esmock.search.aggs.significant_terms import (
    SIGNIFICANT_FIELDS,
    SignificantTerms,
    SignificantTermsAgg,
    SignificantTermsAggregator,
    lucene_documents,
)
from esmock.search.aggs.source import Source
from esmock.search.aggs.values import Values
from esmock.xcontent import object_parser as o
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

Json = Any
Array = Any


@dataclass
class TextSource(Source):
    """The words of texts, each once per document.

    Attributes:
        paths: where in the source the texts stand; empty: the field's own words, as they are indexed.
        filter: of passages that came before; None: all words count.
    """

    paths: tuple[str, ...] = ()
    filter: DuplicateFilter | None = None

    def load(self, leaf: Leaf, docs: Array) -> Values:
        if not self.paths:
            return super().load(leaf, docs)
        known = leaf.cached(("texts", *self.paths), lambda: _Words(leaf.n_docs))
        new = docs[~known.is_known[docs]]
        if len(new):
            new = np.unique(new)
            known.add(new, [self._words(leaf, doc) for doc in new.tolist()])
        return known.values()  # type: ignore[no-any-return]

    def indexed(self, leaf: Leaf) -> Values:
        """The indexed words of a leaf, whatever is read for the set itself."""
        return self.kept(leaf, ("indexed", *self.key), lambda: self._stored(leaf))  # type: ignore[no-any-return]

    def _words(self, leaf: Leaf, doc: int) -> list[str]:
        analyzer = self.field.index_analyzer if self.field.is_text else None
        out: dict[str, None] = {}
        for path in self.paths:
            for value in texts_at(leaf.segment.sources()[doc], path):
                tokens = [one.term for one in analyzer.tokens(value)] if analyzer else [value]
                out.update(dict.fromkeys(tokens if self.filter is None else self.filter.fresh(tokens)))
        return list(out)

    def _stored(self, leaf: Leaf) -> Values:
        if self.field is None or not self.field.is_text:
            return super()._stored(leaf)
        column = leaf.segment.postings(self.field.path).fielddata(leaf.n_docs)
        return Values(np.asarray(column.values), np.asarray(column.starts, np.int64), column.dictionary)


class _Words:
    """The words that were read for some documents of a leaf."""

    def __init__(self, n_docs: int) -> None:
        self.is_known = np.zeros(n_docs, bool)
        self._found: dict[int, list[str]] = {}

    def add(self, docs: Array, words: list[list[str]]) -> None:
        self.is_known[docs] = True
        self._found.update(zip(docs.tolist(), words, strict=True))

    def values(self) -> Values:
        lists = [self._found.get(doc, []) for doc in range(len(self.is_known))]
        distinct = sorted({word for one in lists for word in one})
        places = {word: place for place, word in enumerate(distinct)}
        starts = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
        ordinals = np.array([place for one in lists for place in sorted(places[word] for word in one)], np.int64)
        return Values(ordinals, starts, distinct)


def texts_at(source: Json, path: str) -> list[str]:
    """The texts at a path of a document's source."""
    found = [source]
    for name in path.split("."):
        below = [one.get(name) for one in found if isinstance(one, dict)]
        found = [inner for one in below for inner in (one if isinstance(one, list) else [one])]
    return [p.text(one) for one in found if one is not None and not isinstance(one, dict)]


class SignificantTextAggregator(SignificantTermsAggregator):
    """Meets a field that is not mapped with its first document only. Source: asked of 7.10.2."""

    numbers_terms = False

    def collect(self, leaf: Leaf, docs: Array, owners: Array) -> None:
        if self.source.is_empty and len(docs) and self.ctx.behaviour.major < 8:
            factory = "org.elasticsearch.search.aggregations.bucket.terms.SignificantTextAggregatorFactory"
            raise NullPointer(
                'Cannot invoke "org.elasticsearch.index.mapper.MappedFieldType.indexAnalyzer()" because the return value of '
                f'"{factory}$SignificantTextCollectorSource.access$400({factory}$SignificantTextCollectorSource)" is null'
            )
        super().collect(leaf, docs, owners)

    def build(self, owners: Sequence[int]) -> list[Internal]:
        if not self.source.is_empty or self.ctx.behaviour.major >= 8:
            return super().build(owners)
        builder: Any = self.builder
        total = sum(lucene_documents(leaf.segment, self.ctx.mapping) for leaf in self.ctx.shard.reader)
        return [SignificantTerms(self.name, builder.meta, [], self.plan).of([], self.rule, 0, total) for _ in owners]


class SignificantTextAgg(SignificantTermsAgg):
    name = "significant_text"
    aggregator = SignificantTextAggregator
    takes_subs = False
    parser = Parser(
        "significant_text",
        o.string("field"),
        *SIGNIFICANT_FIELDS,
        o.boolean("filter_duplicate_text"),
        o.strings("source_fields"),
    )

    filter_duplicate_text = False
    source_fields: tuple[str, ...] = ()

    source_required = False

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        self.filter_duplicate_text = given.pop("filter_duplicate_text", False)
        self.source_fields = tuple(given.pop("source_fields", ()))
        super().setup(given, ctx)

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        self.parent = parent
        if self.source.field is None:
            # ES: a field that is not named is looked for all the same (recordings of 7.10.2 and 8.19.21)
            called, of = ("Object.hashCode()", "pk") if ctx.behaviour.major >= 8 else ("String.equals(Object)", "fullName")
            raise NullPointer(f'Cannot invoke "{called}" because "{of}" is null')
        found = field_of(ctx, self.source.field)
        # ES: numbers and ranges count as analyzed, dates, booleans, points and addresses do not (recording of 7.10.2)
        if found is not None and kind_of(found) not in (BYTES, NUMBER, RANGE):
            raise IllegalArgument(
                f"Field [{found.path}] has no analyzer, but SignificantText requires an analyzed field"
            )

    def resolve(self, ctx: ShardContext) -> Source:
        found = field_of(ctx, self.source.field or "")
        if found is None:
            return super().resolve(ctx)
        paths = self.source_fields or ((found.path,) if self.filter_duplicate_text else ())
        source = TextSource(kind=BYTES, config=self.source, field=found)
        source.paths, source.filter = paths, DuplicateFilter() if self.filter_duplicate_text else None
        source.prepare(ctx)
        return source


AGGREGATIONS = (SignificantTextAgg,)
